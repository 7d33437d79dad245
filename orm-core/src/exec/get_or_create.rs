//! `get_or_create` and `update_or_create`: a row that is found, or made when there is none, also when others do the same at
//! the same time.
//!
//! Whoever comes second is told by a unique constraint, and looks again. It is asked without an error where the database can
//! (`ON CONFLICT DO NOTHING`), and otherwise in a block of its own, so that a transaction around it goes on.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

use chrono::{DateTime, Utc};

use super::any_row::AsAny;
use super::attempt::{Attempt, attempted};
use super::create::{made_row, misplaced};
use super::hooks::{HookedUpdate, SAVING, created, hooked, watches};
use super::run::{execute, fetch, fetch_one};
use super::transaction::{Work, together};
use crate::ast::{Assignment, ConflictAction, Insert, NewRows, OnConflict, Returning, Update};
use crate::backend::{Backend, Executor};
use crate::compile::{Operation, Reading, compile_insert, compile_select, compile_update};
use crate::error::{Error, Result};
use crate::model::{Complete, Key, Model, NewModel, Root};
use crate::queryset::{Assignments, HookChoice, IntoPredicate, Query, QuerySet, Whole};
use crate::schema::FieldMeta;
use crate::value::Value;

/// How often it is looked again when a row vanishes between two statements.
const TRIES: u32 = 3;

impl<M: Model> QuerySet<M> {
    /// The row that meets the condition, or a new one; and whether it is new.
    ///
    /// Safe when several tasks or programs do the same at once, if the values that the condition asks for are unique in the
    /// database: one of them makes the row, and the others get it. Calls [hooks](crate::exec::hooks) for a new row.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let get_eve = async || User::objects().get_or_create(&db, |u| u.username.eq("eve"), |u| u.username("eve")).await;
    /// assert!(matches!(get_eve().await?, (eve, true) if eve.id == 3));
    /// assert!(matches!(get_eve().await?, (eve, false) if eve.id == 3));
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::MultipleObjectsReturned`] when several rows meet the condition, a violated constraint when a row that does
    /// not meet it has a unique value of the new one, or the database fails.
    #[track_caller]
    pub fn get_or_create<'e, E, P, C>(
        self,
        db: &'e E,
        condition: impl FnOnce(M::Fields<Root<M>>) -> P,
        create: impl FnOnce(M::Draft) -> C,
    ) -> Pin<Box<dyn Future<Output = Result<(M, bool)>> + Send + 'e>>
    where
        E: Executor,
        P: IntoPredicate<M>,
        C: Complete<New = M::New>,
    {
        let operation = Operation::called(M::META.name, "get_or_create");
        let wanted = Wanted { query: self.filter(condition).query, operation };
        let new = create(M::empty_draft()).complete();
        Box::pin(async move {
            let new = NewRow::of::<M>(new, wanted.query.hooks, db.now())?;
            attempted(db, GetOrCreate { wanted, new, row: Whole::<M>::NEW }).await
        })
    }

    /// Changes the row that meets the condition, or makes a new one; gives the row, and whether it is new.
    ///
    /// Expressions see the row as it is when it is changed, so that nothing is lost when several do the same at once. For
    /// that, as with [`get_or_create`](QuerySet::get_or_create), the values that the condition asks for have to be unique in
    /// the database. Where the condition is just that a unique value is taken, [`upsert`](QuerySet::upsert) does it in one
    /// statement. Calls [hooks](crate::exec::hooks).
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let ann = User::objects().pk(1).get(&db).await?;
    /// let (post, new) = Post::objects()
    ///     .update_or_create(
    ///         &db,
    ///         |p| p.title.eq("Hello") & p.author.eq(&ann),
    ///         |p| p.views.set(p.views + 1),
    ///         |p| p.title("Hello").author(&ann).views(1),
    ///     )
    ///     .await?;
    /// assert_eq!((post.views, new), (121, false));
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`get_or_create`](QuerySet::get_or_create).
    #[track_caller]
    pub fn update_or_create<'e, E, P, A, C>(
        self,
        db: &'e E,
        condition: impl FnOnce(M::Fields<Root<M>>) -> P,
        update: impl FnOnce(M::Fields<Root<M>>) -> A,
        create: impl FnOnce(M::Draft) -> C,
    ) -> Pin<Box<dyn Future<Output = Result<(M, bool)>> + Send + 'e>>
    where
        E: Executor,
        P: IntoPredicate<M>,
        A: Assignments<M>,
        C: Complete<New = M::New>,
    {
        let operation = Operation::called(M::META.name, "update_or_create");
        let assignments = update(Self::fields()).into_assignments();
        let wanted = Wanted { query: self.filter(condition).query, operation };
        let new = create(M::empty_draft()).complete();
        Box::pin(async move {
            let new = NewRow::of::<M>(new, wanted.query.hooks, db.now())?;
            attempted(db, UpdateOrCreate { wanted, assignments, new, row: Whole::<M>::NEW }).await
        })
    }
}

/// A row that can be made when there is none.
pub(super) trait Make<M: Model>: Send + Sync {
    /// The row, unless a unique value of it is taken.
    fn make_unless_taken<E: Executor>(
        &self,
        db: &E,
        operation: Operation,
        row: &Whole<M>,
    ) -> impl Future<Output = Result<Option<M>>> + Send;

    /// The row, or the database's word on why not.
    fn make<E: Executor>(&self, db: &E, operation: Operation) -> impl Future<Output = Result<M>> + Send;
}

/// Finds a row, or makes it.
pub(super) struct GetOrCreate<M, N> {
    pub(super) wanted: Wanted,
    pub(super) new: N,
    pub(super) row: Whole<M>,
}

impl<M: Model, N: Make<M>> Attempt for GetOrCreate<M, N> {
    type Out = (M, bool);

    async fn attempt<E: Executor>(&self, db: &E) -> Result<(M, bool)> {
        let GetOrCreate { wanted, new, row } = self;
        let mut reading = None;
        for _ in 0..TRIES {
            if let Some(row) = wanted.find(db, reading, row).await? {
                return Ok((row, false));
            }
            if let Some(row) = new.make_unless_taken(db, wanted.operation, row).await? {
                return Ok((row, true));
            }
            reading = Some(Reading::Latest);
        }
        // Taken by a row that the condition does not meet: the database says by which constraint.
        Ok((new.make(db, wanted.operation).await?, true))
    }
}

/// Changes a row, or makes it.
pub(super) struct UpdateOrCreate<M, N> {
    pub(super) wanted: Wanted,
    pub(super) assignments: Vec<Assignment>,
    pub(super) new: N,
    pub(super) row: Whole<M>,
}

impl<M: Model, N: Make<M>> Attempt for UpdateOrCreate<M, N> {
    type Out = (M, bool);

    async fn attempt<E: Executor>(&self, db: &E) -> Result<(M, bool)> {
        let UpdateOrCreate { wanted, assignments, new, row } = self;
        if assignments.is_empty() {
            return Err(Error::InvalidQuery("there is nothing to set in a row that is found".into()));
        }
        let operation = wanted.operation;
        for _ in 0..TRIES {
            let change =
                Change { wanted: wanted.clone(), assignments: assignments.clone(), row: row.clone() };
            if let Some(row) = together(db, operation, change).await? {
                return Ok((row, false));
            }
            if let Some(row) = new.make_unless_taken(db, operation, row).await? {
                return Ok((row, true));
            }
        }
        Ok((new.make(db, operation).await?, true))
    }
}

/// The row that is looked for.
#[derive(Clone)]
pub(super) struct Wanted {
    pub(super) query: Query,
    pub(super) operation: Operation,
}

impl Wanted {
    /// The only row.
    async fn find<M: Model, E: Executor>(
        &self,
        db: &E,
        reading: Option<Reading>,
        row: &Whole<M>,
    ) -> Result<Option<M>> {
        let mut query = self.query.clone();
        if query.is_empty() {
            return Ok(None);
        }
        query.apply_order_of_slice();
        query.limit(2);
        let mut sql = query.compiled(db.dialect(), self.operation)?;
        if let Some(reading) = reading {
            sql.sql.push_str(db.dialect().reading(reading));
        }
        let mut rows = fetch(db, sql, row.clone()).await?;
        match (rows.pop(), rows.pop()) {
            (row, None) => Ok(row),
            (_, Some(_)) => Err(Error::MultipleObjectsReturned { model: M::META.name }),
        }
    }
}

/// Finds the row, changes it, and reads it again.
struct Change<M> {
    wanted: Wanted,
    assignments: Vec<Assignment>,
    row: Whole<M>,
}

impl<M: Model, B: Backend> Work<B> for Change<M> {
    type Out = Option<M>;

    async fn run<E: Executor<Backend = B>>(self, db: &E) -> Result<Option<M>> {
        let (dialect, operation) = (db.dialect(), self.wanted.operation);
        let Some(found) = self.wanted.find(db, Some(Reading::ToChange), &self.row).await? else {
            return Ok(None);
        };
        let mut this = Query::new(M::META);
        this.with_key(found.key().to_values());
        this.check()?;
        if self.wanted.query.hooks.unless_left() && watches(db, M::META, SAVING) {
            let update = HookedUpdate { query: this.clone(), assignments: self.assignments, operation };
            hooked(db, operation, update).await?;
            return fetch_one(db, compile_select(this.select, dialect, operation)?, self.row).await;
        }
        let update = Update { model: M::META, assignments: self.assignments, rows: this.select.clone() };
        if execute(db, compile_update(update, dialect, operation)?).await?.rows_affected == 0 {
            // Deleted in between.
            return Ok(None);
        }
        fetch_one(db, compile_select(this.select, dialect, operation)?, self.row).await
    }
}

/// A row to be inserted.
#[derive(Clone)]
pub(super) struct NewRow {
    pub(super) fields: Vec<&'static FieldMeta>,
    pub(super) values: Vec<Value>,
    pub(super) hooks: HookChoice,
}

impl NewRow {
    pub(super) fn of<M: Model>(new: M::New, hooks: HookChoice, now: DateTime<Utc>) -> Result<Self> {
        let values = new.into_values(now).map_err(|(at, error)| misplaced(M::META, at, error))?;
        let given = M::META.fields.iter().zip(&values).filter(|(_, value)| value.is_some());
        let fields = given.map(|(field, _)| field).collect();
        Ok(NewRow { fields, values: values.into_iter().flatten().collect(), hooks })
    }

    /// What is given for a field.
    pub(super) fn value(&self, field: &FieldMeta) -> Option<&Value> {
        self.values.get(self.fields.iter().position(|given| *given == field)?)
    }

    pub(super) async fn insert<M: Model, E: Executor>(self, db: &E, operation: Operation) -> Result<M> {
        let (given, read) = ((self.fields, self.values), const { AsAny::of::<M>() });
        made_row(created(db, M::META, given, operation, self.hooks, read).await?)
    }

    /// The row, unless a unique value of it is taken, asked without an error; `Err` where that cannot be asked of the
    /// database, or hooks are called: what they did is undone when it is taken.
    pub(super) async fn insert_where_free<M: Model, E: Executor>(
        &self,
        db: &E,
        operation: Operation,
        row: &Whole<M>,
    ) -> Result<Result<Option<M>, CannotAsk>> {
        let dialect = db.dialect();
        let hooked = self.hooks.unless_left() && watches(db, M::META, SAVING);
        if hooked || !dialect.capability().conflict_target || self.fields.is_empty() {
            return Ok(Err(CannotAsk));
        }
        let nothing = OnConflict { target: Vec::new(), action: ConflictAction::Nothing };
        let insert = Insert {
            model: M::META,
            fields: self.fields.clone(),
            rows: NewRows::One(self.values.clone()),
            on_conflict: Some(Box::new(nothing)),
            returning: Returning::Model,
        };
        Ok(Ok(fetch_one(db, compile_insert(insert, dialect, operation)?, row.clone()).await?))
    }
}

/// Whether a unique value is taken can only be tried.
pub(super) struct CannotAsk;

/// What work came to, or nothing where a unique value was taken.
pub(super) fn unless_taken<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(made) => Ok(Some(made)),
        Err(error) if error.is_unique_violation() => Ok(None),
        Err(error) => Err(error),
    }
}

impl<M: Model> Make<M> for NewRow {
    async fn make_unless_taken<E: Executor>(
        &self,
        db: &E,
        operation: Operation,
        row: &Whole<M>,
    ) -> Result<Option<M>> {
        if let Ok(row) = self.insert_where_free(db, operation, row).await? {
            return Ok(row);
        }
        let insert = InsertOne { new: self.clone(), operation, model: PhantomData };
        unless_taken(together(db, operation, insert).await)
    }

    async fn make<E: Executor>(&self, db: &E, operation: Operation) -> Result<M> {
        self.clone().insert::<M, E>(db, operation).await
    }
}

/// Inserts a row in a block of its own.
struct InsertOne<M> {
    new: NewRow,
    operation: Operation,
    model: PhantomData<fn() -> M>,
}

impl<M: Model, B: Backend> Work<B> for InsertOne<M> {
    type Out = M;

    async fn run<E: Executor<Backend = B>>(self, db: &E) -> Result<M> {
        self.new.insert::<M, E>(db, self.operation).await
    }
}
