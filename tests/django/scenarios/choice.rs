//! Case, coalesce, nullif, greatest, least.

use orm::prelude::*;

use super::scenarios;
use crate::models::{Author, Book, Review};

fn books() -> QuerySet<Book> {
    Book::objects().order_by(|b| b.id)
}

scenarios! { "choice":
    case_when(db) {
        books()
            .values(|b| case().when(b.pages.gt(500)).then("thick").when(b.pages.gt(50)).then("medium").otherwise("thin"))
            .all(db)
            .await?
    }
    the_first_that_is_true(db) {
        books()
            .values(|b| case().when(b.pages.gt(5)).then(1).when(b.pages.gt(500)).then(2).otherwise(3))
            .all(db)
            .await?
    }
    without_default(db) { books().values(|b| case().when(b.in_print).then(b.title)).all(db).await? }
    unknown_is_not_true(db) {
        books()
            .values(|b| case().when(b.stock.gt(4)).then("many").when(b.stock.le(4)).then("few").otherwise("unknown"))
            .all(db)
            .await?
    }
    values_of_fields(db) {
        books().values(|b| case().when(b.in_print).then(b.pages * 2).otherwise(b.stock)).all(db).await?
    }
    with_many_conditions(db) {
        books()
            .values(|b| {
                let condition = b.featured | !b.author.active & b.pages.ne(7);
                case().when(condition).then(true).otherwise(false)
            })
            .all(db)
            .await?
    }
    in_an_order(db) {
        Book::objects()
            .order_by(|b| {
                let place = case().when(b.featured).then(0).when(b.in_print).then(1).otherwise(2);
                (place, b.pages.desc(), b.id)
            })
            .all(db)
            .await?
    }
    in_a_condition(db) {
        books()
            .filter(|b| case().when(b.discount.is_not_null()).then(b.price - b.discount).otherwise(b.price).lt(10))
            .all(db)
            .await?
    }
    inside_of_each_other(db) {
        books()
            .values(|b| {
                let inner = case().when(b.pages.gt(100)).then("a").otherwise("b");
                case().when(b.in_print).then(inner).otherwise("c")
            })
            .all(db)
            .await?
    }
    coalesce(db) { books().values(|b| b.stock.coalesce(-9)).all(db).await? }
    coalesce_fields(db) { books().values(|b| b.editor.name.coalesce(b.author.name)).all(db).await? }
    coalesce_three(db) { books().values(|b| b.discount.coalesce(b.price).coalesce(0)).all(db).await? }
    coalesce_to_null(db) {
        Author::objects().order_by(|a| a.id).values(|a| a.email.coalesce(a.mentor.email)).all(db).await?
    }
    coalesced_empty_text(db) { books().values(|b| b.subtitle.coalesce("none")).all(db).await? }
    nullif(db) { books().values(|b| b.pages.nullif(7)).all(db).await? }
    nullif_of_fields(db) { books().values(|b| b.author.id.nullif(b.editor.id)).all(db).await? }
    nullif_empty_text(db) { books().values(|b| b.subtitle.nullif("")).all(db).await? }
    greatest(db) { Review::objects().order_by(|r| r.id).values(|r| r.votes.greatest(r.votes * 0 + 3)).all(db).await? }
    greatest_of_nullables(db) { books().values(|b| b.stock.greatest(b.pages)).all(db).await? }
    least(db) { books().values(|b| b.price.least(5)).all(db).await? }
    least_of_nullables(db) { books().values(|b| b.discount.least(b.price)).all(db).await? }
    greatest_of_dates(db) {
        Author::objects().order_by(|a| a.id).values(|a| a.joined_at.greatest(a.mentor.joined_at)).all(db).await?
    }
    least_of_texts(db) { books().values(|b| b.title.least(b.author.name)).all(db).await? }
}
