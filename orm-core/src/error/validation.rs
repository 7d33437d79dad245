//! What is wrong with the values of a row: all of it at once, field by field, for a form or an API.

use std::borrow::Cow;
use std::fmt;

use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

use super::ValueError;

/// The name under which serde writes what concerns no single field.
const ALL: &str = "__all__";

/// One thing that is wrong: a code for programs, a message for people, and what the message is about.
///
/// ```
/// use orm::error::ValidationError;
///
/// let error = ValidationError::new("min_length", "must have at least 3 characters").with("min", 3);
/// assert_eq!(
///     serde_json::to_value(&error).unwrap(),
///     serde_json::json!({"code": "min_length", "message": "must have at least 3 characters", "params": {"min": "3"}}),
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidationError {
    code: Cow<'static, str>,
    message: Cow<'static, str>,
    params: Vec<(&'static str, String)>,
}

/// Another code and another message for what is wrong, where the model says them.
pub type Words = (Option<&'static str>, Option<&'static str>);

impl ValidationError {
    /// An error with a code and a message.
    pub fn new(code: impl Into<Cow<'static, str>>, message: impl Into<Cow<'static, str>>) -> Self {
        ValidationError { code: code.into(), message: message.into(), params: Vec::new() }
    }

    /// Adds something that the message is about, for whoever writes messages of their own.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.params.push((name, value.to_string()));
        self
    }

    /// What programs know it by, such as `min_length`, `invalid` or `unique`: Django's words.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What people read.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What the message is about, such as the least length; never the value that was given.
    pub fn params(&self) -> impl Iterator<Item = (&str, &str)> {
        self.params.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// The same with another code or message, where the model says one.
    #[must_use]
    pub fn worded(mut self, code: Option<&'static str>, message: Option<&'static str>) -> Self {
        self.code = code.map_or(self.code, Cow::Borrowed);
        self.message = message.map_or(self.message, Cow::Borrowed);
        self
    }
}

impl From<ValueError> for ValidationError {
    fn from(error: ValueError) -> Self {
        match error {
            ValueError::TooLong { max_length, length } => {
                let message = format!("must have at most {max_length} characters, and has {length}");
                ValidationError::new("max_length", message).with("max", max_length).with("length", length)
            }
            ValueError::TooManyDigits { max_digits, decimal_places } => {
                let message = format!(
                    "must have at most {max_digits} digits, {decimal_places} of them after the point"
                );
                let error = ValidationError::new("max_digits", message);
                error.with("max_digits", max_digits).with("decimal_places", decimal_places)
            }
            ValueError::UnexpectedNull => ValidationError::new("null", "must not be null"),
            error => ValidationError::new("invalid", error.to_string()),
        }
    }
}

impl fmt::Display for ValidationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ValidationError {}

impl Serialize for ValidationError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Params<'a>(&'a [(&'static str, String)]);
        impl Serialize for Params<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
            }
        }
        let mut error = serializer.serialize_struct("ValidationError", 3)?;
        error.serialize_field("code", &self.code)?;
        error.serialize_field("message", &self.message)?;
        error.serialize_field("params", &Params(&self.params))?;
        error.end()
    }
}

/// All that is wrong with a row, by field. Serialized it is an object with a list for each field, and one called `__all__`
/// for what concerns no single field.
///
/// ```
/// use orm::error::{ValidationError, ValidationErrors};
///
/// let mut errors = ValidationErrors::new();
/// errors.add("start", ValidationError::new("past", "must be in the future"));
/// errors.add_general(ValidationError::new("order", "the start must come before the end"));
/// assert_eq!(errors.field("start")[0].code(), "past");
/// assert_eq!(errors.to_string(), "start: must be in the future; the start must come before the end");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ValidationErrors {
    fields: Vec<(Cow<'static, str>, Vec<ValidationError>)>,
    general: Vec<ValidationError>,
}

impl ValidationErrors {
    /// Nothing that is wrong yet.
    pub fn new() -> Self {
        ValidationErrors::default()
    }

    /// Forgets what is wrong with a field.
    ///
    /// ```
    /// use orm::error::{ValidationError, ValidationErrors};
    ///
    /// let mut errors = ValidationErrors::new();
    /// errors.add("start", ValidationError::new("past", "must be in the future"));
    /// errors.forget("start");
    /// assert_eq!(errors.into_result(), Ok(()));
    /// ```
    pub fn forget(&mut self, field: &str) {
        self.fields.retain(|(known, _)| known != field);
    }

    /// Adds what is wrong with a field.
    pub fn add(&mut self, field: impl Into<Cow<'static, str>>, error: ValidationError) {
        let field = field.into();
        match self.fields.iter_mut().find(|(known, _)| *known == field) {
            Some((_, errors)) => errors.push(error),
            None => self.fields.push((field, vec![error])),
        }
    }

    /// Adds what concerns no single field.
    pub fn add_general(&mut self, error: ValidationError) {
        self.general.push(error);
    }

    /// Adds all of another's.
    pub fn extend(&mut self, others: ValidationErrors) {
        for (field, errors) in others.fields {
            for error in errors {
                self.add(field.clone(), error);
            }
        }
        self.general.extend(others.general);
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.general.is_empty()
    }

    /// What is wrong with a field.
    pub fn field(&self, name: &str) -> &[ValidationError] {
        self.fields.iter().find(|(field, _)| field == name).map_or(&[], |(_, errors)| errors)
    }

    /// What concerns no single field.
    pub fn general(&self) -> &[ValidationError] {
        &self.general
    }

    /// The fields with what is wrong with them, in the order of the model.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &[ValidationError])> {
        self.fields.iter().map(|(field, errors)| (field.as_ref(), errors.as_slice()))
    }

    /// Nothing, or these errors if there are any: what a function that collects them ends with.
    ///
    /// # Errors
    /// Itself, unless it is empty.
    pub fn into_result(self) -> Result<(), Self> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl From<ValidationError> for ValidationErrors {
    fn from(error: ValidationError) -> Self {
        ValidationErrors { fields: Vec::new(), general: vec![error] }
    }
}

impl fmt::Display for ValidationErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields =
            self.fields.iter().flat_map(|(field, errors)| errors.iter().map(move |e| (Some(field), e)));
        for (at, (field, error)) in fields.chain(self.general.iter().map(|error| (None, error))).enumerate() {
            f.write_str(if at == 0 { "" } else { "; " })?;
            match field {
                Some(field) => write!(f, "{field}: {error}")?,
                None => error.fmt(f)?,
            }
        }
        Ok(())
    }
}

impl std::error::Error for ValidationErrors {}

impl Serialize for ValidationErrors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (field, errors) in &self.fields {
            map.serialize_entry(field, errors)?;
        }
        if !self.general.is_empty() {
            map.serialize_entry(ALL, &self.general)?;
        }
        map.end()
    }
}
