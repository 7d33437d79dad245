//! Rows for code that does not know their type: what writes rows is compiled once for each kind of database and not for each
//! model, of which only these few functions are.

use std::any::Any;

use super::create::misplaced;
use super::hooks::{RowChange, row_of};
use super::run::query;
use crate::backend::{Backend, BoxSink, Executor, collect, into_collected};
use crate::compile::CompiledSql;
use crate::error::{Error, Result};
use crate::model::{Key, Model};
use crate::queryset::Whole;
use crate::schema::ModelMeta;
use crate::value::Value;

/// A row of any model.
pub(super) trait AnyRow: Send + Sync {
    fn model(&self) -> &'static ModelMeta;

    /// The value of the field at this position.
    fn value_at(&self, at: usize) -> Result<Value>;

    /// Whether that field is loaded.
    fn has(&self, at: usize) -> bool;

    /// The values of the key.
    fn key_values(&self) -> Result<Vec<Value>>;

    /// Counts the version up, where there is one.
    fn count_version_up(&mut self);

    /// Becomes the row of these values.
    fn become_changed(&mut self, change: &RowChange) -> Result<()>;

    /// Becomes the last of these rows; false without one.
    fn become_last_of(&mut self, rows: Box<dyn AnyRows>) -> Result<bool>;

    /// Takes the generated columns of the last of these rows; false without one.
    fn take_computed_of(&mut self, rows: Box<dyn AnyRows>) -> Result<bool>;
}

impl<M: Model> AnyRow for M {
    fn model(&self) -> &'static ModelMeta {
        M::META
    }

    fn value_at(&self, at: usize) -> Result<Value> {
        self.value(at).map_err(|error| misplaced(M::META, at, error))
    }

    fn has(&self, at: usize) -> bool {
        self.is_loaded(at)
    }

    fn key_values(&self) -> Result<Vec<Value>> {
        Ok(self.key().to_values()?)
    }

    fn count_version_up(&mut self) {
        self.count_up();
    }

    fn become_changed(&mut self, change: &RowChange) -> Result<()> {
        *self = row_of(change)?;
        Ok(())
    }

    fn become_last_of(&mut self, rows: Box<dyn AnyRows>) -> Result<bool> {
        let last = typed::<M>(rows)?.pop();
        Ok(last.map(|last| *self = last).is_some())
    }

    fn take_computed_of(&mut self, rows: Box<dyn AnyRows>) -> Result<bool> {
        let last = typed::<M>(rows)?.pop();
        Ok(last.map(|last| self.take_computed(last)).is_some())
    }
}

/// Rows of any model, all of the same.
pub(super) trait AnyRows: Send + Sync {
    fn count(&self) -> usize;

    fn row(&self, at: usize) -> Option<&dyn AnyRow>;

    /// Leaves the rows at these places, first that at the first of them.
    fn pick(&mut self, order: &[usize]);

    /// Adds rows of the same model.
    fn add(&mut self, others: Box<dyn AnyRows>) -> Result<()>;

    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

impl<M: Model> AnyRows for Vec<M> {
    fn count(&self) -> usize {
        self.len()
    }

    fn row(&self, at: usize) -> Option<&dyn AnyRow> {
        match self.get(at) {
            Some(row) => Some(row),
            None => None,
        }
    }

    fn pick(&mut self, order: &[usize]) {
        *self = picked(std::mem::take(self), order);
    }

    fn add(&mut self, others: Box<dyn AnyRows>) -> Result<()> {
        self.append(&mut typed::<M>(others)?);
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// The values at these places, first that at the first of them.
pub(super) fn picked<T>(values: Vec<T>, order: &[usize]) -> Vec<T> {
    let mut left = Vec::with_capacity(values.len());
    left.extend(values.into_iter().map(Some));
    let mut picked = Vec::with_capacity(order.len());
    for at in order {
        if let Some(value) = left.get_mut(*at).and_then(Option::take) {
            picked.push(value);
        }
    }
    picked
}

/// The rows as what they are.
pub(super) fn typed<M: Model>(rows: Box<dyn AnyRows>) -> Result<Vec<M>> {
    match rows.into_any().downcast::<Vec<M>>() {
        Ok(rows) => Ok(*rows),
        Err(_) => Err(Error::InvalidQuery("these are rows of another model".into())),
    }
}

/// How rows of a model are read by what does not know it.
pub(super) struct AsAny<B: Backend> {
    sink: fn() -> BoxSink<B>,
    rows: fn(BoxSink<B>) -> Result<Box<dyn AnyRows>>,
}

impl<B: Backend> Clone for AsAny<B> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<B: Backend> Copy for AsAny<B> {}

impl<B: Backend> AsAny<B> {
    pub(super) const fn of<M: Model>() -> Self {
        AsAny { sink: sink::<B, M>, rows: rows::<B, M> }
    }
}

fn sink<B: Backend, M: Model>() -> BoxSink<B> {
    collect::<B, Whole<M>>(Whole::NEW)
}

fn rows<B: Backend, M: Model>(sink: BoxSink<B>) -> Result<Box<dyn AnyRows>> {
    match into_collected::<B, Whole<M>>(sink) {
        Ok((_, rows)) => Ok(Box::new(rows)),
        Err(error) => Err(error),
    }
}

/// Runs a query.
pub(super) async fn fetch_any<E: Executor>(
    db: &E,
    sql: CompiledSql,
    read: AsAny<E::Backend>,
) -> Result<Box<dyn AnyRows>> {
    (read.rows)(query(db, sql, (read.sink)()).await?)
}
