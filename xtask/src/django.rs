//! `cargo xtask django`: the answers of Django and of orm beside each other.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};

use crate::args::{Db, DjangoArgs};
use crate::cargo::{cargo, clean, workspace};
use crate::process::{self, OnInterrupt};
use crate::program;
use crate::servers::Servers;
use crate::steps::announce;

/// What is installed by pip.
const PACKAGES: [&str; 2] = ["Django==5.2.*", "psycopg[binary]==3.*"];

/// Says by its exit code whether the packages are there.
const CHECK: &str = "import django, psycopg, sys; sys.exit(django.VERSION[:2] != (5, 2))";

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
    let python = python()?;
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

/// A Python with Django, in a virtual environment that is kept in the cache folder.
fn python() -> Result<PathBuf> {
    let folder = program::cache().join("django-5.2");
    let python = folder.join("bin/python");
    fs::create_dir_all(program::cache())
        .with_context(|| format!("cannot create {}", program::cache().display()))?;
    // Another xtask may be making it right now.
    let lock = File::create(program::cache().join("django-5.2.lock"))?;
    lock.lock()?;
    if !has_packages(&python) {
        make(&folder, &python)?;
    }
    Ok(python)
}

fn has_packages(python: &Path) -> bool {
    let mut command = Command::new(python);
    command.args(["-c", CHECK]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn make(folder: &Path, python: &Path) -> Result<()> {
    let Some(system) = program::find(&["python3"], &program::folders(&[])) else {
        bail!("there is no python3, which Django needs (3.10 or later)");
    };
    let recent = "import sys; sys.exit(sys.version_info < (3, 10))";
    if !Command::new(&system).args(["-c", recent]).status()?.success() {
        bail!("{} is older than 3.10, which Django 5.2 needs", system.display());
    }
    eprintln!("xtask: installing {} into {}", PACKAGES.join(" and "), folder.display());
    let mut venv = Command::new(&system);
    venv.args(["-m", "venv", "--clear"]).arg(folder);
    process::run_quietly(&mut venv, OnInterrupt::End)
        .context("cannot make a virtual environment (on Debian it needs the package python3-venv)")?;
    let mut pip = Command::new(python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(PACKAGES);
    process::run_quietly(&mut pip, OnInterrupt::End)
        .context("pip cannot install Django: is PyPI reachable?")?;
    Ok(())
}
