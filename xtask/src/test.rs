//! `cargo xtask test`: private servers, then everything.

mod chosen;
mod counts;

use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::thread;

use anyhow::{Context, Result, anyhow};

use self::counts::Counts;
use crate::args::{Db, TestArgs};
use crate::browser::{self, Browser};
use crate::cargo::cargo;
use crate::process::{self, OnInterrupt};
use crate::redis::{self, Redis};
use crate::servers::Servers;
use crate::steps::{Outcome, Steps, announce, first_line};
use crate::{deny, interrupt};

/// The step whose failures are counted test by test.
const TEST: &str = "test";

/// Names the database of `#[orm::test]`.
const URL: &str = "ORM_TEST_URL";

/// Programs whose tests are on that database.
const BY_URL: [&str; 2] = ["attribute", "shop"];

/// The program whose tests are on MySQL, or where there is none on MariaDB.
const MYSQL_FAMILY: &str = "mysql";

/// One set of features for all steps, so that no dependency is built twice.
const FEATURES: [&str; 2] = ["--workspace", "--all-features"];

pub(crate) fn run(options: &TestArgs) -> Result<ExitCode> {
    let mut steps = Steps::default();
    let databases = options.databases.selected();
    // On a bare machine the servers are downloaded first, and meanwhile the compiler has work to do.
    let (servers, browser, redis) = thread::scope(|scope| {
        let servers = scope.spawn(|| Servers::start(&databases)?.with_killable());
        let browser = scope.spawn(Browser::get);
        let redis = scope.spawn(Redis::get);
        if !options.no_lint {
            lint(&mut steps)?;
        }
        let servers = servers.join().map_err(|_| anyhow!("xtask panicked while starting the servers"))??;
        let browser = browser.join().map_err(|_| anyhow!("xtask panicked while looking for Chromium"))?;
        let redis = redis.join().map_err(|_| anyhow!("xtask panicked while looking for Redis"))?;
        anyhow::Ok((servers, browser, redis))
    })?;
    interrupt::check()?;
    for (db, version) in servers.versions() {
        steps.note(db.name(), Outcome::Passed, None, version.to_owned());
    }
    for (db, error) in servers.missing() {
        steps.note(db.name(), Outcome::Skipped, None, first_line(error));
    }
    let found = browser.as_ref().map(|browser| browser.version.clone());
    note(&mut steps, "chromium", found);
    let found = redis.as_ref().map(|redis| redis.version.clone());
    note(&mut steps, "redis", found);
    let mut programs = Vec::new();
    programs.extend(browser.iter().map(|browser| (browser::VARIABLE, browser.program.as_path())));
    programs.extend(redis.iter().map(|redis| (redis::VARIABLE, redis.program.as_path())));
    let counts = test(&mut steps, &servers, &programs, &options.cargo)?;
    let skipped = servers.missing().len() + usize::from(browser.is_err()) + usize::from(redis.is_err());
    drop(servers);
    Ok(conclude(&steps, &counts, skipped))
}

/// Says which program there is for some of the tests, or that they are skipped.
fn note(steps: &mut Steps, name: &str, found: Result<String, &anyhow::Error>) {
    match found {
        Ok(version) => steps.note(name, Outcome::Passed, None, version),
        Err(error) => {
            eprintln!("xtask: no {name}: {error:#}");
            steps.note(name, Outcome::Skipped, None, first_line(error));
        }
    }
}

fn lint(steps: &mut Steps) -> Result<()> {
    steps.run("fmt", cargo().args(["fmt", "--all", "--check"]))?;
    deny::check(steps)?;
    let mut clippy = cargo();
    clippy.arg("clippy").args(FEATURES).args(["--all-targets", "--", "-D", "warnings"]);
    steps.run("clippy", &mut clippy)?;
    // A user's crate with the drivers alone: features that only tests switch on in a dependency are not there.
    let mut alone = cargo();
    alone.args(["clippy", "--package", "orm", "--no-default-features", "--features", "postgres,mysql"]);
    alone.args(["--", "-D", "warnings"]);
    steps.run("drivers", &mut alone)?;
    let mut doc = cargo();
    doc.args(["doc", "--no-deps"]).args(FEATURES).env("RUSTDOCFLAGS", "-D warnings");
    steps.run("doc", &mut doc)
}

/// Runs the tests, doc tests included, their output shown as it comes and counted.
fn test(
    steps: &mut Steps,
    servers: &Servers,
    programs: &[(&str, &Path)],
    extra: &[String],
) -> Result<Counts> {
    let command = || {
        let mut command = cargo();
        command.args(["test", "--no-fail-fast"]);
        // Beside --workspace cargo would ignore a choice of packages.
        command.args(&FEATURES[usize::from(chosen::packages(extra).next().is_some())..]);
        servers.set_variables(&mut command);
        command.envs(programs.iter().copied());
        command
    };
    let mut counts = Counts::default();
    let mut all = command();
    all.args(extra);
    run_and_count(steps, "", all, &mut counts)?;
    let has = |db| servers.urls().any(|(it, _)| it == db);
    if let Some(arguments) = chosen::again(extra, MYSQL_FAMILY).filter(|_| has(Db::Mysql) && has(Db::Mariadb))
    {
        let mut command = command();
        command.args(arguments);
        Db::Mysql.url_variable().map(|variable| command.env_remove(variable));
        run_and_count(steps, "suite on MariaDB", command, &mut counts)?;
    }
    // These were on SQLite. Whoever chooses tests has chosen those, and no others.
    for (db, url) in servers.urls().filter(|_| extra.is_empty()) {
        let mut command = cargo();
        command.args(["test", "--no-fail-fast"]).args(FEATURES).env(URL, url).envs(programs.iter().copied());
        command.args(BY_URL.iter().flat_map(|target| ["--test", target]));
        run_and_count(steps, &format!("{URL} of {}", db.name()), command, &mut counts)?;
    }
    Ok(counts)
}

fn run_and_count(steps: &mut Steps, note: &str, mut command: Command, counts: &mut Counts) -> Result<()> {
    steps.run_with(TEST, note, || {
        announce(&command);
        show_and_count(command.stdout(Stdio::piped()), counts)
    })
}

fn show_and_count(command: &mut Command, counts: &mut Counts) -> Result<bool> {
    let mut running = process::start(command, OnInterrupt::End)?;
    let mut output = BufReader::new(running.child.stdout.take().context("no pipe to cargo test")?);
    let mut out = std::io::stdout().lock();
    let mut line = Vec::new();
    // Bytes, because a test may print anything.
    while output.read_until(b'\n', &mut line)? > 0 {
        // Should nobody listen any more, the result still matters.
        out.write_all(&line).and_then(|()| out.flush()).ok();
        counts.note(&String::from_utf8_lossy(&line));
        line.clear();
    }
    Ok(running.wait()?.success())
}

/// Prints the table and, last, the line that says it all.
fn conclude(steps: &Steps, counts: &Counts, skipped: usize) -> ExitCode {
    // A failed lint is one failure; so is a test program that did not compile, or died before it could count.
    let uncounted = usize::from(counts.failed == 0 && steps.has_failed(TEST));
    let failed = counts.failed + steps.failed(TEST) + uncounted;
    let rule =
        if std::io::stdout().is_terminal() { "\x1b[1m—— summary\x1b[0m" } else { "—— summary" };
    println!("\n{rule}\n{}", steps.table());
    if counts.ignored > 0 {
        println!("{} ignored tests are not counted", counts.ignored);
    }
    let skipped = if skipped == 0 { String::new() } else { format!(", {skipped} skipped") };
    println!("{} passed, {failed} failed{skipped}", counts.passed);
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
