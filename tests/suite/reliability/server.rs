//! Servers that fall silent, close connections or answer in pieces: a typed error in time, and never another's rows.

use std::time::{Duration, Instant};

use orm::prelude::*;
use orm::{DatabaseErrorKind as Kind, Error};
use tokio::time::sleep;

use crate::suite::transactions::{Account, assert_at_rest, ids, open};
use crate::support::{
    Disturb, Proxy, TestDatabase, end_sessions, run_by_url, soon, times, until, with_parameter,
};

#[test]
fn b4_a_silent_server_is_waited_for_as_long_as_was_said() {
    run_by_url(async |direct, url| {
        if direct.dialect() == Dialect::Sqlite {
            return;
        }
        let (proxy, way) = Proxy::to(direct.dialect(), url).await;
        let way = with_parameter(&with_parameter(&way, "pool_size=2"), "acquire_timeout=1s");
        let db = crate::Backend::connect(&way).await;
        // Both are held, so that who comes has to log in.
        let held = [db.begin().await.unwrap(), db.begin().await.unwrap()];
        for tx in &held {
            let _: i64 = orm::raw!("SELECT 1").fetch_one(tx).await.unwrap();
        }
        proxy.set_frozen(true);
        drop(held);
        sleep(Duration::from_millis(50)).await;
        let start = Instant::now();
        let waiting = (0..8).map(|_| async {
            let error = orm::raw!("SELECT 1").fetch_one::<i64>(&db).await.unwrap_err();
            (error, start.elapsed())
        });
        for (error, waited) in soon(Duration::from_secs(10), futures_util::future::join_all(waiting)).await {
            assert!(matches!(error, Error::Pool(_)), "{error:?}");
            assert!(
                (Duration::from_millis(900)..Duration::from_millis(1_400)).contains(&waited),
                "{waited:?}: {error:?}"
            );
        }
        proxy.set_frozen(false);
        let start = Instant::now();
        loop {
            if orm::raw!("SELECT 1").fetch_one::<i64>(&db).await.is_ok() {
                break;
            }
            assert!(start.elapsed() < Duration::from_secs(2), "the pool does not come back");
        }
        assert_at_rest(&db).await;
        db.close().await;
    });
}

#[test]
fn b5_a_connection_that_leads_nowhere_ends_at_the_statement_s_limit() {
    run_by_url(async |direct, url| {
        if direct.dialect() == Dialect::Sqlite {
            return;
        }
        direct.create_tables(models![Account]).await.unwrap();
        let (proxy, way) = Proxy::to(direct.dialect(), url).await;
        let way = with_parameter(&with_parameter(&way, "pool_size=1"), "statement_timeout=1s");
        let db = crate::Backend::connect(&way).await;
        open(&db, 1).await.unwrap();
        proxy.set_silent(true);
        let start = Instant::now();
        let error = soon(Duration::from_secs(10), open(&db, 2)).await.unwrap_err();
        // The statement's limit, and a second for the server to say so itself.
        let waited = start.elapsed();
        assert!((Duration::from_millis(1_900)..Duration::from_millis(2_500)).contains(&waited), "{waited:?}");
        assert!(matches!(error.kind(), Some(Kind::StatementTimeout | Kind::ConnectionLost)), "{error:?}");
        proxy.set_silent(false);
        soon(Duration::from_secs(3), open(&db, 3)).await.unwrap();
        assert_eq!(ids(direct).await, [1, 3]);
        assert_at_rest(&db).await;
        db.close().await;
    });
}

#[test]
fn b7_a_connection_that_the_server_closed_while_idle_is_not_noticed() {
    run_by_url(async |direct, url| {
        if direct.dialect() == Dialect::Sqlite {
            return;
        }
        direct.create_tables(models![Account]).await.unwrap();
        // MySQL's and MariaDB's driver does not see that a connection was closed: it has to ask. (That the server's own
        // `wait_timeout` has passed it knows, as its tests show.)
        let url = with_parameter(&with_parameter(url, "pool_size=3"), "health_check_after=50ms");
        let db = crate::Backend::connect(&url).await;
        for round in 0..3 {
            let held = [db.begin().await.unwrap(), db.begin().await.unwrap(), db.begin().await.unwrap()];
            for tx in held {
                assert_eq!(ids(&tx).await.len(), round);
                tx.commit().await.unwrap();
            }
            end_sessions(direct).await;
            sleep(Duration::from_millis(200)).await;
            open(&db, i64::try_from(round).unwrap()).await.expect("the first try");
        }
        // Within a transaction it is told.
        let tx = db.begin().await.unwrap();
        open(&tx, 100).await.unwrap();
        end_sessions(direct).await;
        sleep(Duration::from_millis(200)).await;
        let error = open(&tx, 101).await.unwrap_err();
        assert!(error.is_connection_lost(), "{error:?}");
        assert!(tx.commit().await.is_err());
        assert_eq!(ids(&db).await, [0, 1, 2]);
        assert_at_rest(&db).await;
        db.close().await;
    });
}

/// Rows enough for a few kilobytes.
async fn fill(db: &crate::support::Db) {
    db.create_tables(models![Account]).await.unwrap();
    for id in 0..40 {
        open(db, id).await.unwrap();
    }
}

fn is_whole(accounts: &[Account]) -> bool {
    accounts.len() == 40
        && accounts.iter().zip(0..).all(|(a, id)| a.id == id && a.owner == format!("owner {id}"))
}

#[test]
fn b8_answers_in_pieces_are_put_together() {
    run_by_url(async |direct, url| {
        if direct.dialect() == Dialect::Sqlite {
            return;
        }
        fill(direct).await;
        let (proxy, way) = Proxy::to(direct.dialect(), url).await;
        for slice in [1, 2, 3, 5, 7, 64] {
            proxy.slice(slice);
            let db = crate::Backend::connect(&with_parameter(&way, "pool_size=1")).await;
            let all =
                soon(Duration::from_secs(20), Account::objects().order_by(|a| a.id).all(&db)).await.unwrap();
            assert!(is_whole(&all), "{slice}: {all:?}");
            let twice = db.atomic(async |tx| open(tx, 1).await).await.unwrap_err();
            assert!(twice.is_unique_violation(), "{twice:?}");
            db.close().await;
        }
    });
}

#[test]
fn b8_an_answer_cut_anywhere_is_an_error_of_the_connection() {
    run_by_url(async |direct, url| {
        if direct.dialect() == Dialect::Sqlite {
            return;
        }
        fill(direct).await;
        let (proxy, way) = Proxy::to(direct.dialect(), url).await;
        // Nothing is kept prepared, so that the answer is as long each time.
        let way = with_parameter(&with_parameter(&way, "pool_size=1"), "statement_cache=0");
        let db = crate::Backend::connect(&way).await;
        let mut cut = 0;
        // The last ones are longer than the answer.
        for bytes in (1..2_600).step_by(times(37, 1)) {
            proxy.disturb("ORDER BY", Disturb::CutWithin(bytes));
            let answer = soon(Duration::from_secs(10), Account::objects().order_by(|a| a.id).all(&db)).await;
            match answer {
                Ok(all) => {
                    assert!(is_whole(&all), "{bytes}: {all:?}");
                    // What is left of the bytes is for the next answers.
                    for _ in 0..100 {
                        match Account::objects().count(&db).await {
                            Ok(count) => assert_eq!(count, 40),
                            Err(error) => {
                                assert!(error.is_connection_lost(), "{bytes}: {error:?}");
                                break;
                            }
                        }
                    }
                }
                Err(error) => {
                    assert!(error.is_connection_lost(), "{bytes}: {error:?}");
                    cut += 1;
                }
            }
            assert_eq!(Account::objects().count(&db).await.unwrap(), 40);
        }
        assert!(cut > 40, "only {cut} answers were cut");
        assert_at_rest(&db).await;
        db.close().await;
    });
}

#[test]
fn b8_a_log_in_cut_anywhere_is_an_error() {
    run_by_url(async |direct, url| {
        if direct.dialect() == Dialect::Sqlite {
            return;
        }
        let (proxy, way) = Proxy::to(direct.dialect(), url).await;
        let mut refused = 0;
        for bytes in (1..700).step_by(times(23, 1)) {
            proxy.limit(bytes);
            let ended = soon(Duration::from_secs(20), async {
                let db = orm::connect(&with_parameter(&way, "acquire_timeout=1s")).await?;
                orm::raw!("SELECT 1").fetch_one::<i64>(&db).await
            })
            .await;
            match ended {
                Ok(one) => assert_eq!(one, 1),
                Err(Error::Pool(_)) => refused += 1,
                Err(error) => {
                    assert!(error.is_connection_lost(), "{bytes}: {error:?}");
                    refused += 1;
                }
            }
        }
        assert!(refused > 10, "only {refused} were cut");
        proxy.limit(0);
        let db = crate::Backend::connect(&way).await;
        until(Duration::from_secs(1), 1, async || orm::raw!("SELECT 1").fetch_one(&db).await.unwrap()).await;
        db.close().await;
    });
}
