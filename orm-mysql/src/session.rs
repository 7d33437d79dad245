//! One open connection as the pool keeps it: what is under way, and what is known about its state.

use std::mem;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use mysql_async::consts::StatusFlags;
use mysql_async::prelude::Queryable;
use mysql_async::{BinaryProtocol, Conn, Error as MyError, Params, QueryResult, Row, Value as Param};
use mysql_common::named_params::ParsedNamedParams;
use orm_core::backend::{BoxSink, Deadline, Executed, PooledConnection, TransactionOptions};
use orm_core::compile::{CompiledSql, Dialect, Feature, Features, SqlText};
use orm_core::error::{DatabaseError, DatabaseErrorKind as Kind};
use orm_core::value::{RowValues, Value};
use orm_core::{Error, Result};
use tokio::time::timeout;

use crate::bound::Bound;
use crate::driver::{ServerFacts, Shared, statement_timeout_setting};
use crate::error::{convert, timed_out, too_large};
use crate::failure::{Failure, in_time};
use crate::features::{means_absence, question};
use crate::portal::Portals;
use crate::statements::{Prepared, Statements};
use crate::transaction::{Transaction, begin_text};
use crate::{MySql, MySqlRow, row, session_state};

/// How much longer than the server the client waits for a statement to end.
const GRACE: Duration = Duration::from_secs(1);

/// Rows that are read and dropped to save a connection, at most this many and this long.
const DRAIN_ROWS: usize = 1_000;
const DRAIN_TIME: Duration = Duration::from_millis(100);

/// A connection to the server, with what is known about its state.
pub struct Session {
    conn: Conn,
    facts: ServerFacts,
    shared: Arc<Shared>,
    statements: Statements,
    /// Something was sent whose answer is not complete.
    busy: bool,
    transaction: Transaction,
    pub(crate) portals: Portals,
    /// What the last answer said; a statement of the user's may have opened a transaction or turned autocommit off.
    status: Status,
    /// The user changed session state that no transaction undoes.
    stained: bool,
    /// Advisory locks are held, or may be.
    pub(crate) holds_locks: bool,
    /// Settings made for one transaction or cursor, to be undone before the next statement.
    restore: Restore,
    /// The client's limit for an answer; taken out while one is waited for.
    deadline: Deadline,
}

#[derive(Clone, Copy, Debug, Default)]
struct Restore {
    lock_timeout: bool,
    statement_timeout: bool,
}

#[derive(Clone, Copy, Debug)]
struct Status {
    in_transaction: bool,
    autocommit: bool,
}

impl Session {
    pub(crate) fn new(conn: Conn, facts: ServerFacts, shared: Arc<Shared>) -> Self {
        let statements = Statements::new(shared.statement_cache());
        let limit = shared.statement_timeout().map(|timeout| timeout.saturating_add(GRACE));
        let mut session = Session {
            conn,
            facts,
            shared,
            statements,
            busy: false,
            transaction: Transaction::None,
            portals: Portals::default(),
            status: Status { in_transaction: false, autocommit: true },
            stained: false,
            holds_locks: false,
            restore: Restore::default(),
            deadline: Deadline::new(limit),
        };
        session.note_status();
        session
    }

    // Blocks, as in `orm_core`'s `exec::run`, which hold only what they need of a statement.
    pub(crate) fn execute(&mut self, sql: CompiledSql) -> impl Future<Output = Result<Executed>> + Send {
        let CompiledSql { sql, params, rows, features, .. } = sql;
        async move {
            self.enter().await?;
            let mut deadline = mem::take(&mut self.deadline);
            let outcome = deadline
                .run(pin!(async {
                    self.look_for(features).await?;
                    if params.is_empty() && session_state::is_transaction_command(&sql) {
                        self.conn.query_drop(sql.as_str()).await?;
                    } else {
                        self.send(&sql, rows, params).await?;
                        self.rows().drop_result().await?;
                    }
                    Ok(())
                }))
                .await;
            self.deadline = deadline;
            let result = in_time(outcome);
            self.leave(result, Some(&sql))?;
            Ok(Executed {
                rows_affected: self.conn.affected_rows(),
                last_insert_id: self.conn.last_insert_id(),
                inserted_ids: Vec::new(),
            })
        }
    }

    pub(crate) fn query(
        &mut self,
        sql: CompiledSql,
        mut sink: BoxSink<MySql>,
    ) -> impl Future<Output = Result<BoxSink<MySql>>> + Send {
        let CompiledSql { sql, params, rows, features, .. } = sql;
        async move {
            self.enter().await?;
            let mut deadline = mem::take(&mut self.deadline);
            let outcome = deadline
                .run(pin!(async {
                    self.look_for(features).await?;
                    self.send(&sql, rows, params).await?;
                    while let Some(row) = self.rows().next().await? {
                        if let Err(error) = sink.push(&mut MySqlRow::new(row)) {
                            // Boxed: it is rare, and would be part of the future of every query.
                            return Err(Box::pin(self.abandon_rows(error)).await);
                        }
                    }
                    // A procedure has more results; their errors count.
                    self.rows().drop_result().await?;
                    Ok(())
                }))
                .await;
            self.deadline = deadline;
            let result = in_time(outcome);
            self.leave(result, Some(&sql))?;
            Ok(sink)
        }
    }

    pub(crate) async fn batch(&mut self, sql: &str) -> Result<()> {
        self.enter().await?;
        self.stained |= session_state::is_changed_by(sql);
        let mut deadline = mem::take(&mut self.deadline);
        let outcome = deadline
            .run(pin!(async {
                self.check_size(sql.len(), sql)?;
                self.conn.query_iter(sql).await?.drop_result().await?;
                Ok(())
            }))
            .await;
        self.deadline = deadline;
        let result = in_time(outcome);
        self.leave(result, Some(sql))
    }

    /// Sends a query and leaves its rows to [`Session::next_row`].
    pub(crate) async fn open_cursor(&mut self, sql: CompiledSql) -> Result<()> {
        self.enter().await?;
        let CompiledSql { sql, params, rows, features, .. } = sql;
        self.restore.statement_timeout = true;
        let mut deadline = mem::take(&mut self.deadline);
        let outcome = deadline
            .run(pin!(async {
                self.look_for(features).await?;
                // The server's time-out would count the time that the consumer takes, and it gives a client that does not
                // read a minute by default.
                let lifted = statement_timeout_setting(self.facts.dialect, None);
                self.conn.query_drop(format!("SET SESSION net_write_timeout = 86400, {lifted}")).await?;
                self.send(&sql, rows, params).await
            }))
            .await;
        self.deadline = deadline;
        let result = in_time(outcome);
        match result {
            // Rows are owed, so it stays busy.
            Ok(()) => Ok(()),
            Err(failure) => self.leave(Err(failure), Some(&sql)),
        }
    }

    /// The next row of an open cursor; none at its end, which also makes the connection usable for something else.
    pub(crate) async fn next_row(&mut self, sql: &str) -> Result<Option<MySqlRow>> {
        let mut deadline = mem::take(&mut self.deadline);
        let outcome = deadline
            .run(pin!(async {
                let row = self.rows().next().await?;
                if row.is_none() {
                    self.rows().drop_result().await?;
                }
                Ok(row)
            }))
            .await;
        self.deadline = deadline;
        let result = in_time(outcome);
        match result {
            Ok(Some(row)) => Ok(Some(MySqlRow::new(row))),
            Ok(None) => self.leave(Ok(None), Some(sql)),
            Err(failure) => self.leave(Err(failure), Some(sql)),
        }
    }

    /// After a sink's error in a cursor: reads the rest if it is little or a transaction hangs on it.
    pub(crate) async fn abandon_cursor(&mut self, error: Error, sql: &str) -> Error {
        let failure = self.abandon_rows(error).await;
        match self.leave::<()>(Err(failure), Some(sql)) {
            Err(error) => error,
            Ok(()) => Error::InvalidQuery("a failure was lost".into()),
        }
    }

    /// Reads what is already here of an open cursor's rest without waiting; for `Drop`, which cannot wait.
    pub(crate) fn finish_cursor_if_ready(&mut self) {
        let drained = {
            let rest = std::pin::pin!(drain(&mut self.conn, DRAIN_ROWS));
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            matches!(rest.poll(&mut context), std::task::Poll::Ready(Ok(true)))
        };
        if drained {
            self.busy = false;
            self.note_status();
        }
    }

    /// True when the transaction cannot go on.
    pub(crate) fn is_transaction_lost(&self) -> bool {
        let owes = self.busy && !self.portals.is_live();
        owes || self.conn.is_disconnected() || matches!(self.transaction, Transaction::Gone(_))
    }

    pub(crate) async fn begin(&mut self, options: &TransactionOptions) -> Result<()> {
        let text = begin_text(options, self.facts.dialect.name())?;
        if self.transaction != Transaction::None || self.status.in_transaction {
            return Err(Error::InvalidQuery("a transaction is already open on this connection".into()));
        }
        self.enter().await?;
        self.restore.lock_timeout |= options.lock_timeout.is_some();
        let result = self.command(&text).await;
        self.leave(result, Some(&text))?;
        self.transaction = if self.status.in_transaction {
            Transaction::Open
        } else {
            return Err(DatabaseError::new(Kind::Other, "the server did not open a transaction").into());
        };
        Ok(())
    }

    pub(crate) async fn commit(&mut self) -> Result<()> {
        if self.transaction == Transaction::None {
            return Err(DatabaseError::new(Kind::TransactionAborted, "no transaction is open").into());
        }
        self.enter().await?;
        let result = self.command("COMMIT").await;
        let answered = match &result {
            Ok(()) | Err(Failure::InStep(_)) => true,
            Err(Failure::Driver(error)) => !error.is_fatal(),
            Err(Failure::OutOfStep(_) | Failure::TimedOut) => false,
        };
        // The flag says afterwards that none is open, which is now as it should be.
        let before = std::mem::replace(&mut self.transaction, Transaction::None);
        let committed = self.leave(result, Some("COMMIT"));
        if committed.is_err() {
            self.transaction = match before {
                Transaction::Open => Transaction::Unverified,
                other => other,
            };
        }
        if committed.is_ok() {
            self.release_locks().await;
        }
        match committed {
            Err(Error::Database(error)) if !answered => Err(Error::CommitOutcomeUnknown(error)),
            committed => committed,
        }
    }

    pub(crate) async fn rollback(&mut self) -> Result<()> {
        // What nobody reads any more is read if it is little; otherwise the connection is given up, which rolls back.
        if self.portals.clear()
            && matches!(timeout(DRAIN_TIME, drain(&mut self.conn, DRAIN_ROWS)).await, Ok(Ok(true)))
        {
            self.busy = false;
            self.note_status();
        }
        self.check_usable()?;
        self.busy = true;
        let result = self.command("ROLLBACK").await;
        let before = std::mem::replace(&mut self.transaction, Transaction::None);
        let rolled_back = self.leave(result, Some("ROLLBACK"));
        match rolled_back {
            Ok(()) => self.release_locks().await,
            Err(_) => self.transaction = before,
        }
        rolled_back
    }

    /// Gives up all advisory locks behind the transaction's end. Where that fails the connection is closed, which does
    /// it too.
    async fn release_locks(&mut self) {
        if !self.holds_locks {
            return;
        }
        let text = "DO RELEASE_ALL_LOCKS()";
        self.busy = true;
        let result = Box::pin(self.command(text)).await;
        self.holds_locks = self.leave(result, Some(text)).is_err();
    }

    /// Asks for one number that a name has, in a text of our own.
    pub(crate) async fn ask_number(&mut self, text: &str, name: String) -> Result<Option<i64>> {
        self.enter().await?;
        let mut deadline = mem::take(&mut self.deadline);
        let outcome = deadline
            .run(pin!(async {
                let prepared = self.prepare(&text.into()).await?;
                let row: Option<Row> = self.conn.exec_first(&prepared.statement, (name,)).await?;
                Ok(row.and_then(|mut row| row.take_opt(0)).and_then(Result::ok).flatten())
            }))
            .await;
        self.deadline = deadline;
        self.leave(in_time(outcome), Some(text))
    }

    pub(crate) fn database(&self) -> &str {
        self.shared.database()
    }

    pub(crate) fn statement_timeout(&self) -> Option<Duration> {
        self.shared.statement_timeout()
    }

    /// Marks the connection busy, once it is known that what comes next runs where the caller thinks it does.
    async fn enter(&mut self) -> Result<()> {
        if self.portals.is_live() {
            Box::pin(self.take_in_live()).await?;
        }
        self.check_usable()?;
        self.transaction.check()?;
        if self.transaction == Transaction::Unverified {
            self.busy = true;
            let mut deadline = mem::take(&mut self.deadline);
            let outcome = deadline.run(pin!(async { Ok(self.conn.ping().await?) })).await;
            self.deadline = deadline;
            self.leave(in_time(outcome), None)?;
            self.transaction = self.transaction.verified(self.status.in_transaction);
            self.transaction.check()?;
        }
        self.busy = true;
        if self.restore.statement_timeout
            || (self.restore.lock_timeout && self.transaction == Transaction::None)
        {
            let text = self.restore_text();
            let result = self.command(&text).await;
            self.leave(result, Some(&text))?;
            self.restore.statement_timeout = false;
            self.restore.lock_timeout &= self.transaction != Transaction::None;
            self.busy = true;
        }
        Ok(())
    }

    fn restore_text(&self) -> String {
        let mut settings = Vec::new();
        if self.restore.statement_timeout {
            settings.push("SESSION net_write_timeout = DEFAULT".to_owned());
            settings.push(statement_timeout_setting(self.facts.dialect, self.shared.statement_timeout()));
        }
        if self.restore.lock_timeout && self.transaction == Transaction::None {
            settings.push("SESSION innodb_lock_wait_timeout = DEFAULT".to_owned());
            settings.push("SESSION lock_wait_timeout = DEFAULT".to_owned());
        }
        format!("SET {}", settings.join(", "))
    }

    /// Clears the busy mark when the connection is in step, and makes the error what the ORM reports.
    fn leave<T>(&mut self, result: Result<T, Failure>, sql: Option<&str>) -> Result<T> {
        let failure = match result {
            Ok(value) => {
                self.busy = false;
                self.note_status();
                self.transaction = self.transaction.after_ok(self.status.in_transaction);
                return Ok(value);
            }
            Err(failure) => failure,
        };
        match failure {
            Failure::Driver(error) => {
                // Only the server's own errors leave the connection in step.
                self.busy = error.is_fatal();
                let error = convert(error, Some(self.facts.dialect), sql);
                let plain = sql.is_some_and(session_state::is_plain);
                // An error does not say whether a transaction is open, and one of several statements may have opened it.
                self.stained |= self.transaction == Transaction::None && !plain;
                if self.transaction == Transaction::Open {
                    self.transaction =
                        self.transaction.after_error(error.kind(), self.facts.rollback_on_timeout, plain);
                }
                Err(error)
            }
            Failure::InStep(error) => {
                self.busy = false;
                Err(error)
            }
            Failure::OutOfStep(error) => Err(error),
            Failure::TimedOut => Err(timed_out(sql)),
        }
    }

    fn check_usable(&self) -> Result<()> {
        if self.busy || self.conn.is_disconnected() {
            return Err(DatabaseError::connection_lost(
                "the connection cannot be used any more: it was closed, or an earlier call on it was not completed",
            )
            .into());
        }
        Ok(())
    }

    fn note_status(&mut self) {
        if let Some(ok) = self.conn.last_ok_packet() {
            let flags = ok.status_flags();
            self.status = Status {
                in_transaction: flags.contains(StatusFlags::SERVER_STATUS_IN_TRANS),
                autocommit: flags.contains(StatusFlags::SERVER_STATUS_AUTOCOMMIT),
            };
        }
    }

    async fn command(&mut self, text: &str) -> Result<(), Failure> {
        let mut deadline = mem::take(&mut self.deadline);
        let outcome = deadline.run(pin!(async { Ok(self.conn.query_drop(text).await?) })).await;
        self.deadline = deadline;
        in_time(outcome)
    }

    /// Refuses what this server lacks and others have, before the statement that uses it is sent.
    async fn look_for(&mut self, features: Features) -> Result<(), Failure> {
        if features.is_empty() || self.facts.dialect == Dialect::MariaDb {
            // Every MariaDB that is supported has all of them.
            return Ok(());
        }
        // Boxed: it is rare, and would be part of the future of every query.
        Box::pin(async {
            for feature in features.iter() {
                if !self.has(feature).await? {
                    return Err(Failure::InStep(Error::unsupported(
                        feature.name(),
                        self.facts.dialect.name(),
                    )));
                }
            }
            Ok(())
        })
        .await
    }

    async fn has(&mut self, feature: Feature) -> Result<bool, Failure> {
        if let Some(known) = self.shared.features().get(feature) {
            return Ok(known);
        }
        let there = match self.conn.query_drop(question(feature)).await {
            Ok(()) => true,
            Err(MyError::Server(error)) if means_absence(&error) => false,
            Err(error) => return Err(error.into()),
        };
        self.shared.features().note(feature, there);
        Ok(there)
    }

    /// Prepares if necessary, sends, and reads up to the first row.
    async fn send(
        &mut self,
        sql: &SqlText,
        rows: Option<Box<RowValues>>,
        params: Vec<Value>,
    ) -> Result<(), Failure> {
        let Bound { params, length } =
            Bound::new(rows, params, self.facts.uuid).map_err(|error| Failure::InStep(error.into()))?;
        self.check_size(length, sql)?;
        let prepared = self.prepare(sql).await?;
        // Checked here because the driver closes the connection over it.
        if usize::from(prepared.statement.num_params()) != params.len() {
            let error = mysql_async::DriverError::StmtParamsMismatch {
                required: prepared.statement.num_params(),
                supplied: params.len(),
            };
            return Err(Failure::InStep(convert(error.into(), Some(self.facts.dialect), Some(sql))));
        }
        self.stained |= prepared.stains;
        if let Err(error) = self.conn.exec_iter(prepared.statement, positional(params)).await {
            if matches!(&error, MyError::Server(error) if matches!(error.code, 1243 | 1615)) {
                // The server has forgotten the statement or cannot keep up with changes of its tables.
                self.statements.forget(sql);
            }
            return Err(error.into());
        }
        if !row::are_readable(self.rows().columns_ref()) {
            let error =
                DatabaseError::connection_lost("the server sends columns of a type that does not exist");
            return Err(Failure::OutOfStep(error.into()));
        }
        Ok(())
    }

    async fn prepare(&mut self, sql: &SqlText) -> Result<Prepared, Failure> {
        if let Some(prepared) = self.statements.get(sql) {
            return Ok(prepared);
        }
        self.check_size(sql.len(), sql)?;
        if let Some(oldest) = self.statements.make_room(sql) {
            self.conn.close(oldest).await?;
        }
        refuse_named_params(sql)?;
        let statement = self.conn.prep(sql.as_str()).await?;
        let prepared = Prepared { statement, stains: session_state::is_changed_by(sql) };
        self.statements.put(sql, prepared.clone());
        Ok(prepared)
    }

    fn check_size(&self, len: usize, sql: &str) -> Result<(), Failure> {
        // Command, statement number, flags and the bitmap of NULLs come on top.
        const OVERHEAD: usize = 64;
        let needed = len.saturating_add(OVERHEAD);
        if needed > self.facts.max_packet {
            return Err(Failure::InStep(too_large(needed, self.facts.max_packet, sql)));
        }
        Ok(())
    }

    /// The pending answer. It has no state of its own: the connection keeps it.
    fn rows(&mut self) -> QueryResult<'_, 'static, BinaryProtocol> {
        QueryResult::new(&mut self.conn)
    }

    /// Reads the rest of an answer that nobody wants, if it is little or a transaction hangs on it.
    async fn abandon_rows(&mut self, error: Error) -> Failure {
        let drained = if self.transaction == Transaction::None {
            match timeout(DRAIN_TIME, drain(&mut self.conn, DRAIN_ROWS)).await {
                Ok(drained) => drained.map_err(Failure::from),
                Err(_) => Err(Failure::TimedOut),
            }
        } else {
            let mut deadline = mem::take(&mut self.deadline);
            let outcome = deadline.run(pin!(async { Ok(drain(&mut self.conn, usize::MAX).await?) })).await;
            self.deadline = deadline;
            in_time(outcome)
        };
        match drained {
            Ok(true) => Failure::InStep(error),
            _ => Failure::OutOfStep(error),
        }
    }
}

impl PooledConnection for Session {
    fn is_clean(&self) -> bool {
        !self.busy
            && !self.stained
            && !self.holds_locks
            && self.transaction == Transaction::None
            && !self.status.in_transaction
            && self.status.autocommit
            && !self.conn.is_disconnected()
    }

    /// The driver does not look at an idle connection, so that it would notice only in the middle of the next statement.
    fn longest_idle(&self) -> Option<Duration> {
        // Before the server's own moment, so that no statement meets it on the way.
        Some(self.facts.wait_timeout.mul_f32(0.9))
    }

    async fn ping(&mut self) -> Result<()> {
        self.check_usable()?;
        self.busy = true;
        let answer = self.conn.ping().await.map_err(Failure::from);
        self.leave(answer, None)
    }

    fn discard(self) {
        let Session { mut conn, busy, shared, facts, .. } = self;
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            // Without a runtime the socket is closed at once, and nothing can be awaited.
            return;
        };
        runtime.spawn(async move {
            if !busy {
                // In step: a proper goodbye. The server rolls an open transaction back.
                let _ = timeout(DRAIN_TIME, conn.disconnect()).await;
                return;
            }
            let id = conn.id();
            close_at_once(&mut conn);
            drop(conn);
            shared.kill(id, &facts.identity).await;
        });
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("id", &self.conn.id())
            .field("dialect", &self.facts.dialect)
            .field("busy", &self.busy)
            .field("transaction", &self.transaction)
            .finish_non_exhaustive()
    }
}

/// Drops what is left of an answer, if it is not more than `rows`; says whether nothing is left.
async fn drain(conn: &mut Conn, rows: usize) -> Result<bool, MyError> {
    for _ in 0..rows {
        if QueryResult::<'_, '_, BinaryProtocol>::new(&mut *conn).next().await?.is_none() {
            QueryResult::<'_, '_, BinaryProtocol>::new(&mut *conn).drop_result().await?;
            return Ok(true);
        }
    }
    Ok(false)
}

/// Makes the connection close when it is dropped. By itself it would first read all that the server still sends: in an
/// abandoned stream of a million rows, all of them. A command that is given up half-way is what it takes as broken.
fn close_at_once(conn: &mut Conn) {
    if conn.is_disconnected() {
        return;
    }
    let ping = std::pin::pin!(conn.ping());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let _ = ping.poll(&mut context);
}

/// The driver gives `:name` a meaning that MySQL does not, and closes the connection when it is used with values by
/// position.
fn refuse_named_params(sql: &str) -> Result<(), Failure> {
    match ParsedNamedParams::parse(sql.as_bytes()) {
        Ok(parsed) if parsed.params().is_empty() => Ok(()),
        _ => {
            let error =
                DatabaseError::new(Kind::ProgrammingError, "placeholders are written `?`, not `:name`");
            Err(Failure::InStep(error.with_sql(sql).into()))
        }
    }
}

fn positional(params: Vec<Param>) -> Params {
    if params.is_empty() { Params::Empty } else { Params::Positional(params) }
}
