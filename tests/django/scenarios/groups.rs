//! GROUP BY and HAVING; several to-many aggregates beside each other.

use orm::prelude::*;

use super::scenarios;
use crate::models::{Author, Book, Review, Sale};

scenarios! { "groups":
    by_column(db) {
        Book::objects().values(|b| (b.pages, b.id.count())).order_by(|b| b.pages).all(db).await?
    }
    by_two_columns(db) {
        Book::objects()
            .values(|b| (b.in_print, b.featured, b.id.count(), b.price.max()))
            .order_by(|b| (b.in_print.asc(), b.featured.asc().nulls_first()))
            .all(db)
            .await?
    }
    by_relation(db) {
        Book::objects()
            .values(|b| (b.author.country.name, b.id.count()))
            .order_by(|b| b.author.country.name)
            .all(db)
            .await?
    }
    by_nullable_key(db) {
        Sale::objects().values(|s| (s.country, s.quantity.sum())).order_by(|s| s.country).all(db).await?
    }
    by_expression(db) {
        Review::objects().values(|r| (r.votes % 3, count_rows())).order_by(|r| r.votes % 3).all(db).await?
    }
    by_case(db) {
        let size = |b: crate::models::BookFields| {
            case().when(b.pages.gt(300)).then("big").when(b.pages.gt(50)).then("middle").otherwise("small")
        };
        Book::objects().values(|b| (size(b), b.id.count(), b.pages.avg())).order_by(size).all(db).await?
    }
    by_coalesced(db) {
        Book::objects()
            .values(|b| (b.stock.coalesce(-1), b.id.count()))
            .order_by(|b| b.stock.coalesce(-1))
            .all(db)
            .await?
    }
    by_decimal(db) {
        Book::objects()
            .values(|b| (b.price, b.id.count()))
            .having(|b| b.id.count().gt(1))
            .order_by(|b| b.price)
            .all(db)
            .await?
    }
    having(db) {
        Book::objects()
            .values(|b| (b.author, b.id.count()))
            .having(|b| b.id.count().ge(3))
            .order_by(|b| b.author)
            .all(db)
            .await?
    }
    having_two(db) {
        Book::objects()
            .values(|b| (b.author, b.id.count(), b.price.max()))
            .having(|b| b.id.count().ge(4) | b.price.max().gt(80))
            .order_by(|b| b.author)
            .all(db)
            .await?
    }
    having_of_what_is_not_read(db) {
        Review::objects()
            .values(|r| r.book)
            .having(|r| r.stars.min().ge(3))
            .order_by(|r| r.book)
            .all(db)
            .await?
    }
    having_between_aggregates(db) {
        Review::objects()
            .values(|r| (r.book, r.stars.min(), r.stars.max()))
            .having(|r| r.stars.max().gt(r.stars.min() + 2))
            .order_by(|r| r.book)
            .all(db)
            .await?
    }
    where_and_having(db) {
        Sale::objects()
            .filter(|s| s.quantity.gt(1))
            .values(|s| (s.book, s.quantity.sum()))
            .having(|s| s.quantity.sum().gt(6))
            .order_by(|s| (s.quantity.sum().desc(), s.book))
            .all(db)
            .await?
    }
    filtered_aggregates(db) {
        Review::objects()
            .values(|r| {
                (r.stars, r.id.count(), r.id.count().filter(r.votes.gt(0)), r.votes.sum().filter(r.votes.lt(100)))
            })
            .order_by(|r| r.stars)
            .all(db)
            .await?
    }
    distinct_aggregates(db) {
        Review::objects()
            .values(|r| (r.stars, r.book.count().distinct(), r.reviewer.count().distinct()))
            .order_by(|r| r.stars)
            .all(db)
            .await?
    }
    ordered_by_aggregate(db) {
        Sale::objects()
            .values(|s| (s.book, (s.unit_price * s.book.price).sum()))
            .order_by(|s| ((s.unit_price * s.book.price).sum().desc(), s.book))
            .all(db)
            .await?
    }
    count_of_groups(db) {
        Book::objects().values(|b| (b.author, b.id.count())).having(|b| b.id.count().gt(2)).count(db).await?
    }
    groups_exist(db) {
        let groups = |n| Book::objects().values(|b| (b.author, b.id.count())).having(move |b| b.id.count().gt(n));
        (groups(2).exists(db).await?, groups(200).exists(db).await?)
    }
    first_group(db) {
        Book::objects()
            .values(|b| (b.author, b.id.count()))
            .order_by(|b| (b.id.count().desc(), b.author))
            .first(db)
            .await?
    }
    several_relations(db) {
        Sale::objects()
            .values(|s| (s.book.author.country, s.country, s.quantity.sum()))
            .order_by(|s| (s.book.author.country, s.country))
            .all(db)
            .await?
    }
    to_many_of_each_row(db) {
        Author::objects()
            .order_by(|a| a.id)
            .values(|a| {
                let written = Book::objects().filter(|b| b.author.id.eq(a.id.outer()));
                let edited = Book::objects().filter(|b| b.editor.id.eq(a.id.outer()));
                (a.id, subquery(written.values(|b| b.id.count())), subquery(edited.values(|b| b.id.count())))
            })
            .all(db)
            .await?
    }
    to_many_sums_beside_each_other(db) {
        Book::objects()
            .order_by(|b| b.id)
            .values(|b| {
                let sales = Sale::objects().filter(|s| s.book.id.eq(b.id.outer()));
                let reviews = Review::objects().filter(|r| r.book.id.eq(b.id.outer()));
                (b.id, subquery(sales.values(|s| s.quantity.sum())), subquery(reviews.values(|r| r.stars.sum())))
            })
            .all(db)
            .await?
    }
    to_many_in_a_condition(db) {
        Author::objects()
            .filter(|a| {
                let written = Book::objects().filter(|b| b.author.id.eq(a.id.outer()));
                subquery(written.values(|b| b.id.count())).ge(4)
            })
            .order_by(|a| a.id)
            .all(db)
            .await?
    }
    aggregate_in_a_calculation(db) {
        Sale::objects()
            .values(|s| (s.country, s.quantity.sum() * 2 + s.id.count()))
            .order_by(|s| s.country)
            .all(db)
            .await?
    }
    condition_on_a_computed_key_or_an_aggregate(db) {
        Review::objects()
            .values(|r| (r.votes % 3, count_rows()))
            .having(|r| count_rows().gt(40) | (r.votes % 3).eq(-1))
            .order_by(|r| r.votes % 3)
            .all(db)
            .await?
    }
    condition_on_a_computed_key_and_an_aggregate(db) {
        Book::objects()
            .values(|b| (b.price * 2, b.id.count(), b.pages.max()))
            .having(|b| b.id.count().ge(1) & (b.price * 2).gt(40) & b.pages.max().gt(20))
            .order_by(|b| b.price * 2)
            .all(db)
            .await?
    }
    condition_on_a_key_that_is_a_choice(db) {
        let size = |b: crate::models::BookFields| case().when(b.pages.gt(300)).then("big").otherwise("small");
        Book::objects()
            .values(|b| (size(b), b.id.count()))
            .having(|b| !(size(b).eq("small") & b.id.count().lt(1000)) | b.id.count().lt(0))
            .order_by(size)
            .all(db)
            .await?
    }
    order_by_a_calculation_with_a_computed_key(db) {
        Review::objects()
            .values(|r| (r.votes % 7, count_rows()))
            .order_by(|r| (r.votes % 7 * -10, count_rows()))
            .all(db)
            .await?
    }
}
