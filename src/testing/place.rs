//! Where a test runs: a database with the tables that it wants, and nothing in them but what it wants.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use orm_core::ast::ModelEntry;
use orm_core::error::{Error, Result};
use orm_core::exec::Database;
use tokio::sync::Mutex;

use super::server::{Server, Template};
use super::url::{with_database, with_default};
use super::{Outcome, TestBackend};

/// Connections that an isolated test may open, unless the URL says something else: many tests run at once.
const POOL_SIZE: &str = "5";

/// What a database has to have.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'m> {
    pub(super) models: &'m [ModelEntry],
    /// What fills it, by a name that no other function has.
    pub(super) setup: Option<&'static str>,
}

/// Whether it is well, or what is wrong.
pub(super) type Said = std::result::Result<(), String>;

/// What fills a database before the first test.
pub(super) trait Fill<B: TestBackend> {
    /// Fills it.
    fn fill<'f>(self: Box<Self>, db: &'f Database<B>) -> Pin<Box<dyn Future<Output = Said> + 'f>>
    where
        Self: 'f;
}

/// What fills it, if anything does.
pub(super) type Filling<'f, B> = Option<Box<dyn Fill<B> + 'f>>;

impl<B: TestBackend, R: Outcome, S: AsyncFnOnce(&Database<B>) -> R> Fill<B> for S {
    fn fill<'f>(self: Box<Self>, db: &'f Database<B>) -> Pin<Box<dyn Future<Output = Said> + 'f>>
    where
        Self: 'f,
    {
        Box::pin(async move { self(db).await.into_result() })
    }
}

/// A database for one test.
pub(super) struct Place<B: TestBackend> {
    url: String,
    /// Connected already, where the database lives no longer than the connection.
    private: Option<Database<B>>,
    server: Option<OnServer>,
}

struct OnServer {
    server: Arc<Server>,
    template: Arc<Mutex<Template>>,
    name: String,
}

impl<B: TestBackend> Place<B> {
    /// Finds or makes a database.
    pub(super) async fn find(
        url: &str,
        isolated: bool,
        wanted: Wanted<'_>,
        fill: Filling<'_, B>,
    ) -> Result<Self> {
        if B::is_private(url)? {
            let db = B::connect(url).await?;
            prepare(&db, wanted, fill).await?;
            return Ok(Place { url: url.to_owned(), private: Some(db), server: None });
        }
        let server = Server::at::<B>(url).await?;
        let template = server.template(wanted)?;
        let name = find_on_server(&server, &template, isolated, wanted, fill).await?;
        let url = with_default(&with_database(url, &name), "pool_size", POOL_SIZE);
        Ok(Place { url, private: None, server: Some(OnServer { server, template, name }) })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    pub(super) async fn connect(&self) -> Result<Database<B>> {
        match &self.private {
            Some(db) => Ok(db.clone()),
            None => B::connect(&self.url).await,
        }
    }

    /// Gives the database back for another test when it is as it was before; drops it otherwise.
    pub(super) async fn leave(self, intact: bool) {
        let Some(OnServer { server, template, name }) = self.server else { return };
        if intact {
            template.lock().await.idle.push(name);
            return;
        }
        // What cannot be dropped is left for the end of the process.
        let _ = server.remove(&name).await;
    }
}

/// A database with what is wanted: one that another test is done with, or a new one.
async fn find_on_server<B: TestBackend>(
    server: &Server,
    template: &Mutex<Template>,
    isolated: bool,
    wanted: Wanted<'_>,
    fill: Filling<'_, B>,
) -> Result<String> {
    let mut state = template.lock().await;
    if let Some(error) = &state.failed {
        return Err(error.clone());
    }
    if !isolated && let Some(name) = state.idle.pop() {
        return Ok(name);
    }
    let made = make(server, &mut state, wanted, fill).await;
    if let Err(error) = &made {
        // The next one would fail in the same way.
        state.failed = Some(error.clone());
    }
    made
}

async fn make<B: TestBackend>(
    server: &Server,
    state: &mut Template,
    wanted: Wanted<'_>,
    fill: Filling<'_, B>,
) -> Result<String> {
    if !server.run.dialect().capability().database_templates {
        let name = server.create(None).await?;
        prepare_at(server, &name, wanted, fill).await?;
        return Ok(name);
    }
    let template = if let Some(template) = &state.name {
        template.clone()
    } else {
        let template = server.create(None).await?;
        prepare_at(server, &template, wanted, fill).await?;
        state.name.insert(template).clone()
    };
    server.create(Some(&template)).await
}

async fn prepare_at<B: TestBackend>(
    server: &Server,
    name: &str,
    wanted: Wanted<'_>,
    fill: Filling<'_, B>,
) -> Result<()> {
    let url = with_default(&with_database(server.url(), name), "pool_size", POOL_SIZE);
    let db = B::connect(&url).await?;
    let prepared = prepare(&db, wanted, fill).await;
    db.close().await;
    prepared
}

async fn prepare<B: TestBackend>(db: &Database<B>, wanted: Wanted<'_>, fill: Filling<'_, B>) -> Result<()> {
    db.create_tables(wanted.models).await?;
    let filled = match fill {
        Some(fill) => fill.fill(db).await,
        None => Ok(()),
    };
    filled.map_err(|error| Error::Config(format!("the setup of the tests failed: {error}").into()))
}
