//! A statement that somebody listens to: its span, and the events at its end.

use std::panic::Location;
use std::time::{Duration, Instant};

use tracing::Span;
use tracing::field::Empty;

use super::name::Names;
use super::{On, Told};
use crate::backend::Observed;
use crate::compile::{Dialect, Operation};
use crate::error::{DatabaseError, Error};
use crate::exec::recorder::{self, Failure, Noted, StatementKind};

/// What `tracing` wants to know.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    span: bool,
    event: bool,
    metrics: bool,
    slow: Option<Duration>,
    many: Option<u64>,
}

impl Wanted {
    pub(super) fn of(observed: &Observed) -> Self {
        let slow = tracing::enabled!(target: "orm::slow", tracing::Level::WARN);
        let slow = observed.slow_query_after().filter(|_| slow);
        // Where the slow ones are told of rows are counted anyhow, and the event itself asks whether it is wanted.
        let many = observed
            .many_rows_from()
            .filter(|_| slow.is_some() || tracing::enabled!(target: "orm::rows", tracing::Level::WARN));
        Wanted {
            span: tracing::enabled!(target: "orm::span", tracing::Level::DEBUG),
            event: tracing::enabled!(target: "orm::sql", tracing::Level::DEBUG),
            metrics: tracing::enabled!(target: "orm::metrics", tracing::Level::TRACE),
            slow,
            many,
        }
    }

    pub(super) fn is_any(self) -> bool {
        self.span || self.event || self.metrics || self.slow.is_some() || self.many.is_some()
    }
}

/// A statement that is running.
pub(super) struct Running {
    dialect: Dialect,
    observed: Observed,
    kind: StatementKind,
    operation: Operation,
    wanted: Wanted,
    /// For `tracing`, where it wants anything but the slow ones; they get their names when they are known to be slow.
    names: Option<Names>,
    sql: Box<str>,
    noted: Vec<Noted>,
    span: Span,
    start: Instant,
    /// Of a stream: time and rows so far.
    before: Duration,
    rows: u64,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Running,
    /// A cursor is open, and nothing runs now or its next rows are asked for.
    Open,
    Told,
}

impl Running {
    pub(super) fn new(on: On<'_>, told: &Told<'_>, wanted: Wanted) -> Self {
        let noted = recorder::note(on, told.kind, told.operation, told.read, told.sql, told.values);
        let names = (wanted.span || wanted.event || wanted.metrics).then(|| Names::of(told));
        let span = match &names {
            Some(names) if wanted.span => span(on, told, names),
            _ => Span::none(),
        };
        Running {
            dialect: on.dialect,
            observed: on.observed.clone(),
            kind: told.kind,
            operation: told.operation,
            wanted,
            names,
            sql: if wanted.is_any() { told.sql.into() } else { Box::default() },
            noted,
            span,
            start: Instant::now(),
            before: Duration::ZERO,
            rows: 0,
            state: State::Running,
        }
    }

    pub(super) fn span(&self) -> &Span {
        &self.span
    }

    pub(super) fn ends(&mut self, result: Result<Option<u64>, &Error>) {
        let elapsed = self.start.elapsed();
        for noted in &self.noted {
            noted.ends(result, elapsed);
        }
        self.tell(elapsed, result);
        if let (Ok(Some(rows)), Some(from)) = (result, self.wanted.many)
            && rows >= from
            && self.kind == StatementKind::Read
            && self.operation.only_reads()
        {
            self.warn_of_rows(rows, from);
        }
    }

    pub(super) fn opens(&mut self, result: Result<(), &Error>) {
        let elapsed = self.start.elapsed();
        for noted in &self.noted {
            noted.ends(result.map(|()| None), elapsed);
        }
        match result {
            Ok(()) => {
                self.before = elapsed;
                self.state = State::Open;
            }
            Err(error) => self.tell(elapsed, Err(error)),
        }
    }

    pub(super) fn resumes(&mut self) {
        self.start = Instant::now();
    }

    pub(super) fn adds(&mut self, result: Result<(u64, bool), &Error>) {
        let elapsed = self.start.elapsed();
        for noted in &self.noted {
            noted.adds(result.map(|(rows, _)| rows), elapsed);
        }
        self.before += elapsed;
        match result {
            Ok((rows, more)) => {
                self.rows += rows;
                if !more {
                    self.tell(self.before, Ok(Some(self.rows)));
                }
            }
            Err(error) => self.tell(self.before, Err(error)),
        }
    }

    fn tell(&mut self, elapsed: Duration, result: Result<Option<u64>, &Error>) {
        self.state = State::Told;
        if !self.wanted.is_any() {
            return;
        }
        let rows = result.ok().flatten();
        let returned = rows.filter(|_| self.kind == StatementKind::Read);
        let affected = rows.filter(|_| self.kind == StatementKind::Write);
        let error = result.err();
        let kind = error.map(|error| Failure::of(error).type_name());
        let status = error.and_then(Error::as_database).and_then(DatabaseError::code);
        self.record(returned, affected, kind, status, error);
        let _within = self.span.enter();
        if self.wanted.event {
            self.event(elapsed, returned, affected, kind, status, error);
        }
        if self.wanted.metrics {
            self.measure(elapsed, kind);
        }
        if self.wanted.slow.is_some_and(|after| elapsed > after) {
            self.warn(elapsed, rows, kind);
        }
    }

    fn record(
        &self,
        returned: Option<u64>,
        affected: Option<u64>,
        kind: Option<&'static str>,
        status: Option<&str>,
        error: Option<&Error>,
    ) {
        if self.span.is_none() {
            return;
        }
        self.span.record("db.response.returned_rows", returned);
        self.span.record("orm.affected_rows", affected);
        self.span.record("error.type", kind);
        self.span.record("db.response.status_code", status);
        if let Some(error) = error {
            self.span.record("otel.status_code", "ERROR");
            self.span.record("otel.status_description", tracing::field::display(error));
        }
    }

    fn event(
        &self,
        elapsed: Duration,
        returned: Option<u64>,
        affected: Option<u64>,
        kind: Option<&'static str>,
        status: Option<&str>,
        error: Option<&Error>,
    ) {
        let Some(names) = &self.names else { return };
        let location = self.operation.location;
        tracing::debug!(
            target: "orm::sql",
            {
                db.system.name = self.dialect.system_name(),
                db.namespace = self.observed.namespace(),
                db.operation.name = names.operation,
                db.collection.name = names.collection,
                db.query.summary = names.summary,
                db.query.text = &*self.sql,
                db.response.returned_rows = returned,
                db.response.status_code = status,
                error.type = kind,
                error = error.map(tracing::field::display),
                orm.operation = %self.operation,
                orm.affected_rows = affected,
                duration_us = micros(elapsed),
                server.address = self.observed.address(),
                server.port = self.observed.port(),
                code.file.path = location.map(Location::file),
                code.line.number = location.map(Location::line),
            },
            "{}",
            if error.is_some() { "statement failed" } else { "statement" },
        );
    }

    fn measure(&self, elapsed: Duration, kind: Option<&'static str>) {
        let Some(names) = &self.names else { return };
        tracing::event!(
            target: "orm::metrics",
            tracing::Level::TRACE,
            {
                histogram.db.client.operation.duration = elapsed.as_secs_f64(),
                db.system.name = self.dialect.system_name(),
                db.namespace = self.observed.namespace(),
                db.operation.name = names.operation,
                db.collection.name = names.collection,
                db.query.summary = names.summary,
                error.type = kind,
                server.address = self.observed.address(),
                server.port = self.observed.port(),
            }
        );
    }

    fn warn(&self, elapsed: Duration, rows: Option<u64>, kind: Option<&'static str>) {
        let location = self.operation.location;
        let place = place(location);
        tracing::warn!(
            target: "orm::slow",
            {
                db.system.name = self.dialect.system_name(),
                db.namespace = self.observed.namespace(),
                db.query.text = &*self.sql,
                error.type = kind,
                orm.operation = %self.operation,
                rows,
                duration_us = micros(elapsed),
                threshold_us = self.wanted.slow.map(micros),
                server.address = self.observed.address(),
                server.port = self.observed.port(),
                code.file.path = location.map(Location::file),
                code.line.number = location.map(Location::line),
            },
            "slow statement: `{}` took {elapsed:.1?}{place}",
            self.operation,
        );
    }
}

impl Running {
    /// See [`PoolOptions::many_rows_from`](crate::backend::PoolOptions::many_rows_from).
    fn warn_of_rows(&self, rows: u64, from: u64) {
        let _within = self.span.enter();
        let location = self.operation.location;
        let place = place(location);
        tracing::warn!(
            target: "orm::rows",
            {
                db.system.name = self.dialect.system_name(),
                db.namespace = self.observed.namespace(),
                db.query.text = &*self.sql,
                orm.model = self.operation.model,
                orm.operation = %self.operation,
                rows,
                threshold_rows = from,
                server.address = self.observed.address(),
                server.port = self.observed.port(),
                code.file.path = location.map(Location::file),
                code.line.number = location.map(Location::line),
            },
            "many rows in a list: `{}` got {rows}{place}; `limit` it, or `stream` them",
            self.operation,
        );
    }
}

/// Where it was asked for, behind what is said of it.
fn place(location: Option<&Location<'_>>) -> String {
    location.map_or_else(String::new, |location| format!(", at {location}"))
}

/// A stream that is left is told of with the rows that were read; a statement whose future was dropped as given up.
impl Drop for Running {
    fn drop(&mut self) {
        match self.state {
            State::Open => self.tell(self.before, Ok(Some(self.rows))),
            State::Running if self.wanted.is_any() => {
                self.record(None, None, Some(GIVEN_UP), None, None);
                let _within = self.span.enter();
                if self.wanted.event {
                    self.event(self.start.elapsed(), None, None, Some(GIVEN_UP), None, None);
                }
            }
            State::Told | State::Running => {}
        }
    }
}

/// The future of the statement was dropped before its end.
const GIVEN_UP: &str = "given_up";

fn span(on: On<'_>, told: &Told<'_>, names: &Names) -> Span {
    let location = told.operation.location;
    tracing::debug_span!(
        target: "orm::span",
        "statement",
        otel.name = names.summary,
        otel.kind = "client",
        otel.status_code = Empty,
        otel.status_description = Empty,
        db.system.name = on.dialect.system_name(),
        db.namespace = on.observed.namespace(),
        db.operation.name = names.operation,
        db.collection.name = names.collection,
        db.query.summary = names.summary,
        db.query.text = told.sql,
        db.response.returned_rows = Empty,
        db.response.status_code = Empty,
        error.type = Empty,
        orm.operation = %told.operation,
        orm.affected_rows = Empty,
        server.address = on.observed.address(),
        server.port = on.observed.port(),
        code.file.path = location.map(Location::file),
        code.line.number = location.map(Location::line),
    )
}

pub(super) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
