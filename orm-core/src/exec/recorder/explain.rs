//! The plan of a statement that was recorded.

use std::future::Future;

use super::{RecordedStatement, StatementKind};
use crate::backend::Executor;
use crate::compile::{Access, CompiledSql, ExplainOptions, Operation};
use crate::error::{Error, Result};
use crate::exec::explain::{Plan, explain};

impl RecordedStatement {
    /// How the database would run the statement now: see [`QuerySet::explain`](crate::queryset::QuerySet::explain). It
    /// is planned and not run.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let recorder = orm::recorder::Recorder::with_values();
    /// recorder.record(Post::objects().filter(|p| p.views.gt(100)).count(&db)).await?;
    /// let plan = recorder.recording().statements()[0].explain(&db).await?;
    /// assert_eq!(plan.full_scans().count(), 1);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// It is no query that only reads, its values were not kept, or `db` is of another kind; otherwise as
    /// [`QuerySet::explain`](crate::queryset::QuerySet::explain).
    #[track_caller]
    pub fn explain<'e, E: Executor>(
        &self,
        db: &'e E,
    ) -> impl Future<Output = Result<Plan>> + Send + use<'e, E> {
        let sql = self.to_explain(Operation::called(self.operation.model, "explain"));
        let is_same = self.dialect == db.dialect();
        async move {
            let sql = sql?;
            if !is_same {
                return Err(refused("the statement was recorded on a database of another kind"));
            }
            explain(db, sql, ExplainOptions::new()).await
        }
    }

    fn to_explain(&self, operation: Operation) -> Result<CompiledSql> {
        match (self.kind, self.values()) {
            (StatementKind::Read, Some(values)) => {
                Ok(CompiledSql::new(self.sql.to_string(), values.to_vec(), Access::Read, operation))
            }
            (StatementKind::Read, None) => {
                Err(refused("the statement's values were not kept: `Recorder::with_values` keeps them"))
            }
            (StatementKind::Write | StatementKind::Schema | StatementKind::Transaction, _) => {
                Err(refused("only a query that reads can be explained"))
            }
        }
    }
}

fn refused(why: &'static str) -> Error {
    Error::InvalidQuery(why.into())
}
