//! Transactions that meet are tried again until each has had its effect, once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use orm::IsolationLevel::Serializable;
use orm::prelude::*;
use orm::recorder::record;
use orm::{DatabaseErrorKind as Kind, Error};
use tokio::sync::Barrier;

use super::transactions::{Account, assert_at_rest, open};
use crate::support::{TestDatabase, Tested, run, run_by_url, run_threaded, with_parameter};

const TASKS: i64 = 32;

async fn total(db: &crate::support::Db) -> i64 {
    Account::objects().values(|a| a.balance).all(db).await.unwrap().into_iter().sum()
}

/// How often a transaction was begun while the future ran.
async fn counting_begins<T>(work: impl Future<Output = T>) -> (T, usize) {
    let (done, recording) = record(work).await;
    let begins = recording.statements().iter().filter(|statement| &*statement.sql == "BEGIN").count();
    (done, begins)
}

/// Adds one to what was read: exact only if nobody else did so meanwhile.
async fn add_one(tx: &Transaction<Tested>) -> Result<u64, Error> {
    let account = Account::objects().pk(1).get(tx).await?;
    tokio::time::sleep(Duration::from_millis(1)).await;
    Account::objects().pk(1).update(tx, |a| a.balance.set(account.balance + 1)).await
}

#[test]
fn d8_thirty_two_writers_on_one_counter_end_exact() {
    run_by_url(async |db, url| {
        db.create_tables(models![Account]).await.unwrap();
        open(db, 1).await.unwrap();
        // In SQLite one pool's writers queue for its only connection that writes; two pools get in each other's way.
        let url = match db.dialect() {
            Dialect::Sqlite => with_parameter(url, "busy_timeout=1ms"),
            _ => url.to_owned(),
        };
        let pools = [crate::Backend::connect(&url).await, crate::Backend::connect(&url).await];
        let tasks: Vec<_> = (0..TASKS)
            .zip(pools.iter().cycle())
            .map(|(_, db)| {
                let db = db.clone();
                tokio::spawn(counting_begins(async move {
                    for _ in 0..5 {
                        let adding = db.transaction().isolation(Serializable).retry(1_000);
                        adding.run(async |tx| add_one(tx).await).await?;
                    }
                    Ok::<_, Error>(())
                }))
            })
            .collect();
        let mut begins = 0;
        for task in tasks {
            let (done, begun) = task.await.unwrap();
            done.unwrap();
            begins += begun;
        }
        assert_eq!(total(db).await, TASKS * 5);
        let least = usize::try_from(TASKS * 5).unwrap();
        assert!(begins > least, "{begins} attempts for {least} transactions: nobody was in another's way");
        for pool in pools {
            assert_at_rest(&pool).await;
            pool.close().await;
        }
    });
}

/// Two that have both read the row before either writes: the database lets one of them pass, and the other one's code runs again,
/// with all that belongs to it.
#[test]
fn d8_of_two_that_meet_one_runs_again() {
    run_threaded(models![Account], async |db| {
        open(db, 1).await.unwrap();
        // Who writes has the whole database, so that nobody meets anybody.
        // docs/guide/src/differences.md: `isolation(…)`
        if db.dialect() == Dialect::Sqlite {
            return;
        }
        let (attempts, told) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
        let meeting = Arc::new(Barrier::new(2));
        let tasks: Vec<_> = (0..2)
            .map(|_| {
                let (db, attempts, told) = (db.clone(), Arc::clone(&attempts), Arc::clone(&told));
                let meeting = Arc::clone(&meeting);
                tokio::spawn(async move {
                    let run = db.transaction().isolation(Serializable).retry(1).run(async |tx| {
                        let told = Arc::clone(&told);
                        tx.on_commit(async move {
                            told.fetch_add(1, Ordering::Relaxed);
                        });
                        let account = Account::objects().pk(1).get(tx).await?;
                        if attempts.fetch_add(1, Ordering::Relaxed) < 2 {
                            meeting.wait().await;
                        }
                        Account::objects().pk(1).update(tx, |a| a.balance.set(account.balance + 1)).await
                    });
                    run.await
                })
            })
            .collect();
        for task in tasks {
            assert_eq!(task.await.unwrap().unwrap(), 1);
        }
        assert_eq!(total(db).await, 2);
        let (attempts, told) = (attempts.load(Ordering::Relaxed), told.load(Ordering::Relaxed));
        assert_eq!(
            (attempts, told),
            (3, 2),
            "what was given to `on_commit` by the attempt that failed is forgotten"
        );
        assert_at_rest(db).await;
    });
}

/// The same on SQLite, where whoever is in the way is another process, or another pool of this one.
#[test]
fn d8_a_busy_file_is_tried_again() {
    run_by_url(async |db, url| {
        if db.dialect() != Dialect::Sqlite {
            return;
        }
        db.create_tables(models![Account]).await.unwrap();
        open(db, 1).await.unwrap();
        let hasty = crate::Backend::connect(&with_parameter(url, "busy_timeout=20ms")).await;
        let holder = db.begin().await.unwrap();
        open(&holder, 2).await.unwrap();
        let attempts = AtomicU32::new(0);
        let work = async |tx: &Transaction<Tested>| {
            attempts.fetch_add(1, Ordering::Relaxed);
            add_one(tx).await
        };
        let (refused, begins) = counting_begins(hasty.transaction().retry(2).run(work)).await;
        assert_eq!(refused.unwrap_err().kind(), Some(Kind::Busy));
        assert_eq!((begins, attempts.load(Ordering::Relaxed)), (3, 0), "it is refused at its beginning");
        let waiting = counting_begins(hasty.transaction().retry(1_000).run(work));
        let ending = async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            holder.commit().await.unwrap();
        };
        let ((done, begins), ()) = futures_util::join!(waiting, ending);
        assert_eq!(done.unwrap(), 1);
        assert!(begins > 1, "{begins}");
        assert_eq!((attempts.load(Ordering::Relaxed), total(db).await), (1, 1));
        assert_at_rest(&hasty).await;
        hasty.close().await;
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
            .lock_timeout(Duration::from_secs(1))
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
