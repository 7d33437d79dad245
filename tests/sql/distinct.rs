//! DISTINCT, also beside an order by what is not selected.

use crate::*;

#[test]
fn distinct() {
    texts(
        &User::objects().distinct(),
        &Expected {
            postgres: r#"SELECT DISTINCT "id", "username", "email" FROM "user""#,
            mysql: "SELECT DISTINCT `id`, `username`, `email` FROM `user`",
            mariadb: "SELECT DISTINCT `id`, `username`, `email` FROM `user`",
            sqlite: r#"SELECT DISTINCT "id", "username", "email" FROM "user""#,
        },
    );
}

#[test]
fn ordered_by_another_table() {
    texts(
        &Post::objects().distinct().order_by(|p| (p.author.username, p.id)),
        &Expected {
            postgres: r#"SELECT DISTINCT "post"."id", "post"."author_id", "post"."editor_id", "post"."title", "post"."views", "post"."stars", "post"."price", "post"."published", "a1"."username" AS "orm_0" FROM "post" INNER JOIN "user" AS "a1" ON "post"."author_id" = "a1"."id" ORDER BY "orm_0", "post"."id""#,
            mysql: "SELECT DISTINCT `post`.`id`, `post`.`author_id`, `post`.`editor_id`, `post`.`title`, `post`.`views`, `post`.`stars`, `post`.`price`, `post`.`published`, `a1`.`username` AS `orm_0` FROM `post` INNER JOIN `user` AS `a1` ON `post`.`author_id` = `a1`.`id` ORDER BY `orm_0` IS NULL, `orm_0`, `post`.`id`",
            mariadb: "SELECT DISTINCT `post`.`id`, `post`.`author_id`, `post`.`editor_id`, `post`.`title`, `post`.`views`, `post`.`stars`, `post`.`price`, `post`.`published`, `a1`.`username` AS `orm_0` FROM `post` INNER JOIN `user` AS `a1` ON `post`.`author_id` = `a1`.`id` ORDER BY `orm_0` IS NULL, `orm_0`, `post`.`id`",
            sqlite: r#"SELECT DISTINCT "post"."id", "post"."author_id", "post"."editor_id", "post"."title", "post"."views", "post"."stars", "post"."price", "post"."published", "a1"."username" AS "orm_0" FROM "post" INNER JOIN "user" AS "a1" ON "post"."author_id" = "a1"."id" ORDER BY "orm_0" NULLS LAST, "post"."id""#,
        },
    );
}
