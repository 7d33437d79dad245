//! Drivers and servers that this process does not have: `cargo xtask bench` has them.

use std::error::Error;
use std::process::{Command, ExitCode};

use crate::arguments::{Arguments, Target};

/// Runs this benchmark again beside private servers when a database that was asked for is not to be had from here; `None` when all are.
pub fn run(arguments: &Arguments) -> Option<Result<ExitCode, Box<dyn Error>>> {
    if arguments.databases.iter().all(|db| is_here(*db)) {
        return None;
    }
    let keys: Vec<&str> = arguments.databases.iter().map(|db| db.key()).collect();
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["xtask", "bench", "--bench", crate::BENCH, "--db", &keys.join(",")]);
    command.args(others(std::env::args().skip(1)));
    eprintln!("{command:?}");
    let status = command.status().map_err(Box::from);
    Some(status.map(|status| if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE }))
}

/// What was given besides the databases.
fn others(mut given: impl Iterator<Item = String>) -> Vec<String> {
    let mut others = Vec::new();
    while let Some(argument) = given.next() {
        match argument.as_str() {
            "--bench" => {}
            "--db" => drop(given.next()),
            _ => others.push(argument),
        }
    }
    others
}

fn is_here(db: Target) -> bool {
    let driver = match db {
        Target::Sqlite => cfg!(feature = "sqlite"),
        Target::Postgres => cfg!(feature = "postgres"),
        Target::MariaDb | Target::MySql => cfg!(feature = "mysql"),
    };
    driver && db.has_server()
}
