//! Random trees of blocks, with failures in them, beside a model that says which rows must be there.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};

use orm::Error;
use orm::prelude::*;

use super::transactions::{Account, assert_at_rest, ids, open};
use crate::support::{Tested, run, times};

#[derive(Debug)]
enum Step {
    /// Fails, and breaks its block, where the row is there.
    Insert(i64),
    Delete(i64),
    Block(Vec<Step>, End),
    /// Opened with `begin`.
    Object(Vec<Step>, End),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    Keep,
    Undo,
    Drop,
}

/// Small, so that its numbers are the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }

    fn end(&mut self) -> End {
        match self.below(6) {
            0 | 1 => End::Undo,
            2 => End::Drop,
            _ => End::Keep,
        }
    }

    fn steps(&mut self, depth: u64) -> Vec<Step> {
        (0..=self.below(5))
            .map(|_| match self.below(10) {
                0..=4 => Step::Insert(self.below(30).cast_signed()),
                6..=8 if depth < 8 => Step::Block(self.steps(depth + 1), self.end()),
                9 if depth < 8 => Step::Object(self.steps(depth + 1), self.end()),
                _ => Step::Delete(self.below(30).cast_signed()),
            })
            .collect()
    }
}

/// What must be there after the steps of a block; none when it is broken.
fn model(steps: &[Step], mut rows: BTreeSet<i64>) -> Option<BTreeSet<i64>> {
    for step in steps {
        match step {
            Step::Insert(id) => {
                if !rows.insert(*id) {
                    return None;
                }
            }
            Step::Delete(id) => drop(rows.remove(id)),
            Step::Block(inner, end) | Step::Object(inner, end) => {
                if let (End::Keep, Some(kept)) = (end, model(inner, rows.clone())) {
                    rows = kept;
                }
            }
        }
    }
    Some(rows)
}

/// Performs the steps, and counts those that the database refuses.
fn perform<'a>(
    tx: &'a Transaction<Tested>,
    steps: &'a [Step],
    failed: &'a AtomicUsize,
) -> Pin<Box<dyn Future<Output = ()> + 'a>> {
    Box::pin(async move {
        for step in steps {
            // Whatever fails is swallowed.
            match step {
                Step::Insert(id) => {
                    if open(tx, *id).await.is_err_and(|error| error.is_unique_violation()) {
                        failed.fetch_add(1, Ordering::Relaxed);
                    }
                }
                Step::Delete(id) => drop(Account::objects().pk(*id).delete(tx).await),
                Step::Block(inner, End::Drop) => {
                    let performed = tokio::sync::Notify::new();
                    let block = tx.atomic(async |sp| {
                        perform(sp, inner, failed).await;
                        performed.notify_one();
                        std::future::pending::<Result<(), Error>>().await
                    });
                    // Where this block is broken the inner one is refused; otherwise it is dropped.
                    futures_util::future::select(Box::pin(block), Box::pin(performed.notified())).await;
                }
                Step::Block(inner, end) => {
                    let ended = tx.atomic(async |sp| {
                        perform(sp, inner, failed).await;
                        if *end == End::Keep { Ok(()) } else { Err(Error::InvalidQuery("undo".into())) }
                    });
                    drop(ended.await);
                }
                Step::Object(inner, end) => {
                    let Ok(sp) = tx.begin().await else { continue };
                    perform(&sp, inner, failed).await;
                    match end {
                        End::Keep => drop(sp.commit().await),
                        End::Undo => drop(sp.rollback().await),
                        End::Drop => drop(sp),
                    }
                }
            }
        }
    })
}

#[test]
fn d7_trees_of_blocks_leave_what_the_model_says() {
    run(models![Account], async |db| {
        let trees = times(if db.dialect() == Dialect::Sqlite { 300 } else { 60 }, 2_000) as u64;
        let failed = AtomicUsize::new(0);
        for seed in 1..=trees {
            let mut random = Random(0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(seed));
            let (steps, end) = (random.steps(0), if seed % 4 == 0 { End::Undo } else { End::Keep });
            let before: BTreeSet<i64> = ids(db).await.into_iter().collect();
            let expected = match model(&steps, before.clone()) {
                Some(rows) if end == End::Keep => rows,
                _ => before,
            };
            let tx = db.begin().await.unwrap();
            perform(&tx, &steps, &failed).await;
            if end == End::Keep {
                tx.commit().await.ok()
            } else {
                tx.rollback().await.ok()
            };
            let rows: BTreeSet<i64> = ids(db).await.into_iter().collect();
            assert_eq!(rows, expected, "seed {seed}: {steps:?}");
            if seed % 5 == 0 {
                Account::objects().delete(db).await.unwrap();
            }
        }
        let failed = failed.load(Ordering::Relaxed);
        assert!(
            failed > usize::try_from(trees).expect("few"),
            "only {failed} statements failed in {trees} trees"
        );
        assert_at_rest(db).await;
    });
}
