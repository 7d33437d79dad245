//! The transaction around a test: it stands in for the database, which code takes for one that commits.
//!
//! What the code sends by itself gets a savepoint of its own, so that a statement that fails fails alone, as it does on a
//! database. What it takes for a transaction is a savepoint, too.

use std::sync::Arc;

use super::inside::new_number;
use super::level::{Inner, Level, Role, Turn, Whole};
use super::{Around, Transaction, roll_back};
use crate::backend::{Backend, Connection, TransactionOptions};
use crate::compile::{Access, Operation, release, savepoint, undo};
use crate::error::{DatabaseError, DatabaseErrorKind, Error, Result};
use crate::exec::Database;
use crate::exec::log::{On, OpenBlock, Watch};
use crate::exec::testing::TestState;

/// How deep the code's own statements and transactions are.
const DEPTH: u32 = 1;

impl<B: Backend> Level<B> {
    /// Opens the transaction around a test.
    pub(in crate::exec) async fn around_test(db: &Database<B>, test: &Arc<TestState>) -> Result<Arc<Self>> {
        let operation = Operation::new("", "test");
        let mut connection = db.backend().acquire(Access::Write, operation).await?;
        connection.begin(&TransactionOptions::default()).await?;
        let whole = Whole::new(On::of(db), Some(Arc::clone(test)));
        let (kind, log) = ((Role::Around, false), OpenBlock::silent());
        Ok(Level::new(operation, 0, kind, new_number(), whole, connection, log))
    }

    /// Rolls the transaction around a test back. False when the database may not be as it was before.
    pub(in crate::exec) async fn end_test(&self) -> bool {
        let turn = self.last_turn().await;
        let intact = turn.is_some() && !self.whole.is_lost();
        let what =
            "the test has ended, and its database is rolled back; is there a task that it did not wait for?";
        self.whole.lose(Error::InvalidTransaction(what.into()));
        if let Some(turn) = turn {
            roll_back(turn, self).await;
        }
        intact
    }

    /// The connection for one statement.
    pub(in crate::exec) async fn enter_for_statement(&self) -> Result<Turn<'_, B>> {
        let mut turn = self.enter().await?;
        if self.is_around()
            && let Err(error) = turn.connection.batch(&savepoint(DEPTH)).await
        {
            self.whole.lose(error.clone());
            return turn.leave(Err(error));
        }
        Ok(turn)
    }

    /// Whether a statement may run here: in a savepoint that passes for a transaction nobody but us can say so.
    pub(super) fn allows(&self, access: Access) -> Result<()> {
        let passes = self.whole.test.as_ref().is_some_and(|test| test.rolled_back);
        if passes && self.read_only && access == Access::Write {
            let message = "the transaction was opened to read only";
            return Err(DatabaseError::new(DatabaseErrorKind::ReadOnly, message).into());
        }
        Ok(())
    }

    /// As [`Level::allows`], for text of which nobody knows what it does.
    pub(super) fn allows_batch(&self) -> Result<()> {
        self.allows(Access::Write)
    }
}

impl<B: Backend> Turn<'_, B> {
    /// Puts the connection back after one statement.
    pub(in crate::exec) async fn leave_statement<T>(mut self, result: Result<T>) -> Result<T> {
        if !self.level.is_around() {
            return self.leave(result);
        }
        let lost = self.connection.is_transaction_lost();
        let ending = match &result {
            Err(error) if lost => Err(error.clone()),
            Err(_) => self.connection.batch(&undo(DEPTH)).await,
            Ok(_) => self.connection.batch(&release(DEPTH)).await,
        };
        if let Err(error) = &ending {
            self.level.whole.lose(error.clone());
        }
        self.put_back();
        // What the statement said comes first.
        let value = result?;
        ending.map(|()| value)
    }
}

impl<B: Backend> Transaction<B> {
    /// Opens what passes for a transaction in a test that is rolled back.
    pub(super) async fn open_in_test(
        around: &Arc<Level<B>>,
        watch: &Arc<Watch>,
        options: &TransactionOptions,
        operation: Operation,
    ) -> Result<Self> {
        // Nothing else runs in the database, so every level of isolation holds, and there is no lock to wait for.
        let TransactionOptions { isolation: _, read_only, deferrable, lock_timeout: _ } = options;
        if *deferrable && !around.whole.dialect.capability().deferrable {
            return Err(Error::unsupported("deferrable transactions", around.whole.dialect.name()));
        }
        let mut turn = around.enter().await?;
        let (on, number) = (around.whole.on(), new_number());
        // It passes for the outermost.
        let mut log = OpenBlock::begins(on, operation, 0, number);
        if let Err(error) = turn.command_as(&log, &savepoint(DEPTH), Some("BEGIN")).await {
            around.whole.lose(error.clone());
            return turn.leave(Err(error));
        }
        let (connection, permit) = turn.into_parts();
        log.is_open(watch);
        let (kind, whole) = ((Role::Transaction, *read_only), Arc::clone(&around.whole));
        let level = Level::new(operation, DEPTH, kind, number, whole, connection, log);
        // Who is not part of the block's code queues, as for a connection.
        around.set_inner(Inner::Block(level.number));
        let around = Around { level: Arc::clone(around), _permit: permit };
        Ok(Transaction { level, around: Some(around), ended: false, hooks: None })
    }
}
