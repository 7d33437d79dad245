//! What loading related rows costs, beside hand-written driver code: a JOIN, or two queries and a map.
//!
//! `cargo bench --bench relations --all-features -- --db sqlite,postgres,mysql [--json] [--quick] [--filter name]
//! [--threads n] [--rounds n]`. Servers are those of `ORM_TEST_POSTGRES_URL`, `ORM_TEST_MARIADB_URL` and
//! `ORM_TEST_MYSQL_URL` (`cargo xtask bench` starts them); `mysql` alone means MariaDB where that is given.
//!
//! Client CPU is the figure to judge by: user and system time of this process, which on a server's database is all of
//! the client's work and on SQLite all there is. Wall time depends on where the scheduler puts the threads.

#[path = "../overhead/arguments.rs"]
mod arguments;
mod contestant;
#[path = "../overhead/databases.rs"]
mod databases;
mod fill;
#[path = "../overhead/measure.rs"]
mod measure;
mod model;
mod raw;
#[path = "../overhead/report.rs"]
mod report;
mod workload;

use std::process::ExitCode;

use arguments::Arguments;

/// Its name in the output.
const BENCH: &str = "relations";

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
