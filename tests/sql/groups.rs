//! Conditions on groups: which are asked of rows, and what is computed from parameters.

use orm::prelude::*;

use crate::*;

#[test]
fn what_groups_have_in_common_is_asked_of_rows() {
    texts(
        &Post::objects()
            .values(|p| (p.views / 10, count_rows()))
            .having(|p| count_rows().gt(1) & (p.views / 10).lt(5)),
        &Expected {
            postgres: r#"SELECT "views" / NULLIF($1, 0) AS "orm_0", COUNT(*) AS "orm_1" FROM "post" WHERE "views" / NULLIF($2, 0) < $3 GROUP BY "orm_0" HAVING COUNT(*) > $4"#,
            mysql: "SELECT `views` DIV NULLIF(?, 0) AS `orm_0`, COUNT(*) AS `orm_1` FROM `post` WHERE `views` DIV NULLIF(?, 0) < ? GROUP BY `orm_0` HAVING COUNT(*) > ?",
            mariadb: "SELECT `views` DIV NULLIF(?, 0) AS `orm_0`, COUNT(*) AS `orm_1` FROM `post` WHERE `views` DIV NULLIF(?, 0) < ? GROUP BY `orm_0` HAVING COUNT(*) > ?",
            sqlite: r#"SELECT "views" / ? AS "orm_0", COUNT(*) AS "orm_1" FROM "post" WHERE "views" / ? < ? GROUP BY "orm_0" HAVING COUNT(*) > ?"#,
        },
    );
}

#[test]
fn what_groups_have_in_common_is_aggregated_beside_aggregates() {
    texts(
        &Post::objects()
            .values(|p| (p.views / 10, count_rows()))
            .having(|p| count_rows().gt(1) | (p.views / 10).lt(5) | p.published.bool_and()),
        &Expected {
            postgres: r#"SELECT "views" / NULLIF($1, 0) AS "orm_0", COUNT(*) AS "orm_1" FROM "post" GROUP BY "orm_0" HAVING (COUNT(*) > $2 OR MIN("views" / NULLIF($3, 0)) < $4 OR BOOL_AND("published"))"#,
            mysql: "SELECT `views` DIV NULLIF(?, 0) AS `orm_0`, COUNT(*) AS `orm_1` FROM `post` GROUP BY `orm_0` HAVING (COUNT(*) > ? OR MIN(`views` DIV NULLIF(?, 0)) < ? OR MIN(`published`))",
            mariadb: "SELECT `views` DIV NULLIF(?, 0) AS `orm_0`, COUNT(*) AS `orm_1` FROM `post` GROUP BY `orm_0` HAVING (COUNT(*) > ? OR MIN(`views` DIV NULLIF(?, 0)) < ? OR MIN(`published`))",
            sqlite: r#"SELECT "views" / ? AS "orm_0", COUNT(*) AS "orm_1" FROM "post" GROUP BY "orm_0" HAVING (COUNT(*) > ? OR MIN("views" / ?) < ? OR MIN("published"))"#,
        },
    );
    texts(
        &Post::objects()
            .values(|p| (p.stars.gt(3), count_rows()))
            .having(|p| count_rows().gt(1) | p.stars.gt(3)),
        &Expected {
            postgres: r#"SELECT ("stars" > $1) IS TRUE AS "orm_0", COUNT(*) AS "orm_1" FROM "post" GROUP BY "orm_0" HAVING (COUNT(*) > $2 OR BOOL_AND(("stars" > $3) IS TRUE))"#,
            mysql: "SELECT (`stars` > ?) IS TRUE AS `orm_0`, COUNT(*) AS `orm_1` FROM `post` GROUP BY `orm_0` HAVING (COUNT(*) > ? OR MIN((`stars` > ?) IS TRUE))",
            mariadb: "SELECT (`stars` > ?) IS TRUE AS `orm_0`, COUNT(*) AS `orm_1` FROM `post` GROUP BY `orm_0` HAVING (COUNT(*) > ? OR MIN((`stars` > ?) IS TRUE))",
            sqlite: r#"SELECT ("stars" > ?) IS TRUE AS "orm_0", COUNT(*) AS "orm_1" FROM "post" GROUP BY "orm_0" HAVING (COUNT(*) > ? OR MIN(("stars" > ?) IS TRUE))"#,
        },
    );
}
