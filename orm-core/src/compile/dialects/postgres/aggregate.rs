//! Aggregates on PostgreSQL.

use super::math::write_double;
use crate::ast::{Aggregate, AggregateFunction};
use crate::compile::aggregate::{Over, write_end, write_plain};
use crate::compile::case::write_value;
use crate::compile::select::write_order;
use crate::compile::writer::SqlWriter;
use crate::error::Result;
use crate::value::ValueKind;

/// An aggregate under PostgreSQL's name.
pub(super) fn write(w: &mut SqlWriter, aggregate: &Aggregate, over: Over<'_>) -> Result<()> {
    match aggregate.function {
        AggregateFunction::Count => write_plain(w, aggregate, "COUNT", over),
        AggregateFunction::Sum => sum(w, aggregate, over),
        AggregateFunction::Avg if aggregate.result.kind == ValueKind::Duration => {
            write_plain(w, aggregate, "AVG", over)
        }
        AggregateFunction::Avg => average(w, aggregate, over),
        AggregateFunction::Min => write_plain(w, aggregate, "MIN", over),
        AggregateFunction::Max => write_plain(w, aggregate, "MAX", over),
        AggregateFunction::StdDevPop => cast(w, aggregate, "STDDEV_POP", over, " AS double precision)"),
        AggregateFunction::StdDevSamp => cast(w, aggregate, "STDDEV_SAMP", over, " AS double precision)"),
        AggregateFunction::VarPop => cast(w, aggregate, "VAR_POP", over, " AS double precision)"),
        AggregateFunction::VarSamp => cast(w, aggregate, "VAR_SAMP", over, " AS double precision)"),
        AggregateFunction::StringAgg => ordered(w, aggregate, "STRING_AGG", over),
        AggregateFunction::JsonArrayAgg => ordered(w, aggregate, "JSONB_AGG", over),
        AggregateFunction::JsonObjectAgg => ordered(w, aggregate, "JSONB_OBJECT_AGG", over),
        AggregateFunction::BoolAnd => write_plain(w, aggregate, "BOOL_AND", over),
        AggregateFunction::BoolOr => write_plain(w, aggregate, "BOOL_OR", over),
        AggregateFunction::BitAnd => write_plain(w, aggregate, "BIT_AND", over),
        AggregateFunction::BitOr => write_plain(w, aggregate, "BIT_OR", over),
        AggregateFunction::BitXor => write_plain(w, aggregate, "BIT_XOR", over),
        AggregateFunction::AnyValue => any_value(w, aggregate, over),
    }
}

/// Of a bigint it is a numeric, which would be divided with a fraction; of single precision it has only that.
fn sum(w: &mut SqlWriter, aggregate: &Aggregate, over: Over<'_>) -> Result<()> {
    match (aggregate.result.kind, aggregate.args.as_slice()) {
        (ValueKind::I64 | ValueKind::U64, [arg])
            if !matches!(arg.kind(), Some(ValueKind::I16 | ValueKind::I32)) =>
        {
            cast(w, aggregate, "SUM", over, " AS bigint)")
        }
        (ValueKind::F64, [arg]) => {
            w.push(if aggregate.distinct { "SUM(DISTINCT " } else { "SUM(" });
            write_double(w, arg)?;
            write_end(w, aggregate, over)
        }
        _ => write_plain(w, aggregate, "SUM", over),
    }
}

/// Of integers it gives a numeric; of numerics one whose places depend on its size.
fn average(w: &mut SqlWriter, aggregate: &Aggregate, over: Over<'_>) -> Result<()> {
    let (ValueKind::Decimal, [arg]) = (aggregate.result.kind, aggregate.args.as_slice()) else {
        return cast(w, aggregate, "AVG", over, " AS double precision)");
    };
    w.push(if aggregate.distinct { "ROUND(AVG(DISTINCT ROUND(" } else { "ROUND(AVG(ROUND(" });
    write_value(w, arg)?;
    w.push(", 30)");
    write_end(w, aggregate, over)?;
    w.push(", 16)");
    Ok(())
}

/// The first value: `ANY_VALUE` is there from version 16 on.
fn any_value(w: &mut SqlWriter, aggregate: &Aggregate, over: Over<'_>) -> Result<()> {
    let [arg] = aggregate.args.as_slice() else {
        return write_plain(w, aggregate, "ANY_VALUE", over);
    };
    w.push("(ARRAY_AGG(");
    write_value(w, arg)?;
    w.push(") FILTER (WHERE ");
    write_value(w, arg)?;
    w.push(" IS NOT NULL");
    if let Some(filter) = &aggregate.filter {
        w.push(" AND (");
        w.expr(filter)?;
        w.push(")");
    }
    w.push(")");
    if let Some(over) = over {
        over(w)?;
    }
    w.push(")[1]");
    Ok(())
}

fn cast(w: &mut SqlWriter, aggregate: &Aggregate, name: &str, over: Over<'_>, to: &str) -> Result<()> {
    w.push("CAST(");
    write_plain(w, aggregate, name, over)?;
    w.push(to);
    Ok(())
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
    write_end(w, aggregate, over)
}
