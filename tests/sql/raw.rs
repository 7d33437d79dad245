//! SQL of the user's own, functions that the user declares, and pages behind a row.

use orm::prelude::*;

use super::{Expected, Post, conditions};

#[track_caller]
fn statements(query: &orm::queryset::RawQuery, expected: &Expected) {
    for (dialect, text) in expected.each() {
        assert_eq!(query.sql(dialect).expect("a text"), text, "{}", dialect.name());
    }
}

#[test]
fn values_become_placeholders() {
    let (title, price, ids, none) = ("x", Decimal::ONE, [1_i64, 2], Vec::<i64>::new());
    statements(
        &raw!("SELECT '{{}}' FROM post WHERE title = {title} AND price > {price} AND id IN ({ids...})"),
        &Expected {
            postgres: "SELECT '{}' FROM post WHERE title = $1 AND price > $2 AND id IN ($3, $4)",
            mysql: "SELECT '{}' FROM post WHERE title = ? AND price > CAST(? AS DECIMAL(65, 30)) AND id IN (?, ?)",
            mariadb: "SELECT '{}' FROM post WHERE title = ? AND price > CAST(? AS DECIMAL(65, 30)) AND id IN (?, ?)",
            sqlite: "SELECT '{}' FROM post WHERE title = ? AND price > ? AND id IN (?, ?)",
        },
    );
    statements(
        &raw!("SELECT 1 WHERE 1 NOT IN ({none...})"),
        &Expected {
            postgres: "SELECT 1 WHERE 1 NOT IN (SELECT CAST(NULL AS bigint) WHERE FALSE)",
            mysql: "SELECT 1 WHERE 1 NOT IN (SELECT NULL FROM DUAL WHERE 1 = 0)",
            mariadb: "SELECT 1 WHERE 1 NOT IN (SELECT NULL FROM DUAL WHERE 1 = 0)",
            sqlite: "SELECT 1 WHERE 1 NOT IN (SELECT NULL WHERE 1 = 0)",
        },
    );
}

#[test]
fn expressions_stand_in_parentheses() {
    let least = 3_i64;
    conditions(
        &Post::objects().filter(|p| sql!(bool, "length({p.title}) > {least} OR {p.views + 1} > {p.id}")),
        &Expected {
            postgres: r#"(length("title") > CAST($1 AS bigint) OR ("views" + $2) > "id")"#,
            mysql: "(length(`title`) > CAST(? AS SIGNED) OR (`views` + ?) > `id`)",
            mariadb: "(length(`title`) > CAST(? AS SIGNED) OR (`views` + ?) > `id`)",
            sqlite: r#"(length("title") > ? OR ("views" + ?) > "id")"#,
        },
    );
    conditions(
        &Post::objects().filter(|p| sql!(Decimal, "round({p.price})").gt(Decimal::TEN)),
        &Expected {
            postgres: r#"(round("price")) > $1"#,
            mysql: "(round(`price`)) > CAST(? AS DECIMAL(65, 30))",
            mariadb: "(round(`price`)) > CAST(? AS DECIMAL(65, 30))",
            sqlite: r#"(round("price")) COLLATE ORM_DECIMAL > ?"#,
        },
    );
}

#[test]
fn declared_functions_have_a_spelling_each() {
    const POSITION: SqlFunction<(String, String), i64> = SqlFunction::new("position")
        .on(Dialect::Postgres, "position({1} IN {0})")
        .on(Dialect::MySql, "instr")
        .on(Dialect::MariaDb, "instr")
        .on(Dialect::Sqlite, "instr");
    conditions(
        &Post::objects().filter(|p| POSITION.call((p.title, "x")).gt(0)),
        &Expected {
            postgres: r#"(position(CAST($1 AS text) IN "title")) > $2"#,
            mysql: "instr(`title`, (? COLLATE utf8mb4_0900_bin)) > ?",
            mariadb: "instr(`title`, (? COLLATE utf8mb4_nopad_bin)) > ?",
            sqlite: r#"instr("title", ?) > ?"#,
        },
    );
}

#[test]
fn names_are_looked_up_in_the_schema() {
    conditions(
        &Post::objects().filter_by_name("author.username", Lookup::Eq, "ann").filter_by_name(
            "stars",
            Lookup::IsNull,
            true,
        ),
        &Expected {
            postgres: r#""a1"."username" = $1 AND "post"."stars" IS NULL"#,
            mysql: "`a1`.`username` = ? AND `post`.`stars` IS NULL",
            mariadb: "`a1`.`username` = ? AND `post`.`stars` IS NULL",
            sqlite: r#""a1"."username" = ? AND "post"."stars" IS NULL"#,
        },
    );
}
