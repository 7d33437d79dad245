//! Development tasks of the workspace: `cargo xtask help` lists them.
//!
//! Everything that is started here is stopped here, however the task ends: see [`process`] for the
//! ordinary ways and [`caretaker`] for the rude ones.
#![forbid(unsafe_code)]

mod args;
mod caretaker;
mod install;
mod interrupt;
mod process;
mod program;
mod servers;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Args, Task};

fn main() -> ExitCode {
    let args = Args::parse();
    if let Task::Caretaker = args.task {
        return caretaker::watch();
    }
    let code = run(args.task).unwrap_or_else(|error| {
        eprintln!("xtask: {error:#}");
        interrupt::exit_code().unwrap_or(ExitCode::FAILURE)
    });
    caretaker::dismiss();
    code
}

fn run(task: Task) -> anyhow::Result<ExitCode> {
    interrupt::listen()?;
    match task {
        Task::Servers(options) => servers::command::run(&options),
        Task::Caretaker => Ok(caretaker::watch()),
    }
}
