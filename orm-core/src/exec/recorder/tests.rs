//! Recordings of made-up statements.

mod advice;
mod scope;
mod shown;

use std::panic::Location;
use std::time::Duration;

use super::{RecordedStatement, Recording, StatementKind};
use crate::backend::Observed;
use crate::compile::{Dialect, Operation, Read, Sought};
use crate::exec::log::On;
use crate::schema::{FieldMeta, ModelMeta, RelationMeta};
use crate::value::ValueKind;

static USER: ModelMeta = ModelMeta::new("User", "user", &USER_FIELDS, &[0]).relations(&[&POSTS]);

static USER_FIELDS: [FieldMeta; 2] = [
    FieldMeta::new("User", "id", "id", ValueKind::I64).primary_key(),
    FieldMeta::new("User", "username", "username", ValueKind::Text).unique(),
];

static AUTHOR: RelationMeta = RelationMeta::stored("author", || &POST, || &USER, &[&POST_FIELDS[1]]);
static EDITOR: RelationMeta = RelationMeta::stored("editor", || &POST, || &USER, &[&POST_FIELDS[2]]).unique();
static POSTS: RelationMeta = RelationMeta::reverse("posts", || &USER, || &POST, &AUTHOR);

static POST: ModelMeta = ModelMeta::new("Post", "post", &POST_FIELDS, &[0]).relations(&[&AUTHOR, &EDITOR]);

static POST_FIELDS: [FieldMeta; 4] = [
    FieldMeta::new("Post", "id", "id", ValueKind::I64).primary_key(),
    FieldMeta::new("Post", "author", "author_id", ValueKind::I64).relation(&AUTHOR),
    FieldMeta::new("Post", "editor", "editor_id", ValueKind::I64).relation(&EDITOR),
    FieldMeta::new("Post", "title", "title", ValueKind::Text),
];

/// Points at a user by the name.
static LETTER: ModelMeta = ModelMeta::new("Letter", "letter", &LETTER_FIELDS, &[0]).relations(&[&SENDER]);

static LETTER_FIELDS: [FieldMeta; 1] =
    [FieldMeta::new("Letter", "sender", "sender", ValueKind::Text).primary_key().relation(&SENDER)];

static SENDER: RelationMeta =
    RelationMeta::stored("sender", || &LETTER, || &USER, &[&LETTER_FIELDS[0]]).target(&[&USER_FIELDS[1]]);

const BY_KEY: Option<Sought> = Some(Sought::Key);

/// Some database.
fn nowhere() -> On<'static> {
    On { dialect: Dialect::ALL[0], observed: Observed::unknown() }
}

/// A place of the test's own.
#[track_caller]
fn here() -> &'static Location<'static> {
    Location::caller()
}

/// A query that read one row of a model in a millisecond.
fn read(model: &'static ModelMeta, operation: Operation, by: Option<Sought>, sql: &str) -> RecordedStatement {
    RecordedStatement { read: Some(Read { model, by }), ..done(StatementKind::Read, operation, sql) }
}

fn done(kind: StatementKind, operation: Operation, sql: &str) -> RecordedStatement {
    let mut statement = RecordedStatement::new(nowhere(), kind, operation, None, sql.into(), None);
    statement.ends(Ok(Some(1)), Duration::from_millis(1));
    statement
}

fn recording(statements: impl IntoIterator<Item = RecordedStatement>) -> Recording {
    Recording { statements: statements.into_iter().collect() }
}

fn times(count: usize, statement: &RecordedStatement) -> impl Iterator<Item = RecordedStatement> {
    std::iter::repeat_n(statement.clone(), count)
}
