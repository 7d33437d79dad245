//! What `tracing` is told: statements, transactions, waits for a connection, and what takes too long. Never a value.

mod capture;

use std::time::Duration;

use futures_util::TryStreamExt;
use orm::error::PoolError;
use orm::prelude::*;
use orm::{AnyDatabase, Dialect, Error};

use crate::support::{Db, run, run_by_url, with_parameter};
use capture::{Capture, Seen};

#[derive(Model, Debug, Clone, PartialEq)]
struct Cup {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 50, unique)]
    label: String,
}

/// A value that must not be seen anywhere.
const CANARY: &str = "canary";

fn is_embedded(dialect: Dialect) -> bool {
    dialect == Dialect::Sqlite
}

/// What every statement says of its database and its place.
fn assert_place(db: &Db, seen: &Seen) {
    assert_eq!(seen.field("db.system.name"), Some(db.dialect().system_name()), "{seen:?}");
    assert!(
        seen.field("db.namespace").is_some_and(|name| name.contains("orm_t_") || name.ends_with("test.db"))
    );
    let (address, port) = (seen.field("server.address"), seen.field("server.port"));
    assert_eq!(address.is_none() || port.is_none(), is_embedded(db.dialect()), "{seen:?}");
    assert!(seen.field("code.file.path").is_some_and(|file| file.ends_with("suite/observe.rs")), "{seen:?}");
    assert!(seen.field("code.line.number").is_some());
}

const DURATION: &str = "histogram.db.client.operation.duration";

#[test]
fn a_statement_is_a_span_and_an_event_with_the_names_of_opentelemetry() {
    run(models![Cup], async |db| {
        let capture = Capture::start();
        Cup::objects().create(db, |c| c.label(CANARY)).await.unwrap();
        Cup::objects().create(db, |c| c.label("other")).await.unwrap();
        capture.clear();
        assert_eq!(Cup::objects().filter(|c| c.label.ne(CANARY)).all(db).await.unwrap().len(), 1);
        Cup::objects().filter(|c| c.label.ne(CANARY)).update(db, |c| c.label.set("new")).await.unwrap();

        for seen in [&capture.spans("statement")[..], &capture.events("orm::sql")[..]] {
            let [read, written] = seen else { panic!("{seen:?}") };
            for (seen, operation, summary) in
                [(read, "SELECT", "SELECT cup"), (written, "UPDATE", "UPDATE cup")]
            {
                assert_place(db, seen);
                assert_eq!(seen.field("db.operation.name"), Some(operation));
                assert_eq!(seen.field("db.collection.name"), Some("cup"));
                assert_eq!(seen.field("db.query.summary"), Some(summary));
                assert!(seen.field("db.query.text").is_some_and(|sql| sql.starts_with(operation)));
                assert_eq!(seen.field("error.type"), None);
            }
            assert_eq!(read.field("orm.operation"), Some("Cup.all"));
            assert_eq!(read.field("db.response.returned_rows"), Some("1"));
            assert_eq!(written.field("db.response.returned_rows"), None);
            assert_eq!(written.field("orm.affected_rows"), Some("1"));
        }
        let [read, _] = &capture.spans("statement")[..] else { panic!("two statements") };
        assert_eq!((read.field("otel.name"), read.field("otel.kind")), (Some("SELECT cup"), Some("client")));
        let [event, _] = &capture.events("orm::sql")[..] else { panic!("two statements") };
        assert!(event.field("duration_us").is_some());
        assert_eq!(event.within, ["statement"]);
    });
}

#[test]
fn a_measurement_says_how_long_a_statement_took() {
    run(models![Cup], async |db| {
        let capture = Capture::start();
        Cup::objects().count(db).await.unwrap();
        let mut measured = capture.events("orm::metrics");
        measured.retain(|seen| seen.field(DURATION).is_some());
        let [duration] = &measured[..] else { panic!("{measured:?}") };
        let seconds: f64 = duration.field(DURATION).unwrap().parse().unwrap();
        assert!(seconds > 0.0 && seconds < 10.0);
        assert_eq!(duration.field("db.query.summary"), Some("SELECT cup"));
    });
}

#[test]
fn a_failure_says_its_kind_and_no_value() {
    run(models![Cup], async |db| {
        let capture = Capture::start();
        Cup::objects().create(db, |c| c.label(CANARY)).await.unwrap();
        capture.clear();
        let twice = Cup::objects().create(db, |c| c.label(CANARY)).await;
        assert!(twice.is_err_and(|error| error.is_unique_violation()));
        let (spans, events) = (capture.spans("statement"), capture.events("orm::sql"));
        for seen in spans.iter().chain(&events) {
            assert_eq!(seen.field("error.type"), Some("unique_violation"), "{seen:?}");
            assert!(seen.field("db.response.status_code").is_some(), "{seen:?}");
        }
        assert_eq!((spans.len(), events.len()), (1, 1));
        assert_eq!(spans[0].field("otel.status_code"), Some("ERROR"));
        assert_eq!(events[0].message(), "statement failed");
        assert!(!capture.text().contains(CANARY), "{}", capture.text());
    });
}

#[test]
fn a_statement_that_is_dropped_is_told_as_given_up() {
    run(models![Cup], async |db| {
        let capture = Capture::start();
        let tx = db.begin().await.unwrap();
        Cup::objects().create(&tx, |c| c.label("held")).await.unwrap();
        capture.clear();
        Cup::objects().all(&tx).await.unwrap();
        let events = capture.events("orm::sql");
        assert_eq!(events.len(), 1);
        assert_eq!(events[0].field("error.type"), None);

        capture.clear();
        let mut dropped = std::pin::pin!(Cup::objects().create(db, |c| c.label("late")));
        // On no database is there an answer before the first time that it is polled again: SQLite's writer is lent, and
        // servers answer through the network.
        assert!(futures_util::poll!(dropped.as_mut()).is_pending());
        drop(tx);
        dropped.set(Cup::objects().create(db, |c| c.label("later")));
        let events = capture.events("orm::sql");
        let given_up: Vec<_> = events.iter().filter_map(|event| event.field("error.type")).collect();
        assert_eq!(given_up, ["given_up"], "{events:?}");
    });
}

#[test]
fn statements_are_within_their_transactions_and_savepoints() {
    run(models![Cup], async |db| {
        let capture = Capture::start();
        db.atomic(async |tx| {
            Cup::objects().create(tx, |c| c.label("a")).await?;
            let undone = tx
                .atomic(async |sp| {
                    Cup::objects().create(sp, |c| c.label("b")).await?;
                    Err::<(), _>(Error::InvalidQuery("no".into()))
                })
                .await;
            assert!(undone.is_err());
            Ok::<_, Error>(())
        })
        .await
        .unwrap();

        let [transaction] = &capture.spans("transaction")[..] else { panic!("one transaction") };
        assert_place(db, transaction);
        assert_eq!(transaction.field("orm.transaction.outcome"), Some("committed"));
        let [savepoint] = &capture.spans("savepoint")[..] else { panic!("one savepoint") };
        assert_eq!(savepoint.field("orm.transaction.outcome"), Some("rolled back"));
        assert_eq!(savepoint.within, ["transaction"]);
        let statements: Vec<(String, Vec<String>)> = capture
            .spans("statement")
            .iter()
            .map(|seen| (seen.field("db.query.summary").unwrap_or_default().to_owned(), seen.within.clone()))
            .collect();
        let told = |summary: &str| {
            let found = statements.iter().filter(|(known, _)| known == summary);
            found.map(|(_, within)| within.join(" in ")).collect::<Vec<_>>()
        };
        assert_eq!(told("BEGIN"), ["transaction"], "{statements:?}");
        assert_eq!(told("SAVEPOINT"), ["savepoint in transaction"], "{statements:?}");
        assert_eq!(told("INSERT cup")[..], ["transaction", "savepoint in transaction"]);
        assert_eq!(told("COMMIT"), ["transaction"]);

        capture.clear();
        let tx = db.begin().await.unwrap();
        drop(tx);
        db.begin().await.unwrap().rollback().await.unwrap();
        let outcomes: Vec<_> = capture
            .events("orm::transaction")
            .iter()
            .map(|seen| seen.field("orm.transaction.outcome").unwrap_or_default().to_owned())
            .collect();
        assert_eq!(outcomes, ["dropped", "rolled back"]);
    });
}

#[test]
fn a_stream_is_told_with_the_rows_that_were_read() {
    run(models![Cup], async |db| {
        for number in 0..600 {
            Cup::objects().create(db, |c| c.label(format!("cup {number}"))).await.unwrap();
        }
        let capture = Capture::start();
        let rows: Vec<Cup> = Cup::objects().stream(db).try_collect().await.unwrap();
        assert_eq!(rows.len(), 600);
        let mut some = Cup::objects().stream(db);
        some.try_next().await.unwrap();
        drop(some);
        let (spans, events) = (capture.spans("statement"), capture.events("orm::sql"));
        for seen in [&spans, &events] {
            let rows: Vec<_> = seen.iter().map(|seen| seen.field("db.response.returned_rows")).collect();
            assert_eq!(rows, [Some("600"), Some("256")], "{seen:?}");
        }
    });
}

async fn connect(url: &str, parameters: &str) -> AnyDatabase {
    orm::connect(&with_parameter(url, parameters)).await.expect("the database of the test")
}

#[test]
fn a_slow_statement_is_warned_of_with_its_place() {
    run_by_url(async |db, url| {
        db.create_tables(models![Cup]).await.unwrap();
        let capture = Capture::start();
        let never = connect(url, "slow_query_after=off").await;
        let late = connect(url, "slow_query_after=1h").await;
        Cup::objects().all(&never).await.unwrap();
        Cup::objects().all(&late).await.unwrap();
        assert!(capture.events("orm::slow").is_empty(), "{}", capture.text());

        let always = connect(url, "slow_query_after=1us").await;
        Cup::objects().filter(|c| c.label.eq(CANARY)).all(&always).await.unwrap();
        let warned = capture.events("orm::slow");
        let [warning] = &warned[..] else { panic!("{warned:?}") };
        assert_place(db, warning);
        assert_eq!(warning.level, tracing::Level::WARN);
        assert_eq!(warning.field("threshold_us"), Some("1"));
        assert!(warning.field("db.query.text").is_some_and(|sql| sql.starts_with("SELECT")));
        assert!(warning.message().starts_with("slow statement: `Cup.all` took "), "{warning:?}");
        assert!(warning.message().contains("suite/observe.rs:"), "{warning:?}");
        assert!(!capture.text().contains(CANARY));
        for db in [never, late, always] {
            db.close().await;
        }
    });
}

#[test]
fn a_list_of_many_rows_is_warned_of_once_with_its_place() {
    run_by_url(async |db, url| {
        db.create_tables(models![Cup]).await.unwrap();
        let cups = (0..600).map(|n| Cup::draft().label(format!("{CANARY} {n}")));
        Cup::objects().bulk_create(db, cups).await.unwrap();
        let capture = Capture::start();
        let usual = connect(url, "slow_query_after=off").await;
        let more = connect(url, "slow_query_after=off&many_rows_from=601").await;
        let off = connect(url, "many_rows_from=off").await;
        for db in [&usual, &more, &off] {
            Cup::objects().all(db).await.unwrap();
        }
        assert!(capture.events("orm::rows").is_empty(), "{}", capture.text());

        for (at, parameters) in
            ["many_rows_from=600&slow_query_after=off", "many_rows_from=600"].into_iter().enumerate()
        {
            let told = connect(url, parameters).await;
            Cup::objects().limit(599).all(&told).await.unwrap();
            let streamed: Vec<Cup> = Cup::objects().stream(&told).try_collect().await.unwrap();
            Cup::objects().update(&told, |c| c.label.set(c.label)).await.unwrap();
            let made = (0..600).map(|n| Cup::draft().label(format!("{at} {n}")));
            let made = Cup::objects().bulk_create(&told, made).await.unwrap();
            Cup::objects().bulk_delete(&told, &made).await.unwrap();
            assert!(capture.events("orm::rows").is_empty(), "{}", capture.text());
            let line = line!() + 1;
            assert_eq!(Cup::objects().values(|c| c.id).all(&told).await.unwrap().len(), streamed.len());
            let warned = capture.events("orm::rows");
            let [warning] = &warned[..] else { panic!("{warned:?}") };
            assert_place(db, warning);
            assert_eq!(warning.level, tracing::Level::WARN);
            assert_eq!(warning.field("orm.model"), Some("Cup"));
            assert_eq!(warning.field("orm.operation"), Some("Cup.all"));
            assert_eq!((warning.field("rows"), warning.field("threshold_rows")), (Some("600"), Some("600")));
            let message = warning.message();
            assert!(message.starts_with("many rows in a list: `Cup.all` got 600, at "), "{warning:?}");
            assert!(message.contains(&format!("suite/observe.rs:{line}:")), "{warning:?}");
            capture.clear();
            told.close().await;
        }
        assert!(!capture.text().contains(CANARY));
        for db in [usual, more, off] {
            db.close().await;
        }
    });
}

#[test]
fn a_long_transaction_is_warned_of_while_it_is_open_and_at_its_end() {
    run_by_url(async |db, url| {
        db.create_tables(models![Cup]).await.unwrap();
        let capture = Capture::start();
        let watched = connect(url, "long_transaction_after=100ms").await;
        let warnings = || {
            let mut all = capture.events("orm::transaction");
            all.retain(|seen| seen.level == tracing::Level::WARN);
            all
        };
        // Short ones, before and beside it, are not told of.
        watched.atomic(async |tx| Cup::objects().count(tx).await).await.unwrap();
        let line = line!() + 1;
        let tx = watched.begin().await.unwrap();
        Cup::objects().count(&tx).await.unwrap();
        assert!(warnings().is_empty());
        for _ in 0..200 {
            tokio::time::sleep(Duration::from_millis(20)).await;
            if !warnings().is_empty() {
                break;
            }
        }
        let open = warnings();
        let [warning] = &open[..] else { panic!("{open:?}") };
        assert_place(db, warning);
        assert_eq!(warning.field("orm.transaction.outcome"), None);
        assert!(warning.message().starts_with("long transaction: `begin` is open for "), "{warning:?}");
        assert!(warning.message().contains(&format!("suite/observe.rs:{line}:")), "{warning:?}");

        tx.rollback().await.unwrap();
        let ended = warnings();
        let [_, warning] = &ended[..] else { panic!("{ended:?}") };
        assert_eq!(warning.field("orm.transaction.outcome"), Some("rolled back"));
        assert!(warning.message().starts_with("long transaction: `begin` was open for "), "{warning:?}");

        // The next one is watched anew.
        let tx = watched.begin().await.unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
        drop(tx);
        assert_eq!(warnings().len(), 4, "{:?}", warnings());
        watched.close().await;
    });
}

#[test]
fn who_waits_for_a_connection_is_told_and_counted() {
    run_by_url(async |db, url| {
        db.create_tables(models![Cup]).await.unwrap();
        let capture = Capture::start();
        let small = connect(url, "pool_size=1&acquire_timeout=200ms").await;
        assert!(capture.events("orm::pool").iter().any(|seen| seen.message() == "connection opened"));
        assert_eq!(small.pool_status().timeouts, 0);

        let tx = small.begin().await.unwrap();
        Cup::objects().create(&tx, |c| c.label("first")).await.unwrap();
        capture.clear();
        let before = small.pool_status();
        let (second, ()) = tokio::join!(Cup::objects().create(&small, |c| c.label("second")), async {
            tokio::time::sleep(Duration::from_millis(30)).await;
            tx.commit().await.unwrap();
        });
        second.unwrap();
        let [wait] = &capture.spans("pool wait")[..] else { panic!("{}", capture.text()) };
        assert_eq!(wait.within, ["statement"]);
        assert_eq!(wait.field("orm.operation"), Some("Cup.create"));
        let after = small.pool_status();
        assert_eq!(after.waits - before.waits, 1);
        assert!(after.waited >= before.waited + Duration::from_millis(25), "{after:?}");

        capture.clear();
        let tx = small.begin().await.unwrap();
        Cup::objects().create(&tx, |c| c.label("third")).await.unwrap();
        let refused = Cup::objects().create(&small, |c| c.label("fourth")).await;
        assert!(matches!(refused, Err(Error::Pool(error)) if matches!(*error, PoolError::Exhausted { .. })));
        drop(tx);
        let mut events = capture.events("orm::pool");
        events.retain(|seen| seen.level == tracing::Level::WARN);
        let [warning] = &events[..] else { panic!("{events:?}") };
        assert!(warning.message().starts_with("no connection for `Cup.create` within "), "{warning:?}");
        assert_eq!(small.pool_status().timeouts, 1);
        small.close().await;
    });
}

#[test]
fn gauges_of_the_pool_are_told_when_asked_for() {
    run(models![Cup], async |db| {
        Cup::objects().count(db).await.unwrap();
        let capture = Capture::start();
        db.report_pool();
        let events = capture.events("orm::metrics");
        let [idle, used, rest] = &events[..] else { panic!("{events:?}") };
        let status = db.pool_status();
        assert_eq!(idle.field("db.client.connection.state"), Some("idle"));
        assert_eq!(idle.field("gauge.db.client.connection.count"), Some(&*status.idle.to_string()));
        assert_eq!(used.field("gauge.db.client.connection.count"), Some("0"));
        assert_eq!(rest.field("gauge.db.client.connection.max"), Some(&*status.max.to_string()));
        assert_eq!(rest.field("gauge.db.client.connection.pending_requests"), Some("0"));
        assert_eq!(rest.field("db.system.name"), Some(db.dialect().system_name()));

        // Again and again, until the pool is closed.
        capture.clear();
        let reports = tokio::spawn(db.report_pool_every(Duration::from_millis(5)));
        tokio::time::sleep(Duration::from_millis(60)).await;
        db.close().await;
        tokio::time::timeout(Duration::from_secs(5), reports).await.expect("it ends").unwrap();
        assert!(capture.events("orm::metrics").len() >= 6);
        let status = db.pool_status();
        assert_eq!((status.open, status.opened), (0, status.closed));
    });
}

#[test]
fn a_recorded_query_can_be_explained_where_its_values_were_kept() {
    run(models![Cup], async |db| {
        Cup::objects().create(db, |c| c.label("a")).await.unwrap();
        let recorder = orm::recorder::Recorder::with_values();
        recorder.record(Cup::objects().filter(|c| c.label.eq(CANARY)).all(db)).await.unwrap();
        recorder.record(Cup::objects().create(db, |c| c.label("b"))).await.unwrap();
        let recording = recorder.recording();
        assert!(!format!("{recording} {recording:?}").contains(CANARY));
        assert!(!orm::serde_json::to_string(&recording).unwrap().contains(CANARY));
        let plan = recording.statements()[0].explain(db).await.unwrap();
        assert!(plan.nodes().count() >= 1 && !plan.raw().is_empty());
        let written = recording.statements()[1].explain(db).await;
        assert!(matches!(written, Err(Error::InvalidQuery(_))));

        let (rows, without) = orm::recorder::record(Cup::objects().all(db)).await;
        assert_eq!(rows.unwrap().len(), 2);
        assert_eq!(without.statements()[0].values(), None);
        assert!(matches!(without.statements()[0].explain(db).await, Err(Error::InvalidQuery(_))));
    });
}

// docs/guide/src/differences.md: `idle_in_transaction_timeout`
#[test]
fn the_server_ends_an_idle_transaction_or_the_option_is_refused() {
    run_by_url(async |db, url| {
        db.create_tables(models![Cup]).await.unwrap();
        let limited = orm::connect(&with_parameter(url, "idle_in_transaction_timeout=1s")).await;
        let limited = match (db.dialect(), limited) {
            (Dialect::Postgres | Dialect::MariaDb, limited) => limited.unwrap(),
            (Dialect::MySql | Dialect::Sqlite, Err(Error::Unsupported { feature, .. })) => {
                assert!(feature.contains("idle_in_transaction_timeout"));
                return;
            }
            (_, Err(error)) => panic!("{error}"),
            (_, Ok(_)) => panic!("the option is silently ignored"),
        };
        let tx = limited.begin().await.unwrap();
        Cup::objects().create(&tx, |c| c.label("lost")).await.unwrap();
        tokio::time::sleep(Duration::from_millis(2_500)).await;
        let error = Cup::objects().count(&tx).await.unwrap_err();
        assert!(error.is_connection_lost() && !error.is_retryable(), "{error:?}");
        let ended = tx.commit().await.unwrap_err();
        assert!(matches!(ended, Error::TransactionBroken(cause) if cause.is_connection_lost()));
        assert_eq!(Cup::objects().count(&limited).await.unwrap(), 0);
        // It is the commit that comes too late.
        let tx = limited.begin().await.unwrap();
        Cup::objects().create(&tx, |c| c.label("lost")).await.unwrap();
        tokio::time::sleep(Duration::from_millis(2_500)).await;
        let error = tx.commit().await.unwrap_err();
        println!("LATE {error:?}");
        assert!(error.as_database().is_some(), "{error:?}");
        assert_eq!(Cup::objects().count(&limited).await.unwrap(), 0);
        limited.close().await;
    });
}
