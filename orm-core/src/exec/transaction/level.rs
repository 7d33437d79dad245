//! One level of a transaction (the transaction itself, or a savepoint): whose turn it is, and whether it may go on.
//!
//! There is one connection. It lies in the state of the innermost open level; a statement takes it out and puts it
//! back, and a block within takes it for as long as it is open. Who wants it meanwhile queues, first come, first
//! served. So a statement whose future is dropped takes the connection with it: the pool closes it, the server rolls
//! back, and everybody who comes after finds nothing and says so. No state is left to be repaired.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::hook::Hook;
use super::inside::is_inside;
use crate::backend::{Backend, Connection, LockKey, Observed, Portal};
use crate::compile::{Dialect, Operation, undo};
use crate::error::{DatabaseError, DatabaseErrorKind, Error, Result};
use crate::exec::log::{On, OpenBlock};
use crate::exec::testing::TestState;

/// How long a statement waits for its turn while nothing in the transaction moves.
const PATIENCE: Duration = Duration::from_mins(1);

/// The same for what stands in for the database of a test, where somebody is waiting.
const PATIENCE_IN_TESTS: Duration = Duration::from_secs(10);

/// A level of a transaction.
pub(in crate::exec) struct Level<B: Backend> {
    pub(super) operation: Operation,
    /// 0 for the transaction, above for savepoints.
    pub(super) depth: u32,
    pub(super) role: Role,
    /// It was opened to read only.
    pub(super) read_only: bool,
    pub(super) number: u64,
    pub(super) whole: Arc<Whole>,
    pub(super) log: OpenBlock,
    turns: Arc<Semaphore>,
    state: Mutex<State<B>>,
}

struct State<B: Backend> {
    /// Absent while a statement runs, while a block within is open, and for good once a statement was dropped.
    connection: Option<B::Connection>,
    /// What has failed here.
    broken: Option<Error>,
    /// The depth of a block within that was dropped: still to be undone.
    abandoned: Option<u32>,
    /// Advisory locks that were taken here.
    locks: Vec<LockKey>,
    /// Those of the block that was dropped.
    abandoned_locks: Vec<LockKey>,
    /// Portals that nobody reads any more: still to be closed.
    unread: Vec<Portal>,
    hooks: Vec<Hook>,
    inner: Inner,
}

/// What a level is to those who use it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The transaction around a test: it stands in for the database, and is never committed.
    Around,
    /// A transaction; in one around a test it is a savepoint that passes for one.
    Transaction,
    Savepoint,
}

/// The open block within a level.
#[derive(Clone, Copy)]
pub(super) enum Inner {
    None,
    /// A closure's, with its number.
    Block(u64),
    /// An object's, that `begin` gave.
    Object,
}

/// What all levels of a transaction share.
pub(super) struct Whole {
    pub(super) dialect: Dialect,
    pub(super) observed: Observed,
    /// What tests have set.
    pub(super) test: Option<Arc<TestState>>,
    state: Mutex<WholeState>,
}

struct WholeState {
    /// Why the transaction is gone, all of it.
    lost: Option<Error>,
    /// What happened last is worth another try of the whole.
    retryable: bool,
    /// Statements so far, to see whether anything moves.
    statements: u64,
}

impl Whole {
    pub(super) fn new(on: On<'_>, test: Option<Arc<TestState>>) -> Arc<Self> {
        let state = Mutex::new(WholeState { lost: None, retryable: false, statements: 0 });
        Arc::new(Whole { dialect: on.dialect, observed: on.observed.clone(), test, state })
    }

    /// The database that it is on.
    pub(super) fn on(&self) -> On<'_> {
        On { dialect: self.dialect, observed: &self.observed }
    }

    /// The transaction is gone.
    pub(super) fn lose(&self, why: Error) {
        self.with(|state| {
            state.lost.get_or_insert(why);
        });
    }

    pub(super) fn is_lost(&self) -> bool {
        self.with(|state| state.lost.is_some())
    }

    pub(super) fn is_retryable(&self) -> bool {
        self.with(|state| state.retryable)
    }

    /// Remembers how a statement, or the commit, ended.
    pub(super) fn note<T>(&self, result: &Result<T>) {
        self.with(|state| {
            state.retryable = result.as_ref().is_err_and(Error::is_retryable);
            state.statements = state.statements.wrapping_add(1);
        });
    }

    fn with<R>(&self, look: impl FnOnce(&mut WholeState) -> R) -> R {
        look(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<B: Backend> Level<B> {
    pub(super) fn new(
        operation: Operation,
        depth: u32,
        (role, read_only): (Role, bool),
        number: u64,
        whole: Arc<Whole>,
        connection: B::Connection,
        log: OpenBlock,
    ) -> Arc<Self> {
        Arc::new(Level {
            operation,
            depth,
            role,
            read_only,
            number,
            whole,
            log,
            turns: Arc::new(Semaphore::new(1)),
            state: Mutex::new(State {
                connection: Some(connection),
                broken: None,
                abandoned: None,
                locks: Vec::new(),
                abandoned_locks: Vec::new(),
                unread: Vec::new(),
                hooks: Vec::new(),
                inner: Inner::None,
            }),
        })
    }

    /// Waits for the connection.
    pub(super) async fn enter(&self) -> Result<Turn<'_, B>> {
        self.refuse_within_inner()?;
        let permit = match Arc::clone(&self.turns).try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => Box::pin(self.wait(Arc::clone(&self.turns).acquire_owned())).await?,
        };
        // Only now: what came before may have failed.
        if let Some(error) = self.failure() {
            return Err(error);
        }
        let mut turn = self.take(permit).ok_or_else(|| self.given_up())?;
        if turn.is_untidy()
            && let Err(error) = Box::pin(turn.tidy()).await
        {
            return turn.leave(Err(error));
        }
        Ok(turn)
    }

    /// The connection, if it is there and nobody has it, for ending the level.
    pub(super) fn enter_to_end(&self) -> Result<Option<Turn<'_, B>>> {
        if let Ok(permit) = Arc::clone(&self.turns).try_acquire_owned() {
            return Ok(self.take(permit));
        }
        let what = "it was ended while a transaction within it, which `begin` opened, was still open; everything is \
                    rolled back";
        let error = Error::InvalidTransaction(what.into());
        self.whole.lose(error.clone());
        Err(error)
    }

    /// The connection, for ending the transaction around a test: after whoever has it, unless that takes too long.
    pub(super) async fn last_turn(&self) -> Option<Turn<'_, B>> {
        let turn = timeout(PATIENCE_IN_TESTS, Arc::clone(&self.turns).acquire_owned()).await;
        let mut turn = self.take(turn.ok()?.ok()?)?;
        turn.close_unread();
        Some(turn)
    }

    /// Why nothing may run here, if that is so.
    pub(super) fn failure(&self) -> Option<Error> {
        let lost = self.whole.with(|whole| whole.lost.clone());
        let cause = lost.or_else(|| self.with(|state| state.broken.clone()))?;
        Some(match cause {
            // It says itself what is wrong.
            error @ Error::InvalidTransaction(_) => error,
            cause => Error::TransactionBroken(Box::new(cause)),
        })
    }

    /// The error for a level whose connection went with a statement.
    pub(super) fn given_up(&self) -> Error {
        let message = if self.is_around() {
            "a statement was given up before its end (its future was dropped), and with it the only transaction that a \
             test that is rolled back has: such code is tested with `#[orm::test(isolated)]`"
        } else {
            "a statement of the transaction was given up before its end (its future was dropped), and the transaction \
             with it"
        };
        let error = Error::from(DatabaseError::new(DatabaseErrorKind::TransactionAborted, message));
        self.whole.lose(error.clone());
        Error::TransactionBroken(Box::new(error))
    }

    /// Nothing more runs here, for a reason that is not a statement's.
    pub(super) fn break_off(&self, why: &Error) {
        let cause = match why {
            Error::TransactionBroken(cause) => cause,
            why => why,
        };
        self.with(|state| {
            state.broken.get_or_insert_with(|| cause.clone());
        });
    }

    pub(super) fn set_inner(&self, inner: Inner) {
        self.with(|state| state.inner = inner);
    }

    /// Takes the connection back from a block within; `abandoned` is its depth if it still has to be undone.
    pub(super) fn give_back(&self, connection: B::Connection, abandoned: Option<u32>) {
        self.with(|state| {
            state.connection = Some(connection);
            state.abandoned = abandoned;
        });
    }

    /// The connection, whoever's turn it is: for `Drop`.
    pub(super) fn take_connection(&self) -> Option<B::Connection> {
        self.with(|state| state.connection.take())
    }

    /// Nobody reads this portal any more.
    pub(super) fn leave_unread(&self, portals: impl IntoIterator<Item = Portal>) {
        self.with(|state| state.unread.extend(portals));
    }

    pub(super) fn take_unread(&self) -> Vec<Portal> {
        self.with(|state| std::mem::take(&mut state.unread))
    }

    pub(super) fn add_locks(&self, locks: impl IntoIterator<Item = LockKey>) {
        self.with(|state| state.locks.extend(locks));
    }

    /// Those taken here, and those of a block within that was dropped and is not undone yet.
    pub(super) fn take_locks(&self) -> Vec<LockKey> {
        self.with(|state| {
            let mut locks = std::mem::take(&mut state.locks);
            locks.append(&mut state.abandoned_locks);
            locks
        })
    }

    fn take_abandoned_locks(&self) -> Vec<LockKey> {
        self.with(|state| std::mem::take(&mut state.abandoned_locks))
    }

    /// Locks of a block within that was dropped.
    pub(super) fn leave_locks(&self, locks: Vec<LockKey>) {
        self.with(|state| state.abandoned_locks = locks);
    }

    pub(super) fn add_hooks(&self, hooks: impl IntoIterator<Item = Hook>) {
        self.with(|state| state.hooks.extend(hooks));
    }

    pub(super) fn take_hooks(&self) -> Vec<Hook> {
        self.with(|state| std::mem::take(&mut state.hooks))
    }

    /// A statement on an outer level would wait for the block that it is part of.
    fn refuse_within_inner(&self) -> Result<()> {
        let waits_for_itself = match self.with(|state| state.inner) {
            Inner::None => false,
            Inner::Block(number) => is_inside(number),
            Inner::Object => true,
        };
        if waits_for_itself {
            let what = if self.is_around() {
                "a test that is rolled back has one connection, and this statement would wait for the block that it is \
                 part of; pass it the block's transaction, or test this with `#[orm::test(isolated)]`"
            } else {
                "a block within this one is open; use the transaction that the inner block was given"
            };
            return Err(Error::InvalidTransaction(what.into()));
        }
        Ok(())
    }

    /// Whether it stands in for the database of a test.
    pub(super) fn is_around(&self) -> bool {
        self.role == Role::Around
    }

    async fn wait(
        &self,
        turn: impl Future<Output = Result<OwnedSemaphorePermit, AcquireError>>,
    ) -> Result<OwnedSemaphorePermit> {
        let mut turn = pin!(turn);
        let patience = if self.is_around() { PATIENCE_IN_TESTS } else { PATIENCE };
        loop {
            let before = self.whole.with(|whole| whole.statements);
            match timeout(patience, turn.as_mut()).await {
                Ok(Ok(permit)) => return Ok(permit),
                // It is never closed.
                Ok(Err(_)) => return Err(self.given_up()),
                Err(_) if self.whole.with(|whole| whole.statements) != before => {}
                Err(_) if self.is_around() => {
                    return Err(Error::InvalidTransaction(
                        format!(
                            "waited {patience:?} for the only connection that a test that is rolled back has; is a \
                             transaction open that does not end before this statement? Such code is tested with \
                             `#[orm::test(isolated)]`"
                        )
                        .into(),
                    ));
                }
                Err(_) => {
                    return Err(Error::InvalidTransaction(
                        format!(
                            "waited {patience:?} for another statement or block of the same transaction, in which \
                             nothing moved; is the future of one kept without being awaited, or does a spawned \
                             task use the outer transaction within an inner block?"
                        )
                        .into(),
                    ));
                }
            }
        }
    }

    fn take(&self, permit: OwnedSemaphorePermit) -> Option<Turn<'_, B>> {
        self.take_connection().map(|connection| Turn { level: self, connection, permit })
    }

    fn with<R>(&self, look: impl FnOnce(&mut State<B>) -> R) -> R {
        look(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The connection, for one statement. Dropped without [`Turn::leave`], the transaction is gone.
pub(in crate::exec) struct Turn<'l, B: Backend> {
    pub(super) level: &'l Level<B>,
    pub(in crate::exec) connection: B::Connection,
    permit: OwnedSemaphorePermit,
}

impl<B: Backend> Turn<'_, B> {
    /// Puts the connection back, and remembers what failed.
    pub(super) fn leave<T>(self, result: Result<T>) -> Result<T> {
        self.note(&result);
        self.put_back();
        result
    }

    /// Puts the connection back.
    pub(super) fn put_back(self) {
        let Turn { level, connection, permit } = self;
        level.with(|state| state.connection = Some(connection));
        drop(permit);
    }

    /// Keeps the connection and the turn for a block within.
    pub(super) fn into_parts(self) -> (B::Connection, OwnedSemaphorePermit) {
        (self.connection, self.permit)
    }

    /// Runs a command of the transaction.
    pub(super) async fn command(&mut self, log: &OpenBlock, sql: &str) -> Result<()> {
        self.command_as(log, sql, None).await
    }

    /// Runs a command of the transaction, which is told of as another where it passes for that.
    pub(super) async fn command_as(
        &mut self,
        log: &OpenBlock,
        sql: &str,
        passes: Option<&str>,
    ) -> Result<()> {
        let done = self.send(log, sql, passes).await;
        self.note(&done);
        done
    }

    async fn send(&mut self, log: &OpenBlock, sql: &str, passes: Option<&str>) -> Result<()> {
        let told = passes.unwrap_or(sql);
        let statement = log.statement(self.level.whole.on(), self.level.operation, told);
        let done = statement.around(pin!(self.connection.batch(sql))).await;
        statement.ends(done)
    }

    /// Undoes a block, and gives up the locks that were taken in it; how that ends is no news about whether another try
    /// is worth it.
    pub(super) async fn undo(
        &mut self,
        log: &OpenBlock,
        depth: u32,
        passes: Option<&str>,
        locks: &[LockKey],
    ) -> Result<()> {
        self.send(log, &undo(depth), passes).await?;
        if locks.is_empty() {
            return Ok(());
        }
        Box::pin(self.connection.advisory_unlock(locks)).await
    }

    /// Closes portals, and undoes a block that was dropped.
    pub(super) async fn tidy(&mut self) -> Result<()> {
        self.close_unread();
        let passes = self.level.is_around().then_some("ROLLBACK");
        if let Some(depth) = self.level.with(|state| state.abandoned.take())
            && let Err(error) =
                self.undo(&self.level.log, depth, passes, &self.level.take_abandoned_locks()).await
        {
            self.level.whole.lose(error.clone());
            return Err(error);
        }
        Ok(())
    }

    pub(super) fn close_unread(&mut self) {
        for portal in self.level.take_unread() {
            self.connection.close_portal(portal);
        }
    }

    fn is_untidy(&self) -> bool {
        self.level.with(|state| state.abandoned.is_some() || !state.unread.is_empty())
    }

    fn note<T>(&self, result: &Result<T>) {
        let whole = &self.level.whole;
        whole.note(result);
        if let Err(error) = result {
            let lost = self.connection.is_transaction_lost();
            if lost {
                whole.lose(error.clone());
            }
            if lost || matches!(error, Error::Database(_)) {
                self.level.with(|state| {
                    state.broken.get_or_insert_with(|| error.clone());
                });
            }
        }
    }
}
