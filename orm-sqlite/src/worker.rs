//! A thread that owns a connection's work: one job per call, in the order they were sent.
//!
//! The session lies behind a lock so that a short statement can also run on its caller's thread. The worker holds the
//! lock while it runs a job and while a cursor is open; who wants to run in place takes it only when it is free and
//! no job waits, so nothing overtakes a rollback that an abandoned call has left behind.

mod here;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use orm_core::backend::{BoxSink, Executed, Fetched, TransactionOptions};
use orm_core::compile::{Access, CompiledSql};
use orm_core::error::{DatabaseErrorKind, Error, Result};
use tokio::sync::oneshot;

use crate::control::Control;
use crate::error::{connection_lost, refused};
use crate::place::{LongReads, is_short_write};
use crate::session::{OpenQuery, Role, Session, guarded};
use crate::session_state;
use crate::{Sqlite, SqliteOptions};

pub(crate) use here::End;

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

impl Core {
    fn roll_back(&self, session: &Session) -> Result<()> {
        let rolled_back = session.rollback();
        if rolled_back.is_err() {
            self.broken.store(true, Ordering::Release);
        }
        rolled_back
    }
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
            let done = guarded(&sql.sql, || session.query(&sql, sink.as_mut()));
            get_to_know(session, &sql);
            done.map(|()| Done::Rows(sink))
        }
        Work::Execute(sql) => {
            let done = guarded(&sql.sql, || session.execute(&sql));
            get_to_know(session, &sql);
            done.map(Done::Executed)
        }
        Work::Batch(sql) => guarded(&sql, || session.batch(&sql)).map(|()| Done::Nothing),
        Work::Begin(options) => session.begin(&options).map(|()| Done::Nothing),
        Work::Commit => session.commit().map(|()| Done::Nothing),
        Work::Rollback => core.roll_back(session).map(|()| Done::Nothing),
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

/// Finds out whether a statement that has written may do so in place the next time.
fn get_to_know(session: &Session, sql: &CompiledSql) {
    if sql.access == Access::Write && is_short_write(sql) {
        // What is not known is asked again.
        let _ = session.get_to_know(&sql.sql);
    }
}

fn no_cursor() -> Error {
    Error::InvalidQuery("the cursor has ended".into())
}

fn lock(session: &Mutex<Option<Session>>) -> MutexGuard<'_, Option<Session>> {
    // Panics are caught inside the lock; a poisoned one says nothing about the session.
    session.lock().unwrap_or_else(PoisonError::into_inner)
}
