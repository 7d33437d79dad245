//! Which rows an update or delete is about, and what it may set them to: conditions across relations, subqueries, slices in
//! an order.

use orm::Error;
use orm::prelude::*;

use crate::support::{Db, run};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(books = Book::author))]
struct Author {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20)]
    name: String,
    #[field(default = 0)]
    written: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Book {
    #[field(primary_key)]
    id: i64,
    #[field(on_delete = cascade)]
    author: ForeignKey<Author>,
    #[field(max_length = 20)]
    title: String,
    stars: Option<i32>,
    #[field(unique)]
    place: i64,
}

/// Ann has three books, Bob two, Eve none.
fn with_books(test: impl AsyncFnOnce(&Db)) {
    run(models![Author, Book], async |db| {
        let mut place = 0;
        for (name, stars) in
            [("ann", &[Some(5), None, Some(1)][..]), ("bob", &[Some(3), Some(4)]), ("eve", &[])]
        {
            let author = Author::objects().create(db, |a| a.name(name)).await.unwrap();
            for stars in stars {
                place += 1;
                let title = format!("{name} {place}");
                let draft = Book::draft().author(&author).title(title).stars(*stars).place(place);
                Book::objects().bulk_create(db, [draft]).await.unwrap();
            }
        }
        test(db).await;
    });
}

async fn stars(db: &Db) -> Vec<Option<i32>> {
    Book::objects().order_by(|b| b.id).values(|b| b.stars).all(db).await.unwrap()
}

#[test]
fn conditions_reach_across_relations() {
    with_books(async |db| {
        let of_ann = || Book::objects().filter(|b| b.author.name.eq("ann"));
        assert_eq!(of_ann().update(db, |b| b.stars.set(2)).await.unwrap(), 3);
        assert_eq!(stars(db).await, [Some(2), Some(2), Some(2), Some(3), Some(4)]);
        let good = Author::objects().filter(|a| a.books.any(|b| b.stars.ge(4)));
        assert_eq!(good.update(db, |a| a.name.set("good")).await.unwrap(), 1);
        let without = Author::objects().filter(|a| a.books.is_empty());
        assert_eq!(without.delete(db).await.unwrap(), 1);
        assert_eq!(of_ann().delete(db).await.unwrap(), 3);
        assert_eq!(Book::objects().count(db).await.unwrap(), 2);
    });
}

#[test]
fn values_come_from_subqueries() {
    with_books(async |db| {
        let counted = Author::objects().update(db, |a| a.written.set(a.books.count())).await.unwrap();
        assert_eq!(counted, 3);
        let written = Author::objects().order_by(|a| a.id).values(|a| a.written).all(db).await.unwrap();
        assert_eq!(written, [3, 2, 0]);
        // The name of each book's author, from a query that knows the row.
        let named = Book::objects()
            .update(db, |b| {
                let author = Author::objects().filter(|a| a.id.eq(b.author.id.outer())).values(|a| a.name);
                b.title.set(subquery(author).coalesce("nobody"))
            })
            .await
            .unwrap();
        assert_eq!(named, 5);
        let titles = Book::objects().order_by(|b| b.id).values(|b| b.title).all(db).await.unwrap();
        assert_eq!(titles, ["ann", "ann", "ann", "bob", "bob"]);
    });
}

#[test]
fn a_condition_may_ask_about_the_same_table() {
    with_books(async |db| {
        let best = || Book::objects().order_by(|b| b.stars.desc().nulls_last()).limit(2).values(|b| b.id);
        let others = Book::objects().exclude(|b| b.id.is_in(best()));
        assert_eq!(others.update(db, |b| b.stars.set(0)).await.unwrap(), 3);
        assert_eq!(stars(db).await, [Some(5), Some(0), Some(0), Some(0), Some(4)]);
        let worse = Book::objects().filter(|b| b.id.is_in(best()));
        assert_eq!(worse.delete(db).await.unwrap(), 2);
        assert_eq!(stars(db).await, [Some(0), Some(0), Some(0)]);
    });
}

#[test]
fn a_slice_is_written_in_its_order() {
    with_books(async |db| {
        // NULL counts as the largest, as in every order.
        let two = || Book::objects().order_by(|b| b.stars.desc()).limit(2);
        assert_eq!(two().update(db, |b| b.stars.set(9)).await.unwrap(), 2);
        assert_eq!(stars(db).await, [Some(9), Some(9), Some(1), Some(3), Some(4)]);
        let middle = Book::objects().order_by(|b| b.stars).offset(1).limit(2);
        assert_eq!(middle.update(db, |b| b.stars.set(b.stars * 10)).await.unwrap(), 2);
        assert_eq!(stars(db).await, [Some(9), Some(9), Some(1), Some(30), Some(40)]);
        let by_author = Book::objects().order_by(|b| (b.author.name.desc(), b.id)).limit(1);
        assert_eq!(by_author.update(db, |b| b.stars.set(0)).await.unwrap(), 1);
        assert_eq!(stars(db).await, [Some(9), Some(9), Some(1), Some(0), Some(40)]);
        let random = Book::objects().filter(|b| b.stars.lt(9)).order_by(|_| random()).limit(1);
        assert_eq!(random.update(db, |b| b.stars.set(100)).await.unwrap(), 1);
        assert_eq!(Book::objects().filter(|b| b.stars.eq(100)).count(db).await.unwrap(), 1);
        let last = Book::objects().order_by(|b| b.place.desc()).limit(4);
        assert_eq!(last.delete(db).await.unwrap(), 4);
        let left = Book::objects().values(|b| b.place).all(db).await.unwrap();
        assert_eq!(left, [1]);
        assert_eq!(Book::objects().limit(0).delete(db).await.unwrap(), 0);
        assert_eq!(Book::objects().limit(10).delete(db).await.unwrap(), 1);
    });
}

#[test]
fn a_slice_of_what_a_subquery_says() {
    with_books(async |db| {
        let newest = || Book::objects().order_by(|b| b.id.desc()).limit(3).values(|b| b.id);
        let some = Book::objects().filter(|b| b.id.is_in(newest())).order_by(|b| b.place).limit(1);
        assert_eq!(some.update(db, |b| b.stars.set(7)).await.unwrap(), 1);
        assert_eq!(stars(db).await, [Some(5), None, Some(7), Some(3), Some(4)]);
        let one = Book::objects().order_by(|b| (b.author.name, b.place)).limit(1);
        assert_eq!(one.delete(db).await.unwrap(), 1);
        assert_eq!(stars(db).await, [None, Some(7), Some(3), Some(4)]);
    });
}

#[test]
fn rows_of_each_kind_and_of_windows() {
    with_books(async |db| {
        let first_of_each = Book::objects().distinct_on(|b| b.author).order_by(|b| (b.author, b.place));
        assert_eq!(first_of_each.update(db, |b| b.stars.set(1)).await.unwrap(), 2);
        assert_eq!(stars(db).await, [Some(1), None, Some(1), Some(1), Some(4)]);
        let second = Book::objects().qualify(|b| row_number().partition_by(b.author).order_by(b.place).eq(2));
        assert_eq!(second.delete(db).await.unwrap(), 2);
        assert_eq!(stars(db).await, [Some(1), Some(1), Some(1)]);
    });
}

#[test]
fn an_order_decides_which_row_is_written_first() {
    with_books(async |db| {
        // docs/guide/src/differences.md: The order of an update
        let shifted =
            Book::objects().order_by(|b| b.place.desc()).update(db, |b| b.place.set(b.place + 1)).await;
        if db.dialect().capability().limited_writes {
            assert_eq!(shifted.unwrap(), 5);
            let places = Book::objects().order_by(|b| b.id).values(|b| b.place).all(db).await.unwrap();
            assert_eq!(places, [2, 3, 4, 5, 6]);
            let wrong = Book::objects().order_by(|b| b.place).update(db, |b| b.place.set(b.place + 1)).await;
            assert!(wrong.is_err_and(|error| error.is_unique_violation()));
        } else {
            // Each row is checked as it is written, in whatever order the database meets them.
            assert!(shifted.is_err_and(|error| error.is_unique_violation()));
        }
    });
}

#[test]
fn what_cannot_be_set_is_said_before_anything_runs() {
    with_books(async |db| {
        let related = Book::objects().update(db, |b| b.title.set(b.author.name)).await;
        assert!(matches!(related, Err(Error::InvalidQuery(_))), "{related:?}");
        let own = Book::objects()
            .update(db, |b| {
                let most = Book::objects().values(|b| b.place.max());
                b.stars.set(subquery(most).cast::<i32>())
            })
            .await;
        // docs/guide/src/differences.md: Assignments from the same table
        if db.dialect().capability().subquery_on_target {
            assert_eq!(own.unwrap(), 5);
            assert_eq!(stars(db).await, [Some(5); 5]);
        } else {
            assert!(matches!(own, Err(Error::Unsupported { .. })), "{own:?}");
        }
    });
}
