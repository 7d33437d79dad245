//! What `create_with` does once rows are there: their related rows, relation by relation, each with one bulk insert for all of
//! the rows.

use std::future::Future;

use crate::backend::Executor;
use crate::compile::Operation;
use crate::error::Result;
use crate::exec::related_set::{RelatedSet, link_each};
use crate::model::{
    ByKey, ByTable, Complete, Cons, Loaded, ManyToMany, Model, NearKey, Nil, Preset, Relation, ToMany,
};
use crate::queryset::{HookChoice, QuerySet};

/// For what call, and whether hooks are called.
#[derive(Clone, Copy)]
pub struct Call {
    pub(super) operation: Operation,
    pub(super) hooks: HookChoice,
}

/// What is done once a row is there, in the order in which it was said.
pub trait Steps<M: Model>: Send + Sized {
    /// The related rows.
    type Loaded: Send + 'static;
    /// A row with them.
    type Made: Send + 'static;

    /// A row with its related rows.
    fn made(row: M, loaded: Self::Loaded) -> Self::Made;

    /// Does it for all rows of a level at once, each of which has steps of its own.
    fn run<E: Executor>(
        each: Vec<Self>,
        db: &E,
        rows: &[M],
        call: Call,
    ) -> impl Future<Output = Result<Vec<Self::Loaded>>> + Send;
}

/// No related rows.
pub struct Alone(pub(super) ());

impl<M: Model> Steps<M> for Alone {
    type Loaded = Nil;
    type Made = M;

    fn made(row: M, _: Nil) -> M {
        row
    }

    async fn run<E: Executor>(each: Vec<Self>, _: &E, _: &[M], _: Call) -> Result<Vec<Nil>> {
        Ok(each.iter().map(|_| Nil).collect())
    }
}

/// Makes the rows that point at a row, each with its own steps, from that row's key.
pub(super) type Make<'e, R, N> =
    Box<dyn FnOnce(<R as Relation>::Key) -> Vec<(<<R as Relation>::To as Model>::New, N)> + Send + 'e>;

/// Rows that point at the new one, behind other steps; `N` is what is done for each of them.
pub struct With<'e, S, R: Relation, N> {
    pub(super) before: S,
    pub(super) make: Make<'e, R, N>,
}

impl<M: Model, S: Steps<M>, R, N: Steps<R::To>> Steps<M> for With<'_, S, R, N>
where
    R: ToMany<From = M, Kind = ByKey>,
{
    type Loaded = Cons<R, Vec<N::Made>, S::Loaded>;
    type Made = M::With<Self::Loaded>;

    fn made(row: M, loaded: Self::Loaded) -> Self::Made {
        M::with(Loaded::new(row, loaded))
    }

    async fn run<E: Executor>(each: Vec<Self>, db: &E, rows: &[M], call: Call) -> Result<Vec<Self::Loaded>> {
        let (before, makes): (Vec<S>, Vec<Make<'_, R, N>>) =
            each.into_iter().map(|step| (step.before, step.make)).unzip();
        // Boxed: the futures of all levels would lie in one another.
        let loaded = Box::pin(S::run(before, db, rows, call)).await?;
        let mut counts = Vec::with_capacity(rows.len());
        let (mut drafts, mut steps) = (Vec::new(), Vec::new());
        for (row, make) in rows.iter().zip(makes) {
            let (before, key) = (drafts.len(), RelatedSet::<R, ByKey>::of(row).required_key()?);
            for (new, step) in make(key) {
                drafts.push(new);
                steps.push(step);
            }
            counts.push(drafts.len() - before);
        }
        let mut children = QuerySet::<R::To>::new();
        children.query.hooks = call.hooks;
        let mut children = children.bulk_create(db, drafts);
        children.operation = Operation::new(<R::To as Model>::META.name, "create_with").following(R::META);
        children.operation.location = call.operation.location;
        let children = children.await?;
        let theirs = Box::pin(N::run(steps, db, &children, call)).await?;
        let mut made = children.into_iter().zip(theirs).map(|(row, loaded)| N::made(row, loaded));
        let of_each = counts.into_iter().zip(loaded);
        Ok(of_each.map(|(count, loaded)| Cons::new(made.by_ref().take(count).collect(), loaded)).collect())
    }
}

/// Rows that are related to the new one, behind other steps.
pub struct Linked<S, R: Relation> {
    pub(super) before: S,
    pub(super) rows: Vec<R::To>,
}

impl<M: Model, S: Steps<M>, R> Steps<M> for Linked<S, R>
where
    R: ManyToMany<From = M, Kind = ByTable> + Relation<Key = NearKey<R>>,
    <R::Through as Model>::Draft:
        Preset<R::Near, Out: Preset<R::Far, Out: Complete<New = <R::Through as Model>::New>>>,
{
    type Loaded = Cons<R, Vec<R::To>, S::Loaded>;
    type Made = M::With<Self::Loaded>;

    fn made(row: M, loaded: Self::Loaded) -> Self::Made {
        M::with(Loaded::new(row, loaded))
    }

    async fn run<E: Executor>(each: Vec<Self>, db: &E, rows: &[M], call: Call) -> Result<Vec<Self::Loaded>> {
        let (before, related): (Vec<S>, Vec<Vec<R::To>>) =
            each.into_iter().map(|step| (step.before, step.rows)).unzip();
        let loaded = Box::pin(S::run(before, db, rows, call)).await?;
        let operation = Operation::new(<R::Through as Model>::META.name, "create_with").following(R::META);
        let operation = call.operation.location.map_or(operation, |place| operation.at(place));
        link_each::<R, E>(db, rows.iter().zip(&related), operation, call.hooks).await?;
        Ok(related.into_iter().zip(loaded).map(|(rows, loaded)| Cons::new(rows, loaded)).collect())
    }
}
