//! `cargo xtask django`: the answers of Django and of orm beside each other.

use std::process::{Command, ExitCode};

use anyhow::{Result, bail};

use crate::args::{Db, DjangoArgs};
use crate::cargo::{cargo, clean, workspace};
use crate::process::{self, OnInterrupt};
use crate::python;
use crate::servers::Servers;
use crate::steps::announce;

/// The test target that answers for orm; the same features twice, so that it is built once.
const TARGET: [&str; 4] = ["--test", "django", "--features", "sqlite,postgres"];

/// Prepares Python and the server, builds orm's side, and hands over to `tests/django/main.py`.
pub(crate) fn run(options: &DjangoArgs) -> Result<ExitCode> {
    let mut databases = options.db.clone();
    databases.sort();
    databases.dedup();
    if let Some(other) = databases.iter().find(|db| !matches!(db, Db::Sqlite | Db::Postgres)) {
        bail!("Django is asked on sqlite and postgres, not on {}", other.key());
    }
    let python = python::with_django()?;
    let servers = Servers::start(&databases)?;
    if !servers.missing().is_empty() {
        bail!("not every server asked for could be started; choose with --db");
    }
    let mut build = cargo();
    build.args(["test", "--no-run"]).args(TARGET);
    announce(&build);
    if !process::run(&mut build, OnInterrupt::End)?.success() {
        bail!("orm's side does not compile");
    }
    let keys: Vec<&str> = databases.iter().copied().map(Db::key).collect();
    let orm = cargo();
    let mut command = Command::new(python);
    command.current_dir(workspace()).env("PYTHONDONTWRITEBYTECODE", "1");
    command.args(["tests/django/main.py", &keys.join(","), &options.filter]);
    command.arg(orm.get_program()).args(["test", "--quiet"]).args(TARGET).arg("--");
    clean(&mut command);
    servers.set_variables(&mut command);
    announce(&command);
    process::run_as_task(&mut command)
}
