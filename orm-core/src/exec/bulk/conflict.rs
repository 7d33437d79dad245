//! `on_conflict`: what `bulk_create` does where unique values are taken.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use super::create::BulkCreate;
use crate::ast::{ConflictAction, OnConflict};
use crate::backend::Executor;
use crate::error::Result;
use crate::model::{Fields, Model, Root};
use crate::queryset::FieldList;
use crate::schema::{FieldMeta, Generated};

/// New rows, and the unique values that may be taken; made by [`BulkCreate::on_conflict`].
#[must_use = "say what is to happen: `.do_nothing()` or `.update(…)`"]
pub struct BulkConflict<'e, M: Model, E> {
    pub(super) rows: BulkCreate<'e, M, E>,
    pub(super) target: Vec<&'static FieldMeta>,
}

impl<'e, M: Model, E: Executor> BulkConflict<'e, M, E> {
    /// The row that is there stays as it is, and the new one is left out.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let drafts = ["ann", "eve"].map(|name| User::draft().username(name));
    /// User::objects().bulk_create(&db, drafts).on_conflict(|u| u.username).do_nothing().await?;
    /// assert_eq!(User::objects().filter(|u| u.email.is_null()).count(&db).await?, 2);   // Bob and Eve
    /// # Ok(()) }) }
    /// ```
    pub fn do_nothing(self) -> BulkIgnore<'e, M, E> {
        BulkIgnore::new(self.rows, OnConflict { target: self.target, action: ConflictAction::Nothing })
    }

    /// The row that is there takes the new one's values of these fields, and its `auto_now` fields. The rows are given back
    /// as with [`QuerySet::bulk_create`](crate::queryset::QuerySet::bulk_create), new and changed ones alike.
    ///
    /// Two of the rows must not have the same unique values.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let ann = User::objects().get_or_create(&db, |u| u.username.eq("ann"), |u| u.username("ann")).await?.0;
    /// let drafts = [(1, "Hello again"), (99, "New")].map(|(id, title)| Post::draft().id(id).author(&ann).title(title));
    /// let posts = Post::objects().bulk_create(&db, drafts).on_conflict(|p| p.id).update(|p| (p.title, p.author)).await?;
    /// assert_eq!((posts[0].views, posts[0].title.as_str()), (120, "Hello again"));
    /// assert_eq!((posts[1].views, posts[1].id), (0, 99));
    /// # Ok(()) }) }
    /// ```
    pub fn update<L: FieldList<M>>(
        self,
        fields: impl FnOnce(M::Fields<Root<M>>) -> L,
    ) -> BulkUpsert<'e, M, E> {
        let mut incoming = fields(<M::Fields<Root<M>> as Fields>::NEW).fields();
        if !incoming.is_empty() {
            let touched = M::META.fields.iter().filter(|field| field.generated == Some(Generated::AutoNow));
            let touched: Vec<_> = touched.filter(|field| !incoming.contains(field)).collect();
            incoming.extend(touched);
        }
        let action = ConflictAction::Update { incoming, assignments: Vec::new() };
        BulkUpsert { rows: self.rows, conflict: OnConflict { target: self.target, action } }
    }
}

/// New rows of which some may be left out. Awaited it inserts the others; which these are, not all databases tell.
#[must_use = "nothing is inserted until it is awaited"]
pub struct BulkIgnore<'e, M: Model, E> {
    rows: BulkCreate<'e, M, E>,
    conflict: OnConflict,
}

impl<'e, M: Model, E: Executor> BulkIgnore<'e, M, E> {
    pub(super) fn new(rows: BulkCreate<'e, M, E>, conflict: OnConflict) -> Self {
        BulkIgnore { rows, conflict }
    }
}

impl<'e, M: Model, E: Executor> IntoFuture for BulkIgnore<'e, M, E> {
    type Output = Result<()>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'e>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.rows.insert(Some(self.conflict)).await.map(drop) })
    }
}

/// New rows that change those that are there. Awaited it gives all of them in their order.
#[must_use = "nothing is inserted until it is awaited"]
pub struct BulkUpsert<'e, M: Model, E> {
    rows: BulkCreate<'e, M, E>,
    conflict: OnConflict,
}

impl<'e, M: Model, E: Executor> IntoFuture for BulkUpsert<'e, M, E> {
    type Output = Result<Vec<M>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'e>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.rows.insert(Some(self.conflict)))
    }
}
