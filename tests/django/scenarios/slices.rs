//! Parts of the rows, and what may follow them.

use orm::prelude::*;

use super::scenarios;
use crate::models::{Book, Review, Sale};

fn books() -> QuerySet<Book> {
    Book::objects().order_by(|b| b.id)
}

scenarios! { "slices":
    first_rows(db) { books().limit(5).all(db).await? }
    a_page(db) { Book::objects().order_by(|b| (b.title, b.id)).slice(10..20).all(db).await? }
    beyond_the_end(db) { books().slice(1000..1010).all(db).await? }
    to_the_end(db) { books().slice(85..).all(db).await? }
    of_nothing(db) { books().slice(5..5).all(db).await? }
    slice_of_a_slice(db) { books().slice(10..30).slice(5..10).all(db).await? }
    slice_of_an_open_slice(db) { books().slice(10..).slice(..3).all(db).await? }
    slice_beyond_a_slice(db) { books().slice(10..20).slice(8..40).all(db).await? }
    with_nulls_first(db) {
        Book::objects().order_by(|b| (b.stock.asc().nulls_first(), b.id)).limit(12).all(db).await?
    }
    count_of_a_slice(db) { books().slice(80..200).count(db).await? }
    count_of_an_empty_slice(db) { books().slice(200..).count(db).await? }
    exists_in_a_slice(db) {
        (books().slice(80..200).exists(db).await?, books().slice(200..).exists(db).await?)
    }
    sum_of_a_slice(db) {
        Sale::objects()
            .order_by(|s| (s.unit_price.desc(), s.id))
            .limit(10)
            .aggregate(db, |s| (s.quantity.sum(), s.unit_price.max()))
            .await?
    }
    mean_of_a_slice_across_a_relation(db) {
        Review::objects().order_by(|r| r.id).slice(5..25).aggregate(db, |r| r.book.pages.avg()).await?
    }
    filter_after_a_slice(db) { books().limit(5).filter(|b| b.pages.eq(7)).all(db).await? }
    order_after_a_slice(db) { books().limit(5).order_by(|b| b.pages).all(db).await? }
    values_of_a_slice(db) {
        Book::objects().order_by(|b| b.id.desc()).limit(5).values(|b| (b.id, b.title)).all(db).await?
    }
    slice_as_a_list(db) {
        let top = Book::objects().order_by(|b| (b.price.desc(), b.id)).limit(6);
        Review::objects().filter(|r| r.book.is_in(top)).order_by(|r| r.id).all(db).await?
    }
    slice_of_groups(db) {
        Book::objects()
            .values(|b| (b.author, b.id.count()))
            .order_by(|b| (b.id.count().desc(), b.author))
            .slice(2..6)
            .all(db)
            .await?
    }
    first_of_an_open_slice(db) { books().slice(3..).first(db).await? }
    distinct_slice(db) {
        Book::objects().order_by(|b| b.pages).values(|b| b.pages).distinct().limit(6).all(db).await?
    }
}
