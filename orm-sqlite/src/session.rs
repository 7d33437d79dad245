//! A SQLite connection with its settings made, and everything that can be done on it, blocking.

mod alone;
mod inside;
mod program;

use std::cell::Cell;
use std::ffi::c_int;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use orm_core::backend::{Executed, RowSink, TransactionOptions};
use orm_core::compile::{CompiledSql, SqlText};
use orm_core::error::{DatabaseErrorKind, Error, Result};
use orm_core::value::{RowValues, ValueRef};
use rusqlite::config::DbConfig;
use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::hooks::Wal;
use rusqlite::limits::Limit;
use rusqlite::wal::CheckpointMode;
use rusqlite::{Batch, CachedStatement, Connection, MAIN_DB, OpenFlags, Statement};

use crate::control::{Control, FULL_LOG, PROGRESS_OPS};
use crate::error::{database_error, panicked, refused, transaction_aborted};
use crate::row::Row;
use crate::{Sqlite, SqliteOptions, functions, session_state, types};
use inside::Inside;

pub(crate) use alone::OwnTransaction;

/// Rows between two looks at the clock.
const ROWS_BETWEEN_LOOKS: u32 = 8;

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Everything, on a database of its own in memory.
    Memory,
    /// The one that writes a file.
    Writer,
    /// One of those that read a file.
    Reader,
}

/// A connection, owned by whichever thread runs its statement.
pub(crate) struct Session {
    connection: Connection,
    control: Arc<Control>,
    role: Role,
    max_params: usize,
    busy_timeout: Duration,
    /// The transaction's options differ from the session's and are undone at its end.
    special: Cell<bool>,
    inside: Inside,
}

/// A query that rests between two chunks.
pub(crate) struct OpenQuery<'s> {
    statement: CachedStatement<'s>,
    sql: SqlText,
    ended: bool,
}

impl Drop for OpenQuery<'_> {
    fn drop(&mut self) {
        // Back to its beginning, before the cache lends it to somebody else.
        drop(self.statement.raw_query());
    }
}

impl Session {
    /// Opens the database and makes the settings.
    pub(crate) fn open(options: &SqliteOptions, role: Role, control: Arc<Control>) -> Result<Self> {
        control.start_shielded();
        let opened = open(options, role, &control).and_then(|connection| {
            let limit = connection.limit(Limit::SQLITE_LIMIT_VARIABLE_NUMBER)?;
            Ok((connection, usize::try_from(limit).unwrap_or(usize::MAX)))
        });
        let (connection, max_params) = opened.map_err(|error| database_error(error, "", control.ended()))?;
        if role == Role::Writer {
            write_ahead_log(&connection, options.busy_timeout)?;
        }
        let busy_timeout = options.busy_timeout;
        let (special, inside) = (Cell::new(false), Inside::default());
        let session = Session { connection, control, role, max_params, busy_timeout, special, inside };
        // Reads the schema now rather than within somebody's first query, and finds out whether the file is a database.
        session.run("SELECT 1 FROM sqlite_schema LIMIT 1")?;
        Ok(session)
    }

    /// True when no transaction is open.
    pub(crate) fn is_autocommit(&self) -> bool {
        self.connection.is_autocommit()
    }

    /// Runs a statement and pushes its rows.
    pub(crate) fn query(&self, sql: &CompiledSql, sink: &mut dyn RowSink<Sqlite>) -> Result<()> {
        if sql.runs > 1 {
            return self.for_each_run(sql, |statement| self.push_rows(statement, sql, sink));
        }
        let mut statement = self.prepare(sql)?;
        let own = self.alone(&statement, &sql.sql)?;
        self.push_rows(&mut statement, sql, sink)?;
        own.map_or(Ok(()), OwnTransaction::commit)
    }

    fn push_rows(
        &self,
        statement: &mut Statement<'_>,
        sql: &CompiledSql,
        sink: &mut dyn RowSink<Sqlite>,
    ) -> Result<()> {
        let columns = statement.column_count();
        // What a statement in a transaction has written before it gives rows back is kept, also when nobody reads on. Only SQLite
        // itself can end it so that nothing of it stays.
        let reads = statement.readonly();
        let mut rows = statement.raw_query();
        let mut seen = 0;
        while let Some(row) = rows.next().map_err(|error| self.failed(error, &sql.sql))? {
            sink.push(&mut Row::new(row, columns))?;
            if reads {
                self.look_up(&mut seen, &sql.sql)?;
            }
        }
        Ok(())
    }

    /// Runs a statement that only reads; false when it writes.
    pub(crate) fn read(&self, sql: &CompiledSql, sink: &mut dyn RowSink<Sqlite>) -> Result<bool> {
        let mut statement = self.prepare(sql)?;
        if !statement.readonly() {
            return Ok(false);
        }
        self.push_rows(&mut statement, sql, sink).map(|()| true)
    }

    /// Runs a statement for several rows, all or none.
    fn for_each_run(
        &self,
        sql: &CompiledSql,
        mut run: impl FnMut(&mut Statement<'_>) -> Result<()>,
    ) -> Result<()> {
        let mut statement = self.prepared(sql)?;
        // Within a transaction whoever opened it rolls back.
        let own = if self.is_autocommit() { Some(OwnTransaction::begin(self)?) } else { None };
        let (width, mut seen) = (sql.width(), 0);
        for row in 0..sql.runs {
            let of_row = sql.rows.as_deref().into_iter().flat_map(|rows| rows.row(row));
            let params = of_row.chain(sql.params.iter().map(ValueRef::from));
            types::bind(&mut statement, width, params).map_err(|error| self.failed(error, &sql.sql))?;
            run(&mut statement)?;
            self.look_up(&mut seen, &sql.sql)?;
        }
        own.map_or(Ok(()), OwnTransaction::commit)
    }

    fn execute_each(&self, sql: &CompiledSql) -> Result<Executed> {
        // After an upsert the row id may be another insert's.
        let inserts = is_insert(&sql.sql) && !is_upsert(&sql.sql);
        let mut executed = Executed::default();
        executed.inserted_ids.reserve(if inserts { sql.runs } else { 0 });
        self.for_each_run(sql, |statement| {
            let mut rows = statement.raw_query();
            while rows.next().map_err(|error| self.failed(error, &sql.sql))?.is_some() {}
            drop(rows);
            let changed = self.connection.changes();
            executed.rows_affected = executed.rows_affected.saturating_add(changed);
            if inserts && changed == 1 {
                executed.inserted_ids.extend(u64::try_from(self.connection.last_insert_rowid()));
            }
            Ok(())
        })?;
        Ok(executed)
    }

    /// Runs a statement whose rows, if there are any, nobody wants.
    pub(crate) fn execute(&self, sql: &CompiledSql) -> Result<Executed> {
        if sql.runs > 1 {
            return self.execute_each(sql);
        }
        let mut statement = self.prepare(sql)?;
        let own = self.alone(&statement, &sql.sql)?;
        let changes_before = self.connection.total_changes();
        let rowid_before = self.connection.last_insert_rowid();
        let mut rows = statement.raw_query();
        while rows.next().map_err(|error| self.failed(error, &sql.sql))?.is_some() {}
        drop(rows);
        // DDL leaves the count of the statement before it.
        let rows_affected =
            if self.connection.total_changes() == changes_before { 0 } else { self.connection.changes() };
        let rowid = self.connection.last_insert_rowid();
        // The row id is the last insert's, whenever that was. An upsert that updated leaves it as it was.
        let inserted =
            rows_affected == 1 && is_insert(&sql.sql) && (rowid != rowid_before || !is_upsert(&sql.sql));
        let last_insert_id = if inserted { u64::try_from(rowid).ok() } else { None };
        own.map_or(Ok(()), OwnTransaction::commit)?;
        Ok(Executed { rows_affected, last_insert_id, inserted_ids: Vec::new() })
    }

    /// Runs statements one after the other.
    pub(crate) fn batch(&self, sql: &str) -> Result<()> {
        let failed = |error| self.failed(error, sql);
        if !self.is_autocommit() && session_state::is_of_savepoints(sql) {
            return self.savepoints(sql);
        }
        no_nul(sql)?;
        self.inside.forget();
        let mut batch = Batch::new(&self.connection, sql);
        while let Some(mut statement) = batch.next().map_err(failed)? {
            let mut rows = statement.raw_query();
            while rows.next().map_err(failed)?.is_some() {}
        }
        Ok(())
    }

    /// Opens a query to be read in chunks.
    pub(crate) fn open_query(&self, sql: CompiledSql) -> Result<OpenQuery<'_>> {
        let statement = self.prepare(&sql)?;
        Ok(OpenQuery { statement, sql: sql.sql, ended: false })
    }

    /// Pushes the next rows; says whether there may be more.
    pub(crate) fn fetch(
        &self,
        query: &mut OpenQuery<'_>,
        sink: &mut dyn RowSink<Sqlite>,
        rows: usize,
    ) -> Result<bool> {
        if query.ended {
            return Ok(false);
        }
        // Only a chunk that comes to its end leaves the statement where it can go on.
        query.ended = true;
        let columns = query.statement.column_count();
        let mut cursor = query.statement.raw_query();
        let mut seen = 0;
        for _ in 0..rows {
            match cursor.next().map_err(|error| self.failed(error, &query.sql))? {
                Some(row) => sink.push(&mut Row::new(row, columns))?,
                None => return Ok(false),
            }
            self.look_up(&mut seen, &query.sql)?;
        }
        // `Rows` is two references, and its `Drop` does one thing: it takes the statement back to its beginning.
        std::mem::forget(cursor);
        query.ended = false;
        Ok(true)
    }

    /// Opens a transaction; one that may write takes the write lock at once, since upgrading later fails without waiting.
    pub(crate) fn begin(&self, options: &TransactionOptions) -> Result<()> {
        if let Some(timeout) = options.lock_timeout {
            self.control.set_busy_timeout(timeout);
            self.special.set(true);
        }
        let writes = self.role != Role::Reader && !options.read_only;
        let mut begun = Ok(());
        if options.read_only && self.role != Role::Reader {
            self.special.set(true);
            begun = self.run("PRAGMA query_only = ON");
        }
        let begun = begun.and_then(|()| self.run(if writes { "BEGIN IMMEDIATE" } else { "BEGIN" }));
        match begun {
            Ok(()) => {
                self.inside.begins();
                self.control.start_transaction();
            }
            Err(_) => self.settle()?,
        }
        begun
    }

    /// Commits; an error when SQLite has rolled the transaction back before.
    pub(crate) fn commit(&self) -> Result<()> {
        if self.is_autocommit() {
            self.settle()?;
            return Err(transaction_aborted());
        }
        self.control.commits();
        self.run("COMMIT")?;
        self.settle()
    }

    /// Rolls back, if there still is a transaction.
    pub(crate) fn rollback(&self) -> Result<()> {
        self.control.start_shielded();
        self.inside.rolls_back();
        if !self.is_autocommit() {
            self.run("ROLLBACK")?;
        }
        self.settle()
    }

    /// Copies the write-ahead log into the database if a statement has left it full.
    pub(crate) fn copy_full_log(&self) {
        if self.control.log_is_due() && self.is_autocommit() {
            self.control.log_is_looked_after();
            // As SQLite itself does it: readers may keep a part of the log, or it fails; then it is done after another
            // statement.
            let _ = self.connection.wal_checkpoint_v2(Some(MAIN_DB), CheckpointMode::PASSIVE);
        }
    }

    /// Asks for a sign of life.
    pub(crate) fn ping(&self) -> Result<()> {
        self.run("SELECT 1")
    }

    /// Asks now and then whether the statement is to end. SQLite asks the progress handler only at the jumps of its
    /// program, and counts anew for each row: it may never ask where rows are cheap.
    fn look_up(&self, seen: &mut u32, sql: &str) -> Result<()> {
        *seen = seen.wrapping_add(1);
        if seen.is_multiple_of(ROWS_BETWEEN_LOOKS) && self.control.on_progress() {
            let interrupted = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_INTERRUPT);
            return Err(self.failed(rusqlite::Error::SqliteFailure(interrupted, None), sql));
        }
        Ok(())
    }

    /// Undoes what the transaction's options changed.
    fn settle(&self) -> Result<()> {
        if self.special.get() && self.is_autocommit() {
            self.control.start_shielded();
            self.control.set_busy_timeout(self.busy_timeout);
            if self.role != Role::Reader {
                self.run("PRAGMA query_only = OFF")?;
            }
            self.special.set(false);
        }
        Ok(())
    }

    /// Runs commands of savepoints within a transaction.
    pub(crate) fn savepoints(&self, sql: &str) -> Result<()> {
        no_nul(sql)?;
        for command in sql.split(';').map(str::trim) {
            if command.starts_with("ROLLBACK") {
                self.inside.rolls_back();
            }
            self.run(command)?;
        }
        Ok(())
    }

    fn run(&self, sql: &str) -> Result<()> {
        let mut statement = self.connection.prepare_cached(sql).map_err(|error| self.failed(error, sql))?;
        let mut rows = statement.raw_query();
        while rows.next().map_err(|error| self.failed(error, sql))?.is_some() {}
        Ok(())
    }

    fn prepare(&self, sql: &CompiledSql) -> Result<CachedStatement<'_>> {
        let mut statement = self.prepared(sql)?;
        let params = sql.params.iter().map(ValueRef::from);
        let bound = match sql.rows.as_deref() {
            None => types::bind(&mut statement, sql.params.len(), params),
            Some(rows) => {
                let of_rows = (0..rows.len()).flat_map(|row| rows.row(row));
                types::bind(&mut statement, sql.width(), of_rows.chain(params))
            }
        };
        bound.map_err(|error| self.failed(error, &sql.sql))?;
        Ok(statement)
    }

    /// The statement without its parameters, of which it is known that they can be bound.
    fn prepared(&self, sql: &CompiledSql) -> Result<CachedStatement<'_>> {
        let rows = sql.rows.as_deref();
        if sql.runs > 1 && rows.map(RowValues::len) != Some(sql.runs) {
            let message = format!("{} runs without as many rows", sql.runs);
            return Err(Error::InvalidQuery(message.into()));
        }
        let params = sql.width();
        if params > self.max_params {
            let message = format!("{params} parameters, SQLite takes {}", self.max_params);
            return Err(refused(DatabaseErrorKind::TooLarge, message, &sql.sql));
        }
        types::check(sql.params.iter().map(ValueRef::from))?;
        rows.map_or(Ok(()), types::check_rows)?;
        no_nul(&sql.sql)?;
        let statement = self.connection.prepare_cached(&sql.sql);
        let statement = statement.map_err(|error| self.failed(error, &sql.sql))?;
        self.inside.note(&sql.sql, statement.readonly());
        Ok(statement)
    }

    #[cold]
    fn failed(&self, error: rusqlite::Error, sql: &str) -> Error {
        database_error(error, sql, self.control.ended())
    }
}

/// Runs something of the user's; a panic becomes an error.
pub(crate) fn guarded<T>(sql: &str, run: impl FnOnce() -> Result<T>) -> Result<T> {
    // What a panic can leave half done is the sink, which is dropped, and the statement, which `Rows` resets.
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|payload| Err(panicked(payload.as_ref(), sql)))
}

fn open(options: &SqliteOptions, role: Role, control: &Arc<Control>) -> rusqlite::Result<Connection> {
    let access = match role {
        Role::Reader => OpenFlags::SQLITE_OPEN_READ_ONLY,
        Role::Writer if !options.create => OpenFlags::SQLITE_OPEN_READ_WRITE,
        Role::Writer | Role::Memory => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
    };
    // A connection is in one thread's hands at a time, which is all that this mode asks for.
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = match &options.path {
        None => Connection::open_in_memory_with_flags(flags)?,
        Some(path) => Connection::open_with_flags(SqliteOptions::literal_path(path), flags)?,
    };
    let (busy, progress) = (Arc::clone(control), Arc::clone(control));
    connection.busy_handler(Some(move |tries| busy.on_busy(tries)))?;
    connection.progress_handler(PROGRESS_OPS, Some(move || progress.on_progress()))?;
    connection.set_prepared_statement_cache_capacity(options.pool.statement_cache);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true)?;
    // A misspelt column in double quotes would otherwise be a text.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    if role == Role::Reader {
        connection.pragma_update(None, "query_only", true)?;
    } else {
        // What savepoints and statements may have to undo. Where rows are only sorted it is the other way round: within memory SQLite
        // allocates each of them alone, and keeps them all.
        connection.pragma_update(None, "temp_store", "MEMORY")?;
    }
    if role == Role::Writer {
        // Instead of SQLite's own, which copies the log within whichever statement has filled it: that waits for the disk.
        let log = Arc::clone(control);
        control.note_log(None);
        connection.wal_hook(Some(move |wal: &mut Wal, pages: c_int| {
            if wal.name() == MAIN_DB {
                log.note_log(u32::try_from(pages).ok());
                Ok(())
            } else if u32::try_from(pages).is_ok_and(|pages| pages >= FULL_LOG) {
                wal.checkpoint()
            } else {
                Ok(())
            }
        }))?;
    }
    functions::register(&connection)?;
    Ok(connection)
}

/// Switches to the write-ahead log. SQLite does not ask the busy handler while another process does the same.
fn write_ahead_log(connection: &Connection, busy_timeout: Duration) -> Result<()> {
    const SQL: &str = "PRAGMA journal_mode = WAL";
    let started = Instant::now();
    loop {
        match connection.query_row(SQL, [], |row| row.get::<_, String>(0)) {
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(mode) => {
                let what = format!("this file's journal cannot be a write-ahead log: SQLite keeps `{mode}`");
                return Err(Error::Config(what.into()));
            }
            Err(error) => {
                let error = database_error(error, SQL, crate::control::Ended::No);
                if !error.is_retryable() || started.elapsed() > busy_timeout {
                    return Err(error);
                }
                std::thread::sleep(Duration::from_millis(2));
            }
        }
    }
}

/// SQLite would read the text only up to there.
fn no_nul(sql: &str) -> Result<()> {
    if sql.as_bytes().contains(&0) {
        return Err(refused(DatabaseErrorKind::ProgrammingError, "a NUL in the statement's text", sql));
    }
    Ok(())
}

fn is_insert(sql: &str) -> bool {
    let word = sql.trim_start().get(..7).unwrap_or_default();
    word.eq_ignore_ascii_case("INSERT ") || word.eq_ignore_ascii_case("REPLACE")
}

pub(crate) fn is_upsert(sql: &str) -> bool {
    sql.contains("ON CONFLICT") || sql.contains("on conflict")
}
