//! What may be done within a transaction on its caller's thread.
//!
//! There a statement that writes runs to its end: SQLite rolls the whole transaction back when one is interrupted. So it has to
//! be known beforehand that it is short; and before a commit, that the transaction has not written much.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use orm_core::error::Result;
use rusqlite::StatementStatus;

use super::Session;
use super::program::{Short, program, sequence, short};
use crate::session_state;

/// How often a transaction that is ended in place may have written to a table or index: a page or a few each time.
const FEW: u32 = 32;
/// Bytes of values that weigh as much as another page.
const PAGE: usize = 4_096;
/// Texts whose programs are known at most.
const KNOWN: usize = 256;

const SCHEMA_VERSION: &str = "PRAGMA schema_version";

#[derive(Default)]
pub(super) struct Inside {
    /// What short statements write to; `None` for those that may be long.
    known: RefCell<HashMap<Box<str>, Option<Short>>>,
    /// Of which schema that is known.
    version: Cell<Option<i64>>,
    /// The schema was looked at in the open transaction. Only this connection can have changed it since.
    current: Cell<bool>,
    /// What the open transaction has written.
    written: Cell<u32>,
    /// The open transaction was begun here, and its statements only read and wrote rows: it left the schema as it was.
    plain: Cell<bool>,
}

impl Inside {
    /// A transaction begins.
    pub(super) fn begins(&self) {
        self.current.set(false);
        self.written.set(0);
        self.plain.set(true);
    }

    /// All or a part of the open transaction is undone.
    pub(super) fn rolls_back(&self) {
        if !self.plain.get() {
            // The number of a schema that is gone may be given to another.
            self.forget();
        }
    }

    /// A statement is prepared, to be run in whatever way.
    pub(super) fn note(&self, sql: &str, reads: bool) {
        if !session_state::is_about_rows(sql) {
            // It may change the schema, the settings, or which transaction is open.
            self.forget();
        } else if !reads {
            self.written.set(u32::MAX);
        }
    }

    /// Something was done that may have changed everything.
    pub(super) fn forget(&self) {
        self.known.borrow_mut().clear();
        self.version.set(None);
        self.current.set(false);
        self.written.set(u32::MAX);
        self.plain.set(false);
    }
}

impl Session {
    /// What a statement writes to, if it is known to be short in the database as it is in the open transaction.
    pub(crate) fn known_short(&self, sql: &str) -> Option<u32> {
        let known = || self.inside.known.borrow().get(sql).copied().flatten();
        if !self.inside.current.get() {
            known()?;
            self.look_at_schema().ok()?;
        }
        let Short { writes, reunites } = known()?;
        (!reunites || self.has_written_little()).then_some(writes)
    }

    /// Runs a statement that is known to be short.
    pub(crate) fn write_shortly<T>(&self, writes: u32, bytes: usize, run: impl FnOnce() -> T) -> T {
        let before = self.inside.written.get();
        let done = run();
        let pages = u32::try_from(bytes / PAGE).unwrap_or(u32::MAX);
        self.inside.written.set(before.saturating_add(writes).saturating_add(pages));
        done
    }

    /// Whether the open transaction has written so little that ending it is short. The time tells of large values in rows that
    /// were changed, which neither the statement nor its program knows.
    pub(crate) fn has_written_little(&self) -> bool {
        self.inside.written.get() <= FEW && self.control.has_spent_little()
    }

    /// Whether commands of savepoints are short: of one that was set without a transaction, the end is a commit.
    pub(crate) fn has_short_savepoints(&self, sql: &str) -> bool {
        self.inside.plain.get() && (self.has_written_little() || !sql.contains("ROLLBACK"))
    }

    /// Gets to know a statement that has run in the open transaction, so that it can run in place the next time. One that is not
    /// repeated is not worth that.
    pub(crate) fn get_to_know(&self, sql: &str) -> Result<()> {
        if self.is_autocommit() {
            return Ok(());
        }
        self.look_at_schema()?;
        if self.inside.known.borrow().contains_key(sql) {
            return Ok(());
        }
        let failed = |error| self.failed(error, sql);
        let runs = self.connection.prepare_cached(sql).map_err(failed)?.get_status(StatementStatus::Run);
        if runs < 2 {
            return Ok(());
        }
        let program = program(&self.connection, sql).map_err(failed)?;
        let sequence = sequence(&self.connection).map_err(failed)?;
        let mut known = self.inside.known.borrow_mut();
        if known.len() >= KNOWN {
            known.clear();
        }
        known.insert(sql.into(), short(&program, sequence));
        Ok(())
    }

    fn look_at_schema(&self) -> Result<()> {
        if self.inside.current.get() {
            return Ok(());
        }
        let failed = |error| self.failed(error, SCHEMA_VERSION);
        let mut statement = self.connection.prepare_cached(SCHEMA_VERSION).map_err(failed)?;
        let version = statement.query_row([], |row| row.get(0)).map_err(failed)?;
        if self.inside.version.replace(Some(version)) != Some(version) {
            self.inside.known.borrow_mut().clear();
        }
        self.inside.current.set(true);
        Ok(())
    }
}
