//! `None` is no condition, wherever one can stand: nothing is kept or left out by it.

use orm::prelude::*;

use crate::support::{Db, run};

#[derive(Model, Debug, Clone)]
#[model(has_many(books = Book::shelf))]
struct Shelf {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20)]
    name: String,
}

#[derive(Model, Debug, Clone)]
struct Book {
    #[field(primary_key)]
    id: i64,
    shelf: ForeignKey<Shelf>,
    pages: i32,
}

/// Shelves a (books of 10 and 20 pages), b (none), c (one of 5).
fn with_shelves(test: impl AsyncFnOnce(&Db)) {
    run(models![Shelf, Book], async |db| {
        for (name, books) in [("a", &[10, 20][..]), ("b", &[]), ("c", &[5])] {
            let shelf = Shelf::objects().create(db, |s| s.name(name)).await.unwrap();
            for pages in books {
                Book::objects().create(db, |b| b.shelf(&shelf).pages(*pages)).await.unwrap();
            }
        }
        test(db).await;
    });
}

fn nothing() -> Option<Predicate<Book>> {
    None
}

async fn names(db: &Db, query: QuerySet<Shelf>) -> String {
    query.order_by(|s| s.id).values(|s| s.name).all(db).await.unwrap().concat()
}

#[test]
fn of_rows() {
    with_shelves(async |db| {
        let all = Book::objects().filter(|_| nothing()).exclude(|_| nothing());
        assert_eq!(all.clone().count(db).await.unwrap(), 3);
        assert_eq!(all.filter(|b| b.pages.gt(5)).count(db).await.unwrap(), 2);
        let numbered = Book::objects().qualify(|_| nothing()).values(|_| row_number());
        assert_eq!(numbered.all(db).await.unwrap().len(), 3);
    });
}

#[test]
fn of_groups() {
    with_shelves(async |db| {
        let shelves =
            Book::objects().values(|b| b.shelf.name).having(|_| nothing()).order_by(|b| b.shelf.name);
        // A condition on groups makes them, and so does none.
        assert_eq!(shelves.all(db).await.unwrap(), ["a", "c"]);
        let counted = Book::objects().aggregate(db, |b| b.id.count().filter(nothing())).await.unwrap();
        assert_eq!(counted, 3);
    });
}

#[test]
fn of_related_rows() {
    with_shelves(async |db| {
        assert_eq!(names(db, Shelf::objects().filter(|s| s.books.any(|_| nothing()))).await, "ac");
        assert_eq!(names(db, Shelf::objects().filter(|s| s.books.none(|_| nothing()))).await, "b");
        // All rows meet no condition.
        assert_eq!(names(db, Shelf::objects().filter(|s| s.books.all(|_| nothing()))).await, "abc");
        assert_eq!(names(db, Shelf::objects().filter(|s| s.books.all(|b| b.pages.gt(5)))).await, "ab");
        let kept = |s: ShelfFields| s.books.filter(|_| nothing()).exclude(|_| nothing()).exists();
        assert_eq!(names(db, Shelf::objects().filter(kept)).await, "ac");
        let loaded = Shelf::objects()
            .order_by(|s| s.id)
            .prefetch_related(|s| s.books.filter(|_| nothing()).exclude(|_| nothing()))
            .all(db)
            .await
            .unwrap();
        assert_eq!(loaded.iter().map(|shelf| shelf.books().len()).collect::<Vec<_>>(), [2, 0, 1]);
    });
}
