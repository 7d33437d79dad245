//! One connection to the server and what is known about its state.
//!
//! tokio-postgres drives the socket from a task of its own and keeps replies in order, so dropping one of its futures
//! never garbles the protocol: the task reads on and throws the reply away. What is lost is the knowledge of what the
//! statement did. That is why every exchange leaves the mark [`Pending::Reply`] behind until its reply was read.

use std::future::Future;
use std::pin::{Pin, pin};
use std::time::Duration;

use deadpool_postgres::ClientWrapper;
use futures_util::StreamExt;
use futures_util::future::join;
use orm_core::Result;
use orm_core::backend::{BoxSink, Executed, IsolationLevel, PooledConnection, TransactionOptions};
use orm_core::compile::CompiledSql;
use orm_core::error::{DatabaseError, DatabaseErrorKind, Error};
use orm_core::value::Value;
use tokio::runtime::Handle;
use tokio::time::timeout;
use tokio_postgres::RowStream;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::backend::Postgres;
use crate::deadline::{Deadline, Elapsed};
use crate::driver::milliseconds;
use crate::error;
use crate::row::PgRow;
use crate::session_state;
use crate::statement_cache::{Prepared, StatementCache};
use crate::types::{Param, parameter_type};

/// Rows still to come after a sink's error are read up to this many bytes …
const DRAIN_BYTES: usize = 64 * 1024;
/// … and for this long; beyond, closing the connection is cheaper.
const DRAIN_TIME: Duration = Duration::from_millis(100);
/// Longest time to deliver a cancel request.
const CANCEL_TIME: Duration = Duration::from_secs(5);
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
}

/// Why an exchange failed.
enum Failure {
    /// The commands sent ahead.
    Ahead(tokio_postgres::Error),
    /// The statement.
    Statement(tokio_postgres::Error),
    /// The sink refused a row; whether the rows after it have been read to their end.
    Sink { error: Error, drained: bool },
    /// Refused here, before anything was sent.
    Refused(Error),
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        Failure::Statement(error)
    }
}

/// The rows of a cursor.
pub(crate) type Rows = Pin<Box<RowStream>>;

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
            deadline: Deadline::new(statement_timeout),
            ahead: String::new(),
            transaction: Transaction::None,
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
            let PgClient { client, cache, tainted, deadline, .. } = self;
            let work = async {
                let statement = prepare(client, cache, tainted, sql).await?;
                Ok(client.execute_raw(&statement, sql.params.iter().map(Param)).await?)
            };
            let outcome = deadline.run(exchange(client, ahead, work)).await;
            if again && self.forget_stale(&outcome, sql) {
                again = false;
                continue;
            }
            let rows_affected = self.settle(outcome, &sql.sql)?;
            return Ok(Executed { rows_affected, last_insert_id: None });
        }
    }

    pub(crate) async fn query(
        &mut self,
        sql: &CompiledSql,
        mut sink: BoxSink<Postgres>,
    ) -> Result<BoxSink<Postgres>> {
        let mut again = true;
        loop {
            let ahead = self.start()?;
            let PgClient { client, cache, tainted, deadline, .. } = self;
            let (sink_in_use, again_in_use) = (&mut sink, &mut again);
            let work = async {
                let statement = prepare(client, cache, tainted, sql).await?;
                let mut rows = pin!(client.query_raw(&statement, sql.params.iter().map(Param)).await?);
                while let Some(row) = rows.next().await {
                    let row = row?;
                    *again_in_use = false;
                    if let Err(error) = sink_in_use.push(&mut PgRow::new(&row)) {
                        return Err(Failure::Sink { error, drained: drain(rows).await });
                    }
                }
                Ok(())
            };
            let outcome = deadline.run(exchange(client, ahead, work)).await;
            if again && self.forget_stale(&outcome, sql) {
                again = false;
                continue;
            }
            self.settle(outcome, &sql.sql)?;
            return Ok(sink);
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
        if let Transaction::Open { failed } = &mut self.transaction
            && is_rollback_to_savepoint(sql)
        {
            *failed = false;
        }
        Ok(())
    }

    /// Runs a query whose rows are read piece by piece with [`PgClient::fetch`].
    ///
    /// They wait in the server and in the sockets' buffers: tokio-postgres' task stops reading after two chunks that
    /// nobody took. So the reader sets the pace, and the server's statement time-out, which counts the reader's
    /// time too, is lifted meanwhile; the client's still limits each wait.
    pub(crate) async fn open_rows(&mut self, sql: &CompiledSql) -> Result<Rows> {
        let mut again = true;
        loop {
            let mut ahead = self.start()?;
            if self.lifts_timeout() {
                ahead = Some("SET statement_timeout = 0".to_owned());
            }
            let PgClient { client, cache, tainted, deadline, .. } = self;
            let work = async {
                let statement = prepare(client, cache, tainted, sql).await?;
                Ok(client.query_raw(&statement, sql.params.iter().map(Param)).await?)
            };
            let outcome = deadline.run(exchange(client, ahead, work)).await;
            if again && self.forget_stale(&outcome, sql) {
                again = false;
                continue;
            }
            if outcome.as_ref().is_ok_and(Result::is_err) {
                // The time-out stays lifted. Not worth a round trip on the way out.
                self.tainted = true;
            }
            let rows = Box::pin(self.settle(outcome, &sql.sql)?);
            self.pending = Pending::Reply;
            return Ok(rows);
        }
    }

    /// Pushes up to `limit` rows into `sink`; says whether there may be more.
    pub(crate) async fn fetch(
        &mut self,
        rows: &mut Rows,
        sink: &mut BoxSink<Postgres>,
        limit: usize,
        sql: &str,
    ) -> Result<bool> {
        let work = async {
            for _ in 0..limit {
                let Some(row) = rows.next().await else { return Ok(false) };
                let row = row?;
                if let Err(error) = sink.push(&mut PgRow::new(&row)) {
                    return Err(Failure::Sink { error, drained: drain(rows.as_mut()).await });
                }
            }
            Ok(true)
        };
        let outcome = self.deadline.run(work).await;
        match outcome {
            Ok(Ok(true)) => Ok(true),
            Ok(Ok(false)) => {
                self.pending = Pending::Nothing;
                self.restore_timeout().await?;
                Ok(false)
            }
            failed => {
                self.tainted = true;
                self.settle(failed, sql)
            }
        }
    }

    /// Reads the rest of a cursor's rows if that is little; otherwise the connection stays marked.
    pub(crate) async fn abandon_rows(&mut self, rows: Rows) {
        let mut rows = rows;
        if drain(rows.as_mut()).await {
            self.pending = Pending::Nothing;
            // On an error the connection is marked, which is all that is left to do.
            let _ = self.restore_timeout().await;
        }
    }

    pub(crate) fn runtime(&self) -> &Handle {
        &self.runtime
    }

    fn lifts_timeout(&self) -> bool {
        self.statement_timeout.is_some() && self.transaction == Transaction::None
    }

    async fn restore_timeout(&mut self) -> Result<()> {
        if self.lifts_timeout() {
            let sql = format!("SET statement_timeout = {}", milliseconds(self.statement_timeout));
            self.simple(&sql).await.inspect_err(|_| self.broken = true)?;
        }
        Ok(())
    }

    /// Announces a transaction; BEGIN is sent with the first statement.
    pub(crate) fn begin(&mut self, options: &TransactionOptions) -> Result<()> {
        if self.transaction != Transaction::None {
            return Err(Error::InvalidQuery("a transaction is open already".into()));
        }
        self.refuse_after_lost_reply()?;
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
            Transaction::Announced => {}
            Transaction::Open { .. } => {
                self.ahead.clear();
                self.simple("ROLLBACK").await.inspect_err(|_| self.broken = true)?;
            }
        }
        self.forget_transaction();
        Ok(())
    }

    fn forget_transaction(&mut self) {
        self.ahead.clear();
        self.transaction = Transaction::None;
    }

    /// Runs commands without parameters and rows.
    async fn simple(&mut self, sql: &str) -> Result<()> {
        let ahead = self.start()?;
        let PgClient { client, deadline, .. } = self;
        let work = async { Ok(client.batch_execute(sql).await?) };
        let outcome = deadline.run(exchange(client, ahead, work)).await;
        self.settle(outcome, sql)
    }

    /// Marks the connection before anything is sent, and gives the commands to be sent ahead.
    fn start(&mut self) -> Result<Option<String>> {
        self.refuse_after_lost_reply()?;
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
                Err(error::of_statement(error, sql, self.deadline.server_limit_passed()))
            }
            Failure::Ahead(error) => {
                self.pending = Pending::Nothing;
                self.note_failure(&error);
                // Whether the transaction began is not known.
                self.broken = true;
                Err(error::of_statement(error, sql, self.deadline.server_limit_passed()))
            }
        }
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

    /// Whether a command may wait for the next statement: one that cannot fail while the transaction is healthy.
    fn may_go_ahead(&self, sql: &str) -> bool {
        let healthy =
            matches!(self.transaction, Transaction::Announced | Transaction::Open { failed: false });
        healthy
            && self.pending != Pending::Reply
            && (sql.starts_with("SAVEPOINT ") || sql.starts_with("RELEASE SAVEPOINT "))
            && !sql.contains(';')
    }

    fn push_ahead(&mut self, sql: &str) {
        if !self.ahead.is_empty() {
            self.ahead.push_str("; ");
        }
        self.ahead.push_str(sql);
    }
}

impl PooledConnection for PgClient {
    fn is_clean(&self) -> bool {
        self.pending == Pending::Nothing
            && self.transaction == Transaction::None
            && !self.tainted
            && !self.broken
            && !self.client.is_closed()
    }

    async fn ping(&mut self) -> Result<()> {
        self.start()?;
        let PgClient { client, deadline, .. } = self;
        let outcome = deadline.run(async { Ok(client.check_connection().await?) }).await;
        self.settle(outcome, "")
    }

    fn discard(self) {
        if self.pending == Pending::Nothing || self.client.is_closed() {
            // Nothing runs: closing the socket is enough for the server to roll back and end.
            return;
        }
        let token = self.client.cancel_token();
        let tls = self.tls.clone();
        self.runtime.clone().spawn(async move {
            // The connection stays open until the request is delivered: while the server's process lives, its number
            // is nobody else's. And it is never used again, so no other statement can be hit.
            match timeout(CANCEL_TIME, token.cancel_query(tls)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => {
                    tracing::debug!(target: "orm", %error, "a cancel request was not delivered")
                }
                Err(_) => tracing::debug!(target: "orm", "a cancel request was not delivered in time"),
            }
            drop(self);
        });
    }
}

/// Sends commands and a statement together and waits for both replies.
async fn exchange<T>(
    client: &ClientWrapper,
    ahead: Option<String>,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    match ahead {
        None => work.await,
        Some(sql) => {
            // `join` polls the first future first, and a future of tokio-postgres sends when it is first polled.
            let (ahead, work) = join(client.batch_execute(&sql), work).await;
            match ahead {
                Ok(()) => work,
                Err(error) => Err(Failure::Ahead(error)),
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
    let prepared = match cache.find(&sql.sql, &sql.params) {
        Some(prepared) => prepared,
        None => prepare_new(client, cache, &sql.sql, &sql.params).await?,
    };
    *tainted |= prepared.taints;
    Ok(prepared.statement)
}

async fn prepare_new(
    client: &ClientWrapper,
    cache: &mut StatementCache,
    sql: &str,
    params: &[Value],
) -> Result<Prepared, Failure> {
    if params.len() > MAX_PARAMETERS {
        let message = format!("{} parameters; PostgreSQL takes {MAX_PARAMETERS}", params.len());
        return Err(Failure::Refused(
            DatabaseError::new(DatabaseErrorKind::TooLarge, message).with_sql(sql).into(),
        ));
    }
    refuse_nul(sql).map_err(Failure::Refused)?;
    let types: Vec<_> = params.iter().map(|value| parameter_type(value.kind())).collect();
    let statement = client.prepare_typed(sql, &types).await?;
    let wanted = statement.params().len();
    if wanted != params.len() {
        let message = format!("{} parameters given for {wanted} in the statement", params.len());
        let error = DatabaseError::new(DatabaseErrorKind::ProgrammingError, message).with_sql(sql);
        return Err(Failure::Refused(error.into()));
    }
    let prepared = Prepared { statement, taints: session_state::taints(sql) };
    cache.insert(sql, params, prepared.clone());
    Ok(prepared)
}

fn refuse_nul(sql: &str) -> Result<()> {
    if sql.as_bytes().contains(&0) {
        return Err(Error::InvalidQuery("the statement's text contains the NUL character".into()));
    }
    Ok(())
}

/// Reads the rest of the rows if that is little; says whether the end was reached. An error is an end too.
async fn drain(mut rows: Pin<&mut RowStream>) -> bool {
    let rest = async {
        let mut bytes = 0;
        while let Some(row) = rows.next().await {
            let Ok(row) = row else { return true };
            bytes += row.raw_size_bytes();
            if bytes > DRAIN_BYTES {
                return false;
            }
        }
        true
    };
    timeout(DRAIN_TIME, rest).await.unwrap_or(false)
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

fn is_rollback_to_savepoint(sql: &str) -> bool {
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
            return DatabaseError::connection_lost(message).with_sql("COMMIT").into();
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
