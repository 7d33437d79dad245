//! What compiling gives: text, parameters and what a driver and the log need to know.

use std::fmt;
use std::panic::Location;

use super::SqlText;
use super::feature::Features;
use crate::schema::{ModelMeta, RelationMeta};
use crate::value::{RowValues, Value, ValueRef};

/// A statement ready to run. `Debug` shows the text and how many parameters there are, never their values.
#[derive(Clone)]
pub struct CompiledSql {
    /// The text, with the dialect's placeholders.
    pub sql: SqlText,
    /// The parameters in the placeholders' order; where there are [`rows`](CompiledSql::rows), those behind theirs.
    pub params: Vec<Value>,
    /// The values of rows that are written together, which are the first parameters: of a statement that runs for each of
    /// several rows those of its row, otherwise all of them, row by row. Databases that take arrays get such instead.
    pub rows: Option<Box<RowValues>>,
    /// Whether it may run on a connection that only reads.
    pub access: Access,
    /// What it was made for.
    pub operation: Operation,
    /// What it uses that not every version of the database has.
    pub features: Features,
    /// Of which model it reads rows, and by what.
    pub read: Option<Read>,
    /// How else its rows can be sent, where it inserts many.
    pub copy: Option<Box<Copy>>,
    /// How often it runs: once, or once for each of its [`rows`](CompiledSql::rows). More than one only
    /// where [`Capability::one_by_one`](super::Capability::one_by_one) says that the driver takes it.
    pub runs: usize,
    /// Whether how many values it has decides how it is best done, so that a plan for any number of them is a bad one.
    pub weighs_values: bool,
}

/// Another way for the rows of an INSERT whose parameters are an array for each column: behind a statement of its own, as the
/// driver's protocol has it. The driver decides; the INSERT does the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    /// The statement that the rows follow.
    pub sql: String,
    /// The table's name, quoted.
    pub table: String,
    /// A SELECT of the columns, by which their types can be asked for.
    pub columns: String,
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
    pub relation: Option<&'static RelationMeta>,
}

impl Operation {
    /// An operation without a known place.
    pub const fn new(model: &'static str, name: &'static str) -> Self {
        Operation { model, name, location: None, relation: None }
    }

    /// An operation of a method that was called just now.
    #[track_caller]
    pub(crate) const fn called(model: &'static str, name: &'static str) -> Self {
        Operation::new(model, name).at(Location::caller())
    }

    /// Whether it is one of those that give rows and change nothing: what others read, they read to write, such as the rows
    /// of a `bulk_create` on databases without RETURNING.
    pub(crate) fn only_reads(&self) -> bool {
        matches!(
            self.name,
            "all"
                | "cursor_page"
                | "earliest"
                | "first"
                | "get"
                | "in_bulk"
                | "in_bulk_by"
                | "last"
                | "latest"
                | "load"
                | "page"
                | "prefetch"
                | "stream"
        )
    }

    /// Adds the place.
    #[must_use]
    pub const fn at(mut self, location: &'static Location<'static>) -> Self {
        self.location = Some(location);
        self
    }

    /// Adds the relation that leads from rows which are there already to what it is about.
    #[must_use]
    pub const fn following(mut self, relation: &'static RelationMeta) -> Self {
        self.relation = Some(relation);
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

/// What a SELECT reads of a model: tells a query for each row of another from other repetition.
#[derive(Clone, Copy, PartialEq)]
pub struct Read {
    /// The model.
    pub model: &'static ModelMeta,
    /// By what its rows are looked for, where that is a value of their own.
    pub by: Option<Sought>,
}

/// The model by its name.
impl fmt::Debug for Read {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Read").field("model", &self.model.name).field("by", &self.by).finish()
    }
}

/// By what rows are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sought {
    /// By the primary key.
    Key,
    /// By another field, which is at this position in [`ModelMeta::fields`]; one of a relation before others.
    Field(u16),
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
    pub fn new(sql: impl Into<SqlText>, params: Vec<Value>, access: Access, operation: Operation) -> Self {
        CompiledSql {
            sql: sql.into(),
            params,
            rows: None,
            access,
            operation,
            features: Features::NONE,
            read: None,
            copy: None,
            runs: 1,
            weighs_values: false,
        }
    }

    /// The parameters of each run.
    pub fn params_of_runs(&self) -> impl Iterator<Item = Vec<Value>> {
        let of_run = move |run: usize| {
            let rows = self.rows.as_deref().into_iter().flat_map(move |rows| {
                let these = if self.runs > 1 { run..run.saturating_add(1) } else { 0..rows.len() };
                these.flat_map(|row| rows.row(row))
            });
            rows.map(ValueRef::to_value).chain(self.params.iter().cloned()).collect()
        };
        (0..self.runs).map(of_run)
    }

    /// How many parameters a run has.
    pub fn width(&self) -> usize {
        let of_rows = self
            .rows
            .as_deref()
            .map_or(0, |rows| rows.width().saturating_mul(if self.runs > 1 { 1 } else { rows.len() }));
        of_rows.saturating_add(self.params.len())
    }
}

impl fmt::Debug for CompiledSql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompiledSql")
            .field("sql", &self.sql)
            .field("params", &format_args!("{} values", self.width()))
            .field("runs", &self.runs)
            .finish_non_exhaustive()
    }
}
