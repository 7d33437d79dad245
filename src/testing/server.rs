//! What all tests of a process share on one server: the run's name, and databases that tests are done with.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, PoisonError};
use std::time::{Duration, SystemTime};

use orm_core::compile::{TestRun, create_tables};
use orm_core::error::{Error, Result};
use tokio::sync::{Mutex, OnceCell};

use super::TestBackend;
use super::keeper;
use super::place::Wanted;
use super::url::with_default;

/// A server that tests of this process run on.
pub(super) struct Server {
    url: String,
    pub(super) run: TestRun,
    last_number: AtomicU64,
    templates: std::sync::Mutex<HashMap<Key, Arc<Mutex<Template>>>>,
}

/// What a database has: the statements that make its tables, and the function that fills it.
type Key = (Vec<String>, Option<&'static str>);

/// Databases that have the same.
#[derive(Default)]
pub(super) struct Template {
    /// The one that others are copies of, where there are such.
    pub(super) name: Option<String>,
    /// Those that tests are done with and that are as they were made.
    pub(super) idle: Vec<String>,
    pub(super) failed: Option<Error>,
}

impl Server {
    /// The server at a URL. The first call of the process also drops what runs that are over have left there.
    pub(super) async fn at<B: TestBackend>(url: &str) -> Result<Arc<Self>> {
        static SERVERS: LazyLock<std::sync::Mutex<HashMap<String, Arc<OnceCell<Arc<Server>>>>>> =
            LazyLock::new(std::sync::Mutex::default);
        let cell = {
            let mut servers = SERVERS.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(servers.entry(url.to_owned()).or_default())
        };
        cell.get_or_try_init(|| Server::begin::<B>(url)).await.map(Arc::clone)
    }

    async fn begin<B: TestBackend>(url: &str) -> Result<Arc<Self>> {
        let db = B::connect(&with_default(url, "pool_size", "1")).await?;
        let dialect = db.dialect();
        db.close().await;
        let began = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
        let server = Arc::new(Server {
            url: url.to_owned(),
            run: TestRun::new(dialect, std::process::id(), began)?,
            last_number: AtomicU64::new(0),
            templates: std::sync::Mutex::default(),
        });
        keeper::start::<B>(Arc::clone(&server)).await?;
        Ok(server)
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The URL for what is asked of the server, and not of a database in it.
    pub(super) fn admin_url(&self) -> String {
        with_default(&self.url, "pool_size", "1")
    }

    /// The name of a new database.
    pub(super) fn next_name(&self) -> String {
        self.run.database(self.last_number.fetch_add(1, Ordering::Relaxed))
    }

    /// The databases that have what is wanted.
    pub(super) fn template(&self, wanted: Wanted<'_>) -> Result<Arc<Mutex<Template>>> {
        let key = (create_tables(wanted.models, self.run.dialect())?, wanted.setup);
        let mut templates = self.templates.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(templates.entry(key).or_default()))
    }
}
