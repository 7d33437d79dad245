//! `create`: one new row, and the row as the database has it.

use std::future::Future;
use std::pin::Pin;

use super::answer::{Answer, answered};
use super::any_row::{AnyRows, AsAny, fetch_any, typed};
use super::hooks::{SAVING, created, watches};
use super::run::execute;
use crate::ast::{CompareOp, Expr, Insert, NewRows, Node, Returning};
use crate::backend::{Backend, BoxSink, Executor, Expected, into_kept, keep};
use crate::compile::{CompiledSql, Dialect, Operation, compile_insert, compile_select};
use crate::error::{Error, FieldError, Result, ValueError};
use crate::model::{Complete, Model, NewModel};
use crate::queryset::{HookChoice, Query, QuerySet, Whole, own_field};
use crate::schema::{FieldMeta, Generated, ModelMeta};
use crate::value::{Value, ValueKind};

impl<M: Model> QuerySet<M> {
    /// Inserts a row and gives it back as the database has it, with generated keys and defaults.
    ///
    /// A required field that the closure does not give is a compile error that names the field. Calls
    /// [hooks](crate::exec::hooks).
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let eve = User::objects().create(&db, |u| u.username("eve")).await?;
    /// assert_eq!((eve.id, eve.email), (3, None));
    ///
    /// let twice = User::objects().create(&db, |u| u.username("eve")).await;
    /// assert!(twice.is_err_and(|error| error.is_unique_violation()));
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// A value does not fit its field, a constraint is violated, or the database fails.
    #[track_caller]
    pub fn create<'e, E, C>(
        self,
        db: &'e E,
        build: impl FnOnce(M::Draft) -> C,
    ) -> Pin<Box<dyn Future<Output = Result<M>> + Send + 'e>>
    where
        E: Executor,
        C: Complete<New = M::New>,
    {
        let operation = Operation::called(M::META.name, "create");
        let new = build(M::empty_draft()).complete();
        // Boxed: in an opaque type the compiler would repeat a missing field at every use of the future.
        if is_one_statement(db, M::META, self.query.hooks) {
            Box::pin(inserted::<M, E>(db, new, operation))
        } else {
            Box::pin(insert::<M, E>(db, new, operation, self.query.hooks))
        }
    }

    /// Inserts a row from a value such as `NewPost`, and gives it back as the database has it. Calls
    /// [hooks](crate::exec::hooks).
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let new = NewUser { id: None, username: "eve".into(), email: None };
    /// let eve = User::objects().insert(&db, new).await?;
    /// assert_eq!(eve.id, 3);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`QuerySet::create`].
    #[track_caller]
    pub fn insert<'e, E: Executor>(
        self,
        db: &'e E,
        new: M::New,
    ) -> impl Future<Output = Result<M>> + Send + use<'e, E, M> {
        let operation = Operation::called(M::META.name, "insert");
        let hooks = self.query.hooks;
        async move { insert::<M, E>(db, new, operation, hooks).await }
    }
}

/// Whether a new row is one statement, without hooks, that gives it back.
fn is_one_statement<E: Executor>(db: &E, model: &'static ModelMeta, hooks: HookChoice) -> bool {
    db.dialect().capability().insert_returning && !(hooks.unless_left() && watches(db, model, SAVING))
}

/// The row that one statement inserts. It is made at once, as for queries: it is smaller than what it is made from.
fn inserted<'e, M: Model, E: Executor>(
    db: &'e E,
    new: M::New,
    operation: Operation,
) -> Answer<'e, E::Backend, M> {
    let sql = match new.into_values(db.now()) {
        Ok(values) => inserting(M::META, given(M::META, values), db.dialect(), operation),
        Err((at, error)) => Err(misplaced(M::META, at, error)),
    };
    let sink = keep::<E::Backend, Whole<M>>(Whole::<M>::NEW);
    Answer {
        answered: answered(db, sql.map(Some), sink, None),
        take: new_row::<E::Backend, M>,
        expected: Expected::one(M::META.name),
    }
}

/// The row in a sink.
fn new_row<B: Backend, M: Model>(sink: BoxSink<B>, _: Expected) -> Result<M> {
    match into_kept::<B, Whole<M>>(sink)? {
        Some(row) => Ok(row),
        None => Err(vanished(M::META)),
    }
}

/// The statement that inserts a row and gives it back.
fn inserting(
    model: &'static ModelMeta,
    (fields, row): (Vec<&'static FieldMeta>, Vec<Value>),
    dialect: Dialect,
    operation: Operation,
) -> Result<CompiledSql> {
    let rows = NewRows::One(row);
    let insert = Insert { model, fields, rows, on_conflict: None, returning: Returning::Model };
    compile_insert(insert, dialect, operation)
}

#[expect(clippy::manual_async_fn, reason = "a function would hold its arguments twice")]
pub(super) fn insert<'e, M: Model, E: Executor>(
    db: &'e E,
    new: M::New,
    operation: Operation,
    hooks: HookChoice,
) -> impl Future<Output = Result<M>> + Send + use<'e, M, E> {
    async move {
        match new.into_values(db.now()) {
            Ok(values) => {
                let (given, read) = (given(M::META, values), const { AsAny::of::<M>() });
                made_row(created(db, M::META, given, operation, hooks, read).await?)
            }
            Err((at, error)) => Err(misplaced(M::META, at, error)),
        }
    }
}

/// The new row.
pub(super) fn made_row<M: Model>(rows: Box<dyn AnyRows>) -> Result<M> {
    match typed::<M>(rows)?.pop() {
        Some(row) => Ok(row),
        None => Err(vanished(M::META)),
    }
}

/// The fields that have values, and these.
fn given(model: &'static ModelMeta, values: Vec<Option<Value>>) -> (Vec<&'static FieldMeta>, Vec<Value>) {
    let mut fields = Vec::with_capacity(values.len());
    let mut all = model.fields.iter();
    // The values stay where they are: this collects into the list that it takes from.
    let row = values.into_iter().filter_map(|value| {
        fields.extend(all.next().filter(|_| value.is_some()));
        value
    });
    let row = row.collect();
    (fields, row)
}

/// Inserts the given fields and reads the row back; without hooks.
pub(super) async fn insert_row<E: Executor>(
    db: &E,
    model: &'static ModelMeta,
    (fields, row): (Vec<&'static FieldMeta>, Vec<Value>),
    operation: Operation,
    read: AsAny<E::Backend>,
) -> Result<Box<dyn AnyRows>> {
    let dialect = db.dialect();
    if dialect.capability().insert_returning {
        return fetch_any(db, inserting(model, (fields, row), dialect, operation)?, read).await;
    }
    let given = given_key(model, &fields, &row);
    let rows = NewRows::One(row);
    let insert = Insert { model, fields, rows, on_conflict: None, returning: Returning::Nothing };
    let executed = execute(db, compile_insert(insert, dialect, operation)?).await?;
    fetch_any(db, reading_back(model, given, executed.last_insert_id, dialect, operation)?, read).await
}

/// The values of the key's fields, where they are among those of a new row.
fn given_key(model: &'static ModelMeta, fields: &[&'static FieldMeta], row: &[Value]) -> Vec<Option<Value>> {
    let place = |key| fields.iter().position(|field| std::ptr::eq(*field, key));
    model.key_fields().map(|key| place(key).map(|at| row[at].clone())).collect()
}

/// The query for a new row, whose key was given or is counted.
fn reading_back(
    model: &'static ModelMeta,
    given: Vec<Option<Value>>,
    last: Option<u64>,
    dialect: Dialect,
    operation: Operation,
) -> Result<CompiledSql> {
    let mut query = Query::new(model);
    for (field, value) in model.key_fields().zip(given) {
        let value = match value {
            Some(value) => value,
            None => counted(field, last)?,
        };
        query.filter(own_field(field).compare(CompareOp::Eq, Node::leaf(Expr::Value(value))));
    }
    compile_select(query.select, dialect, operation)
}

/// The key that the database counted, as the field's kind.
#[inline]
pub(super) fn counted(field: &'static FieldMeta, id: Option<u64>) -> Result<Value> {
    let (Some(Generated::Identity), Some(id)) = (field.generated, id) else { return Err(untold(field)) };
    let out_of_range = || {
        let error = ValueError::OutOfRange { kind: "generated key", target: field.kind.name().into() };
        Error::from(FieldError::new(field.model, field.name, error))
    };
    Ok(match field.kind {
        ValueKind::I16 => Value::I16(id.try_into().map_err(|_| out_of_range())?),
        ValueKind::I32 => Value::I32(id.try_into().map_err(|_| out_of_range())?),
        ValueKind::U32 => Value::U32(id.try_into().map_err(|_| out_of_range())?),
        ValueKind::U64 => Value::U64(id),
        _ => Value::I64(id.try_into().map_err(|_| out_of_range())?),
    })
}

/// The key of a new row is not known.
pub(super) fn untold(field: &'static FieldMeta) -> Error {
    let place = format!("{}.{}", field.model, field.name);
    Error::InvalidQuery(format!("the database generates `{place}` but does not tell its value").into())
}

/// A unique value decides what is done, so it has to be known.
pub(super) fn left_to_the_database(field: &FieldMeta) -> Error {
    let place = format!("{}.{}", field.model, field.name);
    Error::InvalidQuery(
        format!("`{place}` decides whether rows conflict, so it cannot be left to the database").into(),
    )
}

pub(super) fn vanished(model: &'static ModelMeta) -> Error {
    // Deleted by somebody else, or hidden by a policy, between the insert and the reading.
    Error::DoesNotExist { model: model.name }
}

pub(super) fn misplaced(model: &'static ModelMeta, at: usize, error: ValueError) -> Error {
    match model.fields.get(at) {
        Some(field) => FieldError::new(field.model, field.name, error).into(),
        None => error.into(),
    }
}
