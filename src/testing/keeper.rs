//! The session that marks a run as alive, and what earlier runs have left.

use std::sync::Arc;
use std::thread;

use orm_core::backend::{Connection, Executor};
use orm_core::compile::{Access, Operation};
use orm_core::error::{Error, Result};
use orm_core::exec::Database;
use orm_core::queryset::RawQuery;
use tokio::sync::oneshot;

use super::TestBackend;
use super::server::Server;

/// Starts the thread that keeps the session for as long as the process lives, and cleans up.
pub(super) async fn start<B: TestBackend>(server: Arc<Server>) -> Result<()> {
    let (ready, begun) = oneshot::channel();
    let thread = thread::Builder::new().name("orm tests".to_owned());
    let spawned = thread.spawn(move || {
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => return drop(ready.send(Err(no_thread(&error)))),
        };
        runtime.block_on(keep::<B>(&server, ready));
    });
    spawned.map_err(|error| no_thread(&error))?;
    begun.await.unwrap_or_else(|_| Err(Error::Config("the session of the test run ended".into())))
}

fn no_thread(error: &std::io::Error) -> Error {
    Error::Config(format!("the session of the test run cannot be kept: {error}").into())
}

async fn keep<B: TestBackend>(server: &Server, ready: oneshot::Sender<Result<()>>) {
    match claim::<B>(server).await {
        Ok(kept) => {
            // Nobody waits for it after an error in the meantime.
            let _ = ready.send(Ok(()));
            std::future::pending::<()>().await;
            drop(kept);
        }
        Err(error) => drop(ready.send(Err(error))),
    }
}

/// A session that is the run's, once what earlier runs have left is gone.
async fn claim<B: TestBackend>(server: &Server) -> Result<(Database<B>, B::Connection)> {
    let db = B::connect(&server.admin_url()).await?;
    let mut session = db.backend().acquire(Access::Write, Operation::new("", "test")).await?;
    session.batch(&server.run.claim()).await?;
    let admin = B::connect(&server.admin_url()).await?;
    let cleaned = clean(server, &admin).await;
    admin.close().await;
    cleaned?;
    Ok((db, session))
}

async fn clean<B: TestBackend>(server: &Server, admin: &Database<B>) -> Result<()> {
    let abandoned = RawQuery::new(server.run.abandoned(), Access::Read).fetch::<String>(admin).await?;
    for name in abandoned {
        // Another run may clean at the same time, and may be faster.
        let _ = admin.batch(&server.run.drop(&name)).await;
    }
    Ok(())
}
