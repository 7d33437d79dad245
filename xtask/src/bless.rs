//! `cargo xtask bless`: accept the compiler's messages of today.

use std::process::ExitCode;

use anyhow::Result;

use crate::args::BlessArgs;
use crate::cargo::cargo;
use crate::process;
use crate::steps::announce;

/// Runs the ui tests, which write the messages they see over those they expected; `git diff` shows the change.
pub(crate) fn run(options: &BlessArgs) -> Result<ExitCode> {
    let mut command = cargo();
    command.args(["test", "--all-features", "--test", "ui", "--"]).args(&options.arguments);
    command.env("TRYBUILD", "overwrite");
    announce(&command);
    process::run_as_task(&mut command)
}
