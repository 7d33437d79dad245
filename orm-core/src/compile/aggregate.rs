//! Aggregates in standard SQL.

use super::case::write_value;
use super::expr::write_expr;
use super::writer::SqlWriter;
use crate::ast::{Aggregate, Expr, OrderKey};
use crate::error::{Error, Result};

/// What is written behind an aggregate to make it one over a window.
pub(crate) type Over<'a> = Option<&'a mut dyn FnMut(&mut SqlWriter) -> Result<()>>;

/// An aggregate; `over` writes what makes it one over a window.
pub(crate) fn write_aggregate(w: &mut SqlWriter, aggregate: &Aggregate, over: Over<'_>) -> Result<()> {
    let ordered_by_itself = aggregate.order_by.iter().all(|term| match &term.key {
        OrderKey::Expr(key) => aggregate.args.first() == Some(key),
        OrderKey::Random => false,
    });
    if aggregate.distinct && !ordered_by_itself {
        return Err(Error::InvalidQuery(
            format!("a distinct `{}` can only be in the order of its own values", aggregate.function.name())
                .into(),
        ));
    }
    w.spelling.write_aggregate(w, aggregate, over)
}

/// `NAME([DISTINCT] arg, …) [FILTER (WHERE …)]`, then `over`.
pub(crate) fn write_plain(
    w: &mut SqlWriter,
    aggregate: &Aggregate,
    name: &str,
    over: Over<'_>,
) -> Result<()> {
    w.push(name);
    w.push("(");
    if aggregate.distinct {
        w.push("DISTINCT ");
    }
    if aggregate.args.is_empty() {
        write_rows(w, aggregate)?;
    }
    for (index, arg) in aggregate.args.iter().enumerate() {
        if index > 0 {
            w.push(", ");
        }
        // Only the first decides whether a row counts.
        write_arg(w, aggregate, arg, index == 0)?;
    }
    write_end(w, aggregate, over)
}

/// What follows the arguments.
pub(crate) fn write_end(w: &mut SqlWriter, aggregate: &Aggregate, over: Over<'_>) -> Result<()> {
    w.push(")");
    write_filter(w, aggregate)?;
    match over {
        Some(over) => over(w),
        None => Ok(()),
    }
}

/// What `COUNT` counts when it counts rows.
fn write_rows(w: &mut SqlWriter, aggregate: &Aggregate) -> Result<()> {
    match &aggregate.filter {
        Some(filter) if !w.spelling.capability().aggregate_filter => {
            w.push("CASE WHEN ");
            write_expr(w, filter)?;
            w.push(" THEN 1 END");
            Ok(())
        }
        _ => {
            w.push("*");
            Ok(())
        }
    }
}

/// An argument; where there is no FILTER clause, it is NULL for rows that do not count.
pub(crate) fn write_arg(w: &mut SqlWriter, aggregate: &Aggregate, arg: &Expr, decides: bool) -> Result<()> {
    match &aggregate.filter {
        Some(filter) if decides && !w.spelling.capability().aggregate_filter => {
            w.push("CASE WHEN ");
            write_expr(w, filter)?;
            w.push(" THEN ");
            write_value(w, arg)?;
            w.push(" END");
            Ok(())
        }
        _ => write_value(w, arg),
    }
}

/// The FILTER clause, where the database has it.
pub(crate) fn write_filter(w: &mut SqlWriter, aggregate: &Aggregate) -> Result<()> {
    match &aggregate.filter {
        Some(filter) if w.spelling.capability().aggregate_filter => {
            w.push(" FILTER (WHERE ");
            write_expr(w, filter)?;
            w.push(")");
            Ok(())
        }
        _ => Ok(()),
    }
}
