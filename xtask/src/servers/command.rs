//! `cargo xtask servers`.

use std::io::Write;
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Result, bail};

use super::Servers;
use crate::args::ServersArgs;
use crate::{interrupt, process};

/// Starts the servers; then runs the command given, or prints the variables and stays.
pub(crate) fn run(options: &ServersArgs) -> Result<ExitCode> {
    let mut servers = Servers::start(&options.databases.selected())?;
    if !servers.missing().is_empty() {
        bail!("not every server asked for could be started; choose with --db");
    }
    if options.killable {
        servers = servers.with_killable()?;
    }
    if let [program, arguments @ ..] = options.command.as_slice() {
        let mut command = Command::new(program);
        command.args(arguments);
        servers.set_variables(&mut command);
        return process::run_as_task(&mut command);
    }
    stay(&mut servers)
}

fn stay(servers: &mut Servers) -> Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    for (variable, url) in servers.variables() {
        writeln!(out, "export {variable}={url}")?;
    }
    out.flush()?;
    eprintln!("xtask: Ctrl-C stops them");
    loop {
        // Being interrupted is how this task ends well.
        if interrupt::sleep(Duration::from_millis(500)).is_err() {
            return Ok(ExitCode::SUCCESS);
        }
        servers.check()?;
    }
}
