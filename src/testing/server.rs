//! What all tests of a process share on one server: the run's name, and databases that tests are done with.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, PoisonError};
use std::time::{Duration, SystemTime};

use orm_core::compile::{TestRun, create_tables};
use orm_core::error::{Error, Result};
use tokio::sync::{Mutex, OnceCell};

use super::TestBackend;
use super::keeper::Keeper;
use super::place::Wanted;
use super::url::with_default;

/// A server that tests of this process run on.
pub(super) struct Server {
    url: String,
    pub(super) run: Arc<TestRun>,
    pub(super) keeper: Keeper,
    last_number: AtomicU64,
    databases: std::sync::Mutex<BTreeSet<String>>,
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

/// The servers of this process, by URL.
static SERVERS: LazyLock<std::sync::Mutex<HashMap<String, Arc<OnceCell<Arc<Server>>>>>> =
    LazyLock::new(std::sync::Mutex::default);

/// All servers that tests of this process have run on.
pub(super) fn all_servers() -> Vec<Arc<Server>> {
    let servers = SERVERS.lock().unwrap_or_else(PoisonError::into_inner);
    servers.values().filter_map(|server| server.get().cloned()).collect()
}

impl Server {
    /// The server at a URL. The first call of the process also drops what runs that are over have left there.
    pub(super) async fn at<B: TestBackend>(url: &str) -> Result<Arc<Self>> {
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
        let run = Arc::new(TestRun::new(dialect, std::process::id(), began)?);
        Ok(Arc::new(Server {
            url: url.to_owned(),
            keeper: Keeper::start::<B>(url, &run).await?,
            run,
            last_number: AtomicU64::new(0),
            databases: std::sync::Mutex::default(),
            templates: std::sync::Mutex::default(),
        }))
    }

    /// Makes a database, and gives its name.
    pub(super) async fn create(&self, template: Option<&str>) -> Result<String> {
        let name = self.run.database(self.last_number.fetch_add(1, Ordering::Relaxed));
        self.with_databases(|databases| databases.insert(name.clone()));
        self.keeper.run(self.run.create_database(&name, template)).await?;
        Ok(name)
    }

    /// Drops a database.
    pub(super) async fn remove(&self, name: &str) -> Result<()> {
        self.keeper.run(self.run.drop_database(name)).await?;
        self.with_databases(|databases| databases.remove(name));
        Ok(())
    }

    /// The databases that there are, as far as this process has made them.
    pub(super) fn databases(&self) -> Vec<String> {
        self.with_databases(|databases| databases.iter().cloned().collect())
    }

    fn with_databases<R>(&self, look: impl FnOnce(&mut BTreeSet<String>) -> R) -> R {
        look(&mut self.databases.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The databases that have what is wanted.
    pub(super) fn template(&self, wanted: Wanted<'_>) -> Result<Arc<Mutex<Template>>> {
        let key = (create_tables(wanted.models, self.run.dialect())?, wanted.setup);
        let mut templates = self.templates.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(templates.entry(key).or_default()))
    }
}
