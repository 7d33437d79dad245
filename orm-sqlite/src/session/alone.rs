//! Statements that stand alone, in a transaction of their own.

use orm_core::error::Result;
use rusqlite::Statement;

use super::Session;
use crate::session_state;

/// A transaction around the runs of one statement. Dropped before its end, also by a panic, it is rolled back.
pub(crate) struct OwnTransaction<'s>(Option<&'s Session>);

impl<'s> OwnTransaction<'s> {
    pub(crate) fn begin(session: &'s Session) -> Result<Self> {
        session.run("BEGIN IMMEDIATE")?;
        Ok(OwnTransaction(Some(session)))
    }

    pub(crate) fn commit(mut self) -> Result<()> {
        match self.0 {
            Some(session) => session.commit()?,
            None => return Ok(()),
        }
        self.0 = None;
        Ok(())
    }
}

impl Drop for OwnTransaction<'_> {
    fn drop(&mut self) {
        if let Some(session) = self.0 {
            // If it fails the transaction stays open, which the connection's answer says.
            let _ = session.rollback();
        }
    }
}

impl Session {
    /// A transaction for a statement that writes rows outside of any: SQLite looks at the clock once more behind the commit of a
    /// statement that stands alone, and then calls interrupted what is there.
    pub(super) fn alone(&self, statement: &Statement<'_>, sql: &str) -> Result<Option<OwnTransaction<'_>>> {
        let alone = self.is_autocommit() && !statement.readonly() && session_state::is_about_rows(sql);
        alone.then(|| OwnTransaction::begin(self)).transpose()
    }
}
