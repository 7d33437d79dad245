//! ORDER BY: NULL counts as the largest value everywhere.

use orm::prelude::*;

use crate::*;

#[test]
fn the_models_own_order() {
    texts(
        &User::objects().order_by(|u| u.username),
        &Expected {
            postgres: r#"SELECT "id", "username", "email" FROM "user" ORDER BY "username""#,
            mysql: "SELECT `id`, `username`, `email` FROM `user` ORDER BY `username`",
            mariadb: "SELECT `id`, `username`, `email` FROM `user` ORDER BY `username`",
            sqlite: r#"SELECT "id", "username", "email" FROM "user" ORDER BY "username""#,
        },
    );
}

#[test]
fn nulls_are_largest() {
    texts(
        &User::objects().order_by(|u| (u.email, u.email.desc())),
        &Expected {
            postgres: r#"SELECT "id", "username", "email" FROM "user" ORDER BY "email", "email" DESC"#,
            mysql: "SELECT `id`, `username`, `email` FROM `user` ORDER BY `email` IS NULL, `email`, `email` IS NULL DESC, `email` DESC",
            mariadb: "SELECT `id`, `username`, `email` FROM `user` ORDER BY `email` IS NULL, `email`, `email` IS NULL DESC, `email` DESC",
            sqlite: r#"SELECT "id", "username", "email" FROM "user" ORDER BY "email" NULLS LAST, "email" DESC NULLS FIRST"#,
        },
    );
}

#[test]
fn nulls_where_the_query_wants_them() {
    texts(
        &User::objects().order_by(|u| (u.email.asc().nulls_first(), u.email.desc().nulls_last())),
        &Expected {
            postgres: r#"SELECT "id", "username", "email" FROM "user" ORDER BY "email" NULLS FIRST, "email" DESC NULLS LAST"#,
            mysql: "SELECT `id`, `username`, `email` FROM `user` ORDER BY `email`, `email` DESC",
            mariadb: "SELECT `id`, `username`, `email` FROM `user` ORDER BY `email`, `email` DESC",
            sqlite: r#"SELECT "id", "username", "email" FROM "user" ORDER BY "email", "email" DESC"#,
        },
    );
}

#[test]
fn random_order() {
    texts(
        &User::objects().order_by(|_| random()),
        &Expected {
            postgres: r#"SELECT "id", "username", "email" FROM "user" ORDER BY RANDOM()"#,
            mysql: "SELECT `id`, `username`, `email` FROM `user` ORDER BY RAND()",
            mariadb: "SELECT `id`, `username`, `email` FROM `user` ORDER BY RAND()",
            sqlite: r#"SELECT "id", "username", "email" FROM "user" ORDER BY RANDOM()"#,
        },
    );
}

#[test]
fn reversed() {
    texts(
        &User::objects().order_by(|u| (u.email.asc().nulls_first(), u.id.desc())).reverse(),
        &Expected {
            postgres: r#"SELECT "id", "username", "email" FROM "user" ORDER BY "email" DESC NULLS LAST, "id""#,
            mysql: "SELECT `id`, `username`, `email` FROM `user` ORDER BY `email` DESC, `id`",
            mariadb: "SELECT `id`, `username`, `email` FROM `user` ORDER BY `email` DESC, `id`",
            sqlite: r#"SELECT "id", "username", "email" FROM "user" ORDER BY "email" DESC, "id""#,
        },
    );
}

#[test]
fn without_an_order_reverse_goes_down_the_key() {
    texts(
        &User::objects().reverse(),
        &Expected {
            postgres: r#"SELECT "id", "username", "email" FROM "user" ORDER BY "id" DESC"#,
            mysql: "SELECT `id`, `username`, `email` FROM `user` ORDER BY `id` DESC",
            mariadb: "SELECT `id`, `username`, `email` FROM `user` ORDER BY `id` DESC",
            sqlite: r#"SELECT "id", "username", "email" FROM "user" ORDER BY "id" DESC"#,
        },
    );
}
