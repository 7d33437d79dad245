//! `cargo xtask ci`: the build machine's script, here.

use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::cargo::{clean, workspace};
use crate::process;

/// Runs `.ci/run`, so that there is one description of what is checked.
pub(crate) fn run() -> Result<ExitCode> {
    let mut command = Command::new("bash");
    command.arg(".ci/run").current_dir(workspace()).env("CI", "true");
    clean(&mut command);
    process::run_as_task(&mut command)
}
