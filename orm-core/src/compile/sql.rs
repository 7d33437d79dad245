//! What compiling gives: text, parameters and what a driver and the log need to know.

use std::fmt;
use std::panic::Location;

use crate::schema::{FieldMeta, RelationMeta};
use crate::value::Value;

/// A statement ready to run. `Debug` shows the text and how many parameters there are, never their values.
#[derive(Clone)]
pub struct CompiledSql {
    /// The text, with the dialect's placeholders.
    pub sql: String,
    /// The parameters in the placeholders' order.
    pub params: Vec<Value>,
    /// Whether it may run on a connection that only reads.
    pub access: Access,
    /// What it was made for.
    pub operation: Operation,
    /// By what it looks for the rows that it reads, where that is a value of their own.
    pub sought: Option<Sought>,
}

/// What a statement was made for: in spans, in the recorder and in the pool's time-out error.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// The model, or an empty text.
    pub model: &'static str,
    /// The terminal method, such as `all`.
    pub name: &'static str,
    /// Where in the program.
    pub location: Option<&'static Location<'static>>,
    /// The relation that it follows, from rows that are there already.
    pub relation: Option<Followed>,
}

/// A relation that a statement follows from a row that is there already: the recorder says how to load it with the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Followed {
    /// The model of the row.
    pub model: &'static str,
    /// What the relation is called there.
    pub name: &'static str,
    /// Whether it leads to any number of rows.
    pub many: bool,
}

impl fmt::Display for Followed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.model, self.name)
    }
}

impl Operation {
    /// An operation without a known place.
    pub const fn new(model: &'static str, name: &'static str) -> Self {
        Operation { model, name, location: None, relation: None }
    }

    /// Adds the place.
    #[must_use]
    pub const fn at(mut self, location: &'static Location<'static>) -> Self {
        self.location = Some(location);
        self
    }

    /// Notes that it reads the one row that a row which is there already points at.
    #[must_use]
    pub fn following(mut self, relation: &RelationMeta) -> Self {
        self.relation = Some(Followed { model: (relation.from)().name, name: relation.name, many: false });
        self
    }

    /// Notes that it is about the rows that a row of `model`, which is there already, has under `name`.
    #[must_use]
    pub const fn following_many(mut self, model: &'static str, name: &'static str) -> Self {
        self.relation = Some(Followed { model, name, many: true });
        self
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.model {
            "" => f.write_str(self.name),
            model => write!(f, "{model}.{}", self.name),
        }
    }
}

/// By what rows are looked for: tells a read of one row after another from other repetition.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sought {
    /// By the model's primary key.
    Key,
    /// By another field; a relation before others.
    Field(&'static FieldMeta),
}

/// Whether a statement changes anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Only reads: SQLite runs it on a reader.
    Read,
    /// May write.
    Write,
}

impl CompiledSql {
    /// A statement of text and parameters.
    pub fn new(sql: impl Into<String>, params: Vec<Value>, access: Access, operation: Operation) -> Self {
        CompiledSql { sql: sql.into(), params, access, operation, sought: None }
    }
}

impl fmt::Debug for CompiledSql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompiledSql")
            .field("sql", &self.sql)
            .field("params", &format_args!("{} values", self.params.len()))
            .finish_non_exhaustive()
    }
}
