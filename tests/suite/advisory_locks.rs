//! Locks on names: one at a time has one, and however a transaction ends, its locks end with it.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use orm::prelude::*;
use orm::{DatabaseErrorKind as Kind, Error, LockKey};
use tokio::sync::Barrier;

use super::transactions::{Account, assert_at_rest, ids, open};
use super::transactions_cancelled::after_polls;
use crate::support::{Db, TestDatabase, run, run_by_url, run_threaded, soon, until, with_parameter};

/// Whether the database has such locks.
fn has_them(db: &Db) -> bool {
    // docs/guide/src/differences.md: `advisory_lock()`
    db.dialect() != Dialect::Sqlite
}

/// Whether nobody has the lock.
async fn is_free(db: &Db, key: impl Into<LockKey> + Send) -> bool {
    let key = key.into();
    soon(Duration::from_secs(10), db.atomic(async |tx| tx.try_advisory_lock(key).await)).await.unwrap()
}

#[test]
fn where_there_are_none_it_is_said_before_anything_is_sent() {
    run(models![Account], async |db| {
        if has_them(db) {
            return;
        }
        db.atomic(async |tx| {
            assert!(matches!(tx.advisory_lock("a").await, Err(Error::Unsupported { .. })));
            assert!(matches!(tx.try_advisory_lock(1).await, Err(Error::Unsupported { .. })));
            // Nothing is broken.
            open(tx, 1).await
        })
        .await
        .unwrap();
        assert_eq!(ids(db).await, [1]);
    });
}

#[test]
fn one_at_a_time_has_a_lock() {
    run(models![Account], async |db| {
        if !has_them(db) {
            return;
        }
        let tx = db.begin().await.unwrap();
        tx.advisory_lock("import").await.unwrap();
        tx.advisory_lock(7).await.unwrap();
        assert!(tx.try_advisory_lock(String::from("import")).await.unwrap(), "again, by the same");
        let long = "ö`'\\".repeat(100);
        tx.advisory_lock(&long).await.unwrap();
        for (key, free) in [
            (LockKey::from("import"), false),
            (LockKey::from(7), false),
            (LockKey::from(&long), false),
            (LockKey::from("Import"), true),
            (LockKey::from("7"), true),
            (LockKey::from(8), true),
            (LockKey::from(""), true),
            (LockKey::from(long[..398].to_owned()), true),
        ] {
            assert_eq!(is_free(db, key.clone()).await, free, "{key:?}");
        }
        tx.commit().await.unwrap();
        for key in [LockKey::from("import"), LockKey::from(7), LockKey::from(&long)] {
            assert!(is_free(db, key).await);
        }
        assert_at_rest(db).await;
    });
}

#[test]
fn who_comes_later_waits() {
    run_threaded(models![Account], async |db| {
        if !has_them(db) {
            return;
        }
        let inside = Arc::new(AtomicU32::new(0));
        let tasks: Vec<_> = (0..12)
            .map(|id| {
                let (db, inside) = (db.clone(), Arc::clone(&inside));
                tokio::spawn(async move {
                    db.atomic(async |tx| {
                        tx.advisory_lock("one at a time").await?;
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                        // Whoever had it before has committed.
                        let seen = ids(tx).await.len();
                        open(tx, id).await?;
                        tokio::time::sleep(Duration::from_millis(5)).await;
                        assert_eq!(inside.fetch_sub(1, Ordering::SeqCst), 1);
                        Ok::<_, Error>(seen)
                    })
                    .await
                })
            })
            .collect();
        let mut seen = Vec::new();
        for task in tasks {
            seen.push(soon(Duration::from_secs(30), task).await.unwrap().unwrap());
        }
        seen.sort_unstable();
        assert!(seen.into_iter().eq(0..12));
        assert_at_rest(db).await;
    });
}

#[test]
fn however_it_ends_the_lock_ends_and_the_connection_is_clean() {
    run_by_url(async |other, url| {
        if !has_them(other) {
            return;
        }
        other.create_tables(models![Account]).await.unwrap();
        let db = crate::Backend::connect(&with_parameter(url, "pool_size=1")).await;
        let session = async || -> i64 {
            let query = match db.dialect() {
                Dialect::Postgres => orm::raw!("SELECT pg_backend_pid()::bigint"),
                Dialect::MySql | Dialect::MariaDb => orm::raw!("SELECT CONNECTION_ID()"),
                Dialect::Sqlite => panic!("it has no such locks"),
            };
            query.fetch_one(&db).await.unwrap()
        };
        let before = session().await;
        db.atomic(async |tx| {
            tx.advisory_lock("a").await?;
            assert!(!is_free(other, "a").await);
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
        assert!(is_free(other, "a").await, "at once");
        let undone = db.atomic(async |tx| {
            tx.advisory_lock("a").await?;
            Err::<(), _>(Error::InvalidQuery("undo".into()))
        });
        assert!(undone.await.is_err());
        assert!(is_free(other, "a").await, "at once");
        let broken = db.atomic(async |tx| {
            tx.advisory_lock("a").await?;
            open(tx, 1).await?;
            open(tx, 1).await
        });
        assert!(broken.await.is_err());
        assert!(is_free(other, "a").await, "at once");
        assert_eq!(session().await, before, "the connection is the same, without the lock");

        // These cost the connection, and the server needs a moment to see it.
        let panicking = db.atomic(async |tx| {
            tx.advisory_lock("a").await?;
            std::panic::resume_unwind(Box::new("on purpose"));
            #[allow(unreachable_code, reason = "says what the error is")]
            Ok::<(), Error>(())
        });
        assert!(AssertUnwindSafe(panicking).catch_unwind().await.is_err());
        until(Duration::from_secs(2), 1, async || i64::from(is_free(other, "a").await)).await;
        let tx = db.begin().await.unwrap();
        tx.advisory_lock("a").await.unwrap();
        drop(tx);
        until(Duration::from_secs(2), 1, async || i64::from(is_free(other, "a").await)).await;
        assert!(
            soon(Duration::from_secs(2), db.atomic(async |tx| tx.try_advisory_lock("a").await))
                .await
                .unwrap()
        );

        // Dropped at any moment, also of waiting.
        let mut polls = 0;
        loop {
            let holder = if polls % 2 == 1 { Some(other.begin().await.unwrap()) } else { None };
            if let Some(holder) = &holder {
                holder.advisory_lock("a").await.unwrap();
            }
            let work = db.atomic(async |tx| {
                open(tx, 1).await?;
                tx.advisory_lock("a").await?;
                open(tx, 2).await?;
                Err::<(), _>(Error::InvalidQuery("undo".into()))
            });
            // Where it waits it is not polled any more.
            let ended = tokio::time::timeout(Duration::from_millis(100), after_polls(work, polls)).await;
            if let Some(holder) = holder {
                holder.commit().await.unwrap();
            }
            until(Duration::from_secs(2), 1, async || i64::from(is_free(other, "a").await)).await;
            if matches!(ended, Ok(Some(_))) {
                break;
            }
            polls += 1;
        }
        // How many there are depends on how much the server says at once.
        assert!(polls >= 3, "{polls}");
        assert_at_rest(&db).await;
        db.close().await;
    });
}

#[test]
fn a_block_that_is_undone_gives_its_locks_up() {
    run(models![Account], async |db| {
        if !has_them(db) {
            return;
        }
        db.atomic(async |tx| {
            tx.advisory_lock("around").await?;
            let undone = tx
                .atomic(async |sp| {
                    sp.advisory_lock("within").await?;
                    sp.advisory_lock("around").await?;
                    sp.atomic(async |deeper| deeper.advisory_lock("deeper").await).await?;
                    for key in ["within", "around", "deeper"] {
                        assert!(!is_free(db, key).await, "{key}");
                    }
                    Err::<(), _>(Error::InvalidQuery("undo".into()))
                })
                .await;
            assert!(matches!(undone, Err(Error::InvalidQuery(_))), "{undone:?}");
            assert!(is_free(db, "within").await && is_free(db, "deeper").await);
            assert!(!is_free(db, "around").await, "it was taken before, too");

            let left = tx.begin().await?;
            left.advisory_lock("left").await?;
            drop(left);
            // With the next statement.
            assert!(ids(tx).await.is_empty());
            assert!(is_free(db, "left").await);
            let left = tx.begin().await?;
            left.advisory_lock("left").await?;
            let within = left.begin().await?;
            within.advisory_lock("left").await?;
            drop(within);
            drop(left);
            assert!(ids(tx).await.is_empty());
            assert!(is_free(db, "left").await);
            let left = tx.begin().await?;
            let within = left.begin().await?;
            within.advisory_lock("left").await?;
            drop(within);
            left.rollback().await?;
            assert!(is_free(db, "left").await);

            tx.atomic(async |sp| sp.advisory_lock("kept").await).await?;
            assert!(!is_free(db, "kept").await);
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
        for key in ["within", "around", "deeper", "left", "kept"] {
            assert!(is_free(db, key).await, "{key}");
        }
        assert_at_rest(db).await;
    });
}

#[test]
fn waiting_ends_with_the_limit_for_locks_or_for_statements() {
    run_by_url(async |db, url| {
        if !has_them(db) {
            return;
        }
        db.create_tables(models![Account]).await.unwrap();
        let holder = db.begin().await.unwrap();
        holder.advisory_lock("a").await.unwrap();
        let start = Instant::now();
        db.transaction()
            .lock_timeout(Duration::from_secs(1))
            .run(async |tx| {
                let late = tx.atomic(async |sp| sp.advisory_lock("a").await).await.unwrap_err();
                assert_eq!(late.kind(), Some(Kind::LockTimeout), "{late:?}");
                assert!(late.is_retryable());
                // Only its block is broken.
                open(tx, 1).await
            })
            .await
            .unwrap();
        let waited = start.elapsed();
        assert!((Duration::from_millis(900)..Duration::from_secs(3)).contains(&waited), "{waited:?}");

        let hasty = crate::Backend::connect(&with_parameter(url, "statement_timeout=1s")).await;
        let late = soon(Duration::from_secs(5), hasty.atomic(async |tx| tx.advisory_lock("a").await)).await;
        let late = late.unwrap_err();
        assert_eq!(late.kind(), Some(Kind::StatementTimeout), "{late:?}");
        holder.commit().await.unwrap();
        assert!(is_free(&hasty, "a").await);
        assert_at_rest(&hasty).await;
        hasty.close().await;
    });
}

#[test]
fn a_deadlock_over_names_is_broken() {
    run_threaded(models![Account], async |db| {
        if !has_them(db) {
            return;
        }
        let barrier = Arc::new(Barrier::new(2));
        let tasks: Vec<_> = [("a", "b"), ("b", "a")]
            .into_iter()
            .map(|(first, second)| {
                let (db, barrier) = (db.clone(), Arc::clone(&barrier));
                tokio::spawn(async move {
                    db.atomic(async |tx| {
                        tx.advisory_lock(first).await?;
                        barrier.wait().await;
                        tx.advisory_lock(second).await
                    })
                    .await
                })
            })
            .collect();
        let mut broken = 0;
        for task in tasks {
            if let Err(error) = soon(Duration::from_secs(20), task).await.unwrap() {
                assert_eq!(error.kind(), Some(Kind::Deadlock), "{error:?}");
                assert!(error.is_retryable());
                broken += 1;
            }
        }
        assert_eq!(broken, 1);
        assert!(is_free(db, "a").await && is_free(db, "b").await);
        assert_at_rest(db).await;
    });
}

#[test]
fn each_database_has_its_own() {
    run(models![Account], async |db| {
        if !has_them(db) {
            return;
        }
        let other = crate::Backend::fresh().await.expect("the server is there");
        let tx = db.begin().await.unwrap();
        tx.advisory_lock("a").await.unwrap();
        assert!(is_free(&other.db, "a").await);
        tx.rollback().await.unwrap();
        other.db.close().await;
        other.drop.run().await;
    });
}
