//! Conditions: comparisons, NULL, the connectives and what `exclude` means.

use orm::prelude::*;

use crate::*;

#[test]
fn comparisons() {
    conditions(
        &Post::objects().filter(|p| p.views.gt(10) & p.title.ne("x") & p.views.between(1, p.id + 5)),
        &Expected {
            postgres: r#""views" > $1 AND "title" <> $2 AND "views" BETWEEN $3 AND "id" + $4"#,
            mysql: "`views` > ? AND `title` <> ? AND `views` BETWEEN ? AND `id` + ?",
            mariadb: "`views` > ? AND `title` <> ? AND `views` BETWEEN ? AND `id` + ?",
            sqlite: r#""views" > ? AND "title" <> ? AND "views" BETWEEN ? AND "id" + ?"#,
        },
    );
}

#[test]
fn lists() {
    conditions(
        &Post::objects().filter(|p| p.views.is_in([1, 2, 3]) | p.id.is_in(Vec::<i64>::new())),
        &Expected {
            postgres: r#"("views" IN ($1, $2, $3) OR 1 = 0)"#,
            mysql: "(`views` IN (?, ?, ?) OR 1 = 0)",
            mariadb: "(`views` IN (?, ?, ?) OR 1 = 0)",
            sqlite: r#"("views" IN (?, ?, ?) OR 1 = 0)"#,
        },
    );
}

#[test]
fn nulls() {
    conditions(
        &Post::objects().filter(|p| p.stars.is_null() & p.editor.is_not_null()),
        &Expected {
            postgres: r#""stars" IS NULL AND "editor_id" IS NOT NULL"#,
            mysql: "`stars` IS NULL AND `editor_id` IS NOT NULL",
            mariadb: "`stars` IS NULL AND `editor_id` IS NOT NULL",
            sqlite: r#""stars" IS NULL AND "editor_id" IS NOT NULL"#,
        },
    );
}

#[test]
fn connectives() {
    conditions(
        &Post::objects().filter(|p| {
            (p.views.eq(1) | p.views.eq(2)) & !(p.published & p.stars.eq(3)) & (p.published ^ p.stars.gt(1))
        }),
        &Expected {
            postgres: r#"("views" = $1 OR "views" = $2) AND NOT ("published" AND "stars" = $3) AND (("published") <> ("stars" > $4))"#,
            mysql: "(`views` = ? OR `views` = ?) AND NOT (`published` AND `stars` = ?) AND ((`published`) XOR (`stars` > ?))",
            mariadb: "(`views` = ? OR `views` = ?) AND NOT (`published` AND `stars` = ?) AND ((`published`) XOR (`stars` > ?))",
            sqlite: r#"("views" = ? OR "views" = ?) AND NOT ("published" AND "stars" = ?) AND (("published") <> ("stars" > ?))"#,
        },
    );
}

#[test]
fn decimals() {
    conditions(
        &Post::objects().filter(|p| p.price.ge(Decimal::ONE) & (p.price * 2).lt(p.price + Decimal::TEN)),
        &Expected {
            postgres: r#""price" >= $1 AND "price" * $2 < "price" + $3"#,
            mysql: "`price` >= CAST(? AS DECIMAL(65, 30)) AND `price` * CAST(? AS DECIMAL(65, 30)) < `price` + CAST(? AS DECIMAL(65, 30))",
            mariadb: "`price` >= CAST(? AS DECIMAL(65, 30)) AND `price` * CAST(? AS DECIMAL(65, 30)) < `price` + CAST(? AS DECIMAL(65, 30))",
            sqlite: r#""price" >= ? AND orm_dec_mul("price", ?) COLLATE ORM_DECIMAL < orm_dec_add("price", ?) COLLATE ORM_DECIMAL"#,
        },
    );
}

#[test]
fn arithmetic() {
    conditions(
        &Post::objects().filter(|p| ((p.views + 1) * 2 - p.id).gt(0)),
        &Expected {
            postgres: r#"(("views" + $1) * $2) - "id" > $3"#,
            mysql: "((`views` + ?) * ?) - `id` > ?",
            mariadb: "((`views` + ?) * ?) - `id` > ?",
            sqlite: r#"orm_int(orm_int("views" + ?) * ?) - "id" > ?"#,
        },
    );
}

#[test]
fn several_filters() {
    conditions(
        &Post::objects().filter(|p| p.published).filter(|p| p.views.eq(1) | p.views.eq(2)).pk(7),
        &Expected {
            postgres: r#""published" AND ("views" = $1 OR "views" = $2) AND "id" = $3"#,
            mysql: "`published` AND (`views` = ? OR `views` = ?) AND `id` = ?",
            mariadb: "`published` AND (`views` = ? OR `views` = ?) AND `id` = ?",
            sqlite: r#""published" AND ("views" = ? OR "views" = ?) AND "id" = ?"#,
        },
    );
}

#[test]
fn exclude_of_what_can_be_null() {
    conditions(
        &Post::objects().exclude(|p| p.stars.gt(3)),
        &Expected {
            postgres: r#"("stars" > $1) IS NOT TRUE"#,
            mysql: "(`stars` > ?) IS NOT TRUE",
            mariadb: "(`stars` > ?) IS NOT TRUE",
            sqlite: r#"("stars" > ?) IS NOT TRUE"#,
        },
    );
}

#[test]
fn exclude_of_what_cannot_be_null() {
    conditions(
        &Post::objects().exclude(|p| p.views.gt(3) | p.published),
        &Expected {
            postgres: r#"NOT (("views" > $1 OR "published"))"#,
            mysql: "NOT ((`views` > ? OR `published`))",
            mariadb: "NOT ((`views` > ? OR `published`))",
            sqlite: r#"NOT (("views" > ? OR "published"))"#,
        },
    );
}
