//! What the ORM costs: each workload beside hand-written driver code, in the same process, taking turns.
//!
//! `cargo bench --bench overhead -- --db sqlite,postgres,mysql [--json] [--quick] [--filter name]
//! [--threads n] [--rounds n]`. Servers are those of `ORM_TEST_POSTGRES_URL`, `ORM_TEST_MARIADB_URL` and
//! `ORM_TEST_MYSQL_URL`; where one is not set or a driver not built, `cargo xtask bench` takes over, which starts servers.
//! `mysql` alone means MariaDB, unless only the other is set.
//!
//! Client CPU is the figure to judge by: user and system time of this process, which on a server's database is all of
//! the client's work and on SQLite all there is. Wall time depends on where the scheduler puts the threads.

mod arguments;
mod contestant;
mod databases;
mod elsewhere;
mod fill;
mod measure;
mod model;
mod program;
mod raw;
mod report;
mod workload;

use std::process::ExitCode;

/// Its name in the output.
const BENCH: &str = "overhead";

fn main() -> ExitCode {
    program::run()
}
