//! A failed statement breaks its block on every database, and no block ends better than it went.

use std::sync::Arc;
use std::time::Duration;

use orm::backend::Executor;
use orm::prelude::*;
use orm::{DatabaseErrorKind as Kind, Error};
use tokio::sync::Barrier;

use super::transactions::{Account, assert_at_rest, ids, open};
use crate::support::{TestDatabase, end_sessions, run, run_by_url, run_threaded, times, with_parameter};

#[derive(Model, Debug, Clone)]
struct Page {
    #[field(primary_key)]
    id: i64,
    text: Vec<u8>,
}

fn is_broken_by_duplicate(error: &Error) -> bool {
    matches!(error, Error::TransactionBroken(cause) if cause.is_unique_violation())
}

#[test]
fn d1_a_swallowed_error_is_not_committed() {
    run(models![Account], async |db| {
        let ended = db
            .atomic(async |tx| {
                open(tx, 1).await?;
                let twice = open(tx, 1).await.unwrap_err();
                assert!(twice.is_unique_violation());
                // The original error, until the end.
                let refused = open(tx, 2).await.unwrap_err();
                assert!(is_broken_by_duplicate(&refused), "{refused:?}");
                let refused = Account::objects().stream(tx).try_next().await.unwrap_err();
                assert!(is_broken_by_duplicate(&refused), "{refused:?}");
                let refused = tx.atomic(async |sp| open(sp, 3).await).await.unwrap_err();
                assert!(is_broken_by_duplicate(&refused), "{refused:?}");
                Ok::<_, Error>(())
            })
            .await
            .unwrap_err();
        assert!(is_broken_by_duplicate(&ended), "{ended:?}");
        assert!(ids(db).await.is_empty());
        let tx = db.begin().await.unwrap();
        open(&tx, 1).await.unwrap();
        open(&tx, 1).await.unwrap_err();
        assert!(is_broken_by_duplicate(&tx.commit().await.unwrap_err()));
        assert!(ids(db).await.is_empty());
        assert_at_rest(db).await;
    });
}

#[test]
fn a_broken_block_breaks_no_other() {
    run(models![Account], async |db| {
        db.atomic(async |tx| {
            open(tx, 1).await?;
            let inner = tx
                .atomic(async |sp| {
                    open(sp, 2).await?;
                    open(sp, 1).await.ok();
                    assert!(is_broken_by_duplicate(&open(sp, 3).await.unwrap_err()));
                    Ok::<_, Error>(())
                })
                .await;
            assert!(is_broken_by_duplicate(&inner.unwrap_err()));
            open(tx, 4).await
        })
        .await
        .unwrap();
        assert_eq!(ids(db).await, [1, 4]);
        assert_at_rest(db).await;
    });
}

#[test]
fn mistakes_that_were_not_sent_break_nothing() {
    run(models![Account], async |db| {
        db.atomic(async |tx| {
            let long = "x".repeat(31);
            let refused = Account::objects().create(tx, |a| a.id(1).owner(long.as_str())).await;
            assert!(matches!(refused, Err(Error::Value(_))));
            assert!(Account::objects().pk(1).get(tx).await.is_err_and(|error| error.is_does_not_exist()));
            open(tx, 1).await
        })
        .await
        .unwrap();
        assert_eq!(ids(db).await, [1]);
    });
}

#[test]
fn d2_a_deadlock_within_a_savepoint_leaves_nothing_half() {
    run_threaded(models![Account], async |db| {
        // docs/guide/src/differences.md: A deadlock within a block of a transaction
        if db.dialect() == Dialect::Sqlite {
            return;
        }
        for id in [1, 2] {
            open(db, id).await.unwrap();
        }
        let barrier = Arc::new(Barrier::new(2));
        let tasks: Vec<_> = [(1, 2), (2, 1)]
            .into_iter()
            .map(|(first, second)| {
                let (db, barrier) = (db.clone(), Arc::clone(&barrier));
                tokio::spawn(async move {
                    db.atomic(async |tx| {
                        open(tx, 10 + first).await?;
                        Account::objects().pk(first).update(tx, |a| a.balance.set(a.balance + 1)).await?;
                        barrier.wait().await;
                        let inner = tx
                            .atomic(async |sp| {
                                Account::objects()
                                    .pk(second)
                                    .update(sp, |a| a.balance.set(a.balance + 10))
                                    .await
                            })
                            .await;
                        let survived = inner.is_ok();
                        if let Err(error) = inner {
                            assert_eq!(error.kind(), Some(Kind::Deadlock), "{error:?}");
                        }
                        let after = open(tx, 20 + first).await;
                        Ok::<_, Error>((survived, after.map(drop)))
                    })
                    .await
                })
            })
            .collect();
        let (mut committed, mut lost) = (0, 0);
        for task in tasks {
            match task.await.unwrap() {
                Ok((true, after)) => {
                    after.unwrap();
                    committed += 1;
                }
                // PostgreSQL has rolled the savepoint back and no more.
                Ok((false, after)) => {
                    assert_eq!(db.dialect(), Dialect::Postgres);
                    after.unwrap();
                    lost += 1;
                }
                Err(error) => {
                    assert_ne!(db.dialect(), Dialect::Postgres);
                    assert!(
                        matches!(&error, Error::TransactionBroken(cause) if cause.kind() == Some(Kind::Deadlock)),
                        "{error:?}"
                    );
                    assert!(error.is_retryable());
                    lost += 1;
                }
            }
        }
        assert_eq!((committed, lost), (1, 1));
        let rows = ids(db).await;
        let expected = if db.dialect() == Dialect::Postgres { 6 } else { 4 };
        assert_eq!(rows.len(), expected, "{rows:?}");
        assert_at_rest(db).await;
    });
}

#[test]
fn d4_a_lock_timeout_breaks_its_block_only() {
    run_threaded(models![Account], async |db| {
        // docs/guide/src/differences.md: `lock_timeout(…)`
        if db.dialect() == Dialect::Sqlite {
            return;
        }
        open(db, 1).await.unwrap();
        let holder = db.begin().await.unwrap();
        Account::objects().pk(1).update(&holder, |a| a.balance.set(5)).await.unwrap();
        db.transaction()
            .lock_timeout(Duration::from_secs(1))
            .run(async |tx| {
                open(tx, 2).await?;
                let inner = tx
                    .atomic(async |sp| {
                        open(sp, 3).await?;
                        Account::objects().pk(1).update(sp, |a| a.balance.set(6)).await
                    })
                    .await
                    .unwrap_err();
                assert_eq!(inner.kind(), Some(Kind::LockTimeout), "{inner:?}");
                open(tx, 4).await
            })
            .await
            .unwrap();
        holder.commit().await.unwrap();
        assert_eq!(ids(db).await, [1, 2, 4]);
        assert_at_rest(db).await;
    });
}

#[test]
fn d5_a_transaction_that_the_database_ended_takes_all_blocks_along() {
    run(models![Account], async |db| {
        if db.dialect() != Dialect::Sqlite {
            return;
        }
        let ended = db
            .atomic(async |tx| {
                open(tx, 1).await?;
                let inner = tx
                    .atomic(async |sp| {
                        open(sp, 2).await?;
                        sp.batch("INSERT OR ROLLBACK INTO account (id, owner, balance) VALUES (1, 'x', 0)")
                            .await
                    })
                    .await;
                assert!(inner.is_err_and(|error| error.is_unique_violation()));
                assert!(is_broken_by_duplicate(&open(tx, 3).await.unwrap_err()));
                Ok::<_, Error>(())
            })
            .await;
        assert!(is_broken_by_duplicate(&ended.unwrap_err()));
        assert!(ids(db).await.is_empty());
        assert_at_rest(db).await;
    });
}

/// A database that may not grow: SQLite rolls the whole transaction back where the statement has no journal of its own.
#[test]
fn d5_a_full_database_takes_all_blocks_along_or_none() {
    run_by_url(async |direct, url| {
        if direct.dialect() != Dialect::Sqlite {
            return;
        }
        direct.create_tables(models![Account, Page]).await.unwrap();
        let db = crate::Backend::connect(&with_parameter(url, "pool_size=1")).await;
        let mut rolled_back = 0;
        // Of several rows some are written before there is no room, so the statement keeps what it would have to undo.
        let inserts = ["(zeroblob(1000000))", "(zeroblob(10000)), (zeroblob(1000000))"];
        for (round, rows) in (1..).zip(inserts) {
            let insert = format!("INSERT INTO page (text) VALUES {rows}");
            let ended = db
                .atomic(async |tx| {
                    open(tx, round).await?;
                    tx.batch("PRAGMA max_page_count = 30").await?;
                    let inner = tx
                        .atomic(async |sp| {
                            open(sp, 10 + round).await?;
                            sp.batch(&insert).await
                        })
                        .await;
                    let Err(full) = inner else { panic!("there is no room") };
                    assert!(full.to_string().contains("full"), "the first error is told: {full:?}");
                    let after = open(tx, 20 + round).await;
                    if let Err(refused) = &after {
                        assert!(
                            matches!(refused, Error::TransactionBroken(cause) if cause.to_string() == full.to_string()),
                            "{refused:?}"
                        );
                    }
                    Ok::<_, Error>(after.is_ok())
                })
                .await;
            // All of it but the block, or nothing.
            let rows = ids(direct).await;
            match ended {
                Ok(went_on) => {
                    assert!(went_on);
                    assert_eq!(rows, [round, 20 + round]);
                }
                Err(error) => {
                    assert!(matches!(error, Error::TransactionBroken(_)), "{error:?}");
                    assert!(rows.is_empty(), "{rows:?}");
                    rolled_back += 1;
                }
            }
            assert_eq!(Page::objects().count(direct).await.unwrap(), 0);
            Account::objects().delete(direct).await.unwrap();
        }
        assert!(rolled_back > 0, "SQLite has rolled nothing back by itself");
        assert_at_rest(&db).await;
        // What was said of the size does not stay on the connection.
        let room = vec![0; 1_000_000];
        Page::objects().create(&db, |p| p.text(room)).await.unwrap();
        db.close().await;
    });
}

#[test]
fn d3_a_statement_that_ends_the_transaction_is_noticed() {
    run(models![Account], async |db| {
        // docs/guide/src/differences.md: A statement that ends the transaction
        let sql = match db.dialect() {
            Dialect::MySql | Dialect::MariaDb => "CREATE TABLE other (id INT)",
            Dialect::Postgres | Dialect::Sqlite => "COMMIT",
        };
        let ended = db
            .atomic(async |tx| {
                open(tx, 1).await?;
                tx.batch(sql).await?;
                // A SAVEPOINT would be taken without a word where no transaction is open, and what follows committed.
                let nested = tx.atomic(async |sp| open(sp, 2).await).await.unwrap_err();
                assert_eq!(nested.kind(), Some(Kind::TransactionAborted), "{nested:?}");
                Ok::<_, Error>(())
            })
            .await;
        assert!(ended.is_err(), "{ended:?}");
        assert!(!ids(db).await.contains(&2), "nothing runs after it");
        open(db, 3).await.unwrap();
        assert_at_rest(db).await;
    });
}

#[test]
fn d3_nothing_runs_after_the_connection_was_lost() {
    run(models![Account], async |db| {
        if db.dialect() == Dialect::Sqlite {
            return;
        }
        let observer = db.begin().await.unwrap();
        let ended = db
            .atomic(async |tx| {
                open(tx, 1).await?;
                end_sessions(&observer).await;
                tokio::time::sleep(Duration::from_millis(100)).await;
                let nested = tx.atomic(async |sp| open(sp, 2).await).await.unwrap_err();
                assert!(nested.is_connection_lost(), "{nested:?}");
                let nested = tx.atomic(async |sp| open(sp, 3).await).await.unwrap_err();
                assert!(matches!(nested, Error::TransactionBroken(_)), "{nested:?}");
                Ok::<_, Error>(())
            })
            .await
            .unwrap_err();
        assert!(matches!(&ended, Error::TransactionBroken(cause) if cause.is_connection_lost()), "{ended:?}");
        assert!(ids(&observer).await.is_empty());
        observer.rollback().await.unwrap();
        assert_at_rest(db).await;
    });
}

#[test]
fn d6_many_blocks_one_after_another_stay_cheap() {
    run(models![Account], async |db| {
        db.atomic(async |tx| {
            let mut took = Vec::new();
            let rounds = i64::try_from(times(20, 50)).expect("few");
            for round in 0..rounds {
                let start = std::time::Instant::now();
                for at in 0..100 {
                    let id = round * 100 + at;
                    let undone: Result<(), Error> = tx
                        .atomic(async |sp| {
                            open(sp, id).await?;
                            if id % 2 == 0 { Err(Error::InvalidQuery("undo".into())) } else { Ok(()) }
                        })
                        .await;
                    assert_eq!(undone.is_ok(), id % 2 == 1);
                }
                took.push(start.elapsed());
            }
            // Savepoints that are left behind make each one after them slower, a hundred times in the end. The fastest,
            // and wide, because others use the machine too.
            let (first, last) = (took[..10].iter().min(), took[took.len() - 10..].iter().min());
            assert!(last <= first.map(|first| *first * 10).as_ref(), "{took:?}");
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
        assert_eq!(Account::objects().count(db).await.unwrap(), times(1_000, 2_500) as u64);
    });
}

/// What slows the database down is what is left: so nothing is, however a block ends.
#[test]
fn d6_no_savepoint_is_left() {
    run(models![Account], async |db| {
        for (ending, depth) in (0..4).flat_map(|ending| (1..4).map(move |depth| (ending, depth))) {
            let ended = db
                .atomic(async |tx| {
                    open(tx, 1).await?;
                    match ending {
                        0 => tx.atomic(async |sp| open(sp, 2).await).await.map(drop)?,
                        1 => drop(tx.atomic(async |sp| open(sp, 1).await).await.unwrap_err()),
                        2 => drop(tx.begin().await?),
                        _ => {
                            let outer = tx.atomic(async |sp| {
                                sp.atomic(async |deeper| open(deeper, 2).await).await?;
                                Err::<(), _>(Error::InvalidQuery("undo".into()))
                            });
                            drop(outer.await.unwrap_err());
                        }
                    }
                    assert_eq!(ids(tx).await.len(), if ending == 0 { 2 } else { 1 });
                    tx.batch(&format!("ROLLBACK TO SAVEPOINT orm_{depth}")).await
                })
                .await;
            assert!(ended.is_err(), "orm_{depth} was still there after ending {ending}");
            assert!(ids(db).await.is_empty());
        }
        assert_at_rest(db).await;
    });
}

#[test]
fn d9_what_is_checked_at_the_commit_fails_it() {
    run(models![Account], async |db| {
        let sql = match db.dialect() {
            Dialect::Postgres | Dialect::Sqlite => {
                "CREATE TABLE part (id INT PRIMARY KEY, account_id BIGINT NOT NULL
                 REFERENCES account (id) DEFERRABLE INITIALLY DEFERRED)"
            }
            // docs/guide/src/differences.md: What is checked at the commit
            Dialect::MySql | Dialect::MariaDb => return,
        };
        db.batch(sql).await.unwrap();
        let ended = db
            .atomic(async |tx| {
                tx.on_commit(async { assert_eq!(1, 2, "it was not committed") });
                open(tx, 1).await?;
                tx.batch("INSERT INTO part VALUES (1, 99)").await
            })
            .await
            .unwrap_err();
        assert!(ended.is_foreign_key_violation(), "{ended:?}");
        assert!(ids(db).await.is_empty());
        assert_at_rest(db).await;
        open(db, 1).await.unwrap();
    });
}
