//! `cargo xtask bench`: what the ORM costs beside the raw drivers.

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::args::{BenchArgs, Db};
use crate::cargo::cargo;
use crate::process;
use crate::servers::Servers;
use crate::steps::announce;

/// Starts the servers and hands over to the benchmark.
pub(crate) fn run(options: &BenchArgs) -> Result<ExitCode> {
    let databases = options.databases.selected();
    let servers = Servers::start(&databases)?;
    if !servers.missing().is_empty() {
        bail!("not every server asked for could be started; choose with --db");
    }
    let keys: Vec<&str> = databases.iter().copied().map(Db::key).collect();
    let mut command = cargo();
    command.args(["bench", "--bench", &options.bench, "--all-features", "--", "--db", &keys.join(",")]);
    command.args(&options.arguments);
    servers.set_variables(&mut command);
    announce(&command);
    process::run_as_task(&mut command)
}
