//! From the command line to the figures.

use std::process::ExitCode;

use crate::arguments::{Arguments, USAGE};
use crate::{databases, elsewhere};

/// Measures what the command line asks for.
pub fn run() -> ExitCode {
    let arguments = match Arguments::from_command_line() {
        Ok(Some(arguments)) => arguments,
        Ok(None) => return ExitCode::SUCCESS,
        Err(mistake) => {
            eprintln!("{mistake}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match elsewhere::run(&arguments).unwrap_or_else(|| databases::run(&arguments).map(|()| ExitCode::SUCCESS))
    {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
