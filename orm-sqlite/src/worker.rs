//! A thread that owns a connection's work: one job per call, in the order they were sent.
//!
//! The session lies behind a lock so that a short statement can also run on its caller's thread. The worker holds the
//! lock while it runs a job and while a cursor is open; who wants to run in place takes it only when it is free and
//! no job waits, so nothing overtakes a rollback that an abandoned call has left behind.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread;
use std::time::Duration;

use orm_core::backend::{BoxSink, Executed, Fetched, TransactionOptions};
use orm_core::compile::{Access, CompiledSql};
use orm_core::error::{DatabaseErrorKind, Error, Result};
use tokio::sync::oneshot;

use crate::control::{Control, Ended};
use crate::error::{connection_lost, refused};
use crate::place::{LongReads, is_short_write};
use crate::session::{OpenQuery, OwnTransaction, Role, Session, guarded, is_upsert};
use crate::session_state;
use crate::{Sqlite, SqliteOptions};

/// What a worker is asked to do.
pub(crate) enum Work {
    Query(CompiledSql, BoxSink<Sqlite>),
    Execute(CompiledSql),
    Batch(String),
    Begin(TransactionOptions),
    Commit,
    Rollback,
    Ping,
    CopyLog,
    OpenCursor(CompiledSql),
    Fetch(u64, BoxSink<Sqlite>, usize),
    CloseCursor(u64),
}

/// What came of it.
pub(crate) enum Done {
    Nothing,
    Rows(BoxSink<Sqlite>),
    Executed(Executed),
    Cursor(u64),
    Fetched(Fetched<Sqlite>),
}

/// A job's answer, and whether a transaction is open after it.
pub(crate) struct Reply {
    pub(crate) result: Result<Done>,
    pub(crate) autocommit: bool,
}

struct Job {
    id: u64,
    work: Work,
    reply: Option<oneshot::Sender<Reply>>,
}

struct Core {
    session: Mutex<Option<Session>>,
    control: Arc<Control>,
    /// Jobs sent and not yet done.
    waiting: AtomicUsize,
    /// A rollback failed: the connection's state is unknown.
    broken: AtomicBool,
}

/// A connection as its callers see it. Dropping the last one ends the thread when its jobs are done.
pub(crate) struct Link {
    core: Arc<Core>,
    jobs: Sender<Job>,
    last_id: AtomicU64,
    pub(crate) role: Role,
    /// A statement has left something behind that the next caller must not meet.
    stained: AtomicBool,
    /// Empty when nothing is to be read in place.
    long_reads: Option<Arc<LongReads>>,
}

impl Link {
    /// Starts a thread and opens the connection on it.
    pub(crate) async fn open(
        options: SqliteOptions,
        role: Role,
        long_reads: &Arc<LongReads>,
    ) -> Result<Self> {
        let long_reads = options.in_place.map(|_| Arc::clone(long_reads));
        let budget = options.in_place.unwrap_or(Duration::ZERO);
        let control = Arc::new(Control::new(options.pool.statement_timeout, options.busy_timeout, budget));
        let core = Arc::new(Core {
            session: Mutex::new(None),
            control,
            waiting: AtomicUsize::new(0),
            broken: AtomicBool::new(false),
        });
        let (jobs, inbox) = mpsc::channel();
        let (opened, is_open) = oneshot::channel();
        let theirs = Arc::clone(&core);
        let name = match role {
            Role::Memory => "orm-sqlite",
            Role::Writer => "orm-sqlite-w",
            Role::Reader => "orm-sqlite-r",
        };
        let spawned = thread::Builder::new().name(name.to_owned()).spawn(move || {
            let session = Session::open(&options, role, Arc::clone(&theirs.control));
            let failed = session.is_err();
            let answer = session.map(|session| *lock(&theirs.session) = Some(session));
            if opened.send(answer).is_ok() && !failed {
                serve(&theirs, &inbox);
            }
        });
        if let Err(error) = spawned {
            let message = format!("no thread for the connection: {error}");
            return Err(refused(DatabaseErrorKind::OutOfResources, message, ""));
        }
        is_open.await.unwrap_or_else(|_| Err(connection_lost()))?;
        let stained = AtomicBool::new(false);
        Ok(Link { core, jobs, last_id: AtomicU64::new(0), role, stained, long_reads })
    }

    /// Sends a job and waits for its answer. Dropping the future cancels the job.
    pub(crate) async fn call(&self, work: Work) -> Result<Reply> {
        let (reply, answer) = oneshot::channel();
        let id = self.send(work, Some(reply))?;
        let mut abandoned = CancelOnDrop { control: &self.core.control, id, armed: true };
        let reply = answer.await;
        abandoned.armed = false;
        reply.map_err(|_| connection_lost())
    }

    /// Runs a short statement on this thread; `None` when it has to go to the worker, with the sink as it was.
    pub(crate) fn try_in_place(&self, sql: &CompiledSql, sink: &mut BoxSink<Sqlite>) -> Option<Reply> {
        let long_reads = self.long_reads.as_ref()?;
        let writes = sql.access == Access::Write;
        if (writes && !self.may_write_here(sql)) || long_reads.expects(&sql.sql) {
            return None;
        }
        let reply = self.here(|session| {
            if (writes && !session.is_autocommit()) || !sink.rewind() {
                return None;
            }
            let query = || session.query_in_place(sql, sink.as_mut());
            let (done, over) = if writes {
                self.write_here(session, &sql.sql, query)
            } else {
                (guarded(&sql.sql, query), self.core.control.ended() == Ended::Budget)
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
            if !session.is_autocommit() {
                return None;
            }
            let (done, over) = self.write_here(session, &sql.sql, || session.execute(sql));
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

    /// Whether a statement that writes may be tried on its caller's thread.
    fn may_write_here(&self, sql: &CompiledSql) -> bool {
        sql.runs == 1 && !self.core.control.log_is_full() && is_short_write(sql)
    }

    /// Sends a full log to be copied into the database.
    fn copy_full_log(&self) {
        if self.core.control.log_is_due() {
            self.post(Work::CopyLog);
        }
    }

    /// Runs what is always short on this thread, such as opening a transaction; `None` when it would have to wait.
    pub(crate) fn try_step_in_place(&self, step: impl FnOnce(&Session) -> Result<()>) -> Option<Reply> {
        self.long_reads.as_ref()?;
        self.here(|session| {
            self.core.control.start_in_place();
            let done = step(session);
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

    /// True when the last statement in place was one after which others should have their turn.
    pub(crate) fn was_lengthy(&self) -> bool {
        self.core.control.was_lengthy()
    }

    /// Sends a job whose answer nobody waits for; nothing cancels it.
    pub(crate) fn post(&self, work: Work) {
        // A thread that has ended has nothing left to be cleaned.
        let _ = self.send(work, None);
    }

    /// False when the connection must not be lent again.
    pub(crate) fn is_sound(&self) -> bool {
        !self.core.broken.load(Ordering::Acquire) && !self.stained.load(Ordering::Acquire)
    }

    /// Notes what a statement is about to leave behind. A database in memory is one connection, which everybody has
    /// and nobody can close.
    pub(crate) fn note_text(&self, sql: &str) {
        if self.role != Role::Memory && session_state::is_changed_by(sql) {
            self.stained.store(true, Ordering::Release);
        }
    }

    fn send(&self, work: Work, reply: Option<oneshot::Sender<Reply>>) -> Result<u64> {
        let id = self.last_id.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        self.core.waiting.fetch_add(1, Ordering::AcqRel);
        self.jobs.send(Job { id, work, reply }).map_err(|_| connection_lost())?;
        Ok(id)
    }
}

struct CancelOnDrop<'l> {
    control: &'l Control,
    id: u64,
    armed: bool,
}

impl Drop for CancelOnDrop<'_> {
    fn drop(&mut self) {
        if self.armed {
            self.control.cancel(self.id);
        }
    }
}

type Cursors<'s> = HashMap<u64, OpenQuery<'s>>;
type Answer = (Option<oneshot::Sender<Reply>>, Reply);

fn serve(core: &Core, inbox: &Receiver<Job>) {
    while let Ok(job) = inbox.recv() {
        let mut answer = Some(with_session(core, inbox, job));
        if let Some(Some((Some(to), reply))) = answer.take() {
            // A caller that is gone has left its own cleaning behind.
            let _ = to.send(reply);
        }
        if core.broken.load(Ordering::Acquire) {
            return;
        }
    }
}

/// Runs a job, and the following ones while cursors are open; gives the last answer, to be sent once the lock is free.
fn with_session(core: &Core, inbox: &Receiver<Job>, first: Job) -> Option<Answer> {
    let guard = lock(&core.session);
    let session = guard.as_ref()?;
    let mut cursors = Cursors::new();
    let mut job = first;
    loop {
        let (to, reply) = run(core, session, &mut cursors, job);
        if cursors.is_empty() {
            return Some((to, reply));
        }
        if let Some(to) = to
            && let Err(Reply { result: Ok(Done::Cursor(id)), .. }) = to.send(reply)
        {
            cursors.remove(&id);
            if cursors.is_empty() {
                return None;
            }
        }
        job = inbox.recv().ok()?;
    }
}

fn run<'s>(core: &Core, session: &'s Session, cursors: &mut Cursors<'s>, job: Job) -> Answer {
    let Job { id, work, reply } = job;
    let result = if core.control.is_cancelled(id) && reply.is_some() {
        Err(refused(DatabaseErrorKind::Cancelled, "cancelled before it began", ""))
    } else {
        core.control.start(id);
        perform(core, session, cursors, id, work)
    };
    session.copy_full_log();
    let answer = (reply, Reply { result, autocommit: session.is_autocommit() });
    core.waiting.fetch_sub(1, Ordering::AcqRel);
    answer
}

fn perform<'s>(
    core: &Core,
    session: &'s Session,
    cursors: &mut Cursors<'s>,
    id: u64,
    work: Work,
) -> Result<Done> {
    match work {
        Work::Query(sql, mut sink) => {
            guarded(&sql.sql, || session.query(&sql, sink.as_mut())).map(|()| Done::Rows(sink))
        }
        Work::Execute(sql) => guarded(&sql.sql, || session.execute(&sql)).map(Done::Executed),
        Work::Batch(sql) => guarded(&sql, || session.batch(&sql)).map(|()| Done::Nothing),
        Work::Begin(options) => session.begin(&options).map(|()| Done::Nothing),
        Work::Commit => session.commit().map(|()| Done::Nothing),
        Work::Rollback => {
            let rolled_back = session.rollback();
            if rolled_back.is_err() {
                core.broken.store(true, Ordering::Release);
            }
            rolled_back.map(|()| Done::Nothing)
        }
        Work::Ping => session.ping().map(|()| Done::Nothing),
        // Which is looked at after each job.
        Work::CopyLog => Ok(Done::Nothing),
        Work::OpenCursor(sql) => {
            cursors.insert(id, session.open_query(sql)?);
            Ok(Done::Cursor(id))
        }
        Work::Fetch(cursor, mut sink, rows) => {
            let Some(query) = cursors.get_mut(&cursor) else { return Err(no_cursor()) };
            let fetched = guarded("", || session.fetch(query, sink.as_mut(), rows));
            if !matches!(fetched, Ok(true)) {
                cursors.remove(&cursor);
            }
            fetched.map(|more| Done::Fetched(Fetched { sink, more }))
        }
        Work::CloseCursor(cursor) => {
            cursors.remove(&cursor);
            Ok(Done::Nothing)
        }
    }
}

fn not_rewound() -> Error {
    Error::InvalidQuery("a row sink that could be rewound when it was empty cannot be any more".into())
}

fn no_cursor() -> Error {
    Error::InvalidQuery("the cursor has ended".into())
}

fn lock(session: &Mutex<Option<Session>>) -> MutexGuard<'_, Option<Session>> {
    // Panics are caught inside the lock; a poisoned one says nothing about the session.
    session.lock().unwrap_or_else(PoisonError::into_inner)
}
