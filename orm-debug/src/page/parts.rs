//! What several pages show: times, bars, sentences with code in them.

use std::time::Duration;

use http::StatusCode;
use maud::{Markup, html};

use crate::exchange::{Ending, Exchange, State};
use crate::layer::Options;

/// To a tenth of the unit that fits.
pub(super) fn time(duration: Duration) -> String {
    let micros = duration.as_secs_f64() * 1e6;
    match micros {
        ..99.5 => format!("{micros:.0} µs"),
        ..999_950.0 => format!("{:.1} ms", micros / 1e3),
        _ => format!("{:.1} s", micros / 1e6),
    }
}

/// How long ago, in whole units.
pub(super) fn ago(duration: Duration) -> String {
    match duration.as_secs() {
        0 => "now".into(),
        seconds @ 1..60 => format!("{seconds} s ago"),
        seconds @ 60..3_600 => format!("{} min ago", seconds / 60),
        seconds => format!("{} h ago", seconds / 3_600),
    }
}

/// `1 query`, `2 queries`.
pub(super) fn counted(count: usize, one: &str, several: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {several}") }
}

/// A part of a whole in percent, as a style has it.
pub(super) fn percent(part: Duration, whole: Duration) -> f64 {
    let whole = whole.as_secs_f64();
    if whole > 0.0 { (part.as_secs_f64() / whole * 100.0).clamp(0.0, 100.0) } else { 0.0 }
}

/// A sentence whose parts between backticks are code.
pub(super) fn prose(text: &str) -> Markup {
    html! {
        @for (at, part) in text.split('`').enumerate() {
            @if at % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

/// The path that was asked for; the query only where values are shown.
pub(super) fn target(options: &Options, exchange: &Exchange) -> Markup {
    let query = exchange.uri.query();
    html! {
        (exchange.uri.path())
        @match query {
            Some(query) if options.show_values => span.quiet { "?" (query) },
            Some(_) => span.quiet title="queries are shown by show_values(true)" { "?…" },
            None => {},
        }
    }
}

/// The status as a chip, or what is instead of it.
pub(super) fn status(state: State) -> Markup {
    let class = match state.status {
        Some(status) if status.is_server_error() => "bad",
        Some(status) if status.is_client_error() => "warn",
        Some(_) => "good",
        None => "quiet",
    };
    let text = match (state.status, state.over) {
        (Some(status), Some((_, Ending::Dropped))) => format!("{} cut off", status.as_u16()),
        (Some(status), _) => status.as_u16().to_string(),
        (None, None) => "running".into(),
        (None, Some(_)) => "dropped".into(),
    };
    let reason = state.status.and_then(|status: StatusCode| status.canonical_reason());
    html! { span class={ "chip " (class) } title=[reason] { (text) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_the_unit_that_fits() {
        let times =
            [0, 99, 100, 999_949, 999_950, 12_340_000].map(|micros| time(Duration::from_micros(micros)));
        assert_eq!(times, ["0 µs", "99 µs", "0.1 ms", "999.9 ms", "1.0 s", "12.3 s"]);
        let shown = |part, whole| percent(Duration::from_secs(part), Duration::from_secs(whole)).to_string();
        assert_eq!([shown(1, 0), shown(1, 2), shown(3, 2)], ["0", "50", "100"]);
    }

    #[test]
    fn prose_is_escaped() {
        let written = prose("add `.f(|x| x < 1)` to <b>").into_string();
        assert_eq!(written, "add <code>.f(|x| x &lt; 1)</code> to &lt;b&gt;");
    }
}
