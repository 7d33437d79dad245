//! `upsert`: a new row, or a change of the one that has its unique values already.

use std::future::Future;
use std::pin::Pin;

use super::attempt::{Attempt, attempted};
use super::create::{left_to_the_database, vanished};
use super::get_or_create::{NewRow, UpdateOrCreate, Wanted};
use super::run::{execute, fetch_one};
use super::transaction::{Work, together};
use crate::ast::{CompareOp, ConflictAction, Expr, Insert, NewRows, Node, OnConflict, Returning};
use crate::backend::{Backend, Executor};
use crate::compile::{CompiledSql, Operation, compile_insert, compile_select, tells_conflict};
use crate::error::Result;
use crate::model::{Complete, Model, Root};
use crate::queryset::{Assignments, FieldList, HookChoice, Query, QuerySet, Whole, own_field};
use crate::schema::FieldMeta;

impl<M: Model> QuerySet<M> {
    /// Inserts a row, or changes the one that has its values of `target` already: the primary key, or the fields of a unique
    /// constraint. Gives the row as the database has it.
    ///
    /// It is one statement, so that nothing comes in between; expressions see the row that is there. A conflict of another
    /// constraint is an error. Calls no hooks, because only the database knows which of the two it did;
    /// [`update_or_create`](QuerySet::update_or_create) does.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let ann = User::objects()
    ///     .upsert(
    ///         &db,
    ///         |u| u.username,
    ///         |u| u.username("ann").email("first@example.org"),
    ///         |u| u.email.set("again@example.org"),
    ///     )
    ///     .await?;
    /// assert_eq!((ann.id, ann.email.as_deref()), (1, Some("again@example.org")));
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidQuery`](crate::Error::InvalidQuery) when no unique constraint has just these fields, a value does not fit its field, another
    /// constraint is violated, or the database fails.
    #[track_caller]
    pub fn upsert<'e, E, L, C, A>(
        self,
        db: &'e E,
        target: impl FnOnce(M::Fields<Root<M>>) -> L,
        create: impl FnOnce(M::Draft) -> C,
        update: impl FnOnce(M::Fields<Root<M>>) -> A,
    ) -> Pin<Box<dyn Future<Output = Result<M>> + Send + 'e>>
    where
        E: Executor,
        L: FieldList<M>,
        C: Complete<New = M::New>,
        A: Assignments<M>,
    {
        let operation = Operation::called(M::META.name, "upsert");
        let target = target(Self::fields()).fields();
        let new = create(M::empty_draft()).complete();
        let assignments = update(Self::fields()).into_assignments();
        Box::pin(async move {
            // A row that is inserted or changed by one statement has no hooks: only the database knows which it is.
            let new = NewRow::of::<M>(new, HookChoice::Left, db.now())?;
            let taken = taken::<M>(&new, &target)?;
            let dialect = db.dialect();
            let returns = dialect.capability().insert_returning;
            let row = Whole::<M>::NEW;
            if !tells_conflict(M::META, &target, &new.fields, dialect)? {
                // Looking first does.
                let Some(mut query) = taken else { return new.insert::<M, E>(db, operation).await };
                query.hooks = HookChoice::Left;
                let wanted = Wanted { query, operation };
                return Ok(attempted(db, UpdateOrCreate { wanted, assignments, new, row }).await?.0);
            }
            let action = ConflictAction::Update { incoming: Vec::new(), assignments };
            let insert = Insert {
                model: M::META,
                fields: new.fields.clone(),
                rows: NewRows::One(new.values.clone()),
                on_conflict: Some(Box::new(OnConflict { target, action })),
                returning: if returns { Returning::Model } else { Returning::Nothing },
            };
            let sql = compile_insert(insert, dialect, operation)?;
            match taken {
                None if !returns => new.insert::<M, E>(db, operation).await,
                taken => {
                    attempted(db, Upsert { sql, read: taken.filter(|_| !returns), operation, row }).await
                }
            }
        })
    }
}

/// The row that may have the new one's values of the target; none when one of them is NULL or counted by the database.
fn taken<M: Model>(new: &NewRow, target: &[&'static FieldMeta]) -> Result<Option<Query>> {
    let mut query = Query::new(M::META);
    for field in target {
        match new.value(field) {
            Some(value) if !value.is_null() => {
                let value = Node::leaf(Expr::Value(value.clone()));
                query.filter(own_field(field).compare(CompareOp::Eq, value));
            }
            None if !field.is_identity() => return Err(left_to_the_database(field)),
            _ => return Ok(None),
        }
    }
    Ok(Some(query))
}

/// Inserts or changes, and gives the row back.
struct Upsert<M> {
    sql: CompiledSql,
    /// What reads the row, where the statement does not give it.
    read: Option<Query>,
    operation: Operation,
    row: Whole<M>,
}

impl<M: Model> Attempt for Upsert<M> {
    type Out = M;

    async fn attempt<E: Executor>(&self, db: &E) -> Result<M> {
        let Upsert { sql, read, operation, row } = self;
        match read {
            None => fetch_one(db, sql.clone(), row.clone()).await?.ok_or_else(|| vanished(M::META)),
            Some(query) => {
                let (sql, query, row) = (sql.clone(), query.clone(), row.clone());
                together(db, *operation, ThenRead { sql, query, operation: *operation, row }).await
            }
        }
    }
}

/// Inserts or changes, and then reads the row.
struct ThenRead<M> {
    sql: CompiledSql,
    query: Query,
    operation: Operation,
    row: Whole<M>,
}

impl<M: Model, B: Backend> Work<B> for ThenRead<M> {
    type Out = M;

    async fn run<E: Executor<Backend = B>>(self, db: &E) -> Result<M> {
        execute(db, self.sql).await?;
        let sql = compile_select(self.query.select, db.dialect(), self.operation)?;
        fetch_one(db, sql, self.row).await?.ok_or_else(|| vanished(M::META))
    }
}
