//! Optimistic locking: what somebody else has changed since it was read is not overwritten.

use orm::Error;
use orm::prelude::*;

use crate::support::{Db, in_statements, run, run_threaded};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(lines = Line::order))]
struct Order {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20, unique)]
    name: String,
    amount: i64,
    #[field(auto_now)]
    changed: DateTime<Utc>,
    #[field(version, column = "edition")]
    version: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(primary_key(order, number))]
struct Line {
    order: ForeignKey<Order>,
    number: i32,
    pieces: i32,
    #[field(version)]
    version: i64,
}

/// A model whose rows are deleted by collecting.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(pages = Page::book))]
struct Book {
    #[field(primary_key)]
    id: i64,
    #[field(version)]
    version: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Page {
    #[field(primary_key)]
    id: i64,
    #[field(on_delete = protect)]
    book: ForeignKey<Book>,
}

/// A row of nothing but key and version.
#[derive(Model, Debug, Clone, PartialEq)]
struct Token {
    #[field(primary_key)]
    id: i64,
    #[field(version)]
    version: i32,
}

async fn order(db: &Db, name: &str) -> Order {
    Order::objects().create(db, |o| o.name(name).amount(1)).await.unwrap()
}

#[track_caller]
fn stale(error: Error, keys: &[i64]) {
    let Error::StaleObject(error) = error else { panic!("{error} is another error") };
    assert_eq!(error.model(), "Order");
    assert_eq!(error.keys::<Order>().unwrap(), keys);
    assert!(error.keys::<Line>().unwrap().is_empty(), "of another model");
}

#[test]
fn each_save_counts_and_the_second_of_two_is_refused() {
    run(models![Order, Line], async |db| {
        let mut mine = order(db, "a").await;
        assert_eq!(mine.version, 1);
        let mut theirs = mine.clone();
        mine.amount = 2;
        in_statements(1, mine.save(db)).await.unwrap();
        assert_eq!(mine.version, 2);
        assert_eq!(Order::objects().get(db).await.unwrap(), mine);

        theirs.amount = 3;
        stale(theirs.save(db).await.unwrap_err(), &[mine.id]);
        stale(theirs.save_fields(db, |o| o.amount).await.unwrap_err(), &[mine.id]);
        assert_eq!(theirs.version, 1, "as it was read");
        assert_eq!(Order::objects().get(db).await.unwrap(), mine);

        theirs.refresh(db).await.unwrap();
        theirs.amount += 1;
        theirs.save_fields(db, |o| o.amount).await.unwrap();
        assert_eq!((theirs.amount, theirs.version), (3, 3));
        theirs.save(db).await.unwrap();
        assert_eq!(Order::objects().get(db).await.unwrap(), theirs);
        assert_eq!(theirs.version, 4);
    });
}

#[test]
fn a_row_that_is_gone_is_not_stale() {
    run(models![Order, Line], async |db| {
        let mut gone = order(db, "a").await;
        assert!(gone.delete(db).await.unwrap());
        assert!(!gone.delete(db).await.unwrap());
        assert!(gone.save(db).await.unwrap_err().is_does_not_exist(), "a deletion is not undone");
        assert!(gone.save_fields(db, |o| o.amount).await.unwrap_err().is_does_not_exist());
        assert_eq!(Order::objects().count(db).await.unwrap(), 0);
        // Whose version is 0 was never there.
        gone.version = 0;
        gone.save(db).await.unwrap();
        assert_eq!(gone.version, 1);
        assert_eq!(Order::objects().get(db).await.unwrap(), gone);
        gone.version = 0;
        assert!(gone.save(db).await.unwrap_err().is_unique_violation());
        assert_eq!(gone.version, 0);
    });
}

#[test]
fn a_changed_row_is_not_deleted() {
    run(models![Order, Line, Book, Page], async |db| {
        let read = order(db, "a").await;
        read.clone().save(db).await.unwrap();
        stale(read.delete(db).await.unwrap_err(), &[read.id]);
        stale(read.delete_collected(db).await.unwrap_err(), &[read.id]);
        assert_eq!(Order::objects().count(db).await.unwrap(), 1);
        assert!(Order::objects().get(db).await.unwrap().delete(db).await.unwrap());

        let book = Book::objects().create(db, |b| b).await.unwrap();
        let mut other = book.clone();
        other.save(db).await.unwrap();
        assert_eq!(other.version, 2);
        assert!(book.delete(db).await.unwrap_err().is_stale_object());
        let page = Page::objects().create(db, |p| p.book(&book)).await.unwrap();
        assert!(matches!(other.delete(db).await.unwrap_err(), Error::Protected(_)));
        page.delete(db).await.unwrap();
        assert!(other.delete(db).await.unwrap());
        assert!(!other.delete(db).await.unwrap());
    });
}

#[test]
fn a_row_of_nothing_but_its_key_counts_too() {
    run(models![Token], async |db| {
        let mut token = Token::objects().create(db, |t| t).await.unwrap();
        let mut same = token.clone();
        token.save(db).await.unwrap();
        assert_eq!(Token::objects().get(db).await.unwrap().version, 2);
        assert!(same.save(db).await.unwrap_err().is_stale_object());
    });
}

#[test]
fn many_rows_are_written_if_none_has_changed() {
    run(models![Order, Line], async |db| {
        let drafts = (0..7).map(|n| Order::draft().name(format!("{n}")).amount(n));
        let mut rows = Order::objects().bulk_create(db, drafts).await.unwrap();
        assert!(rows.iter().all(|row| row.version == 1));
        for row in &mut rows {
            row.amount += 10;
        }
        let matched = Order::objects().bulk_update(db, &mut rows, |o| o.amount).batch_size(3).await.unwrap();
        assert_eq!(matched, 7);
        assert!(rows.iter().all(|row| row.version == 2));
        let stored = Order::objects().order_by(|o| o.id).all(db).await.unwrap();
        assert_eq!(stored, rows);

        // Two are changed, one to the version that it would have got; one is gone, which is left out.
        let (third, last) = (rows[2].id, rows[6].id);
        rows[2].clone().save(db).await.unwrap();
        for _ in 0..2 {
            Order::objects().pk(last).update(db, |o| o.amount.set(0)).await.unwrap();
        }
        Order::objects().pk(rows[0].id).delete(db).await.unwrap();
        let before = Order::objects().order_by(|o| o.id).all(db).await.unwrap();
        for row in &mut rows {
            row.amount += 10;
        }
        for batch in [1, 3, 100] {
            let refused = Order::objects().bulk_update(db, &mut rows, |o| o.amount).batch_size(batch).await;
            stale(refused.unwrap_err(), &[third, last]);
            assert!(rows.iter().all(|row| row.version == 2), "nothing was written");
        }
        assert_eq!(Order::objects().order_by(|o| o.id).all(db).await.unwrap(), before);
        let fresh = Order::objects().filter(|o| o.version.eq(2));
        assert_eq!(
            fresh.bulk_update(db, &mut rows, |o| o.amount).await.unwrap(),
            4,
            "the others are not asked for"
        );
    });
}

#[test]
fn keys_of_several_fields() {
    run(models![Order, Line], async |db| {
        let order = order(db, "a").await;
        let drafts = (1..4).map(|n| Line::draft().order(&order).number(n).pieces(1));
        let mut lines = Line::objects().bulk_create(db, drafts).await.unwrap();
        let mut one = lines[1].clone();
        assert_eq!(Line::objects().bulk_update(db, &mut lines, |l| l.pieces).await.unwrap(), 3);
        let Error::StaleObject(error) = one.save(db).await.unwrap_err() else { panic!("a change was lost") };
        assert_eq!(error.keys::<Line>().unwrap(), [(ForeignKey::to(&order), 2)]);
        lines[1].save(db).await.unwrap();
        assert_eq!(lines[1].version, 3);
    });
}

#[test]
fn all_that_changes_rows_counts() {
    run(models![Order, Line], async |db| {
        let mut read = order(db, "a").await;
        let version = async || Order::objects().get(db).await.unwrap().version;
        let raise = |o: OrderFields| o.amount.set(o.amount + 1);
        assert_eq!(Order::objects().update(db, raise).await.unwrap(), 1);
        assert_eq!(version().await, 2);
        let new = |o: OrderDraft| o.name("a").amount(5);
        let (row, is_new) =
            Order::objects().update_or_create(db, |o| o.name.eq("a"), raise, new).await.unwrap();
        assert_eq!((row.version, is_new), (3, false));
        let row = Order::objects().upsert(db, |o| o.name, new, raise).await.unwrap();
        assert_eq!((row.version, row.amount), (4, 4));
        let drafts = [new(Order::draft())];
        let rows = Order::objects()
            .bulk_create(db, drafts)
            .on_conflict(|o| o.name)
            .update(|o| o.amount)
            .await
            .unwrap();
        assert_eq!((rows[0].version, rows[0].amount), (5, 5));
        let (row, _) = Order::objects().get_or_create(db, |o| o.name.eq("a"), new).await.unwrap();
        assert_eq!(row.version, 5, "reading does not count");
        stale(read.save(db).await.unwrap_err(), &[read.id]);
        let set = read.save_fields(db, |o| (o.amount, o.version)).await.unwrap_err();
        assert_eq!(
            set.to_string(),
            "invalid query: `Order.version` is counted by each change of the row, so it cannot be set"
        );
    });
}

#[test]
fn in_a_transaction_that_reads_as_of_its_beginning() {
    run_threaded(models![Order, Line], async |db| {
        if db.dialect() == Dialect::Sqlite {
            // One writes at a time, so nothing changes within a transaction.
            return;
        }
        let mut row = order(db, "a").await;
        let outcome = db
            .atomic(async |tx| {
                assert_eq!(Order::objects().count(tx).await?, 1);
                row.clone().save(db).await?;
                let refused = row.save(tx).await.unwrap_err();
                stale(refused, &[row.id]);
                // Nothing was wrong with the statement: the transaction goes on.
                order_count(tx).await
            })
            .await;
        assert_eq!(outcome.unwrap(), 1);
        let mut row = Order::objects().get(db).await.unwrap();
        let outcome = db
            .atomic(async |tx| {
                assert_eq!(Order::objects().count(tx).await?, 1);
                Order::objects().delete(db).await?;
                row.save(tx).await
            })
            .await;
        assert!(outcome.unwrap_err().is_does_not_exist());
    });
}

async fn order_count(tx: &impl orm::backend::Executor) -> orm::Result<u64> {
    Order::objects().count(tx).await
}

/// Read, change, save: with retry nothing is lost.
#[test]
fn writers_that_read_first_lose_nothing() {
    const TASKS: i64 = 8;
    const ROUNDS: i64 = 5;
    run_threaded(models![Order, Line], async |db| {
        let id = order(db, "a").await.id;
        let tasks: Vec<_> = (0..TASKS)
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move {
                    for _ in 0..ROUNDS {
                        loop {
                            let mut row = Order::objects().pk(id).get(&db).await?;
                            row.amount += 1;
                            match row.save(&db).await {
                                Err(error) if error.is_retryable() => {}
                                saved => break saved?,
                            }
                        }
                    }
                    Ok::<_, Error>(())
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("no panic").expect("no error");
        }
        let row = Order::objects().get(db).await.unwrap();
        assert_eq!((row.amount, i64::from(row.version)), (1 + TASKS * ROUNDS, 1 + TASKS * ROUNDS));
    });
}
