//! Names that are chosen at run time, and are wrong.

use std::fmt;

/// A name that names nothing, with what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameError {
    of: &'static str,
    name: Option<String>,
    help: String,
}

impl NameError {
    pub(crate) fn new(of: &'static str, name: Option<String>, help: String) -> Self {
        NameError { of, name, help }
    }

    /// The model, or what else has the names.
    pub fn of(&self) -> &'static str {
        self.of
    }

    /// The name; `None` for a text that cannot be one.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{} has no `{name}`{}", self.of, self.help),
            None => write!(f, "{} has nothing of this name{}", self.of, self.help),
        }
    }
}

impl std::error::Error for NameError {}

/// A lookup that cannot be used on a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LookupError {
    /// The model.
    pub model: &'static str,
    /// The field.
    pub field: &'static str,
    /// The lookup.
    pub lookup: &'static str,
    /// What the field is made of.
    pub kind: &'static str,
}

impl fmt::Display for LookupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LookupError { model, field, lookup, kind } = self;
        write!(f, "the lookup `{lookup}` does not fit {model}.{field}, which is {kind}")
    }
}

impl std::error::Error for LookupError {}
