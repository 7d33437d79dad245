//! A row at the other end of a table between, found or made; what is made is linked in the same block.

use std::future::Future;
use std::panic::Location;
use std::pin::Pin;

use super::super::attempt::attempted;
use super::super::get_or_create::{
    CannotAsk, GetOrCreate, Make, NewRow, UpdateOrCreate, Wanted, unless_taken,
};
use super::super::transaction::{Work, together};
use super::by_table::{Between, Draft, link_new};
use super::{Fields, RelatedSet};
use crate::backend::{Backend, Executor};
use crate::compile::Operation;
use crate::error::Result;
use crate::model::{ByTable, Complete, ManyToMany, Model, NearKey, Preset, Relation, ToMany};
use crate::queryset::{Assignments, IntoPredicate, QuerySet, Whole};

impl<R> RelatedSet<R, ByTable>
where
    R: ManyToMany + ToMany<Kind = ByTable> + Relation<Key = NearKey<R>>,
    <Between<R> as Model>::Draft: Preset<R::Near, Out: Preset<R::Far>>,
    Draft<R>: Complete<New = <Between<R> as Model>::New>,
{
    /// The related row that meets the condition, or a new one, which is related in the same transaction; and whether it is
    /// new.
    ///
    /// Only related rows are looked at, as in Django: one that meets the condition but is not related is in the way of a new
    /// one where its values are unique. To take it, too, look among all and then [`add`](RelatedSet::add).
    ///
    /// Safe when several do the same at once, if the values that the condition asks for are unique in the database. Calls
    /// [hooks](crate::exec::hooks) of a new row, and of the relation.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let post = Post::objects().pk(1).get(&db).await?;
    /// let hot = async || post.related(|p| p.tags).get_or_create(&db, |t| t.name.eq("hot"), |t| t.name("hot")).await;
    /// let (tag, new) = hot().await?;
    /// assert!(new && post.related(|p| p.tags).contains(&db, &tag).await?);
    /// assert_eq!(hot().await?, (tag, false));
    ///
    /// // Wherever it comes from, it is related then.
    /// let (tag, _) = Tag::objects().get_or_create(&db, |t| t.name.eq("new"), |t| t.name("new")).await?;
    /// post.related(|p| p.tags).add(&db, [&tag]).await?;
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`QuerySet::get_or_create`](crate::queryset::QuerySet::get_or_create) and [`add`](RelatedSet::add); then there is
    /// neither.
    #[track_caller]
    pub fn get_or_create<'e, E, P, C>(
        &self,
        db: &'e E,
        condition: impl FnOnce(Fields<R>) -> P,
        create: impl FnOnce(<R::To as Model>::Draft) -> C,
    ) -> Pin<Box<dyn Future<Output = Result<(R::To, bool)>> + Send + 'e>>
    where
        E: Executor,
        P: IntoPredicate<R::To>,
        C: Complete<New = <R::To as Model>::New>,
    {
        let operation = Self::operation("get_or_create").at(Location::caller());
        let wanted = Wanted { query: self.filter(condition).query, operation };
        let new = create(<R::To as Model>::empty_draft()).complete();
        let key = self.required_key();
        Box::pin(async move {
            let new = NewLinked::<R>::of(new, key?, &wanted, db)?;
            attempted(db, GetOrCreate { wanted, new, row: Whole::<R::To>::NEW }).await
        })
    }

    /// Changes the related row that meets the condition, or makes a new one, which is related in the same transaction; gives
    /// the row, and whether it is new.
    ///
    /// Only related rows are looked at, as in [`get_or_create`](RelatedSet::get_or_create).
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let post = Post::objects().pk(1).get(&db).await?;
    /// let renamed = async |from: &str, to: &str| {
    ///     let tags = post.related(|p| p.tags);
    ///     tags.update_or_create(&db, |t| t.name.eq(from), |t| t.name.set(to), |t| t.name(from)).await
    /// };
    /// assert!(matches!(renamed("cold", "warm").await?, (tag, true) if tag.name == "cold"));
    /// assert!(matches!(renamed("cold", "warm").await?, (tag, false) if tag.name == "warm"));
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`QuerySet::update_or_create`](crate::queryset::QuerySet::update_or_create) and [`add`](RelatedSet::add).
    #[track_caller]
    pub fn update_or_create<'e, E, P, A, C>(
        &self,
        db: &'e E,
        condition: impl FnOnce(Fields<R>) -> P,
        update: impl FnOnce(Fields<R>) -> A,
        create: impl FnOnce(<R::To as Model>::Draft) -> C,
    ) -> Pin<Box<dyn Future<Output = Result<(R::To, bool)>> + Send + 'e>>
    where
        E: Executor,
        P: IntoPredicate<R::To>,
        A: Assignments<R::To>,
        C: Complete<New = <R::To as Model>::New>,
    {
        let operation = Self::operation("update_or_create").at(Location::caller());
        let assignments = update(QuerySet::<R::To>::fields()).into_assignments();
        let wanted = Wanted { query: self.filter(condition).query, operation };
        let new = create(<R::To as Model>::empty_draft()).complete();
        let key = self.required_key();
        Box::pin(async move {
            let new = NewLinked::<R>::of(new, key?, &wanted, db)?;
            attempted(db, UpdateOrCreate { wanted, assignments, new, row: Whole::<R::To>::NEW }).await
        })
    }
}

/// A row to be inserted, and related to the one with this key.
struct NewLinked<R: ManyToMany> {
    new: NewRow,
    key: NearKey<R>,
}

impl<R: ManyToMany> NewLinked<R> {
    fn of<E: Executor>(new: <R::To as Model>::New, key: NearKey<R>, wanted: &Wanted, db: &E) -> Result<Self> {
        Ok(NewLinked { new: NewRow::of::<R::To>(new, wanted.query.hooks, db.now())?, key })
    }

    fn linking(&self, operation: Operation, may_be_taken: bool) -> Linking<R> {
        Linking { new: self.new.clone(), key: self.key.clone(), operation, may_be_taken }
    }
}

impl<R> Make<R::To> for NewLinked<R>
where
    R: ManyToMany + ToMany<Kind = ByTable> + Relation<Key = NearKey<R>>,
    <Between<R> as Model>::Draft: Preset<R::Near, Out: Preset<R::Far>>,
    Draft<R>: Complete<New = <Between<R> as Model>::New>,
{
    async fn make_unless_taken<E: Executor>(
        &self,
        db: &E,
        operation: Operation,
        _row: &Whole<R::To>,
    ) -> Result<Option<R::To>> {
        Ok(unless_taken(together(db, operation, self.linking(operation, true)).await)?.flatten())
    }

    async fn make<E: Executor>(&self, db: &E, operation: Operation) -> Result<R::To> {
        let made = together(db, operation, self.linking(operation, false)).await?;
        made.ok_or_else(|| super::super::create::vanished(R::To::META))
    }
}

/// Inserts a row and relates it.
struct Linking<R: ManyToMany> {
    new: NewRow,
    key: NearKey<R>,
    operation: Operation,
    may_be_taken: bool,
}

impl<R, B: Backend> Work<B> for Linking<R>
where
    R: ManyToMany + ToMany<Kind = ByTable> + Relation<Key = NearKey<R>>,
    <Between<R> as Model>::Draft: Preset<R::Near, Out: Preset<R::Far>>,
    Draft<R>: Complete<New = <Between<R> as Model>::New>,
{
    type Out = Option<R::To>;

    async fn run<E: Executor<Backend = B>>(self, db: &E) -> Result<Option<R::To>> {
        let (operation, hooks) = (self.operation, self.new.hooks);
        let asked = if self.may_be_taken {
            self.new.insert_where_free(db, operation, &Whole::<R::To>::NEW).await?
        } else {
            Err(CannotAsk)
        };
        let row = match asked {
            Ok(Some(row)) => row,
            Ok(None) => return Ok(None),
            // The block that this is in ends where it is taken.
            Err(CannotAsk) => self.new.insert::<R::To, E>(db, operation).await?,
        };
        link_new::<R, E>(db, self.key, &row, operation, hooks).await?;
        Ok(Some(row))
    }
}
