//! The services that are measured, and how each is started.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use nix::sys::signal::Signal;

use super::{PAGE, POOL, page};
use crate::cargo::{clean, workspace};
use crate::process::Daemon;
use crate::servers::ready;

/// uvicorn's processes, which share the connections.
const WORKERS: u32 = 4;

#[derive(Debug, Clone)]
pub(super) enum Kind {
    Shop { program: PathBuf },
    Django { python: PathBuf },
}

impl Kind {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Kind::Shop { .. } => "examples/shop",
            Kind::Django { .. } => "Django",
        }
    }

    /// Lets the shop make its tables and rows; the page that it then shows.
    pub(super) fn seed(&self, database: &str, folder: &Path) -> Result<String> {
        Service::start(self, database, folder)?.get()
    }

    fn command(&self, database: &str, port: u16) -> Command {
        let mut command = match self {
            Kind::Shop { program } => {
                let mut command = Command::new(program);
                command.env("SHOP_ADDRESS", format!("127.0.0.1:{port}"));
                command.env("SHOP_POOL_SIZE", POOL.to_string());
                // Every client comes from here, as one user who asks too often.
                command.env("SHOP_RATE_LIMIT", "0");
                command
            }
            Kind::Django { python } => {
                let mut command = Command::new(python);
                command.args(["-m", "uvicorn", "shop.asgi:application", "--app-dir", "tests/load"]);
                command.args(["--host", "127.0.0.1", "--port", &port.to_string()]);
                command.args(["--workers", &WORKERS.to_string(), "--loop", "uvloop", "--http", "httptools"]);
                // As many may queue as the system allows; nobody is turned away for having waited.
                command.args(["--backlog", "8192", "--timeout-keep-alive", "120"]);
                command.args(["--no-access-log", "--log-level", "warning"]);
                command.env("SHOP_POOL_SIZE", (POOL / WORKERS).to_string());
                command.env("PYTHONDONTWRITEBYTECODE", "1");
                command
            }
        };
        command.env("SHOP_DATABASE_URL", database).current_dir(workspace());
        clean(&mut command);
        command
    }
}

/// A running service; dropped, it is stopped.
#[derive(Debug)]
pub(super) struct Service {
    daemon: Daemon,
    port: u16,
}

impl Service {
    /// Starts it and waits until it shows the page.
    pub(super) fn start(kind: &Kind, database: &str, folder: &Path) -> Result<Self> {
        let log = folder.join("service.log");
        let (daemon, port) = ready::start_on_free_port(
            &log,
            |port| {
                let mut command = kind.command(database, port);
                let log = OpenOptions::new().create(true).append(true).open(&log)?;
                command.stdout(log.try_clone()?).stderr(log);
                Daemon::start(&mut command, Signal::SIGTERM)
            },
            |port| page::get(port, PAGE).is_ok(),
        )
        .with_context(|| format!("{} does not start", kind.name()))?;
        Ok(Self { daemon, port })
    }

    pub(super) fn get(&self) -> Result<String> {
        page::get(self.port, PAGE)
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}{PAGE}", self.port)
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn pid(&self) -> u32 {
        self.daemon.pid()
    }
}
