//! Validation that asks the database: whether unique values are taken, and what check constraints say.

use std::future::Future;
use std::pin::Pin;

use super::count::exists;
use super::create::insert;
use super::instance::Instance;
use super::run::fetch_one;
use super::transaction::{Work, together};
use crate::ast::{Check, CompareOp, Expr, Node};
use crate::backend::{Backend, Decode, Executor};
use crate::compile::{Operation, Unknown, compile_check_values, unique_keys};
use crate::error::{Result, ValidationError, ValidationErrors, Words};
use crate::model::{Complete, Fields, Model, Root, Validate};
use crate::queryset::{FieldList, HookChoice, Query, QuerySet, own_field};
use crate::schema::{FieldMeta, ModelMeta};
use crate::value::{FieldType, Row, Value};

/// What a row, or the values of a new one, can ask the database before it is written. All that can be validated has it.
///
/// What it says may be outdated when the row is written: only the constraints in the database are certain. It is for words
/// that people understand.
pub trait FullClean: Validate {
    /// Everything that [`Validate::validate`], [`FullClean::validate_unique`] and [`FullClean::validate_checks`] find, at
    /// once.
    ///
    /// ```
    /// # use orm::prelude::*;
    /// #[derive(Model, Debug, Clone)]
    /// #[model(check(name = "member_age", |m| m.age.ge(18)))]
    /// struct Member {
    ///     #[field(primary_key)]
    ///     id: i64,
    ///     #[field(max_length = 20, unique)]
    ///     name: String,
    ///     #[field(validate(email))]
    ///     email: String,
    ///     age: i32,
    /// }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let db = orm::sqlite::connect("sqlite::memory:").await?;
    /// # db.create_tables(models![Member]).await?;
    /// let ann = NewMember { id: None, name: "ann".into(), email: "ann@example.org".into(), age: 30 };
    /// Member::objects().insert(&db, ann).await?;
    ///
    /// let new = NewMember { id: None, name: "ann".into(), email: "ann".into(), age: 3 };
    /// let Err(orm::Error::Validation(errors)) = new.full_clean(&db).await else { panic!("it is not valid") };
    /// assert_eq!(errors.field("name")[0].code(), "unique");
    /// assert_eq!(errors.field("email")[0].code(), "invalid");
    /// assert_eq!(errors.general()[0].params().collect::<Vec<_>>(), [("constraint", "member_age")]);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Validation`](crate::Error::Validation) with all that is wrong, or the database fails.
    #[track_caller]
    fn full_clean<E: Executor>(&self, db: &E) -> impl Future<Output = Result<()>> + Send {
        let operation = Operation::called(Self::Model::META.name, "full_clean");
        full_clean(self, db, operation)
    }

    /// As [`full_clean`](FullClean::full_clean), but for these fields: what is wrong with them is not told, and constraints that
    /// they are part of are not asked about. For forms that have only some of the fields.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let new = NewUser { id: None, username: "ann".into(), email: None };
    /// assert!(new.full_clean(&db).await.is_err());
    /// new.full_clean_except(&db, |u| u.username).await?;
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`FullClean::full_clean`].
    #[track_caller]
    fn full_clean_except<E: Executor, L: FieldList<Self::Model>>(
        &self,
        db: &E,
        fields: impl FnOnce(<Self::Model as Model>::Fields<Root<Self::Model>>) -> L,
    ) -> impl Future<Output = Result<()>> + Send {
        let operation = Operation::called(Self::Model::META.name, "full_clean_except");
        let but = fields(<<Self::Model as Model>::Fields<Root<Self::Model>> as Fields>::NEW).fields();
        async move { full_clean_but(self, db, &but, operation).await }
    }

    /// Whether the unique values (those of unique fields, unique constraints, and a new row's key) are free. A row that was
    /// read does not stand in its own way; NULL is never taken. A constraint with a condition is asked about where the values
    /// meet it, which the database says, too. Rows that were deleted softly count, as they do for the
    /// database.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let new = NewUser { id: None, username: "ann".into(), email: None };
    /// let Err(orm::Error::Validation(errors)) = new.validate_unique(&db).await else { panic!("it is taken") };
    /// assert_eq!(errors.to_string(), "username: is taken already");
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`FullClean::full_clean`].
    #[track_caller]
    fn validate_unique<E: Executor>(&self, db: &E) -> impl Future<Output = Result<()>> + Send {
        let operation = Operation::called(Self::Model::META.name, "validate_unique");
        async move { Ok(taken(self, db, &[], operation).await?.into_result()?) }
    }

    /// Whether the model's check constraints hold, as the database calculates them, in one statement. Those that read a
    /// field that the database will give are left out.
    ///
    /// ```
    /// # use orm::prelude::*;
    /// #[derive(Model, Debug, Clone)]
    /// #[model(check(name = "period", |s| s.start.lt(s.end)))]
    /// struct Stay {
    ///     #[field(primary_key)]
    ///     id: i64,
    ///     start: NaiveDate,
    ///     end: NaiveDate,
    /// }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let db = orm::sqlite::connect("sqlite::memory:").await?;
    /// # db.create_tables(models![Stay]).await?;
    /// let day = NaiveDate::from_ymd_opt(2024, 5, 1).unwrap();
    /// let refused = NewStay { id: None, start: day, end: day }.validate_checks(&db).await;
    /// assert_eq!(refused.unwrap_err().to_string(), "the constraint `period` is violated");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`FullClean::full_clean`].
    #[track_caller]
    fn validate_checks<E: Executor>(&self, db: &E) -> impl Future<Output = Result<()>> + Send {
        let operation = Operation::called(Self::Model::META.name, "validate_checks");
        async move { Ok(violated(self, db, operation).await?.into_result()?) }
    }

    /// Saves the row once [`FullClean::full_clean`] finds nothing: both in one transaction, or in a savepoint of the one that
    /// runs.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let mut bob = User::objects().pk(2).get(&db).await?;
    /// bob.username = "ann".into();
    /// assert!(matches!(bob.save_valid(&db).await, Err(orm::Error::Validation(_))));
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`FullClean::full_clean`] and [`Instance::save`].
    #[track_caller]
    fn save_valid<E: Executor>(&mut self, db: &E) -> impl Future<Output = Result<()>> + Send
    where
        Self: Model + Validate<Model = Self>,
    {
        let operation = Operation::called(Self::META.name, "save_valid");
        async move { together(db, operation, SaveValid { row: self, operation }).await }
    }
}

impl<T: Validate> FullClean for T {}

impl<M: Model<New: Validate<Model = M>>> QuerySet<M> {
    /// Creates a row once [`FullClean::full_clean`] finds nothing wrong with it: both in one transaction, or in a savepoint
    /// of the one that runs.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let eve = User::objects().create_valid(&db, |u| u.username("eve")).await?;
    /// let Err(orm::Error::Validation(errors)) = User::objects().create_valid(&db, |u| u.username("eve")).await else {
    ///     panic!("there is one")
    /// };
    /// assert_eq!((eve.id, errors.field("username")[0].code()), (3, "unique"));
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`FullClean::full_clean`] and [`QuerySet::create`].
    #[track_caller]
    pub fn create_valid<'e, E, C>(
        self,
        db: &'e E,
        build: impl FnOnce(M::Draft) -> C,
    ) -> Pin<Box<dyn Future<Output = Result<M>> + Send + 'e>>
    where
        E: Executor,
        C: Complete<New = M::New>,
    {
        let operation = Operation::called(M::META.name, "create_valid");
        let new = build(M::empty_draft()).complete();
        let hooks = self.query.hooks;
        together(db, operation, CreateValid { new, operation, hooks })
    }
}

struct SaveValid<'a, M> {
    row: &'a mut M,
    operation: Operation,
}

impl<M: Model + Validate<Model = M>, B: Backend> Work<B> for SaveValid<'_, M> {
    type Out = ();

    async fn run<E: Executor<Backend = B>>(self, db: &E) -> Result<()> {
        full_clean(&*self.row, db, self.operation).await?;
        self.row.save(db).await
    }
}

struct CreateValid<N> {
    new: N,
    operation: Operation,
    hooks: HookChoice,
}

impl<M: Model<New = N>, N: Validate<Model = M> + crate::model::NewModel, B: Backend> Work<B>
    for CreateValid<N>
{
    type Out = M;

    async fn run<E: Executor<Backend = B>>(self, db: &E) -> Result<M> {
        full_clean(&self.new, db, self.operation).await?;
        insert::<M, E>(db, self.new, self.operation, self.hooks).await
    }
}

async fn full_clean<V: Validate, E: Executor>(row: &V, db: &E, operation: Operation) -> Result<()> {
    full_clean_but(row, db, &[], operation).await
}

/// Asks about all but some fields.
async fn full_clean_but<V: Validate, E: Executor>(
    row: &V,
    db: &E,
    but: &[&'static FieldMeta],
    operation: Operation,
) -> Result<()> {
    let mut errors = row.validate().err().unwrap_or_default();
    for field in but {
        errors.forget(field.name);
    }
    let taken = taken(row, db, but, operation).await?;
    errors.extend(taken);
    // A constraint over values that are wrong by themselves may be refused by the database, and would say nothing new.
    let mut wrong: Vec<String> = errors.fields().map(|(field, _)| field.to_owned()).collect();
    wrong.extend(but.iter().map(|field| field.name.to_owned()));
    errors.extend(violated_but(row, db, &wrong, operation).await?);
    Ok(errors.into_result()?)
}

/// The unique values that are taken, but for those that these fields are part of.
async fn taken<V: Validate, E: Executor>(
    row: &V,
    db: &E,
    but: &[&'static FieldMeta],
    operation: Operation,
) -> Result<ValidationErrors> {
    let model = V::Model::META;
    let (values, own) = (row.known_values(), row.own_key());
    let mut errors = ValidationErrors::new();
    for fields in unique_keys(model) {
        if own.is_some()
            && fields.iter().all(|field| field.primary_key)
            && fields.len() == model.primary_key.len()
        {
            continue;
        }
        if fields.iter().any(|field| but.contains(field)) {
            continue;
        }
        let Some(query) = rows_with(model, &fields, &values) else { continue };
        if exists(db, without(query, own.as_deref()), operation).await? {
            refuse(&mut errors, &fields, words_of(model, &fields));
        }
    }
    for unique in conditions_met::<V, E>(&values, db, but, operation).await? {
        let Some(fields) = fields_of(model, unique.name) else { continue };
        if fields.iter().any(|field| but.contains(field)) {
            continue;
        }
        let Some(mut query) = rows_with(model, &fields, &values) else { continue };
        // Another row is in the way when it meets the condition, too.
        query.filter(Node::leaf(unique.condition));
        if exists(db, without(query, own.as_deref()), operation).await? {
            refuse(&mut errors, &fields, unique.words);
        }
    }
    Ok(errors)
}

/// The unique constraints with a condition that these values meet. As with checks, one that reads a field which the database
/// will give, or which is not asked about, is left to the database.
async fn conditions_met<V: Validate, E: Executor>(
    values: &[Option<Value>],
    db: &E,
    but: &[&'static FieldMeta],
    operation: Operation,
) -> Result<Vec<Check>> {
    let (model, conditions) = (V::Model::META, V::Model::conditions());
    let mut values = values.to_vec();
    for (value, field) in values.iter_mut().zip(model.fields) {
        if but.contains(&field) {
            *value = None;
        }
    }
    let asked = compile_check_values(model, conditions, &values, Unknown::Fails, db.dialect(), operation)?;
    let Some((sql, asked)) = asked else { return Ok(Vec::new()) };
    let met = fetch_one(db, sql, Integers(asked.len())).await?.unwrap_or_default();
    // In the fields' places there are values now.
    let met: Vec<&str> =
        asked.iter().zip(met).filter(|(_, met)| *met != 0).map(|(condition, _)| condition.name).collect();
    Ok(V::Model::conditions().into_iter().filter(|condition| met.contains(&condition.name)).collect())
}

/// The fields of a unique constraint with a condition.
fn fields_of(model: &'static ModelMeta, name: &str) -> Option<Vec<&'static FieldMeta>> {
    let index = model.indexes.iter().find(|index| index.conditional && index.name == Some(name))?;
    Some(index.fields.iter().map(|part| &model.fields[part.field]).collect())
}

fn refuse(errors: &mut ValidationErrors, fields: &[&'static FieldMeta], (code, message): Words) {
    match fields {
        [field] => {
            errors.add(field.name, ValidationError::new("unique", "is taken already").worded(code, message));
        }
        fields => {
            let names = fields.iter().map(|field| field.name).collect::<Vec<_>>().join(", ");
            let error =
                ValidationError::new("unique_together", format!("{names} are taken together already"));
            errors.add_general(error.with("fields", names).worded(code, message));
        }
    }
}

/// What the model says where the values of these fields are taken.
fn words_of(model: &'static ModelMeta, fields: &[&'static FieldMeta]) -> Words {
    let unique = model.indexes.iter().filter(|index| index.is_unique_for_all());
    let mut same = unique
        .filter(|index| index.fields.iter().map(|part| &model.fields[part.field]).eq(fields.iter().copied()));
    same.next().map_or((None, None), |index| index.words)
}

/// The rows that have these values; none when one of them is not known, or NULL.
fn rows_with(
    model: &'static ModelMeta,
    fields: &[&'static FieldMeta],
    values: &[Option<Value>],
) -> Option<Query> {
    let mut query = Query::new(model);
    for field in fields {
        let at = model.position(field)?;
        let value = values.get(at)?.clone().filter(|value| !value.is_null())?;
        query.filter(own_field(field).compare(CompareOp::Eq, Node::leaf(Expr::Value(value))));
    }
    Some(query)
}

/// The rows but the one with this key.
fn without(mut query: Query, key: Option<&[Value]>) -> Query {
    let Some(key) = key else { return query };
    let same = query.model.key_fields().zip(key).map(|(field, value)| {
        own_field(field).compare(CompareOp::Eq, Node::leaf(Expr::Value(value.clone())))
    });
    if let Some(same) = same.reduce(Node::and) {
        query.filter(same.negate());
    }
    query
}

async fn violated<V: Validate, E: Executor>(
    row: &V,
    db: &E,
    operation: Operation,
) -> Result<ValidationErrors> {
    violated_but(row, db, &[], operation).await
}

/// The check constraints that do not hold, but for those about these fields.
async fn violated_but<V: Validate, E: Executor>(
    row: &V,
    db: &E,
    wrong: &[String],
    operation: Operation,
) -> Result<ValidationErrors> {
    let model = V::Model::META;
    let mut values = row.known_values();
    for (value, field) in values.iter_mut().zip(model.fields) {
        if wrong.iter().any(|name| name == field.name) {
            *value = None;
        }
    }
    let mut errors = ValidationErrors::new();
    let checks = V::Model::checks();
    let Some((sql, asked)) =
        compile_check_values(model, checks, &values, Unknown::Holds, db.dialect(), operation)?
    else {
        return Ok(errors);
    };
    let holds = fetch_one(db, sql, Integers(asked.len())).await?.unwrap_or_default();
    for (check, holds) in asked.into_iter().zip(holds) {
        if holds == 0 {
            let error = ValidationError::new("check", format!("the constraint `{}` is violated", check.name));
            let (code, message) = check.words;
            errors.add_general(error.with("constraint", check.name).worded(code, message));
        }
    }
    Ok(errors)
}

/// Reads some integers.
struct Integers(usize);

impl Decode for Integers {
    type Out = Vec<i64>;

    fn decode<R: Row + ?Sized>(&self, row: &mut R) -> Result<Vec<i64>> {
        (0..self.0).map(|at| Ok(<i64 as FieldType>::from_row(row, at)?.unwrap_or(1))).collect()
    }
}
