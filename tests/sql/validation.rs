//! Check constraints asked of values.

use orm::Model as _;
use orm::compile::{Operation, compile_check_values};
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
        postgres: "",
        mysql: "",
        mariadb: "",
        sqlite: "",
    };
    let values = [
        Some(Value::I64(1)),
        Some(Value::Text("a".into())),
        Some(Value::I64(2)),
        Some(Value::Decimal(Decimal::TEN)),
        None,
    ];
    for (dialect, text) in expected.each() {
        let (sql, names) =
            compile_check_values(Book::META, Book::checks(), &values, dialect, Operation::new("Book", "test"))
                .expect("a text")
                .expect("checks");
        assert_eq!(names, ["price", "pages"], "the other one reads what is not known");
        assert_eq!(sql.sql, text, "{}", dialect.name());
    }
}
