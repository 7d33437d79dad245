//! Queries inside an expression, and fields of the query around them.

use std::convert::Infallible;
use std::sync::Arc;

use super::{Expr, FieldRef, Mistake, Node, ResultType, Select};
use crate::error::Error;
use crate::schema::ModelMeta;

/// The only value of a SELECT: of its first row, NULL when there is none.
#[derive(Clone, Debug, PartialEq)]
pub struct Subquery {
    /// A SELECT of one expression.
    pub select: Select,
    /// What it gives.
    pub result: ResultType,
}

/// Membership in the values of a SELECT.
#[derive(Clone, Debug, PartialEq)]
pub struct InSubquery {
    /// What is looked for.
    pub expr: Expr,
    /// A SELECT of one expression.
    pub select: Select,
    /// Whether one of its values can be NULL.
    pub nullable: bool,
}

/// A field of a query around this one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outer {
    /// How many queries further out: 1 is the next; 0 is only for what stands beside a query's own table.
    pub levels: u16,
    /// Whether it is of the table beside that query's own.
    pub beside: bool,
    /// The model that that query is about.
    pub model: &'static ModelMeta,
    /// The field.
    pub field: FieldRef,
}

impl Node {
    /// A SELECT of one expression as a value; `depth` is that of the deepest expression in it.
    pub fn subquery(select: Select, depth: u16, result: ResultType) -> Self {
        Node::nested(depth, || Expr::Subquery(Box::new(Subquery { select, result })))
    }

    /// Whether a SELECT has rows.
    pub fn exists(select: Select, depth: u16) -> Self {
        Node::nested(depth, || Expr::Exists(Box::new(select)))
    }

    /// Whether it is among the values of a SELECT.
    #[must_use]
    pub fn in_subquery(self, select: Select, depth: u16, nullable: bool) -> Self {
        Node::nested(self.depth().max(depth), || {
            Expr::InSubquery(Box::new(InSubquery { expr: self.expr, select, nullable }))
        })
    }

    /// The expression, of the given model if of any, as one of the query around this one; again, of the query around
    /// that.
    #[must_use]
    pub fn outer(self, model: Option<&'static ModelMeta>) -> Self {
        if self.expr.has_subquery() {
            return Node::leaf(Expr::Mistaken(Mistake(Arc::new(Error::InvalidQuery(
                "an expression with a subquery cannot be moved into another query; write the subquery there"
                    .into(),
            )))));
        }
        let depth = self.depth();
        let mut expr = self.expr;
        move_out(&mut expr, model);
        Node::rebuilt(expr, depth)
    }
}

fn move_out(expr: &mut Expr, model: Option<&'static ModelMeta>) {
    match (&mut *expr, model) {
        (Expr::Field(field), Some(model)) => {
            *expr = Expr::Outer(Outer { levels: 1, beside: false, model, field: *field });
        }
        (Expr::Outer(outer), _) => outer.levels = outer.levels.saturating_add(1),
        (inner, model) => {
            let moved: Result<(), Infallible> = inner.try_for_each_operand(&mut |operand| {
                move_out(operand, model);
                Ok(())
            });
            let Ok(()) = moved;
        }
    }
}
