//! What a statement is called: its operation, the table that it is about, and both in one short text.

use super::Told;
use crate::exec::recorder::StatementKind;

/// The names of a statement; none of them grows with its values.
pub(super) struct Names {
    /// `db.operation.name`: `SELECT`.
    pub(super) operation: Option<String>,
    /// `db.collection.name`: the table.
    pub(super) collection: Option<String>,
    /// `db.query.summary`: `SELECT post`.
    pub(super) summary: String,
}

impl Names {
    pub(super) fn of(told: &Told<'_>) -> Self {
        let operation = match told.kind {
            // Several statements at once have no one name.
            StatementKind::Schema => None,
            StatementKind::Read | StatementKind::Write | StatementKind::Transaction => operation(told.sql),
        };
        let collection = match (told.read, told.kind) {
            (Some(read), _) => Some(read.model.table.to_owned()),
            (None, StatementKind::Write) => written_table(told.sql),
            (None, StatementKind::Read | StatementKind::Schema | StatementKind::Transaction) => None,
        };
        let summary = match (&operation, &collection) {
            (Some(operation), Some(collection)) => format!("{operation} {collection}"),
            (Some(operation), None) => operation.clone(),
            (None, _) => told.operation.to_string(),
        };
        Names { operation, collection, summary }
    }
}

/// The first word, if it says what is done: a WITH may lead to anything.
fn operation(sql: &str) -> Option<String> {
    let word = sql.trim_start().split(|c: char| !c.is_ascii_alphabetic()).next()?;
    let word = word.to_ascii_uppercase();
    (!word.is_empty() && word != "WITH").then_some(word)
}

/// The table that is written, where the text has the form that is compiled here: words that are known, then a quoted
/// name.
fn written_table(sql: &str) -> Option<String> {
    const WORDS: [&str; 9] =
        ["INSERT", "INTO", "UPDATE", "DELETE", "FROM", "OR", "IGNORE", "REPLACE", "ONLY"];
    let at = sql.find(['"', '`'])?;
    let (words, quoted) = sql.split_at(at);
    if words.is_empty() || !words.split_whitespace().all(|word| WORDS.contains(&word)) {
        return None;
    }
    let quote = quoted.chars().next()?;
    // A quote within a name is doubled; such a name is not worth taking apart.
    quoted[1..].split_once(quote).map(|(name, _)| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::Operation;

    fn names(kind: StatementKind, sql: &str) -> (Option<String>, Option<String>, String) {
        let operation = Operation::new("Post", "all");
        let names = Names::of(&Told { kind, operation, read: None, sql, values: &[] });
        (names.operation, names.collection, names.summary)
    }

    #[test]
    fn writes_are_called_after_their_table() {
        for (sql, summary) in [
            ("INSERT INTO \"post\" (\"title\") VALUES ($1)", "INSERT post"),
            ("INSERT IGNORE INTO `post` (`title`) VALUES (?)", "INSERT post"),
            ("UPDATE \"my post\" SET \"title\" = $1", "UPDATE my post"),
            ("DELETE FROM \"post\" WHERE \"id\" = $1", "DELETE post"),
            ("update post set \"title\" = 'x'", "UPDATE"),
            ("INSERT INTO post SELECT \"x\"", "INSERT"),
        ] {
            assert_eq!(names(StatementKind::Write, sql).2, summary, "{sql}");
        }
    }

    #[test]
    fn what_has_no_one_name_is_called_after_its_operation() {
        let with = names(StatementKind::Write, "WITH \"x\" AS (SELECT 1) DELETE FROM \"post\"");
        assert_eq!(with, (None, None, "Post.all".into()));
        assert_eq!(names(StatementKind::Schema, "CREATE TABLE a; CREATE TABLE b").2, "Post.all");
        assert_eq!(names(StatementKind::Write, "").2, "Post.all");
        assert_eq!(names(StatementKind::Transaction, "SAVEPOINT orm_1").2, "SAVEPOINT");
    }
}
