//! Values of every kind of column, distinct, annotate.

use orm::prelude::*;

use super::scenarios;
use crate::models::{Author, Book, Review, Sale};

scenarios! { "values":
    texts(db) { Book::objects().order_by(|b| b.id).values(|b| (b.title, b.subtitle)).all(db).await? }
    numbers(db) { Book::objects().order_by(|b| b.id).values(|b| (b.pages, b.stock, b.weight)).all(db).await? }
    decimals(db) { Book::objects().order_by(|b| b.id).values(|b| (b.price, b.discount)).all(db).await? }
    dates_and_times(db) { Sale::objects().order_by(|s| s.id).values(|s| (s.sold_on, s.sold_at)).all(db).await? }
    moments(db) { Review::objects().order_by(|r| r.id).values(|r| r.posted_at).all(db).await? }
    booleans(db) { Book::objects().order_by(|b| b.id).values(|b| (b.in_print, b.featured)).all(db).await? }
    json_column(db) { Book::objects().order_by(|b| b.id).values(|b| b.extra).all(db).await? }
    foreign_keys(db) {
        Book::objects().order_by(|b| b.id).values(|b| (b.author, b.editor, b.category.parent)).all(db).await?
    }
    one_value(db) { Author::objects().order_by(|a| a.id).values(|a| a.rating).all(db).await? }
    the_same_column_twice(db) {
        Book::objects().order_by(|b| b.id).limit(9).values(|b| (b.pages, b.author.name, b.pages)).all(db).await?
    }
    distinct_values(db) {
        Book::objects()
            .order_by(|b| (b.pages, b.in_print))
            .values(|b| (b.pages, b.in_print))
            .distinct()
            .all(db)
            .await?
    }
    distinct_nulls(db) {
        Book::objects().order_by(|b| b.stock.asc().nulls_first()).values(|b| b.stock).distinct().all(db).await?
    }
    distinct_across_a_relation(db) {
        Book::objects()
            .order_by(|b| b.author.country.name)
            .exclude(|b| b.author.country.is_null())
            .values(|b| b.author.country.name)
            .distinct()
            .all(db)
            .await?
    }
    distinct_decimals(db) {
        Book::objects().order_by(|b| b.price).values(|b| b.price).distinct().all(db).await?
    }
    distinct_on_fields(db) {
        Book::objects()
            .order_by(|b| (b.author, b.price.desc(), b.id))
            .distinct_on(|b| b.author)
            .all(db)
            .await?
    }
    distinct_on_two_fields(db) {
        Sale::objects()
            .filter(|s| s.country.is_not_null())
            .order_by(|s| (s.country, s.quantity, s.sold_on.desc(), s.id))
            .distinct_on(|s| (s.country, s.quantity))
            .all(db)
            .await?
    }
    annotated_rows(db) {
        Book::objects().order_by(|b| b.id).annotate(|b| (b.author.name, b.pages + 1)).all(db).await?
    }
    annotation_in_a_condition(db) {
        Book::objects().filter(|b| (b.price / 2).gt(20)).order_by(|b| b.id).all(db).await?
    }
    condition_as_a_value(db) {
        Book::objects().order_by(|b| b.id).values(|b| (b.id, b.pages.gt(100))).all(db).await?
    }
    condition_on_null_as_a_value(db) {
        Book::objects().order_by(|b| b.id).values(|b| (b.id, b.stock.gt(4))).all(db).await?
    }
    literals(db) {
        Author::objects()
            .order_by(|a| a.id)
            .limit(3)
            .values(|a| (a.id, value("x%y".to_owned()), value(7_i64), value(Decimal::new(150, 2))))
            .all(db)
            .await?
    }
}
