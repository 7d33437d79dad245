//! A queryset's rows one after another.

use std::fmt;
use std::future::{Future, poll_fn};
use std::panic::Location;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::log::Statement;
use super::prefetch::Completing;
use super::value_limit::check_lengths;
use crate::backend::{Cursor, Decode, Executor, collect, into_collected};
use crate::compile::CompiledSql;
use crate::error::{Error, Result};

/// Rows decoded at once: enough to make the way to the driver and back cheap, few enough to stay in the cache.
const CHUNK: usize = 256;

/// The rows of a queryset as a [`Stream`], in constant memory. Nothing runs before the first row is asked for.
///
/// It holds a connection from then until the last row, or until it is dropped.
///
/// ```
/// # use orm_doc_models::blog::*;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// let mut rows = Post::objects().order_by(|p| p.views.desc()).stream(&db);
/// let most = rows.try_next().await?;
/// assert_eq!(most.map(|post| post.views), Some(120));
/// # Ok(()) }) }
/// ```
#[must_use = "a stream does nothing until its rows are asked for, such as by `rows.try_next().await?`"]
pub struct Rows<'e, E: Executor, D: Decode> {
    ready: std::vec::IntoIter<D::Out>,
    state: State<'e, E, D>,
    completes: Option<Completes<'e, E, D>>,
}

/// What completes rows, for whom, and for what place in the program.
struct Completes<'e, E: Executor, D: Decode> {
    db: &'e E,
    complete: Complete<E, D>,
    from: Option<&'static Location<'static>>,
}

impl<E: Executor, D: Decode> Clone for Completes<'_, E, D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E: Executor, D: Decode> Copy for Completes<'_, E, D> {}

type Complete<E, D> = for<'a> fn(
    &'a E,
    &'a D,
    &'a mut [<D as Decode>::Out],
    Option<&'static Location<'static>>,
) -> Completing<'a>;

enum State<'e, E: Executor, D: Decode> {
    Unopened { db: &'e E, sql: CompiledSql, decode: D },
    Mistaken(Error),
    Fetching(Fetching<'e, E, D>),
    Open { cursor: CursorOf<E>, decode: D, statement: Statement },
    Done,
}

type CursorOf<E> = <E as Executor>::Cursor;
type Fetching<'e, E, D> = Pin<Box<dyn Future<Output = Result<Chunk<CursorOf<E>, D>>> + Send + 'e>>;

struct Chunk<C, D: Decode> {
    cursor: C,
    decode: D,
    statement: Statement,
    rows: Vec<D::Out>,
    more: bool,
}

impl<'e, E: Executor, D: Decode> Rows<'e, E, D> {
    pub(crate) fn new(db: &'e E, sql: Result<CompiledSql>, decode: D) -> Self {
        let state = match sql {
            Ok(sql) => State::Unopened { db, sql, decode },
            Err(error) => State::Mistaken(error),
        };
        Rows { ready: Vec::new().into_iter(), state, completes: None }
    }

    /// Each part of the rows is completed by further queries, on another connection while this one holds the cursor.
    pub(crate) fn completed_by(mut self, complete: Complete<E, D>) -> Self {
        if let State::Unopened { db, sql, .. } = &self.state {
            self.completes = Some(Completes { db, complete, from: sql.operation.location });
        }
        self
    }

    pub(crate) fn empty() -> Self {
        Rows { ready: Vec::new().into_iter(), state: State::Done, completes: None }
    }

    /// The next row, or `None` after the last.
    ///
    /// # Errors
    /// The database fails, or a column does not hold what its field reads. After an error there are no more rows.
    pub async fn try_next(&mut self) -> Result<Option<D::Out>> {
        if let Some(row) = self.ready.next() {
            return Ok(Some(row));
        }
        poll_fn(|context| self.poll_row(context)).await
    }

    fn poll_row(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<D::Out>>> {
        loop {
            if let Some(row) = self.ready.next() {
                return Poll::Ready(Ok(Some(row)));
            }
            match std::mem::replace(&mut self.state, State::Done) {
                State::Done => return Poll::Ready(Ok(None)),
                State::Mistaken(error) => return Poll::Ready(Err(error)),
                State::Unopened { db, sql, decode } => {
                    self.state = State::Fetching(Box::pin(open::<E, D>(db, sql, decode, self.completes)));
                }
                State::Open { cursor, decode, mut statement } => {
                    statement.resumes();
                    let fetched = fetch::<E, D>(cursor, decode, statement, self.completes);
                    self.state = State::Fetching(Box::pin(fetched));
                }
                State::Fetching(mut fetching) => match fetching.as_mut().poll(context) {
                    Poll::Pending => {
                        self.state = State::Fetching(fetching);
                        return Poll::Pending;
                    }
                    Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                    Poll::Ready(Ok(chunk)) => {
                        self.ready = chunk.rows.into_iter();
                        if chunk.more {
                            let Chunk { cursor, decode, statement, .. } = chunk;
                            self.state = State::Open { cursor, decode, statement };
                        }
                    }
                },
            }
        }
    }
}

async fn open<E: Executor, D: Decode>(
    db: &E,
    sql: CompiledSql,
    decode: D,
    completes: Option<Completes<'_, E, D>>,
) -> Result<Chunk<CursorOf<E>, D>> {
    check_lengths(db, &sql)?;
    let mut statement = Statement::starts(db, &sql);
    let opened = statement.around(pin!(db.cursor(sql))).await;
    let cursor = statement.opens(opened)?;
    statement.resumes();
    fetch::<E, D>(cursor, decode, statement, completes).await
}

async fn fetch<E: Executor, D: Decode>(
    mut cursor: CursorOf<E>,
    decode: D,
    mut statement: Statement,
    completes: Option<Completes<'_, E, D>>,
) -> Result<Chunk<CursorOf<E>, D>> {
    let fetched = statement.around(pin!(cursor.fetch(collect::<E::Backend, D>(decode), CHUNK))).await;
    let fetched =
        fetched.and_then(|fetched| Ok((into_collected::<E::Backend, D>(fetched.sink)?, fetched.more)));
    let ((decode, mut rows), more) = statement.adds(fetched, |((_, rows), more)| (rows.len(), *more))?;
    if let Some(Completes { db, complete, from }) = completes {
        complete(db, &decode, &mut rows, from).await?;
    }
    Ok(Chunk { cursor, decode, statement, rows, more })
}

// Nothing in it is pinned in place: futures are boxed, and the cursor only ever moves.
impl<E: Executor, D: Decode> Unpin for Rows<'_, E, D> {}

impl<E: Executor, D: Decode> Stream for Rows<'_, E, D> {
    type Item = Result<D::Out>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(ready!(self.poll_row(context)).transpose())
    }
}

impl<E: Executor, D: Decode> fmt::Debug for Rows<'_, E, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows").field("ready", &self.ready.len()).finish_non_exhaustive()
    }
}
