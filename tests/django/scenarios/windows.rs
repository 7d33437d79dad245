//! Window functions.

use orm::prelude::*;

use super::scenarios;
use crate::models::{Book, Review, Sale};

fn books() -> QuerySet<Book> {
    Book::objects().order_by(|b| b.id)
}

fn reviews() -> QuerySet<Review> {
    Review::objects().order_by(|r| r.id)
}

fn sales() -> QuerySet<Sale> {
    Sale::objects().order_by(|s| s.id)
}

scenarios! { "windows":
    row_number(db) { books().values(|b| (b.id, row_number().order_by((b.price.desc(), b.id)))).all(db).await? }
    row_number_by_partition(db) {
        books().values(|b| (b.id, row_number().partition_by(b.author).order_by((b.pages, b.id)))).all(db).await?
    }
    rank(db) { books().values(|b| (b.id, rank().order_by(b.pages))).all(db).await? }
    dense_rank(db) {
        books().values(|b| (b.id, dense_rank().partition_by(b.in_print).order_by(b.pages.desc()))).all(db).await?
    }
    percent_rank(db) { reviews().values(|r| (r.id, percent_rank().order_by(r.stars))).all(db).await? }
    cume_dist(db) { reviews().values(|r| (r.id, cume_dist().order_by(r.stars))).all(db).await? }
    ntile(db) { books().values(|b| (b.id, ntile(7).order_by((b.price, b.id)))).all(db).await? }
    lag(db) {
        reviews()
            .values(|r| (r.id, r.votes.lag(1).partition_by(r.book).order_by((r.posted_at, r.id))))
            .all(db)
            .await?
    }
    lag_with_default(db) {
        reviews().values(|r| (r.id, r.stars.lag(2).order_by((r.posted_at, r.id)).default(0))).all(db).await?
    }
    lead(db) { books().values(|b| (b.id, b.title.lead(3).order_by(b.id))).all(db).await? }
    first_value(db) {
        books()
            .values(|b| (b.id, b.title.first_value().partition_by(b.author).order_by((b.price.desc(), b.id))))
            .all(db)
            .await?
    }
    last_value(db) {
        books()
            .values(|b| (b.id, b.pages.last_value().partition_by(b.author).order_by((b.price, b.id))))
            .all(db)
            .await?
    }
    last_value_of_all(db) {
        books()
            .values(|b| (b.id, b.pages.last_value().partition_by(b.author).order_by((b.price, b.id)).rows(..)))
            .all(db)
            .await?
    }
    nth_value(db) {
        books().values(|b| (b.id, b.title.nth_value(2).partition_by(b.author).order_by(b.id))).all(db).await?
    }
    running_sum(db) {
        sales().values(|s| (s.id, s.quantity.sum().over().order_by((s.sold_on, s.id)))).all(db).await?
    }
    running_sum_with_ties(db) {
        sales().values(|s| (s.id, s.quantity.sum().over().order_by(s.sold_on))).all(db).await?
    }
    sum_of_decimals(db) {
        sales().values(|s| (s.id, s.unit_price.sum().over().partition_by(s.country))).all(db).await?
    }
    moving_mean(db) {
        sales()
            .values(|s| (s.id, s.quantity.avg().over().order_by((s.sold_on, s.id)).rows(-2..=1)))
            .all(db)
            .await?
    }
    rows_ahead(db) { books().values(|b| (b.id, b.pages.max().over().order_by(b.id).rows(1..=3))).all(db).await? }
    range_to_the_current_row(db) {
        reviews().values(|r| (r.id, r.id.count().over().order_by(r.stars).range(..=0))).all(db).await?
    }
    count_of_all(db) {
        books().values(|b| (b.id, b.stock.count().over().partition_by((b.in_print, b.featured)))).all(db).await?
    }
    without_the_current_row(db) {
        books()
            .values(|b| {
                let window = b.pages.sum().over().partition_by(b.author).order_by(b.id);
                (b.id, window.rows(..).exclude_current_row())
            })
            .all(db)
            .await?
    }
    without_ties(db) {
        reviews()
            .values(|r| (r.id, r.id.count().over().order_by(r.stars).rows(..).exclude_ties()))
            .all(db)
            .await?
    }
    in_a_condition(db) {
        books()
            .qualify(|b| row_number().partition_by(b.author).order_by((b.price.desc(), b.id)).le(2))
            .all(db)
            .await?
    }
    in_a_condition_with_others(db) {
        // A condition on a column comes before the window, also when it stands beside one on the window.
        reviews()
            .filter(|r| r.stars.ge(2) & r.votes.gt(0))
            .qualify(|r| rank().partition_by(r.book).order_by(r.votes.desc()).eq(1))
            .all(db)
            .await?
    }
    in_an_order(db) {
        Book::objects()
            .order_by(|b| (b.id.count().over().partition_by(b.author).desc(), b.author, b.id))
            .all(db)
            .await?
    }
    in_a_calculation(db) {
        books().values(|b| (b.id, b.id * 100 / b.id.sum().over().partition_by(b.author))).all(db).await?
    }
    count_after_a_condition(db) {
        Book::objects()
            .qualify(|b| row_number().partition_by(b.author).order_by((b.price.desc(), b.id)).eq(1))
            .count(db)
            .await?
    }
    across_a_relation(db) {
        reviews()
            .values(|r| {
                let window = r.id.count().over().partition_by(r.book.author.country);
                (r.id, window.order_by((r.reviewer.name, r.id)))
            })
            .all(db)
            .await?
    }
}
