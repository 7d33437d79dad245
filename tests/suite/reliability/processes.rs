//! Locks between processes: another one, which is killed in the end, holds what this one wants.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use orm::prelude::*;
use orm::{DatabaseErrorKind as Kind, Error};

use crate::suite::transactions::{Account, assert_at_rest, ids, open};
use crate::support::{Db, TestDatabase, run_by_url, soon, with_parameter};

const HOLD: &str = "ORM_TEST_HOLD";
const AT: &str = "ORM_TEST_HOLD_AT";

/// What the other process runs; nothing where no other one has asked for it.
#[test]
fn the_other_process() {
    let (Ok(what), Ok(url)) = (std::env::var(HOLD), std::env::var(AT)) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let db = crate::Backend::connect(&url).await;
        let tx = db.begin().await.unwrap();
        match what.as_str() {
            "row" => {
                Account::objects().pk(1).select_for_update().get(&tx).await.unwrap();
                Account::objects().pk(1).update(&tx, |a| a.balance.set(99)).await.unwrap();
            }
            "file" => drop(open(&tx, 50).await.unwrap()),
            "name" => tx.advisory_lock("job").await.unwrap(),
            other => panic!("{other}"),
        }
        println!("\nheld");
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer).unwrap();
        assert_eq!(answer, "commit\n");
        tx.commit().await.unwrap();
    });
}

/// The other process, once it holds what it is to hold.
struct Other {
    child: Child,
    input: ChildStdin,
    _lines: Receiver<String>,
}

impl Other {
    fn holding(what: &str, url: &str) -> Other {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args(["suite::reliability::processes::the_other_process", "--exact", "--nocapture"])
            .env(HOLD, what)
            .env(AT, url)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let output = BufReader::new(child.stdout.take().expect("it is piped"));
        let input = child.stdin.take().expect("it is piped");
        let (line, lines) = channel();
        std::thread::spawn(move || {
            for read in output.lines().map_while(Result::ok) {
                line.send(read).ok();
            }
        });
        let end = Instant::now() + Duration::from_secs(30);
        while lines.recv_timeout(end.saturating_duration_since(Instant::now())).expect("it holds") != "held" {
        }
        Other { child, input, _lines: lines }
    }

    /// It ends well.
    fn commits(mut self) {
        self.input.write_all(b"commit\n").expect("it listens");
        assert!(self.child.wait().expect("it ends").success());
    }

    /// It has no chance to clean up.
    fn is_killed(mut self) {
        self.child.kill().expect("it runs");
        assert!(!self.child.wait().expect("it ends").success());
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        // Where the test has failed it still runs.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

async fn balance(db: &Db) -> i64 {
    Account::objects().pk(1).get(db).await.unwrap().balance
}

#[test]
fn a_row_that_another_process_holds_is_refused_left_out_or_waited_for() {
    run_by_url(async |db, url| {
        // docs/guide/src/differences.md: `select_for_update()`
        if db.dialect() == Dialect::Sqlite {
            return;
        }
        db.create_tables(models![Account]).await.unwrap();
        for id in [1, 2] {
            open(db, id).await.unwrap();
        }
        let other = Other::holding("row", url);
        let waited_for = Account::objects().pk(1).select_for_update();
        let start = Instant::now();
        let refused = db.atomic(async |tx| waited_for.clone().nowait().get(tx).await).await.unwrap_err();
        assert_eq!(refused.kind(), Some(Kind::LockTimeout), "{refused:?}");
        assert!(start.elapsed() < Duration::from_millis(900), "{:?}", start.elapsed());
        let free = db
            .atomic(async |tx| Account::objects().select_for_update().skip_locked().all(tx).await)
            .await
            .unwrap();
        assert_eq!(free.iter().map(|account| account.id).collect::<Vec<_>>(), [2]);
        let start = Instant::now();
        let late = db
            .transaction()
            .lock_timeout(Duration::from_secs(1))
            .run(async |tx| waited_for.clone().get(tx).await)
            .await
            .unwrap_err();
        assert_eq!(late.kind(), Some(Kind::LockTimeout), "{late:?}");
        assert!((Duration::from_millis(900)..Duration::from_secs(3)).contains(&start.elapsed()));

        let waiting = {
            let (db, waited_for) = (db.clone(), waited_for.clone());
            tokio::spawn(async move { db.atomic(async |tx| waited_for.get(tx).await).await })
        };
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(!waiting.is_finished());
        other.is_killed();
        let account = soon(Duration::from_secs(5), waiting).await.unwrap().unwrap();
        assert_eq!(account.balance, 0, "what it did is undone");

        let other = Other::holding("row", url);
        other.commits();
        assert_eq!(balance(db).await, 99);
        assert_at_rest(db).await;
    });
}

#[test]
fn a_file_that_another_process_writes_is_waited_for_as_long_as_was_said() {
    run_by_url(async |db, url| {
        if db.dialect() != Dialect::Sqlite {
            return;
        }
        db.create_tables(models![Account]).await.unwrap();
        open(db, 1).await.unwrap();
        let other = Other::holding("file", url);
        let hasty = crate::Backend::connect(&with_parameter(url, "busy_timeout=300ms")).await;
        for attempt in 0..2 {
            let start = Instant::now();
            let refused = match attempt {
                0 => open(&hasty, 2).await.map(drop),
                _ => {
                    db.transaction()
                        .lock_timeout(Duration::from_millis(300))
                        .run(async |tx| open(tx, 2).await.map(drop))
                        .await
                }
            };
            let refused = refused.unwrap_err();
            assert_eq!(refused.kind(), Some(Kind::Busy), "{refused:?}");
            assert!(refused.is_retryable());
            let waited = start.elapsed();
            assert!((Duration::from_millis(290)..Duration::from_millis(900)).contains(&waited), "{waited:?}");
        }
        // Reading needs no lock.
        assert_eq!(ids(&hasty).await, [1]);
        assert_eq!(ids(db).await, [1]);
        let waiting = {
            let db = db.clone();
            tokio::spawn(async move { db.atomic(async |tx| open(tx, 3).await).await })
        };
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(!waiting.is_finished());
        other.is_killed();
        soon(Duration::from_secs(5), waiting).await.unwrap().unwrap();
        assert_eq!(ids(&hasty).await, [1, 3], "what it did is undone");

        let other = Other::holding("file", url);
        other.commits();
        assert_eq!(ids(db).await, [1, 3, 50]);
        hasty.close().await;
        assert_at_rest(db).await;
    });
}

#[test]
fn a_name_that_another_process_holds_is_free_when_it_is_killed() {
    run_by_url(async |db, url| {
        // docs/guide/src/differences.md: `advisory_lock()`
        if db.dialect() == Dialect::Sqlite {
            return;
        }
        let other = Other::holding("name", url);
        let is_free = async || db.atomic(async |tx| tx.try_advisory_lock("job").await).await.unwrap();
        assert!(!is_free().await);
        let late = db.transaction().lock_timeout(Duration::from_secs(1));
        let late = late.run(async |tx| tx.advisory_lock("job").await).await.unwrap_err();
        assert_eq!(late.kind(), Some(Kind::LockTimeout), "{late:?}");
        let waiting = {
            let db = db.clone();
            tokio::spawn(async move {
                db.atomic(async |tx| {
                    tx.advisory_lock("job").await?;
                    Ok::<_, Error>(())
                })
                .await
            })
        };
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(!waiting.is_finished());
        other.is_killed();
        soon(Duration::from_secs(5), waiting).await.unwrap().unwrap();
        let other = Other::holding("name", url);
        other.commits();
        assert!(is_free().await);
        assert_at_rest(db).await;
    });
}
