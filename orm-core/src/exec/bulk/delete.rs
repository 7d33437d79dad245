//! `bulk_delete`: many rows by their keys.

use std::future::Future;

use crate::backend::{Backend, Executor};
use crate::compile::Operation;
use crate::error::Result;
use crate::exec::delete::delete;
use crate::exec::keys_at_once;
use crate::exec::transaction::{Work, together};
use crate::model::{Key, Model};
use crate::queryset::{Query, QuerySet, Shape};
use crate::value::Value;

impl<M: Model, S: Shape<Model = M>> QuerySet<M, S> {
    /// Deletes these rows, all or none, and gives the number of those that were there and among the queryset's. Rows
    /// that point at them are dealt with as [`QuerySet::delete`] does, and [hooks](crate::exec::hooks) are called as it does.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let posts = Post::objects().order_by(|p| p.views).limit(2).all(&db).await?;
    /// assert_eq!(Post::objects().bulk_delete(&db, &posts).await?, 2);
    /// assert_eq!(Post::objects().bulk_delete(&db, &posts).await?, 0);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`QuerySet::delete`]; then none is deleted.
    #[track_caller]
    pub fn bulk_delete<'r, E: Executor>(
        self,
        db: &E,
        rows: impl IntoIterator<Item = &'r M>,
    ) -> impl Future<Output = Result<u64>> + Send {
        let operation = Operation::called(M::META.name, "bulk_delete");
        let keys: Result<Vec<_>, _> = rows.into_iter().map(|row| row.key().to_values()).collect();
        let mut query = self.query;
        async move {
            query.check()?;
            let mut keys = keys?;
            if keys.is_empty() || query.is_empty() {
                return Ok(0);
            }
            query.apply_order_of_slice();
            query.forget_left_out();
            let at_once = keys_at_once(db, M::META);
            let mut chunks = Vec::new();
            while !keys.is_empty() {
                let later = keys.split_off(keys.len().min(at_once));
                chunks.push(keys);
                keys = later;
            }
            let alone = chunks.len() == 1;
            let deletes = Deletes { query, chunks, operation };
            if alone { deletes.run(db).await } else { together(db, operation, deletes).await }
        }
    }
}

/// The statements of one call.
struct Deletes {
    query: Query,
    chunks: Vec<Vec<Vec<Value>>>,
    operation: Operation,
}

impl<B: Backend> Work<B> for Deletes {
    type Out = u64;

    async fn run<E: Executor<Backend = B>>(self, db: &E) -> Result<u64> {
        let mut deleted = 0_u64;
        for keys in self.chunks {
            let mut query = self.query.clone();
            query.among(keys);
            query.check()?;
            deleted = deleted.saturating_add(delete(db, query, self.operation).await?);
        }
        Ok(deleted)
    }
}
