//! A private MySQL: Oracle's, not MariaDB under its name.

mod debian;

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use super::mysql_family::{Home, Program};
use super::{Fate, Server};
use crate::process::{self, OnInterrupt};
use crate::program;

pub(super) fn start(fate: Fate) -> Result<Server> {
    let program = match of_this_machine() {
        Some(path) => Program { path, root: None },
        None => debian::find_or_fetch().with_context(|| {
            format!("no mysqld of MySQL (package mysql-server) in {}", program::list(&folders()))
        })?,
    };
    let home = Home::new(program)?;
    // Unlike MariaDB's, this server makes its data directory itself, and wants it absent or empty.
    process::run_quietly(home.command().arg("--initialize-insecure"), OnInterrupt::Kill)?;
    home.start(fate, &["--mysqlx=OFF", "--innodb-redo-log-capacity=64M"])
}

fn of_this_machine() -> Option<PathBuf> {
    let found = program::find(&["mysqld"], &folders())?;
    let version = program::version(&mut Command::new(&found));
    (!version.is_empty() && !version.contains("MariaDB")).then_some(found)
}

fn folders() -> Vec<PathBuf> {
    program::folders(&[
        "/usr/sbin",
        "/usr/local/sbin",
        "/usr/local/bin",
        "/usr/local/mysql/bin",
        "/usr/libexec",
    ])
}
