//! Locks on the rows that a SELECT reads, kept to the end of the transaction.

use crate::schema::PathNode;

/// What is locked, and what becomes of rows that somebody else has locked.
#[derive(Clone, Debug, PartialEq)]
pub struct Lock {
    /// Against whom.
    pub strength: LockStrength,
    /// What happens at a row that is locked already.
    pub wait: LockWait,
    /// Related rows that are locked beside the model's own.
    pub of: Vec<LockedRelation>,
}

/// A relation whose rows are locked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LockedRelation {
    /// The path that leads to them.
    pub path: &'static PathNode,
    /// Their table's number, given by lowering.
    pub table: u16,
}

/// Against whom rows are locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockStrength {
    /// Nobody else changes or locks them.
    Update,
    /// Nobody else changes them, but they can be pointed at.
    NoKeyUpdate,
    /// Nobody changes them, but others may have the same lock.
    Share,
}

/// What happens at a row that is locked already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockWait {
    /// It is waited for.
    Wait,
    /// It is an error at once.
    NoWait,
    /// It is left out.
    SkipLocked,
}

impl Lock {
    /// A lock of the model's own rows, which waits.
    pub fn new(strength: LockStrength) -> Self {
        Lock { strength, wait: LockWait::Wait, of: Vec::new() }
    }
}
