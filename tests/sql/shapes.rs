//! What is read instead of the model: projections, some fields, the model without deferred fields.

use orm::prelude::*;

use super::{Expected, Post, PostFields, texts};

#[derive(Projection, Debug)]
#[projection(Post)]
#[allow(dead_code, reason = "only its text is looked at")]
struct Card {
    title: String,
    #[projection(path = author.username)]
    author: String,
    #[projection(path = editor.email)]
    email: Option<String>,
    #[projection(expr = |p| p.views + 1)]
    next: i64,
}

#[derive(Projection, Debug)]
#[projection(Post)]
#[allow(dead_code, reason = "only its text is looked at")]
struct Views {
    author: ForeignKey<super::User>,
    #[projection(expr = PostFields::most)]
    most: Option<i64>,
}

impl PostFields {
    fn most(self) -> orm::queryset::Aggregate<Grouped<Post>, Option<i64>> {
        self.views.max()
    }
}

/// Large columns between others.
#[derive(Model, Debug)]
struct Page {
    #[field(primary_key)]
    id: i64,
    body: Deferred<String>,
    #[field(max_length = 50)]
    title: String,
    notes: Deferred<Option<String>>,
    author: ForeignKey<super::User>,
}

#[test]
fn a_projection_selects_what_it_names() {
    texts(
        &Post::objects().project::<Card>(),
        &Expected {
            postgres: r#"SELECT "post"."title", "a1"."username", "a2"."email", "post"."views" + $1 FROM "post" INNER JOIN "user" AS "a1" ON "post"."author_id" = "a1"."id" LEFT JOIN "user" AS "a2" ON "post"."editor_id" = "a2"."id" ORDER BY "post"."id" DESC"#,
            mysql: "SELECT `post`.`title`, `a1`.`username`, `a2`.`email`, `post`.`views` + ? FROM `post` INNER JOIN `user` AS `a1` ON `post`.`author_id` = `a1`.`id` LEFT JOIN `user` AS `a2` ON `post`.`editor_id` = `a2`.`id` ORDER BY `post`.`id` DESC",
            mariadb: "SELECT `post`.`title`, `a1`.`username`, `a2`.`email`, `post`.`views` + ? FROM `post` INNER JOIN `user` AS `a1` ON `post`.`author_id` = `a1`.`id` LEFT JOIN `user` AS `a2` ON `post`.`editor_id` = `a2`.`id` ORDER BY `post`.`id` DESC",
            sqlite: r#"SELECT "post"."title", "a1"."username", "a2"."email", "post"."views" + ? FROM "post" INNER JOIN "user" AS "a1" ON "post"."author_id" = "a1"."id" LEFT JOIN "user" AS "a2" ON "post"."editor_id" = "a2"."id" ORDER BY "post"."id" DESC"#,
        },
    );
}

#[test]
fn a_projection_with_aggregates_groups_by_the_rest() {
    texts(
        &Post::objects().project::<Views>().having(|p| p.id.count().gt(1)),
        &Expected {
            postgres: r#"SELECT "author_id", MAX("views") FROM "post" GROUP BY "author_id" HAVING COUNT("id") > $1"#,
            mysql: "SELECT `author_id`, MAX(`views`) FROM `post` GROUP BY `author_id` HAVING COUNT(`id`) > ?",
            mariadb: "SELECT `author_id`, MAX(`views`) FROM `post` GROUP BY `author_id` HAVING COUNT(`id`) > ?",
            sqlite: r#"SELECT "author_id", MAX("views") FROM "post" GROUP BY "author_id" HAVING COUNT("id") > ?"#,
        },
    );
}

#[test]
fn some_fields_are_selected_in_the_order_asked_for() {
    texts(
        &Page::objects().only(|p| (p.title, p.author, p.id)),
        &Expected {
            postgres: r#"SELECT "title", "author_id", "id" FROM "page""#,
            mysql: "SELECT `title`, `author_id`, `id` FROM `page`",
            mariadb: "SELECT `title`, `author_id`, `id` FROM `page`",
            sqlite: r#"SELECT "title", "author_id", "id" FROM "page""#,
        },
    );
}

#[test]
fn deferred_fields_are_left_out() {
    texts(
        &Page::objects().defer(|p| p.notes).defer(|p| p.body),
        &Expected {
            postgres: r#"SELECT "id", "title", "author_id" FROM "page""#,
            mysql: "SELECT `id`, `title`, `author_id` FROM `page`",
            mariadb: "SELECT `id`, `title`, `author_id` FROM `page`",
            sqlite: r#"SELECT "id", "title", "author_id" FROM "page""#,
        },
    );
    texts(
        &Page::objects().defer(|p| p.body).filter(|p| p.author.username.eq("ann") & p.body.eq("x")),
        &Expected {
            postgres: r#"SELECT "page"."id", "page"."title", "page"."notes", "page"."author_id" FROM "page" INNER JOIN "user" AS "a1" ON "page"."author_id" = "a1"."id" WHERE "a1"."username" = $1 AND "page"."body" = $2"#,
            mysql: "SELECT `page`.`id`, `page`.`title`, `page`.`notes`, `page`.`author_id` FROM `page` INNER JOIN `user` AS `a1` ON `page`.`author_id` = `a1`.`id` WHERE `a1`.`username` = ? AND `page`.`body` = ?",
            mariadb: "SELECT `page`.`id`, `page`.`title`, `page`.`notes`, `page`.`author_id` FROM `page` INNER JOIN `user` AS `a1` ON `page`.`author_id` = `a1`.`id` WHERE `a1`.`username` = ? AND `page`.`body` = ?",
            sqlite: r#"SELECT "page"."id", "page"."title", "page"."notes", "page"."author_id" FROM "page" INNER JOIN "user" AS "a1" ON "page"."author_id" = "a1"."id" WHERE "a1"."username" = ? AND "page"."body" = ?"#,
        },
    );
}
