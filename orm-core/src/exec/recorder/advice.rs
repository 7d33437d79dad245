//! What to write instead of a query for each row: a sentence that names the call.

use std::fmt::Write;

use super::{CallSite, Repetition, StatementKind};
use crate::compile::{Followed, Sought};
use crate::schema::FieldMeta;

/// The sentence for a repetition that one query could stand for.
pub(super) fn advice(repetition: &Repetition) -> Option<String> {
    let first = &repetition.first;
    let (what, model) = (What::of(first.operation.name), first.operation.model);
    match (first.kind, first.operation.relation, first.sought) {
        (StatementKind::Read, Some(relation), _) => Some(followed(repetition, relation, what)),
        // Two places that ask the same once each are no loop.
        _ if repetition.sites.iter().all(|site| site.count == 1) => None,
        (StatementKind::Read, None, Some(Sought::Key)) => by_key(repetition, model, what),
        (StatementKind::Read, None, Some(Sought::Field(field))) => by_field(repetition, model, field, what),
        (StatementKind::Write, _, _) => written(repetition, model, what),
        (StatementKind::Read, None, None) | (StatementKind::Schema | StatementKind::Transaction, _, _) => {
            None
        }
    }
}

/// What a terminal method asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Rows,
    Count,
    Existence,
    Aggregates,
    DeferredFields,
    RowAgain,
    NewRow,
    ChangedRow,
    Other,
}

impl What {
    fn of(method: &str) -> Self {
        match method {
            "all" | "get" | "first" | "last" | "earliest" | "latest" | "stream" => What::Rows,
            "count" => What::Count,
            "exists" => What::Existence,
            "aggregate" => What::Aggregates,
            "load" => What::DeferredFields,
            "refresh" => What::RowAgain,
            "create" | "insert" => What::NewRow,
            "save" | "save_fields" => What::ChangedRow,
            _ => What::Other,
        }
    }
}

/// Along a relation that is known: the call that loads it with the rows.
fn followed(repetition: &Repetition, relation: Followed, what: What) -> String {
    let (done, call) = if relation.many {
        match what {
            What::Count => ("was counted", "annotate"),
            What::Existence => ("was looked for", "annotate"),
            What::Aggregates => ("was aggregated", "annotate"),
            _ => ("was read", "prefetch_related"),
        }
    } else {
        ("was read", "select_related")
    };
    let (var, name) = (variable(relation.model), relation.name);
    let path = match (call, what) {
        ("annotate", What::Count) => format!("{var}.{name}.count()"),
        ("annotate", What::Existence) => format!("{var}.{name}.exists()"),
        ("annotate", _) => format!("{var}.{name}.…"),
        _ => format!("{var}.{name}"),
    };
    let one_by_one = if relation.many { "for one row at a time" } else { "one row at a time" };
    format!(
        "`{relation}` {done} {}, {one_by_one}, {}; add `.{call}(|{var}| {path})` to the query for `{}`",
        times(repetition.count),
        places(&repetition.sites),
        relation.model,
    )
}

fn by_key(repetition: &Repetition, model: &str, what: What) -> Option<String> {
    let (done, instead) = match what {
        What::Rows => (
            "was read by its key",
            "load it with the rows that point at it: `.select_related(…)`, or read all at once: `.in_bulk(&db, keys)`"
                .to_owned(),
        ),
        What::Count | What::Existence => {
            ("was looked for by its key", "ask for all at once: `.in_bulk(&db, keys)`".to_owned())
        }
        What::RowAgain => ("was read again", "read all at once: `.in_bulk(&db, keys)`".to_owned()),
        What::DeferredFields => (
            "was asked for fields that its query left out",
            format!("leave `.defer(…)` out of the query for `{model}`"),
        ),
        What::Aggregates | What::NewRow | What::ChangedRow | What::Other => return None,
    };
    Some(sentence(repetition, model, done, &instead))
}

fn by_field(repetition: &Repetition, model: &str, field: &FieldMeta, what: What) -> Option<String> {
    let (var, name) = (variable(model), field.name);
    let (done, instead) = match what {
        What::Rows => {
            let at_once = format!("`.filter(|{var}| {var}.{name}.is_in(…))`");
            let instead = match field.relation {
                Some(relation) => {
                    let target = (relation.to)().name;
                    let call = if relation.unique { "select_related" } else { "prefetch_related" };
                    format!("add `.{call}(…)` to the query for `{target}`, or read all at once: {at_once}")
                }
                None => format!("read all at once: {at_once}"),
            };
            ("read", instead)
        }
        What::Count => {
            ("counted", format!("count all at once: `.values(|{var}| ({var}.{name}, count_rows()))`"))
        }
        What::Existence => {
            ("looked for", format!("ask for all at once: `.values(|{var}| {var}.{name}).distinct()`"))
        }
        What::Aggregates => {
            ("aggregated", format!("compute all at once: `.values(|{var}| ({var}.{name}, …))`"))
        }
        What::DeferredFields | What::RowAgain | What::NewRow | What::ChangedRow | What::Other => return None,
    };
    Some(sentence(repetition, model, &format!("was {done} by `{name}`"), &instead))
}

fn written(repetition: &Repetition, model: &str, what: What) -> Option<String> {
    let (done, instead) = match what {
        What::NewRow => ("was created", "create all at once: `.bulk_create(&db, rows)`"),
        What::ChangedRow => ("was saved", "write all at once: `.bulk_update(&db, &mut rows, …)`"),
        What::Rows
        | What::Count
        | What::Existence
        | What::Aggregates
        | What::DeferredFields
        | What::RowAgain
        | What::Other => return None,
    };
    Some(sentence(repetition, model, done, instead))
}

fn sentence(repetition: &Repetition, model: &str, done: &str, instead: &str) -> String {
    format!("`{model}` {done} {}, {}; {instead}", times(repetition.count), places(&repetition.sites))
}

/// What a closure's argument is called in the guide: the model's first letter.
fn variable(model: &str) -> String {
    model.chars().next().map_or_else(|| "row".into(), |letter| letter.to_lowercase().collect())
}

pub(super) fn times(count: usize) -> String {
    if count == 1 { "once".into() } else { format!("{count} times") }
}

/// Places that a sentence names; the rest is counted.
const NAMED: usize = 3;

pub(super) fn places(sites: &[CallSite]) -> String {
    let mut text = String::from("at ");
    for (at, site) in sites.iter().take(NAMED).enumerate() {
        if at > 0 {
            text.push_str(", ");
        }
        let written = match site.location {
            Some(location) => write!(text, "{location}"),
            None => write!(text, "an unknown place"),
        };
        debug_assert!(written.is_ok(), "a String takes all");
        if sites.len() > 1 {
            let _ = write!(text, " ({})", times(site.count));
        }
    }
    if let Some(more @ 1..) = sites.len().checked_sub(NAMED) {
        let _ = write!(text, " and at {more} more");
    }
    text
}
