//! Aggregates over all rows.

use orm::prelude::*;

use super::scenarios;
use crate::models::{Book, Review, Sale};

fn nothing() -> QuerySet<Book> {
    Book::objects().filter(|b| b.pages.eq(-1))
}

scenarios! { "aggregates":
    counts(db) {
        Book::objects()
            .aggregate(db, |b| (count_rows(), b.stock.count(), b.editor.count(), b.editor.country.count()))
            .await?
    }
    count_distinct(db) {
        Book::objects()
            .aggregate(db, |b| (b.pages.count().distinct(), b.stock.count().distinct(), b.author.count().distinct()))
            .await?
    }
    count_filtered(db) {
        Book::objects()
            .aggregate(db, |b| {
                (
                    count_rows().filter(b.in_print.eq(true)),
                    b.id.count().filter(b.stock.gt(4)),
                    b.id.count().filter(b.stock.is_null() | b.stock.le(4)),
                )
            })
            .await?
    }
    sums(db) { Book::objects().aggregate(db, |b| (b.pages.sum(), b.stock.sum(), b.weight.sum())).await? }
    sum_of_decimals(db) { Book::objects().aggregate(db, |b| (b.price.sum(), b.discount.sum())).await? }
    sum_of_large_numbers(db) { (Review::objects().aggregate(db, |r| r.votes.sum()).await?,) }
    sum_of_nothing(db) { nothing().aggregate(db, |b| (b.pages.sum(), b.price.sum(), count_rows())).await? }
    sum_with_default(db) {
        nothing().aggregate(db, |b| (b.pages.sum().default(0), b.price.sum().default(Decimal::new(15, 1)))).await?
    }
    default_that_is_not_needed(db) {
        Book::objects().aggregate(db, |b| (b.pages.sum().default(0), b.stock.min().default(99))).await?
    }
    sum_distinct(db) {
        Book::objects().aggregate(db, |b| (b.pages.sum().distinct(), b.stock.sum().distinct())).await?
    }
    sum_filtered(db) {
        Book::objects()
            .aggregate(db, |b| (b.pages.sum().filter(b.in_print), b.pages.sum().filter(b.pages.eq(-1))))
            .await?
    }
    means(db) { Book::objects().aggregate(db, |b| (b.pages.avg(), b.stock.avg(), b.weight.avg())).await? }
    mean_of_decimals(db) { (Book::objects().aggregate(db, |b| b.price.avg()).await?,) }
    mean_filtered(db) {
        Review::objects()
            .aggregate(db, |r| (r.stars.avg().filter(r.votes.gt(0)), r.stars.avg().filter(r.stars.gt(9))))
            .await?
    }
    mean_distinct(db) { (Book::objects().aggregate(db, |b| b.pages.avg().distinct()).await?,) }
    least_and_greatest(db) {
        Book::objects().aggregate(db, |b| (b.pages.min(), b.pages.max(), b.stock.min(), b.price.max())).await?
    }
    least_and_greatest_text(db) {
        Book::objects().aggregate(db, |b| (b.title.min(), b.title.max(), b.subtitle.min())).await?
    }
    least_and_greatest_dates(db) {
        Book::objects()
            .aggregate(db, |b| (b.published.min(), b.published.max(), b.updated_at.min(), b.updated_at.max()))
            .await?
    }
    least_and_greatest_times(db) { Sale::objects().aggregate(db, |s| (s.sold_at.min(), s.sold_at.max())).await? }
    of_an_expression(db) { (Sale::objects().aggregate(db, |s| (s.unit_price * s.book.price).sum()).await?,) }
    of_a_case(db) {
        (Book::objects().aggregate(db, |b| case().when(b.in_print).then(b.pages).otherwise(1).sum()).await?,)
    }
    across_relations(db) {
        Review::objects()
            .aggregate(db, |r| {
                (r.book.pages.sum(), r.book.author.rating.max(), r.reviewer.country.count().distinct())
            })
            .await?
    }
    calculation_with_aggregates(db) {
        Book::objects()
            .aggregate(db, |b| (b.pages.max() - b.pages.min(), b.pages.sum() + b.id.count() * 2))
            .await?
    }
    over_distinct_rows(db) { (Book::objects().distinct().aggregate(db, |b| b.pages.sum()).await?,) }
    over_a_filtered_relation(db) {
        Sale::objects()
            .filter(|s| s.book.author.mentor.active)
            .aggregate(db, |s| (s.quantity.sum(), count_rows()))
            .await?
    }
    over_none(db) { Book::objects().none().aggregate(db, |b| (count_rows(), b.pages.sum())).await? }
}
