//! A version: each change of a row counts it up.

use orm::Model as _;
use orm::compile::{Operation, compile_update};
use orm::prelude::*;
use orm::queryset::{Assignments, IntoPredicate};
use orm::value::Value;
use orm_core::ast::{ConflictAction, Insert, OnConflict, Returning, Select, Update, UpdateEach};
use orm_core::compile::{compile_insert, compile_update_each};

use crate::Expected;

const OPERATION: Operation = Operation::new("Page", "test");

#[derive(Model, Debug)]
struct Page {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20, unique)]
    name: String,
    #[field(version, column = "edition")]
    version: i32,
}

#[test]
fn of_rows() {
    let expected = Expected {
        postgres: r#"UPDATE "page" SET "name" = $1, "edition" = CAST("edition" AS bigint) + $2 WHERE "id" = $3 AND "edition" = $4"#,
        mysql: "UPDATE `page` SET `name` = ?, `edition` = `edition` + ? WHERE `id` = ? AND `edition` = ?",
        mariadb: "UPDATE `page` SET `name` = ?, `edition` = `edition` + ? WHERE `id` = ? AND `edition` = ?",
        sqlite: r#"UPDATE "page" SET "name" = ?, "edition" = "edition" + ? WHERE "id" = ? AND "edition" = ?"#,
    };
    for (dialect, text) in expected.each() {
        let page = Page::fields();
        let mut rows = Select::new(Page::META);
        rows.filter.push(IntoPredicate::<Page>::into_condition(page.id.eq(1)).expr);
        rows.filter.push(IntoPredicate::<Page>::into_condition(page.version.eq(3)).expr);
        let assignments = page.name.set("x").into_assignments();
        let update = Update { model: Page::META, assignments, rows };
        assert_eq!(
            compile_update(update, dialect, OPERATION).expect("a text").sql,
            text,
            "{}",
            dialect.name()
        );
    }
}

#[test]
fn of_rows_with_their_own_values() {
    let expected = Expected {
        postgres: r#"UPDATE "page" SET "name" = "orm_new"."orm_2", "edition" = "page"."edition" + 1 FROM UNNEST(CAST($1 AS bigint[]), CAST($2 AS integer[]), CAST($3 AS text[])) AS "orm_new" ("orm_0", "orm_1", "orm_2") WHERE "page"."id" = "orm_new"."orm_0" AND "page"."edition" = "orm_new"."orm_1""#,
        mysql: "UPDATE JSON_TABLE(?, '$[*]' COLUMNS (`orm_0` BIGINT PATH '$[0]' ERROR ON ERROR, `orm_1` BIGINT PATH '$[1]' ERROR ON ERROR, `orm_2` LONGTEXT PATH '$[2]' ERROR ON ERROR)) AS `orm_new` STRAIGHT_JOIN `page` ON `page`.`id` = `orm_new`.`orm_0` AND `page`.`edition` = `orm_new`.`orm_1` SET `page`.`name` = `orm_new`.`orm_2` COLLATE utf8mb4_0900_bin, `page`.`edition` = `page`.`edition` + 1 WHERE 1 = 1",
        mariadb: "UPDATE JSON_TABLE(?, '$[*]' COLUMNS (`orm_0` BIGINT PATH '$[0]' ERROR ON ERROR, `orm_1` BIGINT PATH '$[1]' ERROR ON ERROR, `orm_2` LONGTEXT PATH '$[2]' ERROR ON ERROR)) AS `orm_new` STRAIGHT_JOIN `page` ON `page`.`id` = `orm_new`.`orm_0` AND `page`.`edition` = `orm_new`.`orm_1` SET `page`.`name` = `orm_new`.`orm_2` COLLATE utf8mb4_nopad_bin, `page`.`edition` = `page`.`edition` + 1 WHERE 1 = 1",
        sqlite: r#"UPDATE "page" SET "name" = ?, "edition" = "edition" + 1 WHERE "id" = ? AND "edition" = ?"#,
    };
    for (dialect, text) in expected.each() {
        let update = UpdateEach {
            model: Page::META,
            fields: Page::META.field("name").into_iter().collect(),
            values: vec![vec![Value::I64(1), Value::I32(3), Value::Text("x".into())]].into(),
            rows: Select::new(Page::META),
        };
        let sql = compile_update_each(update, dialect, OPERATION).expect("a text").sql;
        assert_eq!(sql, text, "{}", dialect.name());
    }
}

#[test]
fn of_a_row_in_conflict() {
    let expected = Expected {
        postgres: r#"INSERT INTO "page" ("name", "edition") VALUES ($1, $2) ON CONFLICT ("name") DO UPDATE SET "edition" = CAST("page"."edition" AS bigint) + $3, "name" = EXCLUDED."name""#,
        mysql: "INSERT INTO `page` (`name`, `edition`) VALUES (?, ?) AS `orm_new` ON DUPLICATE KEY UPDATE `edition` = `page`.`edition` + ?, `name` = `orm_new`.`name`",
        mariadb: "INSERT INTO `page` (`name`, `edition`) VALUES (?, ?) ON DUPLICATE KEY UPDATE `edition` = `page`.`edition` + ?, `name` = VALUES(`name`)",
        sqlite: r#"INSERT INTO "page" ("name", "edition") VALUES (?, ?) ON CONFLICT ("name") DO UPDATE SET "edition" = "page"."edition" + ?, "name" = EXCLUDED."name""#,
    };
    let fields = |names: &[&str]| names.iter().filter_map(|name| Page::META.field(name)).collect::<Vec<_>>();
    for (dialect, text) in expected.each() {
        let action = ConflictAction::Update { incoming: fields(&["name"]), assignments: Vec::new() };
        let insert = Insert {
            model: Page::META,
            fields: fields(&["name", "version"]),
            rows: vec![vec![Value::Text("x".into()), Value::I32(1)]].into(),
            on_conflict: Some(Box::new(OnConflict { target: fields(&["name"]), action })),
            returning: Returning::Nothing,
        };
        assert_eq!(
            compile_insert(insert, dialect, OPERATION).expect("a text").sql,
            text,
            "{}",
            dialect.name()
        );
    }
}
