//! cargo-deny: licences, sources, duplicates and known vulnerabilities of the dependencies.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::args::on_ci;
use crate::cargo::{cargo, clean, workspace};
use crate::process::{self, OnInterrupt};
use crate::program;
use crate::steps::{Outcome, Steps, announce};
use crate::{directory, interrupt};

/// Pinned, so that the same commit gets the same answer next year; the newest that our Rust compiles.
const VERSION: &str = "0.20.2";

/// Runs `cargo deny check`, without the advisories where their database cannot be fetched.
pub(crate) fn check(steps: &mut Steps) -> Result<()> {
    const STEP: &str = "deny";
    let found = find();
    if found.is_none() && !on_ci() {
        let how = "cargo-deny is not installed; `cargo install --locked cargo-deny` does";
        eprintln!("xtask: licences and advisories not checked: {how}");
        steps.note(STEP, Outcome::Skipped, None, how.to_owned());
        return Ok(());
    }
    let begin = Instant::now();
    let program = match found.map_or_else(install, Ok) {
        Ok(program) => program,
        Err(error) => return steps.run_with(STEP, "", || Err(error)),
    };
    let offline = fetch_advisories(&program).err();
    interrupt::check()?;
    let mut command = deny(&program);
    // Duplicates are shown by name only: what pulls them in is a question for a calmer moment.
    command.args(["check", "--hide-inclusion-graph"]);
    let mut note = "";
    if let Some(error) = offline {
        eprintln!("xtask: advisories not checked: {error:#}");
        command.args(["bans", "licenses", "sources"]);
        note = "advisories not checked: their database could not be fetched";
    } else {
        command.arg("--disable-fetch");
    }
    announce(&command);
    let status = process::run(&mut command, OnInterrupt::End)?;
    let outcome = if status.success() { Outcome::Passed } else { Outcome::Failed };
    steps.note(STEP, outcome, Some(begin.elapsed()), note.to_owned());
    Ok(())
}

fn deny(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(workspace()).arg("--all-features");
    clean(&mut command);
    command
}

fn fetch_advisories(program: &Path) -> Result<()> {
    let mut command = deny(program);
    command.args(["fetch", "db"]);
    // A machine without network shall say so, not ask for a password.
    command.env("GIT_TERMINAL_PROMPT", "0");
    process::run_quietly(&mut command, OnInterrupt::End)?;
    Ok(())
}

fn find() -> Option<PathBuf> {
    let cargo_bin = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo_bin =
        cargo_bin.or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cargo")));
    let mut folders = program::folders(&[]);
    folders.extend(cargo_bin.map(|home| home.join("bin")));
    folders.push(cache().join("bin"));
    program::find(&["cargo-deny"], &folders)
}

/// Where a build machine keeps it, if it keeps anything.
fn cache() -> PathBuf {
    program::cache().join("cargo-deny-".to_owned() + VERSION)
}

/// Builds cargo-deny, unoptimised: half a minute on two cores instead of several, and it runs for a second.
fn install() -> Result<PathBuf> {
    let target = directory::Directory::new(&directory::temporary())?;
    let mut command = cargo();
    // Not in the workspace: its pinned tool chain is meant, its target folder and configuration are not.
    command.current_dir(directory::temporary());
    command
        .args(["install", "--locked", "--debug", "--version", VERSION, "cargo-deny", "--root"])
        .arg(cache());
    command.env("CARGO_TARGET_DIR", target.path()).env("CARGO_PROFILE_DEV_DEBUG", "0");
    announce(&command);
    process::run_quietly(&mut command, OnInterrupt::End).context("cannot install cargo-deny")?;
    Ok(cache().join("bin/cargo-deny"))
}
