//! `update_returning` and `delete_returning`: the rows that were written, as the queryset's rows.

use orm::prelude::*;
use orm::{Error, assert_queries};

use crate::support::{Db, run};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(books = Book::author))]
struct Author {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20)]
    name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(loans = Loan::book))]
struct Book {
    #[field(primary_key)]
    id: i64,
    #[field(on_delete = cascade)]
    author: ForeignKey<Author>,
    #[field(max_length = 20)]
    title: String,
    stars: Option<i32>,
    #[field(max_digits = 10, decimal_places = 2)]
    price: Decimal,
    at: Option<DateTime<Utc>>,
    token: Option<Uuid>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Loan {
    #[field(primary_key)]
    id: i64,
    #[field(on_delete = protect)]
    book: ForeignKey<Book>,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Book)]
struct Titled {
    title: String,
    stars: Option<i32>,
}

fn with_books(test: impl AsyncFnOnce(&Db)) {
    run(models![Author, Book, Loan], async |db| {
        for (name, count) in [("ann", 3), ("bob", 2)] {
            let author = Author::objects().create(db, |a| a.name(name)).await.unwrap();
            for n in 1..=count {
                let draft = Book::draft().author(&author).title(format!("{name} {n}")).stars(n);
                let draft = draft.price(Decimal::new(i64::from(n) * 105, 2)).token(Uuid::from_u128(7));
                Book::objects().bulk_create(db, [draft]).await.unwrap();
            }
        }
        test(db).await;
    });
}

async fn all(db: &Db) -> Vec<Book> {
    Book::objects().order_by(|b| b.id).all(db).await.unwrap()
}

#[test]
fn changed_rows_are_as_they_are_then() {
    with_books(async |db| {
        let at = "2024-02-29T12:30:00Z".parse::<DateTime<Utc>>().unwrap();
        let some = || Book::objects().filter(|b| b.stars.ge(2));
        let mut changed =
            some().update_returning(db, |b| (b.stars.set(b.stars + 10), b.at.set(at))).await.unwrap();
        changed.sort_by_key(|book| book.id);
        let there: Vec<_> = all(db).await.into_iter().filter(|book| book.at.is_some()).collect();
        assert_eq!(changed, there);
        assert_eq!(changed.iter().map(|book| book.stars).collect::<Vec<_>>(), [Some(12), Some(13), Some(12)]);
        assert_eq!(changed[0].price, "2.10".parse::<Decimal>().unwrap());
        // Rows that match count, also where nothing changes, and none are none.
        assert_eq!(some().update_returning(db, |b| b.stars.set(b.stars)).await.unwrap().len(), 3);
        let none = Book::objects().filter(|b| b.stars.eq(99)).update_returning(db, |b| b.stars.set(1)).await;
        assert_eq!(none.unwrap(), []);
        assert_eq!(Book::objects().none().update_returning(db, |b| b.stars.set(1)).await.unwrap(), []);
    });
}

#[test]
fn deleted_rows_are_as_they_were() {
    with_books(async |db| {
        let before = all(db).await;
        let mut gone =
            Book::objects().filter(|b| b.author.name.eq("ann")).delete_returning(db).await.unwrap();
        gone.sort_by_key(|book| book.id);
        assert_eq!(gone, before[..3]);
        assert_eq!(all(db).await, before[3..]);
        assert_eq!(Book::objects().none().delete_returning(db).await.unwrap(), []);
        let authors = Author::objects().filter(|a| a.books.is_empty()).delete_returning(db).await.unwrap();
        assert_eq!(authors.iter().map(|author| author.name.as_str()).collect::<Vec<_>>(), ["ann"]);
        assert_eq!(Author::objects().count(db).await.unwrap(), 1);
    });
}

#[test]
fn rows_are_what_the_queryset_reads() {
    with_books(async |db| {
        let ann = || Book::objects().filter(|b| b.author.name.eq("ann")).order_by(|b| b.id);
        let mut values = ann()
            .values(|b| (b.id, b.stars * 2, b.title.upper()))
            .update_returning(db, |b| b.stars.set(4))
            .await
            .unwrap();
        values.sort_unstable();
        let expected = [1, 2, 3].map(|n| (n, Some(8), format!("ANN {n}")));
        assert_eq!(values, expected);
        let annotated = ann().limit(1).annotate(|b| b.price.ge(1)).update_returning(db, |b| b.title.set("x"));
        let annotated: Vec<(Book, bool)> = annotated.await.unwrap();
        assert_eq!((annotated[0].0.title.as_str(), annotated[0].1), ("x", true));
        let titled = ann().limit(1).project::<Titled>().update_returning(db, |b| b.stars.set(None)).await;
        assert_eq!(titled.unwrap(), [Titled { title: "x".into(), stars: None }]);
        let deleted = ann().limit(2).values(|b| b.id).delete_returning(db).await.unwrap();
        assert_eq!(deleted.len(), 2);
        let deleted = Book::objects().project::<Titled>().delete_returning(db).await.unwrap();
        assert_eq!(deleted.len(), 3);
        assert!(all(db).await.is_empty());
    });
}

#[test]
fn related_rows_are_read_with_them() {
    with_books(async |db| {
        let bob = || Book::objects().filter(|b| b.author.name.eq("bob")).order_by(|b| b.id);
        let changed =
            bob().select_related(|b| b.author).update_returning(db, |b| b.stars.set(1)).await.unwrap();
        assert_eq!(changed.len(), 2);
        for book in &changed {
            assert_eq!((book.author().name.as_str(), book.stars), ("bob", Some(1)));
        }
        let named = bob().values(|b| (b.author.name, b.id)).update_returning(db, |b| b.stars.set(2)).await;
        assert_eq!(named.unwrap(), [("bob".to_owned(), 4), ("bob".to_owned(), 5)]);
        let authors = Author::objects().prefetch_related(|a| a.books).order_by(|a| a.id);
        let authors = authors.update_returning(db, |a| a.name.set(a.name.upper())).await.unwrap();
        assert_eq!(authors.iter().map(|author| author.books().len()).collect::<Vec<_>>(), [3, 2]);
        assert_eq!(authors[0].name, "ANN");
        // As they were before they were deleted with it.
        let ann = Author::objects().filter(|a| a.name.eq("ANN")).prefetch_related(|a| a.books);
        let gone = ann.delete_returning(db).await.unwrap();
        assert_eq!(gone[0].books().len(), 3);
        assert_eq!(Book::objects().count(db).await.unwrap(), 2);
    });
}

#[test]
fn rows_that_are_still_needed_stay() {
    with_books(async |db| {
        let book = Book::objects().first(db).await.unwrap().unwrap();
        Loan::objects().create(db, |l| l.book(&book)).await.unwrap();
        let refused = Book::objects().delete_returning(db).await;
        assert!(matches!(refused, Err(Error::Protected(_))), "{refused:?}");
        assert_eq!(all(db).await.len(), 5);
        let free = Book::objects().filter(|b| b.loans.is_empty()).delete_returning(db).await.unwrap();
        assert_eq!(free.len(), 4);
        assert_eq!(all(db).await, [book]);
    });
}

#[test]
fn one_statement_where_the_database_has_it() {
    with_books(async |db| {
        let capability = db.dialect().capability();
        if capability.update_returning {
            let two = Author::objects().order_by(|a| a.name).limit(2);
            let changed = assert_queries!(1, two.update_returning(db, |a| a.name.set("z")));
            assert_eq!(changed.unwrap().len(), 2);
        }
        if capability.delete_returning {
            let book = Book::objects().first(db).await.unwrap().unwrap();
            Loan::objects().create(db, |l| l.book(&book)).await.unwrap();
            let loans = Loan::objects().filter(|l| l.book.title.eq("ann 1"));
            assert_eq!(assert_queries!(1, loans.delete_returning(db)).unwrap().len(), 1);
        }
    });
}

#[test]
fn many_rows_and_all_of_them_or_none() {
    with_books(async |db| {
        let author = Author::objects().first(db).await.unwrap().unwrap();
        let draft = |n: i32| Book::draft().author(&author).title("x").stars(n).price(Decimal::ONE);
        Book::objects().bulk_create(db, (0..2_500).map(draft)).await.unwrap();
        let changed =
            Book::objects().values(|b| b.id).update_returning(db, |b| b.stars.set(b.stars + 1)).await;
        assert_eq!(changed.unwrap().len(), 2_505);
        // The last of them cannot be.
        let failed =
            Book::objects().update_returning(db, |b| b.stars.set(b.stars + (i32::MAX - 2_499))).await;
        assert!(failed.is_err());
        assert_eq!(Book::objects().filter(|b| b.stars.gt(2_500)).count(db).await.unwrap(), 0);
        let rolled_back = db
            .atomic(async |tx| {
                assert_eq!(Book::objects().delete_returning(tx).await?.len(), 2_505);
                Err::<(), _>(Error::InvalidQuery("no".into()))
            })
            .await;
        assert!(rolled_back.is_err());
        assert_eq!(Book::objects().delete_returning(db).await.unwrap().len(), 2_505);
        assert_eq!(Book::objects().count(db).await.unwrap(), 0);
    });
}

#[test]
fn a_changed_key_is_given_back_or_refused() {
    with_books(async |db| {
        let changed = Loan::objects().update_returning(db, |l| l.id.set(l.id + 100)).await;
        // docs/guide/src/differences.md: Rows given back by a write
        if db.dialect().capability().update_returning {
            assert_eq!(changed.unwrap(), []);
            let book = Book::objects().first(db).await.unwrap().unwrap();
            Loan::objects().create(db, |l| l.book(&book)).await.unwrap();
            let changed = Loan::objects().update_returning(db, |l| l.id.set(l.id + 100)).await.unwrap();
            assert_eq!(changed[0].id, 101);
        } else {
            assert!(matches!(changed, Err(Error::Unsupported { .. })), "{changed:?}");
        }
    });
}

#[test]
fn groups_and_distinct_values_are_not_given_back() {
    with_books(async |db| {
        let set = |b: BookFields| b.stars.set(1);
        let counted = Book::objects().values(|b| (b.author, b.id.count())).update_returning(db, set).await;
        assert!(matches!(counted, Err(Error::InvalidQuery(_))), "{counted:?}");
        let distinct = Book::objects().values(|b| b.title).distinct().delete_returning(db).await;
        assert!(matches!(distinct, Err(Error::InvalidQuery(_))), "{distinct:?}");
        let ranked = Book::objects().annotate(|b| row_number().order_by(b.id)).delete_returning(db).await;
        assert!(matches!(ranked, Err(Error::InvalidQuery(_))), "{ranked:?}");
        let nothing = Book::objects().update_returning(db, |_| Vec::new()).await;
        assert!(matches!(nothing, Err(Error::InvalidQuery(_))), "{nothing:?}");
        let stars: Vec<_> = all(db).await.iter().map(|book| book.stars).collect();
        assert_eq!(stars, [Some(1), Some(2), Some(3), Some(1), Some(2)]);
    });
}
