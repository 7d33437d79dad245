//! A Python with Django, in a virtual environment that is kept in the cache folder.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::process::{self, OnInterrupt};
use crate::program;

/// What is installed by pip.
const PACKAGES: [&str; 3] = ["Django==5.2.*", "psycopg[binary,pool]==3.*", "uvicorn[standard]"];

/// Says by its exit code whether the packages are there.
const CHECK: &str = "import django, httptools, psycopg, psycopg_binary, psycopg_pool, sys, uvicorn, uvloop
sys.exit(django.VERSION[:2] != (5, 2))";

/// The environment's Python; the environment is made where it is not there yet.
pub(crate) fn with_django() -> Result<PathBuf> {
    let folder = program::cache().join("django-5.2");
    let python = folder.join("bin/python");
    fs::create_dir_all(program::cache())
        .with_context(|| format!("cannot create {}", program::cache().display()))?;
    // Another xtask may be making it right now.
    let lock = File::create(program::cache().join("django-5.2.lock"))?;
    lock.lock()?;
    if !succeeds(&python, CHECK) {
        // One that merely lacks a package may be in use by somebody else: it is added to, not made anew.
        if !succeeds(&python, "import pip") {
            make(&folder)?;
        }
        fill(&folder, &python)?;
    }
    Ok(python)
}

/// What is installed, such as `Django 5.2.1`.
pub(crate) fn versions(python: &Path) -> Result<Vec<String>> {
    const PROGRAM: &str = "import importlib.metadata as m, platform, sys
print('Python', platform.python_version())
for name in sys.argv[1:]: print(name, m.version(name))";
    let mut command = Command::new(python);
    command.args(["-c", PROGRAM, "Django", "psycopg", "uvicorn", "uvloop"]);
    let output = process::run_quietly(&mut command, OnInterrupt::End)?;
    Ok(output.lines().map(str::to_owned).collect())
}

fn succeeds(python: &Path, program: &str) -> bool {
    let mut command = Command::new(python);
    command.args(["-c", program]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn make(folder: &Path) -> Result<()> {
    let Some(system) = program::find(&["python3"], &program::folders(&[])) else {
        bail!("there is no python3, which Django needs (3.10 or later)");
    };
    if !succeeds(&system, "import sys; sys.exit(sys.version_info < (3, 10))") {
        bail!("{} is older than 3.10, which Django 5.2 needs", system.display());
    }
    let mut venv = Command::new(&system);
    venv.args(["-m", "venv", "--clear"]).arg(folder);
    process::run_quietly(&mut venv, OnInterrupt::End)
        .context("cannot make a virtual environment (on Debian it needs the package python3-venv)")?;
    Ok(())
}

fn fill(folder: &Path, python: &Path) -> Result<()> {
    eprintln!("xtask: installing {} into {}", PACKAGES.join(", "), folder.display());
    let mut pip = Command::new(python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(PACKAGES);
    process::run_quietly(&mut pip, OnInterrupt::End)
        .context("pip cannot install Django: is PyPI reachable?")?;
    Ok(())
}
