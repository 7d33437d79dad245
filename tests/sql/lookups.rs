//! Searches in text: with case, without it, at the start and at the end.

use orm::prelude::*;

use crate::*;

#[test]
fn contains() {
    conditions(
        &Post::objects().filter(|p| p.title.contains("50%")),
        &Expected {
            postgres: r#""title" LIKE $1 ESCAPE '!'"#,
            mysql: "`title` LIKE ? COLLATE utf8mb4_0900_bin ESCAPE '!'",
            mariadb: "`title` LIKE ? COLLATE utf8mb4_nopad_bin ESCAPE '!'",
            sqlite: r#"INSTR("title", ?) > 0"#,
        },
    );
}

#[test]
fn icontains() {
    conditions(
        &Post::objects().filter(|p| p.title.icontains("Tea")),
        &Expected {
            postgres: r#""title" ILIKE $1 ESCAPE '!'"#,
            mysql: "LOWER(`title`) LIKE LOWER(?) COLLATE utf8mb4_0900_bin ESCAPE '!'",
            mariadb: "LOWER(`title`) LIKE LOWER(?) COLLATE utf8mb4_nopad_bin ESCAPE '!'",
            sqlite: r#"INSTR(orm_lower("title"), ?) > 0"#,
        },
    );
}

#[test]
fn startswith() {
    conditions(
        &Post::objects().filter(|p| p.title.startswith("a")),
        &Expected {
            postgres: r#""title" LIKE $1 ESCAPE '!'"#,
            mysql: "`title` LIKE ? COLLATE utf8mb4_0900_bin ESCAPE '!'",
            mariadb: "`title` LIKE ? COLLATE utf8mb4_nopad_bin ESCAPE '!'",
            sqlite: r#""title" GLOB ?"#,
        },
    );
}

#[test]
fn istartswith() {
    conditions(
        &Post::objects().filter(|p| p.title.istartswith("A")),
        &Expected {
            postgres: r#""title" ILIKE $1 ESCAPE '!'"#,
            mysql: "LOWER(`title`) LIKE LOWER(?) COLLATE utf8mb4_0900_bin ESCAPE '!'",
            mariadb: "LOWER(`title`) LIKE LOWER(?) COLLATE utf8mb4_nopad_bin ESCAPE '!'",
            sqlite: r#"orm_lower("title") GLOB ?"#,
        },
    );
}

#[test]
fn endswith() {
    conditions(
        &Post::objects().filter(|p| p.title.endswith("z")),
        &Expected {
            postgres: r#""title" LIKE $1 ESCAPE '!'"#,
            mysql: "`title` LIKE ? COLLATE utf8mb4_0900_bin ESCAPE '!'",
            mariadb: "`title` LIKE ? COLLATE utf8mb4_nopad_bin ESCAPE '!'",
            sqlite: r#""title" GLOB ?"#,
        },
    );
}

#[test]
fn iexact() {
    conditions(
        &Post::objects().filter(|p| p.title.iexact("Tea")),
        &Expected {
            postgres: r#"LOWER("title") = LOWER($1)"#,
            mysql: "LOWER(`title`) = LOWER(?) COLLATE utf8mb4_0900_bin",
            mariadb: "LOWER(`title`) = LOWER(?) COLLATE utf8mb4_nopad_bin",
            sqlite: r#"orm_lower("title") = ?"#,
        },
    );
}

#[test]
fn regex() {
    conditions(
        &Post::objects().filter(|p| p.title.regex("^a+")),
        &Expected {
            postgres: r#""title" ~ $1"#,
            mysql: "REGEXP_LIKE(`title`, ?, 'c')",
            mariadb: "`title` REGEXP ? COLLATE utf8mb4_nopad_bin",
            sqlite: r#""title" REGEXP ?"#,
        },
    );
}

#[test]
fn iregex() {
    conditions(
        &Post::objects().filter(|p| p.title.iregex("^a+")),
        &Expected {
            postgres: r#""title" ~* $1"#,
            mysql: "REGEXP_LIKE(`title`, ?, 'i')",
            mariadb: "`title` REGEXP ? COLLATE utf8mb4_nopad_bin",
            sqlite: r#""title" REGEXP ?"#,
        },
    );
}
