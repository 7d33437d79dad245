//! New rows with the hooks around them.

use super::{Around, HookedWork, Moment, RowChange, hooked, watches};
use crate::backend::{Backend, Executor};
use crate::compile::Operation;
use crate::error::Result;
use crate::exec::any_row::{AnyRow, AnyRows, AsAny};
use crate::exec::create::insert_row;
use crate::exec::run::Running;
use crate::queryset::HookChoice;
use crate::schema::{FieldMeta, ModelMeta};
use crate::value::Value;

/// What is called around new rows and changed ones.
pub(in crate::exec) const SAVING: &[Moment] = &[Moment::BeforeSave, Moment::AfterSave];

/// Inserts a row, with hooks where there are some for the model.
pub(in crate::exec) fn created<'e, E: Executor>(
    db: &'e E,
    model: &'static ModelMeta,
    (fields, row): (Vec<&'static FieldMeta>, Vec<Value>),
    operation: Operation,
    choice: HookChoice,
    read: AsAny<E::Backend>,
) -> Running<'e, Box<dyn AnyRows>> {
    if choice.unless_left() && watches(db, model, SAVING) {
        return hooked(db, operation, Create { model, fields, row, operation, read });
    }
    Box::pin(insert_row(db, model, (fields, row), operation, read))
}

struct Create<B: Backend> {
    model: &'static ModelMeta,
    fields: Vec<&'static FieldMeta>,
    row: Vec<Value>,
    operation: Operation,
    read: AsAny<B>,
}

impl<B: Backend> HookedWork<B> for Create<B> {
    type Out = Box<dyn AnyRows>;

    async fn run<E: Executor<Backend = B>>(self, db: &E, around: &Around<'_, B>) -> Result<Box<dyn AnyRows>> {
        let Create { model, fields, row, operation, read } = self;
        let mut values = vec![None; model.fields.len()];
        for (field, value) in fields.iter().zip(row) {
            if let Some(slot) = model.position(field).and_then(|at| values.get_mut(at)) {
                *slot = Some(value);
            }
        }
        let mut change = before(around, model, fields, values).await?;
        let written = std::mem::take(&mut change.fields);
        let rows = insert_row(db, model, change.given(), operation, read).await?;
        after_all(around, model, vec![written], &*rows).await?;
        Ok(rows)
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

/// Calls what is to be called when a row is written; `values` are its values.
pub(super) async fn after<B: Backend>(
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
pub(super) fn values_of(row: &dyn AnyRow) -> Result<Vec<Option<Value>>> {
    let value = |at| row.has(at).then(|| row.value_at(at)).transpose();
    (0..row.model().fields.len()).map(value).collect()
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
pub(in crate::exec) async fn after_all<B: Backend>(
    around: &Around<'_, B>,
    model: &'static ModelMeta,
    written: Vec<Written>,
    rows: &dyn AnyRows,
) -> Result<()> {
    if !around.watches(model, Moment::AfterSave) {
        return Ok(());
    }
    for (at, fields) in written.into_iter().enumerate() {
        let Some(values) = rows.row(at).map(values_of) else { break };
        after(around, model, fields, values?, true).await?;
    }
    Ok(())
}

/// The fields of a row that are written.
type Written = Vec<&'static FieldMeta>;
