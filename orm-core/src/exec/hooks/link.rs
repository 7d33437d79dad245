//! What happens to many-to-many relations.

use std::marker::PhantomData;
use std::sync::Arc;

use super::hook::{Hook, Running};
use super::{Around, Event, Hooks};
use crate::backend::Backend;
use crate::error::{Error, FieldError, Result};
use crate::exec::Transaction;
use crate::model::{FarKey, ManyToMany, Model, NearKey, Relation};
use crate::schema::{ModelMeta, RelationMeta};
use crate::value::{FromColumns, HeldRow, Value};

/// When a hook for relations is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkMoment {
    /// Rows are about to be related.
    BeforeAdd,
    /// Rows were related.
    AfterAdd,
    /// Rows are about not to be related any more.
    BeforeRemove,
    /// Rows are not related any more.
    AfterRemove,
}

/// Rows of two models are related, or are no longer: the event of
/// [`Hooks::many_to_many_changed`](super::Hooks::many_to_many_changed).
pub struct LinkChange<R: ManyToMany> {
    /// What happens.
    pub moment: LinkMoment,
    /// The keys of the rows that really are newly related, or were until now: first of the row at the start of the relation
    /// for which the hook is registered, whichever side the change was made from.
    pub pairs: Vec<(NearKey<R>, FarKey<R>)>,
}

/// Rows of any two models are related, or are no longer: the event of
/// [`Hooks::every_many_to_many`](super::Hooks::every_many_to_many).
#[derive(Clone)]
pub struct RelationChange {
    relation: &'static RelationMeta,
    between: &'static ModelMeta,
    near: &'static RelationMeta,
    far: &'static RelationMeta,
    moment: LinkMoment,
    pairs: Vec<(Vec<Value>, Vec<Value>)>,
}

impl RelationChange {
    /// The relation, from the side that the change is made from: its name, and the models at its ends.
    pub fn relation(&self) -> &'static RelationMeta {
        self.relation
    }

    /// The model between.
    pub fn between(&self) -> &'static ModelMeta {
        self.between
    }

    /// What happens.
    pub fn moment(&self) -> LinkMoment {
        self.moment
    }

    /// The keys of the rows that really are newly related, or were until now: first of the row at the start of the relation.
    pub fn pairs(&self) -> &[(Vec<Value>, Vec<Value>)] {
        &self.pairs
    }
}

/// What is called around a change of the relation `R`.
pub(in crate::exec) struct Links {
    change: RelationChange,
    adds: bool,
}

impl Links {
    /// A change of these pairs of keys.
    pub(in crate::exec) fn new<R: ManyToMany>(adds: bool, pairs: Vec<(Vec<Value>, Vec<Value>)>) -> Self {
        let change = RelationChange {
            relation: R::META,
            between: <R::Through as Model>::META,
            near: <R::Near as Relation>::META,
            far: <R::Far as Relation>::META,
            moment: LinkMoment::BeforeAdd,
            pairs,
        };
        Links { change, adds }
    }

    /// Calls what is to be called before it.
    pub(in crate::exec) async fn before<B: Backend>(&mut self, around: &Around<'_, B>) -> Result<()> {
        let moment = if self.adds { LinkMoment::BeforeAdd } else { LinkMoment::BeforeRemove };
        self.call(around, moment).await
    }

    /// Calls what is to be called after it.
    pub(in crate::exec) async fn after<B: Backend>(&mut self, around: &Around<'_, B>) -> Result<()> {
        let moment = if self.adds { LinkMoment::AfterAdd } else { LinkMoment::AfterRemove };
        self.call(around, moment).await
    }

    async fn call<B: Backend>(&mut self, around: &Around<'_, B>, moment: LinkMoment) -> Result<()> {
        if self.change.pairs.is_empty() {
            return Ok(());
        }
        self.change.moment = moment;
        around.call_links(&mut self.change).await
    }
}

/// A hook for relations, of whatever models.
pub(super) trait ErasedLink<B: Backend>: Send + Sync {
    /// Runs it.
    fn run<'a>(&'a self, tx: &'a Transaction<B>, change: &'a mut RelationChange) -> Running<'a>;
}

/// A hook for an event, as one for changes of whatever relation.
pub(super) struct TypedLink<E, H> {
    hook: H,
    event: PhantomData<fn() -> E>,
}

impl<E, H> TypedLink<E, H> {
    pub(super) fn new(hook: H) -> Self {
        TypedLink { hook, event: PhantomData }
    }
}

impl Event for RelationChange {
    fn register<B: Backend>(hooks: Hooks<B>, hook: impl Hook<B, Self>) -> Hooks<B> {
        hooks.with_link(None, Arc::new(TypedLink::<Self, _>::new(hook)))
    }
}

impl<R: ManyToMany> Event for LinkChange<R> {
    fn register<B: Backend>(hooks: Hooks<B>, hook: impl Hook<B, Self>) -> Hooks<B> {
        hooks.with_link(Some(<R::Through as Model>::META), Arc::new(TypedLink::<Self, _>::new(hook)))
    }
}

impl<B: Backend, H: Hook<B, RelationChange>> ErasedLink<B> for TypedLink<RelationChange, H> {
    fn run<'a>(&'a self, tx: &'a Transaction<B>, change: &'a mut RelationChange) -> Running<'a> {
        Box::pin(self.hook.call(tx, change))
    }
}

impl<B: Backend, R: ManyToMany, H: Hook<B, LinkChange<R>>> ErasedLink<B> for TypedLink<LinkChange<R>, H> {
    fn run<'a>(&'a self, tx: &'a Transaction<B>, change: &'a mut RelationChange) -> Running<'a> {
        Box::pin(async move {
            // Another relation may go through the same model.
            let Some(pairs) = pairs::<R>(change)? else { return Ok(()) };
            self.hook.call(tx, &mut LinkChange::<R> { moment: change.moment, pairs }).await
        })
    }
}

/// The keys as the relation `R` has them, if it is the one that changes.
fn pairs<R: ManyToMany>(change: &RelationChange) -> Result<Option<Pairs<R>>> {
    // The other side's handle has them the other way around.
    let (near, far) = (<R::Near as Relation>::META, <R::Far as Relation>::META);
    let is = |first, second| std::ptr::eq(change.near, first) && std::ptr::eq(change.far, second);
    let reversed = is(far, near);
    if !reversed && !is(near, far) {
        return Ok(None);
    }
    let pairs = change.pairs.iter().map(|(near, far)| {
        let (near, far) = if reversed { (far, near) } else { (near, far) };
        let near = NearKey::<R>::from_columns(&mut HeldRow(near), 0).map_err(misread::<R::Near>)?;
        let far = FarKey::<R>::from_columns(&mut HeldRow(far), 0).map_err(misread::<R::Far>)?;
        Ok((near, far))
    });
    pairs.collect::<Result<_>>().map(Some)
}

type Pairs<R> = Vec<(NearKey<R>, FarKey<R>)>;

fn misread<R: Relation>((at, error): (usize, crate::error::ValueError)) -> Error {
    match R::META.pairs().nth(at) {
        Some((field, _)) => FieldError::new(field.model, field.name, error).into(),
        None => error.into(),
    }
}
