//! Locks on rows.

use orm::queryset::LockedQuerySet;

use crate::*;

#[track_caller]
fn locks<M: orm::Model, S: Shape<Model = M> + Clone>(query: &LockedQuerySet<M, S>, expected: &Expected) {
    for (dialect, text) in expected.each() {
        let sql = query.clone().sql(dialect).unwrap_or_else(|error| error.to_string());
        let behind = sql.split_once(" FROM ").map_or(sql.as_str(), |(_, behind)| behind);
        assert_eq!(behind, text, "{}", dialect.name());
    }
}

#[test]
fn for_update_and_share() {
    let first = User::objects().order_by(|u| u.id).limit(1);
    locks(
        &first.clone().select_for_update(),
        &Expected {
            postgres: r#""user" ORDER BY "id" LIMIT 1 FOR UPDATE"#,
            mysql: "`user` ORDER BY `id` LIMIT 1 FOR UPDATE",
            mariadb: "`user` ORDER BY `id` LIMIT 1 FOR UPDATE",
            sqlite: r#""user" ORDER BY "id" LIMIT 1"#,
        },
    );
    locks(
        &first.clone().select_for_update().skip_locked(),
        &Expected {
            postgres: r#""user" ORDER BY "id" LIMIT 1 FOR UPDATE SKIP LOCKED"#,
            mysql: "`user` ORDER BY `id` LIMIT 1 FOR UPDATE SKIP LOCKED",
            mariadb: "`user` ORDER BY `id` LIMIT 1 FOR UPDATE SKIP LOCKED",
            sqlite: r#""user" ORDER BY "id" LIMIT 1"#,
        },
    );
    locks(
        &first.clone().select_for_share().nowait(),
        &Expected {
            postgres: r#""user" ORDER BY "id" LIMIT 1 FOR SHARE NOWAIT"#,
            mysql: "`user` ORDER BY `id` LIMIT 1 FOR SHARE NOWAIT",
            mariadb: "`user` ORDER BY `id` LIMIT 1 LOCK IN SHARE MODE NOWAIT",
            sqlite: r#""user" ORDER BY "id" LIMIT 1"#,
        },
    );
    locks(
        &first.clone().select_for_update().no_key(),
        &Expected {
            postgres: r#""user" ORDER BY "id" LIMIT 1 FOR NO KEY UPDATE"#,
            mysql: "MySQL does not support locks that let rows be pointed at (`no_key`)",
            mariadb: "MariaDB does not support locks that let rows be pointed at (`no_key`)",
            sqlite: r#""user" ORDER BY "id" LIMIT 1"#,
        },
    );
    let mistaken = first.select_for_share().no_key().sql(Dialect::Postgres);
    assert_eq!(mistaken.unwrap_err().to_string(), "invalid query: `no_key` is for `select_for_update`");
}

#[test]
fn of_some_tables() {
    let by_ann = Post::objects().filter(|p| p.author.username.eq("ann")).order_by(|p| p.id);
    locks(
        &by_ann.clone().select_for_update().nowait(),
        &Expected {
            postgres: r#""post" INNER JOIN "user" AS "a1" ON "post"."author_id" = "a1"."id" WHERE "a1"."username" = $1 ORDER BY "post"."id" FOR UPDATE OF "post" NOWAIT"#,
            mysql: "`post` INNER JOIN `user` AS `a1` ON `post`.`author_id` = `a1`.`id` WHERE `a1`.`username` = ? ORDER BY `post`.`id` FOR UPDATE OF `post` NOWAIT",
            mariadb: "MariaDB does not support locking rows of some of a query's tables: leave out the others, or name them in `of`",
            sqlite: r#""post" INNER JOIN "user" AS "a1" ON "post"."author_id" = "a1"."id" WHERE "a1"."username" = ? ORDER BY "post"."id""#,
        },
    );
    locks(
        &by_ann.select_for_update().of(|p| p.author),
        &Expected {
            postgres: r#""post" INNER JOIN "user" AS "a1" ON "post"."author_id" = "a1"."id" WHERE "a1"."username" = $1 ORDER BY "post"."id" FOR UPDATE"#,
            mysql: "`post` INNER JOIN `user` AS `a1` ON `post`.`author_id` = `a1`.`id` WHERE `a1`.`username` = ? ORDER BY `post`.`id` FOR UPDATE",
            mariadb: "`post` INNER JOIN `user` AS `a1` ON `post`.`author_id` = `a1`.`id` WHERE `a1`.`username` = ? ORDER BY `post`.`id` FOR UPDATE",
            sqlite: r#""post" INNER JOIN "user" AS "a1" ON "post"."author_id" = "a1"."id" WHERE "a1"."username" = ? ORDER BY "post"."id""#,
        },
    );
    // A table that only `of` speaks of is joined for it; the editor's rows are left alone.
    let edited = Post::objects().filter(|p| p.editor.username.eq("bob")).order_by(|p| p.id);
    locks(
        &edited.select_for_update().of(|p| (p.author,)),
        &Expected {
            postgres: r#""post" INNER JOIN "user" AS "a1" ON "post"."editor_id" = "a1"."id" INNER JOIN "user" AS "a2" ON "post"."author_id" = "a2"."id" WHERE "a1"."username" = $1 ORDER BY "post"."id" FOR UPDATE OF "post", "a2""#,
            mysql: "`post` INNER JOIN `user` AS `a1` ON `post`.`editor_id` = `a1`.`id` INNER JOIN `user` AS `a2` ON `post`.`author_id` = `a2`.`id` WHERE `a1`.`username` = ? ORDER BY `post`.`id` FOR UPDATE OF `post`, `a2`",
            mariadb: "MariaDB does not support locking rows of some of a query's tables: leave out the others, or name them in `of`",
            sqlite: r#""post" INNER JOIN "user" AS "a1" ON "post"."editor_id" = "a1"."id" INNER JOIN "user" AS "a2" ON "post"."author_id" = "a2"."id" WHERE "a1"."username" = ? ORDER BY "post"."id""#,
        },
    );
}
