//! Many rows in a statement: inserted, with something to do about conflicts, and updated each with its own values.

use std::collections::HashSet;

use orm::compile::{CompiledSql, Operation, compile_insert};
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
        rows: vec![vec![text(), text()]; rows].into(),
        on_conflict: on_conflict.map(Box::new),
        returning: Returning::Nothing,
    };
    Ok(compile_insert(insert, dialect, OPERATION)?.sql.into())
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
            // It runs for each row.
            sqlite: r#"INSERT INTO "user" ("username", "email") VALUES (?, ?)"#,
        },
    );
    for dialect in [Dialect::Postgres, Dialect::Sqlite] {
        let texts: HashSet<_> = (2..50).map(|rows| insert(rows, None, dialect).expect("a text")).collect();
        assert_eq!(texts.len(), 1, "the text does not depend on the number of rows");
    }
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
            sqlite: r#"INSERT INTO "user" ("username", "email") VALUES (?, ?) ON CONFLICT ("username") DO UPDATE SET "email" = EXCLUDED."email""#,
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
        sqlite: r#"UPDATE "user" SET "username" = ?, "email" = ? WHERE "id" = ? AND "email" IS NULL"#,
    };
    for (dialect, text) in expected.each() {
        assert_eq!(update_each(User::fields().email.is_null(), dialect).sql, text, "{}", dialect.name());
    }
}

fn update_each(condition: impl IntoPredicate<User>, dialect: Dialect) -> CompiledSql {
    let mut rows = Select::new(User::META);
    rows.filter.push(condition.into_condition().expr);
    let row = |id, name: &str| {
        vec![Value::I64(id), Value::Text(name.into()), Value::Null(orm::value::ValueKind::Text)]
    };
    let fields = fields(&["username", "email"]);
    let update =
        UpdateEach { model: User::META, fields, values: vec![row(1, "ann"), row(2, "bob")].into(), rows };
    compile_update_each(update, dialect, OPERATION).expect("a text")
}

/// Each run has the parameters of its row: what is set, what says which row it is, what the conditions have.
#[test]
fn runs_of_one_statement() {
    let sql = update_each(User::fields().email.is_null() | User::fields().username.ne("x"), Dialect::Sqlite);
    assert_eq!(
        sql.sql,
        r#"UPDATE "user" SET "username" = ?, "email" = ? WHERE "id" = ? AND ("email" IS NULL OR "username" <> ?)"#
    );
    let text = |text: &str| Value::Text(text.into());
    let run =
        |id, name| vec![text(name), Value::Null(orm::value::ValueKind::Text), Value::I64(id), text("x")];
    assert_eq!(sql.params_of_runs().collect::<Vec<_>>(), [run(1, "ann"), run(2, "bob")]);

    let user = User::fields();
    let assignments = (user.email.set("y"),).into_assignments();
    let action = ConflictAction::Update { incoming: fields(&["username"]), assignments };
    let on_conflict = Some(Box::new(OnConflict { target: fields(&["username"]), action }));
    let rows = vec![vec![text("ann")], vec![text("bob")], vec![text("eve")]].into();
    let insert = Insert {
        model: User::META,
        fields: fields(&["username"]),
        rows,
        on_conflict,
        returning: Returning::Key,
    };
    let sql = compile_insert(insert, Dialect::Sqlite, OPERATION).expect("a text");
    assert_eq!(
        sql.sql,
        r#"INSERT INTO "user" ("username") VALUES (?) ON CONFLICT ("username") DO UPDATE SET "email" = ?, "username" = EXCLUDED."username" RETURNING "id""#
    );
    let runs: Vec<_> = sql.params_of_runs().collect();
    assert_eq!(runs, ["ann", "bob", "eve"].map(|name| [text(name), text("y")]));
    // Elsewhere a statement runs once.
    for dialect in [Dialect::Postgres, Dialect::MySql, Dialect::MariaDb] {
        assert_eq!(update_each(User::fields().email.is_null(), dialect).runs, 1);
    }
}

/// One run must not see what another has written: then it is one statement, joined with rows of values.
#[test]
fn conditions_that_read_other_rows_are_asked_once() {
    let others = User::objects().filter(|u| u.username.eq("x")).values(|u| u.email);
    let sql = update_each(User::fields().email.is_in(others), Dialect::Sqlite);
    assert_eq!(
        (sql.sql.as_str(), sql.runs),
        (
            r#"WITH "orm_new" ("orm_0", "orm_1", "orm_2") AS (VALUES (?, ?, ?), (?, ?, ?)) UPDATE "user" SET "username" = "orm_new"."orm_1", "email" = "orm_new"."orm_2" FROM "orm_new" WHERE "user"."id" = "orm_new"."orm_0" AND "user"."email" IN (SELECT "a1"."email" FROM "user" AS "a1" WHERE "a1"."username" = ?)"#,
            1
        )
    );
}

#[test]
fn very_many_new_values_are_worth_a_plan_of_their_own() {
    for (rows, weighs) in [(499, false), (500, true)] {
        let fields = fields(&["email"]);
        let values: Vec<_> = (0..rows).map(|id| vec![Value::I64(id), Value::Text("x".into())]).collect();
        let values = values.into();
        let update = UpdateEach { model: User::META, fields, values, rows: Select::new(User::META) };
        let sql = compile_update_each(update, Dialect::Postgres, OPERATION).expect("a text");
        assert_eq!(sql.weighs_values, weighs);
    }
}

#[test]
fn very_many_rows_may_follow_a_statement() {
    for (rows, returning) in
        [(1_499, Returning::Nothing), (1_500, Returning::Key), (1_500, Returning::Nothing)]
    {
        let row = vec![Value::Text("x".into())];
        let copies = rows == 1_500 && returning == Returning::Nothing;
        let rows = vec![row; rows].into();
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
        let rows = vec![vec![Value::Text("x".into())]; 2_000].into();
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
