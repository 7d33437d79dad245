//! What `on_delete` says happens, whoever does it; what is deleted is told, and what is protected stays.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use orm::prelude::*;
use orm::{DatabaseErrorKind, Dialect, Error};

use crate::support::{Counting, Db, run, run_threaded};

// Everything by the database: a library's shelves and books go with it, a loan forgets its book.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(shelves = Shelf::library))]
struct Library {
    #[field(primary_key, identity = false)]
    id: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(books = Book::shelf))]
struct Shelf {
    #[field(primary_key, identity = false)]
    id: i64,
    #[field(on_delete = cascade)]
    library: ForeignKey<Library>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(loans = Loan::book))]
struct Book {
    #[field(primary_key, identity = false)]
    id: i64,
    #[field(on_delete = cascade)]
    shelf: ForeignKey<Shelf>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Loan {
    #[field(primary_key, identity = false)]
    id: i64,
    #[field(on_delete = set_null)]
    book: Option<ForeignKey<Book>>,
}

/// Two libraries with two shelves each, each with three books, each lent out once.
async fn libraries(db: &Db) {
    for library in 0..2 {
        Library::objects().create(db, |l| l.id(library)).await.unwrap();
        for shelf in library * 2..library * 2 + 2 {
            Shelf::objects().create(db, |s| s.id(shelf).library(ForeignKey::new(library))).await.unwrap();
            for book in shelf * 3..shelf * 3 + 3 {
                Book::objects().create(db, |b| b.id(book).shelf(ForeignKey::new(shelf))).await.unwrap();
                Loan::objects().create(db, |l| l.id(book).book(ForeignKey::<Book>::new(book))).await.unwrap();
            }
        }
    }
}

async fn assert_half(db: &Db) {
    assert_eq!(Library::objects().count(db).await.unwrap(), 1);
    assert_eq!(
        Shelf::objects().values(|s| s.library).distinct().all(db).await.unwrap(),
        [ForeignKey::new(1)]
    );
    assert_eq!(
        Book::objects().order_by(|b| b.id).values(|b| b.id).all(db).await.unwrap(),
        [6, 7, 8, 9, 10, 11]
    );
    assert_eq!(Loan::objects().filter(|l| l.book.is_null()).count(db).await.unwrap(), 6);
    assert_eq!(Loan::objects().count(db).await.unwrap(), 12);
}

#[test]
fn what_the_database_enforces_is_one_statement() {
    run(models![Library, Shelf, Book, Loan], async |db| {
        libraries(db).await;
        let counting = Counting::new(db.clone());
        // docs/guide/src/differences.md: A deletion through more than two levels of foreign keys
        let three_levels = if db.dialect() == Dialect::MySql { (3, 4, 1) } else { (0, 1, 0) };
        let first = Library::objects().pk(0).get(db).await.unwrap();
        assert!(first.delete(&counting).await.unwrap());
        assert_eq!(counting.taken(), three_levels);
        assert_half(db).await;
        assert!(!first.delete(&counting).await.unwrap());
        counting.taken();
        assert_eq!(Shelf::objects().filter(|s| s.id.eq(2)).delete(&counting).await.unwrap(), 1);
        assert_eq!(counting.taken(), (0, 1, 0));
        assert_eq!(Loan::objects().filter(|l| l.book.is_null()).count(db).await.unwrap(), 9);
        assert_eq!(Library::objects().delete(&counting).await.unwrap(), 1);
        assert_eq!(counting.taken(), three_levels);
        assert_eq!(Loan::objects().delete(&counting).await.unwrap(), 12);
        assert_eq!(counting.taken(), (0, 1, 0));
        assert_eq!(Library::objects().none().delete(&counting).await.unwrap(), 0);
        assert_eq!(counting.taken(), (0, 0, 0));
        assert_eq!(Book::objects().count(db).await.unwrap(), 0);
    });
}

#[test]
fn collected_rows_are_counted_model_by_model() {
    run(models![Library, Shelf, Book, Loan], async |db| {
        libraries(db).await;
        let counting = Counting::new(db.clone());
        let deleted = Library::objects().filter(|l| l.id.eq(0)).delete_collected(&counting).await.unwrap();
        // Three levels are read; loans are changed, books, shelves and the library deleted: one statement each.
        assert_eq!(counting.taken(), (3, 4, 1));
        assert_eq!(deleted.total, 9);
        assert_eq!(deleted.by_model().collect::<Vec<_>>(), [("Library", 1), ("Shelf", 2), ("Book", 6)]);
        assert_eq!((deleted.of::<Shelf>(), deleted.of::<Loan>()), (2, 0));
        assert_eq!(format!("{deleted:?}"), r#"Deleted {"Library": 1, "Shelf": 2, "Book": 6}"#);
        assert_half(db).await;

        let nothing = Library::objects().filter(|l| l.id.eq(0)).delete_collected(&counting).await.unwrap();
        assert_eq!((nothing.total, nothing.by_model().count()), (0, 0));
        assert_eq!(counting.taken(), (1, 0, 1));
        let nothing = Library::objects().none().delete_collected(&counting).await.unwrap();
        assert_eq!((nothing.total, counting.taken()), (0, (0, 0, 0)));

        // The last two shelves by their order, and only those.
        let slice = Shelf::objects().order_by(|s| s.id.desc()).limit(1);
        assert_eq!(
            slice.delete_collected(db).await.unwrap().by_model().collect::<Vec<_>>(),
            [("Shelf", 1), ("Book", 3)]
        );
        // One of each library, told by numbering them.
        let books =
            Book::objects().filter(|b| b.shelf.id.ge(0)).distinct_on(|b| b.shelf).order_by(|b| b.id.desc());
        assert_eq!(books.delete_collected(db).await.unwrap().total, 1);
        Book::objects().create(db, |b| b.id(8).shelf(ForeignKey::new(2))).await.unwrap();
        let row = Shelf::objects().get(db).await.unwrap();
        assert_eq!(row.id, 2);
        assert_eq!(row.delete_collected(db).await.unwrap().total, 4);
        assert_eq!(row.delete_collected(db).await.unwrap().total, 0);
        // A condition on a related row.
        let books = Book::objects().filter(|b| b.shelf.library.id.eq(1));
        assert_eq!(books.delete_collected(db).await.unwrap().total, 0);
    });
}

// What the database cannot do by itself.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(owned = Thing::owner, used = Thing::user, guarded = Thing::guard))]
struct Person {
    #[field(primary_key, identity = false)]
    id: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Thing {
    #[field(primary_key, identity = false)]
    id: i64,
    #[field(on_delete = set(ForeignKey::new(1)))]
    owner: ForeignKey<Person>,
    #[field(on_delete = set(nobody()))]
    user: Option<ForeignKey<Person>>,
    #[field(on_delete = set_default, db_default = 1)]
    guard: ForeignKey<Person>,
}

static NOBODY: AtomicI64 = AtomicI64::new(3);

/// Asked when rows are deleted.
fn nobody() -> ForeignKey<Person> {
    ForeignKey::new(NOBODY.load(Ordering::Relaxed))
}

async fn thing(db: &Db, id: i64, [owner, user, guard]: [i64; 3]) {
    Thing::objects()
        .create(db, |t| {
            let thing = t.id(id).owner(ForeignKey::new(owner));
            thing.user(ForeignKey::<Person>::new(user)).guard(ForeignKey::<Person>::new(guard))
        })
        .await
        .unwrap();
}

#[test]
fn keys_are_set_to_a_value_or_the_default() {
    run(models![Person, Thing], async |db| {
        for id in 1..=3 {
            Person::objects().create(db, |p| p.id(id)).await.unwrap();
        }
        for (id, keys) in [(1, [2, 3, 2]), (2, [3, 2, 3]), (3, [3, 3, 3])] {
            thing(db, id, keys).await;
        }
        let counting = Counting::new(db.clone());
        assert_eq!(Person::objects().filter(|p| p.id.eq(2)).delete(&counting).await.unwrap(), 1);
        // The person is read; an update for each relation.
        assert_eq!(counting.taken(), (1, 4, 1));
        let things = Thing::objects().order_by(|t| t.id);
        let keys = things.values(|t| (t.owner.id, t.user.id, t.guard.id));
        let expected = [(1, Some(3), 1), (3, Some(3), 3), (3, Some(3), 3)];
        assert_eq!(keys.clone().all(db).await.unwrap(), expected);
        NOBODY.store(1, Ordering::Relaxed);
        assert!(Person::objects().pk(3).get(db).await.unwrap().delete(db).await.unwrap());
        assert_eq!(keys.all(db).await.unwrap(), [(1, Some(1), 1); 3]);

        // The one that all are set to cannot go, and what the database says stays.
        let error = Person::objects().delete(db).await.unwrap_err();
        assert_eq!(error.kind(), Some(DatabaseErrorKind::ForeignKeyViolation), "{error}");
        assert_eq!(Person::objects().count(db).await.unwrap(), 1);
    });
}

// A region's customers go with it, unless there are invoices.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(customers = Customer::region))]
struct Region {
    #[field(primary_key, identity = false)]
    id: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(invoices = Invoice::customer, letters = Letter::customer))]
struct Customer {
    #[field(primary_key, identity = false)]
    id: i64,
    #[field(on_delete = cascade)]
    region: ForeignKey<Region>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Invoice {
    #[field(primary_key, identity = false)]
    id: i64,
    #[field(on_delete = protect)]
    customer: ForeignKey<Customer>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Letter {
    #[field(primary_key, identity = false, max_length = 10)]
    code: String,
    #[field(on_delete = restrict)]
    customer: Option<ForeignKey<Customer>>,
}

async fn customers(db: &Db) {
    for id in 1..=2 {
        Region::objects().create(db, |r| r.id(id)).await.unwrap();
        Customer::objects().create(db, |c| c.id(id).region(ForeignKey::new(id))).await.unwrap();
    }
}

#[test]
fn protected_rows_stay_also_within_a_cascade() {
    run(models![Region, Customer, Invoice, Letter], async |db| {
        customers(db).await;
        for id in 1..=3 {
            Invoice::objects().create(db, |i| i.id(id).customer(ForeignKey::new(1))).await.unwrap();
        }
        let letter = Letter::objects().create(db, |l| l.code("a").customer(ForeignKey::<Customer>::new(1)));
        letter.await.unwrap();
        let error = Region::objects().delete(db).await.unwrap_err();
        assert!(error.kind().is_none() && !error.is_foreign_key_violation() && !error.is_retryable());
        let Error::Protected(protected) = &error else { panic!("{error}") };
        assert_eq!(
            protected.to_string(),
            "`Region` cannot be deleted: 3 rows of `Invoice` point at `Customer` by `customer`, \
             1 row of `Letter` points at `Customer` by `customer`"
        );
        assert_eq!((protected.model(), protected.total()), ("Region", 4));
        let [invoices, letters] = protected.blocking() else { panic!("{protected:?}") };
        assert_eq!((invoices.model(), invoices.relation()), ("Invoice", "customer"));
        assert_eq!((invoices.target(), invoices.total()), ("Customer", 3));
        assert_eq!(invoices.keys::<Invoice>().unwrap(), [1, 2, 3]);
        assert!(invoices.keys::<Customer>().unwrap().is_empty());
        assert_eq!(letters.keys::<Letter>().unwrap(), ["a"]);
        assert_eq!(protected.keys::<Letter>().unwrap(), ["a"]);
        // Nothing was changed, and the other region can go.
        assert_eq!(Region::objects().count(db).await.unwrap(), 2);
        assert_eq!(Customer::objects().count(db).await.unwrap(), 2);
        let customer = Customer::objects().pk(1).get(db).await.unwrap();
        assert!(matches!(customer.delete(db).await, Err(Error::Protected(_))));
        let several = Customer::objects().bulk_delete(db, [&customer]).await;
        assert!(matches!(several, Err(Error::Protected(_))));
        let deleted = Region::objects().filter(|r| r.id.eq(2)).delete_collected(db).await.unwrap();
        assert_eq!(deleted.by_model().collect::<Vec<_>>(), [("Region", 1), ("Customer", 1)]);

        // What protects can itself be deleted.
        assert_eq!(Invoice::objects().delete(db).await.unwrap(), 3);
        assert_eq!(Letter::objects().delete(db).await.unwrap(), 1);
        assert_eq!(Region::objects().delete(db).await.unwrap(), 1);
    });
}

#[test]
fn an_error_has_a_hundred_keys_and_the_number_of_all() {
    run(models![Region, Customer, Invoice, Letter], async |db| {
        customers(db).await;
        for id in 1..=120 {
            Invoice::objects().create(db, |i| i.id(id).customer(ForeignKey::new(id % 2 + 1))).await.unwrap();
        }
        let Err(Error::Protected(error)) = Customer::objects().delete_collected(db).await else {
            panic!("they are protected")
        };
        assert_eq!(error.total(), 120);
        assert_eq!(error.keys::<Invoice>().unwrap(), (1..=100).collect::<Vec<_>>());
    });
}

#[test]
fn the_foreign_key_has_the_last_word() {
    run(models![Region, Customer, Invoice, Letter], async |db| {
        customers(db).await;
        let invoice = "INSERT INTO invoice (id, customer_id) VALUES (1, 1)";
        let letter = "INSERT INTO letter (code, customer_id) VALUES ('a', 2)";
        for insert in [invoice, letter] {
            // The transaction's own: it alone can do this after the rows were locked.
            let racing = Counting::new(db.clone()).insert_before_write(insert);
            let error = Region::objects().delete(&racing).await.unwrap_err();
            assert_eq!(error.kind(), Some(DatabaseErrorKind::ForeignKeyViolation), "{error}");
            assert_eq!(Customer::objects().count(db).await.unwrap(), 2);
        }
        // What cascades goes with its row, whoever has seen it.
        let customer = "INSERT INTO customer (id, region_id) VALUES (3, 1)";
        let racing = Counting::new(db.clone()).insert_before_write(customer);
        assert_eq!(Region::objects().delete(&racing).await.unwrap(), 2);
        assert_eq!(Customer::objects().count(db).await.unwrap(), 0);
    });
}

#[test]
fn who_would_point_at_a_row_waits_and_is_refused() {
    run_threaded(models![Region, Customer, Invoice, Letter], async |db| {
        customers(db).await;
        let slow = Counting::new(db.clone()).pause_before_write(Duration::from_millis(400));
        let meanwhile = async {
            tokio::time::sleep(Duration::from_millis(150)).await;
            Invoice::objects().create(db, |i| i.id(1).customer(ForeignKey::new(1))).await
        };
        let one = Region::objects().filter(|r| r.id.eq(1));
        let (deleted, created) = tokio::join!(one.delete_collected(&slow), meanwhile);
        assert_eq!(deleted.unwrap().total, 2);
        assert_eq!(created.unwrap_err().kind(), Some(DatabaseErrorKind::ForeignKeyViolation));
        // Two who delete the same: one of them does.
        let slow = Counting::new(db.clone()).pause_before_write(Duration::from_millis(400));
        let other = async {
            tokio::time::sleep(Duration::from_millis(150)).await;
            Region::objects().delete(db).await
        };
        let (first, second) = tokio::join!(Region::objects().delete(&slow), other);
        assert_eq!((first.unwrap(), second.unwrap()), (1, 0));
    });
}

#[test]
fn a_transaction_goes_on_after_protected_rows() {
    run(models![Region, Customer, Invoice, Letter], async |db| {
        customers(db).await;
        Invoice::objects().create(db, |i| i.id(1).customer(ForeignKey::new(1))).await.unwrap();
        let refused = db
            .atomic(async |tx| {
                let counting = Counting::new(tx.begin().await?);
                assert!(matches!(Region::objects().delete(&counting).await, Err(Error::Protected(_))));
                drop(counting);
                assert_eq!(Region::objects().filter(|r| r.id.eq(2)).delete(tx).await?, 1);
                assert_eq!(Customer::objects().count(tx).await?, 1);
                Err::<(), _>(Error::InvalidQuery("back".into()))
            })
            .await;
        assert!(matches!(refused, Err(Error::InvalidQuery(_))));
        assert_eq!(Customer::objects().count(db).await.unwrap(), 2);
        let kept =
            db.atomic(async |tx| Region::objects().filter(|r| r.id.eq(2)).delete_collected(tx).await).await;
        assert_eq!(kept.unwrap().total, 2);
        assert_eq!(Customer::objects().count(db).await.unwrap(), 1);
    });
}

// The same tables as a library's, by models that have not named the other sides.
#[derive(Model, Debug, Clone, PartialEq)]
struct Cupboard {
    #[field(primary_key, identity = false)]
    id: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Cup {
    #[field(primary_key, identity = false)]
    id: i64,
    #[field(on_delete = protect)]
    cupboard: ForeignKey<Cupboard>,
}

#[test]
fn a_relation_without_a_name_is_left_to_the_database() {
    run(models![Cupboard, Cup], async |db| {
        Cupboard::objects().create(db, |c| c.id(1)).await.unwrap();
        Cup::objects().create(db, |c| c.id(1).cupboard(ForeignKey::new(1))).await.unwrap();
        for error in [
            Cupboard::objects().delete(db).await.unwrap_err(),
            Cupboard::objects().delete_collected(db).await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), Some(DatabaseErrorKind::ForeignKeyViolation), "{error}");
        }
        assert_eq!(Cupboard::objects().count(db).await.unwrap(), 1);
    });
}

// Tables whose foreign keys do nothing by themselves, such as Django's.
mod plain {
    use orm::prelude::*;

    #[derive(Model)]
    #[model(table = "folder")]
    pub struct Folder {
        #[field(primary_key, identity = false)]
        pub id: i64,
        #[field(on_delete = do_nothing)]
        pub parent: Option<ForeignKey<Folder>>,
    }

    #[derive(Model)]
    #[model(table = "paper")]
    pub struct Paper {
        #[field(primary_key, identity = false)]
        pub id: i64,
        #[field(on_delete = no_action)]
        pub folder: Option<ForeignKey<Folder>>,
        pub copied: Option<ForeignKey<Folder>>,
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(children = Folder::parent, papers = Paper::folder, copies = Paper::copied))]
struct Folder {
    #[field(primary_key, identity = false)]
    id: i64,
    #[field(on_delete = cascade)]
    parent: Option<ForeignKey<Folder>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Paper {
    #[field(primary_key, identity = false)]
    id: i64,
    #[field(on_delete = cascade)]
    folder: Option<ForeignKey<Folder>>,
    #[field(on_delete = set_null)]
    copied: Option<ForeignKey<Folder>>,
}

#[test]
fn tables_that_do_not_cascade_can_be_collected() {
    run(models![plain::Folder, plain::Paper], async |db| {
        let folder = |id| ForeignKey::<Folder>::new(id);
        Folder::objects().create(db, |f| f.id(1)).await.unwrap();
        for id in 2..=4 {
            Folder::objects().create(db, |f| f.id(id).parent(folder(id - 1))).await.unwrap();
        }
        Folder::objects().create(db, |f| f.id(9)).await.unwrap();
        for (id, of, copied) in [(1, 1, 9), (2, 4, 3), (3, 9, 2), (4, 9, 9)] {
            Paper::objects()
                .create(db, |p| p.id(id).folder(folder(of)).copied(folder(copied)))
                .await
                .unwrap();
        }
        let plain = plain::Folder::objects().filter(|f| f.id.eq(2)).delete(db).await;
        assert!(plain.unwrap_err().is_foreign_key_violation());
        let deleted = Folder::objects().filter(|f| f.id.eq(2)).delete_collected(db).await.unwrap();
        assert_eq!(deleted.by_model().collect::<Vec<_>>(), [("Folder", 3), ("Paper", 1)]);
        let papers =
            Paper::objects().order_by(|p| p.id).values(|p| (p.id, p.copied.id)).all(db).await.unwrap();
        assert_eq!(papers, [(1, Some(9)), (3, None), (4, Some(9))]);
    });
}
