//! COMMIT whose answer is lost: nobody can know, so nobody is told that it failed or that it worked.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};
use std::time::Duration;

use orm::Error;
use orm::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::transactions::{Account, assert_at_rest, ids, open};
use crate::support::{TestDatabase, run_by_url};

/// What the way to the server does with the next COMMIT.
const PASS: u8 = 0;
const CUT_BEFORE: u8 = 1;
const CUT_AFTER: u8 = 2;
const WITHHOLD: u8 = 3;

/// A way to the server that can be cut. Without TLS, so that COMMIT can be seen.
async fn way_to(server: String) -> (u16, Arc<AtomicU8>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mode = Arc::new(AtomicU8::new(PASS));
    let shared = Arc::clone(&mode);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let Ok(server) = TcpStream::connect(&server).await else { continue };
            tokio::spawn(carry(client, server, Arc::clone(&shared)));
        }
    });
    (port, mode)
}

async fn carry(client: TcpStream, server: TcpStream, mode: Arc<AtomicU8>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let held = Arc::new(AtomicBool::new(false));
    let is_held = Arc::clone(&held);
    let answers = tokio::spawn(async move {
        let mut buffer = vec![0; 65_536];
        while let Ok(read @ 1..) = from_server.read(&mut buffer).await {
            if is_held.load(Ordering::SeqCst) {
                // The connection stays, and nothing comes.
                std::future::pending::<()>().await;
            }
            if to_client.write_all(&buffer[..read]).await.is_err() {
                break;
            }
        }
    });
    let mut buffer = vec![0; 65_536];
    while let Ok(read @ 1..) = from_client.read(&mut buffer).await {
        let sent = &buffer[..read];
        let meets_commit = sent.windows(6).any(|word| word == b"COMMIT");
        let mode = if meets_commit { mode.swap(PASS, Ordering::SeqCst) } else { PASS };
        if mode == CUT_BEFORE {
            break;
        }
        if matches!(mode, WITHHOLD | CUT_AFTER) {
            held.store(true, Ordering::SeqCst);
        }
        if to_server.write_all(sent).await.is_err() {
            break;
        }
        if mode == CUT_AFTER {
            // It is committed by the time the connection ends.
            tokio::time::sleep(Duration::from_millis(300)).await;
            break;
        }
    }
    answers.abort();
}

/// The URL with another place of the server.
fn through(url: &str, port: u16) -> (String, String) {
    let (scheme, rest) = url.split_once("://").expect("a URL");
    let (user, rest) = rest.split_once('@').expect("a user");
    let (server, rest) = rest.split_once('/').expect("a database");
    (format!("{scheme}://{user}@127.0.0.1:{port}/{rest}"), server.to_owned())
}

#[test]
fn b3_a_lost_answer_to_commit_is_told_as_unknown() {
    run_by_url(async |direct, url| {
        if direct.dialect() == Dialect::Sqlite {
            // There is no way to a server.
            return;
        }
        direct.create_tables(models![Account]).await.unwrap();
        let (port, mode) = way_to(through(url, 0).1).await;
        let db = crate::Backend::connect(&through(url, port).0).await;
        for (id, cut, is_there) in [(1, CUT_BEFORE, false), (2, CUT_AFTER, true)] {
            let attempts = AtomicU32::new(0);
            mode.store(cut, Ordering::SeqCst);
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
            assert!(matches!(ended, Error::CommitOutcomeUnknown(_)), "{ended:?}");
            assert!(!ended.is_retryable() && ended.is_connection_lost());
            assert_eq!(attempts.load(Ordering::Relaxed), 1, "never again once COMMIT was sent");
            assert_eq!(ids(direct).await.contains(&id), is_there);
            // The pool is none the worse.
            db.atomic(async |tx| open(tx, id + 10).await).await.unwrap();
        }
        assert_at_rest(&db).await;
        db.close().await;
    });
}

#[test]
fn a4_dropped_while_it_commits_it_is_whole_or_not_there() {
    run_by_url(async |direct, url| {
        if direct.dialect() == Dialect::Sqlite {
            return;
        }
        direct.create_tables(models![Account]).await.unwrap();
        let (port, mode) = way_to(through(url, 0).1).await;
        let db = crate::Backend::connect(&through(url, port).0).await;
        mode.store(WITHHOLD, Ordering::SeqCst);
        let work = db.atomic(async |tx| {
            open(tx, 1).await?;
            open(tx, 2).await
        });
        let given_up = tokio::time::timeout(Duration::from_millis(500), work).await;
        assert!(given_up.is_err());
        let rows = ids(direct).await;
        assert!(rows.is_empty() || rows == [1, 2], "{rows:?}");
        // What was given up is never lent again.
        db.atomic(async |tx| open(tx, 3).await).await.unwrap();
        assert!(ids(direct).await.contains(&3));
        assert_at_rest(&db).await;
        db.close().await;
    });
}
