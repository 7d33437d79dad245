//! A decimal without its size.

use orm::prelude::*;

use rust_decimal::Decimal;

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
    price: Decimal,
    #[field(max_digits = 10)]
    discount: Option<Decimal>,
    #[field(max_digits = 2, decimal_places = 4)]
    tax: Decimal,
}

fn main() {
    let _ = Post::objects();
}
