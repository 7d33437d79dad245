//! What to write instead of a query for each row: a sentence that names the call, and the query to add it to.

use std::fmt::Write;

use super::{CallSite, RecordedStatement, Repetition, StatementKind};
use crate::compile::{Read, Sought};
use crate::schema::{FieldMeta, Link, ModelMeta, RelationMeta};

/// The sentence for a repetition that fewer queries could stand for, after the statements that ran before it.
pub(super) fn advice(repetition: &Repetition, before: &[RecordedStatement]) -> Option<String> {
    let first = &repetition.first;
    let what = What::of(first.operation.name);
    if let (StatementKind::Read, Some(relation)) = (first.kind, first.operation.relation) {
        return followed(repetition, before, relation, what);
    }
    // Two places that ask once each are no loop.
    if repetition.sites.iter().all(|site| site.count == 1) {
        return None;
    }
    match (first.kind, first.read) {
        (StatementKind::Read, Some(Read { model, by: Some(Sought::Key) })) => {
            by_key(repetition, before, model, what)
        }
        (StatementKind::Read, Some(Read { model, by: Some(Sought::Field(at)) })) => {
            by_field(repetition, before, model, model.fields.get(usize::from(at))?, what)
        }
        (StatementKind::Write, _) => written(repetition, what),
        (StatementKind::Read | StatementKind::Schema | StatementKind::Transaction, _) => None,
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
    Deletion,
    Other,
}

impl What {
    fn of(method: &str) -> Self {
        match method {
            "all" | "get" | "first" | "last" | "earliest" | "latest" | "stream" | "fetch" => What::Rows,
            "count" => What::Count,
            "exists" => What::Existence,
            "aggregate" => What::Aggregates,
            "load" => What::DeferredFields,
            "refresh" => What::RowAgain,
            "create" | "insert" => What::NewRow,
            "save" | "save_fields" => What::ChangedRow,
            "delete" => What::Deletion,
            _ => What::Other,
        }
    }
}

/// Along a relation that is known: the call that loads it with the rows.
fn followed(
    repetition: &Repetition,
    before: &[RecordedStatement],
    relation: &'static RelationMeta,
    what: What,
) -> Option<String> {
    let many = is_many(relation);
    let done = match what {
        What::Rows => "was read",
        What::Count => "was counted",
        What::Existence => "was looked for",
        What::Aggregates => "was aggregated",
        What::DeferredFields
        | What::RowAgain
        | What::NewRow
        | What::ChangedRow
        | What::Deletion
        | What::Other => return None,
    };
    let one_by_one = if many { "for one row at a time" } else { "one row at a time" };
    Some(format!(
        "`{}` {done} {}, {one_by_one}, {}; add {} to {}",
        name(relation),
        times(repetition.count),
        places(&repetition.sites),
        loads(relation, what),
        query_for((relation.from)(), before),
    ))
}

fn by_key(
    repetition: &Repetition,
    before: &[RecordedStatement],
    model: &'static ModelMeta,
    what: What,
) -> Option<String> {
    const AT_ONCE: &str = "`.in_bulk(&db, keys)`";
    let (done, instead) = match what {
        What::Rows => {
            let key: Vec<_> = model.key_fields().collect();
            (
                "read by its key",
                format!("{}, or read all at once: {AT_ONCE}", with_what_points_at(model, &key, before)),
            )
        }
        What::Count | What::Existence => ("looked for by its key", format!("ask for all at once: {AT_ONCE}")),
        What::RowAgain => ("read again", format!("read all at once: {AT_ONCE}")),
        What::DeferredFields => (
            "asked for fields that its query left out",
            format!("leave `.defer(…)` out of {}", query_for(model, before)),
        ),
        What::Aggregates | What::NewRow | What::ChangedRow | What::Deletion | What::Other => return None,
    };
    Some(sentence(repetition, done, &instead))
}

fn by_field(
    repetition: &Repetition,
    before: &[RecordedStatement],
    model: &'static ModelMeta,
    field: &'static FieldMeta,
    what: What,
) -> Option<String> {
    let (var, name) = (variable(model), field.name);
    let (done, at_once) = match what {
        What::Rows => ("read", format!("read all at once: `.filter(|{var}| {var}.{name}.is_in(…))`")),
        What::Count => {
            ("counted", format!("count all at once: `.values(|{var}| ({var}.{name}, count_rows()))`"))
        }
        What::Existence => {
            ("looked for", format!("ask for all at once: `.values(|{var}| {var}.{name}).distinct()`"))
        }
        What::Aggregates => {
            ("aggregated", format!("compute all at once: `.values(|{var}| ({var}.{name}, …))`"))
        }
        What::DeferredFields
        | What::RowAgain
        | What::NewRow
        | What::ChangedRow
        | What::Deletion
        | What::Other => return None,
    };
    let with_others = match (stored_in(model, field), what) {
        (Some(stored), _) => Some(with_the_other_side(stored, before, what)),
        (None, What::Rows) if field.unique => pointing_at(model, &[field], before),
        (None, _) => None,
    };
    let instead = match with_others {
        Some(with_others) => format!("{with_others}, or {at_once}"),
        None => at_once,
    };
    Some(sentence(repetition, &format!("{done} by `{name}`"), &instead))
}

fn written(repetition: &Repetition, what: What) -> Option<String> {
    let (done, instead) = match what {
        What::NewRow => ("created", "create all at once: `.bulk_create(&db, rows)`"),
        What::ChangedRow => ("saved", "write all at once: `.bulk_update(&db, &mut rows, …)`"),
        What::Deletion => {
            ("deleted", "delete all at once: `.bulk_delete(&db, &rows)`, or `.filter(…).delete(&db)`")
        }
        What::Rows
        | What::Count
        | What::Existence
        | What::Aggregates
        | What::DeferredFields
        | What::RowAgain
        | What::Other => return None,
    };
    Some(sentence(repetition, done, instead))
}

fn sentence(repetition: &Repetition, done: &str, instead: &str) -> String {
    let model = repetition.first.operation.model;
    format!("`{model}` was {done} {}, {}; {instead}", times(repetition.count), places(&repetition.sites))
}

/// The call that reads a row with those that point at it.
fn with_what_points_at(
    model: &'static ModelMeta,
    fields: &[&'static FieldMeta],
    before: &[RecordedStatement],
) -> String {
    pointing_at(model, fields, before)
        .unwrap_or_else(|| "add `.select_related(…)` to the query for the rows that point at it".into())
}

/// The same, where rows with a relation to these fields have been read before.
fn pointing_at(
    model: &'static ModelMeta,
    fields: &[&'static FieldMeta],
    before: &[RecordedStatement],
) -> Option<String> {
    before.iter().rev().find_map(|statement| {
        let from = several(statement)?;
        let calls: Vec<String> = from
            .relations
            .iter()
            .filter(|relation| relation.is_stored() && (relation.to)() == model)
            .filter(|relation| relation.pairs().map(|(_, target)| target).eq(fields.iter().copied()))
            .map(|relation| loads(relation, What::Rows))
            .collect();
        // Which of several it was is not to be seen.
        (!calls.is_empty()).then(|| format!("add {} to {}", calls.join(" or "), query_for(from, before)))
    })
}

/// The call that loads the rows that hold a key with those that they point at.
fn with_the_other_side(stored: &'static RelationMeta, before: &[RecordedStatement], what: What) -> String {
    let target = (stored.to)();
    let other = target.relations.iter().find(|relation| {
        matches!(relation.link, Link::Reverse(other) if other.name == stored.name && (other.from)() == (stored.from)())
    });
    if let Some(other) = other {
        return format!("add {} to {}", loads(other, what), query_for(target, before));
    }
    let side = if stored.unique { "has_one" } else { "has_many" };
    format!("give `{}` the other side, `{side}(… = {})`, to load it from there", target.name, path(stored))
}

/// The call that loads a relation.
fn loads(relation: &RelationMeta, what: What) -> String {
    let var = variable((relation.from)());
    let path = format!("{var}.{}", relation.name);
    match (is_many(relation), what) {
        (true, What::Count) => format!("`.annotate(|{var}| {path}.count())`"),
        (true, What::Existence) => format!("`.annotate(|{var}| {path}.exists())`"),
        (true, What::Aggregates) => {
            format!("`.annotate(|{var}| {path}.aggregate(|{}| …))`", variable((relation.to)()))
        }
        (true, _) => format!("`.prefetch_related(|{var}| {path})`"),
        (false, _) => format!("`.select_related(|{var}| {path})`"),
    }
}

/// Whether there may be any number of rows at its end.
fn is_many(relation: &RelationMeta) -> bool {
    !relation.is_stored() && !relation.unique
}

/// The relation that a field stores (a part of) the key of.
fn stored_in(model: &ModelMeta, field: &'static FieldMeta) -> Option<&'static RelationMeta> {
    let stored = |relation: &&&'static RelationMeta| match relation.link {
        Link::Stored { fields, .. } => fields.contains(&field),
        Link::Reverse(_) | Link::Through { .. } => false,
    };
    field.relation.or_else(|| model.relations.iter().find(stored).copied())
}

/// The model that a statement read several rows of.
fn several(statement: &RecordedStatement) -> Option<&'static ModelMeta> {
    let read = statement.read.filter(|_| statement.rows.is_some_and(|rows| rows > 1))?;
    Some(read.model)
}

/// The query whose rows were there, as far as it is known.
fn query_for(model: &ModelMeta, before: &[RecordedStatement]) -> String {
    let query = before.iter().rev().find(|statement| several(statement).is_some_and(|read| read == model));
    match query.and_then(|query| query.operation.location) {
        Some(location) => format!("the query for `{}` at {location}", model.name),
        None => format!("the query for `{}`", model.name),
    }
}

/// What a relation is called: `Post.author`.
pub(super) fn name(relation: &RelationMeta) -> String {
    format!("{}.{}", (relation.from)().name, relation.name)
}

/// How a model's attributes name a relation: `Post::author`.
fn path(relation: &RelationMeta) -> String {
    format!("{}::{}", (relation.from)().name, relation.name)
}

/// What a closure's argument is called in the guide: the model's first letter.
fn variable(model: &ModelMeta) -> String {
    model.name.chars().next().map_or_else(|| "row".into(), |letter| letter.to_lowercase().collect())
}

pub(super) fn times(count: usize) -> String {
    if count == 1 { "once".into() } else { format!("{count} times") }
}

/// Places that a sentence names; the rest is counted.
const NAMED: usize = 3;

pub(super) fn places(sites: &[CallSite]) -> String {
    let named = sites.iter().take(NAMED).map(|site| {
        let place = site.location.map_or_else(|| "an unknown place".into(), ToString::to_string);
        if sites.len() > 1 { format!("{place} ({})", times(site.count)) } else { place }
    });
    let mut text = format!("at {}", named.collect::<Vec<_>>().join(", "));
    if let Some(more @ 1..) = sites.len().checked_sub(NAMED) {
        // A String takes all.
        let _ = write!(text, " and at {more} more");
    }
    text
}
