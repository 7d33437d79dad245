//! Expressions on a model, in a query for another from which relations lead to it.

use std::convert::Infallible;

use super::{Expr, FieldRef, Select, Source};
use crate::schema::{ModelMeta, PathNode};

/// The query that an expression is put in, and the relations from there to the model that it is about.
#[derive(Clone, Copy)]
pub struct Reroot {
    /// What that query is about.
    pub root: &'static ModelMeta,
    /// What leads to the expression's own model.
    pub path: &'static PathNode,
}

impl Reroot {
    /// Makes an expression one on rows of the query's model.
    pub fn expr(self, expr: &mut Expr) {
        self.expr_within(expr, 0);
    }

    fn field(self, field: &mut FieldRef) {
        field.path = Some(field.path.map_or(self.path, |path| path.after(self.path)));
    }

    /// As [`Reroot::expr`], of an expression with so many queries around it that are its own.
    fn expr_within(self, expr: &mut Expr, queries: u16) {
        match expr {
            Expr::Field(field) | Expr::Joined(field) if queries == 0 => self.field(field),
            Expr::Outer(outer) => {
                if outer.levels == queries && !outer.beside {
                    outer.model = self.root;
                    self.field(&mut outer.field);
                }
            }
            Expr::Subquery(subquery) => self.select(&mut subquery.select, queries),
            Expr::Exists(select) => self.select(select, queries),
            Expr::InSubquery(membership) => {
                self.expr_within(&mut membership.expr, queries);
                self.select(&mut membership.select, queries);
            }
            expr => {
                let done: Result<(), Infallible> = expr.try_for_each_operand(&mut |operand| {
                    self.expr_within(operand, queries);
                    Ok(())
                });
                let Ok(()) = done;
            }
        }
    }

    fn select(self, select: &mut Select, queries: u16) {
        for cte in select.clauses.iter_mut().flat_map(|clauses| &mut clauses.with) {
            self.select(&mut cte.select, queries);
            if let Some((step, _)) = &mut cte.recursive {
                self.select(step, queries);
            }
        }
        match &mut select.source {
            Source::Model(_) | Source::Named(..) => {}
            Source::Subquery(inner) => self.select(inner, queries),
            Source::Combined(combined) => {
                self.select(&mut combined.left, queries);
                self.select(&mut combined.right, queries);
            }
        }
        select.for_each_expr_mut(&mut |expr| self.expr_within(expr, queries.saturating_add(1)));
    }
}
