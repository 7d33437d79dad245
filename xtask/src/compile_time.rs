//! `cargo xtask compile-time`: what models cost their users while compiling.
//!
//! Crates of several sizes, generated outside the workspace with a target folder of their own, so that what is measured
//! is a user's situation: dependencies built once, then the own crate again and again.

mod generate;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Result, bail};

use crate::args::{CompileTimeArgs, Profile};
use crate::cargo::cargo;
use crate::directory::{self, Directory};
use crate::process::{self, OnInterrupt};
use crate::steps::announce;

pub(crate) fn run(options: &CompileTimeArgs) -> Result<ExitCode> {
    if let Some(folder) = &options.generate {
        fs::create_dir(folder)?;
        generate::workspace(folder, &options.models, options.profile)?;
        return Ok(ExitCode::SUCCESS);
    }
    let home = Directory::new(&directory::temporary())?;
    let crates = home.path().join("crates");
    fs::create_dir(&crates)?;
    generate::workspace(&crates, &options.models, options.profile)?;
    let bench = Bench { crates, target: home.path().join("target"), rounds: options.rounds };

    let begin = Instant::now();
    let built =
        process::run(announced(bench.cargo("build").args(["--package", generate::EMPTY])), OnInterrupt::End)?;
    if !built.success() {
        bail!("the dependencies do not compile");
    }
    let dependencies = begin.elapsed();
    // Checking wants its own form of the dependencies; not measured.
    time(bench.cargo("check").args(["--package", generate::EMPTY]))?;

    let mut rows = Vec::new();
    for &models in &options.models {
        let row = bench.measure(models)?;
        eprintln!("{row}");
        rows.push(row);
    }
    println!(
        "\ndependencies: {} crates, clean build {:.1} s",
        bench.count_dependencies()?,
        dependencies.as_secs_f64()
    );
    let settings = match options.profile {
        Profile::Plain => "as cargo makes it",
        Profile::Light => "as the README advises",
    };
    println!("own crate, dev profile {settings}, median of {}, in seconds:\n", options.rounds);
    println!(
        "models   build   rebuild after touching one   after editing one   check   after editing one, with models in a crate of their own"
    );
    for row in rows {
        println!("{row}");
    }
    Ok(ExitCode::SUCCESS)
}

fn announced(command: &mut Command) -> &mut Command {
    announce(command);
    command
}

/// The times of one crate.
#[derive(Debug)]
struct Row {
    models: u16,
    build: Duration,
    /// After a file has only become newer.
    touch: Duration,
    /// After a query has changed.
    edit: Duration,
    check: Duration,
    /// As `edit`, of the crate with the queries alone.
    apart: Duration,
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [build, touch, edit, check, apart] =
            [self.build, self.touch, self.edit, self.check, self.apart].map(|time| time.as_secs_f64());
        write!(f, "{:6} {build:7.2} {touch:28.2} {edit:19.2} {check:7.2} {apart:56.2}", self.models)
    }
}

struct Bench {
    crates: PathBuf,
    target: PathBuf,
    rounds: u16,
}

impl Bench {
    fn measure(&self, models: u16) -> Result<Row> {
        let (name, queries) = (generate::crate_name(models), generate::queries_name(models));
        let one = |name: &str| self.crates.join(generate::file(name, models / 2));
        let [mut builds, mut touches, mut edits, mut checks, mut aparts] = [const { Vec::new() }; 5];
        time(self.cargo("build").args(["--package", &queries]))?;
        for round in 0..self.rounds {
            self.clean(&name)?;
            checks.push(time(self.cargo("check").args(["--package", &name]))?);
            self.clean(&name)?;
            builds.push(time(self.cargo("build").args(["--package", &name]))?);
            touch(&one(&name))?;
            touches.push(time(self.cargo("build").args(["--package", &name]))?);
            for (name, times) in [(&name, &mut edits), (&queries, &mut aparts)] {
                edit(&one(name), round)?;
                times.push(time(self.cargo("build").args(["--package", name]))?);
            }
        }
        let [build, touch, edit, check, apart] = [builds, touches, edits, checks, aparts].map(median);
        Ok(Row { models, build, touch, edit, check, apart })
    }

    fn clean(&self, name: &str) -> Result<()> {
        time(self.cargo("clean").args(["--package", name])).map(drop)
    }

    fn cargo(&self, verb: &str) -> Command {
        let mut command = cargo();
        command.current_dir(&self.crates).arg(verb);
        // As a user has it, whatever this machine sets for the workspace.
        command.env("CARGO_TARGET_DIR", &self.target).env_remove("CARGO_INCREMENTAL").env_remove("RUSTFLAGS");
        command
    }

    /// The crates in the tree of a user with one driver, the workspace's own included.
    fn count_dependencies(&self) -> Result<usize> {
        let mut command = self.cargo("tree");
        command.args(["--package", generate::EMPTY, "--prefix", "none", "--edges", "normal,build"]);
        let tree = process::run_quietly(&mut command, OnInterrupt::End)?;
        let mut names: Vec<&str> = tree.lines().map(|line| line.trim_end_matches(" (*)")).collect();
        names.sort_unstable();
        names.dedup();
        // The crate that has them is none of them.
        Ok(names.len().saturating_sub(1))
    }
}

/// Runs a command that has to succeed; how long it took.
fn time(command: &mut Command) -> Result<Duration> {
    let begin = Instant::now();
    process::run_quietly(command, OnInterrupt::End)?;
    Ok(begin.elapsed())
}

/// Gives a file a new date, so that its crate is compiled again.
fn touch(file: &Path) -> Result<()> {
    File::options().append(true).open(file)?.set_modified(SystemTime::now())?;
    Ok(())
}

/// Changes one query of a model, as a user at work does.
fn edit(file: &Path, round: u16) -> Result<()> {
    let source = fs::read_to_string(file)?;
    let edited = generate::with_limit(&source, 21 + round);
    fs::write(file, edited)?;
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
