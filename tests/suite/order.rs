//! The order of rows: NULL counts as the largest value unless a term says otherwise.

use orm::Error;
use orm::prelude::*;

use crate::support::{Db, run};

#[derive(Model, Debug, Clone, PartialEq)]
struct Shelf {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20)]
    name: Option<String>,
    room: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(ordering = [-pages, title])]
struct Book {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20)]
    title: String,
    pages: Option<i32>,
    shelf: ForeignKey<Shelf>,
    spare: Option<ForeignKey<Shelf>>,
    #[field(on_delete = set_null)]
    sequel: Option<ForeignKey<Book>>,
}

/// Title, pages, shelf, spare, sequel.
type Made = (&'static str, Option<i32>, i64, Option<i64>, Option<i64>);

fn with_books(test: impl AsyncFnOnce(&Db)) {
    run(models![Shelf, Book], async |db| {
        for (name, room) in [(Some("b"), 1), (None, 2), (Some("a"), 2)] {
            Shelf::objects().create(db, |s| s.name(name.map(str::to_owned)).room(room)).await.unwrap();
        }
        let books: [Made; 6] = [
            ("d", Some(300), 1, Some(3), None),
            ("a", None, 2, None, Some(1)),
            ("c", Some(100), 3, Some(2), Some(2)),
            ("b", Some(300), 1, None, None),
            ("e", None, 3, Some(1), Some(4)),
            ("B", Some(-5), 2, Some(3), Some(1)),
        ];
        for (title, pages, shelf, spare, sequel) in books {
            Book::objects()
                .create(db, |b| {
                    b.title(title)
                        .pages(pages)
                        .shelf(ForeignKey::new(shelf))
                        .spare(spare.map(ForeignKey::new))
                        .sequel(sequel.map(ForeignKey::new))
                })
                .await
                .unwrap();
        }
        test(db).await;
    });
}

async fn titles(db: &Db, query: QuerySet<Book>) -> String {
    query.all(db).await.unwrap().iter().map(|book| book.title.as_str()).collect()
}

#[test]
fn ascending_and_descending() {
    with_books(async |db| {
        let books = Book::objects;
        assert_eq!(titles(db, books().order_by(|b| b.title)).await, "Babcde");
        assert_eq!(titles(db, books().order_by(|b| b.title.asc())).await, "Babcde");
        assert_eq!(titles(db, books().order_by(|b| b.title.desc())).await, "edcbaB");
        assert_eq!(titles(db, books().order_by(|b| b.id)).await, "dacbeB");
        assert_eq!(titles(db, books().order_by(|b| (b.id,))).await, "dacbeB");
        assert_eq!(titles(db, books().order_by(|b| vec![b.shelf.asc(), b.id.desc()])).await, "bdBaec");
        assert_eq!(
            titles(db, books().order_by(|b| b.title).order_by(|b| b.id)).await,
            "dacbeB",
            "the last one counts"
        );
    });
}

#[test]
fn null_is_the_largest_value() {
    with_books(async |db| {
        let books = Book::objects;
        assert_eq!(titles(db, books().order_by(|b| (b.pages, b.title))).await, "Bcbdae");
        assert_eq!(titles(db, books().order_by(|b| (b.pages.desc(), b.title))).await, "aebdcB");
        assert_eq!(titles(db, books().order_by(|b| (b.pages.asc().nulls_first(), b.title))).await, "aeBcbd");
        assert_eq!(titles(db, books().order_by(|b| (b.pages.asc().nulls_last(), b.title))).await, "Bcbdae");
        assert_eq!(titles(db, books().order_by(|b| (b.pages.desc().nulls_first(), b.title))).await, "aebdcB");
        assert_eq!(titles(db, books().order_by(|b| (b.pages.desc().nulls_last(), b.title))).await, "bdcBae");
        assert_eq!(titles(db, books().order_by(|b| ((b.pages + 1).desc(), b.title))).await, "aebdcB");
        assert_eq!(titles(db, books().order_by(|b| (b.pages.is_null().asc(), b.title))).await, "Bbcdae");
    });
}

#[test]
fn reverse_turns_every_term() {
    with_books(async |db| {
        let books = Book::objects;
        assert_eq!(titles(db, books().order_by(|b| (b.pages, b.title)).reverse()).await, "eadbcB");
        assert_eq!(
            titles(db, books().order_by(|b| (b.pages.asc().nulls_first(), b.title)).reverse()).await,
            "dbcBea"
        );
        assert_eq!(titles(db, books().order_by(|b| b.pages.asc().reversed())).await.len(), 6);
        assert_eq!(titles(db, books().order_by(|b| b.title).reverse().reverse()).await, "Babcde");
        assert_eq!(titles(db, books().reverse()).await, "Bcdbea", "the model's own order");
    });
}

#[test]
fn the_models_order_is_the_default() {
    with_books(async |db| {
        assert_eq!(titles(db, Book::objects()).await, "aebdcB");
        assert_eq!(titles(db, Book::objects().filter(|b| b.pages.is_not_null())).await, "bdcB");
        assert_eq!(titles(db, Book::objects().limit(2)).await, "ae");
        assert_eq!(Book::objects().first(db).await.unwrap().unwrap().title, "a");
        assert_eq!(Book::objects().last(db).await.unwrap().unwrap().title, "B");
        let mut rows = Book::objects().stream(db);
        assert_eq!(rows.try_next().await.unwrap().unwrap().title, "a");
    });
}

#[test]
fn a_slice_is_taken_in_the_models_order_by_every_method() {
    with_books(async |db| {
        assert_eq!(Book::objects().slice(1..2).get(db).await.unwrap().title, "e");
        assert_eq!(Book::objects().limit(1).get(db).await.unwrap().title, "a");
        assert_eq!(Book::objects().limit(3).update(db, |b| b.sequel.set(None)).await.unwrap(), 3);
        assert_eq!(
            Book::objects().filter(|b| b.sequel.is_not_null()).all(db).await.unwrap().len(),
            2,
            "of c and B"
        );
        assert_eq!(Book::objects().limit(2).delete(db).await.unwrap(), 2);
        assert_eq!(titles(db, Book::objects()).await, "bdcB");
        assert_eq!(Book::objects().offset(3).delete(db).await.unwrap(), 1);
        assert_eq!(titles(db, Book::objects()).await, "bdc");
    });
}

#[test]
fn paths_across_relations_keep_every_row() {
    with_books(async |db| {
        let books = Book::objects;
        assert_eq!(titles(db, books().order_by(|b| (b.shelf.name, b.title))).await, "cebdBa");
        assert_eq!(
            titles(db, books().order_by(|b| (b.shelf.room.desc(), b.shelf.name, b.title))).await,
            "ceBabd"
        );
        // Rows without a related row stay, and sort as NULL does.
        assert_eq!(titles(db, books().order_by(|b| (b.spare.name, b.title))).await, "Bdeabc");
        assert_eq!(titles(db, books().order_by(|b| (b.spare.name.desc(), b.title))).await, "abceBd");
        assert_eq!(
            titles(db, books().order_by(|b| (b.spare.room.asc().nulls_first(), b.title))).await,
            "abeBcd"
        );
        assert_eq!(titles(db, books().order_by(|b| (b.sequel.title, b.title))).await, "ceBabd");
        assert_eq!(titles(db, books().order_by(|b| (b.sequel.sequel.shelf.room, b.id))).await, "cdabeB");
        assert_eq!(titles(db, books().order_by(|b| (b.spare, b.id))).await, "ecdBab");
    });
}

#[test]
fn a_random_order_has_all_rows_and_no_last_one() {
    with_books(async |db| {
        let mut seen = std::collections::HashSet::new();
        for _ in 0..30 {
            let order = titles(db, Book::objects().order_by(|_| random())).await;
            let mut sorted: Vec<char> = order.chars().collect();
            sorted.sort_unstable();
            assert_eq!(sorted.into_iter().collect::<String>(), "Babcde");
            seen.insert(order);
        }
        assert!(seen.len() > 3, "{seen:?}");
        assert!(Book::objects().order_by(|_| random()).first(db).await.unwrap().is_some());
        let within = titles(db, Book::objects().order_by(|b| (b.shelf.room, random()))).await;
        assert!(within.starts_with("bd") || within.starts_with("db"), "{within}");
        let last = Book::objects().order_by(|_| random()).last(db).await;
        assert!(matches!(last, Err(Error::InvalidQuery(_))), "{last:?}");
    });
}

#[test]
fn the_order_cannot_change_once_sliced() {
    with_books(async |db| {
        let sliced = || Book::objects().order_by(|b| b.title).limit(2);
        for query in [sliced().order_by(|b| b.id), sliced().reverse()] {
            assert!(matches!(query.all(db).await, Err(Error::InvalidQuery(_))));
        }
        assert!(matches!(sliced().last(db).await, Err(Error::InvalidQuery(_))));
        assert!(matches!(sliced().latest(db, |b| b.id).await, Err(Error::InvalidQuery(_))));
    });
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Plain {
    #[field(primary_key)]
    id: i64,
}

#[test]
fn without_any_order_the_key_decides_first_and_last() {
    run(models![Plain], async |db| {
        assert_eq!(Plain::objects().first(db).await.unwrap(), None);
        for id in [5, 1, 9] {
            Plain::objects().create(db, |p| p.id(id)).await.unwrap();
        }
        assert_eq!(Plain::objects().first(db).await.unwrap().unwrap().id, 1);
        assert_eq!(Plain::objects().last(db).await.unwrap().unwrap().id, 9);
        assert_eq!(Plain::objects().reverse().first(db).await.unwrap().unwrap().id, 9);
        assert_eq!(Plain::objects().reverse().last(db).await.unwrap().unwrap().id, 1);
    });
}
