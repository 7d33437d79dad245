//! What is known about a connection's transaction: MySQL never says in an error that it is gone.

use std::time::Duration;

use orm_core::backend::{IsolationLevel, TransactionOptions};
use orm_core::error::{DatabaseError, DatabaseErrorKind as Kind};
use orm_core::{Error, Result};

/// Where a connection is in a transaction that [`begin`](orm_core::backend::Connection::begin) opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transaction {
    /// None is open.
    None,
    /// One is open.
    Open,
    /// One was open before a statement failed in a way that may have ended it: ask before the next one.
    Unverified,
    /// The server ended it. What is sent now would be committed at once, so nothing is.
    Gone(Ending),
}

/// How a transaction ended without our doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Rolled back by the server: a deadlock, or a lock time-out with `innodb_rollback_on_timeout`.
    RolledBack,
    /// Committed by a statement such as DDL, or ended by a `COMMIT` or `ROLLBACK` of the user's.
    ByStatement,
    /// Found ended after an error.
    AfterError,
}

impl Transaction {
    /// After a complete answer, whose status says whether a transaction is open.
    pub(crate) fn after_ok(self, in_transaction: bool) -> Self {
        match self {
            Transaction::Open if !in_transaction => Transaction::Gone(Ending::ByStatement),
            other => other,
        }
    }

    /// After an error of this kind. `rollback_on_timeout` is the server's `innodb_rollback_on_timeout`; `plain` that the
    /// statement was one that ends no transaction when it succeeds. DDL commits before it fails.
    pub(crate) fn after_error(self, kind: Option<Kind>, rollback_on_timeout: bool, plain: bool) -> Self {
        if self != Transaction::Open {
            return self;
        }
        match kind {
            Some(Kind::Deadlock) => Transaction::Gone(Ending::RolledBack),
            Some(Kind::LockTimeout) if rollback_on_timeout => Transaction::Gone(Ending::RolledBack),
            // These undo their own statement and no more.
            Some(kind)
                if plain
                    && (kind.is_integrity() || matches!(kind, Kind::DataError | Kind::ProgrammingError)) =>
            {
                self
            }
            _ => Transaction::Unverified,
        }
    }

    /// Once the server was asked.
    pub(crate) fn verified(self, in_transaction: bool) -> Self {
        match self {
            Transaction::Unverified if in_transaction => Transaction::Open,
            Transaction::Unverified => Transaction::Gone(Ending::AfterError),
            other => other,
        }
    }

    /// An error when the transaction that was opened is no more.
    pub(crate) fn check(self) -> Result<()> {
        let why = match self {
            Transaction::Gone(Ending::RolledBack) => "the server has rolled the transaction back",
            Transaction::Gone(Ending::ByStatement) => {
                "a statement ended the transaction (DDL commits it); what follows would not be part of it"
            }
            Transaction::Gone(Ending::AfterError) => "the server ended the transaction after an error",
            Transaction::None | Transaction::Open | Transaction::Unverified => return Ok(()),
        };
        Err(DatabaseError::new(Kind::TransactionAborted, why).into())
    }
}

/// The commands that open a transaction, in one round trip.
pub(crate) fn begin_text(options: &TransactionOptions, backend: &'static str) -> Result<String> {
    if options.deferrable {
        return Err(Error::unsupported("deferrable transactions", backend));
    }
    let mut text = String::new();
    if let Some(timeout) = options.lock_timeout {
        let seconds = whole_seconds(timeout).to_string();
        for part in [
            "SET SESSION innodb_lock_wait_timeout = ",
            &seconds,
            ", SESSION lock_wait_timeout = ",
            &seconds,
            "; ",
        ] {
            text.push_str(part);
        }
    }
    if let Some(isolation) = options.isolation {
        text.push_str("SET TRANSACTION ISOLATION LEVEL ");
        text.push_str(match isolation {
            IsolationLevel::ReadUncommitted => "READ UNCOMMITTED; ",
            IsolationLevel::ReadCommitted => "READ COMMITTED; ",
            IsolationLevel::RepeatableRead => "REPEATABLE READ; ",
            IsolationLevel::Serializable => "SERIALIZABLE; ",
        });
    }
    text.push_str(if options.read_only { "START TRANSACTION READ ONLY" } else { "START TRANSACTION" });
    Ok(text)
}

/// The servers count whole seconds, one at least; a part of one is waited for as a whole one. A year is their limit for
/// metadata locks.
fn whole_seconds(timeout: Duration) -> u64 {
    let seconds = timeout.as_secs().saturating_add(u64::from(timeout.subsec_nanos() > 0));
    seconds.clamp(1, 31_536_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadlock_takes_the_whole_transaction() {
        let state = Transaction::Open.after_error(Some(Kind::Deadlock), false, true);
        assert_eq!(state, Transaction::Gone(Ending::RolledBack));
        assert!(matches!(state.check(), Err(error) if error.kind() == Some(Kind::TransactionAborted)));
        assert_eq!(state.after_ok(false), state);
    }

    #[test]
    fn a_lock_timeout_is_asked_about() {
        assert_eq!(
            Transaction::Open.after_error(Some(Kind::LockTimeout), false, true),
            Transaction::Unverified
        );
        assert_eq!(
            Transaction::Open.after_error(Some(Kind::LockTimeout), true, true),
            Transaction::Gone(Ending::RolledBack)
        );
        assert_eq!(Transaction::Unverified.verified(true), Transaction::Open);
        assert_eq!(Transaction::Unverified.verified(false), Transaction::Gone(Ending::AfterError));
    }

    #[test]
    fn an_implicit_commit_is_noticed() {
        assert_eq!(Transaction::Open.after_ok(false), Transaction::Gone(Ending::ByStatement));
        assert_eq!(Transaction::Open.after_ok(true), Transaction::Open);
        assert_eq!(Transaction::None.after_ok(false), Transaction::None);
        let after = |plain| Transaction::Open.after_error(Some(Kind::UniqueViolation), false, plain);
        assert_eq!(after(true), Transaction::Open);
        assert_eq!(after(false), Transaction::Unverified);
    }

    #[test]
    fn transactions_are_opened_in_one_go() {
        let text = |options: &TransactionOptions| begin_text(options, "MySQL").unwrap();
        let mut options = TransactionOptions::default();
        assert_eq!(text(&options), "START TRANSACTION");
        options.read_only = true;
        options.isolation = Some(IsolationLevel::Serializable);
        options.lock_timeout = Some(Duration::from_millis(1_500));
        assert_eq!(
            text(&options),
            "SET SESSION innodb_lock_wait_timeout = 2, SESSION lock_wait_timeout = 2; \
             SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; START TRANSACTION READ ONLY"
        );
        options.deferrable = true;
        assert!(matches!(begin_text(&options, "MySQL"), Err(Error::Unsupported { .. })));
    }

    #[test]
    fn waits_are_whole_seconds() {
        assert_eq!(whole_seconds(Duration::ZERO), 1);
        assert_eq!(whole_seconds(Duration::from_secs(5)), 5);
        assert_eq!(whole_seconds(Duration::MAX), 31_536_000);
    }
}
