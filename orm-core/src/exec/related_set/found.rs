//! A related row that holds the key itself, found or made.

use std::future::Future;
use std::pin::Pin;

use super::{Fields, RelatedSet};
use crate::backend::Executor;
use crate::error::Result;
use crate::model::{ByKey, Complete, Model, Preset, Relation, ReverseOf, Stored, ToMany};
use crate::queryset::{Assignments, IntoPredicate};

type Draft<R> = <<<R as Relation>::To as Model>::Draft as Preset<<R as ReverseOf>::Of>>::Out;

impl<R> RelatedSet<R, ByKey>
where
    R: ToMany + ReverseOf,
    R::Of: Stored<From = R::To, To = R::From, Key = R::Key>,
    <R::To as Model>::Draft: Preset<R::Of>,
{
    /// The related row that meets the condition, or a new one, whose builder has the key already; and whether it is new.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let bob = User::objects().pk(2).get(&db).await?;
    /// // Ann has a post with this title; Bob has none.
    /// let (post, new) =
    ///     bob.related(|u| u.posts).get_or_create(&db, |p| p.title.eq("Hello"), |p| p.title("Hello")).await?;
    /// assert_eq!((post.author, new), (ForeignKey::to(&bob), true));
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`QuerySet::get_or_create`](crate::queryset::QuerySet::get_or_create).
    #[track_caller]
    pub fn get_or_create<'e, E, P, C>(
        &self,
        db: &'e E,
        condition: impl FnOnce(Fields<R>) -> P,
        create: impl FnOnce(Draft<R>) -> C,
    ) -> Pin<Box<dyn Future<Output = Result<(R::To, bool)>> + Send + 'e>>
    where
        E: Executor,
        P: IntoPredicate<R::To>,
        C: Complete<New = <R::To as Model>::New>,
    {
        match self.required_key() {
            Ok(key) => self.objects().get_or_create(db, condition, |draft| create(draft.preset(key))),
            Err(error) => Box::pin(async move { Err(error) }),
        }
    }

    /// Changes the related row that meets the condition, or makes a new one, whose builder has the key already; gives the
    /// row, and whether it is new.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let ann = User::objects().pk(1).get(&db).await?;
    /// let hello = ann.related(|u| u.posts).update_or_create(
    ///     &db,
    ///     |p| p.title.eq("Hello"),
    ///     |p| p.views.set(p.views + 1),
    ///     |p| p.title("Hello").views(1),
    /// );
    /// let (post, new) = hello.await?;
    /// assert_eq!((post.views, new), (121, false));
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`QuerySet::update_or_create`](crate::queryset::QuerySet::update_or_create).
    #[track_caller]
    pub fn update_or_create<'e, E, P, A, C>(
        &self,
        db: &'e E,
        condition: impl FnOnce(Fields<R>) -> P,
        update: impl FnOnce(Fields<R>) -> A,
        create: impl FnOnce(Draft<R>) -> C,
    ) -> Pin<Box<dyn Future<Output = Result<(R::To, bool)>> + Send + 'e>>
    where
        E: Executor,
        P: IntoPredicate<R::To>,
        A: Assignments<R::To>,
        C: Complete<New = <R::To as Model>::New>,
    {
        match self.required_key() {
            Ok(key) => {
                self.objects().update_or_create(db, condition, update, |draft| create(draft.preset(key)))
            }
            Err(error) => Box::pin(async move { Err(error) }),
        }
    }
}
