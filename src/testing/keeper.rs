//! The thread that keeps a session open for as long as a run of tests lives, which tells other runs that its databases are
//! in use; makes and drops them; and at the end of the process drops what is left.
//!
//! A run that is killed leaves its databases. The next one finds them without a session, and drops them.

use std::future::pending;
use std::sync::{Arc, Once, mpsc as std_mpsc};
use std::thread;
use std::time::Duration;

use orm_core::backend::{Connection, Executor};
use orm_core::compile::{Access, Operation, TestRun};
use orm_core::error::{Error, Result};
use orm_core::exec::Database;
use orm_core::queryset::RawQuery;
use tokio::sync::{mpsc, oneshot};

use super::TestBackend;
use super::server::all_servers;
use super::url::with_default;

/// Connections on which databases are made and dropped: tests run at the same time.
const POOL_SIZE: &str = "4";

/// How long a process that ends waits for its databases to be dropped.
const LAST_WAIT: Duration = Duration::from_secs(20);

/// What the thread is asked for.
enum Command {
    Run(String, oneshot::Sender<Result<()>>),
    /// Drop these databases, and end.
    End(Vec<String>, std_mpsc::Sender<()>),
}

/// The thread, as seen from others.
pub(super) struct Keeper {
    commands: mpsc::UnboundedSender<Command>,
}

/// What happens when the process ends is registered once.
static AT_EXIT: Once = Once::new();

impl Keeper {
    /// Starts the thread. What earlier runs have left is gone then.
    pub(super) async fn start<B: TestBackend>(url: &str, run: &Arc<TestRun>) -> Result<Self> {
        let (commands, received) = mpsc::unbounded_channel();
        let (ready, started) = oneshot::channel();
        let (url, run) = (with_default(url, "pool_size", POOL_SIZE), Arc::clone(run));
        let thread = thread::Builder::new().name("orm tests".to_owned());
        let spawned = thread.spawn(move || {
            let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => runtime,
                Err(error) => return drop(ready.send(Err(no_thread(&error)))),
            };
            runtime.block_on(keep::<B>(&url, &run, ready, received));
        });
        spawned.map_err(|error| no_thread(&error))?;
        started.await.unwrap_or_else(|_| Err(gone()))?;
        // Where it cannot be registered the next run cleans up.
        AT_EXIT.call_once(|| _ = shutdown_hooks::add_shutdown_hook(at_exit));
        Ok(Keeper { commands })
    }

    /// Runs a command on the server.
    pub(super) async fn run(&self, sql: String) -> Result<()> {
        let (reply, replied) = oneshot::channel();
        if self.commands.send(Command::Run(sql, reply)).is_err() {
            return Err(gone());
        }
        replied.await.unwrap_or_else(|_| Err(gone()))
    }

    /// Drops databases, and waits for it without a runtime.
    fn end(&self, databases: Vec<String>) {
        let (reply, replied) = std_mpsc::channel();
        if self.commands.send(Command::End(databases, reply)).is_ok() {
            // What takes longer is left to the next run.
            let _ = replied.recv_timeout(LAST_WAIT);
        }
    }
}

/// Runs when the process ends, whether tests have failed or not.
extern "C" fn at_exit() {
    for server in all_servers() {
        server.keeper.end(server.databases());
    }
}

fn no_thread(error: &std::io::Error) -> Error {
    Error::Config(format!("the session of the test run cannot be kept: {error}").into())
}

fn gone() -> Error {
    Error::Config("the session of the test run has ended".into())
}

async fn keep<B: TestBackend>(
    url: &str,
    run: &Arc<TestRun>,
    ready: oneshot::Sender<Result<()>>,
    mut commands: mpsc::UnboundedReceiver<Command>,
) {
    let (admin, session) = match claim::<B>(url, run).await {
        Ok(claimed) => claimed,
        Err(error) => return drop(ready.send(Err(error))),
    };
    // Nobody waits for it when the first test was given up meanwhile.
    let _ = ready.send(Ok(()));
    while let Some(command) = commands.recv().await {
        match command {
            Command::Run(sql, reply) => {
                let admin = admin.clone();
                tokio::spawn(async move { drop(reply.send(patiently(&admin, &sql).await)) });
            }
            Command::End(databases, reply) => {
                drop_all(&admin, run, databases).await;
                // It may have stopped waiting.
                let _ = reply.send(());
            }
        }
    }
    // The session ends with the process.
    pending::<()>().await;
    drop(session);
}

/// A session that is the run's, once what earlier runs have left is gone.
async fn claim<B: TestBackend>(url: &str, run: &Arc<TestRun>) -> Result<(Database<B>, B::Connection)> {
    let admin = B::connect(url).await?;
    let mut session = admin.backend().acquire(Access::Write, Operation::new("", "test")).await?;
    session.batch(&run.claim()).await?;
    let abandoned = RawQuery::new(run.abandoned(), Access::Read).fetch::<String>(&admin).await?;
    drop_all(&admin, run, abandoned).await;
    Ok((admin, session))
}

/// Drops databases. Another run may clean up at the same time, and be faster.
async fn drop_all<B: TestBackend>(admin: &Database<B>, run: &Arc<TestRun>, databases: Vec<String>) {
    let mut tasks = tokio::task::JoinSet::new();
    for name in databases {
        let (admin, sql) = (admin.clone(), run.drop_database(&name));
        tasks.spawn(async move { admin.batch(&sql).await });
    }
    while tasks.join_next().await.is_some() {}
}

/// Sessions end a little after their connection is closed, and until then their database is in use: so a command is tried
/// again for a while.
async fn patiently<B: TestBackend>(admin: &Database<B>, sql: &str) -> Result<()> {
    let mut tries = 0;
    loop {
        match admin.batch(sql).await {
            Err(_) if tries < 40 => {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            done => return done,
        }
    }
}
