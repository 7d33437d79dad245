//! What is to run on commit runs after a real one, in order, and is told when it fails.

use std::sync::{Arc, Mutex};

use orm::Error;
use orm::prelude::*;

use super::transactions::{Account, assert_at_rest, ids, open};
use crate::support::{Tested, run, run_by_url};

#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<&'static str>>>);

impl Heard {
    fn on_commit(&self, tx: &Transaction<Tested>, what: &'static str) {
        let heard = Arc::clone(&self.0);
        tx.on_commit(async move { heard.lock().unwrap().push(what) });
    }

    fn take(&self) -> Vec<&'static str> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

fn undo<T>() -> Result<T, Error> {
    Err(Error::InvalidQuery("undo".into()))
}

#[test]
fn it_runs_in_order_after_the_outermost_commit() {
    run(models![Account], async |db| {
        let heard = Heard::default();
        db.atomic(async |tx| {
            heard.on_commit(tx, "first");
            tx.atomic(async |sp| {
                heard.on_commit(sp, "second");
                let undone: Result<(), Error> = sp
                    .atomic(async |deeper| {
                        heard.on_commit(deeper, "undone");
                        deeper
                            .atomic(async |deepest| {
                                heard.on_commit(deepest, "undone with the block around it");
                                Ok::<_, Error>(())
                            })
                            .await?;
                        undo()
                    })
                    .await;
                assert!(undone.is_err());
                Ok::<_, Error>(())
            })
            .await?;
            heard.on_commit(tx, "third");
            let dropped = tx.begin().await?;
            heard.on_commit(&dropped, "dropped");
            drop(dropped);
            assert!(heard.take().is_empty());
            open(tx, 1).await
        })
        .await
        .unwrap();
        assert_eq!(heard.take(), ["first", "second", "third"]);
        let undone: Result<(), Error> = db
            .atomic(async |tx| {
                heard.on_commit(tx, "undone");
                undo()
            })
            .await;
        assert!(undone.is_err());
        let tx = db.begin().await.unwrap();
        heard.on_commit(&tx, "dropped");
        drop(tx);
        let broken = db
            .atomic(async |tx| {
                heard.on_commit(tx, "broken");
                open(tx, 1).await.ok();
                Ok::<_, Error>(())
            })
            .await;
        assert!(broken.is_err());
        assert!(heard.take().is_empty());
        let tx = db.begin().await.unwrap();
        heard.on_commit(&tx, "by hand");
        tx.commit().await.unwrap();
        assert_eq!(heard.take(), ["by hand"]);
    });
}

#[test]
fn the_connection_is_free_by_then() {
    run_by_url(async |_, url| {
        let url = crate::support::with_parameter(url, "pool_size=1&acquire_timeout=2s");
        let db = orm::connect(&url).await.unwrap();
        db.create_tables(models![Account]).await.unwrap();
        let inside = db.clone();
        db.atomic(async |tx| {
            open(tx, 1).await?;
            tx.on_commit(async move {
                assert_eq!(ids(&inside).await, [1]);
                inside.atomic(async |tx| open(tx, 2).await).await.map(drop)
            });
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
        assert_eq!(ids(&db).await, [1, 2]);
        db.close().await;
    });
}

#[test]
fn a_failure_is_told_and_the_rows_are_there() {
    run(models![Account], async |db| {
        let heard = Heard::default();
        let ended = db
            .transaction()
            .retry(5)
            .run(async |tx| {
                open(tx, 1).await?;
                tx.on_commit_robust(async { Err::<(), _>("not important") });
                tx.on_commit_robust(async { assert_eq!(1, 2, "not important either") });
                heard.on_commit(tx, "before");
                tx.on_commit(async { Err::<(), _>("the mail server") });
                heard.on_commit(tx, "after");
                heard.on_commit(tx, "after that");
                Ok::<_, Error>(())
            })
            .await
            .unwrap_err();
        let Error::OnCommit(error) = &ended else { panic!("{ended:?}") };
        assert_eq!((error.get_ref().to_string().as_str(), error.skipped()), ("the mail server", 2));
        assert!(!ended.is_retryable());
        assert_eq!(heard.take(), ["before"]);
        assert_eq!(ids(db).await, [1], "committed, once");
        assert_at_rest(db).await;
    });
}
