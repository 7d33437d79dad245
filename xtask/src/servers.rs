//! Private database servers: on free ports, in a temporary directory, for as long as [`Servers`] lives.

pub(crate) mod command;
mod mariadb;
mod mysql;
mod mysql_family;
mod postgres;
pub(crate) mod ready;

use std::process::Command;
use std::thread;
use std::time::Instant;

use anyhow::{Result, anyhow};

use crate::args::Db;
use crate::directory::Directory;
use crate::interrupt;
use crate::process::Daemon;

/// A running server; dropped, it is stopped, then its directory is removed.
#[derive(Debug)]
pub(crate) struct Server {
    daemon: Daemon,
    // After `daemon`: fields are dropped in this order.
    _directory: Directory,
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
    let server = postgres::start(settings)?;
    eprintln!("xtask: {} ready: {}", Db::Postgres.name(), server.version);
    Ok(server)
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
    pub(crate) fn variables(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.reachable.iter().filter_map(|it| Some((it.db.url_variable()?, it.url.as_str())))
    }

    /// Tells a command where the databases are, these and no others.
    pub(crate) fn set_variables(&self, command: &mut Command) {
        for db in [Db::Postgres, Db::Mariadb, Db::Mysql] {
            if let Some(variable) = db.url_variable() {
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
    let server = match db {
        Db::Sqlite => Err(anyhow!("SQLite has no server")),
        Db::Postgres => postgres::start(&[]),
        Db::Mariadb => mariadb::start(),
        Db::Mysql => mysql::start(),
    }?;
    eprintln!("xtask: {} ready after {:.1?}: {}", db.name(), begin.elapsed(), server.version);
    Ok(Reachable { db, url: server.url.clone(), server: Some(server) })
}
