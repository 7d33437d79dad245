//! Updates of many rows with the hooks around each of them.

use std::collections::{HashMap, HashSet};

use super::{Around, HookedWork, Moment, RowChange};
use crate::ast::{Assignment, Expr};
use crate::backend::{Backend, Executor};
use crate::compile::Operation;
use crate::error::{Error, Result};
use crate::exec::delete::{BATCH, RowKey, read_locked, read_values, with_values};
use crate::exec::write::update_rows;
use crate::queryset::Query;
use crate::schema::{FieldMeta, ModelMeta};
use crate::value::Value;

/// An update by expressions, the same for all rows.
pub(in crate::exec) struct HookedUpdate {
    pub(in crate::exec) query: Query,
    pub(in crate::exec) assignments: Vec<Assignment>,
    pub(in crate::exec) operation: Operation,
}

impl<B: Backend> HookedWork<B> for HookedUpdate {
    type Out = u64;

    async fn run<E: Executor<Backend = B>>(self, db: &E, around: &Around<'_, B>) -> Result<u64> {
        let HookedUpdate { query, assignments, operation } = self;
        let model = query.model;
        let fields: Vec<_> = assignments.iter().map(|assignment| assignment.field).collect();
        refuse_key(&fields)?;
        let all: Vec<_> = model.fields.iter().collect();
        let mut rows = Vec::new();
        for values in read_locked(db, query, &all, operation).await? {
            let mut change = updating(model, fields.clone(), values.into_iter().map(Some).collect());
            for assignment in &assignments {
                // What an expression gives, the database knows.
                let value = match &assignment.value {
                    Expr::Value(value) => Some(value.clone()),
                    _ => None,
                };
                if let Some(slot) = model.position(assignment.field).and_then(|at| change.values.get_mut(at))
                {
                    *slot = value;
                }
            }
            around.call(&mut change).await?;
            rows.push(change);
        }
        // Each row is written once: those for which a hook has set something by a statement of their own.
        let (own, common): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| !row.set.is_empty());
        let mut updated = 0;
        for query in by_keys(model, &common) {
            updated += update_rows(db, query, assignments.clone(), operation).await?;
        }
        for row in &own {
            for query in by_keys(model, std::slice::from_ref(row)) {
                updated += update_rows(db, query, with_set(row, &assignments), operation).await?;
            }
        }
        let rows = common.into_iter().chain(own).collect();
        tell(db, around, model, rows, operation).await?;
        Ok(updated)
    }
}

/// The assignments, with those values that hooks have set.
fn with_set(row: &RowChange, assignments: &[Assignment]) -> Vec<Assignment> {
    let set = row.set.iter().filter_map(|&at| row.model.fields.get(at).zip(row.values.get(at)?.clone()));
    let set: Vec<_> = set.map(|(field, value)| Assignment { field, value: Expr::Value(value) }).collect();
    let others = assignments.iter().filter(|other| set.iter().all(|set| set.field != other.field));
    others.cloned().chain(set.iter().cloned()).collect()
}

/// An update that gives each row its own values.
pub(in crate::exec) struct HookedUpdateEach<W> {
    pub(in crate::exec) query: Query,
    pub(in crate::exec) fields: Vec<&'static FieldMeta>,
    /// For each row the values of its key, its version where it has one, and of the fields.
    pub(in crate::exec) values: Vec<Vec<Value>>,
    pub(in crate::exec) operation: Operation,
    /// Writes such values.
    pub(in crate::exec) write: W,
}

/// Writes the values of rows.
pub(in crate::exec) trait WriteEach: Send + Sync {
    /// Gives the number of rows that matched.
    fn write<E: Executor>(
        &self,
        db: &E,
        fields: Vec<&'static FieldMeta>,
        values: Vec<Vec<Value>>,
    ) -> impl Future<Output = Result<u64>> + Send;
}

impl<W: WriteEach, B: Backend> HookedWork<B> for HookedUpdateEach<W> {
    type Out = u64;

    async fn run<E: Executor<Backend = B>>(self, db: &E, around: &Around<'_, B>) -> Result<u64> {
        let HookedUpdateEach { query, fields, values, operation, write } = self;
        let model = query.model;
        refuse_key(&fields)?;
        let key: Vec<_> = model.key_fields().collect();
        let known: Vec<_> =
            key.iter().copied().chain(model.version()).chain(fields.iter().copied()).collect();
        let mut rows: Vec<RowChange> = Vec::new();
        for batch in values.chunks(BATCH) {
            let keys = batch.iter().map(|values| values.get(..key.len()).unwrap_or_default().to_vec());
            let mut there = query.clone();
            there.among(keys.collect());
            there.check()?;
            let found = read_locked(db, there, &key, operation).await?;
            let found: HashSet<_> = found.into_iter().map(RowKey::new).collect();
            let is_there = |values: &&Vec<Value>| {
                found.contains(&RowKey::new(values.get(..key.len()).unwrap_or_default().to_vec()))
            };
            for values in batch.iter().filter(is_there) {
                let mut own = vec![None; model.fields.len()];
                for (field, value) in known.iter().zip(values) {
                    if let Some(slot) = model.position(field).and_then(|at| own.get_mut(at)) {
                        *slot = Some(value.clone());
                    }
                }
                let mut change = updating(model, fields.clone(), own);
                around.call(&mut change).await?;
                rows.push(change);
            }
        }
        let mut updated = 0;
        for (set, rows) in by_fields(&rows, &known, model) {
            let places: Vec<_> = known.iter().chain(&set).filter_map(|field| model.position(field)).collect();
            let own =
                |row: &&RowChange| places.iter().filter_map(|&at| row.values.get(at)?.clone()).collect();
            let values = rows.iter().map(own).collect();
            let fields = fields.iter().copied().chain(set).collect();
            updated += write.write(db, fields, values).await?;
        }
        tell(db, around, model, rows, operation).await?;
        Ok(updated)
    }
}

/// The rows by the fields that hooks have set besides those that are written anyway.
fn by_fields<'r>(
    rows: &'r [RowChange],
    written: &[&'static FieldMeta],
    model: &'static ModelMeta,
) -> Vec<(Vec<&'static FieldMeta>, Vec<&'r RowChange>)> {
    let mut groups: Vec<(Vec<&'static FieldMeta>, Vec<&'r RowChange>)> = Vec::new();
    for row in rows {
        let set = model
            .fields
            .iter()
            .enumerate()
            .filter(|(at, field)| row.set.contains(at) && !written.contains(field));
        let set: Vec<_> = set.map(|(_, field)| field).collect();
        match groups.iter_mut().find(|(fields, _)| *fields == set) {
            Some((_, rows)) => rows.push(row),
            None => groups.push((set, vec![row])),
        }
    }
    groups
}

fn updating(
    model: &'static ModelMeta,
    fields: Vec<&'static FieldMeta>,
    values: Vec<Option<Value>>,
) -> RowChange {
    RowChange::new(model, Moment::BeforeSave, fields, values)
}

/// Reads the rows again, and calls what is to be called when they are updated.
async fn tell<E: Executor>(
    db: &E,
    around: &Around<'_, E::Backend>,
    model: &'static ModelMeta,
    mut rows: Vec<RowChange>,
    operation: Operation,
) -> Result<()> {
    if !around.watches(model, Moment::AfterSave) {
        return Ok(());
    }
    let all: Vec<_> = model.fields.iter().collect();
    while !rows.is_empty() {
        let later = rows.split_off(rows.len().min(BATCH));
        let mut found = Vec::new();
        for query in by_keys(model, &rows) {
            found.extend(read_values(db, query, &all, operation).await?);
        }
        let mut fields: HashMap<_, _> =
            rows.into_iter().filter_map(|row| Some((RowKey::new(row.key()?), row.fields))).collect();
        for values in found {
            let mut change =
                RowChange::new(model, Moment::AfterSave, Vec::new(), values.into_iter().map(Some).collect());
            if let Some(fields) = change.key().and_then(|key| fields.remove(&RowKey::new(key))) {
                change.fields = fields;
                around.call(&mut change).await?;
            }
        }
        rows = later;
    }
    Ok(())
}

/// Queries for these rows.
fn by_keys<'r>(
    model: &'static ModelMeta,
    rows: &'r [RowChange],
) -> impl Iterator<Item = Query> + Send + use<'r> {
    let fields: Vec<_> = model.key_fields().collect();
    rows.chunks(BATCH)
        .map(move |batch| with_values(model, &fields, batch.iter().filter_map(RowChange::key).collect()))
}

/// Hooks get rows before and after, and find them by their key.
fn refuse_key(fields: &[&'static FieldMeta]) -> Result<()> {
    match fields.iter().find(|field| field.primary_key) {
        None => Ok(()),
        Some(field) => {
            let message = format!(
                "`{}.{}` is part of the key, which cannot change where hooks are called",
                field.model, field.name
            );
            Err(Error::InvalidQuery(message.into()))
        }
    }
}
