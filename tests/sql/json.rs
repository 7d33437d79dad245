//! JSON documents: paths, extraction, containment.

use orm::prelude::*;
use orm::serde_json::{Value as JsonValue, json};

use crate::Expected;

#[derive(Model, Debug, Clone)]
struct Doc {
    #[field(primary_key)]
    id: i64,
    data: JsonValue,
}

/// What stands behind WHERE.
#[track_caller]
fn conditions(query: &QuerySet<Doc>, expected: &Expected) {
    for (dialect, text) in expected.each() {
        let sql = query.clone().sql(dialect).expect("a text");
        let (_, condition) = sql.split_once(" WHERE ").expect("a condition");
        assert_eq!(condition, text, "{}", dialect.name());
    }
}

#[test]
fn what_is_at_a_path() {
    conditions(
        &Doc::objects().filter(|d| d.data.key("a").index(0).is_null()),
        &Expected {
            postgres: r#"jsonb_path_query_first(("data" -> CAST($1 AS text)), 'strict $[0]', '{}', true) IS NULL"#,
            mysql: "(CASE WHEN JSON_TYPE(JSON_EXTRACT(`data`, ?)) = 'ARRAY' THEN JSON_EXTRACT(`data`, ?) END) IS NULL",
            mariadb: "(CASE WHEN JSON_TYPE(JSON_EXTRACT(`data`, ?)) = 'ARRAY' THEN JSON_EXTRACT(`data`, ?) END) IS NULL",
            sqlite: r#"orm_json_get("data", ?, ?) IS NULL"#,
        },
    );
}

#[test]
fn equality() {
    conditions(
        &Doc::objects().filter(|d| d.data.key("a").eq(1)),
        &Expected {
            postgres: r#"("data" -> CAST($1 AS text)) = CAST($2 AS jsonb)"#,
            mysql: "JSON_EXTRACT(`data`, ?) = CAST(? AS JSON)",
            mariadb: "CASE WHEN JSON_EXTRACT(`data`, ?) IS NOT NULL THEN JSON_EQUALS(CONCAT('[', JSON_EXTRACT(`data`, ?), ']'), ?) END",
            sqlite: r#"orm_json_equal(orm_json_get("data", ?), ?)"#,
        },
    );
}

#[test]
fn list() {
    conditions(
        &Doc::objects().filter(|d| d.data.is_in([json!(1), json!({})])),
        &Expected {
            postgres: r#""data" = ANY($1)"#,
            mysql: "(`data` = CAST(? AS JSON) OR `data` = CAST(? AS JSON))",
            mariadb: "(JSON_EQUALS(CONCAT('[', `data`, ']'), ?) OR JSON_EQUALS(CONCAT('[', `data`, ']'), ?))",
            sqlite: r#"(orm_json_equal("data", ?) OR orm_json_equal("data", ?))"#,
        },
    );
}

#[test]
fn text() {
    conditions(
        &Doc::objects().filter(|d| d.data.key("a").as_text().eq("x")),
        &Expected {
            postgres: r#"(jsonb_path_query_first(("data" -> CAST($1 AS text)), 'strict $ ? (@.type() == "string")') #>> '{}') = $2"#,
            mysql: "(CASE WHEN JSON_TYPE(JSON_EXTRACT(`data`, ?)) IN ('STRING') THEN JSON_UNQUOTE(JSON_EXTRACT(`data`, ?)) END COLLATE utf8mb4_0900_bin) = ?",
            mariadb: "(CASE WHEN JSON_TYPE(JSON_EXTRACT(`data`, ?)) IN ('STRING') THEN JSON_UNQUOTE(JSON_EXTRACT(`data`, ?)) END COLLATE utf8mb4_nopad_bin) = ?",
            sqlite: r#"orm_json_text("data", ?) = ?"#,
        },
    );
}

#[test]
fn number() {
    conditions(
        &Doc::objects().filter(|d| d.data.key("a").gt(1)),
        &Expected {
            postgres: r#"(jsonb_path_query_first(("data" -> CAST($1 AS text)), 'strict $ ? (@.type() == "number" && @.abs() <= 1.7976931348623157e308 && (@ == 0 || @.abs() >= 5e-324))') :: double precision) > $2"#,
            mysql: "CASE WHEN JSON_TYPE(JSON_EXTRACT(`data`, ?)) IN ('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL') THEN CAST(JSON_UNQUOTE(JSON_EXTRACT(`data`, ?)) AS DOUBLE) END > ?",
            mariadb: "CASE WHEN JSON_TYPE(JSON_EXTRACT(`data`, ?)) IN ('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL') THEN CAST(JSON_UNQUOTE(JSON_EXTRACT(`data`, ?)) AS DOUBLE) END > ?",
            sqlite: r#"orm_json_f64("data", ?) > ?"#,
        },
    );
}

#[test]
fn keys() {
    conditions(
        &Doc::objects().filter(|d| d.data.has_keys(["a", "b\""])),
        &Expected {
            postgres: r#"("data" ?& ARRAY[CAST($1 AS text), CAST($2 AS text)] AND jsonb_typeof("data") = 'object')"#,
            mysql: "JSON_CONTAINS_PATH(`data`, 'all', ?, ?)",
            mariadb: "JSON_CONTAINS_PATH(`data`, 'all', ?, ?)",
            sqlite: r#"orm_json_has_keys("data", ?, ?)"#,
        },
    );
}

#[test]
fn contains() {
    conditions(
        &Doc::objects().filter(|d| d.data.contains(json!({"a": [1]}))),
        &Expected {
            postgres: r#"("data" @> CAST($1 AS jsonb))"#,
            mysql: "(((JSON_TYPE(`data`) = 'OBJECT' AND (JSON_TYPE(JSON_EXTRACT(`data`, ?)) = 'ARRAY' AND CAST(? AS JSON) MEMBER OF(JSON_EXTRACT(`data`, ?))))) IS TRUE)",
            mariadb: "(((JSON_TYPE(`data`) = 'OBJECT' AND (JSON_TYPE(JSON_EXTRACT(`data`, ?)) = 'ARRAY' AND ((JSON_EXTRACT(`data`, ?) IS NOT NULL AND JSON_EQUALS(CONCAT('[', JSON_EXTRACT(`data`, ?), ']'), ?)) OR EXISTS (SELECT 1 FROM JSON_TABLE(JSON_EXTRACT(`data`, ?), '$[*]' COLUMNS(`orm_v` JSON PATH '$')) AS `orm_j0` WHERE (`orm_j0`.`orm_v` IS NOT NULL AND JSON_EQUALS(CONCAT('[', `orm_j0`.`orm_v`, ']'), ?))))))) IS TRUE)",
            sqlite: r#"orm_json_contains("data", ?)"#,
        },
    );
}

#[test]
fn contained_by() {
    conditions(
        &Doc::objects().filter(|d| d.data.contained_by(json!({"a": 1}))),
        &Expected {
            postgres: r#"("data" <@ CAST($1 AS jsonb))"#,
            mysql: "(((JSON_TYPE(`data`) = 'OBJECT' AND JSON_CONTAINS(CAST(? AS JSON), JSON_KEYS(`data`)) AND (JSON_EXTRACT(`data`, ?) IS NULL OR JSON_EXTRACT(`data`, ?) = CAST(? AS JSON)))) IS TRUE)",
            mariadb: "(((JSON_TYPE(`data`) = 'OBJECT' AND JSON_CONTAINS(?, JSON_KEYS(`data`)) AND (JSON_EXTRACT(`data`, ?) IS NULL OR (JSON_EXTRACT(`data`, ?) IS NOT NULL AND JSON_EQUALS(CONCAT('[', JSON_EXTRACT(`data`, ?), ']'), ?))))) IS TRUE)",
            sqlite: r#"orm_json_contains(?, "data")"#,
        },
    );
}

#[test]
fn object() {
    conditions(
        &Doc::objects().filter(|d| json_object().with("id", d.id).eq(json!({"id": 1}))),
        &Expected {
            postgres: r#"jsonb_build_object(CAST($1 AS text), "id") = CAST($2 AS jsonb)"#,
            mysql: "JSON_OBJECT((? COLLATE utf8mb4_0900_bin), `id`) = CAST(? AS JSON)",
            mariadb: "JSON_EQUALS(CONCAT('[', JSON_OBJECT((? COLLATE utf8mb4_nopad_bin), `id`), ']'), ?)",
            sqlite: r#"orm_json_equal(orm_json_object(?, orm_json_of('plain', "id")), ?)"#,
        },
    );
}

#[test]
fn a_key_that_is_set() {
    conditions(
        &Doc::objects().filter(|d| d.data.set_key("a", 1).has_key("a")),
        &Expected {
            postgres: r#"(CASE jsonb_typeof("data") WHEN 'object' THEN "data" || jsonb_build_object(CAST($1 AS text), CAST($2 AS integer)) ELSE "data" END ?& ARRAY[CAST($3 AS text)] AND jsonb_typeof(CASE jsonb_typeof("data") WHEN 'object' THEN "data" || jsonb_build_object(CAST($4 AS text), CAST($5 AS integer)) ELSE "data" END) = 'object')"#,
            mysql: "JSON_CONTAINS_PATH(JSON_SET(`data`, ?, CAST(? AS SIGNED)), 'all', ?)",
            mariadb: "JSON_CONTAINS_PATH(JSON_SET(`data`, ?, CAST(? AS SIGNED)), 'all', ?)",
            sqlite: r#"orm_json_has_keys(orm_json_set("data", ?, orm_json_of('plain', ?)), ?)"#,
        },
    );
}
