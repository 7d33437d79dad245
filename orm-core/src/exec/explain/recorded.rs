//! What servers really answered, for the parsers' tests: recorded by their own command line tools.

/// PostgreSQL 15.
pub(super) const TYPED_NODES: &str = include_str!("recorded/postgres_15.txt");
/// MariaDB 10.11.
pub(super) const BLOCKS: &str = include_str!("recorded/mariadb_10_11.txt");
/// MySQL 9.7 with `explain_json_format_version = 1`, which is what 8.0 and 8.4 answer.
pub(super) const OLD_BLOCKS: &str = include_str!("recorded/mysql_9_7_version_1.txt");
/// MySQL 9.7; what `EXPLAIN ANALYZE` answers is text.
pub(super) const OPERATIONS: &str = include_str!("recorded/mysql_9_7.txt");
/// SQLite 3.40.
pub(super) const SENTENCES: &str = include_str!("recorded/sqlite_3_40.txt");

/// All answers of a recording by name.
pub(super) fn all(recording: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    recording.split("== ").filter_map(|section| {
        let (name, rest) = section.split_once(": ")?;
        let (_statement, answer) = rest.split_once('\n')?;
        Some((name, answer.trim_end()))
    })
}

/// One answer of a recording.
pub(super) fn answer(recording: &'static str, name: &str) -> &'static str {
    all(recording).find(|(other, _)| *other == name).map(|(_, answer)| answer).expect("a recorded answer")
}
