//! `create_with`: a new row with its related rows, in one transaction.

use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::panic::Location;
use std::pin::Pin;

use super::bulk::{Work, together};
use super::create::insert;
use super::related_set::RelatedSet;
use crate::backend::Executor;
use crate::compile::Operation;
use crate::error::Result;
use crate::model::{
    ByKey, ByTable, Complete, Cons, Fields, Loaded, ManyToMany, Model, NearKey, Nil, Preset, Relation,
    ReverseOf, Root, Stored, ToMany,
};
use crate::queryset::{HookChoice, Many, QuerySet};

impl<M: Model> QuerySet<M> {
    /// Begins a row that is created together with related rows, in one transaction, or in a savepoint of the one that runs.
    /// Awaited it gives the row with them, as `prefetch_related` would.
    ///
    /// Each relation is one bulk insert: [`with`](CreateWith::with) makes rows that point at the new one,
    /// [`linked`](CreateWith::linked) relates rows that are there.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/guide/relations.rs"));
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let eve = User::objects()
    ///     .create_with(&db, |u| u.username("eve"))
    ///     .with(|u| u.posts, |post| ["Leaves", "Cups"].map(|title| post.draft().title(title)))
    ///     .await?;
    /// assert_eq!(eve.username, "eve");
    /// assert_eq!(eve.posts()[1].title, "Cups");
    /// assert_eq!(eve.posts()[1].author, ForeignKey::to(&*eve));
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`QuerySet::create`] and [`QuerySet::bulk_create`]; then there is none of the rows.
    #[track_caller]
    pub fn create_with<'e, E, C>(
        self,
        db: &'e E,
        build: impl FnOnce(M::Draft) -> C,
    ) -> CreateWith<'e, M, E, Alone>
    where
        E: Executor,
        C: Complete<New = M::New>,
    {
        let operation = Operation::new(M::META.name, "create_with").at(Location::caller());
        let new = build(M::Draft::default()).complete();
        CreateWith { db, new, hooks: self.query.hooks, steps: Alone(()), operation }
    }
}

/// A new row with related rows; made by [`QuerySet::create_with`].
#[must_use = "nothing is inserted until it is awaited"]
pub struct CreateWith<'e, M: Model, E, S> {
    db: &'e E,
    new: M::New,
    hooks: HookChoice,
    steps: S,
    operation: Operation,
}

/// Makes the builders of rows that point at a row which was just inserted.
pub struct NewRelated<R: Relation> {
    key: R::Key,
}

impl<R> NewRelated<R>
where
    R: ToMany + ReverseOf,
    R::Of: Stored<Key = R::Key>,
    <R::To as Model>::Draft: Preset<R::Of>,
{
    /// A builder that has the key already.
    pub fn draft(&self) -> <<R::To as Model>::Draft as Preset<R::Of>>::Out {
        <R::To as Model>::Draft::default().preset(self.key.clone())
    }
}

impl<'e, M: Model, E: Executor, S> CreateWith<'e, M, E, S> {
    /// Adds rows of a relation whose other side holds the key: the closure makes them, once the row is inserted, from
    /// builders that have the key already. They are inserted together.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/guide/relations.rs"));
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let team = Team::objects()
    ///     .create_with(&db, |t| t.name("Garden"))
    ///     .with(|t| t.members, |user| [user.draft().username("joe"), user.draft().username("ida")])
    ///     .await?;
    /// assert_eq!(team.members().iter().filter(|user| user.team.is_some()).count(), 2);
    /// # Ok(()) }) }
    /// ```
    pub fn with<R, I, C>(
        self,
        relation: impl FnOnce(M::Fields<Root<M>>) -> Many<Root<M>, R>,
        rows: impl FnOnce(&NewRelated<R>) -> I + Send + 'e,
    ) -> CreateWith<'e, M, E, With<'e, S, R>>
    where
        R: ToMany<From = M, Kind = ByKey> + ReverseOf,
        R::Of: Stored<From = R::To, To = M, Key = R::Key>,
        <R::To as Model>::Draft: Preset<R::Of>,
        I: IntoIterator<Item = C>,
        C: Complete<New = <R::To as Model>::New>,
    {
        relation(<M::Fields<Root<M>> as Fields>::NEW);
        let make: Make<'e, R> =
            Box::new(|key| rows(&NewRelated { key }).into_iter().map(Complete::complete).collect());
        let CreateWith { db, new, hooks, steps, operation } = self;
        CreateWith { db, new, hooks, steps: With { before: steps, make, hooks }, operation }
    }

    /// Relates rows that are there by a many-to-many relation.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/guide/relations.rs"));
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let ann = User::objects().pk(1).get(&db).await?;
    /// let post = Post::objects()
    ///     .create_with(&db, |p| p.author(&ann).title("Leaves"))
    ///     .linked(|p| p.tags, Tag::objects().all(&db).await?)
    ///     .with(|p| p.comments, |comment| [comment.draft().text("Nice!")])
    ///     .await?;
    /// assert_eq!((post.tags().len(), post.comments().len()), (2, 1));
    /// assert_eq!(post.related(|p| p.tags).count(&db).await?, 2);
    /// # Ok(()) }) }
    /// ```
    pub fn linked<R>(
        self,
        relation: impl FnOnce(M::Fields<Root<M>>) -> Many<Root<M>, R>,
        rows: impl IntoIterator<Item = R::To>,
    ) -> CreateWith<'e, M, E, Linked<S, R>>
    where
        R: ManyToMany<From = M, Kind = ByTable> + Relation<Key = NearKey<R>>,
        <R::Through as Model>::Draft:
            Preset<R::Near, Out: Preset<R::Far, Out: Complete<New = <R::Through as Model>::New>>>,
    {
        relation(<M::Fields<Root<M>> as Fields>::NEW);
        let rows = rows.into_iter().collect();
        let CreateWith { db, new, hooks, steps, operation } = self;
        CreateWith { db, new, hooks, steps: Linked { before: steps, rows, relation: PhantomData }, operation }
    }
}

/// What is done once the row is there, in the order in which it was said.
pub trait Steps<M>: Send {
    /// The related rows.
    type Loaded: Send + 'static;

    /// Does it.
    fn run<E: Executor>(
        self,
        db: &E,
        row: &M,
        operation: Operation,
    ) -> impl Future<Output = Result<Self::Loaded>> + Send;
}

/// No related rows.
pub struct Alone(());

impl<M: Model> Steps<M> for Alone {
    type Loaded = Nil;

    async fn run<E: Executor>(self, _: &E, _: &M, _: Operation) -> Result<Nil> {
        Ok(Nil)
    }
}

type Make<'e, R> =
    Box<dyn FnOnce(<R as Relation>::Key) -> Vec<<<R as Relation>::To as Model>::New> + Send + 'e>;

/// Rows that point at the new one, behind other steps.
pub struct With<'e, S, R: Relation> {
    before: S,
    make: Make<'e, R>,
    hooks: HookChoice,
}

impl<M: Model, S: Steps<M>, R> Steps<M> for With<'_, S, R>
where
    R: ToMany<From = M, Kind = ByKey>,
{
    type Loaded = Cons<R, Vec<R::To>, S::Loaded>;

    async fn run<E: Executor>(self, db: &E, row: &M, operation: Operation) -> Result<Self::Loaded> {
        let loaded = self.before.run(db, row, operation).await?;
        let drafts = (self.make)(RelatedSet::<R, ByKey>::of(row).required_key()?);
        let mut children = QuerySet::<R::To>::new();
        children.query.hooks = self.hooks;
        let mut rows = children.bulk_create(db, drafts);
        rows.operation = Operation::new(<R::To as Model>::META.name, "create_with").following(R::META);
        rows.operation.location = operation.location;
        Ok(Cons::new(rows.await?, loaded))
    }
}

/// Rows that are related to the new one, behind other steps.
pub struct Linked<S, R: Relation> {
    before: S,
    rows: Vec<R::To>,
    relation: PhantomData<fn() -> R>,
}

impl<M: Model, S: Steps<M>, R> Steps<M> for Linked<S, R>
where
    R: ManyToMany<From = M, Kind = ByTable> + Relation<Key = NearKey<R>>,
    <R::Through as Model>::Draft:
        Preset<R::Near, Out: Preset<R::Far, Out: Complete<New = <R::Through as Model>::New>>>,
{
    type Loaded = Cons<R, Vec<R::To>, S::Loaded>;

    async fn run<E: Executor>(self, db: &E, row: &M, operation: Operation) -> Result<Self::Loaded> {
        let loaded = self.before.run(db, row, operation).await?;
        RelatedSet::<R, ByTable>::of(row).add(db, &self.rows).await?;
        Ok(Cons::new(self.rows, loaded))
    }
}

/// All of it.
struct Creating<M: Model, S> {
    new: M::New,
    hooks: HookChoice,
    steps: S,
    operation: Operation,
}

impl<M: Model, S: Steps<M>> Work for Creating<M, S> {
    type Out = M::With<S::Loaded>;

    async fn run<E: Executor>(self, db: &E) -> Result<Self::Out> {
        let Creating { new, hooks, steps, operation } = self;
        let row = insert::<M, E>(db, new, operation, hooks).await?;
        let loaded = steps.run(db, &row, operation).await?;
        Ok(M::with(Loaded::new(row, loaded)))
    }
}

impl<'e, M: Model, E: Executor, S: Steps<M> + 'e> IntoFuture for CreateWith<'e, M, E, S> {
    type Output = Result<M::With<S::Loaded>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'e>>;

    fn into_future(self) -> Self::IntoFuture {
        let CreateWith { db, new, hooks, steps, operation } = self;
        Box::pin(
            async move { together(db, operation, Creating::<M, S> { new, hooks, steps, operation }).await },
        )
    }
}
