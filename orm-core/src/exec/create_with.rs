//! `create_with`: a new row with its related rows, and theirs, in one transaction.

mod nested;
mod steps;

use std::future::{Future, IntoFuture};
use std::pin::Pin;

pub use nested::{NewRow, NewRowOrNone, NewWith, WithRelated};

use self::steps::{Alone, Call, Linked, Steps, With, WithOne};
use super::create::{insert, vanished};
use super::transaction::{Work, together};
use crate::backend::{Backend, Executor};
use crate::compile::Operation;
use crate::error::Result;
use crate::model::{
    ByKey, ByTable, Complete, Loaded, ManyToMany, Model, NearKey, Preset, Relation, ReverseOf, Root, Stored,
    ToMany, ToOne,
};
use crate::queryset::{Many, One, QuerySet};

impl<M: Model> QuerySet<M> {
    /// Begins a row that is created together with related rows, in one transaction, or in a savepoint of the one that runs.
    /// Awaited it gives the row with them, as `prefetch_related` would.
    ///
    /// [`with`](CreateWith::with) makes rows that point at the new one, [`with_one`](CreateWith::with_one) the one of a
    /// one-to-one relation; they may have rows of their own, to any depth. [`linked`](CreateWith::linked) relates rows that
    /// are there. Each relation is one bulk insert for all rows of its level.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
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
        let operation = Operation::called(M::META.name, "create_with");
        let call = Call { operation, hooks: self.query.hooks };
        CreateWith { db, row: NewWith::alone(build(M::empty_draft()).complete()), call }
    }
}

/// A new row with related rows; made by [`QuerySet::create_with`].
#[must_use = "nothing is inserted until it is awaited"]
pub struct CreateWith<'e, M: Model, E, S> {
    db: &'e E,
    row: NewWith<M, S>,
    call: Call,
}

/// Makes the builders of rows that point at a row which was just inserted.
pub struct NewRelated<R: Relation> {
    key: R::Key,
}

impl<R> NewRelated<R>
where
    R: Relation + ReverseOf,
    R::Of: Stored<Key = R::Key>,
    <R::To as Model>::Draft: Preset<R::Of>,
{
    /// A builder that has the key already.
    pub fn draft(&self) -> <<R::To as Model>::Draft as Preset<R::Of>>::Out {
        <R::To as Model>::empty_draft().preset(self.key.clone())
    }
}

impl<'e, M: Model, E: Executor, S> CreateWith<'e, M, E, S> {
    /// Adds rows of a relation whose other side holds the key: the closure makes them, once the row is inserted, from
    /// builders that have the key already. They are inserted together.
    ///
    /// A builder can have related rows of its own: see [`WithRelated`], which the prelude has. All rows of a relation have the
    /// same relations; how many rows there are in them is each row's own affair.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
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
    ) -> CreateWith<'e, M, E, With<'e, S, R, C::Steps>>
    where
        R: ToMany<From = M, Kind = ByKey> + ReverseOf,
        R::Of: Stored<From = R::To, To = M, Key = R::Key>,
        <R::To as Model>::Draft: Preset<R::Of>,
        I: IntoIterator<Item = C>,
        C: NewRow<R::To>,
    {
        let CreateWith { db, row, call } = self;
        CreateWith { db, row: row.with(relation, rows), call }
    }

    /// Adds the row of a relation to one, whose other side holds the key: `has_one`. The closure makes it, or `None`, from a
    /// builder that has the key already; it can have related rows of its own, as those of [`with`](CreateWith::with).
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let eve = User::objects()
    ///     .create_with(&db, |u| u.username("eve"))
    ///     .with_one(|u| u.profile, |profile| profile.draft().bio("Reads leaves."))
    ///     .await?;
    /// assert_eq!(eve.profile().as_ref().map(|profile| profile.bio.as_str()), Some("Reads leaves."));
    /// # Ok(()) }) }
    /// ```
    pub fn with_one<R, C>(
        self,
        relation: impl FnOnce(M::Fields<Root<M>>) -> One<Root<M>, R>,
        row: impl FnOnce(&NewRelated<R>) -> C + Send + 'e,
    ) -> CreateWith<'e, M, E, WithOne<'e, S, R, <C::Row as NewRow<R::To>>::Steps>>
    where
        R: ToOne + Relation<From = M> + ReverseOf,
        R::Of: Stored<From = R::To, To = M, Key = R::Key>,
        <R::To as Model>::Draft: Preset<R::Of>,
        C: NewRowOrNone<R::To>,
    {
        let CreateWith { db, row: new, call } = self;
        CreateWith { db, row: new.with_one(relation, row), call }
    }

    /// Relates rows that are there by a many-to-many relation.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
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
        let CreateWith { db, row, call } = self;
        CreateWith { db, row: row.linked(relation, rows), call }
    }
}

/// All of it.
struct Creating<M: Model, S> {
    row: NewWith<M, S>,
    call: Call,
}

impl<M: Model, S: Steps<M>, B: Backend> Work<B> for Creating<M, S> {
    type Out = M::With<S::Loaded>;

    async fn run<E: Executor<Backend = B>>(self, db: &E) -> Result<Self::Out> {
        let Creating { row, call } = self;
        let (new, steps) = row.into_both();
        let row = insert::<M, E>(db, new, call.operation, call.hooks).await?;
        let loaded = S::run(vec![steps], db, std::slice::from_ref(&row), call).await?.pop();
        let loaded = loaded.ok_or_else(|| vanished(M::META))?;
        Ok(M::with(Loaded::new(row, loaded)))
    }
}

impl<'e, M: Model, E: Executor, S: Steps<M> + 'e> IntoFuture for CreateWith<'e, M, E, S> {
    type Output = Result<M::With<S::Loaded>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'e>>;

    fn into_future(self) -> Self::IntoFuture {
        let CreateWith { db, row, call } = self;
        together(db, call.operation, Creating { row, call })
    }
}
