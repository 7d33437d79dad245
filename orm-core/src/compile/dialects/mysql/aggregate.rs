//! Aggregates on MySQL and MariaDB.

use crate::ast::{Aggregate, AggregateFunction, Expr};
use crate::compile::aggregate::{write_arg, write_plain};
use crate::compile::case::write_value;
use crate::compile::dialect::Dialect;
use crate::compile::select::write_order;
use crate::compile::writer::SqlWriter;
use crate::error::{Error, Result};
use crate::value::{Value, ValueKind};

type Over<'a> = Option<&'a mut dyn FnMut(&mut SqlWriter) -> Result<()>>;

/// An aggregate under MySQL's name.
pub(super) fn write(
    w: &mut SqlWriter,
    aggregate: &Aggregate,
    over: Over<'_>,
    dialect: Dialect,
) -> Result<()> {
    match aggregate.function {
        AggregateFunction::Count => write_plain(w, aggregate, "COUNT", over),
        AggregateFunction::Sum => write_plain(w, aggregate, "SUM", over),
        AggregateFunction::Avg => average(w, aggregate, over),
        // A truth value is a number here.
        AggregateFunction::Min | AggregateFunction::BoolAnd => write_plain(w, aggregate, "MIN", over),
        AggregateFunction::Max | AggregateFunction::BoolOr => write_plain(w, aggregate, "MAX", over),
        AggregateFunction::StdDevPop => write_plain(w, aggregate, "STDDEV_POP", over),
        AggregateFunction::StdDevSamp => write_plain(w, aggregate, "STDDEV_SAMP", over),
        AggregateFunction::VarPop => write_plain(w, aggregate, "VAR_POP", over),
        AggregateFunction::VarSamp => write_plain(w, aggregate, "VAR_SAMP", over),
        AggregateFunction::StringAgg if over.is_none() => joined(w, aggregate, dialect),
        AggregateFunction::StringAgg => Err(Error::unsupported("string_agg over a window", dialect.name())),
        AggregateFunction::JsonArrayAgg | AggregateFunction::JsonObjectAgg
            if aggregate.filter.is_some() || aggregate.distinct =>
        {
            Err(Error::unsupported("a JSON aggregate of some of the rows", dialect.name()))
        }
        AggregateFunction::JsonArrayAgg if !aggregate.order_by.is_empty() => {
            Err(Error::unsupported("an order within json_agg", dialect.name()))
        }
        AggregateFunction::JsonArrayAgg => write_plain(w, aggregate, "JSON_ARRAYAGG", over),
        AggregateFunction::JsonObjectAgg => write_plain(w, aggregate, "JSON_OBJECTAGG", over),
        AggregateFunction::AnyValue => write_plain(w, aggregate, "MIN", over),
    }
}

/// A mean of integers would have four decimal places.
fn average(w: &mut SqlWriter, aggregate: &Aggregate, over: Over<'_>) -> Result<()> {
    let (rounded, after) = match aggregate.result.kind {
        ValueKind::Decimal => ("ROUND(", ", 16)"),
        _ => ("", ""),
    };
    w.push(rounded);
    w.push(if aggregate.distinct { "AVG(DISTINCT CAST(" } else { "AVG(CAST(" });
    if let Some(arg) = aggregate.args.first() {
        write_arg(w, aggregate, arg, true)?;
    }
    w.push(match aggregate.result.kind {
        ValueKind::Decimal => " AS DECIMAL(65, 26)))",
        _ => " AS DOUBLE))",
    });
    if let Some(over) = over {
        over(w)?;
    }
    w.push(after);
    Ok(())
}

fn joined(w: &mut SqlWriter, aggregate: &Aggregate, dialect: Dialect) -> Result<()> {
    let [text, separator] = aggregate.args.as_slice() else {
        return Err(Error::InvalidQuery("string_agg takes a text and a separator".into()));
    };
    let Expr::Value(Value::Text(separator)) = separator else {
        return Err(Error::unsupported("a separator that is computed", dialect.name()));
    };
    w.push("GROUP_CONCAT(");
    if aggregate.distinct {
        w.push("DISTINCT ");
    }
    match &aggregate.filter {
        Some(_) => write_arg(w, aggregate, text, true)?,
        None => write_value(w, text)?,
    }
    write_order(w, &aggregate.order_by)?;
    w.push(" SEPARATOR ");
    // The grammar has a literal here and no parameter.
    w.spelling.write_literal(&mut w.sql, &Value::Text(separator.clone()))?;
    w.push(")");
    Ok(())
}
