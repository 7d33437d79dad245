//! `bulk_update`: many rows, each of which gets its own values.

use std::collections::HashSet;
use std::future::{Future, IntoFuture};
use std::pin::Pin;

use chrono::{DateTime, Utc};

use super::arrange::integer;
use super::chunk::Limits;
use crate::ast::{Assignment, Expr, Update, UpdateEach};
use crate::backend::{Backend, Executor};
use crate::compile::{
    CompiledSql, Dialect, Operation, compile_update, compile_update_each, updates_one_by_one,
};
use crate::error::{Error, Result};
use crate::exec::create::misplaced;
use crate::exec::delete::RowKey;
use crate::exec::hooks::{HookedUpdateEach, SAVING, WriteEach, hooked, watches};
use crate::exec::run::execute;
use crate::exec::stale::{as_they_are, changed_among, key_and_version, stale};
use crate::exec::transaction::{Work, together};
use crate::model::{Model, Root};
use crate::queryset::{FieldList, Query, QuerySet, Shape};
use crate::schema::{FieldMeta, Generated, ModelMeta};
use crate::value::{RowValues, Value, ValueRef};

impl<M: Model, S: Shape<Model = M>> QuerySet<M, S> {
    /// Writes the given fields of many rows, each its own values, and gives the number of rows that matched. `auto_now`
    /// fields are set first, and written as well.
    ///
    /// All or none are written. Rows that are not among those of the queryset, or are gone, are left out. Rows with a
    /// `#[field(version)]` are written only if none of them was changed since it was read.
    ///
    /// [Hooks](crate::exec::hooks) are called only when [`with_hooks`](QuerySet::with_hooks) says so. What they set is written;
    /// the rows in memory stay as they are.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let mut posts = Post::objects().all(&db).await?;
    /// for (rank, post) in (1..).zip(&mut posts) {
    ///     post.stars = Some(rank);
    /// }
    /// assert_eq!(Post::objects().bulk_update(&db, &mut posts, |p| p.stars).await?, 3);
    /// assert_eq!(Post::objects().filter(|p| p.stars.eq(2)).get(&db).await?.title, "100% tea");
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidQuery`] when a field of the key is given, or a row twice; [`Error::StaleObject`] when somebody else
    /// has changed one of the rows, which its [`keys`](crate::error::StaleObject::keys) name; a value does not fit its field, a constraint
    /// is violated, or the database fails.
    #[track_caller]
    pub fn bulk_update<'e, E: Executor, L: FieldList<M>>(
        self,
        db: &'e E,
        rows: &'e mut [M],
        fields: impl FnOnce(M::Fields<Root<M>>) -> L,
    ) -> BulkUpdate<'e, M, E> {
        let operation = Operation::called(M::META.name, "bulk_update");
        let fields = fields(Self::fields()).fields();
        let values = values_of(rows, fields, db.now());
        BulkUpdate { db, query: self.query, rows, values, batch_size: None, operation }
    }
}

/// The fields that are written, and for each row the values of its key, its version if it has one, and of these.
type Values = (Vec<&'static FieldMeta>, RowValues);

fn values_of<M: Model>(
    rows: &mut [M],
    fields: Vec<&'static FieldMeta>,
    now: DateTime<Utc>,
) -> Result<Values> {
    let Written { fields, places, mut values } = Written::of(M::META, fields, rows.len())?;
    for row in rows {
        row.touch(now);
        if let Err((at, error)) = values.push_made(&places, |at| row.value(at)) {
            return Err(misplaced(M::META, at, error));
        }
    }
    refuse_twice(M::META, &values)?;
    Ok((fields, values))
}

/// What is written of each row.
struct Written {
    fields: Vec<&'static FieldMeta>,
    /// The places of the key, the version and the fields in the model.
    places: Vec<usize>,
    /// Room for their values.
    values: RowValues,
}

impl Written {
    fn of(model: &'static ModelMeta, mut fields: Vec<&'static FieldMeta>, rows: usize) -> Result<Self> {
        if fields.is_empty() {
            return Err(Error::InvalidQuery("`bulk_update` was given no fields".into()));
        }
        let touched = model.fields.iter().filter(|field| field.generated == Some(Generated::AutoNow));
        let touched: Vec<_> = touched.filter(|field| !fields.contains(field)).collect();
        fields.extend(touched);
        let version = model.fields.iter().position(FieldMeta::is_version);
        let written = fields.iter().map(|field| model.position(field).unwrap_or(usize::MAX));
        let places: Vec<usize> = model.primary_key.iter().copied().chain(version).chain(written).collect();
        let kinds = places.iter().filter_map(|at| model.fields.get(*at)).map(|field| field.kind);
        let values = RowValues::with_capacity(kinds, rows);
        Ok(Written { fields, places, values })
    }
}

/// # Errors
/// A row is given twice.
fn refuse_twice(model: &'static ModelMeta, values: &RowValues) -> Result<()> {
    let width = model.primary_key.len();
    let key = |at| RowKey::new(values.row(at).take(width).map(ValueRef::to_value).collect());
    let mut seen = HashSet::new();
    if are_ascending(model, values) || (0..values.len()).map(key).all(|key| seen.insert(key)) {
        return Ok(());
    }
    Err(Error::InvalidQuery(format!("one of the rows of {} is given twice", model.name).into()))
}

/// Whether keys are numbers that go up, as those of rows mostly do that were read: then none is there twice.
fn are_ascending(model: &ModelMeta, values: &RowValues) -> bool {
    let (1, Some(keys)) = (model.primary_key.len(), values.series().first()) else { return false };
    if let Some(keys) = keys.as_i64() {
        return keys.is_sorted_by(|one, next| one < next);
    }
    keys.kind().is_integer() && !keys.has_null() && {
        let numbers: Vec<_> = keys.iter().map(|key| integer(&key.to_value())).collect();
        numbers.is_sorted_by(|one, next| one < next)
    }
}

/// Rows to be written; made by [`QuerySet::bulk_update`]. Awaited it gives the number of rows that matched.
#[must_use = "nothing is written until it is awaited"]
pub struct BulkUpdate<'e, M, E> {
    db: &'e E,
    query: Query,
    rows: &'e mut [M],
    values: Result<Values>,
    batch_size: Option<usize>,
    operation: Operation,
}

impl<M: Model, E: Executor> BulkUpdate<'_, M, E> {
    /// At most this many rows in a statement. They are written all or none all the same.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let mut posts = Post::objects().all(&db).await?;
    /// posts.iter_mut().for_each(|post| post.views *= 2);
    /// Post::objects().bulk_update(&db, &mut posts, |p| p.views).batch_size(2).await?;
    /// assert_eq!(Post::objects().pk(1).get(&db).await?.views, 240);
    /// # Ok(()) }) }
    /// ```
    pub fn batch_size(mut self, rows: usize) -> Self {
        self.batch_size = Some(rows);
        self
    }

    async fn run(self) -> Result<u64> {
        let BulkUpdate { db, mut query, rows, values, batch_size, operation } = self;
        query.check()?;
        let (fields, values) = values?;
        if values.is_empty() || query.is_empty() {
            return Ok(0);
        }
        query.apply_order_of_slice();
        query.forget_left_out();
        if query.hooks.if_called() && watches(db, query.model, SAVING) {
            let write = Write { query: query.clone(), batch_size, operation };
            let values = values.into_rows();
            let updates = HookedUpdateEach { query, fields, values, operation, write };
            let written = hooked(db, operation, updates).await;
            return counted_up(db, rows, written, operation).await;
        }
        let chunks = chunks(db, &query, values, batch_size)?;
        let alone = chunks.len() == 1 && query.model.version().is_none();
        let updates = Updates { query, fields, chunks, operation };
        if alone {
            return updates.run(db).await;
        }
        let written = together(db, operation, updates).await;
        counted_up(db, rows, written, operation).await
    }
}

/// Gives the rows in memory the versions that they were written with; or says which rows have others.
async fn counted_up<M: Model, E: Executor>(
    db: &E,
    rows: &mut [M],
    written: Result<u64>,
    operation: Operation,
) -> Result<u64> {
    match written {
        // Nothing is written, so what is there now tells which they are.
        Err(Error::StaleObject(_)) => {
            let mut read = Vec::with_capacity(rows.len());
            for row in rows.iter() {
                read.push(key_and_version(row)?);
            }
            Err(stale(M::META, changed_among(db, M::META, read, operation).await?))
        }
        result => {
            let matched = result?;
            rows.iter_mut().for_each(Model::count_up);
            Ok(matched)
        }
    }
}

impl<'e, M: Model, E: Executor> IntoFuture for BulkUpdate<'e, M, E> {
    type Output = Result<u64>;
    type IntoFuture = Pin<Box<dyn Future<Output = Result<u64>> + Send + 'e>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

/// As many rows as one statement takes.
fn chunks<E: Executor>(
    db: &E,
    query: &Query,
    values: RowValues,
    batch_size: Option<usize>,
) -> Result<Vec<RowValues>> {
    let (dialect, capability) = (db.dialect(), db.dialect().capability());
    let limits = if updates_one_by_one(query.model, &query.select, dialect)? {
        Limits::of_runs(capability, batch_size)
    } else {
        Limits::of_new_values(capability, batch_size)
    };
    Ok(limits.pieces(values))
}

/// What is written once hooks have seen it.
struct Write {
    query: Query,
    batch_size: Option<usize>,
    operation: Operation,
}

impl WriteEach for Write {
    async fn write<E: Executor>(
        &self,
        db: &E,
        fields: Vec<&'static FieldMeta>,
        values: Vec<Vec<Value>>,
    ) -> Result<u64> {
        let (query, operation) = (self.query.clone(), self.operation);
        let model = query.model;
        let kinds = model.key_fields().chain(model.version()).chain(fields.iter().copied());
        let mut rows = RowValues::with_capacity(kinds.map(|field| field.kind), values.len());
        for row in values {
            rows.push(row);
        }
        let chunks = chunks(db, &query, rows, self.batch_size)?;
        Updates { query, fields, chunks, operation }.run(db).await
    }
}

/// The statements of one call.
struct Updates {
    query: Query,
    fields: Vec<&'static FieldMeta>,
    chunks: Vec<RowValues>,
    operation: Operation,
}

impl Updates {
    /// One row alone needs no table of new values, whose form may be larger than the values are: a row that can be saved
    /// can be written here.
    fn single(&self, values: RowValues, dialect: Dialect) -> Result<CompiledSql> {
        let mut values = values.into_values();
        let mut query = self.query.clone();
        query.among(vec![values.by_ref().take(query.model.primary_key.len()).collect()]);
        query.check()?;
        let values = self.fields.iter().zip(values);
        let assignments = values.map(|(field, value)| Assignment { field, value: Expr::Value(value) });
        let update = Update { model: query.model, assignments: assignments.collect(), rows: query.select };
        compile_update(update, dialect, self.operation)
    }
}

impl<B: Backend> Work<B> for Updates {
    type Out = u64;

    async fn run<E: Executor<Backend = B>>(mut self, db: &E) -> Result<u64> {
        let model = self.query.model;
        let mut matched = 0_u64;
        let chunks = std::mem::take(&mut self.chunks);
        let select = &self.query.select;
        let plain = model.version().is_none()
            && !select.is_sliced()
            && select.clauses.is_none()
            && !self.fields.iter().any(|field| field.primary_key);
        for values in chunks {
            if plain && values.len() == 1 {
                let sql = self.single(values, db.dialect())?;
                matched = matched.saturating_add(execute(db, sql).await?.rows_affected);
                continue;
            }
            let (fields, rows) = (self.fields.clone(), self.query.select.clone());
            let keys: Option<Vec<Vec<Value>>> = model.version().map(|_| {
                let width = model.primary_key.len();
                let key = |at| values.row(at).take(width).map(ValueRef::to_value).collect();
                (0..values.len()).map(key).collect()
            });
            let update = UpdateEach { model, fields, values, rows };
            let sql = compile_update_each(update, db.dialect(), self.operation)?;
            let written = execute(db, sql).await?.rows_affected;
            matched = matched.saturating_add(written);
            if let Some(keys) = keys.filter(|keys| written < keys.len() as u64) {
                let key: Vec<_> = model.key_fields().collect();
                let there = as_they_are(db, &self.query, keys, &key, self.operation).await?;
                if written < there.len() as u64 {
                    return Err(stale(model, Vec::new()));
                }
            }
        }
        Ok(matched)
    }
}
