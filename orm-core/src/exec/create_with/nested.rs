//! Rows that are created for another one and bring rows of their own.

use super::NewRelated;
use super::steps::{Alone, Linked, Make, Steps, With, WithOne};
use crate::model::{
    ByKey, ByTable, Complete, Fields, ManyToMany, Model, NearKey, NewModel, Preset, Relation, ReverseOf,
    Root, Stored, ToMany, ToOne,
};
use crate::queryset::{Many, One};

/// What the closure of [`CreateWith::with`](super::CreateWith::with) makes: complete builders, or builders with related rows
/// of their own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no complete new row of `{M}`",
    label = "a required field was not given, or it is a row of another model",
    note = "give every field that has no default, is not nullable and is not automatic; all rows of a relation have the same \
            relations of their own"
)]
pub trait NewRow<M: Model> {
    /// What is done once it is there.
    type Steps: Steps<M>;

    /// Its values, and what is done then.
    fn into_parts(self) -> (M::New, Self::Steps);
}

impl<M: Model, C: Complete<New = M::New>> NewRow<M> for C {
    type Steps = Alone;

    fn into_parts(self) -> (M::New, Alone) {
        (self.complete(), Alone(()))
    }
}

/// A new row with related rows, within [`QuerySet::create_with`](crate::queryset::QuerySet::create_with); made by
/// [`WithRelated`].
#[must_use = "nothing is inserted unless the closure of `with` gives it"]
pub struct NewWith<M: Model, S> {
    new: M::New,
    steps: S,
}

impl<M: Model, S: Steps<M>> NewRow<M> for NewWith<M, S> {
    type Steps = S;

    fn into_parts(self) -> (M::New, S) {
        (self.new, self.steps)
    }
}

/// What the closure of [`CreateWith::with_one`](super::CreateWith::with_one) makes: a new row, or none.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no complete new row of `{M}`, nor an `Option` of one",
    label = "a required field was not given, or it is a row of another model",
    note = "give every field that has no default, is not nullable and is not automatic"
)]
pub trait NewRowOrNone<M: Model> {
    /// What it is, if it is one.
    type Row: NewRow<M>;

    /// The row.
    fn into_option(self) -> Option<Self::Row>;
}

impl<M: Model, C: Complete<New = M::New>> NewRowOrNone<M> for C {
    type Row = C;

    fn into_option(self) -> Option<C> {
        Some(self)
    }
}

impl<M: Model, S: Steps<M>> NewRowOrNone<M> for NewWith<M, S> {
    type Row = Self;

    fn into_option(self) -> Option<Self> {
        Some(self)
    }
}

impl<M: Model, N: NewRow<M>> NewRowOrNone<M> for Option<N> {
    type Row = N;

    fn into_option(self) -> Option<N> {
        self
    }
}

/// Related rows of a row that is itself created for another one: see
/// [`QuerySet::create_with`](crate::queryset::QuerySet::create_with).
pub trait WithRelated: Complete + Sized {
    /// Adds rows that point at this one, as [`CreateWith::with`](super::CreateWith::with) does; they may have rows of their
    /// own, to any depth. All rows of a relation, whichever row they point at, are one bulk insert.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let team = Team::objects()
    ///     .create_with(&db, |t| t.name("Garden"))
    ///     .with(|t| t.members, |user| {
    ///         ["joe", "ida"].map(|name| {
    ///             user.draft().username(name).with(|u| u.posts, |post| [post.draft().title("Leaves")])
    ///         })
    ///     })
    ///     .await?;
    /// assert_eq!(team.members()[1].username, "ida");
    /// assert_eq!(team.members()[1].posts()[0].author, ForeignKey::to(&*team.members()[1]));
    /// # Ok(()) }) }
    /// ```
    fn with<'e, M, R, I, C>(
        self,
        relation: impl FnOnce(M::Fields<Root<M>>) -> Many<Root<M>, R>,
        rows: impl FnOnce(&NewRelated<R>) -> I + Send + 'e,
    ) -> NewWith<M, With<'e, Alone, R, C::Steps>>
    where
        Self::New: NewModel<Model = M>,
        M: Model<New = Self::New>,
        R: ToMany<From = M, Kind = ByKey> + ReverseOf,
        R::Of: Stored<From = R::To, To = M, Key = R::Key>,
        <R::To as Model>::Draft: Preset<R::Of>,
        I: IntoIterator<Item = C>,
        C: NewRow<R::To>,
    {
        NewWith::alone(self.complete()).with(relation, rows)
    }

    /// Adds the row of a relation to one, as [`CreateWith::with_one`](super::CreateWith::with_one) does.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let team = Team::objects()
    ///     .create_with(&db, |t| t.name("Garden"))
    ///     .with(|t| t.members, |user| [("joe", Some("Rakes.")), ("ida", None)].map(|(name, bio)| {
    ///         user.draft().username(name).with_one(|u| u.profile, move |profile| bio.map(|bio| profile.draft().bio(bio)))
    ///     }))
    ///     .await?;
    /// let [joe, ida] = &team.members()[..] else { panic!("two members") };
    /// assert_eq!(joe.profile().as_ref().map(|profile| profile.bio.as_str()), Some("Rakes."));
    /// assert_eq!(*ida.profile(), None);
    /// # Ok(()) }) }
    /// ```
    fn with_one<'e, M, R, C>(
        self,
        relation: impl FnOnce(M::Fields<Root<M>>) -> One<Root<M>, R>,
        row: impl FnOnce(&NewRelated<R>) -> C + Send + 'e,
    ) -> NewWith<M, WithOne<'e, Alone, R, <C::Row as NewRow<R::To>>::Steps>>
    where
        Self::New: NewModel<Model = M>,
        M: Model<New = Self::New>,
        R: ToOne + Relation<From = M> + ReverseOf,
        R::Of: Stored<From = R::To, To = M, Key = R::Key>,
        <R::To as Model>::Draft: Preset<R::Of>,
        C: NewRowOrNone<R::To>,
    {
        NewWith::alone(self.complete()).with_one(relation, row)
    }

    /// Relates rows that are there to this one, as [`CreateWith::linked`](super::CreateWith::linked) does.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let tags = Tag::objects().all(&db).await?;
    /// let eve = User::objects()
    ///     .create_with(&db, |u| u.username("eve"))
    ///     .with(|u| u.posts, |post| ["Leaves", "Cups"].map(|title| {
    ///         post.draft().title(title).linked(|p| p.tags, tags.clone())
    ///     }))
    ///     .await?;
    /// assert_eq!(*eve.posts()[1].tags(), tags);
    /// # Ok(()) }) }
    /// ```
    fn linked<M, R>(
        self,
        relation: impl FnOnce(M::Fields<Root<M>>) -> Many<Root<M>, R>,
        rows: impl IntoIterator<Item = R::To>,
    ) -> NewWith<M, Linked<Alone, R>>
    where
        Self::New: NewModel<Model = M>,
        M: Model<New = Self::New>,
        R: ManyToMany<From = M, Kind = ByTable> + Relation<Key = NearKey<R>>,
        <R::Through as Model>::Draft:
            Preset<R::Near, Out: Preset<R::Far, Out: Complete<New = <R::Through as Model>::New>>>,
    {
        NewWith::alone(self.complete()).linked(relation, rows)
    }
}

impl<C: Complete> WithRelated for C {}

impl<M: Model> NewWith<M, Alone> {
    pub(super) fn alone(new: M::New) -> Self {
        NewWith { new, steps: Alone(()) }
    }
}

impl<M: Model, S> NewWith<M, S> {
    /// Adds rows of another relation: see [`WithRelated::with`].
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let team = Team::objects()
    ///     .create_with(&db, |t| t.name("Garden"))
    ///     .with(|t| t.members, |user| [
    ///         user.draft()
    ///             .username("joe")
    ///             .with(|u| u.posts, |post| [post.draft().title("Leaves")])
    ///             .with(|u| u.edited, |post| [post.draft().title("Cups").author(ForeignKey::new(1))]),
    ///     ])
    ///     .await?;
    /// assert_eq!(team.members()[0].edited()[0].title, "Cups");
    /// # Ok(()) }) }
    /// ```
    pub fn with<'e, R, I, C>(
        self,
        relation: impl FnOnce(M::Fields<Root<M>>) -> Many<Root<M>, R>,
        rows: impl FnOnce(&NewRelated<R>) -> I + Send + 'e,
    ) -> NewWith<M, With<'e, S, R, C::Steps>>
    where
        R: ToMany<From = M, Kind = ByKey> + ReverseOf,
        R::Of: Stored<From = R::To, To = M, Key = R::Key>,
        <R::To as Model>::Draft: Preset<R::Of>,
        I: IntoIterator<Item = C>,
        C: NewRow<R::To>,
    {
        relation(<M::Fields<Root<M>> as Fields>::NEW);
        let NewWith { new, steps } = self;
        NewWith { new, steps: With { before: steps, make: make(rows) } }
    }

    /// Adds the row of a relation to one: see [`WithRelated::with_one`].
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let team = Team::objects()
    ///     .create_with(&db, |t| t.name("Garden"))
    ///     .with(|t| t.members, |user| [
    ///         user.draft()
    ///             .username("joe")
    ///             .with(|u| u.posts, |post| [post.draft().title("Leaves")])
    ///             .with_one(|u| u.profile, |profile| profile.draft().bio("Rakes.")),
    ///     ])
    ///     .await?;
    /// let joe = &team.members()[0];
    /// assert_eq!((joe.posts().len(), joe.profile().is_some()), (1, true));
    /// # Ok(()) }) }
    /// ```
    pub fn with_one<'e, R, C>(
        self,
        relation: impl FnOnce(M::Fields<Root<M>>) -> One<Root<M>, R>,
        row: impl FnOnce(&NewRelated<R>) -> C + Send + 'e,
    ) -> NewWith<M, WithOne<'e, S, R, <C::Row as NewRow<R::To>>::Steps>>
    where
        R: ToOne + Relation<From = M> + ReverseOf,
        R::Of: Stored<From = R::To, To = M, Key = R::Key>,
        <R::To as Model>::Draft: Preset<R::Of>,
        C: NewRowOrNone<R::To>,
    {
        relation(<M::Fields<Root<M>> as Fields>::NEW);
        let NewWith { new, steps } = self;
        let make = make(move |related: &NewRelated<R>| row(related).into_option());
        NewWith { new, steps: WithOne { before: steps, make } }
    }

    /// Relates rows that are there to this one: see [`WithRelated::linked`].
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let tags = Tag::objects().all(&db).await?;
    /// let eve = User::objects()
    ///     .create_with(&db, |u| u.username("eve"))
    ///     .with(|u| u.posts, |post| [
    ///         post.draft()
    ///             .title("Leaves")
    ///             .with(|p| p.comments, |comment| [comment.draft().text("Nice!")])
    ///             .linked(|p| p.tags, tags.clone()),
    ///     ])
    ///     .await?;
    /// assert_eq!((eve.posts()[0].comments().len(), eve.posts()[0].tags()), (1, &tags));
    /// # Ok(()) }) }
    /// ```
    pub fn linked<R>(
        self,
        relation: impl FnOnce(M::Fields<Root<M>>) -> Many<Root<M>, R>,
        rows: impl IntoIterator<Item = R::To>,
    ) -> NewWith<M, Linked<S, R>>
    where
        R: ManyToMany<From = M, Kind = ByTable> + Relation<Key = NearKey<R>>,
        <R::Through as Model>::Draft:
            Preset<R::Near, Out: Preset<R::Far, Out: Complete<New = <R::Through as Model>::New>>>,
    {
        relation(<M::Fields<Root<M>> as Fields>::NEW);
        let NewWith { new, steps } = self;
        NewWith { new, steps: Linked { before: steps, rows: rows.into_iter().collect() } }
    }

    pub(super) fn into_both(self) -> (M::New, S) {
        (self.new, self.steps)
    }
}

/// The rows that a closure makes, once there is a key for them to point at.
fn make<'e, R, I, C>(rows: impl FnOnce(&NewRelated<R>) -> I + Send + 'e) -> Make<'e, R, C::Steps>
where
    R: Relation,
    I: IntoIterator<Item = C>,
    C: NewRow<R::To>,
{
    Box::new(|key| rows(&NewRelated { key }).into_iter().map(NewRow::into_parts).collect())
}
