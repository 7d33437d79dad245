//! Aggregates on PostgreSQL.

use crate::ast::{Aggregate, AggregateFunction};
use crate::compile::aggregate::{write_filter, write_plain};
use crate::compile::case::write_value;
use crate::compile::select::write_order;
use crate::compile::writer::SqlWriter;
use crate::error::Result;
use crate::value::ValueKind;

type Over<'a> = Option<&'a mut dyn FnMut(&mut SqlWriter) -> Result<()>>;

/// An aggregate under PostgreSQL's name.
pub(super) fn write(w: &mut SqlWriter, aggregate: &Aggregate, over: Over<'_>) -> Result<()> {
    match aggregate.function {
        AggregateFunction::Count => write_plain(w, aggregate, "COUNT", over),
        AggregateFunction::Sum => write_plain(w, aggregate, "SUM", over),
        AggregateFunction::Avg => as_double(w, aggregate, "AVG", over),
        AggregateFunction::Min => write_plain(w, aggregate, "MIN", over),
        AggregateFunction::Max => write_plain(w, aggregate, "MAX", over),
        AggregateFunction::StdDevPop => as_double(w, aggregate, "STDDEV_POP", over),
        AggregateFunction::StdDevSamp => as_double(w, aggregate, "STDDEV_SAMP", over),
        AggregateFunction::VarPop => as_double(w, aggregate, "VAR_POP", over),
        AggregateFunction::VarSamp => as_double(w, aggregate, "VAR_SAMP", over),
        AggregateFunction::StringAgg => ordered(w, aggregate, "STRING_AGG", over),
        AggregateFunction::JsonArrayAgg => ordered(w, aggregate, "JSONB_AGG", over),
        AggregateFunction::JsonObjectAgg => ordered(w, aggregate, "JSONB_OBJECT_AGG", over),
        AggregateFunction::BoolAnd => write_plain(w, aggregate, "BOOL_AND", over),
        AggregateFunction::BoolOr => write_plain(w, aggregate, "BOOL_OR", over),
        AggregateFunction::AnyValue => {
            // ANY_VALUE is there from version 16 on.
            w.push("(");
            write_plain(w, aggregate, "ARRAY_AGG", over)?;
            w.push(")[1]");
            Ok(())
        }
    }
}

/// Of integers these give a numeric; the result here is a double.
fn as_double(w: &mut SqlWriter, aggregate: &Aggregate, name: &str, over: Over<'_>) -> Result<()> {
    if aggregate.result.kind != ValueKind::F64 {
        return write_plain(w, aggregate, name, over);
    }
    w.push("CAST(");
    write_plain(w, aggregate, name, over)?;
    w.push(" AS double precision)");
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
    w.push(")");
    write_filter(w, aggregate)?;
    match over {
        Some(over) => over(w),
        None => Ok(()),
    }
}
