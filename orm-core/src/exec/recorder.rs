//! The recorder: which statements a task ran, from where, and which of them repeat what one query could have asked.
//!
//! [`record`] runs a future and gives what it ran; [`assert_queries!`](crate::assert_queries) is the same for tests. A
//! [`Recording`] knows for each statement its text, its place in the program, its rows and its time, never its values,
//! and says of statements that repeat how they are put into one.
//!
//! ```
//! # use orm_doc_models::blog::*;
//! # fn main() -> orm::Result<()> { blog(async |db| {
//! let (names, recording) = orm::recorder::record(async {
//!     let mut names = Vec::new();
//!     for post in Post::objects().all(&db).await? {
//!         names.push(User::objects().pk(*post.author.key()).get(&db).await?.username);
//!     }
//!     Ok::<_, orm::Error>(names)
//! })
//! .await;
//! assert_eq!((names?.len(), recording.len()), (3, 4));
//!
//! let repeated = recording.repeated();
//! assert_eq!((repeated.len(), repeated[0].count), (1, 3));
//! assert!(repeated[0].advice.as_ref().is_some_and(|advice| advice.starts_with("`User` was read by its key 3 times")));
//! # Ok(()) }) }
//! ```
//!
//! Only what the future itself runs is recorded: also under `join!` and `select!`, but not what it spawns, unless a
//! [`Recorder`] is handed on. Recordings may be nested; an outer one has what an inner one has.

mod advice;
mod display;
mod expected;
mod explain;
mod recording;
mod repetition;
mod serialize;
mod statement;
#[cfg(test)]
mod tests;

pub use expected::{Expected, check};
pub use recording::Recording;
pub use repetition::{CallSite, Repetition};
pub use statement::{Failure, RecordedStatement, StatementKind};

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;
use std::future::{Future, poll_fn};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::log::On;
use crate::compile::{Operation, Read};
use crate::error::Error;
use crate::value::Value;

/// Runs a future and gives its output with the statements that it ran.
///
/// ```
/// # use orm_doc_models::blog::*;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// let (posts, recording) = orm::recorder::record(Post::objects().all(&db)).await;
/// assert_eq!((posts?.len(), recording.len()), (3, 1));
///
/// let statement = &recording.statements()[0];
/// assert_eq!(statement.operation.to_string(), "Post.all");
/// assert_eq!(statement.rows, Some(3));
/// println!("{recording}");
/// # Ok(()) }) }
/// ```
pub fn record<F: IntoFuture>(future: F) -> impl Future<Output = (F::Output, Recording)> + use<F> {
    let recorder = Recorder::new();
    let running = recorder.record(future);
    async move {
        let output = running.await;
        (output, recorder.recording())
    }
}

/// Records the statements of any number of futures, also of those in tasks that are spawned.
///
/// It keeps every statement that it was told of: it is made for a request, a job or a test, not for a process.
#[derive(Clone)]
pub struct Recorder {
    /// Its own log, then those of the recorders around it.
    logs: Arc<[Arc<Log>]>,
}

impl Recorder {
    /// A recorder that has nothing yet.
    pub fn new() -> Self {
        Recorder { logs: Arc::new([Arc::new(Log::default())]) }
    }

    /// A recorder that has nothing yet, and keeps the statements' values too: for a developer's tools. They are behind
    /// [`RecordedStatement::values`] and nowhere else; with them a statement can be
    /// [explained](RecordedStatement::explain).
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let recorder = orm::recorder::Recorder::with_values();
    /// recorder.record(Post::objects().filter(|p| p.views.gt(100)).all(&db)).await?;
    /// let recording = recorder.recording();
    /// assert_eq!(recording.statements()[0].values(), Some(&[orm::value::Value::I64(100)][..]));
    /// # Ok(()) }) }
    /// ```
    pub fn with_values() -> Self {
        Recorder { logs: Arc::new([Arc::new(Log { keeps_values: true, ..Log::default() })]) }
    }

    /// The recorder around the code that calls this, if any: to hand it to a task that is spawned. What it is told of,
    /// those around it are, too.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// use orm::recorder::Recorder;
    ///
    /// assert!(Recorder::current().is_none());
    /// let (is_recorded, _) = orm::recorder::record(async { Recorder::current().is_some() }).await;
    /// assert!(is_recorded);
    /// # Ok(()) }) }
    /// ```
    pub fn current() -> Option<Self> {
        // At the end of a thread there is none.
        AROUND.try_with(|around| around.borrow().clone()).ok().flatten()
    }

    /// Runs a future and records its statements.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let recorder = orm::recorder::Recorder::new();
    /// let posts = recorder.record(Post::objects().count(&db)).await?;
    ///
    /// // In another task, with a clone.
    /// let (recorder, other) = (recorder.clone(), recorder);
    /// let task = tokio::spawn(other.record({
    ///     let db = db.clone();
    ///     async move { User::objects().count(&db).await }
    /// }));
    /// let users = task.await.unwrap()?;
    /// assert_eq!((posts, users, recorder.recording().len()), (3, 2, 2));
    /// # Ok(()) }) }
    /// ```
    pub fn record<F: IntoFuture>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        // Boxed: recordings within recordings would make futures that double in size with each.
        let (recorder, mut future) = (self.clone(), Box::pin(future.into_future()));
        async move {
            let recorder = recorder.inside(Recorder::current());
            poll_fn(|context| {
                let _entered = Entered::new(recorder.clone());
                future.as_mut().poll(context)
            })
            .await
        }
    }

    /// Does `work` and records its statements: for one step of something that is polled by hand, such as a body that is
    /// streamed.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// use std::future::poll_fn;
    /// use std::pin::pin;
    ///
    /// let recorder = orm::recorder::Recorder::new();
    /// let mut counting = pin!(Post::objects().count(&db));
    /// let count = poll_fn(|context| recorder.within(|| counting.as_mut().poll(context))).await?;
    /// assert_eq!((count, recorder.recording().len()), (3, 1));
    /// # Ok(()) }) }
    /// ```
    pub fn within<T>(&self, work: impl FnOnce() -> T) -> T {
        let _entered = Entered::new(self.clone().inside(Recorder::current()));
        work()
    }

    /// What it has recorded so far.
    pub fn recording(&self) -> Recording {
        Recording { statements: self.logs[0].lock().statements.clone() }
    }

    /// The same log, and those of the recorders around it, each once.
    fn inside(self, around: Option<Recorder>) -> Self {
        let Some(around) = around else { return self };
        let mut logs = self.logs.to_vec();
        for log in around.logs.iter() {
            if !logs.iter().any(|own| Arc::ptr_eq(own, log)) {
                logs.push(Arc::clone(log));
            }
        }
        Recorder { logs: logs.into() }
    }
}

impl Default for Recorder {
    fn default() -> Self {
        Recorder::new()
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("statements", &self.logs[0].lock().statements.len()).finish()
    }
}

thread_local! {
    /// The recorder around the future that this thread polls now.
    static AROUND: RefCell<Option<Recorder>> = const { RefCell::new(None) };
}

/// A recorder around what is polled, until this is dropped: also by a panic.
struct Entered(Option<Recorder>);

impl Entered {
    fn new(recorder: Recorder) -> Self {
        Entered(AROUND.replace(Some(recorder)))
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let before = self.0.take();
        // A thread that ends has no need of it.
        let _ = AROUND.try_with(|around| around.replace(before));
    }
}

/// Whether a recorder is around what runs now: all that a statement costs where there is none.
#[inline]
pub(super) fn is_recording() -> bool {
    AROUND.try_with(|around| around.borrow().is_some()).unwrap_or(false)
}

/// Tells the recorders of a statement that is about to run.
pub(super) fn note(
    on: On<'_>,
    kind: StatementKind,
    operation: Operation,
    read: Option<Read>,
    sql: &str,
    values: &[Value],
) -> Vec<Noted> {
    let Some(recorder) = Recorder::current() else { return Vec::new() };
    let noted = recorder.logs.iter().map(|log| {
        let mut lines = log.lock();
        let sql = lines.text(sql);
        let values = log.keeps_values.then(|| values.into());
        lines.statements.push(RecordedStatement::new(on, kind, operation, read, sql, values));
        Noted { log: Arc::clone(log), at: lines.statements.len() - 1 }
    });
    noted.collect()
}

/// A statement's place in a recorder's log.
pub(super) struct Noted {
    log: Arc<Log>,
    at: usize,
}

impl Noted {
    /// What came of it.
    pub(super) fn ends(&self, result: Result<Option<u64>, &Error>, elapsed: Duration) {
        self.change(|statement| statement.ends(result, elapsed));
    }

    /// More rows of it, or what went wrong.
    pub(super) fn adds(&self, result: Result<u64, &Error>, elapsed: Duration) {
        self.change(|statement| statement.adds(result, elapsed));
    }

    fn change(&self, change: impl FnOnce(&mut RecordedStatement)) {
        if let Some(statement) = self.log.lock().statements.get_mut(self.at) {
            change(statement);
        }
    }
}

/// What a recorder has been told of. Nothing is ever taken out, so that places stay.
#[derive(Default)]
struct Log {
    keeps_values: bool,
    lines: Mutex<Lines>,
}

#[derive(Default)]
struct Lines {
    statements: Vec<RecordedStatement>,
    /// Each text once, however often it is run.
    texts: HashSet<Arc<str>>,
}

impl Log {
    fn lock(&self) -> MutexGuard<'_, Lines> {
        // Nothing that is done under the lock leaves it half done.
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lines {
    fn text(&mut self, sql: &str) -> Arc<str> {
        if let Some(known) = self.texts.get(sql) {
            return Arc::clone(known);
        }
        let text: Arc<str> = sql.into();
        self.texts.insert(Arc::clone(&text));
        text
    }
}
