//! Recordings of made-up statements.

mod advice;
mod scope;
mod shown;

use std::panic::Location;
use std::time::Duration;

use super::{RecordedStatement, Recording, StatementKind};
use crate::compile::{Dialect, Operation, Sought};
use crate::schema::{FieldMeta, ModelMeta, RelationMeta};
use crate::value::ValueKind;

static USER: ModelMeta = ModelMeta::new(
    "User",
    "user",
    &[
        FieldMeta::new("User", "id", "id", ValueKind::I64).primary_key(),
        FieldMeta::new("User", "username", "username", ValueKind::Text),
    ],
    &[0],
);

static AUTHOR: RelationMeta = RelationMeta::new("author", || &POST, || &USER, "author_id");
static USER_OF: RelationMeta = RelationMeta::new("user", || &POST, || &USER, "user_id").unique();

static POST: ModelMeta = ModelMeta::new(
    "Post",
    "post",
    &[
        FieldMeta::new("Post", "id", "id", ValueKind::I64).primary_key(),
        FieldMeta::new("Post", "author", "author_id", ValueKind::I64).relation(&AUTHOR),
        FieldMeta::new("Post", "user", "user_id", ValueKind::I64).relation(&USER_OF),
    ],
    &[0],
);

const BY_KEY: Option<Sought> = Some(Sought::Key);

/// A place of the test's own.
#[track_caller]
fn here() -> &'static Location<'static> {
    Location::caller()
}

/// A query that read one row in a millisecond.
fn read(operation: Operation, sought: Option<Sought>, sql: &str) -> RecordedStatement {
    done(StatementKind::Read, operation, sought, sql)
}

fn done(kind: StatementKind, operation: Operation, sought: Option<Sought>, sql: &str) -> RecordedStatement {
    let mut statement = RecordedStatement::new(Dialect::ALL[0], kind, operation, sought, sql.into());
    statement.ends(Ok(Some(1)), Duration::from_millis(1));
    statement
}

fn recording(statements: impl IntoIterator<Item = RecordedStatement>) -> Recording {
    Recording { statements: statements.into_iter().collect() }
}

fn times(count: usize, statement: &RecordedStatement) -> impl Iterator<Item = RecordedStatement> {
    std::iter::repeat_n(statement.clone(), count)
}
