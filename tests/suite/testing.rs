//! Databases of tests: what is written there is gone afterwards, and code runs in them as on a database of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Barrier, Mutex};
use std::time::Duration;

use orm::Error;
use orm::IsolationLevel::Serializable;
use orm::backend::{Backend, Connection, Executor};
use orm::compile::{Access, Operation, TestRun};
use orm::model::ModelEntry;
use orm::prelude::*;
use orm::testing::{NoSetup, Options, TestDatabase, no_setup, run_at};

use crate::support::{TestDatabase as _, Tested, with_parameter};

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Guest {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 30, unique)]
    pub name: String,
    #[field(auto_now_add)]
    pub invited: DateTime<Utc>,
    #[field(auto_now)]
    pub seen: DateTime<Utc>,
}

const MODELS: &[ModelEntry] = models![Guest];

pub type Db = TestDatabase<Tested>;

/// Runs a test as `#[orm::test]` does, on the database of this binary.
pub fn check(options: Options, models: &[ModelEntry], test: impl AsyncFnOnce(Db)) {
    let Some(url) = crate::Backend::server() else { return };
    run_at(&url, options, models, no_setup(), test);
}

fn rolled_back(test: impl AsyncFnOnce(Db)) {
    check(Options::default(), MODELS, test);
}

fn isolated() -> Options {
    Options { isolated: true, ..Options::default() }
}

fn threaded() -> Options {
    Options { worker_threads: 2, ..Options::default() }
}

async fn invite(db: &impl Executor, name: &str) -> orm::Result<Guest> {
    Guest::objects().create(db, |g| g.name(name)).await
}

async fn names(db: &impl Executor) -> Vec<String> {
    Guest::objects().order_by(|g| g.name).values(|g| g.name).all(db).await.unwrap()
}

fn noon() -> DateTime<Utc> {
    "2030-01-01T12:00:00Z".parse().unwrap()
}

fn sentence(error: Option<Error>) -> String {
    error.map_or_else(String::new, |error| error.to_string())
}

#[test]
fn two_tests_at_the_same_time_use_the_same_unique_value() {
    if crate::Backend::server().is_none() {
        return;
    }
    let both = Barrier::new(2);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                rolled_back(async |db: Db| {
                    invite(&db, "eve").await.unwrap();
                    both.wait();
                    assert_eq!(names(&db).await, ["eve"]);
                    both.wait();
                });
            });
        }
    });
    // Their databases are used again.
    for _ in 0..3 {
        rolled_back(async |db: Db| assert!(names(&db).await.is_empty()));
    }
}

#[test]
fn an_isolated_test_commits() {
    for _ in 0..2 {
        check(isolated(), MODELS, async |db: Db| {
            assert!(names(&db).await.is_empty());
            db.atomic(async |tx| invite(tx, "eve").await).await.unwrap();
            if !db.url().contains(":memory:") {
                let other = crate::Backend::connect(db.url()).await;
                assert_eq!(names(&other).await, ["eve"]);
                other.close().await;
            }
        });
    }
    rolled_back(async |db: Db| assert!(names(&db).await.is_empty()));
}

#[test]
fn what_is_rolled_back_is_seen_by_nobody_else() {
    rolled_back(async |db: Db| {
        db.atomic(async |tx| invite(tx, "eve").await).await.unwrap();
        if !db.url().contains(":memory:") {
            let other = crate::Backend::connect(db.url()).await;
            assert!(names(&other).await.is_empty());
            other.close().await;
        }
    });
}

#[test]
fn a_test_that_panics_leaves_no_trace() {
    if crate::Backend::server().is_none() {
        return;
    }
    for options in [Options::default(), isolated()] {
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            check(options, MODELS, async |db: Db| {
                invite(&db, "eve").await.unwrap();
                panic!("in the test");
            });
        }));
        let message = panicked.unwrap_err().downcast_ref::<&str>().map(|message| (*message).to_owned());
        assert_eq!(message.as_deref(), Some("in the test"));
    }
    rolled_back(async |db: Db| assert!(names(&db).await.is_empty()));
}

#[test]
fn a_statement_that_fails_fails_alone() {
    rolled_back(async |db: Db| {
        invite(&db, "ann").await.unwrap();
        assert!(invite(&db, "ann").await.is_err_and(|error| error.is_unique_violation()));
        assert!(db.batch("SELECT no_such_column FROM guest").await.is_err());
        invite(&db, "bob").await.unwrap();
        assert_eq!(names(&db).await, ["ann", "bob"]);
    });
}

#[test]
fn what_code_takes_for_transactions_is_rolled_back_and_committed() {
    rolled_back(async |db: Db| {
        let failed = db
            .atomic(async |tx| {
                invite(tx, "ann").await?;
                invite(tx, "ann").await
            })
            .await;
        assert!(failed.is_err_and(|error| error.is_unique_violation()));
        assert!(names(&db).await.is_empty());

        db.atomic(async |tx| {
            invite(tx, "ann").await?;
            let inner = tx.atomic(async |sp| {
                invite(sp, "bob").await?;
                invite(sp, "ann").await
            });
            assert!(inner.await.is_err());
            invite(tx, "eve").await
        })
        .await
        .unwrap();
        assert_eq!(names(&db).await, ["ann", "eve"]);

        let tx = db.begin().await.unwrap();
        Guest::objects().delete(&tx).await.unwrap();
        tx.rollback().await.unwrap();
        let tx = db.begin().await.unwrap();
        Guest::objects().delete(&tx).await.unwrap();
        drop(tx);
        assert_eq!(names(&db).await, ["ann", "eve"]);
        let tx = db.begin().await.unwrap();
        Guest::objects().filter(|g| g.name.eq("ann")).delete(&tx).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(names(&db).await, ["eve"]);

        // Functions that take any executor.
        orm::atomic(&db, async |tx| invite(tx, "zoe").await).await.unwrap();
        assert_eq!(names(&db).await, ["eve", "zoe"]);
    });
}

#[test]
fn options_of_transactions_mean_what_they_mean() {
    rolled_back(async |db: Db| {
        let serializable = db.transaction().isolation(Serializable).durable().retry(2);
        serializable.run(async |tx| invite(tx, "ann").await).await.unwrap();

        let refused = db.transaction().read_only().run(async |tx| {
            assert_eq!(names(tx).await, ["ann"]);
            tx.atomic(async |sp| invite(sp, "bob").await).await
        });
        let kind = refused.await.err().and_then(|error| error.kind());
        assert_eq!(kind, Some(orm::DatabaseErrorKind::ReadOnly));

        let report = db.transaction().isolation(Serializable).read_only().deferrable();
        let counted = report.run(async |tx| Guest::objects().count(tx).await).await;
        match db.dialect() {
            Dialect::Postgres => assert_eq!(counted.unwrap(), 1),
            // docs/guide/src/differences.md: `deferrable` transactions
            _ => assert!(matches!(counted, Err(Error::Unsupported { .. }))),
        }
        assert_eq!(names(&db).await, ["ann"]);
    });
}

#[test]
fn spawned_tasks_are_part_of_the_test() {
    check(threaded(), MODELS, async |db: Db| {
        let tasks: Vec<_> = (0..8)
            .map(|number| {
                let db = db.database().clone();
                tokio::spawn(async move {
                    db.atomic(async |tx| {
                        invite(tx, &format!("guest {number}")).await?;
                        tokio::task::yield_now().await;
                        invite(tx, &format!("friend {number}")).await
                    })
                    .await?;
                    Guest::objects().count(&db).await
                })
            })
            .collect();
        for task in tasks {
            assert!(task.await.unwrap().unwrap() >= 2);
        }
        assert_eq!(names(&db).await.len(), 16);
    });
    rolled_back(async |db: Db| assert!(names(&db).await.is_empty()));
}

#[test]
fn a_statement_that_would_wait_for_itself_says_so() {
    rolled_back(async |db: Db| {
        let inside = db.atomic(async |_tx| invite(&db, "eve").await).await;
        let said = sentence(inside.err());
        assert!(said.contains("one connection") && said.contains("isolated"), "{said}");
        // Nothing is broken by it.
        invite(&db, "eve").await.unwrap();
    });
}

#[test]
fn streams_leave_room_for_other_statements() {
    rolled_back(async |db: Db| {
        for number in 0..30 {
            invite(&db, &format!("{number:02}")).await.unwrap();
        }
        let mut rows = Guest::objects().order_by(|g| g.name).stream(&db);
        let mut seen = 0;
        while let Some(guest) = rows.try_next().await.unwrap() {
            if seen % 10 == 0 {
                invite(&db, &format!("friend of {}", guest.name)).await.unwrap();
            }
            seen += 1;
        }
        assert!((30..=33).contains(&seen), "{seen}");
        assert_eq!(names(&db).await.len(), 33);
    });
}

#[test]
fn tables_are_made_where_that_is_not_a_commit() {
    check(Options::default(), &[], async |db: Db| {
        let made = db.create_tables(MODELS).await;
        if db.dialect().capability().transactional_ddl {
            made.unwrap();
            invite(&db, "eve").await.unwrap();
        } else {
            let said = sentence(made.err());
            assert!(said.contains("#[orm::test(models = […])]"), "{said}");
        }
    });
    check(Options::default(), &[], async |db: Db| {
        assert!(Guest::objects().count(&db).await.is_err(), "the table is still there");
    });
}

#[test]
fn work_on_commit_runs_after_the_block() {
    for options in [Options::default(), isolated()] {
        check(options, MODELS, async |db: Db| {
            let done = std::sync::Arc::new(Mutex::new(Vec::new()));
            let note = |what: &'static str| {
                let done = done.clone();
                async move { done.lock().unwrap().push(what) }
            };
            db.atomic(async |tx| {
                tx.on_commit(note("first"));
                tx.atomic(async |sp| {
                    sp.on_commit(note("inner"));
                    Ok::<_, Error>(())
                })
                .await?;
                assert!(done.lock().unwrap().is_empty());
                Ok::<_, Error>(())
            })
            .await
            .unwrap();
            assert_eq!(*done.lock().unwrap(), ["first", "inner"]);

            let ((), captured) = db
                .capture_on_commit(async {
                    let failed = db.atomic(async |tx| {
                        tx.on_commit(note("never"));
                        Guest::objects().get(tx).await
                    });
                    assert!(failed.await.is_err());
                    db.atomic(async |tx| {
                        tx.on_commit(note("captured"));
                        Ok::<_, Error>(())
                    })
                    .await
                    .unwrap();
                    assert!(db.capture_on_commit(async {}).await.is_err());
                })
                .await
                .unwrap();
            assert_eq!((captured.len(), done.lock().unwrap().len()), (1, 2));
            captured.run().await.unwrap();
            assert_eq!(*done.lock().unwrap(), ["first", "inner", "captured"]);
        });
    }
}

#[test]
fn the_clock_is_the_databases_own() {
    for options in [Options::default(), isolated()] {
        check(options, MODELS, async |db: Db| {
            let start = Utc::now();
            assert!(invite(&db, "early").await.unwrap().invited >= start - TimeDelta::seconds(1));

            let noon = noon();
            db.clock().set(noon);
            let mut ann = invite(&db, "ann").await.unwrap();
            assert_eq!((ann.invited, ann.seen), (noon, noon));

            db.clock().advance(TimeDelta::hours(1));
            let later = noon + TimeDelta::hours(1);
            db.atomic(async |tx| ann.save(tx).await).await.unwrap();
            assert_eq!((ann.invited, ann.seen), (noon, later));
            let drafts = [Guest::draft().name("bob").build(), Guest::draft().name("eve").build()];
            let created = Guest::objects().bulk_create(&db, drafts).await.unwrap();
            assert!(created.iter().all(|guest| guest.invited == later && guest.seen == later));
            let task = tokio::spawn({
                let db = db.database().clone();
                async move { Guest::objects().get_or_create(&db, |g| g.name.eq("zoe"), |g| g.name("zoe")).await }
            });
            assert_eq!(task.await.unwrap().unwrap().0.invited, later);

            db.clock().reset();
            assert!(invite(&db, "late").await.unwrap().invited < noon);
        });
    }
    // Nobody else's has changed.
    rolled_back(async |db: Db| assert!(invite(&db, "eve").await.unwrap().invited < noon()));
}

#[test]
fn queries_are_counted_as_on_a_database() {
    rolled_back(async |db: Db| {
        orm::assert_queries!(2, {
            invite(&db, "ann").await.unwrap();
            Guest::objects().all(&db).await.unwrap();
        });
        let (_, recording) = orm::recorder::record(
            db.atomic(async |tx| names(tx).await.pop().ok_or(Error::InvalidCursor(""))),
        )
        .await;
        let texts: Vec<&str> = recording.statements().iter().map(|statement| &*statement.sql).collect();
        assert_eq!((texts.len(), texts[0], texts[2]), (3, "BEGIN", "COMMIT"));
    });
}

#[test]
fn a_database_is_filled_once_for_all_tests_where_it_can_be_copied() {
    static FILLED: AtomicUsize = AtomicUsize::new(0);
    let Some(url) = crate::Backend::server() else { return };
    let mut dialect = None;
    for options in [Options::default(), Options::default(), isolated(), isolated()] {
        run_at(
            &url,
            options,
            MODELS,
            Some(async |db: &orm::Database<Tested>| {
                FILLED.fetch_add(1, Ordering::Relaxed);
                invite(db, "eve").await.map(drop)
            }),
            async |db: Db| {
                assert_eq!(names(&db).await, ["eve"]);
                Guest::objects().delete(&db).await.unwrap();
                dialect = Some(db.dialect());
            },
        );
    }
    let templates = dialect.is_some_and(|dialect| dialect.capability().database_templates);
    let filled = FILLED.load(Ordering::Relaxed);
    // Elsewhere the first database is used twice, where it outlives its test.
    assert!(if templates { filled == 1 } else { filled == 3 || filled == 4 }, "{filled}");
}

#[test]
fn a_setup_that_fails_says_so_in_each_test() {
    let Some(url) = crate::Backend::server() else { return };
    for _ in 0..2 {
        let setup = Some(async |_: &orm::Database<Tested>| Err::<(), _>("no milk"));
        let failed = catch_unwind(AssertUnwindSafe(|| {
            run_at(&url, Options::default(), MODELS, setup, async |db: Db| {
                assert!(names(&db).await.is_empty(), "it ran");
            });
        }));
        let message = failed.unwrap_err().downcast_ref::<String>().cloned().unwrap();
        assert!(message.contains("the setup of the tests failed: \"no milk\""), "{message}");
    }
}

#[test]
fn an_error_that_is_returned_fails() {
    let Some(url) = crate::Backend::server() else { return };
    let failed = catch_unwind(AssertUnwindSafe(|| {
        run_at(&url, Options::default(), MODELS, None::<NoSetup<Tested>>, async |db: Db| {
            Guest::objects().get(&db).await.map(drop)
        });
    }));
    let message = failed.unwrap_err().downcast_ref::<String>().cloned().unwrap();
    assert!(message.starts_with("the test returned an error: Error(no `Guest` matches"), "{message}");
}

#[test]
fn a_handle_that_outlives_its_test_says_so() {
    if crate::Backend::server().is_none() {
        return;
    }
    let mut kept = None;
    rolled_back(async |db: Db| kept = Some(db.database().clone()));
    rolled_back(async |db: Db| {
        invite(&db, "eve").await.unwrap();
        let said = sentence(kept.take().unwrap().batch("SELECT 1").await.err());
        assert!(said.contains("the test has ended"), "{said}");
    });
}

/// Which databases of these there are.
async fn existing(db: &orm::Database<Tested>, names: &[String]) -> Vec<String> {
    let all = match db.dialect() {
        Dialect::Postgres => orm::raw!("SELECT datname::text FROM pg_database"),
        Dialect::MySql | Dialect::MariaDb => {
            orm::raw!("SELECT schema_name FROM information_schema.schemata")
        }
        Dialect::Sqlite => return Vec::new(),
    };
    let all = all.fetch::<String>(db).await.unwrap();
    names.iter().filter(|name| all.contains(name)).cloned().collect()
}

#[test]
fn what_dead_runs_have_left_is_dropped_and_what_live_ones_use_is_not() {
    let Some(url) = crate::Backend::server() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let process = std::process::id();
    runtime.block_on(async {
        let admin = crate::Backend::connect(&with_parameter(&url, "statement_cache=7")).await;
        if admin.dialect() == Dialect::Sqlite {
            // docs/guide/src/differences.md: Databases of tests
            assert!(TestRun::new(Dialect::Sqlite, 1, Duration::ZERO).is_err());
            return;
        }
        let dead = TestRun::new(admin.dialect(), process, Duration::new(1, 1)).unwrap();
        let live = TestRun::new(admin.dialect(), process, Duration::new(2, 2)).unwrap();
        let mut session = admin.backend().acquire(Access::Write, Operation::new("", "test")).await.unwrap();
        session.batch(&live.claim()).await.unwrap();
        let names = [dead.database(0), dead.database(1), live.database(0)];
        let own = format!("orm_test_mine_{process}");
        for name in names.iter().chain([&own]) {
            admin.batch(&live.create_database(name, None)).await.unwrap();
        }
        // Another URL is another run of this process, which begins by cleaning up.
        let fresh = with_parameter(&url, "statement_cache=8");
        let ran = std::thread::spawn(move || {
            run_at(&fresh, Options::default(), MODELS, no_setup(), async |db: Db| {
                invite(&db, "eve").await.unwrap();
            });
        });
        ran.join().unwrap();
        let left = existing(&admin, &[&names[..], std::slice::from_ref(&own)].concat()).await;
        assert_eq!(left, [names[2].clone(), own.clone()]);
        for name in [&names[2], &own] {
            admin.batch(&live.drop_database(name)).await.unwrap();
        }
        drop(session);
        admin.close().await;
    });
}
