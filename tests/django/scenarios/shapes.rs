//! Rows of some fields: only, defer, projections, rows by name.

use orm::prelude::*;
use orm::queryset::RowByName;
use orm::serde_json::{Value, json};

use super::scenarios;
use crate::models::{Author, Book, BookFields, LongReview, Review, Sale};

#[derive(Projection, Debug)]
#[projection(Book)]
struct Card {
    id: i64,
    title: String,
    #[projection(path = author.name)]
    author: String,
    #[projection(expr = |b| b.pages * 2)]
    twice: i32,
}

#[derive(Projection, Debug)]
#[projection(Book)]
struct Places {
    title: String,
    #[projection(path = editor.country.name)]
    country: Option<String>,
    #[projection(path = editor.mentor.name)]
    mentor: Option<String>,
    #[projection(path = category.parent.name)]
    shelf: Option<String>,
}

#[derive(Projection, Debug)]
#[projection(Sale)]
struct Sold {
    #[projection(path = book.author.name)]
    author: String,
    #[projection(expr = |s| s.id.count())]
    sales: i64,
    #[projection(expr = |s| s.quantity.sum())]
    copies: Option<i64>,
}

fn books() -> QuerySet<Book> {
    Book::objects().order_by(|b| b.id)
}

fn by_name(rows: Vec<RowByName>) -> Vec<Value> {
    rows.into_iter().map(|row| json!(row)).collect()
}

scenarios! { "shapes":
    only_some_fields(db) {
        let rows = books().only(|b| (b.title, b.pages)).all(db).await?;
        rows.iter().map(|book| (book.title().clone(), *book.pages())).collect::<Vec<_>>()
    }
    only_what_is_not_the_order(db) {
        let rows = Book::objects()
            .filter(|b| b.pages.gt(50) & b.author.active)
            .order_by(|b| (b.price.desc(), b.id))
            .only(|b| b.title)
            .all(db)
            .await?;
        rows.iter().map(|book| book.title().clone()).collect::<Vec<_>>()
    }
    only_nullable_fields(db) {
        let rows = books().only(|b| (b.subtitle, b.stock, b.featured, b.published)).all(db).await?;
        rows.iter()
            .map(|book| (book.subtitle().clone(), *book.stock(), *book.featured(), *book.published()))
            .collect::<Vec<_>>()
    }
    only_foreign_keys(db) {
        let rows = books().only(|b| (b.author, b.editor)).all(db).await?;
        rows.iter().map(|book| (book.author().clone(), book.editor().clone())).collect::<Vec<_>>()
    }
    only_exact_and_binary_numbers(db) {
        let sales = Sale::objects().order_by(|s| s.id).only(|s| (s.unit_price, s.quantity)).all(db).await?;
        let books = books().only(|b| (b.weight, b.updated_at)).all(db).await?;
        (
            sales.iter().map(|sale| (*sale.unit_price(), *sale.quantity())).collect::<Vec<_>>(),
            books.iter().map(|book| (*book.weight(), *book.updated_at())).collect::<Vec<_>>(),
        )
    }
    only_in_a_slice(db) {
        let rows = Author::objects().order_by(|a| (a.name, a.id)).only(|a| a.name).slice(5..15).all(db).await?;
        rows.iter().map(|author| author.name().clone()).collect::<Vec<_>>()
    }
    only_the_first(db) {
        let rated = Author::objects().filter(|a| a.rating.is_not_null());
        let best = rated.order_by(|a| (a.rating.desc(), a.id)).only(|a| a.name).first(db).await?;
        best.map(|author| author.name().clone())
    }
    deferred(db) {
        let rows = LongReview::objects().order_by(|r| r.id).defer(|r| r.body).all(db).await?;
        rows.into_iter().map(|row| (row.id, row.stars, row.body.is_loaded())).collect::<Vec<_>>()
    }
    not_deferred(db) {
        let rows = LongReview::objects().order_by(|r| r.id).all(db).await?;
        rows.into_iter()
            .map(|row| {
                let loaded = row.body.is_loaded();
                (row.id, row.body.into_inner(), loaded)
            })
            .collect::<Vec<_>>()
    }
    deferred_in_a_condition(db) {
        let rows = LongReview::objects()
            .defer(|r| r.body)
            .filter(|r| r.body.startswith("w"))
            .order_by(|r| (r.body, r.id))
            .all(db)
            .await?;
        rows.into_iter().map(|row| (row.id, row.body.is_loaded())).collect::<Vec<_>>()
    }
    deferred_and_loaded_later(db) {
        let best = LongReview::objects().defer(|r| r.body).order_by(|r| (r.votes.desc(), r.id)).limit(3);
        let mut answer = Vec::new();
        for mut row in best.all(db).await? {
            let before = row.body.is_loaded();
            row.load(db, |r| r.body).await?;
            let after = row.body.is_loaded();
            answer.push((row.id, before, row.body.into_inner(), after));
        }
        answer
    }
    deferred_and_counted(db) {
        LongReview::objects().defer(|r| r.body).filter(|r| r.stars.gt(2)).count(db).await?
    }
    projection(db) {
        let cards = books().project::<Card>().all(db).await?;
        cards.into_iter().map(|card| (card.id, card.title, card.author, card.twice)).collect::<Vec<_>>()
    }
    projection_across_nullable_relations(db) {
        let rows = books().project::<Places>().all(db).await?;
        rows.into_iter().map(|row| (row.title, row.country, row.mentor, row.shelf)).collect::<Vec<_>>()
    }
    projection_of_groups(db) {
        let rows = Sale::objects()
            .project::<Sold>()
            .having(|s| s.id.count().gt(3))
            .order_by(|s| s.book.author.name)
            .all(db)
            .await?;
        rows.into_iter().map(|row| (row.author, row.sales, row.copies)).collect::<Vec<_>>()
    }
    rows_by_name(db) {
        by_name(books().rows_by_name(["title", "pages", "stock", "in_print"]).all(db).await?)
    }
    rows_by_name_with_a_foreign_key(db) {
        let last = Review::objects().order_by(|r| r.id.desc()).limit(20);
        by_name(last.rows_by_name(["id", "reviewer", "book", "body"]).all(db).await?)
    }
    several_values_beside_a_row(db) {
        Sale::objects()
            .order_by(|s| s.id)
            .annotate(|s| (s.book.author.name, s.country.name, s.quantity + s.book.pages))
            .all(db)
            .await?
    }
    a_window_beside_a_row(db) {
        books().annotate(|b| rank().partition_by(b.author).order_by(b.price.desc())).all(db).await?
    }
    a_choice_beside_a_row(db) {
        fn size(b: BookFields) -> Expr<Book, String> {
            case().when(b.pages.gt(300)).then("big").when(b.pages.gt(50)).then("middle").otherwise("small")
        }
        books().filter(|b| size(b).eq("big") | b.price.lt(5)).annotate(size).all(db).await?
    }
    no_condition(db) {
        let none = || None::<Predicate<Book>>;
        Book::objects()
            .filter(|_| none())
            .exclude(|_| none())
            .filter(|b| all_of(none()) & b.pages.eq(7))
            .order_by(|b| b.id)
            .all(db)
            .await?
    }
}
