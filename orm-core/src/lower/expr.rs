//! Fields in an expression to columns.

use super::joins::Joins;
use crate::ast::{Expr, MAX_DEPTH};
use crate::error::{Error, Result};

/// Replaces every field by its column. The tree's depth is bounded by construction, so recursion is safe.
pub(super) fn lower_expr(expr: &mut Expr, joins: &mut Joins) -> Result<()> {
    match expr {
        Expr::Field(reference) => {
            *expr = Expr::Column(joins.resolve(*reference)?);
            Ok(())
        }
        Expr::Column(_) | Expr::Value(_) | Expr::Constant(_) | Expr::Selected(_) => Ok(()),
        Expr::And(terms) | Expr::Or(terms) => terms.iter_mut().try_for_each(|term| lower_expr(term, joins)),
        Expr::Xor(pair) => pair.iter_mut().try_for_each(|term| lower_expr(term, joins)),
        Expr::Not(inner) | Expr::IsNotTrue(inner) | Expr::IsNull(inner) => lower_expr(inner, joins),
        Expr::Comparison(comparison) => {
            lower_expr(&mut comparison.left, joins)?;
            lower_expr(&mut comparison.right, joins)
        }
        Expr::InList(list) => lower_expr(&mut list.expr, joins),
        Expr::Between(between) => {
            lower_expr(&mut between.expr, joins)?;
            lower_expr(&mut between.low, joins)?;
            lower_expr(&mut between.high, joins)
        }
        Expr::TextMatch(search) => lower_expr(&mut search.expr, joins),
        Expr::Regex(regex) => lower_expr(&mut regex.expr, joins),
        Expr::Arithmetic(arithmetic) => {
            lower_expr(&mut arithmetic.left, joins)?;
            lower_expr(&mut arithmetic.right, joins)
        }
        Expr::Invalid(error) => Err(error.clone().into()),
        Expr::TooDeep => Err(Error::ExpressionTooDeep { limit: MAX_DEPTH.into() }),
    }
}
