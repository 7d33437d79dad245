//! Check constraints asked of values.

use orm::Model as _;
use orm::compile::{Operation, Unknown, compile_check_values};
use orm::prelude::*;
use orm::value::Value;

use crate::Expected;

#[derive(Model, Debug)]
#[model(
    check(name = "price", |b| b.price.ge(Decimal::ONE) & b.title.ne("x")),
    check(name = "pages", |b| b.pages.gt(b.id)),
    check(name = "stars", |b| b.stars.lt(5)),
)]
struct Book {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20)]
    title: String,
    pages: i64,
    #[field(max_digits = 5, decimal_places = 2)]
    price: Decimal,
    stars: i32,
}

#[test]
fn of_known_values() {
    let expected = Expected {
        postgres: "SELECT CASE WHEN NOT (CAST($1 AS numeric) >= $2 AND CAST($3 AS text) <> $4) THEN 0 ELSE 1 END, CASE WHEN NOT (CAST($5 AS bigint) > $6) THEN 0 ELSE 1 END",
        mysql: "SELECT CASE WHEN NOT (CAST(? AS DECIMAL(65, 30)) >= CAST(? AS DECIMAL(65, 30)) AND (? COLLATE utf8mb4_0900_bin) <> ?) THEN 0 ELSE 1 END, CASE WHEN NOT (CAST(? AS SIGNED) > ?) THEN 0 ELSE 1 END",
        mariadb: "SELECT CASE WHEN NOT (CAST(? AS DECIMAL(65, 30)) >= CAST(? AS DECIMAL(65, 30)) AND (? COLLATE utf8mb4_nopad_bin) <> ?) THEN 0 ELSE 1 END, CASE WHEN NOT (CAST(? AS SIGNED) > ?) THEN 0 ELSE 1 END",
        sqlite: "SELECT CASE WHEN NOT ((? COLLATE ORM_DECIMAL) >= ? AND ? <> ?) THEN 0 ELSE 1 END, CASE WHEN NOT (? > ?) THEN 0 ELSE 1 END",
    };
    let values = [
        Some(Value::I64(1)),
        Some(Value::Text("a".into())),
        Some(Value::I64(2)),
        Some(Value::Decimal(Decimal::TEN)),
        None,
    ];
    for (dialect, text) in expected.each() {
        let (sql, checks) = compile_check_values(
            Book::META,
            Book::checks(),
            &values,
            Unknown::Holds,
            dialect,
            Operation::new("Book", "test"),
        )
        .expect("a text")
        .expect("checks");
        let names: Vec<_> = checks.iter().map(|check| check.name).collect();
        assert_eq!(names, ["price", "pages"], "the other one reads what is not known");
        assert_eq!(sql.sql, text, "{}", dialect.name());
    }
}
