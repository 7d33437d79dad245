//! Functions of text: a text of each, and lookups with an expression on the right.

use orm::prelude::*;

use crate::*;

/// The condition that an expression of text is equal to a value, without that.
#[track_caller]
fn functions(query: &QuerySet<Post>, expected: &Expected) {
    for (dialect, text) in expected.each() {
        let sql = query.clone().order_by(|_| Vec::new()).sql(dialect).expect("a text");
        let (_, condition) = sql.split_once(" WHERE ").expect("a condition");
        let (function, _) = condition.rsplit_once(" = ").expect("a comparison");
        assert_eq!(function, text, "{}", dialect.name());
    }
}

#[test]
fn lower() {
    functions(
        &Post::objects().filter(|p| p.title.lower().eq("x")),
        &Expected {
            postgres: r#"LOWER("title")"#,
            mysql: "LOWER(`title`)",
            mariadb: "LOWER(`title`)",
            sqlite: r#"orm_lower("title")"#,
        },
    );
}

#[test]
fn upper() {
    functions(
        &Post::objects().filter(|p| p.title.upper().eq("x")),
        &Expected {
            postgres: r#"UPPER("title")"#,
            mysql: "UPPER(`title`)",
            mariadb: "UPPER(`title`)",
            sqlite: r#"orm_upper("title")"#,
        },
    );
}

#[test]
fn length() {
    functions(
        &Post::objects().filter(|p| p.title.length().eq(3)),
        &Expected {
            postgres: r#"CHAR_LENGTH("title")"#,
            mysql: "CHAR_LENGTH(`title`)",
            mariadb: "CHAR_LENGTH(`title`)",
            sqlite: r#"orm_length("title")"#,
        },
    );
}

#[test]
fn substr() {
    functions(
        &Post::objects().filter(|p| p.title.substr(2, 3).eq("x")),
        &Expected {
            postgres: r#"SUBSTR("title", CAST($1 AS integer), CAST($2 AS integer))"#,
            mysql: "SUBSTR(`title`, CAST(? AS SIGNED), CAST(? AS SIGNED))",
            mariadb: "SUBSTR(`title`, CAST(? AS SIGNED), CAST(? AS SIGNED))",
            sqlite: r#"orm_substr("title", ?, ?)"#,
        },
    );
}

#[test]
fn substr_by_column() {
    functions(
        &Post::objects().filter(|p| p.title.substr(p.views, p.views).eq("x")),
        &Expected {
            postgres: r#"SUBSTR("title", WIDTH_BUCKET(CAST("views" AS numeric), 2, 2147483647, 2147483645) + 1, WIDTH_BUCKET(CAST("views" AS numeric), 1, 2147483647, 2147483646))"#,
            mysql: "SUBSTR(`title`, GREATEST(`views`, 1), GREATEST(`views`, 0))",
            mariadb: "SUBSTR(`title`, GREATEST(`views`, 1), GREATEST(`views`, 0))",
            sqlite: r#"orm_substr("title", "views", "views")"#,
        },
    );
}

#[test]
fn left_by_count() {
    functions(
        &Post::objects().filter(|p| p.title.left(p.title.length()).eq("x")),
        &Expected {
            postgres: r#"LEFT("title", CHAR_LENGTH("title"))"#,
            mysql: "LEFT(`title`, GREATEST(CHAR_LENGTH(`title`), 0))",
            mariadb: "LEFT(`title`, GREATEST(CHAR_LENGTH(`title`), 0))",
            sqlite: r#"orm_left("title", orm_length("title"))"#,
        },
    );
}

#[test]
fn right() {
    functions(
        &Post::objects().filter(|p| p.title.right(2).eq("x")),
        &Expected {
            postgres: r#"RIGHT("title", CAST($1 AS integer))"#,
            mysql: "RIGHT(`title`, CAST(? AS SIGNED))",
            mariadb: "RIGHT(`title`, CAST(? AS SIGNED))",
            sqlite: r#"orm_right("title", ?)"#,
        },
    );
}

#[test]
fn trim() {
    functions(
        &Post::objects().filter(|p| p.title.trim().eq("x")),
        &Expected {
            postgres: r#"TRIM("title")"#,
            mysql: "TRIM(`title`)",
            mariadb: "TRIM(`title`)",
            sqlite: r#"TRIM("title")"#,
        },
    );
}

#[test]
fn replace() {
    functions(
        &Post::objects().filter(|p| p.title.replace("a", p.author.username).eq("x")),
        &Expected {
            postgres: r#"REPLACE("post"."title", CAST($1 AS text), "a1"."username")"#,
            mysql: "REPLACE(`post`.`title`, (? COLLATE utf8mb4_0900_bin), `a1`.`username`)",
            mariadb: "REPLACE(`post`.`title`, (? COLLATE utf8mb4_nopad_bin), `a1`.`username`)",
            sqlite: r#"orm_replace("post"."title", ?, "a1"."username")"#,
        },
    );
}

#[test]
fn strindex() {
    functions(
        &Post::objects().filter(|p| p.title.strindex("a").eq(1)),
        &Expected {
            postgres: r#"STRPOS("title", CAST($1 AS text))"#,
            mysql: "INSTR(`title`, (? COLLATE utf8mb4_0900_bin))",
            mariadb: "INSTR(`title`, (? COLLATE utf8mb4_nopad_bin))",
            sqlite: r#"INSTR("title", ?)"#,
        },
    );
}

#[test]
fn repeat() {
    functions(
        &Post::objects().filter(|p| p.title.repeat(2).eq("x")),
        &Expected {
            postgres: r#"REPEAT("title", CAST($1 AS integer))"#,
            mysql: "REPEAT(`title`, CAST(? AS SIGNED))",
            mariadb: "REPEAT(`title`, CAST(? AS SIGNED))",
            sqlite: r#"orm_repeat("title", ?)"#,
        },
    );
}

#[test]
fn reverse() {
    functions(
        &Post::objects().filter(|p| p.title.reverse().eq("x")),
        &Expected {
            postgres: r#"REVERSE("title")"#,
            mysql: "REVERSE(`title`)",
            mariadb: "REVERSE(`title`)",
            sqlite: r#"orm_reverse("title")"#,
        },
    );
}

#[test]
fn lpad() {
    functions(
        &Post::objects().filter(|p| p.title.lpad(9, "-").eq("x")),
        &Expected {
            postgres: r#"LPAD("title", CAST($1 AS integer), CAST($2 AS text))"#,
            mysql: "LPAD(`title`, CAST(? AS SIGNED), (? COLLATE utf8mb4_0900_bin))",
            mariadb: "LPAD(`title`, CAST(? AS SIGNED), (? COLLATE utf8mb4_nopad_bin))",
            sqlite: r#"orm_lpad("title", ?, ?)"#,
        },
    );
}

#[test]
fn rpad_with_nothing() {
    functions(
        &Post::objects().filter(|p| p.title.rpad(9, "").eq("x")),
        &Expected {
            postgres: r#"RPAD("title", CAST($1 AS integer), CAST($2 AS text))"#,
            mysql: "LEFT(`title`, CAST(? AS SIGNED))",
            mariadb: "LEFT(`title`, CAST(? AS SIGNED))",
            sqlite: r#"orm_rpad("title", ?, ?)"#,
        },
    );
}

#[test]
fn chr() {
    functions(
        &Post::objects().filter(|p| p.views.chr().eq("x")),
        &Expected {
            postgres: r#"CASE WHEN "views" BETWEEN 1 AND 55295 OR "views" BETWEEN 57344 AND 1114111 THEN CHR(CAST("views" AS integer)) END"#,
            mysql: "(CASE WHEN `views` BETWEEN 1 AND 55295 OR `views` BETWEEN 57344 AND 1114111 THEN CONVERT(CHAR(`views` USING utf32) USING utf8mb4) END COLLATE utf8mb4_0900_bin)",
            mariadb: "(CASE WHEN `views` BETWEEN 1 AND 55295 OR `views` BETWEEN 57344 AND 1114111 THEN CONVERT(CHAR(`views` USING utf32) USING utf8mb4) END COLLATE utf8mb4_nopad_bin)",
            sqlite: r#"orm_chr("views")"#,
        },
    );
}

#[test]
fn ord() {
    functions(
        &Post::objects().filter(|p| p.title.ord().eq(65)),
        &Expected {
            postgres: r#"ASCII("title")"#,
            mysql: "ORD(CONVERT(LEFT(`title`, 1) USING utf32))",
            mariadb: "ORD(CONVERT(LEFT(`title`, 1) USING utf32))",
            sqlite: r#"orm_ord("title")"#,
        },
    );
}

#[test]
fn sha256() {
    functions(
        &Post::objects().filter(|p| p.title.sha256().eq("x")),
        &Expected {
            postgres: r#"ENCODE(SHA256(CONVERT_TO("title", 'UTF8')), 'hex')"#,
            mysql: "(SHA2(`title`, 256) COLLATE utf8mb4_0900_bin)",
            mariadb: "(SHA2(`title`, 256) COLLATE utf8mb4_nopad_bin)",
            sqlite: r#"orm_sha256("title")"#,
        },
    );
}

#[test]
fn concat_of_text_numbers_and_nulls() {
    functions(
        &Post::objects().filter(|p| concat((p.title, "-", p.views, p.stars)).eq("x")),
        &Expected {
            postgres: r#"("title" || CAST($1 AS text) || CAST("views" AS text) || COALESCE(CAST("stars" AS text), ''))"#,
            mysql: "CONCAT(`title`, (? COLLATE utf8mb4_0900_bin), CAST(`views` AS CHAR) COLLATE utf8mb4_0900_bin, COALESCE(CAST(`stars` AS CHAR) COLLATE utf8mb4_0900_bin, ''))",
            mariadb: "CONCAT(`title`, (? COLLATE utf8mb4_nopad_bin), CAST(`views` AS CHAR) COLLATE utf8mb4_nopad_bin, COALESCE(CAST(`stars` AS CHAR) COLLATE utf8mb4_nopad_bin, ''))",
            sqlite: r#"("title" || ? || CAST("views" AS TEXT) || COALESCE(CAST("stars" AS TEXT), ''))"#,
        },
    );
}

#[test]
fn collate() {
    functions(
        &Post::objects().filter(|p| p.title.collate("de").eq("x")),
        &Expected {
            postgres: r#"("title" COLLATE "de")"#,
            mysql: "(`title` COLLATE `de`)",
            mariadb: "(`title` COLLATE `de`)",
            sqlite: r#"("title" COLLATE "de")"#,
        },
    );
}

#[test]
fn contains_an_expression() {
    conditions(
        &Post::objects().filter(|p| p.title.contains(p.author.username)),
        &Expected {
            postgres: r#""post"."title" LIKE ('%' || REPLACE(REPLACE(REPLACE("a1"."username", '!', '!!'), '%', '!%'), '_', '!_') || '%') ESCAPE '!'"#,
            mysql: "`post`.`title` LIKE CONCAT('%', REPLACE(REPLACE(REPLACE(`a1`.`username`, '!', '!!'), '%', '!%'), '_', '!_'), '%') COLLATE utf8mb4_0900_bin ESCAPE '!'",
            mariadb: "`post`.`title` LIKE CONCAT('%', REPLACE(REPLACE(REPLACE(`a1`.`username`, '!', '!!'), '%', '!%'), '_', '!_'), '%') COLLATE utf8mb4_nopad_bin ESCAPE '!'",
            sqlite: r#"INSTR("post"."title", "a1"."username") > 0"#,
        },
    );
}

#[test]
fn startswith_an_expression() {
    conditions(
        &Post::objects().filter(|p| p.title.startswith(p.author.username)),
        &Expected {
            postgres: r#""post"."title" LIKE (REPLACE(REPLACE(REPLACE("a1"."username", '!', '!!'), '%', '!%'), '_', '!_') || '%') ESCAPE '!'"#,
            mysql: "`post`.`title` LIKE CONCAT(REPLACE(REPLACE(REPLACE(`a1`.`username`, '!', '!!'), '%', '!%'), '_', '!_'), '%') COLLATE utf8mb4_0900_bin ESCAPE '!'",
            mariadb: "`post`.`title` LIKE CONCAT(REPLACE(REPLACE(REPLACE(`a1`.`username`, '!', '!!'), '%', '!%'), '_', '!_'), '%') COLLATE utf8mb4_nopad_bin ESCAPE '!'",
            sqlite: r#"orm_startswith("post"."title", "a1"."username")"#,
        },
    );
}

#[test]
fn iendswith_an_expression() {
    conditions(
        &Post::objects().filter(|p| p.title.iendswith(p.author.username)),
        &Expected {
            postgres: r#""post"."title" ILIKE ('%' || REPLACE(REPLACE(REPLACE("a1"."username", '!', '!!'), '%', '!%'), '_', '!_')) ESCAPE '!'"#,
            mysql: "LOWER(`post`.`title`) LIKE LOWER(CONCAT('%', REPLACE(REPLACE(REPLACE(`a1`.`username`, '!', '!!'), '%', '!%'), '_', '!_'))) COLLATE utf8mb4_0900_bin ESCAPE '!'",
            mariadb: "LOWER(`post`.`title`) LIKE LOWER(CONCAT('%', REPLACE(REPLACE(REPLACE(`a1`.`username`, '!', '!!'), '%', '!%'), '_', '!_'))) COLLATE utf8mb4_nopad_bin ESCAPE '!'",
            sqlite: r#"orm_endswith(orm_lower("post"."title"), orm_lower("a1"."username"))"#,
        },
    );
}

#[test]
fn iexact_an_expression() {
    conditions(
        &Post::objects().filter(|p| p.title.iexact(p.author.username)),
        &Expected {
            postgres: r#"LOWER("post"."title") = LOWER("a1"."username")"#,
            mysql: "LOWER(`post`.`title`) = LOWER(`a1`.`username`) COLLATE utf8mb4_0900_bin",
            mariadb: "LOWER(`post`.`title`) = LOWER(`a1`.`username`) COLLATE utf8mb4_nopad_bin",
            sqlite: r#"orm_lower("post"."title") = orm_lower("a1"."username")"#,
        },
    );
}

#[test]
fn iregex_an_expression() {
    conditions(
        &Post::objects().filter(|p| p.title.iregex(p.author.username)),
        &Expected {
            postgres: r#""post"."title" ~* "a1"."username""#,
            mysql: "REGEXP_LIKE(`post`.`title`, `a1`.`username`, 'i')",
            mariadb: "`post`.`title` REGEXP CONCAT('(?i)', `a1`.`username`) COLLATE utf8mb4_nopad_bin",
            sqlite: r#""post"."title" REGEXP ('(?i)' || "a1"."username")"#,
        },
    );
}

#[test]
fn sha1_is_an_extension_on_postgres() {
    let query = Post::objects().filter(|p| p.title.sha1().eq("x"));
    let error = query.clone().sql(Dialect::Postgres).expect_err("no function");
    assert!(matches!(error, orm::Error::Unsupported { .. }), "{error}");
    assert!(query.sql(Dialect::Sqlite).is_ok_and(|sql| sql.contains("orm_sha1")));
}

#[test]
fn a_chain_of_texts_is_one_call() {
    let query = Post::objects().filter(|p| {
        let mut text = p.title.concat("");
        for _ in 0..500 {
            text = text.concat(p.title);
        }
        text.eq("x")
    });
    for dialect in Dialect::ALL {
        let sql = query.clone().sql(dialect).expect("a text");
        let (_, condition) = sql.split_once(" WHERE ").expect("a condition");
        assert_eq!(condition.matches("title").count(), 501, "{}", dialect.name());
    }
    // SQLite's parser takes no longer chain than 1,000, so it gets one of chains.
    assert!(query.sql(Dialect::Sqlite).is_ok_and(|sql| sql.contains(") || (")));
}
