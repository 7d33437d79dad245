//! A transaction or a block within one that somebody listens to: its span, and the events at its end.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::time::Instant;
use tracing::Span;
use tracing::field::Empty;
use tracing::level_filters::LevelFilter;

use super::running::micros;
use super::watch::{Watch, Watched, is_warned};
use super::{On, Statement};
use crate::compile::Operation;

/// An open transaction or savepoint, if anybody listens; otherwise nothing.
pub(in crate::exec) struct OpenBlock(Option<Box<Listened>>);

struct Listened {
    about: Watched,
    depth: u32,
    watch: Option<Arc<Watch>>,
    number: u64,
    told: AtomicBool,
}

/// How a block ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::exec) enum Outcome {
    Committed,
    RolledBack,
    /// It was to be committed, and was rolled back.
    Failed,
    /// No answer to COMMIT.
    Unknown,
    /// It was dropped, which rolls it back.
    Dropped,
    NotOpened,
}

impl Outcome {
    fn name(self) -> &'static str {
        match self {
            Outcome::Committed => "committed",
            Outcome::RolledBack => "rolled back",
            Outcome::Failed => "failed",
            Outcome::Unknown => "unknown",
            Outcome::Dropped => "dropped",
            Outcome::NotOpened => "not opened",
        }
    }
}

impl OpenBlock {
    /// A block of which nobody is told.
    pub(in crate::exec) fn silent() -> Self {
        OpenBlock(None)
    }

    /// A block that is about to be opened; `depth` is 0 for a transaction.
    pub(in crate::exec) fn begins(on: On<'_>, operation: Operation, depth: u32, number: u64) -> Self {
        // As long as nobody listens this is all.
        if LevelFilter::current() < LevelFilter::WARN {
            return OpenBlock(None);
        }
        let has_span = tracing::enabled!(target: "orm::span", tracing::Level::DEBUG);
        let has_event = tracing::enabled!(target: "orm::transaction", tracing::Level::DEBUG);
        let has_warning = depth == 0 && on.observed.long_transaction_after().is_some() && is_warned();
        if !has_span && !has_event && !has_warning {
            return OpenBlock(None);
        }
        let span = if has_span { span(on, operation, depth, number) } else { Span::none() };
        let about = Watched {
            dialect: on.dialect,
            observed: on.observed.clone(),
            operation,
            span,
            since: Instant::now(),
        };
        OpenBlock(Some(Box::new(Listened {
            about,
            depth,
            watch: None,
            number,
            told: AtomicBool::new(false),
        })))
    }

    /// A transaction is open, and watched from now on.
    pub(in crate::exec) fn is_open(&mut self, watch: &Arc<Watch>) {
        let Some(listened) = &mut self.0 else { return };
        listened.about.since = Instant::now();
        if listened.about.observed.long_transaction_after().is_some() && is_warned() {
            watch.begin(listened.number, listened.about.clone());
            listened.watch = Some(Arc::clone(watch));
        }
    }

    /// The span that what runs in it belongs to.
    pub(in crate::exec) fn span(&self) -> Option<&Span> {
        self.0.as_ref().map(|listened| &listened.about.span)
    }

    /// Polls `work` within the span.
    pub(in crate::exec) fn around<F: Future>(
        &self,
        mut work: Pin<&mut F>,
    ) -> impl Future<Output = F::Output> {
        poll_fn(move |context| {
            let _within = self.span().map(Span::enter);
            work.as_mut().poll(context)
        })
    }

    /// A statement that begins or ends it, within its span.
    pub(in crate::exec) fn statement(&self, on: On<'_>, operation: Operation, words: &str) -> Statement {
        let _within = self.span().map(Span::enter);
        Statement::controls(on, operation, words)
    }

    /// Tells how it ended; only the first time counts.
    pub(in crate::exec) fn ends(&self, outcome: Outcome) {
        if let Some(listened) = &self.0 {
            listened.tell(outcome);
        }
    }
}

impl Listened {
    fn tell(&self, outcome: Outcome) {
        if self.told.swap(true, Ordering::Relaxed) {
            return;
        }
        let Watched { dialect, observed, operation, span, since } = &self.about;
        let elapsed = since.elapsed();
        if !span.is_none() {
            span.record("orm.transaction.outcome", outcome.name());
            if matches!(outcome, Outcome::Failed | Outcome::Unknown | Outcome::NotOpened) {
                span.record("otel.status_code", "ERROR");
            }
        }
        let location = operation.location;
        {
            let _within = span.enter();
            tracing::debug!(
                target: "orm::transaction",
                {
                    db.system.name = dialect.system_name(),
                    db.namespace = observed.namespace(),
                    orm.operation = %operation,
                    orm.transaction.id = self.number,
                    orm.transaction.depth = self.depth,
                    orm.transaction.outcome = outcome.name(),
                    duration_us = micros(elapsed),
                    server.address = observed.address(),
                    server.port = observed.port(),
                    code.file.path = location.map(|location| location.file()),
                    code.line.number = location.map(|location| location.line()),
                },
                "{} {}",
                if self.depth == 0 { "transaction" } else { "savepoint" },
                outcome.name(),
            );
        }
        if let Some(watch) = &self.watch {
            watch.end(self.number, outcome.name());
        }
    }
}

impl Drop for Listened {
    fn drop(&mut self) {
        self.tell(Outcome::NotOpened);
    }
}

fn span(on: On<'_>, operation: Operation, depth: u32, number: u64) -> Span {
    let location = operation.location;
    macro_rules! span {
        ($name:literal) => {
            tracing::debug_span!(
                target: "orm::span",
                $name,
                otel.kind = "internal",
                otel.status_code = Empty,
                db.system.name = on.dialect.system_name(),
                db.namespace = on.observed.namespace(),
                orm.operation = %operation,
                orm.transaction.id = number,
                orm.transaction.depth = depth,
                orm.transaction.outcome = Empty,
                server.address = on.observed.address(),
                server.port = on.observed.port(),
                code.file.path = location.map(|location| location.file()),
                code.line.number = location.map(|location| location.line()),
            )
        };
    }
    if depth == 0 { span!("transaction") } else { span!("savepoint") }
}
