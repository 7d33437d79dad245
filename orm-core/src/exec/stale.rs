//! Optimistic locking: a row is written only if it still has the version that was read.

use std::collections::HashMap;
use std::sync::Arc;

use super::any_row::AnyRow;
use super::delete::{RowKey, read_values};
use super::held_keys::HeldKeys;
use super::keys_at_once;
use super::run::{Present, fetch_one};
use crate::ast::{CompareOp, Expr, Node};
use crate::backend::Executor;
use crate::compile::{Operation, Reading};
use crate::error::{Error, Result, StaleObject};
use crate::model::Model;
use crate::queryset::{Query, own_field};
use crate::schema::{FieldMeta, ModelMeta};
use crate::value::{Value, ValueKind};

/// The version that a row was read with, where its model has one.
pub(super) fn version_of(row: &dyn AnyRow) -> Result<Option<Value>> {
    let at = row.model().fields.iter().position(FieldMeta::is_version);
    at.map(|at| row.value_at(at)).transpose()
}

/// Whether a row says by its version that it never was in the database.
pub(super) fn is_unsaved(row: &dyn AnyRow) -> Result<bool> {
    Ok(matches!(version_of(row)?, Some(Value::I32(0) | Value::I64(0))))
}

/// What a new row has as its version.
pub(super) fn first_version(field: &FieldMeta) -> Option<Value> {
    field.is_version().then_some(match field.kind {
        ValueKind::I32 => Value::I32(1),
        _ => Value::I64(1),
    })
}

/// The query for this row alone.
pub(super) fn this_row(row: &dyn AnyRow) -> Result<Query> {
    let mut query = Query::new(row.model());
    query.with_key(Ok(row.key_values()?));
    query.check()?;
    Ok(query)
}

/// The query for this row alone, as it was read.
pub(super) fn as_read(row: &dyn AnyRow) -> Result<Query> {
    let mut query = this_row(row)?;
    if let (Some(field), Some(version)) = (row.model().version(), version_of(row)?) {
        query.filter(own_field(field).compare(CompareOp::Eq, Node::leaf(Expr::Value(version))));
    }
    Ok(query)
}

/// Why no row was written: it is there with another version, or gone. Both are the same to a model without versions.
pub(super) async fn why_missed<E: Executor>(row: &dyn AnyRow, db: &E, operation: Operation) -> Result<Error> {
    let model = row.model();
    if model.version().is_some() {
        let key = row.key_values()?;
        let mut query = Query::new(model);
        query.with_key(Ok(key.clone()));
        let mut sql = query.existing().compiled(db.dialect(), operation)?;
        sql.sql.push_str(db.dialect().reading(Reading::Latest));
        if fetch_one(db, sql, Present).await?.is_some() {
            return Ok(stale(model, vec![key]));
        }
    }
    Ok(Error::DoesNotExist { model: model.name })
}

/// # Errors
/// The row is there, with another version than the one that was read.
pub(super) async fn not_stale<E: Executor>(row: &dyn AnyRow, db: &E, operation: Operation) -> Result<()> {
    if row.model().version().is_none() {
        return Ok(());
    }
    match why_missed(row, db, operation).await? {
        Error::DoesNotExist { .. } => Ok(()),
        stale => Err(stale),
    }
}

/// The error about rows with these keys.
pub(super) fn stale(model: &'static ModelMeta, values: Vec<Vec<Value>>) -> Error {
    Error::StaleObject(Box::new(StaleObject::new(model.name, Arc::new(HeldKeys { model, values }))))
}

/// These fields of the rows with these keys that are among those of the query, as they are now.
pub(super) async fn as_they_are<E: Executor>(
    db: &E,
    query: &Query,
    mut keys: Vec<Vec<Value>>,
    fields: &[&'static FieldMeta],
    operation: Operation,
) -> Result<Vec<Vec<Value>>> {
    let at_once = keys_at_once(db, query.model);
    let mut found = Vec::with_capacity(keys.len());
    while !keys.is_empty() {
        let later = keys.split_off(keys.len().min(at_once));
        let mut query = query.clone();
        query.among(keys);
        found.append(&mut read_values(db, query, fields, operation).await?);
        keys = later;
    }
    Ok(found)
}

/// The key of a row, and its version.
pub(super) fn key_and_version(row: &dyn AnyRow) -> Result<(Vec<Value>, Option<Value>)> {
    Ok((row.key_values()?, version_of(row)?))
}

/// The keys of those of these rows whose version is another one now.
pub(super) async fn changed_among<E: Executor>(
    db: &E,
    model: &'static ModelMeta,
    read: Vec<(Vec<Value>, Option<Value>)>,
    operation: Operation,
) -> Result<Vec<Vec<Value>>> {
    let fields: Vec<_> = model.key_fields().chain(model.version()).collect();
    let keys = read.iter().map(|(key, _)| key.clone()).collect();
    let mut versions = HashMap::new();
    for mut values in as_they_are(db, &Query::new(model), keys, &fields, operation).await? {
        let version = model.version().and_then(|_| values.pop());
        versions.insert(RowKey::new(values), version);
    }
    let is_changed = |(key, read): (Vec<Value>, Option<Value>)| {
        let key = RowKey::new(key);
        let changed = versions.get(&key).is_some_and(|version| *version != read);
        changed.then(|| key.into_values())
    };
    Ok(read.into_iter().filter_map(is_changed).collect())
}

impl StaleObject {
    /// The keys of the rows of `M` that others have changed; none when they are of another model.
    ///
    /// ```
    /// # use orm::prelude::*;
    /// #[derive(Model, Debug, Clone)]
    /// struct Page {
    ///     #[field(primary_key)]
    ///     id: i64,
    ///     text: String,
    ///     #[field(version)]
    ///     version: i32,
    /// }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let db = orm::sqlite::connect("sqlite::memory:").await?;
    /// # db.create_tables(models![Page]).await?;
    /// let mut page = Page::objects().create(&db, |p| p.text("Tea")).await?;
    /// let mut same = page.clone();
    /// page.text = "Green tea".into();
    /// page.save(&db).await?;
    /// assert_eq!(page.version, 2);
    ///
    /// same.text = "Black tea".into();
    /// let Err(orm::Error::StaleObject(error)) = same.save(&db).await else { panic!("a change was lost") };
    /// assert_eq!(error.keys::<Page>()?, [1]);
    /// assert_eq!(error.to_string(), "this `Page` was changed by somebody else since it was read");
    ///
    /// same.refresh(&db).await?;
    /// assert_eq!(same.text, "Green tea");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// A key is not one of `M`'s type any more.
    pub fn keys<M: Model>(&self) -> Result<Vec<M::Key>> {
        HeldKeys::of::<M>(self.held_keys())
    }
}
