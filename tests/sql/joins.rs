//! Paths across foreign keys: inner joins, left joins, and none for the related key itself.

use orm::prelude::*;

use crate::*;

#[test]
fn a_required_relation() {
    texts(
        &Post::objects().filter(|p| p.author.username.eq("ann")),
        &Expected {
            postgres: r#"SELECT "post"."id", "post"."author_id", "post"."editor_id", "post"."title", "post"."views", "post"."stars", "post"."price", "post"."published" FROM "post" INNER JOIN "user" AS "a1" ON "post"."author_id" = "a1"."id" WHERE "a1"."username" = $1 ORDER BY "post"."id" DESC"#,
            mysql: "SELECT `post`.`id`, `post`.`author_id`, `post`.`editor_id`, `post`.`title`, `post`.`views`, `post`.`stars`, `post`.`price`, `post`.`published` FROM `post` INNER JOIN `user` AS `a1` ON `post`.`author_id` = `a1`.`id` WHERE `a1`.`username` = ? ORDER BY `post`.`id` DESC",
            mariadb: "SELECT `post`.`id`, `post`.`author_id`, `post`.`editor_id`, `post`.`title`, `post`.`views`, `post`.`stars`, `post`.`price`, `post`.`published` FROM `post` INNER JOIN `user` AS `a1` ON `post`.`author_id` = `a1`.`id` WHERE `a1`.`username` = ? ORDER BY `post`.`id` DESC",
            sqlite: r#"SELECT "post"."id", "post"."author_id", "post"."editor_id", "post"."title", "post"."views", "post"."stars", "post"."price", "post"."published" FROM "post" INNER JOIN "user" AS "a1" ON "post"."author_id" = "a1"."id" WHERE "a1"."username" = ? ORDER BY "post"."id" DESC"#,
        },
    );
}

#[test]
fn a_nullable_relation() {
    texts(
        &Post::objects().filter(|p| p.editor.email.is_null()),
        &Expected {
            postgres: r#"SELECT "post"."id", "post"."author_id", "post"."editor_id", "post"."title", "post"."views", "post"."stars", "post"."price", "post"."published" FROM "post" LEFT JOIN "user" AS "a1" ON "post"."editor_id" = "a1"."id" WHERE "a1"."email" IS NULL ORDER BY "post"."id" DESC"#,
            mysql: "SELECT `post`.`id`, `post`.`author_id`, `post`.`editor_id`, `post`.`title`, `post`.`views`, `post`.`stars`, `post`.`price`, `post`.`published` FROM `post` LEFT JOIN `user` AS `a1` ON `post`.`editor_id` = `a1`.`id` WHERE `a1`.`email` IS NULL ORDER BY `post`.`id` DESC",
            mariadb: "SELECT `post`.`id`, `post`.`author_id`, `post`.`editor_id`, `post`.`title`, `post`.`views`, `post`.`stars`, `post`.`price`, `post`.`published` FROM `post` LEFT JOIN `user` AS `a1` ON `post`.`editor_id` = `a1`.`id` WHERE `a1`.`email` IS NULL ORDER BY `post`.`id` DESC",
            sqlite: r#"SELECT "post"."id", "post"."author_id", "post"."editor_id", "post"."title", "post"."views", "post"."stars", "post"."price", "post"."published" FROM "post" LEFT JOIN "user" AS "a1" ON "post"."editor_id" = "a1"."id" WHERE "a1"."email" IS NULL ORDER BY "post"."id" DESC"#,
        },
    );
}

#[test]
fn the_related_key() {
    texts(
        &Post::objects().filter(|p| p.author.id.eq(1) & p.editor.is_null() & p.author.ne(p.editor)),
        &Expected {
            postgres: r#"SELECT "id", "author_id", "editor_id", "title", "views", "stars", "price", "published" FROM "post" WHERE "author_id" = $1 AND "editor_id" IS NULL AND "author_id" <> "editor_id" ORDER BY "id" DESC"#,
            mysql: "SELECT `id`, `author_id`, `editor_id`, `title`, `views`, `stars`, `price`, `published` FROM `post` WHERE `author_id` = ? AND `editor_id` IS NULL AND `author_id` <> `editor_id` ORDER BY `id` DESC",
            mariadb: "SELECT `id`, `author_id`, `editor_id`, `title`, `views`, `stars`, `price`, `published` FROM `post` WHERE `author_id` = ? AND `editor_id` IS NULL AND `author_id` <> `editor_id` ORDER BY `id` DESC",
            sqlite: r#"SELECT "id", "author_id", "editor_id", "title", "views", "stars", "price", "published" FROM "post" WHERE "author_id" = ? AND "editor_id" IS NULL AND "author_id" <> "editor_id" ORDER BY "id" DESC"#,
        },
    );
}

#[test]
fn each_table_once() {
    texts(
        &Post::objects().filter(|p| p.author.username.eq(p.editor.username)).order_by(|p| p.author.email),
        &Expected {
            postgres: r#"SELECT "post"."id", "post"."author_id", "post"."editor_id", "post"."title", "post"."views", "post"."stars", "post"."price", "post"."published" FROM "post" INNER JOIN "user" AS "a1" ON "post"."author_id" = "a1"."id" INNER JOIN "user" AS "a2" ON "post"."editor_id" = "a2"."id" WHERE "a1"."username" = "a2"."username" ORDER BY "a1"."email""#,
            mysql: "SELECT `post`.`id`, `post`.`author_id`, `post`.`editor_id`, `post`.`title`, `post`.`views`, `post`.`stars`, `post`.`price`, `post`.`published` FROM `post` INNER JOIN `user` AS `a1` ON `post`.`author_id` = `a1`.`id` INNER JOIN `user` AS `a2` ON `post`.`editor_id` = `a2`.`id` WHERE `a1`.`username` = `a2`.`username` ORDER BY `a1`.`email` IS NULL, `a1`.`email`",
            mariadb: "SELECT `post`.`id`, `post`.`author_id`, `post`.`editor_id`, `post`.`title`, `post`.`views`, `post`.`stars`, `post`.`price`, `post`.`published` FROM `post` INNER JOIN `user` AS `a1` ON `post`.`author_id` = `a1`.`id` INNER JOIN `user` AS `a2` ON `post`.`editor_id` = `a2`.`id` WHERE `a1`.`username` = `a2`.`username` ORDER BY `a1`.`email` IS NULL, `a1`.`email`",
            sqlite: r#"SELECT "post"."id", "post"."author_id", "post"."editor_id", "post"."title", "post"."views", "post"."stars", "post"."price", "post"."published" FROM "post" INNER JOIN "user" AS "a1" ON "post"."author_id" = "a1"."id" INNER JOIN "user" AS "a2" ON "post"."editor_id" = "a2"."id" WHERE "a1"."username" = "a2"."username" ORDER BY "a1"."email" NULLS LAST"#,
        },
    );
}

/// Whether the editor is joined by a LEFT JOIN, which has to keep posts without one.
#[track_caller]
fn keeps_posts_without_editor(query: QuerySet<Post>, expected: bool) {
    let sql = query.sql(Dialect::Postgres).expect("a text");
    assert_eq!(sql.contains("LEFT JOIN"), expected, "{sql}");
}

#[test]
fn a_left_join_that_conditions_make_an_inner_one() {
    let posts = Post::objects;
    keeps_posts_without_editor(posts().filter(|p| p.editor.username.eq("ann")), false);
    keeps_posts_without_editor(posts().filter(|p| !p.editor.username.eq("ann")), false);
    keeps_posts_without_editor(posts().filter(|p| p.editor.email.is_not_null()), false);
    keeps_posts_without_editor(posts().filter(|p| p.editor.username.is_in(["ann"])), false);
    keeps_posts_without_editor(posts().filter(|p| p.editor.username.contains("ann")), false);
    let both = |p: PostFields| p.editor.username.eq("ann") | p.editor.username.eq("bob");
    keeps_posts_without_editor(posts().filter(both), false);

    keeps_posts_without_editor(posts().exclude(|p| p.editor.username.eq("ann")), true);
    keeps_posts_without_editor(posts().filter(|p| p.editor.username.eq("ann") | p.views.gt(1)), true);
    keeps_posts_without_editor(posts().filter(|p| p.editor.email.is_null()), true);
    keeps_posts_without_editor(posts().filter(|p| !(p.editor.username.eq("ann") & p.views.gt(1))), true);
    keeps_posts_without_editor(posts().order_by(|p| p.editor.username), true);
}
