//! Errors that nobody read, commits that take too long, and streams beside statements: no end is told better than it was.

use std::time::Duration;

use orm::Error;
use orm::backend::Executor;
use orm::prelude::*;

use crate::suite::transactions::{Account, assert_at_rest, ids, open};
use crate::support::{TestDatabase, open_transactions, run, run_by_url, soon, times, until, with_parameter};

/// Three rows, the last of which the database cannot calculate.
fn failing_at_the_third(dialect: Dialect) -> orm::queryset::RawQuery {
    match dialect {
        Dialect::Postgres => orm::raw!("SELECT 6 / (3 - g) FROM generate_series(1, 3) AS g"),
        Dialect::MySql | Dialect::MariaDb => {
            orm::raw!(
                "SELECT EXP(g) FROM (SELECT 1 AS g UNION ALL SELECT 2 UNION ALL SELECT 10000) AS numbers"
            )
        }
        Dialect::Sqlite => orm::raw!(
            "SELECT ABS(g) FROM (SELECT 1 AS g UNION ALL SELECT 2 UNION ALL SELECT -9223372036854775807 - 1)"
        ),
    }
}

#[test]
fn d1_an_error_behind_the_rows_that_were_read_is_not_swallowed() {
    run(models![Account], async |db| {
        let query = || failing_at_the_third(db.dialect());
        for id in 0..3 {
            let ended = db
                .atomic(async |tx| {
                    open(tx, id).await?;
                    match id {
                        // The second row is one too many, so that nobody looks at the third.
                        0 => {
                            let refused = query().fetch_one::<f64>(tx).await;
                            assert!(refused.is_err(), "{refused:?}");
                        }
                        1 => {
                            let mut rows = query().stream::<f64, _>(tx);
                            rows.try_next().await.ok();
                        }
                        _ => {
                            let refused = query().fetch::<f64>(tx).await;
                            assert!(refused.is_err(), "{refused:?}");
                        }
                    }
                    Ok::<_, Error>(())
                })
                .await;
            // PostgreSQL rolls back once it has met the error, whoever read it; what was told must be what is.
            assert_eq!(ended.is_ok(), ids(db).await.contains(&id), "{id}: {ended:?}");
            assert!(id != 2 || ended.is_err(), "a failed statement breaks its block everywhere");
        }
        assert_at_rest(db).await;
    });
}

#[test]
fn d9_a_commit_that_is_not_answered_in_time_is_told_as_unknown() {
    run_by_url(async |direct, url| {
        // docs/guide/src/differences.md: What is checked at the commit
        if direct.dialect() != Dialect::Postgres {
            return;
        }
        direct.create_tables(models![Account]).await.unwrap();
        // The server's own limit for statements does not hold for what it does at the commit.
        let slow = "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN PERFORM pg_sleep(NEW.id); RETURN NEW; END $$;
                    CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON account DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW WHEN (NEW.id IN (1, 30)) EXECUTE FUNCTION slow()";
        direct.batch(slow).await.unwrap();
        let url = with_parameter(&with_parameter(url, "pool_size=1"), "statement_timeout=500ms");
        let db = crate::Backend::connect(&url).await;
        soon(Duration::from_secs(5), db.atomic(async |tx| open(tx, 1).await))
            .await
            .expect("in the second of grace");
        let ended = soon(Duration::from_secs(5), db.atomic(async |tx| open(tx, 30).await)).await.unwrap_err();
        assert!(matches!(ended, Error::CommitOutcomeUnknown(_)), "{ended:?}");
        assert!(!ended.is_retryable());
        // The pool has a clean connection, and the server is not left with the commit.
        soon(Duration::from_secs(2), open(&db, 2)).await.unwrap();
        until(Duration::from_secs(1), 0, async || open_transactions(direct).await).await;
        assert_eq!(ids(direct).await, [1, 2], "it was cancelled");
        assert_at_rest(&db).await;
        db.close().await;
    });
}

#[test]
fn d10_a_statement_for_each_row_of_a_stream_never_hangs() {
    run(models![Account], async |db| {
        let count = i64::try_from(times(3_000, 100_000)).unwrap();
        let rows = Account::objects()
            .bulk_create(db, (0..count).map(|id| Account::draft().id(id).owner(format!("owner {id}"))))
            .await;
        assert_eq!(i64::try_from(rows.unwrap().len()).unwrap(), count);
        let streamed = db.atomic(async |tx| {
            let mut rows = Account::objects().order_by(|a| a.id).stream(tx);
            let mut seen = 0;
            while let Some(account) = rows.try_next().await? {
                assert_eq!(account.id, seen);
                seen += 1;
                Account::objects().pk(account.id).update(tx, |a| a.balance.set(a.balance + 1)).await?;
            }
            Ok::<_, Error>(seen)
        });
        assert_eq!(soon(Duration::from_mins(2), streamed).await.unwrap(), count);
        assert_eq!(
            Account::objects().filter(|a| a.balance.eq(1)).count(db).await.unwrap(),
            count.cast_unsigned()
        );
        assert_at_rest(db).await;
    });
}
