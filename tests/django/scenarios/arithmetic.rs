//! Calculation in the database.

use orm::chrono::TimeDelta;
use orm::prelude::*;

use super::scenarios;
use crate::models::{Author, Book, Review, Sale};

fn books() -> QuerySet<Book> {
    Book::objects().order_by(|b| b.id)
}

fn reviews() -> QuerySet<Review> {
    Review::objects().order_by(|r| r.id)
}

scenarios! { "arithmetic":
    add(db) { books().values(|b| b.pages + 10).all(db).await? }
    add_fields(db) { books().values(|b| b.pages + b.stock).all(db).await? }
    subtract(db) { books().values(|b| b.stock - b.pages).all(db).await? }
    multiply(db) { reviews().values(|r| r.stars * 3 - 1).all(db).await? }
    divide_integers(db) { books().values(|b| b.pages / 7).all(db).await? }
    divide_negative_integers(db) { books().values(|b| (b.stock - 5) / 2).all(db).await? }
    divide_by_zero_is_null(db) { books().filter(|b| b.stock.gt(0)).values(|b| b.pages / b.stock).all(db).await? }
    remainder(db) { books().values(|b| b.pages % 7).all(db).await? }
    remainder_of_a_negative(db) { books().values(|b| (b.stock - 5) % 3).all(db).await? }
    minus(db) { books().values(|b| -b.pages).all(db).await? }
    precedence(db) { books().values(|b| b.pages + b.pages * 2 - (b.pages - 1) * 3).all(db).await? }
    floats(db) { books().values(|b| b.weight * 2.5 + 0.125).all(db).await? }
    divide_floats(db) { Author::objects().order_by(|a| a.id).values(|a| a.rating / 3.0).all(db).await? }
    decimals(db) { books().values(|b| b.price + b.discount).all(db).await? }
    multiply_decimals(db) { books().values(|b| b.price * Decimal::new(119, 2)).all(db).await? }
    divide_decimals(db) { books().values(|b| b.price / 4).all(db).await? }
    decimal_times_decimal(db) {
        Sale::objects().order_by(|s| s.id).values(|s| s.unit_price * s.book.price).all(db).await?
    }
    integer_and_bits(db) { books().values(|b| b.pages.bitand(6)).all(db).await? }
    integer_or_bits(db) { books().values(|b| b.pages.bitor(9)).all(db).await? }
    integer_xor_bits(db) { books().values(|b| b.pages.bitxor(5)).all(db).await? }
    bits_of_null(db) { books().values(|b| b.stock.bitand(3)).all(db).await? }
    in_a_condition(db) { books().filter(|b| b.pages.gt(b.stock * 20 + 5)).all(db).await? }
    across_relations(db) {
        Sale::objects().order_by(|s| s.id).values(|s| s.book.price - s.unit_price).all(db).await?
    }
    moment_and_duration(db) {
        let later = TimeDelta::days(1) + TimeDelta::microseconds(5);
        reviews().values(|r| r.posted_at + later).all(db).await?
    }
    moment_minus_duration(db) { reviews().values(|r| r.posted_at - TimeDelta::hours(36)).all(db).await? }
    moments_in_a_condition(db) {
        reviews().filter(|r| r.posted_at.gt(r.book.updated_at + TimeDelta::days(300))).all(db).await?
    }
}
