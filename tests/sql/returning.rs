//! Writes in an order, of a slice, and what they give back.

use orm::compile::{
    Operation, compile_delete, compile_delete_returning, compile_update, compile_update_returning,
};
use orm::prelude::*;
use orm::queryset::Assignments;
use orm_core::ast::{Delete, Expr, FieldRef, OrderBy, Select, Selection, Update};

use crate::*;

const OPERATION: Operation = Operation::new("Post", "test");
const NONE: &str = "several statements";

fn in_order(limit: Option<u64>, offset: Option<u64>) -> Select {
    let mut select = Select::new(Post::META);
    let views = Post::META.field("views").expect("a field");
    select.order_by.push(OrderBy::field(views, true));
    (select.limit, select.offset) = (limit, offset);
    select
}

fn own(field: &str) -> Expr {
    Expr::Field(FieldRef { path: None, field: Post::META.field(field).expect("a field") })
}

fn reading(exprs: Vec<Expr>) -> Select {
    let mut select = in_order(Some(2), None);
    select.selection = Selection::Exprs(exprs);
    select
}

fn update(rows: Select) -> Update {
    Update { model: Post::META, assignments: Post::fields().views.set(1).into_assignments(), rows }
}

#[track_caller]
fn written(select: impl Fn() -> Select, updates: &Expected, deletes: &Expected) {
    for (dialect, text) in updates.each() {
        assert_eq!(compile_update(update(select()), dialect, OPERATION).expect("a text").sql, text);
    }
    for (dialect, text) in deletes.each() {
        let delete = Delete { model: Post::META, rows: select() };
        assert_eq!(compile_delete(delete, dialect, OPERATION).expect("a text").sql, text);
    }
}

#[track_caller]
fn given_back(select: impl Fn() -> Select, updates: &Expected, deletes: &Expected) {
    for (dialect, text) in updates.each() {
        let sql = compile_update_returning(update(select()), dialect, OPERATION).expect("no mistake");
        assert_eq!(sql.map_or_else(|| NONE.to_owned(), |sql| sql.sql.into()), text, "{}", dialect.name());
    }
    for (dialect, text) in deletes.each() {
        let delete = Delete { model: Post::META, rows: select() };
        let sql = compile_delete_returning(delete, dialect, OPERATION).expect("no mistake");
        assert_eq!(sql.map_or_else(|| NONE.to_owned(), |sql| sql.sql.into()), text, "{}", dialect.name());
    }
}

#[test]
fn an_order_is_written_where_it_can_be() {
    written(
        || in_order(None, None),
        &Expected {
            postgres: r#"UPDATE "post" SET "views" = $1"#,
            mysql: "UPDATE `post` SET `views` = ? ORDER BY `views` DESC",
            mariadb: "UPDATE `post` SET `views` = ? ORDER BY `views` DESC",
            sqlite: r#"UPDATE "post" SET "views" = ?"#,
        },
        &Expected {
            postgres: r#"DELETE FROM "post""#,
            mysql: "DELETE FROM `post` ORDER BY `views` DESC",
            mariadb: "DELETE FROM `post` ORDER BY `views` DESC",
            sqlite: r#"DELETE FROM "post""#,
        },
    );
}

#[test]
fn a_slice_is_written_or_found_before() {
    written(
        || in_order(Some(2), None),
        &Expected {
            postgres: r#"UPDATE "post" SET "views" = $1 WHERE "id" IN (SELECT "id" FROM "post" ORDER BY "views" DESC LIMIT 2)"#,
            mysql: "UPDATE `post` SET `views` = ? ORDER BY `views` DESC LIMIT 2",
            mariadb: "UPDATE `post` SET `views` = ? ORDER BY `views` DESC LIMIT 2",
            sqlite: r#"UPDATE "post" SET "views" = ? WHERE "id" IN (SELECT "id" FROM "post" ORDER BY "views" DESC LIMIT 2)"#,
        },
        &Expected {
            postgres: r#"DELETE FROM "post" WHERE "id" IN (SELECT "id" FROM "post" ORDER BY "views" DESC LIMIT 2)"#,
            mysql: "DELETE FROM `post` ORDER BY `views` DESC LIMIT 2",
            mariadb: "DELETE FROM `post` ORDER BY `views` DESC LIMIT 2",
            sqlite: r#"DELETE FROM "post" WHERE "id" IN (SELECT "id" FROM "post" ORDER BY "views" DESC LIMIT 2)"#,
        },
    );
}

#[test]
fn an_offset_is_found_before() {
    written(
        || in_order(Some(2), Some(1)),
        &Expected {
            postgres: r#"UPDATE "post" SET "views" = $1 WHERE "id" IN (SELECT "id" FROM "post" ORDER BY "views" DESC LIMIT 2 OFFSET 1)"#,
            mysql: "UPDATE `post` SET `views` = ? WHERE `id` IN (SELECT `id` FROM (SELECT `id` FROM `post` ORDER BY `views` DESC LIMIT 2 OFFSET 1) AS `a0`)",
            mariadb: "UPDATE `post` SET `views` = ? WHERE `id` IN (SELECT `id` FROM (SELECT `id` FROM `post` ORDER BY `views` DESC LIMIT 2 OFFSET 1) AS `a0`)",
            sqlite: r#"UPDATE "post" SET "views" = ? WHERE "id" IN (SELECT "id" FROM "post" ORDER BY "views" DESC LIMIT 2 OFFSET 1)"#,
        },
        &Expected {
            postgres: r#"DELETE FROM "post" WHERE "id" IN (SELECT "id" FROM "post" ORDER BY "views" DESC LIMIT 2 OFFSET 1)"#,
            mysql: "DELETE FROM `post` WHERE `id` IN (SELECT `id` FROM (SELECT `id` FROM `post` ORDER BY `views` DESC LIMIT 2 OFFSET 1) AS `a0`)",
            mariadb: "DELETE FROM `post` WHERE `id` IN (SELECT `id` FROM (SELECT `id` FROM `post` ORDER BY `views` DESC LIMIT 2 OFFSET 1) AS `a0`)",
            sqlite: r#"DELETE FROM "post" WHERE "id" IN (SELECT "id" FROM "post" ORDER BY "views" DESC LIMIT 2 OFFSET 1)"#,
        },
    );
}

/// The columns of a SELECT around another one are not called as the model's: a name that is not found there would be that of
/// the row itself, and every row would be written.
#[test]
fn keys_found_through_a_window_are_named() {
    let first_of_each = || {
        let mut select = Select::new(Post::META);
        select.clauses_mut().distinct_on = vec![own("author")];
        select
    };
    let numbered = "SELECT `orm_0` FROM (SELECT `a1`.`orm_0` AS `orm_0` FROM (SELECT `id` AS `orm_0`, (ROW_NUMBER() OVER (PARTITION BY `author_id`)) = ? AS `orm_1` FROM `post`) AS `a1` WHERE `a1`.`orm_1`) AS `a0`";
    for dialect in [Dialect::MySql, Dialect::MariaDb] {
        let delete = Delete { model: Post::META, rows: first_of_each() };
        let sql = compile_delete(delete, dialect, OPERATION).expect("a text").sql;
        assert_eq!(sql, format!("DELETE FROM `post` WHERE `id` IN ({numbered})"));
    }
}

#[test]
fn what_is_read_is_given_back() {
    let p = Post::fields();
    let sum = p.views.set(p.views + 1).into_assignments().remove(0).value;
    given_back(
        || reading(vec![own("id"), sum.clone()]),
        &Expected {
            postgres: r#"UPDATE "post" SET "views" = $1 WHERE "id" IN (SELECT "id" FROM "post" ORDER BY "views" DESC LIMIT 2) RETURNING "id", "views" + $2"#,
            mysql: NONE,
            mariadb: NONE,
            sqlite: r#"UPDATE "post" SET "views" = ? WHERE "id" IN (SELECT "id" FROM "post" ORDER BY "views" DESC LIMIT 2) RETURNING "id", "views" + ?"#,
        },
        &Expected {
            postgres: r#"DELETE FROM "post" WHERE "id" IN (SELECT "id" FROM "post" ORDER BY "views" DESC LIMIT 2) RETURNING "id", "views" + $1"#,
            mysql: NONE,
            mariadb: "DELETE FROM `post` ORDER BY `views` DESC LIMIT 2 RETURNING `id`, `views` + ?",
            sqlite: r#"DELETE FROM "post" WHERE "id" IN (SELECT "id" FROM "post" ORDER BY "views" DESC LIMIT 2) RETURNING "id", "views" + ?"#,
        },
    );
}
