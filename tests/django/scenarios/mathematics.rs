//! Mathematics, conversions, statistics.

use orm::prelude::*;

use super::scenarios;
use crate::models::{Book, Review, Sale};

fn books() -> QuerySet<Book> {
    Book::objects().order_by(|b| b.id)
}

scenarios! { "mathematics":
    absolute(db) { books().values(|b| (b.stock - 4).abs()).all(db).await? }
    absolute_decimal(db) {
        Sale::objects().order_by(|s| s.id).values(|s| (s.unit_price - Decimal::new(999, 2)).abs()).all(db).await?
    }
    ceil(db) { books().values(|b| b.weight.ceil()).all(db).await? }
    ceil_of_a_decimal(db) { books().values(|b| b.price.ceil()).all(db).await? }
    floor(db) { books().values(|b| (b.weight - 2.0).floor()).all(db).await? }
    round_a_decimal(db) { books().values(|b| b.price.round(1)).all(db).await? }
    round_half(db) { books().values(|b| b.weight.round(0)).all(db).await? }
    sign(db) { books().values(|b| b.stock.sign()).all(db).await? }
    power(db) { books().values(|b| b.weight.power(2)).all(db).await? }
    sqrt(db) { books().values(|b| b.weight.sqrt()).all(db).await? }
    exp(db) { books().values(|b| b.weight.exp()).all(db).await? }
    ln(db) { books().filter(|b| b.weight.gt(0.0)).values(|b| b.weight.ln()).all(db).await? }
    log(db) { books().filter(|b| b.pages.gt(1)).values(|b| b.pages.log(2)).all(db).await? }
    sine(db) { books().values(|b| b.weight.sin()).all(db).await? }
    cosine(db) { books().values(|b| b.weight.radians().cos()).all(db).await? }
    arc(db) { books().values(|b| b.weight.atan2(2.0).degrees()).all(db).await? }
    remainder(db) { books().values(|b| b.pages % 7).all(db).await? }
    in_a_condition(db) {
        Book::objects()
            .filter(|b| (b.pages - 250).abs().le(20))
            .order_by(|b| ((b.pages - 250).abs(), b.id))
            .all(db)
            .await?
    }
    integer_as_text(db) { books().values(|b| b.pages.cast::<String>()).all(db).await? }
    integer_as_float(db) { books().values(|b| b.pages.cast::<f64>()).all(db).await? }
    integer_as_decimal(db) { books().values(|b| b.pages.cast_decimal(10, 2)).all(db).await? }
    float_as_integer(db) { books().values(|b| b.weight.cast::<i64>()).all(db).await? }
    text_as_integer(db) {
        books()
            .filter(|b| b.title.regex(" [0-9]+$"))
            .values(|_| value("12".to_owned()).cast::<i64>())
            .all(db)
            .await?
    }
    null_as_text(db) { books().values(|b| b.stock.cast::<String>()).all(db).await? }
    decimal_times_integer(db) {
        (Sale::objects().aggregate(db, |s| (s.unit_price * s.quantity.cast_decimal(10, 0)).sum()).await?,)
    }
    deviation(db) { Book::objects().aggregate(db, |b| (b.pages.stddev(), b.pages.stddev_samp())).await? }
    variance(db) { Book::objects().aggregate(db, |b| (b.weight.variance(), b.weight.var_samp())).await? }
    variance_of_one(db) {
        Book::objects().pk(1).aggregate(db, |b| (b.pages.variance(), b.pages.var_samp())).await?
    }
    deviation_of_groups(db) {
        Review::objects()
            .values(|r| (r.stars, r.book.pages.stddev()))
            .order_by(|r| r.stars)
            .all(db)
            .await?
    }
}
