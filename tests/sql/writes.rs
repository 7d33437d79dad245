//! INSERT, UPDATE and DELETE, also where conditions reach other tables.

use orm::compile::{Operation, compile_delete, compile_insert, compile_update};
use orm::prelude::*;
use orm::queryset::{Assignments, IntoPredicate};
use orm::value::Value;
use orm_core::ast::{Assignment, Delete, Expr, Insert, Returning, Select, Update};

use crate::*;

const OPERATION: Operation = Operation::new("Post", "test");

#[track_caller]
fn inserts(fields: &[&str], expected: &Expected) {
    for (dialect, text) in expected.each() {
        let returning =
            if dialect.capability().insert_returning { Returning::Model } else { Returning::Nothing };
        let fields: Vec<_> = fields.iter().filter_map(|name| User::META.field(name)).collect();
        let row = fields.iter().map(|_| Value::Text("x".into())).collect();
        let insert =
            Insert { model: User::META, fields, rows: vec![row].into(), on_conflict: None, returning };
        let sql = compile_insert(insert, dialect, OPERATION).expect("a text").sql;
        assert_eq!(sql, text, "{}", dialect.name());
    }
}

/// The rows of a condition, and a slice of them if there is a limit.
fn rows(condition: Expr, limit: Option<u64>) -> Select {
    let mut select = Select::new(Post::META);
    select.filter.push(condition);
    select.limit = limit;
    select
}

#[track_caller]
fn updates<P: IntoPredicate<Post>>(
    condition: impl Fn(PostFields) -> P,
    limit: Option<u64>,
    assignments: impl Fn() -> Vec<Assignment>,
    expected: &Expected,
) {
    for (dialect, text) in expected.each() {
        let rows = rows(condition(Post::fields()).into_condition().expr, limit);
        let update = Update { model: Post::META, assignments: assignments(), rows };
        let sql = compile_update(update, dialect, OPERATION).expect("a text").sql;
        assert_eq!(sql, text, "{}", dialect.name());
    }
}

#[track_caller]
fn deletes<P: IntoPredicate<Post>>(condition: impl Fn(PostFields) -> P, expected: &Expected) {
    for (dialect, text) in expected.each() {
        let rows = rows(condition(Post::fields()).into_condition().expr, None);
        let delete = Delete { model: Post::META, rows };
        let sql = compile_delete(delete, dialect, OPERATION).expect("a text").sql;
        assert_eq!(sql, text, "{}", dialect.name());
    }
}

#[test]
fn insert_of_one_row() {
    inserts(
        &["username", "email"],
        &Expected {
            postgres: r#"INSERT INTO "user" ("username", "email") VALUES ($1, $2) RETURNING "id", "username", "email""#,
            mysql: "INSERT INTO `user` (`username`, `email`) VALUES (?, ?)",
            mariadb: "INSERT INTO `user` (`username`, `email`) VALUES (?, ?) RETURNING `id`, `username`, `email`",
            sqlite: r#"INSERT INTO "user" ("username", "email") VALUES (?, ?) RETURNING "id", "username", "email""#,
        },
    );
}

#[test]
fn insert_of_nothing_but_defaults() {
    inserts(
        &[],
        &Expected {
            postgres: r#"INSERT INTO "user" DEFAULT VALUES RETURNING "id", "username", "email""#,
            mysql: "INSERT INTO `user` () VALUES ()",
            mariadb: "INSERT INTO `user` () VALUES () RETURNING `id`, `username`, `email`",
            sqlite: r#"INSERT INTO "user" DEFAULT VALUES RETURNING "id", "username", "email""#,
        },
    );
}

#[test]
fn update_of_own_columns() {
    let p = Post::fields();
    updates(
        |p| p.views.gt(10),
        None,
        || (p.title.set("x"), p.views.set(p.views + 1), p.price.set(p.price * 2)).into_assignments(),
        &Expected {
            postgres: r#"UPDATE "post" SET "title" = $1, "views" = "views" + $2, "price" = "price" * $3 WHERE "views" > $4"#,
            mysql: "UPDATE `post` SET `title` = ?, `views` = `views` + ?, `price` = `price` * CAST(? AS DECIMAL(65, 30)) WHERE `views` > ?",
            mariadb: "UPDATE `post` SET `title` = ?, `views` = `views` + ?, `price` = `price` * CAST(? AS DECIMAL(65, 30)) WHERE `views` > ?",
            sqlite: r#"UPDATE "post" SET "title" = ?, "views" = "views" + ?, "price" = orm_dec_fit(orm_dec_mul("price", ?) COLLATE ORM_DECIMAL, 10, 2) WHERE "views" > ?"#,
        },
    );
}

#[test]
fn assignments_are_sorted_where_they_take_place_one_after_another() {
    let p = Post::fields();
    updates(
        |p| p.published,
        None,
        || (p.views.set(0), p.stars.set(None::<i32>), p.id.set(p.views)).into_assignments(),
        &Expected {
            postgres: r#"UPDATE "post" SET "views" = $1, "stars" = $2, "id" = "views" WHERE "published""#,
            mysql: "UPDATE `post` SET `stars` = ?, `id` = `views`, `views` = ? WHERE `published`",
            mariadb: "UPDATE `post` SET `stars` = ?, `id` = `views`, `views` = ? WHERE `published`",
            sqlite: r#"UPDATE "post" SET "views" = ?, "stars" = ?, "id" = "views" WHERE "published""#,
        },
    );
}

#[test]
fn update_across_a_relation() {
    let p = Post::fields();
    updates(
        |p| p.author.username.eq("ann"),
        None,
        || p.views.set(1).into_assignments(),
        &Expected {
            postgres: r#"UPDATE "post" SET "views" = $1 WHERE "id" IN (SELECT "post"."id" FROM "post" INNER JOIN "user" AS "a1" ON "post"."author_id" = "a1"."id" WHERE "a1"."username" = $2)"#,
            mysql: "UPDATE `post` SET `views` = ? WHERE `id` IN (SELECT `id` FROM (SELECT `post`.`id` FROM `post` INNER JOIN `user` AS `a1` ON `post`.`author_id` = `a1`.`id` WHERE `a1`.`username` = ?) AS `a0`)",
            mariadb: "UPDATE `post` SET `views` = ? WHERE `id` IN (SELECT `id` FROM (SELECT `post`.`id` FROM `post` INNER JOIN `user` AS `a1` ON `post`.`author_id` = `a1`.`id` WHERE `a1`.`username` = ?) AS `a0`)",
            sqlite: r#"UPDATE "post" SET "views" = ? WHERE "id" IN (SELECT "post"."id" FROM "post" INNER JOIN "user" AS "a1" ON "post"."author_id" = "a1"."id" WHERE "a1"."username" = ?)"#,
        },
    );
}

#[test]
fn update_of_a_slice() {
    let p = Post::fields();
    updates(
        |p| p.published,
        Some(3),
        || p.views.set(1).into_assignments(),
        &Expected {
            postgres: r#"UPDATE "post" SET "views" = $1 WHERE "id" IN (SELECT "id" FROM "post" WHERE "published" LIMIT 3)"#,
            mysql: "UPDATE `post` SET `views` = ? WHERE `published` LIMIT 3",
            mariadb: "UPDATE `post` SET `views` = ? WHERE `published` LIMIT 3",
            sqlite: r#"UPDATE "post" SET "views" = ? WHERE "id" IN (SELECT "id" FROM "post" WHERE "published" LIMIT 3)"#,
        },
    );
}

#[test]
fn delete_of_own_rows() {
    deletes(
        |p| p.views.eq(0) & !p.published,
        &Expected {
            postgres: r#"DELETE FROM "post" WHERE "views" = $1 AND NOT ("published")"#,
            mysql: "DELETE FROM `post` WHERE `views` = ? AND NOT (`published`)",
            mariadb: "DELETE FROM `post` WHERE `views` = ? AND NOT (`published`)",
            sqlite: r#"DELETE FROM "post" WHERE "views" = ? AND NOT ("published")"#,
        },
    );
}

#[test]
fn delete_across_a_relation() {
    deletes(
        |p| p.editor.email.is_null(),
        &Expected {
            postgres: r#"DELETE FROM "post" WHERE "id" IN (SELECT "post"."id" FROM "post" LEFT JOIN "user" AS "a1" ON "post"."editor_id" = "a1"."id" WHERE "a1"."email" IS NULL)"#,
            mysql: "DELETE FROM `post` WHERE `id` IN (SELECT `id` FROM (SELECT `post`.`id` FROM `post` LEFT JOIN `user` AS `a1` ON `post`.`editor_id` = `a1`.`id` WHERE `a1`.`email` IS NULL) AS `a0`)",
            mariadb: "DELETE FROM `post` WHERE `id` IN (SELECT `id` FROM (SELECT `post`.`id` FROM `post` LEFT JOIN `user` AS `a1` ON `post`.`editor_id` = `a1`.`id` WHERE `a1`.`email` IS NULL) AS `a0`)",
            sqlite: r#"DELETE FROM "post" WHERE "id" IN (SELECT "post"."id" FROM "post" LEFT JOIN "user" AS "a1" ON "post"."editor_id" = "a1"."id" WHERE "a1"."email" IS NULL)"#,
        },
    );
}
