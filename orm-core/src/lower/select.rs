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

/// Under DISTINCT every sort key must be selected. Those that are not the model's own columns are added behind what the
/// row is built from, and sorted by under the name that they have there: written a second time they would not be the
/// same expression, because their parameters have other numbers.
fn select_order_keys(select: &mut Select) -> Result<()> {
    let mut extra = match &mut select.selection {
        Selection::Model => Vec::new(),
        Selection::ModelAnd(exprs) => std::mem::take(exprs),
        // Whoever selects expressions is to order by them: more of them would make other rows equal.
        Selection::Exprs(_) => return Ok(()),
        Selection::Count | Selection::One => {
            select.order_by.clear();
            return Ok(());
        }
    };
    for term in &mut select.order_by {
        match &mut term.key {
            OrderKey::Random => {
                return Err(Error::InvalidQuery("`distinct` cannot be combined with a random order".into()));
            }
            OrderKey::Expr(Expr::Column(column)) if column.table == 0 => {}
            OrderKey::Expr(expr) => {
                let at = extra.len();
                extra.push(std::mem::replace(expr, Expr::Selected(at)));
            }
        }
    }
    if !extra.is_empty() {
        select.selection = Selection::ModelAnd(extra);
    }
    Ok(())
}
