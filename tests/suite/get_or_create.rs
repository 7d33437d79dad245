//! `get_or_create` and `update_or_create`: one row, however many do it at once.

use orm::Error;
use orm::prelude::*;

use crate::support::{run, run_threaded};

#[derive(Model, Debug, Clone, PartialEq)]
struct Counter {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20, unique)]
    name: String,
    #[field(max_length = 20, unique)]
    label: Option<String>,
    #[field(default = 1)]
    hits: i64,
}

#[test]
fn found_or_made() {
    run(models![Counter], async |db| {
        let get = async || {
            Counter::objects().get_or_create(db, |c| c.name.eq("a"), |c| c.name("a").hits(5)).await.unwrap()
        };
        let (made, new) = get().await;
        assert_eq!((made.hits, new), (5, true));
        assert_eq!(get().await, (made, false));

        let count = async |name: &str| {
            Counter::objects()
                .update_or_create(db, |c| c.name.eq(name), |c| c.hits.set(c.hits + 1), |c| c.name(name))
                .await
                .unwrap()
        };
        assert!(matches!(count("a").await, (row, false) if row.hits == 6));
        assert!(matches!(count("b").await, (row, true) if row.hits == 1));
        assert!(matches!(count("b").await, (row, false) if row.hits == 2));
        assert_eq!(Counter::objects().count(db).await.unwrap(), 2);
    });
}

#[test]
fn what_stands_in_the_way_is_said() {
    run(models![Counter], async |db| {
        Counter::objects().create(db, |c| c.name("a").label("x".to_owned())).await.unwrap();
        Counter::objects().create(db, |c| c.name("b")).await.unwrap();
        let several = Counter::objects().get_or_create(db, |c| c.hits.eq(1), |c| c.name("c")).await;
        assert!(matches!(several, Err(Error::MultipleObjectsReturned { .. })), "{several:?}");
        let several = Counter::objects()
            .update_or_create(db, |c| c.hits.eq(1), |c| c.hits.set(2), |c| c.name("c"))
            .await;
        assert!(matches!(several, Err(Error::MultipleObjectsReturned { .. })), "{several:?}");
        // A row that the condition does not meet has the label.
        let taken = Counter::objects()
            .get_or_create(db, |c| c.name.eq("c"), |c| c.name("c").label("x".to_owned()))
            .await;
        assert!(taken.unwrap_err().is_unique_violation());
        assert_eq!(Counter::objects().count(db).await.unwrap(), 2);
        assert_eq!(Counter::objects().filter(|c| c.hits.eq(1)).count(db).await.unwrap(), 2);
    });
}

#[test]
fn in_a_transaction_that_does_not_see_the_row_yet() {
    run_threaded(models![Counter], async |db| {
        let done = db
            .atomic(async |tx| {
                // Where a transaction reads as of its first SELECT, that is now.
                assert_eq!(Counter::objects().count(tx).await?, 0);
                if db.dialect() == Dialect::Sqlite {
                    // One writes at a time.
                    Counter::objects().create(tx, |c| c.name("a")).await?;
                } else {
                    Counter::objects().create(db, |c| c.name("a")).await?;
                }
                let (row, new) =
                    Counter::objects().get_or_create(tx, |c| c.name.eq("a"), |c| c.name("a").hits(9)).await?;
                assert_eq!((row.hits, new), (1, false));
                let change = |c: CounterFields| c.hits.set(c.hits + 1);
                let (row, new) = Counter::objects()
                    .update_or_create(tx, |c| c.name.eq("a"), change, |c| c.name("a"))
                    .await?;
                assert_eq!((row.hits, new), (2, false));
                let row = Counter::objects().upsert(tx, |c| c.name, |c| c.name("a"), change).await?;
                assert_eq!(row.hits, 3);
                let (_, new) =
                    Counter::objects().get_or_create(tx, |c| c.name.eq("b"), |c| c.name("b")).await?;
                assert!(new);
                // The transaction goes on.
                Counter::objects().create(tx, |c| c.name("c")).await
            })
            .await;
        done.unwrap();
        assert_eq!(Counter::objects().count(db).await.unwrap(), 3);
    });
}

const TASKS: i64 = 32;
const ROUNDS: i64 = 10;

/// RELIABILITY: 32 tasks on the same names.
#[test]
fn of_32_tasks_one_makes_the_row() {
    run_threaded(models![Counter], async |db| {
        let tasks: Vec<_> = (0..TASKS)
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move {
                    let mut made = 0;
                    for round in 0..ROUNDS {
                        let name = format!("get {round}");
                        let (row, new) = Counter::objects()
                            .get_or_create(&db, |c| c.name.eq(name.as_str()), |c| c.name(name.as_str()))
                            .await?;
                        assert_eq!(row.name, name);
                        made += i64::from(new);
                    }
                    Ok::<_, Error>(made)
                })
            })
            .collect();
        let mut made = 0;
        for task in tasks {
            made += task.await.expect("no panic").expect("no error");
        }
        assert_eq!(made, ROUNDS, "one task makes each row");
        assert_eq!(Counter::objects().count(db).await.unwrap(), ROUNDS.unsigned_abs());
    });
}

#[test]
fn of_32_tasks_none_loses_a_change() {
    run_threaded(models![Counter], async |db| {
        let tasks: Vec<_> = (0..TASKS)
            .map(|task| {
                let db = db.clone();
                tokio::spawn(async move {
                    for round in 0..ROUNDS {
                        let name = format!("update {round}");
                        let name = name.as_str();
                        if task % 2 == 0 {
                            Counter::objects()
                                .update_or_create(
                                    &db,
                                    |c| c.name.eq(name),
                                    |c| c.hits.set(c.hits + 1),
                                    |c| c.name(name),
                                )
                                .await?;
                        } else {
                            Counter::objects()
                                .upsert(&db, |c| c.name, |c| c.name(name), |c| c.hits.set(c.hits + 1))
                                .await?;
                        }
                    }
                    Ok::<_, Error>(())
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("no panic").expect("no error");
        }
        let hits = Counter::objects().values(|c| c.hits).all(db).await.unwrap();
        assert_eq!(hits, vec![TASKS; usize::try_from(ROUNDS).expect("few")]);
    });
}
