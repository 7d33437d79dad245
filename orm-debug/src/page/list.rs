//! The last requests.

use std::sync::Arc;
use std::time::Duration;

use maud::{Markup, html};
use orm_core::exec::recorder::Recording;

use super::parts::{ago, counted, percent, status, target, time};
use crate::exchange::Exchange;
use crate::layer::Options;

/// A request with what it ran.
struct Row<'a> {
    exchange: &'a Exchange,
    recording: Recording,
    took: Duration,
}

pub(super) fn page(options: &Options, exchanges: &[Arc<Exchange>]) -> Markup {
    let rows: Vec<Row<'_>> = exchanges
        .iter()
        .map(|exchange| Row { exchange, recording: exchange.recorder.recording(), took: exchange.duration() })
        .collect();
    let slowest = rows.iter().map(|row| row.took).max().unwrap_or_default();
    let content = html! {
        header.top {
            h1 { "Requests" }
            p.quiet {
                (counted(rows.len(), "request", "requests")) ", the newest first. "
                span.key.database {} "in the database  "
                span.key.rest {} "elsewhere"
            }
        }
        @if rows.is_empty() {
            p.empty { "Nothing was asked for yet. Open a page of your application, then load this one again." }
        } @else {
            table.requests {
                thead { tr {
                    th { "Request" } th { "Status" } th.number { "Queries" } th.wide { "Time" } th { "Hints" } th.number { "" }
                } }
                tbody { @for row in &rows { (line(options, row, slowest)) } }
            }
        }
    };
    super::around("Requests", &content)
}

fn line(options: &Options, row: &Row<'_>, slowest: Duration) -> Markup {
    let Row { exchange, recording, took } = row;
    let in_database = recording.duration().min(*took);
    let repeated = recording.repeated();
    let hints = repeated.iter().filter(|repetition| repetition.advice.is_some()).count();
    let duplicates: usize = repeated.iter().map(|repetition| repetition.count - 1).sum();
    let failed = recording.statements().iter().filter(|statement| statement.failure.is_some()).count();
    html! {
        tr {
            td.request {
                a href={ (options.path) "/requests/" (exchange.id) } {
                    span.method { (exchange.method) } " " (target(options, exchange))
                }
            }
            td { (status(exchange.state())) }
            td.number { @if recording.is_empty() { span.quiet { "0" } } @else { (recording.len()) } }
            td.wide {
                div.timed {
                    div.bar {
                        div.database style={ "width:" (percent(in_database, slowest)) "%" } {}
                        div.rest style={ "width:" (percent(took.saturating_sub(in_database), slowest)) "%" } {}
                    }
                    span.figure { (time(*took)) }
                }
            }
            td.hints {
                @if hints > 0 { span.chip.bad { "N+1" } " " }
                @if duplicates > 0 { span.chip.warn { (counted(duplicates, "duplicate", "duplicates")) } " " }
                @if failed > 0 { span.chip.bad { (failed) " failed" } }
            }
            td.number { span.quiet { (ago(exchange.begun.elapsed())) } }
        }
    }
}
