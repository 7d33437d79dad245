//! Rows that are locked when they are read.

use std::fmt;

use super::field::One;
use super::{QuerySet, Shape};
use crate::ast::{Lock, LockStrength, LockWait, LockedRelation};
use crate::compile::Dialect;
use crate::error::{Error, Result};
use crate::model::{Model, Path, Root, ToOne, Via};

/// A queryset whose rows are locked as they are read, until the transaction ends. Its terminal methods take a
/// [`Transaction`](crate::exec::Transaction) and nothing else.
#[must_use = "a queryset does nothing until a terminal method such as `.all(tx).await` runs it"]
pub struct LockedQuerySet<M: Model, S: Shape<Model = M>> {
    pub(crate) queryset: QuerySet<M, S>,
}

impl<M: Model, S: Shape<Model = M> + Clone> Clone for LockedQuerySet<M, S> {
    fn clone(&self) -> Self {
        LockedQuerySet { queryset: self.queryset.clone() }
    }
}

impl<M: Model, S: Shape<Model = M>> fmt::Debug for LockedQuerySet<M, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LockedQuerySet").field("model", &M::META.name).finish_non_exhaustive()
    }
}

impl<M: Model, S: Shape<Model = M>> QuerySet<M, S> {
    /// Locks the rows as they are read: until the transaction ends nobody else changes, deletes or locks them, and who
    /// tries waits. Only in a transaction, so only `tx` is taken; said last, before the terminal method.
    ///
    /// The rows of the model itself are locked; related rows with [`of`](LockedQuerySet::of). SQLite, where transactions
    /// that may write run one at a time, has nothing to lock.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let views = db
    ///     .atomic(async |tx| {
    ///         let mut post = Post::objects().pk(1).select_for_update().get(tx).await?;
    ///         post.views += 1;
    ///         post.save_fields(tx, |p| p.views).await?;
    ///         Ok::<_, orm::Error>(post.views)
    ///     })
    ///     .await?;
    /// assert_eq!(views, 121);
    /// # Ok(()) }) }
    /// ```
    pub fn select_for_update(self) -> LockedQuerySet<M, S> {
        self.locked(LockStrength::Update)
    }

    /// Locks the rows as they are read, so that nobody changes or deletes them; others may lock them like this, too.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let post = db
    ///     .atomic(async |tx| {
    ///         // Nobody deletes the author before the post is there.
    ///         let ann = User::objects().pk(1).select_for_share().get(tx).await?;
    ///         Post::objects().create(tx, |p| p.author(&ann).title("Locks")).await
    ///     })
    ///     .await?;
    /// assert_eq!(post.author.key(), &1);
    /// # Ok::<_, orm::Error>(()) }) }
    /// ```
    pub fn select_for_share(self) -> LockedQuerySet<M, S> {
        self.locked(LockStrength::Share)
    }

    fn locked(mut self, strength: LockStrength) -> LockedQuerySet<M, S> {
        self.query.select.clauses_mut().lock = Some(Lock::new(strength));
        LockedQuerySet { queryset: self }
    }
}

impl<M: Model, S: Shape<Model = M>> LockedQuerySet<M, S> {
    /// A row that somebody else has locked is an error at once, of the kind
    /// [`LockTimeout`](crate::error::DatabaseErrorKind::LockTimeout), instead of being waited for. As any error of a
    /// statement it breaks its block; in a block of its own the one around it goes on.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let query = Post::objects().pk(1).select_for_update().nowait();
    /// assert!(query.sql(Dialect::Postgres)?.ends_with(r#"WHERE "id" = $1 FOR UPDATE NOWAIT"#));
    /// # Ok(()) }) }
    /// ```
    pub fn nowait(self) -> Self {
        self.waiting(LockWait::NoWait)
    }

    /// Rows that somebody else has locked are left out: the next job of a queue, say.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// db.atomic(async |tx| {
    ///     let next = Post::objects().order_by(|p| p.id).select_for_update().skip_locked().first(tx).await?;
    ///     assert_eq!(next.map(|post| post.id), Some(1));
    ///     Ok::<_, orm::Error>(())
    /// })
    /// .await
    /// # }) }
    /// ```
    pub fn skip_locked(self) -> Self {
        self.waiting(LockWait::SkipLocked)
    }

    /// Lets others point at the rows meanwhile, with new foreign keys: the key will not change. PostgreSQL has it; MySQL
    /// and MariaDB do not.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let query = User::objects().pk(1).select_for_update().no_key();
    /// assert!(query.clone().sql(Dialect::Postgres)?.ends_with("FOR NO KEY UPDATE"));
    /// assert!(matches!(query.sql(Dialect::MySql), Err(orm::Error::Unsupported { .. })));
    /// # Ok(()) }) }
    /// ```
    pub fn no_key(mut self) -> Self {
        let query = &mut self.queryset.query;
        match &mut query.select.clauses_mut().lock {
            Some(lock) if lock.strength == LockStrength::Share => {
                query.fail(Error::InvalidQuery("`no_key` is for `select_for_update`".into()));
            }
            Some(lock) => lock.strength = LockStrength::NoKeyUpdate,
            None => {}
        }
        self
    }

    /// Locks the rows of these relations, too: one, or a tuple of up to 8. Each row must have a related one. MariaDB locks
    /// the rows of all tables of a query or none, so there all that are joined have to be named.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let query = Post::objects().filter(|p| p.author.username.eq("ann")).select_for_update();
    /// assert!(query.clone().sql(Dialect::Postgres)?.ends_with(r#"FOR UPDATE OF "post""#));
    /// assert!(query.clone().sql(Dialect::MariaDb).is_err());
    ///
    /// let both = query.of(|p| p.author);
    /// assert!(both.clone().sql(Dialect::Postgres)?.ends_with("FOR UPDATE"));
    /// assert!(both.sql(Dialect::MariaDb)?.ends_with("FOR UPDATE"));
    /// # Ok(()) }) }
    /// ```
    pub fn of<L: LockedList<M>>(mut self, relations: impl FnOnce(M::Fields<Root<M>>) -> L) -> Self {
        if let Some(lock) = &mut self.queryset.query.select.clauses_mut().lock {
            relations(QuerySet::<M, S>::fields()).push(&mut lock.of);
        }
        self
    }

    /// The statement's text for a database.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let query = User::objects().values(|u| u.id).select_for_share();
    /// assert_eq!(query.clone().sql(Dialect::Postgres)?, r#"SELECT "id" FROM "user" FOR SHARE"#);
    /// assert_eq!(query.sql(Dialect::Sqlite)?, r#"SELECT "id" FROM "user""#);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// The query contradicts itself, or the database cannot do it.
    pub fn sql(self, dialect: Dialect) -> Result<String> {
        self.queryset.sql(dialect)
    }

    fn waiting(mut self, wait: LockWait) -> Self {
        if let Some(lock) = &mut self.queryset.query.select.clauses_mut().lock {
            lock.wait = wait;
        }
        self
    }
}

/// One relation to one row, or a tuple of up to 8.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a relation to one row of `{M}`",
    label = "expected a foreign key, or a tuple of up to 8 of these"
)]
pub trait LockedList<M> {
    /// Adds them.
    fn push(self, to: &mut Vec<LockedRelation>);
}

impl<P: Path, R: ToOne<From = P::Target>> LockedList<P::Root> for One<P, R> {
    fn push(self, to: &mut Vec<LockedRelation>) {
        if let Some(path) = Via::<P, R>::NODE {
            to.push(LockedRelation { path, table: 0 });
        }
    }
}

macro_rules! tuples {
    ($($($name:ident)+;)*) => {$(
        #[allow(non_snake_case, reason = "the types' names are the values' names")]
        impl<Root, $($name: LockedList<Root>),+> LockedList<Root> for ($($name,)+) {
            fn push(self, to: &mut Vec<LockedRelation>) {
                let ($($name,)+) = self;
                $($name.push(to);)+
            }
        }
    )*};
}

tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
}
