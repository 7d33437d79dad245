//! Savepoints, which every database spells alike. Their names are numbers of our own.

/// Sets the savepoint of a block at this depth.
pub(crate) fn savepoint(depth: u32) -> String {
    format!("SAVEPOINT orm_{depth}")
}

/// Gives a savepoint up and keeps what was done since.
pub(crate) fn release(depth: u32) -> String {
    format!("RELEASE SAVEPOINT orm_{depth}")
}

/// Undoes what was done since a savepoint and gives it up: left set, each would cost the statements after it.
pub(crate) fn undo(depth: u32) -> String {
    format!("ROLLBACK TO SAVEPOINT orm_{depth}; RELEASE SAVEPOINT orm_{depth}")
}
