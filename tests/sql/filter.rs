//! Conditions: comparisons, NULL, the connectives and what `exclude` means.

use std::collections::HashSet;

use orm::Model as _;
use orm::prelude::*;
use orm::value::Value;
use orm_core::ast::{Expr, FieldRef, Node, Select};
use orm_core::compile::{Operation, compile_select};

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
            postgres: r#"("views" = ANY($1) OR 1 = 0)"#,
            mysql: "(`views` IN (?, ?, ?, ?) OR 1 = 0)",
            mariadb: "(`views` IN (?, ?, ?, ?) OR 1 = 0)",
            sqlite: r#"("views" IN (?, ?, ?, ?) OR 1 = 0)"#,
        },
    );
    conditions(
        &Post::objects()
            .filter(|p| p.views.is_in([1]) & !p.stars.is_in([4, 5]))
            .exclude(|p| p.price.is_in([Decimal::ONE, Decimal::TWO])),
        &Expected {
            postgres: r#""views" IN ($1) AND NOT ("stars" = ANY($2)) AND NOT ("price" = ANY($3))"#,
            mysql: "`views` IN (?) AND NOT (`stars` IN (?, ?)) AND NOT (`price` IN (CAST(? AS DECIMAL(65, 30)), CAST(? AS DECIMAL(65, 30))))",
            mariadb: "`views` IN (?) AND NOT (`stars` IN (?, ?)) AND NOT (`price` IN (CAST(? AS DECIMAL(65, 30)), CAST(? AS DECIMAL(65, 30))))",
            sqlite: r#""views" IN (?) AND NOT ("stars" IN (?, ?)) AND NOT ("price" IN (?, ?))"#,
        },
    );
    let long = Post::objects().filter(|p| p.views.is_in(0..3_000));
    conditions(
        &long,
        &Expected {
            postgres: r#""views" = ANY($1)"#,
            mysql: "`views` IN (SELECT `orm_value` FROM JSON_TABLE(?, '$[*]' COLUMNS (`orm_value` BIGINT PATH '$')) AS `orm_list`)",
            mariadb: "`views` IN (SELECT `orm_value` FROM JSON_TABLE(?, '$[*]' COLUMNS (`orm_value` BIGINT PATH '$')) AS `orm_list`)",
            sqlite: r#""views" IN (SELECT value FROM json_each(?))"#,
        },
    );
}

#[test]
fn lists_of_any_length_have_few_texts() {
    for (dialect, most) in
        [(Dialect::Postgres, 2), (Dialect::MySql, 13), (Dialect::MariaDb, 13), (Dialect::Sqlite, 13)]
    {
        let text =
            |length| Post::objects().filter(|p| p.views.is_in(0..length)).sql(dialect).expect("a text");
        let texts: HashSet<String> = (1..=2_100).map(text).collect();
        assert_eq!(texts.len(), most, "{}", dialect.name());
    }
}

#[test]
fn rows_of_values() {
    let condition = |rows: Vec<Vec<Value>>| {
        let fields = [&Post::META.fields[4], &Post::META.fields[3]];
        let nodes = fields.map(|field| Node::leaf(Expr::Field(FieldRef { path: None, field })));
        Node::in_tuples(nodes.to_vec(), rows).expr
    };
    let row = |views: i64| vec![Value::I64(views), Value::Text("x".into())];
    let text = |rows: Vec<Vec<Value>>, dialect: Dialect| {
        let mut select = Select::new(Post::META);
        select.filter.push(condition(rows));
        let sql = compile_select(select, dialect, Operation::new("Post", "test")).expect("a text").sql;
        sql.split_once(" WHERE ").expect("a condition").1.to_owned()
    };
    for (dialect, three) in (Expected {
        postgres: r#"("views", "title") IN (SELECT * FROM UNNEST(CAST($1 AS bigint[]), CAST($2 AS text[])))"#,
        mysql: "(`views`, `title`) IN ((?, ?), (?, ?), (?, ?), (?, ?))",
        mariadb: "(`views`, `title`) IN ((?, ?), (?, ?), (?, ?), (?, ?))",
        sqlite: r#"("views", "title") IN (VALUES (?, ?), (?, ?), (?, ?), (?, ?))"#,
    })
    .each()
    {
        assert_eq!(text(vec![row(1), row(2), row(3)], dialect), three, "{}", dialect.name());
        assert_eq!(text(vec![], dialect), "1 = 0", "{}", dialect.name());
    }
    let uneven = Node::in_tuples(vec![Node::leaf(Expr::Count(1))], vec![row(1)]).expr;
    assert!(matches!(uneven, Expr::Invalid(_)), "{uneven:?}");
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
fn no_condition_is_not_written() {
    let none = || Vec::<Predicate<Post>>::new();
    let views = |least: Option<i64>| move |p: PostFields| least.map(|least| p.views.gt(least));
    conditions(
        &Post::objects()
            .filter(views(None))
            .exclude(views(None))
            .filter(|p| p.published & all_of(none()))
            .filter(|p| all_of(none()) & p.views.eq(1) & all_of(none()))
            .filter(|_| all_of([all_of(none()), all_of(none())]))
            .filter(views(Some(2)))
            .exclude(views(Some(3))),
        &Expected {
            postgres: r#""published" AND "views" = $1 AND "views" > $2 AND NOT ("views" > $3)"#,
            mysql: "`published` AND `views` = ? AND `views` > ? AND NOT (`views` > ?)",
            mariadb: "`published` AND `views` = ? AND `views` > ? AND NOT (`views` > ?)",
            sqlite: r#""published" AND "views" = ? AND "views" > ? AND NOT ("views" > ?)"#,
        },
    );
    // What is always false is a condition, and so is the opposite of what is always true.
    conditions(
        &Post::objects().filter(|_| any_of(none())).exclude(|_| all_of(none())).filter(|_| !all_of(none())),
        &Expected {
            postgres: "1 = 0 AND NOT (1 = 1) AND 1 = 0",
            mysql: "1 = 0 AND NOT (1 = 1) AND 1 = 0",
            mariadb: "1 = 0 AND NOT (1 = 1) AND 1 = 0",
            sqlite: "1 = 0 AND NOT (1 = 1) AND 1 = 0",
        },
    );
}

#[test]
fn without_any_condition_there_is_no_clause() {
    let none = None::<Predicate<Post>>;
    texts(
        &Post::objects().filter(|_| none.clone()).values(|p| p.id).qualify(|_| None::<Predicate<Post>>),
        &Expected {
            postgres: r#"SELECT "id" FROM "post" ORDER BY "id" DESC"#,
            mysql: "SELECT `id` FROM `post` ORDER BY `id` DESC",
            mariadb: "SELECT `id` FROM `post` ORDER BY `id` DESC",
            sqlite: r#"SELECT "id" FROM "post" ORDER BY "id" DESC"#,
        },
    );
    // Without a condition there are groups all the same.
    texts(
        &Post::objects().values(|p| p.views).having(|_| none.clone()),
        &Expected {
            postgres: r#"SELECT "views" FROM "post" GROUP BY "views""#,
            mysql: "SELECT `views` FROM `post` GROUP BY `views`",
            mariadb: "SELECT `views` FROM `post` GROUP BY `views`",
            sqlite: r#"SELECT "views" FROM "post" GROUP BY "views""#,
        },
    );
    texts(
        &Post::objects().values(|p| p.id.count().filter(all_of(none))).having(|_| None::<Predicate<Post>>),
        &Expected {
            postgres: r#"SELECT COUNT("id") FROM "post""#,
            mysql: "SELECT COUNT(`id`) FROM `post`",
            mariadb: "SELECT COUNT(`id`) FROM `post`",
            sqlite: r#"SELECT COUNT("id") FROM "post""#,
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
