//! A SELECT's paths to joins.

use super::expr::lower_expr;
use super::joins::Joins;
use crate::ast::{Expr, OrderKey, Select, Selection, Source};
use crate::error::{Error, Result};

/// Replaces the paths of a SELECT (and of the SELECT it reads from) by joins.
///
/// # Errors
/// An expression is invalid or nested too deep.
pub fn lower_select(select: &mut Select) -> Result<()> {
    if let Source::Subquery(inner) = &mut select.source {
        return lower_select(inner);
    }
    let mut joins = Joins(std::mem::take(&mut select.joins));
    if let Selection::Exprs(exprs) | Selection::ModelAnd(exprs) = &mut select.selection {
        exprs.iter_mut().try_for_each(|expr| lower_expr(expr, &mut joins))?;
    }
    select.filter.iter_mut().try_for_each(|expr| lower_expr(expr, &mut joins))?;
    for term in &mut select.order_by {
        if let OrderKey::Expr(expr) = &mut term.key {
            lower_expr(expr, &mut joins)?;
        }
    }
    if select.distinct {
        select_order_keys(select)?;
    }
    select.joins = joins.0;
    Ok(())
}

/// Under DISTINCT every sort key must be selected; those of other tables are added behind what the row is built from.
fn select_order_keys(select: &mut Select) -> Result<()> {
    let mut extra = Vec::new();
    for term in &select.order_by {
        match &term.key {
            OrderKey::Random => {
                return Err(Error::InvalidQuery("`distinct` cannot be combined with a random order".into()));
            }
            OrderKey::Expr(Expr::Column(column)) if column.table == 0 => {}
            OrderKey::Expr(expr) => extra.push(expr.clone()),
        }
    }
    if !extra.is_empty() {
        match &mut select.selection {
            Selection::Model => select.selection = Selection::ModelAnd(extra),
            Selection::ModelAnd(exprs) | Selection::Exprs(exprs) => exprs.extend(extra),
            Selection::Count | Selection::One => select.order_by.clear(),
        }
    }
    Ok(())
}
