//! What is short and runs on its caller's thread, if the connection is free and no job waits.

use std::sync::TryLockError;
use std::sync::atomic::Ordering;

use orm_core::backend::BoxSink;
use orm_core::compile::{Access, CompiledSql};
use orm_core::error::{Error, Result};

use super::{Done, Link, Reply, Work};
use crate::Sqlite;
use crate::control::Ended;
use crate::place::{bytes, is_short_write};
use crate::session::{OwnTransaction, Session, guarded, is_upsert};

/// How a transaction ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Commit,
    Rollback,
}

impl Link {
    /// Runs a short statement on this thread; `None` when it has to go to the worker, with the sink as it was.
    pub(crate) fn try_in_place(&self, sql: &CompiledSql, sink: &mut BoxSink<Sqlite>) -> Option<Reply> {
        let long_reads = self.long_reads.as_ref()?;
        let writes = sql.access == Access::Write;
        if (writes && !self.may_write_here(sql)) || long_reads.expects(&sql.sql) {
            return None;
        }
        let reply = self.here(|session| {
            if !sink.rewind() {
                return None;
            }
            let (done, over) = if !writes {
                self.core.control.start_in_place();
                let done = guarded(&sql.sql, || session.read(sql, sink.as_mut()));
                (done, self.core.control.ended() == Ended::Budget)
            } else if session.is_autocommit() {
                self.write_here(session, &sql.sql, || session.query(sql, sink.as_mut()).map(|()| true))
            } else {
                self.write_inside(session, sql, || session.query(sql, sink.as_mut()).map(|()| true))?
            };
            if over {
                long_reads.learn(&sql.sql);
                // Half the rows may be in it.
                return if sink.rewind() { None } else { Some(Err(not_rewound())) };
            }
            match done {
                Ok(true) => Some(Ok(Done::Nothing)),
                Ok(false) => None,
                Err(error) => Some(Err(error)),
            }
        });
        self.copy_full_log();
        reply
    }

    /// Runs a short statement whose rows nobody wants on this thread; `None` when it has to go to the worker.
    pub(crate) fn try_execute_in_place(&self, sql: &CompiledSql) -> Option<Reply> {
        let long_reads = self.long_reads.as_ref()?;
        // Begun again, an upsert could no longer tell its own row id from the one before it.
        if !self.may_write_here(sql) || is_upsert(&sql.sql) || long_reads.expects(&sql.sql) {
            return None;
        }
        let reply = self.here(|session| {
            let (done, over) = if session.is_autocommit() {
                self.write_here(session, &sql.sql, || session.execute(sql))
            } else {
                self.write_inside(session, sql, || session.execute(sql))?
            };
            if over {
                long_reads.learn(&sql.sql);
                return None;
            }
            Some(done.map(Done::Executed))
        });
        self.copy_full_log();
        reply
    }

    /// Runs a short statement that writes, in a transaction of its own; also gives whether it was ended because it took too
    /// long, and then nothing of it is there. Without the transaction that would not be known: SQLite asks its progress handler
    /// once more when it has committed a statement, and calls that interrupted as well.
    fn write_here<T>(
        &self,
        session: &Session,
        sql: &str,
        run: impl FnOnce() -> Result<T>,
    ) -> (Result<T>, bool) {
        let control = &self.core.control;
        let over = || control.ended() == Ended::Budget;
        control.start_in_place();
        let own = match OwnTransaction::begin(session) {
            Ok(own) => own,
            Err(error) => {
                let over = over();
                // If it fails the transaction stays open, which the connection's answer says.
                let _ = session.rollback();
                return (Err(error), over);
            }
        };
        match guarded(sql, run) {
            Ok(done) => {
                // It is complete, and committing it is short: nothing ends that.
                control.start_shielded();
                (own.commit().map(|()| done), false)
            }
            Err(error) => (Err(error), over()),
        }
    }

    /// Runs a statement that writes in the open transaction, if it is sure to be short: nothing ends it before its time-out,
    /// which would roll back the transaction. Also gives whether it would have had to wait, and then nothing of it is there.
    fn write_inside<T>(
        &self,
        session: &Session,
        sql: &CompiledSql,
        run: impl FnOnce() -> Result<T>,
    ) -> Option<(Result<T>, bool)> {
        let control = &self.core.control;
        control.start_to_its_end();
        let writes = session.known_short(&sql.sql)?;
        let done = session.write_shortly(writes, bytes(sql), || guarded(&sql.sql, run));
        if control.took_too_long() {
            // As it may where a row has large values that it does not change.
            self.learn(&sql.sql);
        }
        Some((done, control.ended() == Ended::Budget))
    }

    /// Ends the open transaction on this thread; `None` when that can be long, or would have to wait.
    pub(crate) fn try_end_in_place(&self, end: End) -> Option<Reply> {
        const COMMIT: &str = "COMMIT";
        let long_reads = self.long_reads.as_ref()?;
        let control = &self.core.control;
        if end == End::Commit && (!self.may_write_log() || long_reads.expects(COMMIT)) {
            return None;
        }
        let reply = self.here(|session| {
            if !session.has_written_little() {
                return None;
            }
            control.start_to_its_end();
            let ended = match end {
                End::Commit => {
                    let committed = session.commit();
                    if control.ended() == Ended::Budget {
                        return None;
                    }
                    if control.took_too_long() {
                        self.learn(COMMIT);
                    }
                    committed
                }
                End::Rollback => self.core.roll_back(session),
            };
            Some(ended.map(|()| Done::Nothing))
        });
        self.copy_full_log();
        reply
    }

    fn learn(&self, sql: &str) {
        if let Some(long_reads) = &self.long_reads {
            long_reads.learn(sql);
        }
    }

    /// Whether a statement that writes may be tried on its caller's thread.
    fn may_write_here(&self, sql: &CompiledSql) -> bool {
        self.may_write_log() && is_short_write(sql)
    }

    /// Whether what is written goes into the log without waiting for the disk: it is not full, and nobody has changed how careful
    /// the connection is about it.
    fn may_write_log(&self) -> bool {
        !self.core.control.log_is_full() && !self.stained.load(Ordering::Acquire)
    }

    /// Sends a full log to be copied into the database.
    fn copy_full_log(&self) {
        if self.core.control.log_is_due() {
            self.post(Work::CopyLog);
        }
    }

    /// Runs what is always short on this thread, such as opening a transaction; `None` when it would have to wait.
    pub(crate) fn try_step_in_place(
        &self,
        step: impl FnOnce(&Session) -> Option<Result<()>>,
    ) -> Option<Reply> {
        self.long_reads.as_ref()?;
        self.here(|session| {
            self.core.control.start_to_its_end();
            let done = step(session)?;
            (self.core.control.ended() != Ended::Budget).then_some(done.map(|()| Done::Nothing))
        })
    }

    /// Runs something on this thread if the connection is free and no job waits: nothing overtakes the rollback of an
    /// abandoned call.
    fn here(&self, run: impl FnOnce(&Session) -> Option<Result<Done>>) -> Option<Reply> {
        if self.core.waiting.load(Ordering::Acquire) != 0 {
            return None;
        }
        let guard = match self.core.session.try_lock() {
            Ok(guard) => guard,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        let session = guard.as_ref()?;
        let result = run(session)?;
        Some(Reply { result, autocommit: session.is_autocommit() })
    }
}

fn not_rewound() -> Error {
    Error::InvalidQuery("a row sink that could be rewound when it was empty cannot be any more".into())
}
