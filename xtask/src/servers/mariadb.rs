//! A private MariaDB.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, anyhow};

use super::mysql_family::{Home, Program, option, user_option};
use super::{Fate, Server};
use crate::process::{self, OnInterrupt};
use crate::{install, program};

pub(super) fn start(fate: Fate) -> Result<Server> {
    let programs = Programs::find_or_install()?;
    let home = Home::new(Program { path: programs.server, root: None })?;
    let mut command = Command::new(programs.create_data);
    command.arg("--no-defaults").arg(option("datadir", &home.data())).args(user_option());
    command.args(["--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"]);
    // The server that fills the directory takes these too; a smaller log is quicker to write.
    command.arg(LOG_SIZE);
    process::run_quietly(&mut command, OnInterrupt::Kill)?;
    home.start(fate, &[LOG_SIZE])
}

const LOG_SIZE: &str = "--innodb-log-file-size=32M";

struct Programs {
    server: PathBuf,
    create_data: PathBuf,
}

impl Programs {
    fn find_or_install() -> Result<Self> {
        if let Some(found) = Self::find() {
            return Ok(found);
        }
        let installed = install::install("mariadb-server");
        Self::find().ok_or_else(|| {
            let cause =
                installed.err().unwrap_or_else(|| anyhow!("package mariadb-server did not bring them"));
            cause.context(format!(
                "neither of mariadbd and mariadb-install-db in {}",
                program::list(&folders())
            ))
        })
    }

    fn find() -> Option<Self> {
        let folders = folders();
        let is_mariadb = |path: &PathBuf| program::version(&mut Command::new(path)).contains("MariaDB");
        let server = program::find(&["mariadbd"], &folders)
            .or_else(|| program::find(&["mysqld"], &folders).filter(is_mariadb))?;
        let create_data = program::find(&["mariadb-install-db", "mysql_install_db"], &folders)?;
        Some(Self { server, create_data })
    }
}

fn folders() -> Vec<PathBuf> {
    program::folders(&["/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin", "/usr/libexec"])
}
