//! Many rows in a statement: inserted, with something to do about conflicts, and updated each with its own values.

use std::collections::HashSet;

use orm::compile::{Operation, compile_insert};
use orm::prelude::*;
use orm::queryset::{Assignments, IntoPredicate};
use orm::value::Value;
use orm_core::ast::{ConflictAction, Insert, OnConflict, Returning, Select, UpdateEach};
use orm_core::compile::compile_update_each;

use crate::*;

const OPERATION: Operation = Operation::new("User", "test");

fn fields(names: &[&str]) -> Vec<&'static orm::schema::FieldMeta> {
    names.iter().filter_map(|name| User::META.field(name)).collect()
}

fn insert(rows: usize, on_conflict: Option<OnConflict>, dialect: Dialect) -> orm::Result<String> {
    let text = || Value::Text("x".into());
    let insert = Insert {
        model: User::META,
        fields: fields(&["username", "email"]),
        rows: vec![vec![text(), text()]; rows],
        on_conflict: on_conflict.map(Box::new),
        returning: Returning::Nothing,
    };
    Ok(compile_insert(insert, dialect, OPERATION)?.sql)
}

#[track_caller]
fn inserts(rows: usize, on_conflict: Option<&OnConflict>, expected: &Expected) {
    for (dialect, text) in expected.each() {
        assert_eq!(insert(rows, on_conflict.cloned(), dialect).expect("a text"), text, "{}", dialect.name());
    }
}

#[test]
fn several_rows() {
    inserts(
        2,
        None,
        &Expected {
            postgres: r#"INSERT INTO "user" ("username", "email") SELECT * FROM UNNEST(CAST($1 AS text[]), CAST($2 AS text[]))"#,
            mysql: "INSERT INTO `user` (`username`, `email`) VALUES (?, ?), (?, ?)",
            mariadb: "INSERT INTO `user` (`username`, `email`) VALUES (?, ?), (?, ?)",
            sqlite: r#"INSERT INTO "user" ("username", "email") VALUES (?, ?), (?, ?)"#,
        },
    );
    let texts: HashSet<_> =
        (2..50).map(|rows| insert(rows, None, Dialect::Postgres).expect("a text")).collect();
    assert_eq!(texts.len(), 1, "the text does not depend on the number of rows");
}

#[test]
fn conflicts_that_are_ignored() {
    let any = OnConflict { target: Vec::new(), action: ConflictAction::Nothing };
    inserts(
        1,
        Some(&any),
        &Expected {
            postgres: r#"INSERT INTO "user" ("username", "email") VALUES ($1, $2) ON CONFLICT DO NOTHING"#,
            mysql: "INSERT INTO `user` (`username`, `email`) VALUES (?, ?) AS `orm_new` ON DUPLICATE KEY UPDATE `username` = `user`.`username`",
            mariadb: "INSERT INTO `user` (`username`, `email`) VALUES (?, ?) ON DUPLICATE KEY UPDATE `username` = `user`.`username`",
            sqlite: r#"INSERT INTO "user" ("username", "email") VALUES (?, ?) ON CONFLICT DO NOTHING"#,
        },
    );
}

#[test]
fn conflicts_that_update() {
    let action = ConflictAction::Update { incoming: fields(&["email"]), assignments: Vec::new() };
    inserts(
        2,
        Some(&OnConflict { target: fields(&["username"]), action }),
        &Expected {
            postgres: r#"INSERT INTO "user" ("username", "email") SELECT * FROM UNNEST(CAST($1 AS text[]), CAST($2 AS text[])) ON CONFLICT ("username") DO UPDATE SET "email" = EXCLUDED."email""#,
            mysql: "INSERT INTO `user` (`username`, `email`) VALUES (?, ?), (?, ?) AS `orm_new` ON DUPLICATE KEY UPDATE `email` = `orm_new`.`email`",
            mariadb: "INSERT INTO `user` (`username`, `email`) VALUES (?, ?), (?, ?) ON DUPLICATE KEY UPDATE `email` = VALUES(`email`)",
            sqlite: r#"INSERT INTO "user" ("username", "email") VALUES (?, ?), (?, ?) ON CONFLICT ("username") DO UPDATE SET "email" = EXCLUDED."email""#,
        },
    );
    let user = User::fields();
    let assignments = (user.email.set(user.username.concat("@example.org")),).into_assignments();
    let action = ConflictAction::Update { incoming: Vec::new(), assignments };
    inserts(
        1,
        Some(&OnConflict { target: fields(&["username"]), action }),
        &Expected {
            postgres: r#"INSERT INTO "user" ("username", "email") VALUES ($1, $2) ON CONFLICT ("username") DO UPDATE SET "email" = ("user"."username" || CAST($3 AS text))"#,
            mysql: "INSERT INTO `user` (`username`, `email`) VALUES (?, ?) AS `orm_new` ON DUPLICATE KEY UPDATE `email` = CONCAT(`user`.`username`, (? COLLATE utf8mb4_0900_bin))",
            mariadb: "INSERT INTO `user` (`username`, `email`) VALUES (?, ?) ON DUPLICATE KEY UPDATE `email` = CONCAT(`user`.`username`, (? COLLATE utf8mb4_nopad_bin))",
            sqlite: r#"INSERT INTO "user" ("username", "email") VALUES (?, ?) ON CONFLICT ("username") DO UPDATE SET "email" = ("user"."username" || ?)"#,
        },
    );
}

#[test]
fn conflicts_of_nothing_unique_are_refused() {
    for dialect in Dialect::ALL {
        let conflict = OnConflict { target: fields(&["email"]), action: ConflictAction::Nothing };
        let refused = insert(1, Some(conflict), dialect).expect_err("no unique constraint");
        assert_eq!(
            refused.to_string(),
            "invalid query: User has no unique constraint of just email, so no conflict can be about it"
        );
    }
}

#[test]
fn own_values_for_each_row() {
    let expected = Expected {
        postgres: r#"UPDATE "user" SET "username" = "orm_new"."orm_1", "email" = "orm_new"."orm_2" FROM UNNEST(CAST($1 AS bigint[]), CAST($2 AS text[]), CAST($3 AS text[])) AS "orm_new" ("orm_0", "orm_1", "orm_2") WHERE "user"."id" = "orm_new"."orm_0" AND "user"."email" IS NULL"#,
        mysql: "UPDATE JSON_TABLE(?, '$[*]' COLUMNS (`orm_0` BIGINT PATH '$[0]' ERROR ON ERROR, `orm_1` LONGTEXT PATH '$[1]' ERROR ON ERROR, `orm_2` LONGTEXT PATH '$[2]' ERROR ON ERROR)) AS `orm_new` STRAIGHT_JOIN `user` ON `user`.`id` = `orm_new`.`orm_0` SET `user`.`username` = `orm_new`.`orm_1` COLLATE utf8mb4_0900_bin, `user`.`email` = `orm_new`.`orm_2` COLLATE utf8mb4_0900_bin WHERE 1 = 1 AND `user`.`email` IS NULL",
        mariadb: "UPDATE JSON_TABLE(?, '$[*]' COLUMNS (`orm_0` BIGINT PATH '$[0]' ERROR ON ERROR, `orm_1` LONGTEXT PATH '$[1]' ERROR ON ERROR, `orm_2` LONGTEXT PATH '$[2]' ERROR ON ERROR)) AS `orm_new` STRAIGHT_JOIN `user` ON `user`.`id` = `orm_new`.`orm_0` SET `user`.`username` = `orm_new`.`orm_1` COLLATE utf8mb4_nopad_bin, `user`.`email` = `orm_new`.`orm_2` COLLATE utf8mb4_nopad_bin WHERE 1 = 1 AND `user`.`email` IS NULL",
        sqlite: r#"WITH "orm_new" ("orm_0", "orm_1", "orm_2") AS (VALUES (?, ?, ?), (?, ?, ?)) UPDATE "user" SET "username" = "orm_new"."orm_1", "email" = "orm_new"."orm_2" FROM "orm_new" WHERE "user"."id" = "orm_new"."orm_0" AND "user"."email" IS NULL"#,
    };
    for (dialect, text) in expected.each() {
        let mut rows = Select::new(User::META);
        rows.filter.push(IntoPredicate::<User>::into_condition(User::fields().email.is_null()).expr);
        let values = vec![Value::I64(1), Value::Text("ann".into()), Value::Null(orm::value::ValueKind::Text)];
        let fields = fields(&["username", "email"]);
        let update = UpdateEach { model: User::META, fields, values: vec![values; 2], rows };
        let sql = compile_update_each(update, dialect, OPERATION).expect("a text").sql;
        assert_eq!(sql, text, "{}", dialect.name());
    }
}

#[test]
fn very_many_rows_may_follow_a_statement() {
    for (rows, returning) in
        [(1_499, Returning::Nothing), (1_500, Returning::Key), (1_500, Returning::Nothing)]
    {
        let row = vec![Value::Text("x".into())];
        let rows = vec![row; rows];
        let copies = rows.len() == 1_500 && returning == Returning::Nothing;
        let insert =
            Insert { model: User::META, fields: fields(&["username"]), rows, on_conflict: None, returning };
        let sql = compile_insert(insert, Dialect::Postgres, OPERATION).expect("a text");
        let copy = sql.copy.map(|copy| (copy.sql, copy.table, copy.columns));
        let expected = (
            r#"COPY "user" ("username") FROM STDIN (FORMAT binary)"#.to_owned(),
            r#""user""#.to_owned(),
            r#"SELECT "username" FROM "user""#.to_owned(),
        );
        assert_eq!(copy, copies.then_some(expected));
    }
    for dialect in [Dialect::MySql, Dialect::MariaDb, Dialect::Sqlite] {
        let rows = vec![vec![Value::Text("x".into())]; 2_000];
        let insert = Insert {
            model: User::META,
            fields: fields(&["username"]),
            rows,
            on_conflict: None,
            returning: Returning::Nothing,
        };
        assert_eq!(compile_insert(insert, dialect, OPERATION).expect("a text").copy, None);
    }
}
