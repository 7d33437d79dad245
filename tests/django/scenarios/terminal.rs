//! What runs a query: get, first, last, earliest, latest, count, exists, `in_bulk`.

use orm::prelude::*;

use super::scenarios;
use crate::models::{Author, Book, Country, Review, Sale};

scenarios! { "terminal":
    get(db) { Book::objects().filter(|b| b.title.eq("%")).get(db).await? }
    get_none(db) { Book::objects().filter(|b| b.title.eq("nowhere")).get(db).await? }
    get_several(db) { Book::objects().filter(|b| b.pages.eq(7)).get(db).await? }
    get_of_values(db) { Book::objects().pk(4).values(|b| (b.title, b.pages)).get(db).await? }
    get_in_a_slice(db) { Book::objects().order_by(|b| b.id).slice(7..8).get(db).await? }
    first(db) { Book::objects().order_by(|b| (b.price.desc(), b.id)).first(db).await? }
    first_without_order(db) { Author::objects().filter(|a| !a.active).first(db).await? }
    first_of_nothing(db) { Book::objects().filter(|b| b.pages.eq(-1)).first(db).await? }
    first_by_default_order(db) { Book::objects().filter(|b| b.published.is_not_null()).first(db).await? }
    last(db) { Book::objects().order_by(|b| (b.price.desc(), b.id)).last(db).await? }
    last_without_order(db) { Author::objects().filter(|a| !a.active).last(db).await? }
    last_with_nulls(db) { Book::objects().order_by(|b| (b.stock.asc().nulls_first(), b.id)).last(db).await? }
    last_of_a_slice(db) { Book::objects().order_by(|b| b.id).limit(5).last(db).await? }
    earliest(db) { Review::objects().earliest(db, |r| (r.posted_at, r.id)).await? }
    latest(db) { Review::objects().filter(|r| r.stars.eq(3)).latest(db, |r| (r.posted_at, r.id)).await? }
    latest_descending(db) { Sale::objects().latest(db, |s| (s.sold_on.desc(), s.id)).await? }
    earliest_of_nothing(db) { Review::objects().filter(|r| r.stars.eq(9)).earliest(db, |r| r.posted_at).await? }
    count(db) { Book::objects().count(db).await? }
    count_with_joins(db) {
        Review::objects().filter(|r| r.reviewer.active | r.book.editor.active).count(db).await?
    }
    count_of_distinct_values(db) { Book::objects().values(|b| b.pages).distinct().count(db).await? }
    count_of_distinct_values_with_null(db) {
        Book::objects().values(|b| (b.stock, b.featured)).distinct().count(db).await?
    }
    count_of_distinct_rows(db) { Book::objects().filter(|b| b.author.active).distinct().count(db).await? }
    count_of_nothing(db) { Book::objects().none().count(db).await? }
    exists(db) {
        (
            Book::objects().filter(|b| b.pages.eq(7)).exists(db).await?,
            Book::objects().filter(|b| b.pages.eq(-7)).exists(db).await?,
        )
    }
    exists_ordered_and_distinct(db) {
        Book::objects().order_by(|b| b.title).distinct().filter(|b| b.stock.gt(2)).exists(db).await?
    }
    none(db) { Book::objects().none().all(db).await? }
    none_filtered(db) { Book::objects().none().filter(|b| b.pages.eq(7)).order_by(|b| b.id).all(db).await? }
    in_bulk(db) { Author::objects().in_bulk(db, [1, 3, 99]).await? }
    in_bulk_of_nothing(db) { Author::objects().in_bulk(db, Vec::<i64>::new()).await? }
    in_bulk_filtered(db) { Book::objects().filter(|b| b.in_print).in_bulk(db, 1..=6).await? }
    by_key(db) { Country::objects().pk("jp".to_owned()).get(db).await?.name }
    by_missing_key(db) { Country::objects().pk("xx".to_owned()).get(db).await? }
}
