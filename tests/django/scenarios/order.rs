//! The order of rows, ties and NULLs.

use orm::prelude::*;

use super::scenarios;
use crate::models::{Author, Book, Review, Sale};

scenarios! { "order":
    ascending(db) { Book::objects().order_by(|b| (b.pages, b.id)).all(db).await? }
    descending(db) { Book::objects().order_by(|b| (b.price.desc(), b.id)).all(db).await? }
    mixed(db) { Book::objects().order_by(|b| (b.in_print, b.pages.desc(), b.id)).all(db).await? }
    nullable(db) { Book::objects().order_by(|b| (b.stock, b.id)).all(db).await? }
    nullable_descending(db) { Book::objects().order_by(|b| (b.stock.desc(), b.id)).all(db).await? }
    nulls_first(db) { Book::objects().order_by(|b| (b.stock.asc().nulls_first(), b.id)).all(db).await? }
    nulls_last(db) { Book::objects().order_by(|b| (b.stock.asc().nulls_last(), b.id)).all(db).await? }
    descending_nulls_first(db) {
        Book::objects().order_by(|b| (b.published.desc().nulls_first(), b.id)).all(db).await?
    }
    descending_nulls_last(db) {
        Book::objects().order_by(|b| (b.published.desc().nulls_last(), b.id)).all(db).await?
    }
    by_text(db) { Book::objects().order_by(|b| (b.title, b.id)).values(|b| b.title).all(db).await? }
    by_boolean(db) { Book::objects().order_by(|b| (b.featured.desc().nulls_last(), b.id)).all(db).await? }
    by_expression(db) { Book::objects().order_by(|b| (b.pages * -1, b.id)).all(db).await? }
    by_coalesced(db) { Book::objects().order_by(|b| (b.stock.coalesce(-5), b.id.desc())).all(db).await? }
    by_condition(db) {
        Review::objects()
            .order_by(|r| ((r.votes % 7).desc(), r.stars, r.id.desc()))
            .filter(|r| r.votes.ge(0))
            .all(db)
            .await?
    }
    by_default(db) {
        Book::objects().filter(|b| b.published.is_not_null()).values(|b| (b.published, b.title)).all(db).await?
    }
    default_reversed(db) {
        Book::objects()
            .filter(|b| b.published.is_not_null())
            .reverse()
            .values(|b| (b.published, b.title))
            .all(db)
            .await?
    }
    reversed_once(db) {
        Sale::objects().order_by(|s| (s.sold_on, s.sold_at.desc(), s.id)).reverse().all(db).await?
    }
    reversed_twice(db) {
        Sale::objects().order_by(|s| (s.sold_on, s.sold_at.desc(), s.id)).reverse().reverse().all(db).await?
    }
    reversed_nulls(db) {
        Book::objects().order_by(|b| (b.stock.asc().nulls_first(), b.id.desc())).reverse().all(db).await?
    }
    the_last_order_counts(db) { Author::objects().order_by(|a| a.name).order_by(|a| a.id.desc()).all(db).await? }
    by_moment(db) { Review::objects().order_by(|r| (r.posted_at.desc(), r.id)).all(db).await? }
    by_float(db) {
        Author::objects().order_by(|a| (a.rating.desc().nulls_last(), a.name, a.id)).all(db).await?
    }
    by_two_tables(db) {
        Review::objects().order_by(|r| (r.book.price.desc(), r.book.title, r.stars, r.id)).all(db).await?
    }
    by_key_of_relation(db) { Book::objects().order_by(|b| (b.author.desc(), b.id)).all(db).await? }
}
