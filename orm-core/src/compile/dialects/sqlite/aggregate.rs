//! Aggregates on SQLite.

use crate::ast::{Aggregate, AggregateFunction, Expr};
use crate::compile::aggregate::{Over, write_end, write_filter, write_plain};
use crate::compile::case::write_value;
use crate::compile::expr::write_operand;
use crate::compile::select::write_order;
use crate::compile::writer::SqlWriter;
use crate::error::{Error, Result};
use crate::value::{Value, ValueKind};

/// An aggregate of SQLite's, or one that the driver registers.
pub(super) fn write(w: &mut SqlWriter, aggregate: &Aggregate, over: Over<'_>) -> Result<()> {
    let decimal = aggregate.result.kind == ValueKind::Decimal;
    match aggregate.function {
        AggregateFunction::Count => write_plain(w, aggregate, "COUNT", over),
        AggregateFunction::Sum if decimal => write_plain(w, aggregate, "orm_dec_sum", over),
        AggregateFunction::Sum => write_plain(w, aggregate, "SUM", over),
        AggregateFunction::Avg if decimal => write_plain(w, aggregate, "orm_dec_avg", over),
        AggregateFunction::Avg if aggregate.result.kind == ValueKind::Duration => {
            if over.is_some() {
                return Err(Error::unsupported("the mean of durations over a window", "SQLite"));
            }
            write_plain(w, aggregate, "orm_span_avg", over)
        }
        AggregateFunction::Avg => write_plain(w, aggregate, "AVG", over),
        // A truth value is a number here.
        AggregateFunction::Min | AggregateFunction::BoolAnd | AggregateFunction::AnyValue => {
            write_plain(w, aggregate, "MIN", over)
        }
        AggregateFunction::Max | AggregateFunction::BoolOr => write_plain(w, aggregate, "MAX", over),
        AggregateFunction::StdDevPop => write_plain(w, aggregate, "orm_stddev_pop", over),
        AggregateFunction::StdDevSamp => write_plain(w, aggregate, "orm_stddev_samp", over),
        AggregateFunction::VarPop => write_plain(w, aggregate, "orm_var_pop", over),
        AggregateFunction::VarSamp => write_plain(w, aggregate, "orm_var_samp", over),
        AggregateFunction::BitAnd => write_plain(w, aggregate, "orm_bit_and", over),
        AggregateFunction::BitOr => write_plain(w, aggregate, "orm_bit_or", over),
        AggregateFunction::BitXor => write_plain(w, aggregate, "orm_bit_xor", over),
        AggregateFunction::StringAgg if aggregate.distinct => joined(w, aggregate),
        AggregateFunction::StringAgg => ordered(w, aggregate, "string_agg", over),
        AggregateFunction::JsonArrayAgg => json(w, aggregate, "json_group_array", over),
        AggregateFunction::JsonObjectAgg => json(w, aggregate, "json_group_object", over),
    }
}

/// Of no row these are an empty document; elsewhere they are NULL.
fn json(w: &mut SqlWriter, aggregate: &Aggregate, name: &str, mut over: Over<'_>) -> Result<()> {
    let mut again = |w: &mut SqlWriter| match &mut over {
        Some(over) => over(w),
        None => Ok(()),
    };
    w.push("CASE WHEN COUNT(*)");
    write_filter(w, aggregate)?;
    again(w)?;
    w.push(" > 0 THEN ");
    ordered(w, aggregate, name, Some(&mut again))?;
    w.push(" END");
    Ok(())
}

/// A DISTINCT aggregate has one argument here: each text brings the separator along, behind its length.
fn joined(w: &mut SqlWriter, aggregate: &Aggregate) -> Result<()> {
    let [text, Expr::Value(Value::Text(separator))] = aggregate.args.as_slice() else {
        return Err(Error::unsupported("a separator that is computed", "SQLite"));
    };
    w.push("orm_string_agg(DISTINCT ");
    w.value_alone(&Value::Text(format!("{}:{separator}", separator.len())))?;
    w.push(" || ");
    write_operand(w, text)?;
    write_order(w, &aggregate.order_by)?;
    w.push(")");
    write_filter(w, aggregate)
}

fn ordered(w: &mut SqlWriter, aggregate: &Aggregate, name: &str, over: Over<'_>) -> Result<()> {
    w.push(name);
    w.push("(");
    if aggregate.distinct {
        w.push("DISTINCT ");
    }
    for (index, arg) in aggregate.args.iter().enumerate() {
        if index > 0 {
            w.push(", ");
        }
        argument(w, aggregate.function, arg)?;
    }
    write_order(w, &aggregate.order_by)?;
    write_end(w, aggregate, over)
}

/// Documents and truth values are text and numbers here; within JSON they are what they mean.
fn argument(w: &mut SqlWriter, function: AggregateFunction, arg: &Expr) -> Result<()> {
    match (function, arg.kind()) {
        (AggregateFunction::StringAgg, _) => write_value(w, arg),
        (_, Some(ValueKind::Json)) => {
            w.push("json(");
            write_value(w, arg)?;
            w.push(")");
            Ok(())
        }
        (_, Some(ValueKind::Bool)) => {
            w.push("json(CASE WHEN ");
            write_value(w, arg)?;
            w.push(" THEN 'true' WHEN NOT (");
            write_value(w, arg)?;
            w.push(") THEN 'false' END)");
            Ok(())
        }
        _ => write_value(w, arg),
    }
}
