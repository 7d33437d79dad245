//! Related rows that hold the key themselves.

use std::future::Future;
use std::pin::Pin;

use super::super::create::insert;
use super::super::hooks::{HookedUpdate, SAVING, hooked, watches};
use super::super::run::execute;
use super::super::transaction::{Work, together};
use super::{RelatedSet, among, rows_where};
use crate::ast::{Assignment, Expr, Node, Update};
use crate::backend::{Backend, Executor};
use crate::compile::{Operation, compile_update};
use crate::error::Result;
use crate::model::{ByKey, Complete, Key, LetsGo, Model, Preset, Relation, ReverseOf, Stored, ToMany, ToOne};
use crate::queryset::Query;
use crate::schema::RelationMeta;
use crate::value::Value;

type Draft<R> = <<<R as Relation>::To as Model>::Draft as Preset<<R as ReverseOf>::Of>>::Out;

impl<R> RelatedSet<R, ByKey>
where
    R: ToMany + ReverseOf,
    R::Of: Stored<From = R::To, To = R::From, Key = R::Key>,
{
    /// Inserts a row that is related to this one: the closure gets a builder that has the key already. Calls
    /// [hooks](crate::exec::hooks).
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let ann = User::objects().pk(1).get(&db).await?;
    /// let post = ann.related(|u| u.posts).create(&db, |p| p.title("Cups")).await?;
    /// assert_eq!(post.author, ForeignKey::to(&ann));
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`QuerySet::create`](crate::queryset::QuerySet::create).
    #[track_caller]
    pub fn create<'e, E, C>(
        &self,
        db: &'e E,
        build: impl FnOnce(Draft<R>) -> C,
    ) -> Pin<Box<dyn Future<Output = Result<R::To>> + Send + 'e>>
    where
        E: Executor,
        <R::To as Model>::Draft: Preset<R::Of, Out: Send>,
        C: Complete<New = <R::To as Model>::New>,
    {
        let operation = Operation::called(<R::To as Model>::META.name, "create");
        let new =
            self.required_key().map(|key| build(<R::To as Model>::empty_draft().preset(key)).complete());
        // Boxed: in an opaque type the compiler would repeat a missing field at every use of the future.
        let hooks = self.hooks;
        Box::pin(async move { insert::<R::To, E>(db, new?, operation, hooks).await })
    }

    /// Relates these rows to this one, in one statement; gives how many there were. They leave whatever row they were
    /// related to before. The values in memory are as they were.
    ///
    /// [Hooks](crate::exec::hooks) are called only when [`with_hooks`](RelatedSet::with_hooks) says so.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let team = Team::objects().pk(1).get(&db).await?;
    /// let users = User::objects().order_by(|u| u.id).all(&db).await?;
    /// assert_eq!(team.related(|t| t.members).add(&db, &users).await?, 2);
    /// assert_eq!(team.related(|t| t.members).count(&db).await?, 2);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// A constraint is violated, or the database fails.
    #[track_caller]
    pub fn add<'r, E: Executor>(
        &self,
        db: &E,
        rows: impl IntoIterator<Item = &'r R::To>,
    ) -> impl Future<Output = Result<u64>> + Send {
        let operation = Operation::called(<R::To as Model>::META.name, "add");
        let update = self
            .required_key()
            .and_then(|key| Ok(key.to_values()?))
            .and_then(|key| Ok((self.rows_where(among(rows)?), key)));
        async move {
            let (query, key) = update?;
            write_key(db, R::META, query, Some(key), operation).await
        }
    }

    /// Takes these rows out of the relation, in one statement: their foreign key becomes NULL. Gives how many there were;
    /// others are left alone.
    ///
    /// [Hooks](crate::exec::hooks) are called only when [`with_hooks`](RelatedSet::with_hooks) says so.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let team = Team::objects().pk(1).get(&db).await?;
    /// let users = User::objects().order_by(|u| u.id).all(&db).await?;
    /// assert_eq!(team.related(|t| t.members).remove(&db, &users).await?, 1);
    /// assert!(User::objects().pk(1).get(&db).await?.team.is_none());
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// The database fails.
    #[track_caller]
    pub fn remove<'r, E: Executor>(
        &self,
        db: &E,
        rows: impl IntoIterator<Item = &'r R::To>,
    ) -> impl Future<Output = Result<u64>> + Send
    where
        <R::Of as ToOne>::Optional: LetsGo,
    {
        let operation = Operation::called(<R::To as Model>::META.name, "remove");
        let query = among(rows).map(|among| {
            let mut query = self.objects().query;
            query.filter(among);
            query
        });
        async move { write_key(db, R::META, query?, None, operation).await }
    }

    /// Takes all rows out of the relation; gives how many there were.
    ///
    /// [Hooks](crate::exec::hooks) are called only when [`with_hooks`](RelatedSet::with_hooks) says so.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let team = Team::objects().pk(1).get(&db).await?;
    /// assert_eq!(team.related(|t| t.members).clear(&db).await?, 1);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// The database fails.
    #[track_caller]
    pub fn clear<'e, E: Executor>(
        &self,
        db: &'e E,
    ) -> impl Future<Output = Result<u64>> + Send + use<'e, E, R>
    where
        <R::Of as ToOne>::Optional: LetsGo,
    {
        let operation = Operation::called(<R::To as Model>::META.name, "clear");
        let query = self.objects().query;
        async move { write_key(db, R::META, query, None, operation).await }
    }

    /// Relates these rows and no others: those that were related and are not among them get a foreign key of NULL. One
    /// transaction.
    ///
    /// [Hooks](crate::exec::hooks) are called only when [`with_hooks`](RelatedSet::with_hooks) says so.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let team = Team::objects().pk(1).get(&db).await?;
    /// let bob = User::objects().pk(2).get(&db).await?;
    /// team.related(|t| t.members).set(&db, [&bob]).await?;
    /// assert_eq!(team.related(|t| t.members).all(&db).await?.len(), 1);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// A constraint is violated, or the database fails; then everything is as it was.
    #[track_caller]
    pub fn set<'r, E: Executor>(
        &self,
        db: &E,
        rows: impl IntoIterator<Item = &'r R::To>,
    ) -> impl Future<Output = Result<()>> + Send
    where
        <R::Of as ToOne>::Optional: LetsGo,
    {
        let operation = Operation::called(<R::To as Model>::META.name, "set");
        let setting = self.required_key().and_then(|key| {
            let among = among(rows)?;
            let mut others = self.objects().query;
            others.filter(among.clone().negate());
            let chosen = self.rows_where(among);
            Ok(Setting { others, chosen, key: key.to_values()?, relation: R::META, operation })
        });
        async move { together(db, operation, setting?).await }
    }
}

impl<R: ToMany> RelatedSet<R, ByKey> {
    /// The rows that fulfil a condition, whatever they are related to.
    fn rows_where(&self, condition: Node) -> Query {
        let mut query = rows_where::<R::To>(condition);
        query.hooks = self.hooks;
        query
    }
}

/// What `set` does.
struct Setting {
    others: Query,
    chosen: Query,
    key: Vec<Value>,
    relation: &'static RelationMeta,
    operation: Operation,
}

impl<B: Backend> Work<B> for Setting {
    type Out = ();

    async fn run<E: Executor<Backend = B>>(self, db: &E) -> Result<()> {
        write_key(db, self.relation, self.others, None, self.operation).await?;
        write_key(db, self.relation, self.chosen, Some(self.key), self.operation).await?;
        Ok(())
    }
}

/// Sets the foreign key of rows, to NULL without one.
async fn write_key<E: Executor>(
    db: &E,
    relation: &'static RelationMeta,
    mut query: Query,
    key: Option<Vec<Value>>,
    operation: Operation,
) -> Result<u64> {
    query.check()?;
    if query.is_empty() {
        return Ok(0);
    }
    let mut key = key.map(Vec::into_iter);
    let assignments = relation.pairs().map(|(_, field)| {
        let value = key.as_mut().and_then(Iterator::next).unwrap_or(Value::Null(field.kind));
        Assignment { field, value: Expr::Value(value) }
    });
    let assignments = assignments.collect();
    if query.hooks.if_called() && watches(db, query.model, SAVING) {
        return hooked(db, operation, HookedUpdate { query, assignments, operation }).await;
    }
    let update = Update { model: (relation.to)(), assignments, rows: query.select };
    Ok(execute(db, compile_update(update, db.dialect(), operation)?).await?.rows_affected)
}
