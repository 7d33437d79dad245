//! SQL of the user's own: a statement (`raw!`), or an expression in a query (`sql!`).

use std::fmt;
use std::marker::PhantomData;

use super::bound::{Bound, Piece};
use super::expression::{Expr, result_of};
use super::scope::Free;
use crate::ast::{Node, RawPart};
use crate::compile::{Access, CompiledSql, Dialect, Operation, compile_raw};
use crate::error::Result;
use crate::value::SqlType;

/// A statement of the user's own, made by `raw!`. Terminal methods such as [`RawQuery::fetch`] run it.
#[must_use = "a statement does nothing until a terminal method such as `.fetch(&db).await` runs it"]
#[derive(Clone)]
pub struct RawQuery {
    parts: Vec<RawPart>,
    access: Access,
}

impl RawQuery {
    /// A statement that begins with `text`. Only `raw!` calls it: it takes the texts from the program alone.
    #[doc(hidden)]
    pub fn new(text: &'static str, access: Access) -> Self {
        RawQuery { parts: vec![RawPart::Sql(text)], access }
    }

    /// Adds values, and the text behind them.
    #[doc(hidden)]
    pub fn with(mut self, bound: Bound, text: &'static str) -> Self {
        Piece::<()>::push(bound, &mut self.parts);
        self.parts.push(RawPart::Sql(text));
        self
    }

    /// The statement's text on any database. Values stay placeholders.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let ids = [1_i64, 2];
    /// let query = orm::raw!("SELECT title FROM post WHERE id IN ({ids...})");
    /// assert_eq!(query.sql(Dialect::Postgres)?, "SELECT title FROM post WHERE id IN ($1, $2)");
    /// assert_eq!(query.sql(Dialect::MySql)?, "SELECT title FROM post WHERE id IN (?, ?)");
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// A value cannot be bound.
    pub fn sql(&self, dialect: Dialect) -> Result<String> {
        Ok(self.compiled(dialect, Operation::new("", "sql"))?.sql.into())
    }

    pub(crate) fn compiled(&self, dialect: Dialect, operation: Operation) -> Result<CompiledSql> {
        compile_raw(&self.parts, dialect, self.access, operation)
    }
}

impl fmt::Debug for RawQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        for part in &self.parts {
            text.push_str(match part {
                RawPart::Sql(sql) => sql,
                RawPart::Expr(_) | RawPart::EmptyList(_) => "{}",
            });
        }
        f.debug_tuple("RawQuery").field(&text).finish()
    }
}

/// SQL of the user's own under construction by `sql!`.
#[doc(hidden)]
pub struct RawExpr<S> {
    parts: Vec<RawPart>,
    depth: u16,
    marker: PhantomData<fn() -> S>,
}

impl RawExpr<Free> {
    /// Begins with `text`.
    pub fn new(text: &'static str) -> Self {
        RawExpr { parts: vec![RawPart::Sql(text)], depth: 0, marker: PhantomData }
    }
}

impl<S> RawExpr<S> {
    /// Adds a value or an expression, and the text behind it.
    pub fn with<P: Piece<S>>(mut self, piece: P, text: &'static str) -> RawExpr<P::Joined> {
        let depth = self.depth.max(piece.push(&mut self.parts));
        self.parts.push(RawPart::Sql(text));
        RawExpr { parts: self.parts, depth, marker: PhantomData }
    }

    /// The expression, of the type that the user says it has.
    pub fn finish<T: SqlType>(self) -> Expr<S, T> {
        Expr::new(Node::raw(self.parts, self.depth, result_of::<T>()))
    }
}
