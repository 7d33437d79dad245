//! A transaction may be dropped at any point: nothing of it stays, and the pool is as good as before.

use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use futures_util::FutureExt;
use orm::Error;
use orm::prelude::*;
use tokio::task::yield_now;

use super::transactions::{Account, assert_at_rest, ids, open};
use crate::support::{Db, TestDatabase, run, run_by_url, run_threaded, times, with_parameter};

/// Polls a future so many times, whenever it is woken, and drops it then.
pub async fn after_polls<T>(work: impl Future<Output = T>, polls: usize) -> Option<T> {
    let mut work = Box::pin(work);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        work.as_mut().poll(context).map(Some)
    })
    .await
}

/// A transaction with everything in it that awaits.
async fn everything(db: &Db, told: &Arc<AtomicBool>) -> Result<(), Error> {
    db.atomic(async |tx| {
        open(tx, 1).await?;
        let told = Arc::clone(told);
        tx.on_commit(async move {
            yield_now().await;
            told.store(true, Ordering::SeqCst);
        });
        yield_now().await;
        tx.atomic(async |sp| open(sp, 2).await).await?;
        yield_now().await;
        let twice = tx
            .atomic(async |sp| {
                open(sp, 3).await?;
                yield_now().await;
                open(sp, 1).await
            })
            .await;
        assert!(twice.is_err_and(|error| error.is_unique_violation()));
        let mut rows = Account::objects().stream(tx);
        assert!(rows.try_next().await?.is_some());
        yield_now().await;
        assert!(rows.try_next().await?.is_some());
        drop(rows);
        yield_now().await;
        let sp = tx.begin().await?;
        yield_now().await;
        open(&sp, 4).await?;
        yield_now().await;
        drop(sp);
        yield_now().await;
        open(tx, 5).await.map(drop)
    })
    .await
}

#[test]
fn a5_dropped_after_any_number_of_polls_it_is_whole_or_not_there() {
    run_by_url(async |_, url| {
        let url = with_parameter(url, "pool_size=1");
        let db = connect(&url).await;
        db.create_tables(models![Account]).await.unwrap();
        let mut polls = 0;
        loop {
            let told = Arc::new(AtomicBool::new(false));
            let ended = after_polls(everything(&db, &told), polls).await;
            let rows = ids(&db).await;
            match &ended {
                Some(Ok(())) => assert_eq!(rows, [1, 2, 5], "after {polls} polls"),
                Some(Err(error)) => panic!("after {polls} polls: {error:?}"),
                // COMMIT may be on its way.
                None => assert!(rows.is_empty() || rows == [1, 2, 5], "after {polls} polls: {rows:?}"),
            }
            assert!(!told.load(Ordering::SeqCst) || rows.len() == 3);
            Account::objects().delete(&db).await.unwrap();
            // Nobody's transaction is open: this one is seen at once, by another connection too.
            open(&db, 100).await.unwrap();
            Account::objects().delete(&db).await.unwrap();
            assert_at_rest(&db).await;
            if ended.is_some() {
                break;
            }
            polls += 1;
        }
        assert!(polls > 9, "{polls}");
        db.close().await;
    });
}

async fn connect(url: &str) -> Db {
    crate::Backend::connect(url).await
}

#[test]
fn an_inner_block_dropped_after_any_number_of_polls_is_undone_alone_or_takes_all_along() {
    run(models![Account], async |db| {
        let mut polls = 0;
        loop {
            let mut inner = None;
            let ended = db
                .atomic(async |tx| {
                    open(tx, 1).await?;
                    let work = tx.atomic(async |sp| {
                        open(sp, 2).await?;
                        yield_now().await;
                        sp.atomic(async |deeper| {
                            open(deeper, 3).await?;
                            yield_now().await;
                            Ok::<_, Error>(())
                        })
                        .await
                    });
                    inner = after_polls(work, polls).await;
                    open(tx, 4).await
                })
                .await;
            let rows = ids(db).await;
            match (&ended, &inner) {
                (Ok(_), Some(Ok(()))) => assert_eq!(rows, [1, 2, 3, 4], "after {polls} polls"),
                (Ok(_), None) => assert_eq!(rows, [1, 4], "after {polls} polls"),
                (Err(Error::TransactionBroken(_)), None) => {
                    assert!(rows.is_empty(), "after {polls} polls: {rows:?}");
                }
                other => panic!("after {polls} polls: {other:?}"),
            }
            Account::objects().delete(db).await.unwrap();
            assert_at_rest(db).await;
            if inner.is_some() {
                break;
            }
            polls += 1;
        }
        assert!(polls > 2, "{polls}");
    });
}

#[test]
fn a_statement_given_up_takes_its_transaction_along() {
    run(models![Account], async |db| {
        let mut polls = 1;
        loop {
            let tx = db.begin().await.unwrap();
            open(&tx, 1).await.unwrap();
            let ended = after_polls(open(&tx, 2), polls).await;
            if ended.is_some() {
                tx.rollback().await.unwrap();
                break;
            }
            let refused = open(&tx, 3).await.unwrap_err();
            assert!(matches!(&refused, Error::TransactionBroken(_)), "{refused:?}");
            assert!(refused.to_string().contains("given up"), "{refused}");
            assert!(matches!(tx.commit().await, Err(Error::TransactionBroken(_))));
            assert!(ids(db).await.is_empty());
            polls += 1;
        }
        assert_at_rest(db).await;
    });
}

#[test]
fn a8_panics_roll_back_and_are_passed_on() {
    run_threaded(models![Account], async |db| {
        // On a network each costs a connection.
        let count = times(if db.dialect() == Dialect::Sqlite { 1_000 } else { 60 }, 1_000);
        let count = i64::try_from(count).expect("few");
        for time in 0..count {
            let panicking = db.atomic(async |tx| {
                open(tx, 1).await?;
                tx.atomic(async |sp| {
                    open(sp, 2).await?;
                    std::panic::resume_unwind(Box::new(time));
                    #[allow(unreachable_code, reason = "says what the error is")]
                    Ok::<(), Error>(())
                })
                .await
            });
            let panic = AssertUnwindSafe(panicking).catch_unwind().await.unwrap_err();
            assert_eq!(panic.downcast_ref::<i64>(), Some(&time));
        }
        // The pool waits only so long.
        let spawned: Vec<_> = (0..count.min(64) / 4)
            .map(|id| {
                let db = db.clone();
                tokio::spawn(async move {
                    db.atomic(async |tx| {
                        open(tx, id).await?;
                        std::panic::resume_unwind(Box::new("on purpose"));
                        #[allow(unreachable_code, reason = "says what the error is")]
                        Ok::<(), Error>(())
                    })
                    .await
                })
            })
            .collect();
        for task in spawned {
            assert!(task.await.unwrap_err().is_panic());
        }
        assert!(ids(db).await.is_empty());
        open(db, 1).await.unwrap();
        assert_at_rest(db).await;
    });
}
