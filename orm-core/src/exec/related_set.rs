//! The rows of one relation of one row: to read, to create, to add and to remove.

mod by_key;
mod by_table;
mod found;
mod found_or_linked;

pub(super) use by_table::link_each;

use std::future::Future;
use std::marker::PhantomData;

use crate::ast::Node;
use crate::backend::Executor;
use crate::error::{Error, Result};
use crate::model::{Key, Model, Relation, Root, ToMany};
use crate::queryset::{HookChoice, IntoOrder, IntoPredicate, Query, QuerySet, own_field};

/// The rows at the end of a relation of one row: `user.related(|u| u.posts)`. `Kind` says where the keys are: in the
/// related rows themselves, or in a table between.
pub struct RelatedSet<R: Relation, Kind> {
    pub(super) key: Option<R::Key>,
    pub(super) hooks: HookChoice,
    marker: PhantomData<fn() -> Kind>,
}

type Fields<R> = <<R as Relation>::To as Model>::Fields<Root<<R as Relation>::To>>;

impl<R: ToMany> RelatedSet<R, R::Kind> {
    pub(super) fn of(row: &R::From) -> Self {
        RelatedSet { key: R::key(row), hooks: HookChoice::Usual, marker: PhantomData }
    }
}

impl<R: ToMany, Kind> RelatedSet<R, Kind> {
    pub(super) fn with_key(key: R::Key, hooks: HookChoice) -> Self {
        RelatedSet { key: Some(key), hooks, marker: PhantomData }
    }

    /// Calls [hooks](crate::exec::hooks) also where rows are only taken into the relation or out of it: those of the rows that
    /// hold the key and so are updated. Rows of a many-to-many relation are not updated; its hooks are always called.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// use orm::hooks::AfterSave;
    ///
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let db = db.with_hooks(|hooks| {
    ///     hooks.after_save(async |_: &Transaction<_>, user: &mut AfterSave<User>| {
    ///         if user.writes(|u| u.team) { Err(orm::Error::hook("teams are complete")) } else { Ok(()) }
    ///     })
    /// });
    /// let team = Team::objects().pk(1).get(&db).await?;
    /// let bob = User::objects().pk(2).get(&db).await?;
    /// assert!(team.related(|t| t.members).with_hooks().add(&db, [&bob]).await.is_err());
    /// assert_eq!(team.related(|t| t.members).add(&db, [&bob]).await?, 1);
    /// # Ok(()) }) }
    /// ```
    #[must_use]
    pub fn with_hooks(mut self) -> Self {
        self.hooks = HookChoice::Called;
        self
    }

    /// Calls no [hooks](crate::exec::hooks).
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// use orm::hooks::RelationChange;
    ///
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let db = db.with_hooks(|hooks| {
    ///     hooks.every_many_to_many(async |_: &Transaction<_>, _: &mut RelationChange| Err(orm::Error::hook("no")))
    /// });
    /// let post = Post::objects().pk(1).get(&db).await?;
    /// assert!(post.related(|p| p.tags).clear(&db).await.is_err());
    /// assert_eq!(post.related(|p| p.tags).without_hooks().clear(&db).await?, 1);
    /// # Ok(()) }) }
    /// ```
    #[must_use]
    pub fn without_hooks(mut self) -> Self {
        self.hooks = HookChoice::Left;
        self
    }

    /// The related rows as a queryset, with all that one can do.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let ann = User::objects().pk(1).get(&db).await?;
    /// let mut posts = ann.related(|u| u.posts).objects().order_by(|p| p.id).stream(&db);
    /// assert_eq!(posts.try_next().await?.map(|post| post.title).as_deref(), Some("Hello"));
    /// # Ok(()) }) }
    /// ```
    pub fn objects(&self) -> QuerySet<R::To> {
        let mut queryset = QuerySet::new();
        queryset.query.follows = Some(R::META);
        queryset.query.hooks = self.hooks;
        match self.key.as_ref().map(Key::to_values) {
            Some(Ok(key)) => {
                let columns = queryset.query.reach(R::META);
                queryset.query.with_keys(&columns, vec![key]);
                queryset
            }
            Some(Err(error)) => {
                queryset.query.fail(error.into());
                queryset
            }
            None => queryset.none(),
        }
    }

    /// Those for which the condition is true.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let ann = User::objects().pk(1).get(&db).await?;
    /// assert_eq!(ann.related(|u| u.posts).filter(|p| p.views.gt(100)).count(&db).await?, 1);
    /// # Ok(()) }) }
    /// ```
    pub fn filter<P: IntoPredicate<R::To>>(&self, condition: impl FnOnce(Fields<R>) -> P) -> QuerySet<R::To> {
        self.objects().filter(condition)
    }

    /// Those for which the condition is not true.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let ann = User::objects().pk(1).get(&db).await?;
    /// assert_eq!(ann.related(|u| u.posts).exclude(|p| p.views.gt(100)).count(&db).await?, 1);
    /// # Ok(()) }) }
    /// ```
    pub fn exclude<P: IntoPredicate<R::To>>(
        &self,
        condition: impl FnOnce(Fields<R>) -> P,
    ) -> QuerySet<R::To> {
        self.objects().exclude(condition)
    }

    /// All of them in this order.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let ann = User::objects().pk(1).get(&db).await?;
    /// let first = ann.related(|u| u.posts).order_by(|p| p.views).first(&db).await?;
    /// assert_eq!(first.map(|post| post.title).as_deref(), Some("Spoons"));
    /// # Ok(()) }) }
    /// ```
    pub fn order_by<O: IntoOrder<R::To>>(&self, order: impl FnOnce(Fields<R>) -> O) -> QuerySet<R::To> {
        self.objects().order_by(order)
    }

    /// All of them.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let ann = User::objects().pk(1).get(&db).await?;
    /// assert_eq!(ann.related(|u| u.posts).all(&db).await?.len(), 2);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// The database fails.
    #[track_caller]
    pub fn all<'e, E: Executor>(
        &self,
        db: &'e E,
    ) -> impl Future<Output = Result<Vec<R::To>>> + Send + use<'e, E, R, Kind> {
        self.objects().all(db)
    }

    /// How many there are.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let ann = User::objects().pk(1).get(&db).await?;
    /// assert_eq!(ann.related(|u| u.edited).count(&db).await?, 0);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// The database fails.
    #[track_caller]
    pub fn count<'e, E: Executor>(
        &self,
        db: &'e E,
    ) -> impl Future<Output = Result<u64>> + Send + use<'e, E, R, Kind> {
        self.objects().count(db)
    }

    /// Whether there is one.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let ann = User::objects().pk(1).get(&db).await?;
    /// assert!(ann.related(|u| u.posts).exists(&db).await?);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// The database fails.
    #[track_caller]
    pub fn exists<'e, E: Executor>(
        &self,
        db: &'e E,
    ) -> impl Future<Output = Result<bool>> + Send + use<'e, E, R, Kind> {
        self.objects().exists(db)
    }

    /// Whether this row is one of them.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let ann = User::objects().pk(1).get(&db).await?;
    /// let tea = Post::objects().pk(2).get(&db).await?;
    /// assert!(!ann.related(|u| u.posts).contains(&db, &tea).await?);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// The database fails.
    #[track_caller]
    pub fn contains<'e, E: Executor>(
        &self,
        db: &'e E,
        row: &R::To,
    ) -> impl Future<Output = Result<bool>> + Send + use<'e, E, R, Kind> {
        let mut rows = self.objects();
        rows.query.with_key(row.key().to_values());
        rows.exists(db)
    }

    /// The key, which a row without it does not have.
    pub(super) fn required_key(&self) -> Result<R::Key> {
        self.key.clone().ok_or_else(no_key::<R>)
    }
}

/// The key by which rows at the end of a relation point at this one.
pub(super) fn key_of<R: Relation>(row: &R::From) -> Result<R::Key> {
    R::key(row).ok_or_else(no_key::<R>)
}

fn no_key<R: Relation>() -> Error {
    Error::InvalidQuery(
        format!("`{}` of a row whose own key for it is NULL has no rows", R::META.name).into(),
    )
}

/// A condition that a row is one of these.
pub(super) fn among<'r, M: Model>(rows: impl IntoIterator<Item = &'r M>) -> Result<Node> {
    let keys = rows.into_iter().map(|row| Ok(row.key().to_values()?)).collect::<Result<Vec<_>>>()?;
    Ok(Node::in_tuples(M::META.key_fields().map(own_field).collect(), keys))
}

/// The rows that fulfil a condition.
pub(super) fn rows_where<M: Model>(condition: Node) -> Query {
    let mut query = Query::new(M::META);
    query.filter(condition);
    query
}
