//! One request: what it cost, what would help, and its statements.

use maud::{Markup, html};
use orm_core::exec::recorder::{Recording, Repetition};

use super::parts::{ago, counted, prose, status, target, time};
use super::statement::{self, Shown};
use crate::exchange::Exchange;
use crate::layer::Options;

pub(super) async fn page(options: &Options, exchange: &Exchange, explain: Option<usize>) -> Markup {
    let recording = exchange.recorder.recording();
    let plan = match explain.and_then(|at| Some((at, recording.statements().get(at)?))) {
        Some((at, asked)) => options.databases.explain(asked).await.map(|plan| (at, plan)),
        None => None,
    };
    let repeated = recording.repeated();
    let shown =
        Shown { options, exchange, whole: exchange.duration(), repeated: &repeated, plan: plan.as_ref() };
    let title = format!("{} {}", exchange.method, exchange.uri.path());
    let content = html! {
        nav { a href=(options.path) { "← All requests" } }
        header.top {
            h1 { span.method { (exchange.method) } " " (target(options, exchange)) " " (status(exchange.state())) }
            p.quiet { "Request " (exchange.id) ", " (ago(exchange.begun.elapsed())) }
        }
        (figures(exchange, &recording, &repeated))
        (hints(&repeated))
        (statements(&shown, &recording))
    };
    super::around(&title, &content)
}

fn figures(exchange: &Exchange, recording: &Recording, repeated: &[Repetition]) -> Markup {
    let took = exchange.duration();
    let in_database = recording.duration();
    let rows: u64 = recording.queries().filter_map(|statement| statement.rows).sum();
    let duplicates: usize = repeated.iter().map(|repetition| repetition.count - 1).sum();
    let figure = |value: String, what: &str, class: &str| {
        html! { div class={ "card " (class) } { strong { (value) } span { (what) } } }
    };
    html! {
        section.cards {
            (figure(time(took), "in all", ""))
            (figure(time(in_database), "in the database", ""))
            (figure(recording.len().to_string(), if recording.len() == 1 { "query" } else { "queries" }, ""))
            (figure(rows.to_string(), if rows == 1 { "row" } else { "rows" }, ""))
            (figure(duplicates.to_string(), if duplicates == 1 { "duplicate" } else { "duplicates" },
                    if duplicates > 0 { "warn" } else { "" }))
        }
    }
}

/// What repeats, with what to write instead where that is known.
fn hints(repeated: &[Repetition]) -> Markup {
    html! {
        @if !repeated.is_empty() {
            section {
                h2 { "What repeats" }
                @for (at, repetition) in repeated.iter().enumerate() {
                    div class={ "hint " (if repetition.advice.is_some() { "bad" } else { "warn" }) } {
                        span class={ "mark g" (at % 6) } { (letter(at)) }
                        div {
                            p.what {
                                @if repetition.advice.is_some() { span.chip.bad { "N+1" } " " }
                                strong { (repetition.first.operation) }
                                " ran " (repetition.count) " times: "
                                (counted(usize::try_from(repetition.rows).unwrap_or(usize::MAX), "row", "rows"))
                                " in " (time(repetition.duration))
                            }
                            @if let Some(advice) = &repetition.advice { p { (prose(advice)) } }
                            @else { p.quiet { "The same text each time, from "
                                @for (at, site) in repetition.sites.iter().take(3).enumerate() {
                                    @if at > 0 { ", " }
                                    @match site.location {
                                        Some(location) => code { (location) },
                                        None => "an unknown place",
                                    }
                                }
                            } }
                        }
                    }
                }
            }
        }
    }
}

fn statements(shown: &Shown<'_>, recording: &Recording) -> Markup {
    html! {
        section {
            h2 { "Statements" }
            @if recording.statements().is_empty() {
                p.empty { "This request asked the database nothing." }
            } @else {
                p.quiet { "Each bar is the time of a statement within the " (time(shown.whole)) " of the request." }
                ol.statements { (statement::all(shown, recording.statements())) }
            }
        }
    }
}

/// What a repetition is called: A, B, …
pub(super) fn letter(at: usize) -> char {
    u32::try_from(at % 26).ok().and_then(|at| char::from_u32(u32::from('A') + at)).unwrap_or('?')
}
