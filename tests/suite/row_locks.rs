//! Rows that are locked as they are read: nobody else changes them before the transaction ends.

use std::time::Duration;

use orm::prelude::*;
use orm::{DatabaseErrorKind as Kind, Error};

use super::transactions::{Account, assert_at_rest, open};
use crate::support::{Db, run, run_threaded};

#[derive(Model, Debug, Clone, PartialEq)]
struct Card {
    #[field(primary_key, identity = false)]
    id: i64,
    holder: ForeignKey<Account>,
    reserve: Option<ForeignKey<Account>>,
    #[field(max_length = 10)]
    kind: String,
}

/// Whether the database has locks of rows; on SQLite whoever writes has locked everything.
fn has_row_locks(db: &Db) -> bool {
    // docs/guide/src/differences.md: `select_for_update()`
    db.dialect() != Dialect::Sqlite
}

#[test]
fn a_locked_row_is_waited_for() {
    run_threaded(models![Account], async |db| {
        open(db, 1).await.unwrap();
        let tasks: Vec<_> = (0..20)
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move {
                    db.atomic(async |tx| {
                        let account = Account::objects().pk(1).select_for_update().get(tx).await?;
                        tokio::task::yield_now().await;
                        let balance = account.balance + 1;
                        Account::objects().pk(1).update(tx, |a| a.balance.set(balance)).await
                    })
                    .await
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        // Without the lock updates would be lost.
        assert_eq!(Account::objects().pk(1).get(db).await.unwrap().balance, 20);
        assert_at_rest(db).await;
    });
}

#[test]
fn nowait_fails_at_once_and_skip_locked_leaves_out() {
    run_threaded(models![Account], async |db| {
        if !has_row_locks(db) {
            return;
        }
        for id in 1..=4 {
            open(db, id).await.unwrap();
        }
        let holder = db.begin().await.unwrap();
        let held =
            Account::objects().filter(|a| a.id.is_in([1, 2])).select_for_update().all(&holder).await.unwrap();
        assert_eq!(held.len(), 2);
        db.atomic(async |tx| {
            let start = std::time::Instant::now();
            let refused = tx
                .atomic(async |sp| Account::objects().pk(1).select_for_update().nowait().get(sp).await)
                .await
                .unwrap_err();
            assert_eq!(refused.kind(), Some(Kind::LockTimeout), "{refused:?}");
            assert!(refused.is_retryable() && start.elapsed() < Duration::from_secs(3));
            let free =
                Account::objects().order_by(|a| a.id).select_for_update().skip_locked().all(tx).await?;
            assert_eq!(free.iter().map(|account| account.id).collect::<Vec<_>>(), [3, 4]);
            let none = Account::objects().pk(2).select_for_update().skip_locked().get(tx).await;
            assert!(none.is_err_and(|error| error.is_does_not_exist()));
            // Reading needs no lock.
            assert_eq!(Account::objects().count(tx).await?, 4);
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
        holder.commit().await.unwrap();
        assert_at_rest(db).await;
    });
}

#[test]
fn locks_to_share_keep_writers_away_but_not_each_other() {
    run_threaded(models![Account], async |db| {
        if !has_row_locks(db) {
            return;
        }
        open(db, 1).await.unwrap();
        let one = db.begin().await.unwrap();
        let other = db.begin().await.unwrap();
        for tx in [&one, &other] {
            Account::objects().pk(1).select_for_share().nowait().get(tx).await.unwrap();
        }
        let refused = Account::objects().pk(1).select_for_update().nowait().get(&other).await.unwrap_err();
        assert_eq!(refused.kind(), Some(Kind::LockTimeout));
        other.rollback().await.unwrap();
        one.commit().await.unwrap();
        assert_at_rest(db).await;
    });
}

#[test]
fn related_rows_are_locked_where_they_are_named() {
    run_threaded(models![Account, Card], async |db| {
        let (ann, bob) = (open(db, 1).await.unwrap(), open(db, 2).await.unwrap());
        Card::objects().create(db, |c| c.id(1).holder(&ann).kind("gold")).await.unwrap();
        Card::objects().create(db, |c| c.id(2).holder(&bob).reserve(&ann).kind("gold")).await.unwrap();
        let tx = db.begin().await.unwrap();
        let by_ann = Card::objects().filter(|c| c.holder.owner.eq("owner 1"));
        let cards = by_ann.clone().select_for_update().of(|c| c.holder).all(&tx).await.unwrap();
        assert_eq!(cards.len(), 1);
        if has_row_locks(db) {
            let other = db.begin().await.unwrap();
            let free = Account::objects().select_for_update().skip_locked().all(&other).await.unwrap();
            assert_eq!(free.iter().map(|account| account.id).collect::<Vec<_>>(), [2]);
            other.rollback().await.unwrap();
        }
        // A row that may not be there cannot be locked, on any database; with a condition it is there.
        let maybe = Card::objects().select_for_update().of(|c| c.reserve).all(&tx).await;
        assert!(matches!(maybe, Err(Error::InvalidQuery(_))), "{maybe:?}");
        let there = Card::objects().filter(|c| c.reserve.owner.eq("owner 1"));
        let cards = there.select_for_update().of(|c| c.reserve).all(&tx).await.unwrap();
        assert_eq!(cards[0].id, 2);
        tx.commit().await.unwrap();

        // Only the cards: the account stays free.
        db.atomic(async |tx| {
            let cards = by_ann.select_for_update().all(tx).await;
            // docs/guide/src/differences.md: `select_for_update()` of a query with joins
            if db.dialect() == Dialect::MariaDb {
                assert!(matches!(cards, Err(Error::Unsupported { .. })));
                return Ok(());
            }
            assert_eq!(cards?.len(), 1);
            if has_row_locks(db) {
                let other = db.begin().await?;
                Account::objects().pk(1).select_for_update().nowait().get(&other).await?;
                other.rollback().await?;
            }
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
        assert_at_rest(db).await;
    });
}

#[test]
fn rows_that_are_no_rows_of_a_table_are_refused() {
    run(models![Account], async |db| {
        open(db, 1).await.unwrap();
        db.atomic(async |tx| {
            let grouped =
                Account::objects().values(|a| (a.owner, a.id.count())).select_for_update().all(tx).await;
            assert!(matches!(grouped, Err(Error::InvalidQuery(_))));
            let distinct =
                Account::objects().values(|a| a.balance).distinct().select_for_update().all(tx).await;
            assert!(matches!(distinct, Err(Error::InvalidQuery(_))));
            let ranked = Account::objects().distinct_on(|a| a.balance).select_for_update().all(tx).await;
            assert!(matches!(ranked, Err(Error::InvalidQuery(_))));
            // Nothing was sent, so nothing is broken.
            let owner = Account::objects().values(|a| a.owner).select_for_update().get(tx).await?;
            assert_eq!(owner, "owner 1");
            let mut rows = Account::objects().select_for_update().stream(tx);
            assert_eq!(rows.try_next().await?.map(|account| account.id), Some(1));
            assert!(rows.try_next().await?.is_none());
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
        let tx = db.transaction().read_only().begin().await.unwrap();
        let refused = Account::objects().select_for_update().first(&tx).await;
        assert!(matches!(refused, Err(Error::InvalidTransaction(_))));
        let refused = Account::objects().select_for_share().stream(&tx).try_next().await;
        assert!(matches!(refused, Err(Error::InvalidTransaction(_))));
        tx.commit().await.unwrap();
    });
}

#[derive(Model, Debug, Clone)]
struct Job {
    #[field(primary_key, identity = false)]
    id: i64,
    #[field(default = 0)]
    done: i32,
}

#[test]
fn a_queue_gives_each_job_to_one_worker() {
    run_threaded(models![Job], async |db| {
        for id in 0..60 {
            Job::objects().create(db, |j| j.id(id)).await.unwrap();
        }
        let workers: Vec<_> = (0..8)
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move {
                    let mut done = 0;
                    loop {
                        let more = db
                            .transaction()
                            .retry(20)
                            .run(async |tx| {
                                let open = Job::objects().filter(|j| j.done.eq(0)).order_by(|j| j.id);
                                let Some(job) = open.select_for_update().skip_locked().first(tx).await?
                                else {
                                    return Ok(false);
                                };
                                tokio::task::yield_now().await;
                                Job::objects().pk(job.id).update(tx, |j| j.done.set(j.done + 1)).await?;
                                Ok::<_, Error>(true)
                            })
                            .await?;
                        if !more {
                            return Ok::<_, Error>(done);
                        }
                        done += 1;
                    }
                })
            })
            .collect();
        let mut done = 0;
        for worker in workers {
            done += worker.await.unwrap().unwrap();
        }
        assert_eq!(done, 60);
        assert_eq!(Job::objects().filter(|j| j.done.eq(1)).count(db).await.unwrap(), 60);
        assert_at_rest(db).await;
    });
}
