//! Validation: are the values of a row what the model says they are? Asked of the program, without a database.

mod rules;
mod step;
mod text;
mod url;

pub use rules::{CheckedField, Pattern, decimal_bound, needs_text};
pub use step::Stepped;

use chrono::Utc;

use crate::compile::fits;
use crate::error::{ValidationError, ValidationErrors, ValueError};
use crate::schema::FieldMeta;
use crate::value::{ChoiceValue, SqlType, Value};

use super::visit::each_given;
use super::{Column, Key, Model, NewModel, TypeOf};

/// A row, or the values of a new one, that can be validated. Every model has it, and so has its `NewPost`.
pub trait Validate: Send + Sync + Sized {
    /// The model.
    type Model: Model;

    /// Asks whether the values are valid, without a database: whether they fit their fields (`max_length`, digits, choices),
    /// what `#[field(validate(…))]` says of each, and then the function of `#[model(validate = …)]`. Everything that is
    /// wrong is reported at once.
    ///
    /// Nothing calls it by itself: validation happens where a program says so.
    ///
    /// ```
    /// # use orm::prelude::*;
    /// #[derive(Model, Debug, Clone)]
    /// struct Member {
    ///     #[field(primary_key)]
    ///     id: i64,
    ///     #[field(max_length = 20, validate(length(min = 3), slug))]
    ///     name: String,
    ///     #[field(validate(email))]
    ///     email: Option<String>,
    ///     #[field(validate(range(min = 0, max = 150)))]
    ///     age: i32,
    /// }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// let new = NewMember { id: None, name: "a!".into(), email: Some("ann".into()), age: 30 };
    /// let errors = new.validate().unwrap_err();
    /// assert_eq!(errors.field("name").len(), 2);
    /// assert_eq!(errors.field("email")[0].message(), "must be an email address");
    /// assert!(errors.field("age").is_empty());
    ///
    /// let db = orm::sqlite::connect("sqlite::memory:").await?;
    /// db.create_tables(models![Member]).await?;
    /// let new = Member::draft().name("ann").age(30).build();
    /// let ann = Member::objects().insert(&db, new.validated()?).await?;
    /// assert!(ann.validate().is_ok());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// All that is wrong, by field.
    fn validate(&self) -> Result<(), ValidationErrors>;

    /// The same value, once it is known to be valid.
    ///
    /// # Errors
    /// As [`Validate::validate`].
    fn validated(self) -> Result<Self, ValidationErrors> {
        self.validate()?;
        Ok(self)
    }

    /// The value of each field in the model's order; `None` where the database gives it, or it cannot be stored.
    #[doc(hidden)]
    fn known_values(&self) -> Vec<Option<Value>>;

    /// The key of the row, if it is one that was read: it does not stand in its own way.
    #[doc(hidden)]
    fn own_key(&self) -> Option<Vec<Value>>;
}

impl<T: Known + Send + Sync> Validate for T {
    type Model = <T::As as KnownAs<T>>::Model;

    fn validate(&self) -> Result<(), ValidationErrors> {
        let mut found = Validation::new();
        T::As::validate(self, &mut found);
        found.finish()
    }

    fn known_values(&self) -> Vec<Option<Value>> {
        T::As::values(self)
    }

    fn own_key(&self) -> Option<Vec<Value>> {
        T::As::key(self)
    }
}

/// What can be validated: a row, or the values of a new one.
pub trait Known: Sized {
    /// [`OfRow`] or [`OfNew`].
    type As: KnownAs<Self>;
}

impl<M: Model> Known for M {
    type As = OfRow;
}

/// What is known of the values that are validated.
pub trait KnownAs<T> {
    /// The model.
    type Model: Model;

    /// Validates them.
    fn validate(of: &T, found: &mut Validation);

    /// The value of each field, where it is known.
    fn values(of: &T) -> Vec<Option<Value>>;

    /// The key, if it is a row's that was read.
    fn key(of: &T) -> Option<Vec<Value>>;
}

/// A row.
pub struct OfRow;

impl<M: Model> KnownAs<M> for OfRow {
    type Model = M;

    fn validate(row: &M, found: &mut Validation) {
        row.validate_into(found);
    }

    fn values(row: &M) -> Vec<Option<Value>> {
        (0..M::META.fields.len()).map(|at| row.value(at).ok()).collect()
    }

    fn key(row: &M) -> Option<Vec<Value>> {
        row.key().to_values().ok()
    }
}

/// The values of a new row.
pub struct OfNew;

impl<N: NewModel<Model: Model> + Clone> KnownAs<N> for OfNew {
    type Model = N::Model;

    fn validate(new: &N, found: &mut Validation) {
        new.validate_into(found);
    }

    fn values(new: &N) -> Vec<Option<Value>> {
        // What cannot be stored is reported by the field; nothing can be asked of the others then.
        new.clone().into_values(Utc::now()).unwrap_or_default()
    }

    fn key(_: &N) -> Option<Vec<Value>> {
        None
    }
}

/// What was found wrong so far.
#[derive(Default)]
pub struct Validation {
    errors: ValidationErrors,
}

impl Validation {
    /// Nothing yet.
    pub fn new() -> Self {
        Validation::default()
    }

    /// Asks whether a value fits its field; gives the field for more questions, unless it is NULL or does not fit.
    pub fn field<C: Column>(&mut self, value: &TypeOf<C>) -> Option<CheckedField<'_>> {
        self.stored(C::META, value.to_value())
    }

    /// The same without the field's type, so that it is compiled once.
    fn stored(
        &mut self,
        field: &'static FieldMeta,
        value: Result<Value, ValueError>,
    ) -> Option<CheckedField<'_>> {
        let value = match value {
            Ok(value) => value,
            Err(error) => {
                self.errors.add(field.name, error.into());
                return None;
            }
        };
        if let Err(error) = fits(&value, field) {
            self.errors.add(field.name, error.into());
        } else if !is_chosen(&value, field) {
            self.errors.add(field.name, ValidationError::new("invalid_choice", "must be one of the choices"));
        }
        (!value.is_null()).then_some(CheckedField { field, value, errors: &mut self.errors })
    }

    /// Asks whether the values of a row fit their fields: of a model without rules of its own.
    pub fn row<M: Model>(&mut self, row: &M) {
        for (at, field) in M::META.fields.iter().enumerate() {
            // What the program does not give needs no validation.
            if field.is_given() && row.is_loaded(at) {
                self.stored(field, row.value(at));
            }
        }
    }

    /// The same of the values of a new row.
    pub fn new_row<N: NewModel>(&mut self, new: &N) {
        each_given(new, |field, value| {
            if let Some(value) = value.given() {
                self.stored(field, value);
            }
        });
    }

    /// Adds what a function about the whole row found.
    pub fn model<E: Into<ValidationErrors>>(&mut self, result: Result<(), E>) {
        if let Err(errors) = result {
            self.errors.extend(errors.into());
        }
    }

    /// What was found.
    ///
    /// # Errors
    /// All that is wrong.
    pub fn finish(self) -> Result<(), ValidationErrors> {
        self.errors.into_result()
    }
}

/// Whether a value is one of the field's choices, if it has any.
fn is_chosen(value: &Value, field: &FieldMeta) -> bool {
    field.choices.is_empty()
        || value.is_null()
        || field.choices.iter().any(|choice| match (choice.value, value) {
            (ChoiceValue::Text(text), Value::Text(given)) => text == given,
            (ChoiceValue::Integer(number), given) => integer(given) == Some(number),
            _ => false,
        })
}

fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::I16(number) => Some((*number).into()),
        Value::I32(number) => Some((*number).into()),
        Value::I64(number) => Some(*number),
        Value::U32(number) => Some((*number).into()),
        Value::U64(number) => i64::try_from(*number).ok(),
        _ => None,
    }
}
