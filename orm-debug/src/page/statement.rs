//! Statements: when, how long, what, from where; those that repeat the one before it are folded away.

use std::time::Duration;

use maud::{Markup, html};
use orm_core::error::Result;
use orm_core::exec::explain::Plan;
use orm_core::exec::recorder::{RecordedStatement, Repetition, StatementKind};

use super::parts::{percent, time};
use super::plan;
use super::request::letter;
use crate::exchange::Exchange;
use crate::layer::Options;
use crate::sql::{self, Piece};

/// What a list of statements is shown with.
pub(super) struct Shown<'a> {
    pub(super) options: &'a Options,
    pub(super) exchange: &'a Exchange,
    pub(super) whole: Duration,
    pub(super) repeated: &'a [Repetition],
    /// The plan that was asked for, and whose it is.
    pub(super) plan: Option<&'a (usize, Result<Plan>)>,
}

/// From how many repetitions in a row on all but the first are folded away.
const FOLDED: usize = 3;

pub(super) fn all(shown: &Shown<'_>, statements: &[RecordedStatement]) -> Markup {
    let mut next = 0;
    let runs = statements.chunk_by(is_same).map(|run| {
        let first = next;
        next += run.len();
        (first, run)
    });
    html! {
        @for (first, run) in runs {
            @if run.len() > FOLDED {
                (one(shown, first, &run[0]))
                li.folded {
                    details open[shown.plan.is_some_and(|(asked, _)| (first + 1..first + run.len()).contains(asked))] {
                        summary {
                            (run.len() - 1) " more with the same text, "
                            (time(run[1..].iter().map(|statement| statement.duration).sum()))
                        }
                        ol.statements {
                            @for (further, statement) in run[1..].iter().enumerate() {
                                (one(shown, first + 1 + further, statement))
                            }
                        }
                    }
                }
            } @else {
                @for (further, statement) in run.iter().enumerate() { (one(shown, first + further, statement)) }
            }
        }
    }
}

/// Whether the second is the first again.
fn is_same(one: &RecordedStatement, two: &RecordedStatement) -> bool {
    one.sql == two.sql && one.operation.location == two.operation.location && two.failure.is_none()
}

fn one(shown: &Shown<'_>, at: usize, statement: &RecordedStatement) -> Markup {
    let offset = statement.begun.saturating_duration_since(shown.exchange.begun);
    let repetition = shown.repeated.iter().position(|repetition| is_of(repetition, statement));
    let class = if statement.failure.is_some() { "statement failed" } else { "statement" };
    html! {
        li id={ "s" (at) } class=(class) {
            div.head {
                span.position { (at + 1) }
                @if let Some(group) = repetition {
                    span class={ "mark g" (group % 6) } title={ "one of " (shown.repeated[group].count) } { (letter(group)) }
                }
                strong { @if statement.kind == StatementKind::Transaction { (statement.sql) } @else { (statement.operation) } }
                @if let Some(relation) = statement.operation.relation {
                    span.quiet { "along " ((relation.from)().name) "." (relation.name) }
                }
                @match statement.failure {
                    Some(failure) => span.chip.bad { "failed: " (failure) },
                    None if !statement.finished => span.chip.warn { "not finished" },
                    None => {},
                }
                span.space {}
                @if let Some(rows) = statement.rows { span.quiet { (rows) (if rows == 1 { " row" } else { " rows" }) } }
                span.figure { (time(statement.duration)) }
            }
            div.track {
                div.span style={
                    "left:" (percent(offset, shown.whole)) "%;width:" (percent(statement.duration, shown.whole)) "%"
                } {}
            }
            @if statement.kind != StatementKind::Transaction {
                pre.sql { (text(&statement.sql)) }
                @if shown.options.show_values { (values(statement)) }
            }
            div.foot {
                @if let Some(location) = statement.operation.location { code { (location) } }
                span.quiet { (statement.dialect.name()) }
                span.space {}
                @if shown.options.databases.can_explain(statement) {
                    a.button href={ "?explain=" (at) "#s" (at) } { "Explain" }
                }
            }
            @if let Some((_, plan)) = shown.plan.filter(|(asked, _)| *asked == at) {
                (plan::shown(shown.options, plan))
            }
        }
    }
}

fn is_of(repetition: &Repetition, statement: &RecordedStatement) -> bool {
    let relation = |of: &RecordedStatement| {
        of.operation.relation.map(|relation| ((relation.from)().name, relation.name))
    };
    let first = &repetition.first;
    statement.is_query()
        && first.dialect == statement.dialect
        && first.sql == statement.sql
        && relation(first) == relation(statement)
}

fn text(sql: &str) -> Markup {
    html! {
        @for (at, line) in sql::lines(sql).iter().enumerate() {
            @if at > 0 { "\n" }
            ("  ".repeat(line.indent))
            @for (piece, text) in &line.pieces {
                @match piece {
                    Piece::Keyword => b { (text) },
                    Piece::Name => span.name { (text) },
                    Piece::Literal => span.literal { (text) },
                    Piece::Placeholder => span.placeholder { (text) },
                    Piece::Other => (text),
                }
            }
        }
    }
}

/// Values that are shown, and how much of each.
const MOST: usize = 50;
const LONGEST: usize = 200;

fn values(statement: &RecordedStatement) -> Markup {
    let values = statement.values().unwrap_or_default();
    html! {
        @if !values.is_empty() {
            dl.values {
                @for (at, value) in values.iter().take(MOST).enumerate() {
                    @let shown = format!("{value:?}");
                    div { dt { (at + 1) } dd {
                        (shown.chars().take(LONGEST).collect::<String>())
                        @if shown.chars().nth(LONGEST).is_some() { "…" }
                    } }
                }
                @if values.len() > MOST { div { dd.quiet { "and " (values.len() - MOST) " more" } } }
            }
        }
    }
}
