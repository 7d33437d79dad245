//! What is wrong with a fixture, and where.

use std::fmt;

use super::Error;

/// A fixture was not loaded: which file, model, row and field, as far as that is known, and why. Nothing of it is in the
/// database.
#[derive(Clone)]
pub struct FixtureError {
    file: Option<String>,
    model: Option<String>,
    row: Option<usize>,
    field: Option<String>,
    problem: String,
    cause: Option<Error>,
}

impl FixtureError {
    pub(crate) fn new(problem: impl Into<String>) -> Self {
        FixtureError { file: None, model: None, row: None, field: None, problem: problem.into(), cause: None }
    }

    pub(crate) fn caused_by(error: Error) -> Self {
        let problem = match &error {
            // Where it is stands beside it.
            Error::Value(error) => error.value_error().to_string(),
            error => error.to_string(),
        };
        FixtureError { cause: Some(error), ..FixtureError::new(problem) }
    }

    pub(crate) fn in_file(mut self, file: Option<&str>) -> Self {
        self.file = self.file.or_else(|| file.map(str::to_owned));
        self
    }

    pub(crate) fn at(mut self, model: &str, row: usize) -> Self {
        self.model = Some(model.to_owned());
        self.row = Some(row);
        self
    }

    pub(crate) fn of_model(mut self, model: &str) -> Self {
        self.model = Some(model.to_owned());
        self
    }

    pub(crate) fn field(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }

    /// The file, where the fixture was read from one.
    pub fn file(&self) -> Option<&str> {
        self.file.as_deref()
    }

    /// The model, as the fixture calls it.
    pub fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    /// Which of the model's rows, counted from 1.
    pub fn row(&self) -> Option<usize> {
        self.row
    }

    /// Which field of the row.
    pub fn field_name(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// What the database, or a value's type, said.
    pub fn cause(&self) -> Option<&Error> {
        self.cause.as_ref()
    }
}

impl fmt::Display for FixtureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.file.as_deref().unwrap_or("fixture"))?;
        if let Some(model) = &self.model {
            write!(f, ": {model}")?;
        }
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        if let Some(field) = &self.field {
            write!(f, ", `{field}`")?;
        }
        write!(f, ": {}", self.problem)
    }
}

impl fmt::Debug for FixtureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FixtureError({self})")
    }
}

impl std::error::Error for FixtureError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_ref().map(|error| error as &dyn std::error::Error)
    }
}

impl From<FixtureError> for Error {
    fn from(error: FixtureError) -> Self {
        Error::Fixture(Box::new(error))
    }
}
