//! The databases of this process on its server. When a test has ended, the next one empties its database and has it: to make
//! and to drop one takes a server longer than most tests. Those that were made are dropped when the process ends.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::thread;
use std::time::Duration;

use orm::backend::{Backend, Executor};
use orm::{Database, Dialect, Result};

use super::{AsyncCleanUp, Fresh, TestDatabase, end_sessions, sessions, unique_name, until, with_parameter};

struct Databases {
    made: Vec<String>,
    /// The one whose test ended first comes first: its sessions have had most time to end.
    left: VecDeque<String>,
}

static DATABASES: Mutex<Databases> = Mutex::new(Databases { made: Vec::new(), left: VecDeque::new() });

static AT_EXIT: Once = Once::new();

fn databases() -> MutexGuard<'static, Databases> {
    DATABASES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An empty database of the server at `url`.
pub(super) async fn fresh<B: Backend>(
    url: &str,
    connect: impl AsyncFn(String) -> Result<Database<B>>,
) -> Fresh<B> {
    let left = databases().left.pop_front();
    let is_new = left.is_none();
    let name = match left {
        Some(name) => name,
        None => make(&connect(with_parameter(url, "pool_size=1")).await.expect("the server answers")).await,
    };
    let url = with_database(url, &name);
    let db = connect(with_parameter(&url, "pool_size=4")).await.expect("the database answers");
    if !is_new {
        empty(&db, &name).await;
    }
    Fresh { db, url, drop: Box::new(GiveBack(name)) }
}

/// The next test may have the database.
struct GiveBack(String);

impl AsyncCleanUp for GiveBack {
    fn run<'a>(self: Box<Self>) -> Pin<Box<dyn Future<Output = ()> + 'a>>
    where
        Self: 'a,
    {
        Box::pin(async move { databases().left.push_back(self.0) })
    }
}

fn with_database(url: &str, name: &str) -> String {
    let (base, query) = url.split_once('?').map_or((url, None), |(base, query)| (base, Some(query)));
    let (server, _) = base.rsplit_once('/').expect("a URL with a database");
    match query {
        Some(query) => format!("{server}/{name}?{query}"),
        None => format!("{server}/{name}"),
    }
}

fn quoted(dialect: Dialect, name: &str) -> String {
    let quote = if dialect == Dialect::Postgres { '"' } else { '`' };
    format!("{quote}{name}{quote}")
}

async fn make<B: Backend>(admin: &Database<B>) -> String {
    // Where it cannot be registered they stay.
    AT_EXIT.call_once(|| _ = shutdown_hooks::add_shutdown_hook(at_exit));
    let name = unique_name();
    let create = format!("CREATE DATABASE {}", quoted(admin.dialect(), &name));
    // PostgreSQL from 15 on would write it to its log page by page, which takes twice as long.
    let copied = format!("{create} STRATEGY FILE_COPY");
    if admin.dialect() != Dialect::Postgres || admin.batch(&copied).await.is_err() {
        admin.batch(&create).await.expect("a database is created");
    }
    admin.close().await;
    databases().made.push(name.clone());
    name
}

async fn empty<B: Backend>(db: &Database<B>, name: &str) {
    // A session ends a little after its connection is closed, and a test may have left one in the middle of something.
    if sessions(db).await > 0 {
        end_sessions(db).await;
        until(Duration::from_secs(10), 0, async || sessions(db).await).await;
    }
    let name = quoted(db.dialect(), name);
    let sql = match db.dialect() {
        Dialect::Postgres => EMPTY.to_owned(),
        _ => format!("DROP DATABASE {name}; CREATE DATABASE {name}; USE {name}"),
    };
    db.batch(&sql).await.expect("the database is emptied");
}

const EMPTY: &str = "DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema$)' LOOP
        EXECUTE format('DROP SCHEMA %I CASCADE', name);
    END LOOP;
    CREATE SCHEMA public;
END $$";

/// In a thread of its own, because those that the process ends with have nothing left for a runtime.
extern "C" fn at_exit() {
    let dropped = thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(drop_all());
    });
    if dropped.join().is_err() {
        eprintln!("the databases of the tests could not be dropped");
    }
}

async fn drop_all() {
    let Some(url) = crate::Backend::server() else { return };
    let admin = crate::Backend::connect(&with_parameter(&url, "pool_size=1")).await;
    let made = std::mem::take(&mut databases().made);
    for name in made {
        let sql = format!("DROP DATABASE {}", quoted(admin.dialect(), &name));
        // The sessions of a process that was just told to end.
        for _ in 0..20 {
            if admin.batch(&sql).await.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    admin.close().await;
}
