//! Functions that the user declares.

/// A function of the user's own: how each database spells a call of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnFunction {
    /// Its name in messages.
    pub name: &'static str,
    /// How many arguments it takes.
    pub arity: usize,
    /// For each database the name of a function, or a text with `{0}`, `{1}` … where the arguments stand; none where
    /// the database lacks it. In the order in which the compiler counts the databases.
    pub spellings: [Option<&'static str>; 4],
}
