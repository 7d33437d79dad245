//! LIMIT and OFFSET, each also without the other.

use crate::*;

#[test]
fn limit() {
    texts(
        &User::objects().limit(3),
        &Expected {
            postgres: r#"SELECT "id", "username", "email" FROM "user" LIMIT 3"#,
            mysql: "SELECT `id`, `username`, `email` FROM `user` LIMIT 3",
            mariadb: "SELECT `id`, `username`, `email` FROM `user` LIMIT 3",
            sqlite: r#"SELECT "id", "username", "email" FROM "user" LIMIT 3"#,
        },
    );
}

#[test]
fn offset_alone() {
    texts(
        &User::objects().offset(3),
        &Expected {
            postgres: r#"SELECT "id", "username", "email" FROM "user" OFFSET 3"#,
            mysql: "SELECT `id`, `username`, `email` FROM `user` LIMIT 18446744073709551615 OFFSET 3",
            mariadb: "SELECT `id`, `username`, `email` FROM `user` LIMIT 18446744073709551615 OFFSET 3",
            sqlite: r#"SELECT "id", "username", "email" FROM "user" LIMIT -1 OFFSET 3"#,
        },
    );
}

#[test]
fn both() {
    texts(
        &User::objects().slice(5..15),
        &Expected {
            postgres: r#"SELECT "id", "username", "email" FROM "user" LIMIT 10 OFFSET 5"#,
            mysql: "SELECT `id`, `username`, `email` FROM `user` LIMIT 10 OFFSET 5",
            mariadb: "SELECT `id`, `username`, `email` FROM `user` LIMIT 10 OFFSET 5",
            sqlite: r#"SELECT "id", "username", "email" FROM "user" LIMIT 10 OFFSET 5"#,
        },
    );
}

#[test]
fn a_slice_of_a_slice() {
    texts(
        &User::objects().slice(10..).slice(2..4),
        &Expected {
            postgres: r#"SELECT "id", "username", "email" FROM "user" LIMIT 2 OFFSET 12"#,
            mysql: "SELECT `id`, `username`, `email` FROM `user` LIMIT 2 OFFSET 12",
            mariadb: "SELECT `id`, `username`, `email` FROM `user` LIMIT 2 OFFSET 12",
            sqlite: r#"SELECT "id", "username", "email" FROM "user" LIMIT 2 OFFSET 12"#,
        },
    );
}
