//! One connection to the server and what is known about its state.
//!
//! tokio-postgres drives the socket from a task of its own and keeps replies in order, so dropping one of its futures
//! never garbles the protocol: the task reads on and throws the reply away. What is lost is the knowledge of what the
//! statement did. That is why every exchange leaves the mark [`Pending::Reply`] behind until its reply was read.

mod copy;
mod portal;
mod release;
mod rows;
mod together;
mod transaction;

use std::future::Future;
use std::pin::{Pin, pin};
use std::time::Duration;

use deadpool_postgres::ClientWrapper;
use futures_util::StreamExt;
use futures_util::future::join;
use orm_core::Result;
use orm_core::backend::{BoxSink, Deadline, Elapsed, Executed};
use orm_core::compile::{CompiledSql, SqlText};
use orm_core::error::{DatabaseError, DatabaseErrorKind, Error};
use orm_core::value::Value;
use tokio::runtime::Handle;
use tokio::time::Instant;
use tokio_postgres_rustls::MakeRustlsConnect;

pub(crate) use rows::Rows;

use self::copy::Copyable;
use self::portal::Portals;
use crate::backend::Postgres;
use crate::error;
use crate::row::PgRow;
use crate::session_state;
use crate::statement_cache::{Prepared, StatementCache};
use crate::types::{Param, declared, parameter_type};

/// How much longer than the server the client waits.
const GRACE: Duration = Duration::from_secs(1);
/// The server takes no longer message.
const LONGEST_MESSAGE: usize = (1 << 30) - 1024;
/// The protocol counts parameters in 16 bits.
const MAX_PARAMETERS: usize = 65_535;

/// An open connection, with its statements and its state.
pub struct PgClient {
    client: ClientWrapper,
    cache: StatementCache,
    deadline: Deadline,
    /// Commands of the transaction that are sent together with the next statement, saving their round trip.
    ahead: String,
    transaction: Transaction,
    portals: Portals,
    copyable: Copyable,
    pending: Pending,
    /// Something was left in the session, such as a role. Fine for this borrower, not for the next.
    tainted: bool,
    /// The connection is of no use any more.
    broken: bool,
    statement_timeout: Option<Duration>,
    tls: MakeRustlsConnect,
    runtime: Handle,
}

/// What the server still owes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pending {
    Nothing,
    /// A whole reply: what the statement did is unknown. A future was dropped, or its time was over.
    Reply,
    /// Rows that nobody wants. The statement's fate is known to the server and is asked for at the commit.
    Rows,
}

/// The transaction this connection is in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Transaction {
    None,
    /// BEGIN is among the commands to be sent ahead.
    Announced,
    Open {
        /// A statement in it has failed, and no savepoint has been returned to since.
        failed: bool,
    },
    /// A statement has ended it.
    Ended,
}

/// Why an exchange failed.
enum Failure {
    /// The commands sent ahead.
    Ahead(Ahead),
    /// The statement.
    Statement(tokio_postgres::Error),
    /// The sink refused a row; whether the rows after it have been read to their end.
    Sink { error: Error, drained: bool },
    /// Refused here, before anything was sent.
    Refused(Error),
}

/// Commands sent ahead have failed.
struct Ahead {
    error: tokio_postgres::Error,
    /// BEGIN was among them.
    with_begin: bool,
    /// The statement behind them has not failed.
    statement_ran: bool,
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        Failure::Statement(error)
    }
}

impl PgClient {
    pub(crate) fn new(
        client: ClientWrapper,
        tls: MakeRustlsConnect,
        statement_timeout: Option<Duration>,
        statement_cache: usize,
    ) -> Self {
        PgClient {
            client,
            cache: StatementCache::new(statement_cache),
            deadline: Deadline::new(statement_timeout.map(|limit| limit + GRACE)),
            ahead: String::new(),
            transaction: Transaction::None,
            portals: Portals::default(),
            copyable: Copyable::default(),
            pending: Pending::Nothing,
            tainted: false,
            broken: false,
            statement_timeout,
            tls,
            runtime: Handle::current(),
        }
    }

    pub(crate) async fn execute(&mut self, sql: &CompiledSql) -> Result<Executed> {
        let mut again = true;
        loop {
            let ahead = self.start()?;
            let PgClient { client, cache, tainted, deadline, copyable, .. } = self;
            let outcome = {
                let work = pin!(async {
                    if let Some(copy) = &sql.copy
                        && let Some(rows) = Box::pin(copyable.copy(client, cache, copy, &sql.params)).await?
                    {
                        return Ok(rows);
                    }
                    let statement = prepare(client, cache, tainted, sql).await?;
                    Ok(client.execute_raw(&statement, sql.params.iter().map(Param)).await?)
                });
                deadline.run(pin!(exchange(client, ahead, work))).await
            };
            if again && self.forget_stale(&outcome, sql) {
                again = false;
                continue;
            }
            let rows_affected = self.settle(outcome, &sql.sql)?;
            if self.tainted {
                self.note_end(&sql.sql);
            }
            return Ok(Executed { rows_affected, ..Executed::default() });
        }
    }

    pub(crate) async fn query(&mut self, sql: &CompiledSql, sink: &mut BoxSink<Postgres>) -> Result<()> {
        let mut again = true;
        loop {
            let ahead = self.start()?;
            let PgClient { client, cache, tainted, deadline, .. } = self;
            let (sink_in_use, again_in_use) = (&mut *sink, &mut again);
            let outcome = {
                let work = pin!(async {
                    let statement = prepare(client, cache, tainted, sql).await?;
                    let mut stream = pin!(client.query_raw(&statement, sql.params.iter().map(Param)).await?);
                    while let Some(row) = stream.next().await {
                        let row = row?;
                        *again_in_use = false;
                        if let Err(error) = sink_in_use.push(&mut PgRow::new(&row)) {
                            return Err(Failure::Sink {
                                error,
                                drained: Box::pin(rows::drain(stream)).await,
                            });
                        }
                    }
                    Ok(())
                });
                deadline.run(pin!(exchange(client, ahead, work))).await
            };
            if again && self.forget_stale(&outcome, sql) {
                again = false;
                continue;
            }
            return self.settle(outcome, &sql.sql);
        }
    }

    pub(crate) async fn batch(&mut self, sql: &str) -> Result<()> {
        refuse_nul(sql)?;
        if self.may_go_ahead(sql) {
            self.push_ahead(sql);
            return Ok(());
        }
        self.tainted |= session_state::taints(sql);
        self.simple(sql).await?;
        self.note_end(sql);
        if let Transaction::Open { failed } = &mut self.transaction
            && transaction::is_rollback_to_savepoint(sql)
        {
            *failed = false;
        }
        Ok(())
    }

    pub(crate) fn runtime(&self) -> &Handle {
        &self.runtime
    }

    /// Runs commands without parameters and rows.
    async fn simple(&mut self, sql: &str) -> Result<()> {
        let ahead = self.start()?;
        let PgClient { client, deadline, .. } = self;
        let outcome = {
            let work = pin!(async { Ok(client.batch_execute(sql).await?) });
            deadline.run(pin!(exchange(client, ahead, work))).await
        };
        self.settle(outcome, sql)
    }

    /// Marks the connection before anything is sent, and gives the commands to be sent ahead.
    fn start(&mut self) -> Result<Option<String>> {
        self.refuse_after_lost_reply()?;
        if self.transaction == Transaction::Ended {
            let message = "a statement had ended the transaction; what follows would not be part of it";
            return Err(DatabaseError::new(DatabaseErrorKind::TransactionAborted, message).into());
        }
        self.pending = Pending::Reply;
        if self.transaction == Transaction::Announced {
            self.transaction = Transaction::Open { failed: false };
        }
        Ok(if self.ahead.is_empty() { None } else { Some(std::mem::take(&mut self.ahead)) })
    }

    fn refuse_after_lost_reply(&self) -> Result<()> {
        if self.pending == Pending::Reply {
            return Err(DatabaseError::new(
                DatabaseErrorKind::TransactionAborted,
                "an earlier statement on this connection was given up before its reply came; what it did is unknown, \
                 so the connection is closed and an open transaction rolled back",
            )
            .into());
        }
        Ok(())
    }

    /// Clears the mark as far as the reply is known, and translates the error.
    fn settle<T>(&mut self, outcome: Result<Result<T, Failure>, Elapsed>, sql: &str) -> Result<T> {
        let failure = match outcome {
            Ok(Ok(output)) => {
                self.pending = Pending::Nothing;
                return Ok(output);
            }
            Ok(Err(failure)) => failure,
            // The mark stays.
            Err(Elapsed) => return Err(error::no_reply(sql)),
        };
        match failure {
            Failure::Sink { error, drained } => {
                self.pending = if drained { Pending::Nothing } else { Pending::Rows };
                Err(error)
            }
            Failure::Refused(error) => {
                self.pending = Pending::Nothing;
                Err(error)
            }
            Failure::Statement(error) => {
                self.pending = Pending::Nothing;
                self.note_failure(&error);
                Err(error::of_statement(error, sql, self.server_limit_passed()))
            }
            Failure::Ahead(Ahead { error, with_begin, statement_ran }) => {
                self.pending = Pending::Nothing;
                self.note_failure(&error);
                // Whether the transaction began is not known.
                self.broken |= with_begin;
                Err(if with_begin && statement_ran && error.as_db_error().is_some() {
                    error::ran_without_transaction(error, sql)
                } else {
                    error::of_statement(error, sql, self.server_limit_passed())
                })
            }
        }
    }

    /// Whether the last statement took so long that the server's own time-out must have struck.
    fn server_limit_passed(&self) -> bool {
        // The server counts from when it has the statement, the client from before: half the grace is room enough.
        self.deadline.ends().is_some_and(|ends| Instant::now() + GRACE >= ends)
    }

    fn note_failure(&mut self, error: &tokio_postgres::Error) {
        self.broken |= error::is_fatal(error);
        if let Transaction::Open { failed } = &mut self.transaction {
            *failed = true;
        }
    }

    /// Forgets a kept statement that is of no use any more; says whether to run it again. In a transaction that is
    /// not possible: the error has aborted it.
    fn forget_stale<T>(&mut self, outcome: &Result<Result<T, Failure>, Elapsed>, sql: &CompiledSql) -> bool {
        let Ok(Err(Failure::Statement(error))) = outcome else { return false };
        if !error::is_stale_statement(error) {
            return false;
        }
        if error::is_forgotten_statement(error) {
            self.cache.clear();
        } else {
            self.cache.remove(&sql.sql, &sql.params);
        }
        let again = self.transaction == Transaction::None;
        if again {
            self.pending = Pending::Nothing;
        }
        again
    }
}

/// Sends commands and a statement together and waits for both replies.
///
/// Futures are large: `work` is pinned where it is made, and what is rarely needed is boxed, so that none is moved on
/// the way of an ordinary statement.
async fn exchange<T>(
    client: &ClientWrapper,
    ahead: Option<String>,
    work: Pin<&mut impl Future<Output = Result<T, Failure>>>,
) -> Result<T, Failure> {
    match ahead {
        None => work.await,
        Some(sql) => {
            // `join` polls the first future first, and a future of tokio-postgres sends when it is first polled.
            let (ahead, work) = join(Box::pin(client.batch_execute(&sql)), work).await;
            match ahead {
                Ok(()) => work,
                Err(error) => {
                    let with_begin = sql.starts_with("BEGIN");
                    Err(Failure::Ahead(Ahead { error, with_begin, statement_ran: work.is_ok() }))
                }
            }
        }
    }
}

/// The kept statement, or a new one, which is then kept.
#[inline]
async fn prepare(
    client: &ClientWrapper,
    cache: &mut StatementCache,
    tainted: &mut bool,
    sql: &CompiledSql,
) -> Result<tokio_postgres::Statement, Failure> {
    refuse_too_large(sql)?;
    let kept = if sql.weighs_values { None } else { cache.find(&sql.sql, &sql.params) };
    let prepared = match kept {
        Some(prepared) => prepared,
        None => Box::pin(prepare_new(client, cache, &sql.sql, &sql.params, !sql.weighs_values)).await?,
    };
    *tainted |= prepared.taints;
    Ok(prepared.statement)
}

/// Each value has a limit of its own, and so have all of them together. Arrays are kept from it by their own.
fn refuse_too_large(sql: &CompiledSql) -> Result<(), Failure> {
    let length = sql.params.iter().fold(0_usize, |sum, value| match value {
        Value::Text(text) | Value::Json(text) => sum.saturating_add(text.len()),
        Value::Bytes(bytes) => sum.saturating_add(bytes.len()),
        _ => sum.saturating_add(16),
    });
    if length > LONGEST_MESSAGE {
        let message = format!("{length} bytes of values; PostgreSQL takes {LONGEST_MESSAGE}");
        return Err(Failure::Refused(
            DatabaseError::new(DatabaseErrorKind::TooLarge, message).with_sql(&sql.sql).into(),
        ));
    }
    Ok(())
}

async fn prepare_new(
    client: &ClientWrapper,
    cache: &mut StatementCache,
    sql: &SqlText,
    params: &[Value],
    keep: bool,
) -> Result<Prepared, Failure> {
    if params.len() > MAX_PARAMETERS {
        let message = format!("{} parameters; PostgreSQL takes {MAX_PARAMETERS}", params.len());
        return Err(Failure::Refused(
            DatabaseError::new(DatabaseErrorKind::TooLarge, message).with_sql(sql).into(),
        ));
    }
    refuse_nul(sql).map_err(Failure::Refused)?;
    let types: Vec<_> = params.iter().map(|value| parameter_type(declared(value))).collect();
    let statement = client.prepare_typed(sql, &types).await?;
    let wanted = statement.params().len();
    if wanted != params.len() {
        let message = format!("{} parameters given for {wanted} in the statement", params.len());
        let error = DatabaseError::new(DatabaseErrorKind::ProgrammingError, message).with_sql(sql);
        return Err(Failure::Refused(error.into()));
    }
    let prepared = Prepared { statement, taints: session_state::taints(sql) };
    // From its sixth run on a statement has one plan for all values, which is made for a few: another round trip for a plan
    // that is made for these is nothing beside them.
    if keep {
        cache.insert(sql, params, prepared.clone());
    }
    Ok(prepared)
}

fn refuse_nul(sql: &str) -> Result<()> {
    if sql.as_bytes().contains(&0) {
        return Err(Error::InvalidQuery("the statement's text contains the NUL character".into()));
    }
    Ok(())
}
