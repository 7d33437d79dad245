//! EXPLAIN: how the database would run a statement, as a tree that is the same for every database.

mod arrows;
mod blocks;
mod display;
mod json;
mod kind;
mod mend;
mod operations;
mod plan;
#[cfg(test)]
mod recorded;
mod sentences;
#[cfg(test)]
mod testing;
mod typed_nodes;
mod words;

pub use kind::NodeKind;
pub use plan::{Nodes, Plan, PlanNode};

use std::future::Future;
use std::panic::Location;

use super::run::fetch;
use crate::backend::{Decode, Executor};
use crate::compile::{CompiledSql, ExplainOptions, Operation, PlanFormat};
use crate::error::{Result, ValueError};
use crate::model::Model;
use crate::queryset::{CombinedQuerySet, QuerySet, Shape};
use crate::value::Row;
use sentences::Sentence;

impl<M: Model, S: Shape<Model = M>> QuerySet<M, S> {
    /// How the database would run what [`all`](QuerySet::all) runs: which tables are read in which way, which indexes
    /// are used, how the rows are joined and sorted. The query is planned and not run.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let plan = Post::objects().filter(|p| p.author.id.eq(1)).order_by(|p| p.views).explain(&db).await?;
    /// assert!(plan.uses_index("post__author_id_idx"));
    /// assert_eq!(plan.full_scans().count(), 0);
    /// println!("{plan}");
    /// # Ok(()) }) }
    /// ```
    ///
    /// A database plans for the data that it has and knows of: a table of a few rows is read as a whole whatever its
    /// indexes. A queryset of [`none`](QuerySet::none) is asked about too, although it would not be run.
    ///
    /// # Errors
    /// The query contradicts itself, the database fails, or its plan cannot be read.
    #[track_caller]
    pub fn explain<'e, E: Executor>(
        self,
        db: &'e E,
    ) -> impl Future<Output = Result<Plan>> + Send + use<'e, E, M, S> {
        self.explained(db, ExplainOptions::new(), Location::caller())
    }

    /// Like [`explain`](QuerySet::explain), with more than estimates. With [`ExplainOptions::analyze`] the query **is
    /// run**.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let measured = ExplainOptions::new().analyze(true);
    /// match Post::objects().explain_with(&db, measured).await {
    ///     Ok(plan) => println!("{plan}"), // with rows, runs and times
    ///     Err(error) => assert_eq!(error.to_string(), "SQLite does not support `analyze` in `explain`"),
    /// }
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Unsupported`](crate::Error::Unsupported) before anything is sent for an option that the database lacks;
    /// otherwise as [`explain`](QuerySet::explain).
    #[track_caller]
    pub fn explain_with<'e, E: Executor>(
        self,
        db: &'e E,
        options: ExplainOptions,
    ) -> impl Future<Output = Result<Plan>> + Send + use<'e, E, M, S> {
        self.explained(db, options, Location::caller())
    }

    async fn explained<E: Executor>(
        mut self,
        db: &E,
        options: ExplainOptions,
        caller: &'static Location<'static>,
    ) -> Result<Plan> {
        self.query.apply_default_order();
        let operation = Operation::new(M::META.name, "explain").at(caller);
        explain(db, self.query.compiled(db.dialect(), operation)?, options).await
    }
}

impl<M: Model, S: Shape<Model = M>> CombinedQuerySet<M, S> {
    /// How the database would run what `all` runs: see [`QuerySet::explain`].
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let popular = Post::objects().filter(|p| p.views.gt(100));
    /// let liked = Post::objects().filter(|p| p.stars.eq(3));
    /// let plan = popular.union(liked).explain(&db).await?;
    /// assert_eq!(plan.full_scans().count(), 2);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`QuerySet::explain`].
    #[track_caller]
    pub fn explain<'e, E: Executor>(
        self,
        db: &'e E,
    ) -> impl Future<Output = Result<Plan>> + Send + use<'e, E, M, S> {
        self.inner.explain(db)
    }

    /// Like [`explain`](CombinedQuerySet::explain), with more than estimates: see [`QuerySet::explain_with`].
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let all = Post::objects().filter(|p| p.views.gt(100)).union(Post::objects());
    /// let refused = all.explain_with(&db, ExplainOptions::new().settings(true)).await.unwrap_err();
    /// assert_eq!(refused.to_string(), "SQLite does not support `settings` in `explain`");
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`QuerySet::explain_with`].
    #[track_caller]
    pub fn explain_with<'e, E: Executor>(
        self,
        db: &'e E,
        options: ExplainOptions,
    ) -> impl Future<Output = Result<Plan>> + Send + use<'e, E, M, S> {
        self.inner.explain_with(db, options)
    }
}

/// The plan of any statement.
pub(crate) async fn explain<E: Executor>(db: &E, sql: CompiledSql, options: ExplainOptions) -> Result<Plan> {
    let (sql, format) = sql.explained_in_format(db.dialect(), options)?;
    match format {
        PlanFormat::Sentences => {
            let rows = fetch(db, sql, Sentences).await?;
            let raw: Vec<String> =
                rows.iter().map(|row| format!("{}|{}|0|{}", row.id, row.parent, row.detail)).collect();
            Ok(Plan { raw: raw.join("\n"), ..sentences::parse(rows)? })
        }
        PlanFormat::TypedNodes => text(db, sql, typed_nodes::parse).await,
        PlanFormat::Blocks => text(db, sql, blocks::parse).await,
        PlanFormat::UnescapedBlocks => text(db, sql, |raw| blocks::parse(&mend::mended(raw))).await,
        PlanFormat::Arrows => text(db, sql, arrows::parse).await,
    }
}

async fn text<E: Executor>(db: &E, sql: CompiledSql, parse: fn(&str) -> Result<Plan>) -> Result<Plan> {
    let raw = fetch(db, sql, Document).await?.join("\n");
    Ok(Plan { raw: raw.clone(), ..parse(&raw)? })
}

/// Reads a plan's text, or a line of it. The getter for JSON takes a column of either type.
struct Document;

impl Decode for Document {
    type Out = String;

    fn decode<R: Row + ?Sized>(&self, row: &mut R) -> Result<String> {
        let text = row.json(0)?.ok_or(ValueError::UnexpectedNull)?;
        Ok(text.to_owned())
    }
}

struct Sentences;

impl Decode for Sentences {
    type Out = Sentence;

    fn decode<R: Row + ?Sized>(&self, row: &mut R) -> Result<Sentence> {
        Ok(Sentence {
            id: row.i64(0)?.ok_or(ValueError::UnexpectedNull)?,
            parent: row.i64(1)?.ok_or(ValueError::UnexpectedNull)?,
            detail: row.string(3)?.ok_or(ValueError::UnexpectedNull)?,
        })
    }
}
