//! `bulk_create(…).count()`: new rows of which nothing is read back.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use super::chunk::Chunk;
use super::create::BulkCreate;
use crate::ast::{Insert, Returning};
use crate::backend::{Backend, Executor};
use crate::compile::{Operation, compile_insert};
use crate::error::Result;
use crate::exec::run::execute;
use crate::exec::transaction::{Work, together};
use crate::model::Model;
use crate::schema::ModelMeta;

impl<'e, M: Model, E: Executor> BulkCreate<'e, M, E> {
    /// Gives only the number of rows, and reads nothing back, not even keys. On PostgreSQL 1,500 rows and more are sent
    /// by COPY.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let many = (0..10_000).map(|n| NewUser { id: None, username: format!("user {n}"), email: None });
    /// assert_eq!(User::objects().bulk_create(&db, many).count().await?, 10_000);
    /// # Ok(()) }) }
    /// ```
    pub fn count(self) -> BulkCount<'e, M, E> {
        BulkCount { rows: self }
    }
}

/// New rows to be inserted; made by [`BulkCreate::count`]. Awaited it gives their number.
#[must_use = "nothing is inserted until it is awaited"]
pub struct BulkCount<'e, M: Model, E> {
    rows: BulkCreate<'e, M, E>,
}

impl<'e, M: Model, E: Executor> IntoFuture for BulkCount<'e, M, E> {
    type Output = Result<u64>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'e>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let (db, operation) = (self.rows.db, self.rows.operation);
            if self.rows.hooks.if_called() {
                // They get the rows, so these are read.
                return Ok(self.rows.insert(None).await?.len() as u64);
            }
            let chunks = self.rows.chunks(None)?;
            let alone = chunks.len() <= 1;
            let inserts = BlindInserts { model: M::META, chunks, operation };
            if alone { inserts.run(db).await } else { together(db, operation, inserts).await }
        })
    }
}

/// Statements that give nothing back.
pub(super) struct BlindInserts {
    pub(super) model: &'static ModelMeta,
    pub(super) chunks: Vec<Chunk>,
    pub(super) operation: Operation,
}

impl<B: Backend> Work<B> for BlindInserts {
    type Out = u64;

    async fn run<E: Executor<Backend = B>>(self, db: &E) -> Result<u64> {
        let mut inserted = 0;
        for chunk in self.chunks {
            // As many as were given: a trigger may keep a row away or store it elsewhere, which databases count differently.
            inserted += chunk.places.len() as u64;
            let Chunk { fields, rows, .. } = chunk;
            let rows = rows.into();
            let insert =
                Insert { model: self.model, fields, rows, on_conflict: None, returning: Returning::Nothing };
            execute(db, compile_insert(insert, db.dialect(), self.operation)?).await?;
        }
        Ok(inserted)
    }
}
