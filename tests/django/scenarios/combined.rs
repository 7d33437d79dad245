//! Union, intersection, difference.

use orm::prelude::*;

use super::scenarios;
use crate::models::{Author, Book, Category, Review, Sale, Tag};

fn cheap() -> QuerySet<Book> {
    Book::objects().filter(|b| b.price.lt(10))
}

fn thick() -> QuerySet<Book> {
    Book::objects().filter(|b| b.pages.gt(200))
}

scenarios! { "combined":
    union(db) { cheap().union(thick()).order_by(|b| b.id).all(db).await? }
    union_all(db) { cheap().union_all(thick()).order_by(|b| b.id).all(db).await? }
    intersection(db) { cheap().intersection(thick()).order_by(|b| b.id).all(db).await? }
    difference(db) { cheap().difference(thick()).order_by(|b| b.id).all(db).await? }
    of_values(db) {
        Tag::objects()
            .values(|t| t.name)
            .union(Category::objects().values(|c| c.name))
            .order_by(|t| t.name)
            .all(db)
            .await?
    }
    of_pairs(db) {
        Book::objects()
            .filter(|b| b.pages.eq(7))
            .values(|b| (b.id, b.title))
            .union(Author::objects().filter(|a| !a.active).values(|a| (a.id, a.name)))
            .order_by(|b| (b.title, b.id))
            .all(db)
            .await?
    }
    three(db) {
        cheap()
            .union(thick())
            .union(Book::objects().filter(|b| b.stock.eq(0)))
            .order_by(|b| b.id.desc())
            .all(db)
            .await?
    }
    union_then_difference(db) {
        cheap()
            .union(thick())
            .difference(Book::objects().filter(|b| b.in_print))
            .order_by(|b| b.id)
            .all(db)
            .await?
    }
    nulls_are_equal(db) {
        Book::objects().values(|b| b.stock).union(Book::objects().values(|b| b.pages.nullif(-5))).count(db).await?
    }
    slices_of_the_parts(db) {
        Book::objects()
            .order_by(|b| (b.price.desc(), b.id))
            .limit(3)
            .union(Book::objects().order_by(|b| (b.price, b.id.desc())).limit(3))
            .order_by(|b| b.id)
            .all(db)
            .await?
    }
    slice_of_the_whole(db) {
        cheap().union(thick()).order_by(|b| (b.title, b.id)).offset(3).limit(6).all(db).await?
    }
    count(db) {
        (
            cheap().union(thick()).count(db).await?,
            cheap().union_all(thick()).count(db).await?,
            cheap().intersection(thick()).count(db).await?,
        )
    }
    exists(db) {
        (cheap().intersection(thick()).exists(db).await?, cheap().difference(cheap()).exists(db).await?)
    }
    first(db) { cheap().union(thick()).order_by(|b| (b.pages.desc(), b.id)).first(db).await? }
    with_none(db) { cheap().union(Book::objects().none()).order_by(|b| b.id).all(db).await? }
    intersection_with_none(db) {
        cheap().intersection(Book::objects().none()).order_by(|b| b.id).all(db).await?
    }
    difference_of_values(db) {
        Author::objects()
            .values(|a| (a.id,))
            .difference(Book::objects().values(|b| (b.author.id,)))
            .order_by(|a| a.id)
            .all(db)
            .await?
    }
    of_groups(db) {
        Book::objects()
            .values(|b| (b.author.id.nullif(0), b.id.count()))
            .union_all(
                Review::objects().filter(|r| r.reviewer.is_not_null()).values(|r| (r.reviewer.id, r.id.count())),
            )
            .order_by(|b| (b.author.id.nullif(0), b.id.count()))
            .all(db)
            .await?
    }
    decimals(db) {
        Book::objects()
            .filter(|b| b.id.lt(20))
            .values(|b| b.price)
            .union(Sale::objects().filter(|s| s.id.lt(20)).values(|s| s.unit_price))
            .order_by(|b| b.price)
            .all(db)
            .await?
    }
}
