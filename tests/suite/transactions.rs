//! Transactions take effect whole or not at all, nest, and run everything that a database runs.

use std::time::Duration;

use futures_util::{TryStreamExt, future::try_join_all};
use orm::IsolationLevel::{ReadCommitted, RepeatableRead, Serializable};
use orm::backend::Executor;
use orm::prelude::*;
use orm::{DatabaseErrorKind as Kind, Error};

use crate::support::{Db, Tested, run, run_by_url, run_threaded};

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Account {
    #[field(primary_key, identity = false)]
    pub id: i64,
    #[field(max_length = 30, unique)]
    pub owner: String,
    #[field(default = 0)]
    pub balance: i64,
}

pub async fn open(db: &impl Executor, id: i64) -> Result<Account, Error> {
    Account::objects().create(db, |a| a.id(id).owner(format!("owner {id}"))).await
}

pub async fn ids(db: &impl Executor) -> Vec<i64> {
    Account::objects().order_by(|a| a.id).values(|a| a.id).all(db).await.unwrap()
}

/// Whatever was done, the pool is whole and nobody's transaction is open.
pub async fn assert_at_rest(db: &Db) {
    for _ in 0..200 {
        let status = db.pool_status();
        if status.idle == status.open && status.waiting == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let status = db.pool_status();
    assert_eq!((status.idle, status.waiting), (status.open, 0), "{status:?}");
}

#[derive(Debug)]
enum Refusal {
    Orm(Error),
    Mine(&'static str),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Refusal::Orm(error)
    }
}

#[test]
fn ok_commits_and_an_error_of_any_type_rolls_back() {
    run(models![Account], async |db| {
        let opened = db.atomic(async |tx| open(tx, 1).await).await.unwrap();
        assert_eq!(opened.id, 1);
        let refused = db
            .atomic(async |tx| {
                open(tx, 2).await?;
                assert_eq!(ids(tx).await, [1, 2]);
                Err::<(), _>(Refusal::Mine("no"))
            })
            .await;
        assert!(matches!(refused, Err(Refusal::Mine("no"))));
        assert_eq!(ids(db).await, [1]);
        let refused: Result<(), Refusal> = db
            .atomic(async |tx| {
                open(tx, 2).await?;
                open(tx, 1).await?;
                Ok(())
            })
            .await;
        assert!(matches!(refused, Err(Refusal::Orm(error)) if error.is_unique_violation()));
        assert_eq!(ids(db).await, [1]);
        assert_at_rest(db).await;
    });
}

#[test]
fn blocks_nest_and_roll_back_alone() {
    run(models![Account], async |db| {
        db.atomic(async |tx| {
            open(tx, 1).await?;
            let inner = tx
                .atomic(async |sp| {
                    open(sp, 2).await?;
                    sp.atomic(async |deeper| {
                        open(deeper, 3).await?;
                        assert_eq!(ids(deeper).await, [1, 2, 3]);
                        Ok::<_, Error>(())
                    })
                    .await?;
                    Err::<(), _>(Refusal::Mine("undo"))
                })
                .await;
            assert!(inner.is_err());
            assert_eq!(ids(tx).await, [1]);
            tx.atomic(async |sp| {
                open(sp, 4).await?;
                let undone: Result<(), Refusal> = sp
                    .atomic(async |deeper| {
                        open(deeper, 5).await?;
                        Err(Refusal::Mine("undo"))
                    })
                    .await;
                assert!(undone.is_err());
                open(sp, 6).await
            })
            .await?;
            assert_eq!(ids(tx).await, [1, 4, 6]);
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
        assert_eq!(ids(db).await, [1, 4, 6]);
        assert_at_rest(db).await;
    });
}

#[test]
fn futures_of_blocks_can_be_spawned() {
    async fn service(tx: &Transaction<Tested>, names: &[String]) -> Result<usize, Error> {
        for (id, name) in (1..).zip(names) {
            Account::objects().create(tx, |a| a.id(id).owner(name.as_str())).await?;
        }
        Ok(names.len())
    }
    async fn generic<E: Executor>(db: &E) -> Result<u64, Error> {
        Account::objects().count(db).await
    }
    run_threaded(models![Account], async |db| {
        let db = db.clone();
        let spawned = tokio::spawn(async move {
            let names = vec!["ann".to_owned(), "bob".to_owned()];
            let made = db
                .atomic(async |tx| {
                    let made = service(tx, &names).await?;
                    let again =
                        tx.atomic(async |sp| sp.atomic(async |deeper| generic(deeper).await).await).await?;
                    assert_eq!(again, 2);
                    Ok::<_, Error>(made)
                })
                .await?;
            let counted =
                db.transaction().isolation(Serializable).retry(2).run(async |tx| generic(tx).await).await?;
            let tx = db.begin().await?;
            let mut rows = Account::objects().stream(&tx);
            assert!(rows.try_next().await?.is_some());
            drop(rows);
            tx.commit().await?;
            Ok::<_, Error>((made, counted))
        });
        assert_eq!(spawned.await.unwrap().unwrap(), (2, 2));
    });
}

#[test]
fn objects_end_by_hand() {
    run(models![Account], async |db| {
        let tx = db.begin().await.unwrap();
        open(&tx, 1).await.unwrap();
        let sp = tx.begin().await.unwrap();
        open(&sp, 2).await.unwrap();
        // Not a hang: the outer one is not to be used meanwhile.
        assert!(matches!(open(&tx, 9).await, Err(Error::InvalidTransaction(_))));
        assert!(matches!(tx.begin().await, Err(Error::InvalidTransaction(_))));
        sp.rollback().await.unwrap();
        let sp = tx.begin().await.unwrap();
        open(&sp, 3).await.unwrap();
        sp.commit().await.unwrap();
        let sp = tx.begin().await.unwrap();
        open(&sp, 4).await.unwrap();
        drop(sp);
        assert_eq!(ids(&tx).await, [1, 3]);
        tx.commit().await.unwrap();
        assert_eq!(ids(db).await, [1, 3]);

        let tx = db.begin().await.unwrap();
        open(&tx, 5).await.unwrap();
        tx.rollback().await.unwrap();
        let tx = db.begin().await.unwrap();
        open(&tx, 5).await.unwrap();
        drop(tx);
        assert_eq!(ids(db).await, [1, 3]);
        assert_at_rest(db).await;
    });
}

#[test]
fn an_outer_end_does_not_let_an_inner_one_end_well() {
    run(models![Account], async |db| {
        for committed in [true, false] {
            let tx = db.begin().await.unwrap();
            let sp = tx.begin().await.unwrap();
            open(&sp, 1).await.unwrap();
            let ended = if committed { tx.commit().await } else { tx.rollback().await };
            assert!(matches!(ended, Err(Error::InvalidTransaction(_))), "{ended:?}");
            assert!(open(&sp, 2).await.is_err());
            assert!(sp.commit().await.is_err());
        }
        let tx = db.begin().await.unwrap();
        let sp = tx.begin().await.unwrap();
        open(&sp, 1).await.unwrap();
        drop(tx);
        assert!(sp.commit().await.is_err());
        assert!(ids(db).await.is_empty());
        assert_at_rest(db).await;
    });
}

#[test]
fn the_outer_transaction_is_refused_within_an_inner_block() {
    run(models![Account], async |db| {
        db.atomic(async |tx| {
            tx.atomic(async |sp| {
                assert!(matches!(open(tx, 1).await, Err(Error::InvalidTransaction(_))));
                assert!(matches!(
                    tx.atomic(async |_| Ok::<_, Error>(())).await,
                    Err(Error::InvalidTransaction(_))
                ));
                // Nothing was sent, so nothing is broken.
                open(sp, 2).await
            })
            .await?;
            open(tx, 3).await
        })
        .await
        .unwrap();
        assert_eq!(ids(db).await, [2, 3]);
    });
}

#[test]
fn statements_and_blocks_started_together_queue() {
    run(models![Account], async |db| {
        db.atomic(async |tx| {
            let opened = try_join_all((0..20).map(|id| open(tx, id))).await?;
            assert_eq!(opened.len(), 20);
            let blocks = (20..30).map(|id| {
                tx.atomic(async move |sp| {
                    open(sp, id).await?;
                    tokio::task::yield_now().await;
                    if id % 2 == 0 { Err(Refusal::Mine("even")) } else { Ok(()) }
                })
            });
            let beside = (30..40).map(|id| open(tx, id));
            let (blocks, beside) = futures_util::join!(
                futures_util::future::join_all(blocks),
                futures_util::future::join_all(beside)
            );
            assert!(beside.iter().all(Result::is_ok), "{beside:?}");
            assert_eq!(blocks.iter().filter(|block| block.is_ok()).count(), 5);
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
        let kept = (0..40).filter(|id| !(20..30).contains(id) || id % 2 == 1).collect::<Vec<i64>>();
        assert_eq!(ids(db).await, kept);
        assert_at_rest(db).await;
    });
}

#[test]
fn a_stream_and_statements_share_a_transaction() {
    run(models![Account], async |db| {
        db.atomic(async |tx| {
            for id in 0..1_000 {
                open(tx, id).await?;
            }
            let mut rows = Account::objects().order_by(|a| a.id).stream(tx);
            let mut seen = 0;
            while let Some(account) = rows.try_next().await? {
                // docs/guide/src/differences.md: A stream of a transaction
                if account.id >= 10_000 {
                    assert_eq!(tx.dialect(), Dialect::Sqlite, "what was inserted meanwhile is seen");
                    continue;
                }
                assert_eq!(account.id, seen);
                seen += 1;
                if account.id % 100 == 0 {
                    // A statement, a block, one that fails within it, and another stream, all between two rows.
                    let changed =
                        Account::objects().pk(account.id).update(tx, |a| a.balance.set(account.id)).await?;
                    assert_eq!(changed, 1);
                    tx.atomic(async |sp| open(sp, 10_000 + account.id).await).await?;
                    let twice = tx.atomic(async |sp| open(sp, 0).await).await;
                    assert!(twice.is_err_and(|error| error.is_unique_violation()));
                    let mut others = Account::objects().filter(|a| a.id.lt(500)).stream(tx);
                    others.try_next().await?;
                    if account.id % 200 == 0 {
                        others.try_for_each(|_| async { Ok(()) }).await?;
                    }
                }
            }
            assert_eq!(seen, 1_000);
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
        assert_eq!(Account::objects().count(db).await.unwrap(), 1_010);
        assert_eq!(Account::objects().filter(|a| a.balance.gt(0)).count(db).await.unwrap(), 9);

        // Left unread, at the end of the transaction and in a block that is undone.
        db.atomic(async |tx| {
            let mut rows = Account::objects().stream(tx);
            rows.try_next().await?;
            drop(rows);
            let undone: Result<(), Refusal> = tx
                .atomic(async |sp| {
                    let mut rows = Account::objects().stream(sp);
                    rows.try_next().await?;
                    Err(Refusal::Mine("undo"))
                })
                .await;
            assert!(undone.is_err());
            let mut rows = Account::objects().stream(tx);
            rows.try_next().await?;
            open(tx, 20_000).await
        })
        .await
        .unwrap();
        let left: Result<(), Refusal> = db
            .atomic(async |tx| {
                let mut rows = Account::objects().stream(tx);
                rows.try_next().await?;
                Err(Refusal::Mine("undo"))
            })
            .await;
        assert!(left.is_err());
        assert_eq!(Account::objects().count(db).await.unwrap(), 1_011);
        assert_at_rest(db).await;
    });
}

#[test]
fn a_durable_transaction_is_outermost() {
    run(models![Account], async |db| {
        db.transaction().durable().run(async |tx| open(tx, 1).await).await.unwrap();
        db.atomic(async |tx| {
            let inner = tx.transaction().durable().run(async |sp| open(sp, 2).await).await;
            assert!(matches!(inner, Err(Error::InvalidTransaction(_))));
            let inner = tx.transaction().isolation(Serializable).begin().await;
            assert!(matches!(inner, Err(Error::InvalidTransaction(_))));
            let inner = tx.transaction().retry(1).run(async |sp| open(sp, 2).await).await;
            assert!(matches!(inner, Err(Error::InvalidTransaction(_))));
            tx.transaction().run(async |sp| open(sp, 3).await).await
        })
        .await
        .unwrap();
        assert_eq!(ids(db).await, [1, 3]);
    });
}

#[test]
fn options_reach_the_database() {
    run(models![Account], async |db| {
        for level in [ReadCommitted, RepeatableRead, Serializable] {
            let count = db
                .transaction()
                .isolation(level)
                .lock_timeout(Duration::from_secs(3))
                .run(async |tx| Account::objects().count(tx).await)
                .await;
            assert_eq!(count.unwrap(), 0);
        }
        let refused = db.transaction().read_only().run(async |tx| open(tx, 1).await).await.unwrap_err();
        assert_eq!(refused.kind(), Some(Kind::ReadOnly));
        let report = db.transaction().isolation(Serializable).read_only().deferrable();
        let counted = report.run(async |tx| Account::objects().count(tx).await).await;
        // docs/guide/src/differences.md: `deferrable()` of a transaction
        match db.dialect() {
            Dialect::Postgres => assert_eq!(counted.unwrap(), 0),
            _ => assert!(matches!(counted, Err(Error::Unsupported { .. }))),
        }
        open(db, 1).await.expect("no option stays behind");
        assert_at_rest(db).await;
    });
}

#[test]
fn repeatable_read_sees_one_moment() {
    run(models![Account], async |db| {
        open(db, 1).await.unwrap();
        let tx = db.transaction().isolation(RepeatableRead).read_only().begin().await.unwrap();
        assert_eq!(ids(&tx).await, [1]);
        open(db, 2).await.expect("a reader keeps nobody from writing");
        assert_eq!(ids(&tx).await, [1]);
        tx.commit().await.unwrap();
        assert_eq!(ids(db).await, [1, 2]);
    });
}

#[test]
fn a_database_chosen_by_url_has_the_same_transactions() {
    run_by_url(async |_, url| {
        let db = orm::connect(url).await.unwrap();
        db.create_tables(models![Account]).await.unwrap();
        let task = {
            let db = db.clone();
            tokio::spawn(async move {
                db.atomic(async |tx| {
                    open(tx, 1).await?;
                    let twice = tx.atomic(async |sp| open(sp, 1).await).await;
                    assert!(twice.is_err_and(|error| error.is_unique_violation()));
                    for id in 2..600 {
                        open(tx, id).await?;
                    }
                    let mut rows = Account::objects().stream(tx);
                    let mut count = 0;
                    while let Some(row) = rows.try_next().await? {
                        count += 1;
                        if count <= 3 {
                            Account::objects().pk(row.id).update(tx, |a| a.balance.set(1)).await?;
                        }
                    }
                    assert!(count >= 599);
                    Ok::<_, Error>(())
                })
                .await
            })
        };
        task.await.unwrap().unwrap();
        assert_eq!(Account::objects().count(&db).await.unwrap(), 599);
        let undone = db.transaction().retry(1).run(async |tx| {
            open(tx, 900).await?;
            Err::<(), _>(Refusal::Mine("no"))
        });
        assert!(undone.await.is_err());
        assert_eq!(Account::objects().filter(|a| a.balance.eq(1)).count(&db).await.unwrap(), 3);
        db.close().await;
    });
}

#[test]
fn code_for_any_executor_has_blocks_too() {
    async fn twice<E: Executor>(db: &E, id: i64) -> Result<u64, Error> {
        let name = format!("owner {id}");
        orm::atomic(db, async |tx| {
            Account::objects().create(tx, |a| a.id(id).owner(name.as_str())).await?;
            orm::atomic(tx, async |sp| Account::objects().count(sp).await).await
        })
        .await
    }
    // Known to be `Send` for any executor, before it is known which.
    fn sent<'e, E: Executor>(db: &'e E, id: i64) -> impl Future<Output = Result<u64, Error>> + Send + 'e {
        twice(db, id)
    }
    run_threaded(models![Account], async |db| {
        assert_eq!(sent(db, 1).await.unwrap(), 1);
        assert!(twice(db, 1).await.is_err());
        let db = db.clone();
        let spawned = tokio::spawn(async move {
            db.atomic(async |tx| {
                assert!(twice(tx, 1).await.is_err_and(|error| error.is_unique_violation()));
                twice(tx, 2).await
            })
            .await
        });
        assert_eq!(spawned.await.unwrap().unwrap(), 2);
    });
}
