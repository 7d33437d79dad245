//! Transactions, whose commands go along with the statements next to them.

use orm_core::Result;
use orm_core::backend::{IsolationLevel, TransactionOptions};
use orm_core::error::{DatabaseError, DatabaseErrorKind, Error};

use super::{Pending, PgClient, Transaction};
use crate::driver::milliseconds;
use crate::session_state;

impl PgClient {
    /// Announces a transaction; BEGIN is sent with the first statement.
    pub(crate) fn begin(&mut self, options: &TransactionOptions) -> Result<()> {
        if self.transaction != Transaction::None {
            return Err(Error::InvalidQuery("a transaction is open already".into()));
        }
        self.refuse_after_lost_reply()?;
        self.portals.clear();
        self.push_ahead(&begin_sql(options));
        if let Some(limit) = options.lock_timeout {
            self.push_ahead(&format!("SET LOCAL lock_timeout = {}", milliseconds(Some(limit))));
        }
        self.transaction = Transaction::Announced;
        Ok(())
    }

    /// Commits, and finds out whether it did.
    ///
    /// To COMMIT in an aborted transaction the server answers without any error that it rolled back, in a command tag
    /// that tokio-postgres does not read. So a statement goes before it, in the same message: SAVEPOINT, the one that
    /// the server refuses both in an aborted transaction (25P02) and where none is open any more (25P01, a statement
    /// of the user's has ended it). After an error the server skips the rest of a message, so then nothing is
    /// committed. It asks the server, so it also sees a failure whose error nobody read.
    pub(crate) async fn commit(&mut self) -> Result<()> {
        match self.transaction {
            Transaction::None => return Err(Error::InvalidQuery("no transaction is open".into())),
            Transaction::Announced => {
                self.forget_transaction();
                return Ok(());
            }
            Transaction::Ended => {
                let message = "nothing was committed: a statement had ended the transaction before";
                return Err(DatabaseError::new(DatabaseErrorKind::TransactionAborted, message).into());
            }
            // Nothing is sent any more, so nothing is unknown.
            Transaction::Open { .. } if self.client.is_closed() => {
                self.broken = true;
                let message = "the connection was lost before COMMIT was sent, so nothing was committed";
                return Err(DatabaseError::connection_lost(message).with_sql("COMMIT").into());
            }
            Transaction::Open { .. } => {}
        }
        let committed = self.simple("SAVEPOINT orm_commit; COMMIT").await;
        match committed {
            Ok(()) => {
                self.forget_transaction();
                Ok(())
            }
            Err(error) => {
                if self.pending != Pending::Reply && !self.broken {
                    // Outside a transaction, which a failed COMMIT may have left, this only warns.
                    self.rollback().await.inspect_err(|_| self.broken = true).ok();
                }
                Err(explain_commit(error))
            }
        }
    }

    pub(crate) async fn rollback(&mut self) -> Result<()> {
        match self.transaction {
            Transaction::None => return Ok(()),
            Transaction::Announced | Transaction::Ended => {}
            Transaction::Open { .. } => {
                self.ahead.clear();
                self.simple("ROLLBACK").await.inspect_err(|_| self.broken = true)?;
            }
        }
        self.forget_transaction();
        Ok(())
    }

    /// Remembers that a statement which ran has ended the transaction.
    pub(super) fn note_end(&mut self, sql: &str) {
        if matches!(self.transaction, Transaction::Open { .. }) && session_state::ends_transaction(sql) {
            self.transaction = Transaction::Ended;
        }
    }

    fn forget_transaction(&mut self) {
        self.ahead.clear();
        self.transaction = Transaction::None;
    }

    /// Whether a command may wait for the next statement: one that cannot fail while the transaction is healthy.
    pub(super) fn may_go_ahead(&self, sql: &str) -> bool {
        let healthy =
            matches!(self.transaction, Transaction::Announced | Transaction::Open { failed: false });
        healthy
            && self.pending != Pending::Reply
            && (sql.starts_with("SAVEPOINT ") || sql.starts_with("RELEASE SAVEPOINT "))
            && !sql.contains(';')
    }

    pub(super) fn push_ahead(&mut self, sql: &str) {
        if !self.ahead.is_empty() {
            self.ahead.push_str("; ");
        }
        self.ahead.push_str(sql);
    }
}

fn begin_sql(options: &TransactionOptions) -> String {
    let mut sql = String::from("BEGIN");
    match options.isolation {
        None => {}
        Some(IsolationLevel::ReadUncommitted) => sql.push_str(" ISOLATION LEVEL READ UNCOMMITTED"),
        Some(IsolationLevel::ReadCommitted) => sql.push_str(" ISOLATION LEVEL READ COMMITTED"),
        Some(IsolationLevel::RepeatableRead) => sql.push_str(" ISOLATION LEVEL REPEATABLE READ"),
        Some(IsolationLevel::Serializable) => sql.push_str(" ISOLATION LEVEL SERIALIZABLE"),
    }
    if options.read_only {
        sql.push_str(" READ ONLY");
    }
    if options.deferrable {
        sql.push_str(" DEFERRABLE");
    }
    sql
}

pub(super) fn is_rollback_to_savepoint(sql: &str) -> bool {
    sql.trim_start().starts_with("ROLLBACK TO")
}

/// Says what a failed COMMIT means.
fn explain_commit(error: Error) -> Error {
    let Error::Database(cause) = error else { return error };
    let message = match (cause.kind(), cause.code()) {
        (_, Some("25P02")) => "the transaction was rolled back, because a statement in it had failed",
        (_, Some("25P01")) => "nothing was committed: a statement had ended the transaction before",
        // Not a time-out like any other: a statement given up has no effect once the connection closes, this one may.
        (DatabaseErrorKind::StatementTimeout, None) | (DatabaseErrorKind::ConnectionLost, _) => {
            let message =
                format!("no answer to COMMIT, so whether it was committed is unknown: {}", cause.message());
            let error = DatabaseError::connection_lost(message).with_sql("COMMIT");
            return Error::CommitOutcomeUnknown(Box::new(error));
        }
        _ => return Error::Database(cause),
    };
    let explained = DatabaseError::new(DatabaseErrorKind::TransactionAborted, message).with_sql("COMMIT");
    match cause.code() {
        Some(code) => explained.with_code(code).into(),
        None => explained.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn begin_has_its_options_in_one_statement() {
        let mut options = TransactionOptions::default();
        assert_eq!(begin_sql(&options), "BEGIN");
        options.isolation = Some(IsolationLevel::Serializable);
        options.read_only = true;
        options.deferrable = true;
        assert_eq!(begin_sql(&options), "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE");
    }
}
