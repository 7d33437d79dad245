//! Aggregates on SQLite.

use crate::ast::{Aggregate, AggregateFunction};
use crate::compile::aggregate::{write_filter, write_plain};
use crate::compile::case::write_value;
use crate::compile::select::write_order;
use crate::compile::writer::SqlWriter;
use crate::error::Result;
use crate::value::ValueKind;

type Over<'a> = Option<&'a mut dyn FnMut(&mut SqlWriter) -> Result<()>>;

/// An aggregate of SQLite's, or one that the driver registers.
pub(super) fn write(w: &mut SqlWriter, aggregate: &Aggregate, over: Over<'_>) -> Result<()> {
    let decimal = aggregate.result.kind == ValueKind::Decimal;
    match aggregate.function {
        AggregateFunction::Count => write_plain(w, aggregate, "COUNT", over),
        AggregateFunction::Sum if decimal => write_plain(w, aggregate, "orm_dec_sum", over),
        AggregateFunction::Sum => write_plain(w, aggregate, "SUM", over),
        AggregateFunction::Avg if decimal => write_plain(w, aggregate, "orm_dec_avg", over),
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
        AggregateFunction::StringAgg => ordered(w, aggregate, "string_agg", over),
        AggregateFunction::JsonArrayAgg => ordered(w, aggregate, "json_group_array", over),
        AggregateFunction::JsonObjectAgg => ordered(w, aggregate, "json_group_object", over),
    }
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
        write_value(w, arg)?;
    }
    write_order(w, &aggregate.order_by)?;
    w.push(")");
    write_filter(w, aggregate)?;
    match over {
        Some(over) => over(w),
        None => Ok(()),
    }
}
