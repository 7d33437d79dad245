//! Numbers: arithmetic, mathematics, conversion, aggregates.

use orm::prelude::*;

use super::{Expected, Post, conditions};

#[test]
fn short_integers_are_widened() {
    conditions(
        &Post::objects().filter(|p| (p.stars + 1).gt(-p.stars)),
        &Expected {
            postgres: r#"CAST("stars" AS bigint) + $1 > (-CAST("stars" AS bigint))"#,
            mysql: "`stars` + ? > (-(`stars`))",
            mariadb: "`stars` + ? > (-(`stars`))",
            sqlite: r#""stars" + ? > (-("stars"))"#,
        },
    );
}

#[test]
fn division() {
    conditions(
        &Post::objects().filter(|p| (p.views / p.id).lt(p.views % 7) & (p.price / 3).gt(Decimal::ONE)),
        &Expected {
            postgres: r#""views" / NULLIF("id", 0) < "views" % NULLIF($1, 0) AND ROUND(ROUND("price", 30) / NULLIF($2, 0), 16) > $3"#,
            mysql: "`views` DIV NULLIF(`id`, 0) < `views` % NULLIF(?, 0) AND ROUND(CAST(`price` AS DECIMAL(65, 30)) / NULLIF(CAST(? AS DECIMAL(65, 30)), 0), 16) > CAST(? AS DECIMAL(65, 30))",
            mariadb: "`views` DIV NULLIF(`id`, 0) < `views` % NULLIF(?, 0) AND ROUND(CAST(`price` AS DECIMAL(65, 30)) / NULLIF(CAST(? AS DECIMAL(65, 30)), 0), 16) > CAST(? AS DECIMAL(65, 30))",
            sqlite: r#""views" / "id" < "views" % ? AND orm_dec_div("price", ?) COLLATE ORM_DECIMAL > ?"#,
        },
    );
}

#[test]
fn bits() {
    conditions(
        &Post::objects()
            .filter(|p| p.views.bitxor(1).eq(p.views.bitrightshift(2)) & p.views.bitleftshift(p.id).gt(0)),
        &Expected {
            postgres: r#""views" # $1 = ("views" >> CAST($2 AS integer)) AND ("views" << CAST(("id" & 63) AS integer)) > $3"#,
            mysql: "CAST(`views` ^ ? AS SIGNED) = CAST(CASE WHEN `views` < 0 THEN ~(~`views` >> ?) ELSE `views` >> ? END AS SIGNED) AND CAST(`views` << (`id` & 63) AS SIGNED) > ?",
            mariadb: "CAST(`views` ^ ? AS SIGNED) = CAST(CASE WHEN `views` < 0 THEN ~(~`views` >> ?) ELSE `views` >> ? END AS SIGNED) AND CAST(`views` << (`id` & 63) AS SIGNED) > ?",
            sqlite: r#"(("views" | ?) - ("views" & ?)) = "views" >> ? AND "views" << ("id" & 63) > ?"#,
        },
    );
}

#[test]
fn mathematics() {
    conditions(
        &Post::objects()
            .filter(|p| p.views.sqrt().gt(2.0) & p.price.round(1).gt(Decimal::ONE) & p.views.abs().gt(1)),
        &Expected {
            postgres: r#"SQRT(CASE WHEN CAST("views" AS double precision) >= 0 THEN CAST("views" AS double precision) END) > $1 AND ROUND("price", 1) > $2 AND ABS("views") > $3"#,
            mysql: "SQRT(CASE WHEN CAST(`views` AS DOUBLE) >= 0 THEN CAST(`views` AS DOUBLE) END) > ? AND ROUND(`price`, 1) > CAST(? AS DECIMAL(65, 30)) AND ABS(`views`) > ?",
            mariadb: "SQRT(CASE WHEN CAST(`views` AS DOUBLE) >= 0 THEN CAST(`views` AS DOUBLE) END) > ? AND ROUND(`price`, 1) > CAST(? AS DECIMAL(65, 30)) AND ABS(`views`) > ?",
            sqlite: r#"orm_sqrt("views") > ? AND orm_round("price", 1) COLLATE ORM_DECIMAL > ? AND orm_abs("views") > ?"#,
        },
    );
}

#[test]
fn conversions() {
    conditions(
        &Post::objects().filter(|p| p.title.cast::<i64>().eq(7) & p.views.cast::<String>().eq("7")),
        &Expected {
            postgres: r#"CAST(CASE WHEN "title" ~ '^[+-]?[0-9]+$' THEN "title" ELSE 'not: ' || "title" END AS bigint) = $1 AND CAST("views" AS text) = $2"#,
            mysql: "(CAST(CASE WHEN CONCAT(`title`, '!') REGEXP '^[+-]?[0-9]+[!]$' THEN `title` ELSE LENGTH(`title`) + 1 + 9223372036854775807 END AS DECIMAL(65, 0)) DIV 1) = ? AND CAST(`views` AS CHAR) COLLATE utf8mb4_0900_bin = ?",
            mariadb: "(CAST(CASE WHEN CONCAT(`title`, '!') REGEXP '^[+-]?[0-9]+[!]$' THEN `title` ELSE LENGTH(`title`) + 1 + 9223372036854775807 END AS DECIMAL(65, 0)) DIV 1) = ? AND CAST(`views` AS CHAR) COLLATE utf8mb4_nopad_bin = ?",
            sqlite: r#"orm_text_to_int("title") = ? AND CAST("views" AS TEXT) = ?"#,
        },
    );
}

#[test]
fn aggregates() {
    let query = Post::objects()
        .order_by(|_| Vec::new())
        .values(|p| (p.views.sum(), p.price.avg(), p.views.stddev(), p.title.string_agg(",").order_by(p.id)));
    let expected = Expected {
        postgres: r#"SELECT CAST(SUM("views") AS bigint), ROUND(AVG(ROUND("price", 30)), 16), CAST(STDDEV_POP("views") AS double precision), STRING_AGG("title", CAST($1 AS text) ORDER BY "id") FROM "post""#,
        mysql: "SELECT SUM(`views`), ROUND(AVG(CAST(`price` AS DECIMAL(65, 30))), 16), STDDEV_POP(CAST(`views` AS DOUBLE)), GROUP_CONCAT(`title` ORDER BY `id` SEPARATOR ',') FROM `post`",
        mariadb: "SELECT SUM(`views`), ROUND(AVG(CAST(`price` AS DECIMAL(65, 30))), 16), STDDEV_POP(CAST(`views` AS DOUBLE)), GROUP_CONCAT(`title` ORDER BY `id` SEPARATOR ',') FROM `post`",
        sqlite: r#"SELECT SUM("views"), orm_dec_avg("price") COLLATE ORM_DECIMAL, orm_stddev_pop("views"), string_agg("title", ? ORDER BY "id") FROM "post""#,
    };
    for (dialect, text) in expected.each() {
        assert_eq!(query.clone().sql(dialect).expect("a text"), text, "{}", dialect.name());
    }
}

#[test]
fn aggregates_of_what_is_put_together() {
    let query = Post::objects().order_by(|_| Vec::new()).values(|p| {
        (p.title.string_agg(";").distinct(), p.stars.json_agg().filter(p.published), p.views.bit_and())
    });
    let expected = Expected {
        postgres: r#"SELECT STRING_AGG(DISTINCT "title", CAST($1 AS text)), JSONB_AGG("stars") FILTER (WHERE "published"), BIT_AND("views") FROM "post""#,
        mysql: "SELECT GROUP_CONCAT(DISTINCT `title` SEPARATOR ';'), CAST(CONCAT('[', GROUP_CONCAT(CASE WHEN `published` THEN COALESCE(CAST(`stars` AS CHAR), 'null') END SEPARATOR ','), ']') AS JSON), CASE WHEN COUNT(`views`) > 0 THEN CAST(BIT_AND(`views`) AS SIGNED) END FROM `post`",
        mariadb: "SELECT GROUP_CONCAT(DISTINCT `title` SEPARATOR ';'), CONCAT('[', GROUP_CONCAT(CASE WHEN `published` THEN COALESCE(CAST(`stars` AS CHAR), 'null') END SEPARATOR ','), ']'), CASE WHEN COUNT(`views`) > 0 THEN CAST(BIT_AND(`views`) AS SIGNED) END FROM `post`",
        sqlite: r#"SELECT orm_string_agg(DISTINCT ? || "title"), CASE WHEN COUNT(*) FILTER (WHERE "published") > 0 THEN json_group_array("stars") FILTER (WHERE "published") END, orm_bit_and("views") FROM "post""#,
    };
    for (dialect, text) in expected.each() {
        assert_eq!(query.clone().sql(dialect).expect("a text"), text, "{}", dialect.name());
    }
}
