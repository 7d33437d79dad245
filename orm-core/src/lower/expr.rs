//! Fields in an expression to columns.

use super::scopes::Scopes;
use super::select::lower_nested;
use crate::ast::{Expr, MAX_DEPTH};
use crate::error::{Error, FieldError, Result};

/// Replaces every field by its column. The tree's depth is bounded by construction, so recursion is safe.
pub(super) fn lower_expr(expr: &mut Expr, scopes: &mut Scopes) -> Result<()> {
    match expr {
        Expr::Field(reference) => {
            *expr = Expr::Column(scopes.resolve(*reference)?);
            Ok(())
        }
        Expr::Joined(reference) => {
            *expr = Expr::Column(scopes.resolve_joined(*reference)?);
            Ok(())
        }
        Expr::Outer(outer) => {
            *expr = Expr::Column(scopes.resolve_outer(outer)?);
            Ok(())
        }
        Expr::Derived(derived) => {
            derived.table = scopes.table();
            Ok(())
        }
        Expr::Subquery(subquery) => lower_nested(&mut subquery.select, scopes),
        Expr::Exists(select) => lower_nested(select, scopes),
        Expr::InSubquery(membership) => {
            lower_expr(&mut membership.expr, scopes)?;
            lower_nested(&mut membership.select, scopes)
        }
        Expr::Invalid(error) => Err(FieldError::clone(error).into()),
        Expr::Mistaken(mistake) => Err((*mistake.0).clone()),
        Expr::TooDeep => Err(Error::ExpressionTooDeep { limit: MAX_DEPTH.into() }),
        expr => {
            check(expr)?;
            expr.try_for_each_operand(&mut |operand| lower_expr(operand, scopes))
        }
    }
}

/// What the types cannot rule out.
fn check(expr: &Expr) -> Result<()> {
    if let Expr::Aggregate(aggregate) = expr {
        let mut inside = aggregate.args.iter().chain(&aggregate.filter);
        if inside.any(|arg| arg.aggregates() || arg.has_window()) {
            return Err(Error::InvalidQuery(
                format!(
                    "`{}` is computed from rows, and cannot contain an aggregate or a window",
                    aggregate.function.name()
                )
                .into(),
            ));
        }
    }
    Ok(())
}
