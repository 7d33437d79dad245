//! Rows for code that does not know their type: what writes rows is compiled once for each kind of database and not for each
//! model, of which only these few functions are: hence no adaptors in them, which would be compiled for each, too.

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
        match self.value(at) {
            Ok(value) => Ok(value),
            Err(error) => Err(misplaced(M::META, at, error)),
        }
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
        Ok(match typed::<M>(rows)?.pop() {
            Some(last) => {
                *self = last;
                true
            }
            None => false,
        })
    }

    fn take_computed_of(&mut self, rows: Box<dyn AnyRows>) -> Result<bool> {
        Ok(match typed::<M>(rows)?.pop() {
            Some(last) => {
                self.take_computed(last);
                true
            }
            None => false,
        })
    }
}

/// Rows of any model, all of the same.
pub(super) trait AnyRows: Send + Sync {
    fn count(&self) -> usize;

    fn row(&self, at: usize) -> Option<&dyn AnyRow>;

    /// Lets two rows change places.
    fn swap(&mut self, one: usize, other: usize);

    /// Leaves the first so many rows.
    fn shorten(&mut self, count: usize);

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

    fn swap(&mut self, one: usize, other: usize) {
        let last = self.len().saturating_sub(1);
        self.as_mut_slice().swap(one.min(last), other.min(last));
    }

    fn shorten(&mut self, count: usize) {
        self.truncate(count);
    }

    fn add(&mut self, others: Box<dyn AnyRows>) -> Result<()> {
        self.append(&mut typed::<M>(others)?);
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// Leaves the rows at these places, each named once, first that at the first of them.
pub(super) fn pick(rows: &mut dyn AnyRows, order: &[usize]) {
    // Where each row is now, and which row is at each place.
    let mut place: Vec<usize> = (0..rows.count()).collect();
    let mut at: Vec<usize> = place.clone();
    for (to, &row) in order.iter().enumerate() {
        let (Some(&from), Some(&other)) = (place.get(row), at.get(to)) else { continue };
        rows.swap(to, from);
        at.swap(to, from);
        place.swap(row, other);
    }
    rows.shorten(order.len());
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

#[cfg(test)]
mod tests {
    use super::*;

    struct Numbers(Vec<usize>);

    impl AnyRows for Numbers {
        fn count(&self) -> usize {
            self.0.len()
        }

        fn row(&self, _at: usize) -> Option<&dyn AnyRow> {
            None
        }

        fn swap(&mut self, one: usize, other: usize) {
            self.0.swap(one, other);
        }

        fn shorten(&mut self, count: usize) {
            self.0.truncate(count);
        }

        fn add(&mut self, _others: Box<dyn AnyRows>) -> Result<()> {
            Ok(())
        }

        fn into_any(self: Box<Self>) -> Box<dyn Any> {
            self
        }
    }

    #[test]
    fn rows_are_picked_in_any_order() {
        for order in
            [&[0, 1, 2, 3, 4][..], &[4, 3, 2, 1, 0], &[1, 2, 3, 4, 0], &[3, 0, 4, 1, 2], &[4, 1], &[2], &[]]
        {
            let mut rows = Numbers(vec![0, 1, 2, 3, 4]);
            pick(&mut rows, order);
            assert_eq!(rows.0, order);
        }
    }
}
