//! What a borrower leaves behind on a connection does not reach the next one.

use std::time::Duration;

use orm::backend::Executor;
use orm::prelude::*;

use crate::suite::transactions::{Account, assert_at_rest, ids, open};
use crate::support::{TestDatabase, open_transactions, run_by_url, until, with_parameter};

async fn count(db: &impl Executor, sql: orm::queryset::RawQuery) -> i64 {
    sql.fetch_one(db).await.unwrap()
}

#[test]
fn c6_the_state_of_a_session_does_not_reach_the_next_borrower() {
    run_by_url(async |_, url| {
        let db = crate::Backend::connect(&with_parameter(url, "pool_size=1")).await;
        match db.dialect() {
            Dialect::Postgres => {
                for left in [
                    "SET search_path TO pg_catalog",
                    "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
                    "SET ROLE pg_monitor",
                    "SET statement_timeout = 1",
                    "CREATE TEMP TABLE left_behind (a int)",
                    "SELECT pg_advisory_lock(7)",
                    "LISTEN left_behind",
                    "PREPARE left_behind AS SELECT 1",
                    "SELECT set_config('orm.left', 'behind', false)",
                    "BEGIN; DECLARE left_behind CURSOR WITH HOLD FOR SELECT 1; COMMIT",
                    "DO $$ BEGIN PERFORM set_config('orm.left', 'behind', false); END $$",
                    "BEGIN; SELECT 1",
                ] {
                    db.batch(left).await.unwrap_or_else(|error| panic!("{left}: {error}"));
                    let found = orm::raw!(
                        "SELECT (SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid())
                           + (SELECT COUNT(*) FROM pg_cursors) + (SELECT COUNT(*) FROM pg_listening_channels())
                           + (SELECT COUNT(*) FROM pg_prepared_statements WHERE name = 'left_behind')
                           + (SELECT COUNT(*) FROM pg_class WHERE relname = 'left_behind' AND pg_table_is_visible(oid))
                           + (current_user <> session_user)::int + (current_setting('orm.left', true) = 'behind')::int
                           + (current_setting('transaction_read_only') = 'on')::int
                           + (current_setting('search_path') = 'pg_catalog')::int
                           + (current_setting('statement_timeout') = '1ms')::int
                           + (pg_current_xact_id_if_assigned() IS NOT NULL)::int"
                    );
                    let found: Option<i64> = found.fetch_one(&db).await.unwrap();
                    assert!(matches!(found, None | Some(0)), "{left}: {found:?}");
                }
            }
            Dialect::MySql | Dialect::MariaDb => {
                for left in [
                    "SET @left = 1",
                    "SET SESSION sql_mode = ''",
                    "SET time_zone = '+05:00'",
                    "SET NAMES latin1",
                    "SET autocommit = 0",
                    "SET SESSION TRANSACTION READ ONLY",
                    "CREATE TEMPORARY TABLE left_behind (a INT)",
                    "SELECT GET_LOCK('left behind', 1)",
                    "SELECT 1 INTO @left",
                    "PREPARE left_behind FROM 'SELECT 1'",
                    "USE information_schema",
                    "START TRANSACTION",
                ] {
                    db.batch(left).await.unwrap_or_else(|error| panic!("{left}: {error}"));
                    let found = orm::raw!(
                        "SELECT (@left IS NOT NULL) + (@@sql_mode = '') + (@@time_zone <> '+00:00')
                           + (@@character_set_client = 'latin1') + (@@autocommit = 0)
                           + COALESCE(IS_USED_LOCK('left behind') = CONNECTION_ID(), 0)
                           + (DATABASE() = 'information_schema')"
                    );
                    assert_eq!(count(&db, found).await, 0, "{left}");
                    // What was prepared, temporary or read only would show in these.
                    assert!(db.batch("EXECUTE left_behind").await.is_err(), "{left}");
                    assert!(db.batch("SELECT * FROM left_behind").await.is_err(), "{left}");
                    db.batch("CREATE TABLE other (a INT); INSERT INTO other VALUES (1); DROP TABLE other")
                        .await
                        .unwrap_or_else(|error| panic!("{left}: {error}"));
                }
            }
            Dialect::Sqlite => {
                for left in [
                    "PRAGMA foreign_keys = OFF",
                    "PRAGMA query_only = ON",
                    "PRAGMA recursive_triggers = ON",
                    "CREATE TEMP TABLE left_behind (a INT)",
                    "ATTACH ':memory:' AS left_behind",
                    "BEGIN",
                ] {
                    db.batch(left).await.unwrap_or_else(|error| panic!("{left}: {error}"));
                    let found = orm::raw!(
                        "SELECT (SELECT foreign_keys = 0 FROM pragma_foreign_keys)
                           + (SELECT query_only FROM pragma_query_only)
                           + (SELECT recursive_triggers FROM pragma_recursive_triggers)
                           + (SELECT COUNT(*) FROM sqlite_temp_master)
                           + (SELECT COUNT(*) FROM pragma_database_list WHERE name = 'left_behind')"
                    );
                    // On the connection that writes.
                    let tx = db.begin().await.unwrap_or_else(|error| panic!("{left}: {error}"));
                    assert_eq!(count(&tx, found).await, 0, "{left}");
                    tx.batch("CREATE TABLE other (a INT); INSERT INTO other VALUES (1); DROP TABLE other")
                        .await
                        .unwrap_or_else(|error| panic!("{left}: {error}"));
                    tx.commit().await.unwrap();
                }
            }
        }
        assert_at_rest(&db).await;
        db.close().await;
    });
}

#[test]
fn c7_a_transaction_that_was_left_open_is_not_lent() {
    run_by_url(async |direct, url| {
        direct.create_tables(models![Account]).await.unwrap();
        let db = crate::Backend::connect(&with_parameter(url, "pool_size=1")).await;
        let insert = "INSERT INTO account (id, owner, balance) VALUES (1, 'x', 0)";
        let fail = "SELECT no_such_column FROM account";
        for (round, (statement, fails)) in (10..).zip([(insert, false), (fail, true)]) {
            let sent = db.batch(&format!("BEGIN; {statement}")).await;
            assert_eq!(sent.is_err(), fails, "{sent:?}");
            open(&db, round).await.unwrap();
            // Seen by others, so it was not part of what was left open; and that is gone.
            assert!(ids(direct).await.contains(&round));
            assert!(!ids(direct).await.contains(&1));
            if db.dialect() != Dialect::Sqlite {
                until(Duration::from_secs(1), 0, async || open_transactions(direct).await).await;
            }
        }
        assert_eq!(ids(direct).await, [10, 11]);
        assert_at_rest(&db).await;
        db.close().await;
    });
}
