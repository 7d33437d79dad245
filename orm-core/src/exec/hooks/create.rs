//! New rows with the hooks around them.

use std::marker::PhantomData;
use std::pin::pin;

use super::{Around, HookedWork, Moment, RowChange, hooked, watches};
use crate::backend::{Backend, Executor};
use crate::compile::Operation;
use crate::error::Result;
use crate::exec::create::{insert_row, misplaced};
use crate::model::Model;
use crate::queryset::HookChoice;
use crate::schema::{FieldMeta, ModelMeta};
use crate::value::Value;

/// What is called around new rows and changed ones.
pub(in crate::exec) const SAVING: &[Moment] = &[Moment::BeforeSave, Moment::AfterSave];

/// Inserts a row, with hooks where there are some for the model.
pub(in crate::exec) async fn created<M: Model, E: Executor>(
    db: &E,
    fields: Vec<&'static FieldMeta>,
    row: Vec<Value>,
    operation: Operation,
    choice: HookChoice,
) -> Result<M> {
    if choice.unless_left() && watches(db, M::META, SAVING) {
        let create = Create { fields, row, operation, model: PhantomData };
        return Box::pin(hooked(db, operation, create)).await;
    }
    pin!(insert_row::<M, E>(db, fields, row, operation)).await
}

struct Create<M> {
    fields: Vec<&'static FieldMeta>,
    row: Vec<Value>,
    operation: Operation,
    model: PhantomData<fn() -> M>,
}

impl<M: Model> HookedWork for Create<M> {
    type Out = M;

    async fn run<E: Executor>(self, db: &E, around: &Around<'_, E::Backend>) -> Result<M> {
        let mut values = vec![None; M::META.fields.len()];
        for (field, value) in self.fields.iter().zip(self.row) {
            if let Some(slot) = M::META.position(field).and_then(|at| values.get_mut(at)) {
                *slot = Some(value);
            }
        }
        let mut change = before(around, M::META, self.fields, values).await?;
        let written = std::mem::take(&mut change.fields);
        let (fields, row) = change.given();
        let row = insert_row::<M, E>(db, fields, row, self.operation).await?;
        after(around, written, &row, true).await?;
        Ok(row)
    }
}

/// Calls what is to be called before a row is inserted.
async fn before<B: Backend>(
    around: &Around<'_, B>,
    model: &'static ModelMeta,
    fields: Vec<&'static FieldMeta>,
    values: Vec<Option<Value>>,
) -> Result<RowChange> {
    let mut change = RowChange::new(model, Moment::BeforeSave, fields, values);
    change.is_new = true;
    around.call(&mut change).await?;
    Ok(change)
}

/// Calls what is to be called when a row is written.
pub(super) async fn after<M: Model, B: Backend>(
    around: &Around<'_, B>,
    fields: Vec<&'static FieldMeta>,
    row: &M,
    is_new: bool,
) -> Result<()> {
    if !around.watches(M::META, Moment::AfterSave) {
        return Ok(());
    }
    after_values(around, M::META, fields, values_of(row)?, is_new).await
}

async fn after_values<B: Backend>(
    around: &Around<'_, B>,
    model: &'static ModelMeta,
    fields: Vec<&'static FieldMeta>,
    values: Vec<Option<Value>>,
    is_new: bool,
) -> Result<()> {
    let mut change = RowChange::new(model, Moment::AfterSave, fields, values);
    change.is_new = is_new;
    around.call(&mut change).await
}

/// The values of a row, without those that are not loaded.
pub(super) fn values_of<M: Model>(row: &M) -> Result<Vec<Option<Value>>> {
    let mut values = vec![None; M::META.fields.len()];
    // No adaptors: they would be compiled for each model.
    for (at, slot) in values.iter_mut().enumerate() {
        if row.is_loaded(at) {
            *slot = Some(row.value(at).map_err(|error| misplaced::<M>(at, error))?);
        }
    }
    Ok(values)
}

/// Calls what is to be called before rows are inserted together; gives their values then, and the fields of each.
pub(in crate::exec) async fn before_all<B: Backend>(
    around: &Around<'_, B>,
    model: &'static ModelMeta,
    drafts: Vec<Vec<Option<Value>>>,
) -> Result<(Vec<Vec<Option<Value>>>, Vec<Written>)> {
    let mut all = Vec::with_capacity(drafts.len());
    let mut written = Vec::with_capacity(drafts.len());
    for values in drafts {
        let given = model.fields.iter().zip(&values).filter(|(_, value)| value.is_some());
        let fields = given.map(|(field, _)| field).collect();
        let change = before(around, model, fields, values).await?;
        all.push(change.values);
        written.push(change.fields);
    }
    Ok((all, written))
}

/// Calls what is to be called when rows were inserted together.
pub(in crate::exec) async fn after_all<M: Model, B: Backend>(
    around: &Around<'_, B>,
    written: Vec<Written>,
    rows: &[M],
) -> Result<()> {
    for (row, fields) in rows.iter().zip(written) {
        after(around, fields, row, true).await?;
    }
    Ok(())
}

/// The fields of a row that are written.
type Written = Vec<&'static FieldMeta>;
