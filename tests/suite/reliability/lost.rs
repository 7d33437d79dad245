//! COMMIT whose answer is lost: nobody can know, so nobody is told that it failed or that it worked.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use orm::Error;
use orm::prelude::*;

use crate::suite::transactions::{Account, assert_at_rest, ids, open};
use crate::support::{
    Disturb, Proxy, TestDatabase, open_transactions, run_by_url, soon, until, with_parameter,
};

#[test]
fn a4_dropped_while_it_commits_it_is_whole_or_not_there() {
    run_by_url(async |direct, url| {
        if direct.dialect() == Dialect::Sqlite {
            // There is no way to a server; `a5_…` drops COMMIT at every poll.
            return;
        }
        direct.create_tables(models![Account]).await.unwrap();
        let (proxy, way) = Proxy::to(direct.dialect(), url).await;
        let db = crate::Backend::connect(&with_parameter(&way, "pool_size=1")).await;
        let attempts = AtomicU32::new(0);
        proxy.disturb("COMMIT", Disturb::Withhold);
        let work = db.transaction().retry(5).run(async |tx| {
            attempts.fetch_add(1, Ordering::Relaxed);
            open(tx, 1).await?;
            open(tx, 2).await
        });
        let given_up = tokio::time::timeout(Duration::from_millis(500), work).await;
        assert!(given_up.is_err());
        assert_eq!((attempts.load(Ordering::Relaxed), proxy.met()), (1, 1), "never again");
        let rows = ids(direct).await;
        assert!(rows.is_empty() || rows == [1, 2], "{rows:?}");
        // What was given up is never lent again.
        soon(Duration::from_secs(2), db.atomic(async |tx| open(tx, 3).await)).await.unwrap();
        assert!(ids(direct).await.contains(&3));
        until(Duration::from_secs(1), 0, async || open_transactions(direct).await).await;
        assert_at_rest(&db).await;
        db.close().await;
    });
}

#[test]
fn b3_a_lost_answer_to_commit_is_told_as_unknown() {
    run_by_url(async |direct, url| {
        if direct.dialect() == Dialect::Sqlite {
            // There is no way to a server.
            return;
        }
        direct.create_tables(models![Account]).await.unwrap();
        let (proxy, way) = Proxy::to(direct.dialect(), url).await;
        let db = crate::Backend::connect(&way).await;
        let cuts =
            [(1, Disturb::CutBefore, false), (2, Disturb::CutAfter, true), (3, Disturb::CutWithin(1), true)];
        for (id, cut, is_there) in cuts {
            let attempts = AtomicU32::new(0);
            proxy.disturb("COMMIT", cut);
            let ended = db
                .transaction()
                .retry(5)
                .run(async |tx| {
                    attempts.fetch_add(1, Ordering::Relaxed);
                    tx.on_commit(async { assert_eq!(1, 2, "it is not known to be committed") });
                    open(tx, id).await
                })
                .await
                .unwrap_err();
            assert!(matches!(ended, Error::CommitOutcomeUnknown(_)), "{cut:?}: {ended:?}");
            assert!(!ended.is_retryable() && ended.is_connection_lost());
            let sent = (attempts.load(Ordering::Relaxed), proxy.met());
            assert_eq!(sent, (1, 1), "never again once COMMIT was sent");
            // The row itself is the mark that tells.
            assert_eq!(ids(direct).await.contains(&id), is_there, "{cut:?}");
            // The pool is none the worse.
            db.atomic(async |tx| open(tx, id + 10).await).await.unwrap();
        }
        assert_at_rest(&db).await;
        db.close().await;
    });
}
