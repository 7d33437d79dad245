//! `bulk_create(…).keys()`: only the keys of new rows.

use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::pin::Pin;

use super::arrange::{InPlaces, Known, integer};
use super::chunk::Chunk;
use super::create::{BulkCreate, counting_step};
use crate::ast::{Insert, Returning};
use crate::backend::{Backend, Decode, Executor};
use crate::compile::{Operation, compile_insert};
use crate::error::Result;
use crate::exec::create::{counted, untold, vanished};
use crate::exec::held_keys::{key_of, misread};
use crate::exec::run::{execute, fetch};
use crate::exec::transaction::{Work, together};
use crate::model::{Key, Model};
use crate::value::{FromColumns, Row};

impl<'e, M: Model, E: Executor> BulkCreate<'e, M, E> {
    /// Gives only the keys of the rows, in their order, and reads nothing else back: the cheapest way, where the program
    /// knows the rest.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let drafts = ["eve", "joe"].map(|name| User::draft().username(name));
    /// assert_eq!(User::objects().bulk_create(&db, drafts).keys().await?, [3, 4]);
    /// # Ok(()) }) }
    /// ```
    pub fn keys(self) -> BulkKeys<'e, M, E> {
        BulkKeys { rows: self }
    }
}

/// New rows to be inserted; made by [`BulkCreate::keys`]. Awaited it gives their keys in their order.
#[must_use = "nothing is inserted until it is awaited"]
pub struct BulkKeys<'e, M: Model, E> {
    rows: BulkCreate<'e, M, E>,
}

impl<'e, M: Model, E: Executor> IntoFuture for BulkKeys<'e, M, E> {
    type Output = Result<Vec<M::Key>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'e>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let (db, operation) = (self.rows.db, self.rows.operation);
            if self.rows.hooks.if_called() {
                // They get the rows, so these are read.
                return Ok(self.rows.insert(None).await?.iter().map(Model::key).collect());
            }
            let chunks = self.rows.chunks(None)?;
            let alone = chunks.len() <= 1;
            let inserts = KeyInserts::<M> { chunks, operation, model: PhantomData };
            if alone { inserts.run(db).await } else { together(db, operation, inserts).await }
        })
    }
}

/// The statements of one call.
struct KeyInserts<M> {
    chunks: Vec<Chunk>,
    operation: Operation,
    model: PhantomData<fn() -> M>,
}

impl<M: Model, B: Backend> Work<B> for KeyInserts<M> {
    type Out = Vec<M::Key>;

    async fn run<E: Executor<Backend = B>>(self, db: &E) -> Result<Vec<M::Key>> {
        let mut given = InPlaces::default();
        let mut step = None;
        for mut chunk in self.chunks {
            let places = std::mem::take(&mut chunk.places);
            let keys = insert::<M, E>(db, chunk, self.operation, &mut step).await?;
            if keys.len() != places.len() {
                return Err(vanished(M::META));
            }
            given.push(places, keys);
        }
        Ok(given.in_order())
    }
}

/// One statement, and the keys of its rows in their order.
async fn insert<M: Model, E: Executor>(
    db: &E,
    chunk: Chunk,
    operation: Operation,
    step: &mut Option<i64>,
) -> Result<Vec<M::Key>> {
    let dialect = db.dialect();
    let known = Known::of(M::META, &[], &chunk.fields, &chunk.rows);
    let returns = dialect.capability().insert_returning;
    let count = chunk.rows.len();
    let statement = |returning| {
        let (fields, rows) = (chunk.fields, chunk.rows.into());
        compile_insert(
            Insert { model: M::META, fields, rows, on_conflict: None, returning },
            dialect,
            operation,
        )
    };
    match known {
        Known::Values(_, values) => {
            execute(db, statement(Returning::Nothing)?).await?;
            values.iter().map(|values| key_of::<M>(values)).collect()
        }
        Known::Counted(field) if dialect.capability().one_by_one => {
            // What each run counted is told, which costs less than to have it given back.
            let executed = execute(db, statement(Returning::Nothing)?).await?;
            let ids = executed.inserted_ids.into_iter().chain(executed.last_insert_id);
            ids.map(|id| key_of::<M>(&[counted(field, Some(id))?])).collect()
        }
        Known::Counted(_) if returns && !dialect.capability().counted_in_one_piece => {
            let keys = fetch(db, statement(Returning::Key)?, KeyColumns::<M>(PhantomData)).await?;
            in_order::<M>(keys)
        }
        Known::Counted(field) => {
            let step = match *step {
                Some(step) => step,
                None if count == 1 => 1,
                None => *step.insert(counting_step(db, operation).await?),
            };
            let first = execute(db, statement(Returning::Nothing)?).await?.last_insert_id;
            // In one piece: see where rows are read back by such keys.
            let key = |at: usize| {
                let id =
                    first.map(|first| first.saturating_add(step.unsigned_abs().saturating_mul(at as u64)));
                key_of::<M>(&[counted(field, id)?])
            };
            (0..count).map(key).collect()
        }
        Known::Unknown if returns => {
            fetch(db, statement(Returning::Key)?, KeyColumns::<M>(PhantomData)).await
        }
        Known::Unknown => Err(M::META.key_fields().next().map_or_else(|| vanished(M::META), untold)),
    }
}

/// Counted keys, in the order in which they were counted.
fn in_order<M: Model>(keys: Vec<M::Key>) -> Result<Vec<M::Key>> {
    let (mut last, mut are_sorted) = (i128::MIN, true);
    for key in &keys {
        let number = key.first_value()?.as_ref().map_or(0, integer);
        are_sorted = are_sorted && last <= number;
        last = number;
    }
    if are_sorted {
        return Ok(keys);
    }
    let mut numbered = Vec::with_capacity(keys.len());
    for key in keys {
        let number = key.first_value()?.as_ref().map_or(0, integer);
        numbered.push((number, key));
    }
    numbered.sort_by_key(|(number, _)| *number);
    Ok(numbered.into_iter().map(|(_, key)| key).collect())
}

/// Reads a key.
struct KeyColumns<M>(PhantomData<fn() -> M>);

impl<M: Model> Decode for KeyColumns<M> {
    type Out = M::Key;

    fn decode<R: Row + ?Sized>(&self, row: &mut R) -> Result<M::Key> {
        M::Key::from_columns(row, 0).map_err(misread::<M>)
    }
}
