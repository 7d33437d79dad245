//! Aggregates on MySQL and MariaDB.

use crate::ast::{Aggregate, AggregateFunction, Expr};
use crate::compile::aggregate::{Over, write_arg, write_plain};
use crate::compile::case::write_value;
use crate::compile::dialect::Dialect;
use crate::compile::select::write_order;
use crate::compile::writer::SqlWriter;
use crate::error::{Error, Result};
use crate::value::{Value, ValueKind};

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
        AggregateFunction::Min | AggregateFunction::BoolAnd | AggregateFunction::AnyValue => {
            write_plain(w, aggregate, "MIN", over)
        }
        AggregateFunction::Max | AggregateFunction::BoolOr => write_plain(w, aggregate, "MAX", over),
        AggregateFunction::StdDevPop
        | AggregateFunction::StdDevSamp
        | AggregateFunction::VarPop
        | AggregateFunction::VarSamp
            if aggregate.distinct =>
        {
            Err(Error::unsupported(format!("a distinct {}", aggregate.function.name()), dialect.name()))
        }
        AggregateFunction::StdDevPop => in_double(w, aggregate, "STDDEV_POP(", over),
        AggregateFunction::StdDevSamp => in_double(w, aggregate, "STDDEV_SAMP(", over),
        AggregateFunction::VarPop => in_double(w, aggregate, "VAR_POP(", over),
        AggregateFunction::VarSamp => in_double(w, aggregate, "VAR_SAMP(", over),
        AggregateFunction::StringAgg | AggregateFunction::JsonArrayAgg | AggregateFunction::JsonObjectAgg
            if over.is_some() =>
        {
            let name = aggregate.function.name();
            Err(Error::unsupported(format!("{name} over a window"), dialect.name()))
        }
        AggregateFunction::StringAgg => joined(w, aggregate, dialect),
        AggregateFunction::JsonArrayAgg => json(w, aggregate, dialect, ['[', ']']),
        AggregateFunction::JsonObjectAgg => json(w, aggregate, dialect, ['{', '}']),
        AggregateFunction::BitAnd => bits(w, aggregate, "BIT_AND", over),
        AggregateFunction::BitOr => bits(w, aggregate, "BIT_OR", over),
        AggregateFunction::BitXor => bits(w, aggregate, "BIT_XOR", over),
    }
}

/// Bits are unsigned here, and those of no number are a number.
fn bits(w: &mut SqlWriter, aggregate: &Aggregate, name: &str, mut over: Over<'_>) -> Result<()> {
    let mut again = |w: &mut SqlWriter| match &mut over {
        Some(over) => over(w),
        None => Ok(()),
    };
    w.push("CASE WHEN ");
    write_plain(w, aggregate, "COUNT", Some(&mut again))?;
    w.push(" > 0 THEN CAST(");
    write_plain(w, aggregate, name, Some(&mut again))?;
    w.push(" AS SIGNED) END");
    Ok(())
}

/// Of exact numbers one of the servers gives four decimal places.
fn in_double(w: &mut SqlWriter, aggregate: &Aggregate, name: &str, over: Over<'_>) -> Result<()> {
    w.push(name);
    w.push("CAST(");
    if let Some(arg) = aggregate.args.first() {
        write_arg(w, aggregate, arg, true)?;
    }
    w.push(" AS DOUBLE))");
    match over {
        Some(over) => over(w),
        None => Ok(()),
    }
}

/// A mean of integers would have four decimal places.
fn average(w: &mut SqlWriter, aggregate: &Aggregate, over: Over<'_>) -> Result<()> {
    let (rounded, after) = match aggregate.result.kind {
        ValueKind::Decimal => ("ROUND(", ", 16)"),
        ValueKind::Duration => ("CAST(ROUND(", ") AS SIGNED)"),
        _ => ("", ""),
    };
    w.push(rounded);
    w.push(if aggregate.distinct { "AVG(DISTINCT CAST(" } else { "AVG(CAST(" });
    if let Some(arg) = aggregate.args.first() {
        write_arg(w, aggregate, arg, true)?;
    }
    w.push(match aggregate.result.kind {
        ValueKind::Decimal => " AS DECIMAL(65, 30)))",
        ValueKind::Duration => " AS DECIMAL(19)))",
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

/// A JSON document put together as text: the functions that make one know neither order nor DISTINCT nor a condition,
/// or not on both servers.
fn json(w: &mut SqlWriter, aggregate: &Aggregate, dialect: Dialect, ends: [char; 2]) -> Result<()> {
    let cast = dialect == Dialect::MySql;
    let [open, close] = ends;
    w.push(if cast { "CAST(" } else { "" });
    w.push(&format!("CONCAT('{open}', GROUP_CONCAT("));
    w.push(if aggregate.distinct { "DISTINCT " } else { "" });
    if let Some(filter) = &aggregate.filter {
        w.push("CASE WHEN ");
        w.expr(filter)?;
        w.push(" THEN ");
    }
    match aggregate.args.as_slice() {
        [value] => json_element(w, value)?,
        [name, value] => {
            w.push("CONCAT(JSON_QUOTE(");
            write_value(w, name)?;
            w.push("), ':', ");
            json_element(w, value)?;
            w.push(")");
        }
        _ => return Err(Error::InvalidQuery("a JSON aggregate takes one or two values".into())),
    }
    w.push(if aggregate.filter.is_some() { " END" } else { "" });
    write_order(w, &aggregate.order_by)?;
    w.push(&format!(" SEPARATOR ','), '{close}')"));
    w.push(if cast { " AS JSON)" } else { "" });
    Ok(())
}

/// A value as JSON text.
fn json_element(w: &mut SqlWriter, value: &Expr) -> Result<()> {
    match value.kind() {
        Some(ValueKind::Bool) => {
            w.push("CASE WHEN ");
            write_value(w, value)?;
            w.push(" THEN 'true' WHEN NOT (");
            write_value(w, value)?;
            w.push(") THEN 'false' ELSE 'null' END");
            return Ok(());
        }
        Some(ValueKind::Text) => {
            w.push("COALESCE(JSON_QUOTE(");
            write_value(w, value)?;
            w.push(")");
        }
        _ => {
            w.push("COALESCE(CAST(");
            write_value(w, value)?;
            w.push(" AS CHAR)");
        }
    }
    w.push(", 'null')");
    Ok(())
}
