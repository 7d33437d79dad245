//! What private MariaDB and MySQL servers share.

use std::fs::{self, File};
use std::io::Read;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::Result;
use nix::sys::signal::Signal;

use super::{Fate, Server, ready};
use crate::directory::{self, Directory};
use crate::process::Daemon;
use crate::{install, program};

/// All privileges, because tests create databases and kill other connections. It is read at each start.
const ACCOUNT: &str = "\
CREATE DATABASE IF NOT EXISTS orm_test CHARACTER SET utf8mb4;
CREATE USER IF NOT EXISTS 'orm'@'%' IDENTIFIED BY 'orm';
GRANT ALL PRIVILEGES ON *.* TO 'orm'@'%' WITH GRANT OPTION;
CREATE USER IF NOT EXISTS 'orm'@'localhost' IDENTIFIED BY 'orm';
GRANT ALL PRIVILEGES ON *.* TO 'orm'@'localhost' WITH GRANT OPTION;
";

/// A server program on this machine, or in a Debian of its own below a folder.
pub(super) struct Program {
    pub(super) path: PathBuf,
    pub(super) root: Option<PathBuf>,
}

impl Program {
    pub(super) fn command(&self) -> Command {
        let Some(root) = &self.root else {
            return Command::new(&self.path);
        };
        // chroot becomes the server, so signals and exit status are the server's own.
        let mut command = Command::new("chroot");
        command.arg(root).arg(&self.path);
        command
    }

    pub(super) fn version(&self) -> String {
        program::version(&mut self.command())
    }

    /// Where the server's directory is made: where the server can see it.
    fn parent(&self) -> PathBuf {
        self.root.as_ref().map_or_else(directory::temporary, |root| root.join("tmp"))
    }

    /// How the server sees a path.
    fn seen(&self, path: &Path) -> PathBuf {
        let inside = self.root.as_ref().and_then(|root| path.strip_prefix(root).ok());
        inside.map_or_else(|| path.to_owned(), |inside| Path::new("/").join(inside))
    }
}

/// The server's files.
pub(super) struct Home {
    pub(super) directory: Directory,
    pub(super) log: PathBuf,
    program: Program,
}

impl Home {
    pub(super) fn new(program: Program) -> Result<Self> {
        let directory = Directory::new(&program.parent())?;
        fs::write(directory.path().join("account.sql"), ACCOUNT)?;
        let log = directory.path().join("log");
        Ok(Self { directory, log, program })
    }

    /// The data directory as the server sees it; the server creates it.
    pub(super) fn data(&self) -> PathBuf {
        self.seen("data")
    }

    fn seen(&self, name: &str) -> PathBuf {
        self.program.seen(&self.directory.path().join(name))
    }

    /// The server without the machine's settings, on our data.
    pub(super) fn command(&self) -> Command {
        let mut command = self.program.command();
        command.arg("--no-defaults").arg(option("datadir", &self.data()));
        command.args(user_option());
        command
    }

    /// Starts the server on its initialised data; `options` are those that only one of the family knows.
    pub(super) fn start(self, fate: Fate, options: &'static [&str]) -> Result<Server> {
        let (daemon, port) =
            ready::start_on_free_port(&self.log, |port| self.start_on(port, fate, options), greets)?;
        Ok(Server {
            daemon,
            url: format!("mysql://orm:orm@127.0.0.1:{port}/orm_test"),
            version: self.program.version(),
            start: Box::new(move || self.start_on(port, fate, options)),
        })
    }

    fn start_on(&self, port: u16, fate: Fate, options: &[&str]) -> Result<Daemon> {
        let mut command = self.command();
        command
            .arg(option("socket", &self.seen("socket")))
            .arg(option("pid-file", &self.seen("pid")))
            .arg(option("tmpdir", &self.program.seen(self.directory.path())))
            .arg(option("init-file", &self.seen("account.sql")))
            .arg(format!("--port={port}"))
            .args(["--bind-address=127.0.0.1", "--skip-name-resolve", "--max-connections=200"])
            .args(["--skip-log-bin", "--sync-binlog=0", "--innodb-flush-method=nosync"])
            // What a process that is killed has written the kernel has.
            .args(match fate {
                Fate::Quiet => ["--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=OFF"],
                Fate::Killed => ["--innodb-flush-log-at-trx-commit=2", "--innodb-doublewrite=ON"],
            })
            .args([
                "--innodb-buffer-pool-size=128M",
                "--performance-schema=OFF",
                "--character-set-server=utf8mb4",
            ])
            .args(options);
        command.stdout(self.open_log()?).stderr(self.open_log()?);
        // The data is thrown away: nothing is gained by an orderly end.
        Daemon::start(&mut command, Signal::SIGKILL)
    }

    pub(super) fn open_log(&self) -> Result<File> {
        Ok(fs::OpenOptions::new().create(true).append(true).open(&self.log)?)
    }
}

pub(super) fn option(name: &str, path: &Path) -> std::ffi::OsString {
    let mut option = std::ffi::OsString::from(format!("--{name}="));
    option.push(path);
    option
}

/// As root the server wants to be told so. The directories being ours, it may stay root.
pub(super) fn user_option() -> Option<&'static str> {
    install::is_root().then_some("--user=root")
}

/// Whether the server greets a client. A port that is open is not enough: while the init file runs it is open too.
fn greets(port: u16) -> bool {
    const PROTOCOL: u8 = 10;
    let greeting = || {
        let mut stream = TcpStream::connect_timeout(&ready::address(port), Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        // Three bytes of length, one of number, then the version of the protocol, or 255 for an error.
        let mut start = [0; 5];
        stream.read_exact(&mut start)?;
        std::io::Result::Ok(start[4])
    };
    greeting().is_ok_and(|version| version == PROTOCOL)
}
