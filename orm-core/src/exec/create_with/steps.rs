//! What `create_with` does once rows are there: their related rows, relation by relation, each with one bulk insert for all of
//! the rows.

use std::future::Future;

use crate::backend::Executor;
use crate::compile::Operation;
use crate::error::Result;
use crate::exec::related_set::{key_of, link_each};
use crate::model::{
    ByKey, ByTable, Complete, Cons, Loaded, ManyToMany, Model, NearKey, Nil, Preset, Relation, ToMany, ToOne,
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
        let (before, makes) = each.into_iter().map(|step| (step.before, step.make)).unzip();
        // Boxed: the futures of all levels would lie in one another.
        let loaded: Vec<S::Loaded> = Box::pin(S::run(before, db, rows, call)).await?;
        let made = pointing::<R, N, E>(db, rows, makes, call).await?;
        Ok(made.into_iter().zip(loaded).map(|(rows, loaded)| Cons::new(rows, loaded)).collect())
    }
}

/// The one row that points at the new one, or none, behind other steps; `N` is what is done for it.
pub struct WithOne<'e, S, R: Relation, N> {
    pub(super) before: S,
    pub(super) make: Make<'e, R, N>,
}

impl<M: Model, S: Steps<M>, R, N: Steps<R::To>> Steps<M> for WithOne<'_, S, R, N>
where
    R: ToOne + Relation<From = M>,
{
    type Loaded = Cons<R, Option<N::Made>, S::Loaded>;
    type Made = M::With<Self::Loaded>;

    fn made(row: M, loaded: Self::Loaded) -> Self::Made {
        M::with(Loaded::new(row, loaded))
    }

    async fn run<E: Executor>(each: Vec<Self>, db: &E, rows: &[M], call: Call) -> Result<Vec<Self::Loaded>> {
        let (before, makes) = each.into_iter().map(|step| (step.before, step.make)).unzip();
        let loaded: Vec<S::Loaded> = Box::pin(S::run(before, db, rows, call)).await?;
        let made = pointing::<R, N, E>(db, rows, makes, call).await?;
        Ok(made.into_iter().zip(loaded).map(|(mut row, loaded)| Cons::new(row.pop(), loaded)).collect())
    }
}

/// Inserts the rows that point at each of these, all of them at once, and does what is done for them.
async fn pointing<R, N, E>(
    db: &E,
    rows: &[R::From],
    makes: Vec<Make<'_, R, N>>,
    call: Call,
) -> Result<Vec<Vec<N::Made>>>
where
    R: Relation<From: Model>,
    N: Steps<R::To>,
    E: Executor,
{
    let mut counts = Vec::with_capacity(rows.len());
    let (mut drafts, mut steps) = (Vec::new(), Vec::new());
    for (row, make) in rows.iter().zip(makes) {
        let (before, key) = (drafts.len(), key_of::<R>(row)?);
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
    children.is_part = true;
    let children = children.await?;
    let theirs = Box::pin(N::run(steps, db, &children, call)).await?;
    let mut made = children.into_iter().zip(theirs).map(|(row, loaded)| N::made(row, loaded));
    Ok(counts.into_iter().map(|count| made.by_ref().take(count).collect()).collect())
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
