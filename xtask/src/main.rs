//! Development tasks of the workspace: `cargo xtask help` lists them.
//!
//! Everything that is started here is stopped here, however the task ends: see [`process`] for the
//! ordinary ways and [`caretaker`] for the rude ones.
#![forbid(unsafe_code)]

mod args;
mod bench;
mod bless;
mod browser;
mod caretaker;
mod cargo;
mod ci;
mod compile_time;
mod deny;
mod directory;
mod django;
mod install;
mod interrupt;
mod load;
mod process;
mod program;
mod python;
mod redis;
mod servers;
mod steps;
mod test;

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
        Task::Test(options) => test::run(&options),
        Task::Ci => ci::run(),
        Task::Bless(options) => bless::run(&options),
        Task::Django(options) => django::run(&options),
        Task::Bench(options) => bench::run(&options),
        Task::CompileTime(options) => compile_time::run(&options),
        Task::Load(options) => load::run(&options),
        Task::Servers(options) => servers::command::run(&options),
        Task::Caretaker => Ok(caretaker::watch()),
    }
}
