//! What the ORM costs: each workload beside hand-written driver code, in the same process, taking turns.
//!
//! `cargo bench --bench overhead --all-features -- --db sqlite,postgres,mysql [--json] [--quick] [--filter name]
//! [--threads n] [--rounds n]`. Servers are those of `ORM_TEST_POSTGRES_URL`, `ORM_TEST_MARIADB_URL` and
//! `ORM_TEST_MYSQL_URL` (`cargo xtask bench` starts them); `mysql` alone means MariaDB where that is given.
//!
//! Client CPU is the figure to judge by: user and system time of this process, which on a server's database is all of
//! the client's work and on SQLite all there is. Wall time depends on where the scheduler puts the threads.

mod arguments;
mod contestant;
mod databases;
mod fill;
mod measure;
mod model;
mod raw;
mod report;
mod workload;

use std::process::ExitCode;

use arguments::Arguments;

/// Its name in the output.
const BENCH: &str = "overhead";

fn main() -> ExitCode {
    let arguments = match Arguments::from_command_line() {
        Ok(Some(arguments)) => arguments,
        Ok(None) => return ExitCode::SUCCESS,
        Err(mistake) => {
            eprintln!("{mistake}\n\n{}", arguments::USAGE);
            return ExitCode::from(2);
        }
    };
    match databases::run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
