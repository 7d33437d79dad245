//! Transactions that meet are tried again until each has had its effect, once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use orm::IsolationLevel::Serializable;
use orm::prelude::*;
use orm::{DatabaseErrorKind as Kind, Error};

use super::transactions::{Account, assert_at_rest, open};
use crate::support::{TestDatabase, run, run_by_url, run_threaded, with_parameter};

const TASKS: i64 = 32;

async fn total(db: &crate::support::Db) -> i64 {
    Account::objects().values(|a| a.balance).all(db).await.unwrap().into_iter().sum()
}

#[test]
fn d8_thirty_two_writers_on_one_counter_end_exact() {
    run_threaded(models![Account], async |db| {
        open(db, 1).await.unwrap();
        let attempts = Arc::new(AtomicU32::new(0));
        let tasks: Vec<_> = (0..TASKS)
            .map(|_| {
                let (db, attempts) = (db.clone(), Arc::clone(&attempts));
                tokio::spawn(async move {
                    for _ in 0..5 {
                        db.transaction()
                            .isolation(Serializable)
                            .retry(1_000)
                            .run(async |tx| {
                                attempts.fetch_add(1, Ordering::Relaxed);
                                let account = Account::objects().pk(1).get(tx).await?;
                                tokio::task::yield_now().await;
                                let balance = account.balance + 1;
                                Account::objects().pk(1).update(tx, |a| a.balance.set(balance)).await
                            })
                            .await?;
                    }
                    Ok::<_, Error>(())
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        assert_eq!(total(db).await, TASKS * 5);
        let attempts = attempts.load(Ordering::Relaxed);
        eprintln!("{attempts} attempts for {} transactions", TASKS * 5);
        assert_at_rest(db).await;
    });
}

#[test]
fn money_is_moved_and_never_made() {
    run_by_url(async |_, url| {
        // PostgreSQL looks for deadlocks only after a second, so that waits add up.
        let db = crate::Backend::connect(&with_parameter(url, "acquire_timeout=60s")).await;
        db.create_tables(models![Account]).await.unwrap();
        for id in 0..12 {
            open(&db, id).await.unwrap();
        }
        Account::objects().update(&db, |a| a.balance.set(1_000)).await.unwrap();
        let tasks: Vec<_> = (0..TASKS)
            .map(|task| {
                let db = db.clone();
                tokio::spawn(async move {
                    for step in 0..1 {
                        let (from, to) = ((task + step) % 12, (task * 5 + step * 7 + 1) % 12);
                        if from == to {
                            continue;
                        }
                        // Locks are taken in any order, so that some lock each other out.
                        db.transaction()
                            .retry(1_000)
                            .run(async |tx| {
                                Account::objects()
                                    .pk(from)
                                    .update(tx, |a| a.balance.set(a.balance - 7))
                                    .await?;
                                // Some fail halfway, alone.
                                let undone: Result<(), Error> = tx
                                    .atomic(async |sp| {
                                        Account::objects().pk(to).update(sp, |a| a.balance.set(0)).await?;
                                        Err(Error::InvalidQuery("undo".into()))
                                    })
                                    .await;
                                match undone {
                                    Err(Error::InvalidQuery(_)) => {}
                                    other => other?,
                                }
                                Account::objects().pk(to).update(tx, |a| a.balance.set(a.balance + 7)).await
                            })
                            .await?;
                    }
                    Ok::<_, Error>(())
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        assert_eq!(total(&db).await, 12_000);
        assert_at_rest(&db).await;
        db.close().await;
    });
}

#[test]
fn only_what_others_caused_is_tried_again() {
    run(models![Account], async |db| {
        let attempts = AtomicU32::new(0);
        open(db, 1).await.unwrap();
        let ended = db
            .transaction()
            .retry(5)
            .run(async |tx| {
                attempts.fetch_add(1, Ordering::Relaxed);
                open(tx, 1).await
            })
            .await;
        assert!(ended.unwrap_err().is_unique_violation());
        assert_eq!(attempts.swap(0, Ordering::Relaxed), 1);
        // The code's own error, which does not tell why.
        let ended = db
            .transaction()
            .retry(3)
            .run(async |tx| {
                attempts.fetch_add(1, Ordering::Relaxed);
                Account::objects().count(tx).await?;
                Err::<(), _>(Error::InvalidQuery("mine".into()))
            })
            .await;
        assert!(matches!(ended, Err(Error::InvalidQuery(_))));
        assert_eq!(attempts.load(Ordering::Relaxed), 1);
    });
}

#[test]
fn it_ends_when_the_attempts_are_used_up() {
    run_threaded(models![Account], async |db| {
        open(db, 1).await.unwrap();
        if db.dialect() == Dialect::Sqlite {
            // docs/guide/src/differences.md: `lock_timeout(…)`
            return;
        }
        let holder = db.begin().await.unwrap();
        Account::objects().pk(1).update(&holder, |a| a.balance.set(5)).await.unwrap();
        let attempts = AtomicU32::new(0);
        let ended = db
            .transaction()
            .lock_timeout(std::time::Duration::from_secs(1))
            .retry(1)
            .run(async |tx| {
                attempts.fetch_add(1, Ordering::Relaxed);
                Account::objects().pk(1).update(tx, |a| a.balance.set(6)).await
            })
            .await;
        assert_eq!(ended.unwrap_err().kind(), Some(Kind::LockTimeout));
        assert_eq!(attempts.load(Ordering::Relaxed), 2);
        holder.rollback().await.unwrap();
        assert_at_rest(db).await;
    });
}
