//! Advisory locks. The servers keep them for a session; here they end with the transaction that took them, and never go
//! back to the pool with the connection.

use std::time::Instant;

use orm_core::Result;
use orm_core::backend::LockKey;
use orm_core::error::{DatabaseError, DatabaseErrorKind as Kind};

use crate::session::Session;

impl Session {
    pub(crate) async fn advisory_lock(&mut self, key: &LockKey, wait: bool) -> Result<bool> {
        let name = self.lock_name(key);
        // The transaction's limit for locks on rows is the one for these, too.
        let text =
            if wait { "SELECT GET_LOCK(?, @@innodb_lock_wait_timeout)" } else { "SELECT GET_LOCK(?, 0)" };
        // Before it is sent: whatever becomes of the answer, the connection is not lent with a lock.
        self.holds_locks = true;
        let start = Instant::now();
        match self.ask_number(text, name).await? {
            Some(1) => Ok(true),
            Some(_) if !wait => Ok(false),
            Some(_) => Err(failed(Kind::LockTimeout, "the advisory lock was not granted in time", text)),
            None => {
                // MariaDB does not say that it was its limit for statements that ended the wait.
                let late = self.statement_timeout().is_some_and(|limit| start.elapsed() >= limit);
                let kind = if late { Kind::StatementTimeout } else { Kind::Cancelled };
                Err(failed(kind, "waiting for the advisory lock was ended", text))
            }
        }
    }

    pub(crate) async fn advisory_unlock(&mut self, keys: &[LockKey]) -> Result<()> {
        for key in keys {
            let (text, name) = ("SELECT RELEASE_LOCK(?)", self.lock_name(key));
            if self.ask_number(text, name).await? != Some(1) {
                return Err(failed(Kind::Other, "an advisory lock was lost", text));
            }
        }
        Ok(())
    }

    fn lock_name(&self, key: &LockKey) -> String {
        key.name_within(self.database())
    }
}

fn failed(kind: Kind, message: &str, sql: &str) -> orm_core::Error {
    DatabaseError::new(kind, message).with_sql(sql).into()
}
