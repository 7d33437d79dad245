//! What is wrong with a fixture, and where.

use std::fmt;

use super::Error;

/// A fixture was not loaded: which file, model, row and field, as far as that is known, and why. Nothing of it is in the
/// database.
#[derive(Clone)]
pub struct FixtureError(Box<Facts>);

#[derive(Clone)]
struct Facts {
    file: Option<String>,
    model: Option<String>,
    row: Option<usize>,
    field: Option<String>,
    problem: String,
    cause: Option<Error>,
}

impl FixtureError {
    pub(crate) fn new(problem: impl Into<String>) -> Self {
        let problem = problem.into();
        FixtureError(Box::new(Facts {
            file: None,
            model: None,
            row: None,
            field: None,
            problem,
            cause: None,
        }))
    }

    pub(crate) fn caused_by(error: Error) -> Self {
        let problem = match &error {
            // Where it is stands beside it.
            Error::Value(error) => error.value_error().to_string(),
            error => error.to_string(),
        };
        let mut caused = FixtureError::new(problem);
        caused.0.cause = Some(error);
        caused
    }

    pub(crate) fn in_file(mut self, file: Option<&str>) -> Self {
        self.0.file = self.0.file.or_else(|| file.map(str::to_owned));
        self
    }

    pub(crate) fn at(mut self, model: &str, row: usize) -> Self {
        self.0.model = Some(model.to_owned());
        self.0.row = Some(row);
        self
    }

    pub(crate) fn of_model(mut self, model: &str) -> Self {
        self.0.model = Some(model.to_owned());
        self
    }

    pub(crate) fn field(mut self, field: &str) -> Self {
        self.0.field = Some(field.to_owned());
        self
    }

    /// The file, where the fixture was read from one.
    pub fn file(&self) -> Option<&str> {
        self.0.file.as_deref()
    }

    /// The model, as the fixture calls it.
    pub fn model(&self) -> Option<&str> {
        self.0.model.as_deref()
    }

    /// Which of the model's rows, counted from 1.
    pub fn row(&self) -> Option<usize> {
        self.0.row
    }

    /// Which field of the row.
    pub fn field_name(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// What the database, or a value's type, said.
    pub fn cause(&self) -> Option<&Error> {
        self.0.cause.as_ref()
    }
}

impl fmt::Display for FixtureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.file.as_deref().unwrap_or("fixture"))?;
        if let Some(model) = &self.0.model {
            write!(f, ": {model}")?;
        }
        if let Some(row) = self.0.row {
            write!(f, ", row {row}")?;
        }
        if let Some(field) = &self.0.field {
            write!(f, ", `{field}`")?;
        }
        write!(f, ": {}", self.0.problem)
    }
}

impl fmt::Debug for FixtureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FixtureError({self})")
    }
}

impl std::error::Error for FixtureError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.cause.as_ref().map(|error| error as &dyn std::error::Error)
    }
}

impl From<FixtureError> for Error {
    fn from(error: FixtureError) -> Self {
        Error::Fixture(error)
    }
}
