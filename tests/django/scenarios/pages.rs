//! Numbered pages, and pages behind a row.

use orm::Page;
use orm::prelude::*;

use super::scenarios;
use crate::answer::Answer;
use crate::models::{Book, Review, Sale};

/// The rows of a page, and all numbers that a page knows.
type PageAnswer<T> = (Vec<T>, u64, u64, u64, bool, bool, u64, u64);

fn answer<T: Answer>(page: Page<T>) -> PageAnswer<T> {
    let (next, previous) = (page.has_next(), page.has_previous());
    let (start, end) = (page.start_index(), page.end_index());
    (page.items, page.number, page.total, page.pages, next, previous, start, end)
}

fn books() -> QuerySet<Book> {
    Book::objects().order_by(|b| b.id)
}

scenarios! { "pages":
    first_page(db) { answer(Book::objects().order_by(|b| (b.title, b.id)).page(db, 1, 20).await?) }
    page_in_between(db) { answer(Book::objects().order_by(|b| b.price.desc()).page(db, 3, 20).await?) }
    last_page_is_short(db) { answer(books().page(db, 5, 20).await?) }
    orphans(db) {
        let options = PageOptions::new(20).orphans(10);
        vec![
            answer(books().page_with(db, 3, options).await?),
            answer(books().page_with(db, 4, options).await?),
        ]
    }
    beyond_the_last(db) { answer(books().page(db, 6, 20).await?) }
    page_zero(db) { answer(books().page(db, 0, 20).await?) }
    clamped(db) {
        let options = PageOptions::new(20).clamp();
        vec![
            answer(books().page_with(db, 99, options).await?),
            answer(books().page_with(db, 2, options).await?),
        ]
    }
    of_nothing(db) { answer(books().filter(|b| b.pages.eq(-1)).page(db, 1, 20).await?) }
    across_relations(db) {
        let rows = Review::objects().filter(|r| r.book.author.active);
        answer(rows.order_by(|r| (r.book.author.name, r.stars.desc())).page(db, 2, 15).await?)
    }
    of_values(db) {
        let rows = Sale::objects().order_by(|s| (s.sold_on.desc(), s.id));
        answer(rows.values(|s| (s.book.title, s.country.name, s.quantity)).page(db, 2, 25).await?)
    }
    behind_a_row_to_the_end(db) {
        let rows = Book::objects().order_by(|b| (b.stock.desc().nulls_first(), b.title));
        let (mut pages, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let options = CursorOptions::new(13).after(cursor.as_deref());
            let page = rows.clone().cursor_page(db, options).await?;
            pages.push(page.items);
            cursor = page.next;
            if cursor.is_none() {
                break pages;
            }
        }
    }
    before_a_row_to_the_beginning(db) {
        let rows = Review::objects().order_by(|r| r.posted_at.desc());
        let (mut last, mut pages) = (None::<String>, Vec::new());
        let mut before = loop {
            let options = CursorOptions::new(11).after(last.as_deref());
            let page = rows.clone().cursor_page(db, options).await?;
            match page.next {
                Some(next) => last = Some(next),
                None => break page.previous,
            }
        };
        while let Some(cursor) = before {
            let options = CursorOptions::new(11).before(Some(cursor.as_str()));
            let page = rows.clone().cursor_page(db, options).await?;
            pages.push(page.items);
            before = page.previous;
        }
        pages
    }
}
