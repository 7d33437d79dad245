//! What happens to a row of one model.

use std::marker::PhantomData;
use std::mem;
use std::sync::Arc;

use super::hook::{ErasedHook, Hook, Running};
use super::{Hooks, Moment, RowChange};
use crate::backend::Backend;
use crate::error::{Error, FieldError, Result};
use crate::exec::Transaction;
use crate::model::{Column, Fields, IntoField, Model, Root, TypeOf};
use crate::queryset::{FieldList, OwnField};
use crate::schema::FieldMeta;
use crate::value::{HeldRow, SqlType, Value};

/// A row is about to be inserted or updated: the event of [`Hooks::before_save`](super::Hooks::before_save).
pub struct BeforeSave<M> {
    change: RowChange,
    marker: PhantomData<fn() -> M>,
}

/// A row was inserted or updated: the event of [`Hooks::after_save`](super::Hooks::after_save).
pub struct AfterSave<M> {
    /// The row as the database has it.
    pub row: M,
    change: RowChange,
}

/// A row is about to be deleted: the event of [`Hooks::before_delete`](super::Hooks::before_delete).
pub struct BeforeDelete<M> {
    /// The row.
    pub row: M,
    change: RowChange,
}

/// A row was deleted: the event of [`Hooks::after_delete`](super::Hooks::after_delete).
pub struct AfterDelete<M> {
    /// The row as it was.
    pub row: M,
    change: RowChange,
}

impl<M: Model> BeforeSave<M> {
    /// Whether it is inserted; otherwise it is updated.
    pub fn is_new(&self) -> bool {
        self.change.is_new
    }

    /// The fields that are written.
    pub fn fields(&self) -> &[&'static FieldMeta] {
        &self.change.fields
    }

    /// Whether all of these fields are written.
    pub fn writes<L: FieldList<M>>(&self, fields: impl FnOnce(M::Fields<Root<M>>) -> L) -> bool {
        writes(&self.change, fields)
    }

    /// The value that a field is to have; none where the database gives or computes it, and for a deferred field that is
    /// not loaded.
    ///
    /// # Errors
    /// The value does not fit the field's type, which no field of `orm`'s does.
    pub fn get<F: OwnField<M>>(
        &self,
        field: impl FnOnce(M::Fields<Root<M>>) -> F,
    ) -> Result<Option<TypeOf<F::Column>>> {
        field(<M::Fields<Root<M>> as Fields>::NEW);
        let meta = <F::Column as Column>::META;
        let Some(Some(value)) = M::META.position(meta).and_then(|at| self.change.values.get(at)) else {
            return Ok(None);
        };
        let read = TypeOf::<F::Column>::from_row(&mut HeldRow(std::slice::from_ref(value)), 0);
        read.map(Some).map_err(|error| FieldError::new(meta.model, meta.name, error).into())
    }

    /// Gives a field another value, and writes it, also if it would not have been. A row that `save` was called on has it
    /// then, too.
    ///
    /// # Errors
    /// The value cannot be stored, or the field is part of the key of a row that is there.
    pub fn set<F: OwnField<M>>(
        &mut self,
        field: impl FnOnce(M::Fields<Root<M>>) -> F,
        value: impl IntoField<TypeOf<F::Column>>,
    ) -> Result<()> {
        field(<M::Fields<Root<M>> as Fields>::NEW);
        let meta = <F::Column as Column>::META;
        let value = value.into_field().into_value();
        let value = value.map_err(|error| Error::from(FieldError::new(meta.model, meta.name, error)))?;
        self.change.set_at(M::META.position(meta).unwrap_or(usize::MAX), value)
    }
}

impl<M: Model> AfterSave<M> {
    /// Whether it was inserted; otherwise it was updated.
    pub fn is_new(&self) -> bool {
        self.change.is_new
    }

    /// The fields that were written.
    pub fn fields(&self) -> &[&'static FieldMeta] {
        &self.change.fields
    }

    /// Whether all of these fields were written.
    pub fn writes<L: FieldList<M>>(&self, fields: impl FnOnce(M::Fields<Root<M>>) -> L) -> bool {
        writes(&self.change, fields)
    }
}

impl<M: Model> BeforeDelete<M> {
    /// Whether it only gets the time of its deletion, as a model with `soft_delete` does.
    pub fn is_soft(&self) -> bool {
        self.change.is_soft
    }
}

impl<M: Model> AfterDelete<M> {
    /// Whether it only got the time of its deletion, as a model with `soft_delete` does.
    pub fn is_soft(&self) -> bool {
        self.change.is_soft
    }
}

fn writes<M: Model, L: FieldList<M>>(
    change: &RowChange,
    fields: impl FnOnce(M::Fields<Root<M>>) -> L,
) -> bool {
    let fields = fields(<M::Fields<Root<M>> as Fields>::NEW).fields();
    fields.iter().all(|field| change.fields.contains(field))
}

/// The row of a change.
pub(in crate::exec) fn row_of<M: Model>(change: &RowChange) -> Result<M> {
    let (values, absent) = known_and_absent(change);
    M::from_row_without(&mut HeldRow(&values), 0, &absent)
}

/// The values that are known, and the fields of the others.
fn known_and_absent(change: &RowChange) -> (Vec<Value>, Vec<&'static FieldMeta>) {
    let absent = change.model.fields.iter().zip(&change.values).filter(|(_, value)| value.is_none());
    (change.values.iter().flatten().cloned().collect(), absent.map(|(field, _)| field).collect())
}

/// Something for which hooks are called.
pub trait Event: Sized + Send + 'static {
    /// The hooks with one for this event.
    #[doc(hidden)]
    fn register<B: Backend>(hooks: Hooks<B>, hook: impl Hook<B, Self>) -> Hooks<B>;
}

/// How an event is made from the change of a row, and what becomes of it.
pub(super) trait RowEvent: Sized + Send + 'static {
    fn of(change: &mut RowChange) -> Result<Self>;
    fn back(self) -> RowChange;
}

/// The change, of which nothing is left behind.
fn taken(change: &mut RowChange) -> RowChange {
    let empty = RowChange::new(change.model, Moment::AfterDelete, Vec::new(), Vec::new());
    mem::replace(change, empty)
}

const ALL: &[Moment] = &[Moment::BeforeSave, Moment::AfterSave, Moment::BeforeDelete, Moment::AfterDelete];

impl Event for RowChange {
    fn register<B: Backend>(hooks: Hooks<B>, hook: impl Hook<B, Self>) -> Hooks<B> {
        hooks.with(ALL, None, &erased(hook))
    }
}

impl RowEvent for RowChange {
    fn of(change: &mut RowChange) -> Result<Self> {
        Ok(taken(change))
    }

    fn back(self) -> RowChange {
        self
    }
}

impl<M: Model> Event for BeforeSave<M> {
    fn register<B: Backend>(hooks: Hooks<B>, hook: impl Hook<B, Self>) -> Hooks<B> {
        hooks.with(&[Moment::BeforeSave], Some(M::META), &erased(hook))
    }
}

impl<M: Model> RowEvent for BeforeSave<M> {
    fn of(change: &mut RowChange) -> Result<Self> {
        Ok(BeforeSave { change: taken(change), marker: PhantomData })
    }

    fn back(self) -> RowChange {
        self.change
    }
}

macro_rules! events_with_rows {
    ($($event:ident),*) => {$(
        impl<M: Model> Event for $event<M> {
            fn register<B: Backend>(hooks: Hooks<B>, hook: impl Hook<B, Self>) -> Hooks<B> {
                hooks.with(&[Moment::$event], Some(M::META), &erased(hook))
            }
        }

        impl<M: Model> RowEvent for $event<M> {
            fn of(change: &mut RowChange) -> Result<Self> {
                Ok($event { row: row_of(change)?, change: taken(change) })
            }

            fn back(self) -> RowChange {
                self.change
            }
        }
    )*};
}

events_with_rows!(AfterSave, BeforeDelete, AfterDelete);

fn erased<B: Backend, E: RowEvent>(hook: impl Hook<B, E>) -> Arc<dyn ErasedHook<B>> {
    Arc::new(Typed::<E, _>::new(hook))
}

/// A hook for an event, as one for changes of whatever model.
pub(super) struct Typed<E, H> {
    hook: H,
    event: PhantomData<fn() -> E>,
}

impl<E, H> Typed<E, H> {
    pub(super) fn new(hook: H) -> Self {
        Typed { hook, event: PhantomData }
    }
}

impl<B: Backend, E: RowEvent, H: Hook<B, E>> ErasedHook<B> for Typed<E, H> {
    fn run<'a>(&'a self, tx: &'a Transaction<B>, change: &'a mut RowChange) -> Running<'a> {
        Box::pin(async move {
            let mut event = E::of(change)?;
            self.hook.call(tx, &mut event).await?;
            *change = event.back();
            Ok(())
        })
    }
}
