//! Private database servers: on free ports, in a temporary directory, for as long as [`Servers`] lives.

pub(crate) mod command;
mod mariadb;
mod mysql;
mod mysql_family;
mod postgres;
pub(crate) mod ready;
mod revived;

use std::fmt;
use std::process::Command;
use std::thread;
use std::time::Instant;

use anyhow::{Result, anyhow};

use self::revived::Revived;
use crate::args::Db;
use crate::interrupt;
use crate::process::Daemon;

/// A running server; dropped, it is stopped, then its directory is removed.
pub(crate) struct Server {
    daemon: Daemon,
    /// Starts it again on the same port, and has its directory. After `daemon`: fields are dropped in this order.
    start: Box<dyn Fn() -> Result<Daemon> + Send>,
    url: String,
    version: String,
}

impl Server {
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    /// Its first process, of which the others are children.
    pub(crate) fn pid(&self) -> u32 {
        self.daemon.pid()
    }
}

/// A PostgreSQL of our own, also where another is given by the environment; `settings` are such as `work_mem=1MB`.
pub(crate) fn private_postgres(settings: &[&str]) -> Result<Server> {
    let server = postgres::start(Fate::Quiet, settings)?;
    eprintln!("xtask: {} ready: {}", Db::Postgres.name(), server.version);
    Ok(server)
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("daemon", &self.daemon).field("url", &self.url).finish_non_exhaustive()
    }
}

/// What happens to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It ends when all is done: nothing has to be durable.
    Quiet,
    /// Tests kill it, and what it has said to be committed is to be there when it is back.
    Killed,
}

/// A database asked for, with the way to it.
#[derive(Debug)]
struct Reachable {
    db: Db,
    url: String,
    server: Option<Server>,
}

/// The databases that take part, and those that could not be had.
#[derive(Debug, Default)]
pub(crate) struct Servers {
    reachable: Vec<Reachable>,
    missing: Vec<(Db, anyhow::Error)>,
    killable: Vec<(Db, Revived)>,
}

impl Servers {
    /// Starts a server for each database whose URL is not given by the environment, all at once.
    ///
    /// What cannot be had is in [`Servers::missing`]; only an interruption is an error.
    pub(crate) fn start(databases: &[Db]) -> Result<Self> {
        let mut servers = Self::default();
        thread::scope(|scope| {
            let starting: Vec<_> = databases
                .iter()
                .filter(|db| db.url_variable().is_some())
                .map(|&db| (db, scope.spawn(move || reach(db))))
                .collect();
            for (db, handle) in starting {
                match handle.join() {
                    Ok(Ok(reachable)) => servers.reachable.push(reachable),
                    Ok(Err(error)) => servers.missing.push((db, error)),
                    Err(_) => servers.missing.push((db, anyhow!("xtask panicked while starting it"))),
                }
            }
        });
        interrupt::check()?;
        for (db, error) in &servers.missing {
            eprintln!("xtask: no {}: {error:#}", db.name());
        }
        Ok(servers)
    }

    /// Starts a server more for each database whose first one was started here: for tests that kill it.
    ///
    /// Only an interruption is an error, and one of these servers that does not start, although the first one did.
    pub(crate) fn with_killable(mut self) -> Result<Self> {
        let own: Vec<Db> = self.reachable.iter().filter(|it| it.server.is_some()).map(|it| it.db).collect();
        thread::scope(|scope| {
            let starting: Vec<_> =
                own.into_iter().map(|db| (db, scope.spawn(move || start(db, Fate::Killed)))).collect();
            for (db, handle) in starting {
                let server =
                    handle.join().map_err(|_| anyhow!("xtask panicked while starting a server"))??;
                self.killable.push((db, Revived::new(server)?));
            }
            anyhow::Ok(())
        })?;
        interrupt::check()?;
        Ok(self)
    }

    /// The databases that could not be had, and why.
    pub(crate) fn missing(&self) -> &[(Db, anyhow::Error)] {
        &self.missing
    }

    /// The databases within reach, and what they say they are.
    pub(crate) fn versions(&self) -> impl Iterator<Item = (Db, &str)> {
        self.reachable
            .iter()
            .map(|it| (it.db, it.server.as_ref().map_or("as given", |server| server.version.as_str())))
    }

    /// The databases within reach, and where they are.
    pub(crate) fn urls(&self) -> impl Iterator<Item = (Db, &str)> {
        self.reachable.iter().map(|it| (it.db, it.url.as_str()))
    }

    /// The variables that tell the tests where the databases are.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (&'static str, String)> {
        let reachable = self.reachable.iter().filter_map(|it| Some((it.db.url_variable()?, it.url.clone())));
        let killable = self.killable.iter().filter_map(|(db, server)| {
            Some((db.killable_variable()?, format!("{}#{}", server.url, server.pid_file.display())))
        });
        reachable.chain(killable)
    }

    /// Tells a command where the databases are, these and no others.
    pub(crate) fn set_variables(&self, command: &mut Command) {
        for db in [Db::Postgres, Db::Mariadb, Db::Mysql] {
            for variable in [db.url_variable(), db.killable_variable()].into_iter().flatten() {
                command.env_remove(variable);
            }
        }
        command.envs(self.variables());
    }

    /// `Err` when a server has ended by itself.
    pub(crate) fn check(&mut self) -> Result<()> {
        for it in &mut self.reachable {
            if let Some(server) = &mut it.server
                && let Some(status) = server.daemon.ended()?
            {
                return Err(anyhow!("{} has ended by itself ({status})", it.db.name()));
            }
        }
        Ok(())
    }
}

/// Finds the given URL or starts a server.
fn reach(db: Db) -> Result<Reachable> {
    let given =
        db.url_variable().and_then(|variable| std::env::var(variable).ok()).filter(|url| !url.is_empty());
    if let Some(url) = given {
        eprintln!("xtask: {} as given by {}", db.name(), db.url_variable().unwrap_or_default());
        return Ok(Reachable { db, url, server: None });
    }
    let begin = Instant::now();
    let server = start(db, Fate::Quiet)?;
    eprintln!("xtask: {} ready after {:.1?}: {}", db.name(), begin.elapsed(), server.version);
    Ok(Reachable { db, url: server.url.clone(), server: Some(server) })
}

fn start(db: Db, fate: Fate) -> Result<Server> {
    match db {
        Db::Sqlite => Err(anyhow!("SQLite has no server")),
        Db::Postgres => postgres::start(fate, &[]),
        Db::Mariadb => mariadb::start(fate),
        Db::Mysql => mysql::start(fate),
    }
}
