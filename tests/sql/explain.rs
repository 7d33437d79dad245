//! What asks for a plan.

use orm::compile::{Access, CompiledSql, Operation};

use crate::*;

/// The text that explains a query on each database, or the refusal.
#[track_caller]
fn explained(options: ExplainOptions, expected: &Expected) {
    for (dialect, text) in expected.each() {
        let sql = User::objects().filter(|u| u.id.gt(7)).sql(dialect).expect("a text");
        let sql = CompiledSql::new(sql, vec![], Access::Read, Operation::new("User", "explain"));
        match sql.explained(dialect, options) {
            Ok(explained) => {
                assert_eq!(explained.sql, text, "{}", dialect.name());
                assert_eq!(explained.access, Access::Read);
            }
            Err(error) => assert_eq!(error.to_string(), text),
        }
    }
}

#[test]
fn estimates() {
    explained(
        ExplainOptions::new(),
        &Expected {
            postgres: r#"EXPLAIN (FORMAT JSON) SELECT "id", "username", "email" FROM "user" WHERE "id" > $1"#,
            mysql: "EXPLAIN FORMAT=JSON SELECT `id`, `username`, `email` FROM `user` WHERE `id` > ?",
            mariadb: "EXPLAIN FORMAT=JSON SELECT `id`, `username`, `email` FROM `user` WHERE `id` > ?",
            sqlite: r#"EXPLAIN QUERY PLAN SELECT "id", "username", "email" FROM "user" WHERE "id" > ?"#,
        },
    );
}

#[test]
fn measurements() {
    explained(
        ExplainOptions::new().analyze(true),
        &Expected {
            postgres: r#"EXPLAIN (FORMAT JSON, ANALYZE) SELECT "id", "username", "email" FROM "user" WHERE "id" > $1"#,
            mysql: "EXPLAIN ANALYZE FORMAT=TREE SELECT `id`, `username`, `email` FROM `user` WHERE `id` > ?",
            mariadb: "ANALYZE FORMAT=JSON SELECT `id`, `username`, `email` FROM `user` WHERE `id` > ?",
            sqlite: "SQLite does not support `analyze` in `explain`",
        },
    );
}

#[test]
fn details() {
    explained(
        ExplainOptions::new().verbose(true).buffers(true).settings(true),
        &Expected {
            postgres: r#"EXPLAIN (FORMAT JSON, VERBOSE, BUFFERS, SETTINGS) SELECT "id", "username", "email" FROM "user" WHERE "id" > $1"#,
            mysql: "MySQL does not support `verbose` in `explain`",
            mariadb: "MariaDB does not support `verbose` in `explain`",
            sqlite: "SQLite does not support `verbose` in `explain`",
        },
    );
}
