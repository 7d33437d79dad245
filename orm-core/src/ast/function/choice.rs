//! Functions that choose among values.

/// Which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChoiceFunction {
    /// The first that is not NULL.
    Coalesce,
    /// NULL when both are equal, else the first.
    NullIf,
    /// The greatest; NULL when one is.
    Greatest,
    /// The least; NULL when one is.
    Least,
}

impl ChoiceFunction {
    /// Its name in messages.
    pub fn name(self) -> &'static str {
        match self {
            ChoiceFunction::Coalesce => "coalesce",
            ChoiceFunction::NullIf => "nullif",
            ChoiceFunction::Greatest => "greatest",
            ChoiceFunction::Least => "least",
        }
    }
}
