//! The load generator: `h2load` of nghttp2, which holds its connections and notes the time of every request.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};

use super::usage::{self, Processes};
use crate::process::{self, OnInterrupt};
use crate::steps::announce;
use crate::{install, interrupt, program};

/// Whoever gets no byte for so long gives up, which counts as an error.
const PATIENCE: Duration = Duration::from_mins(2);

/// The program, found or installed.
#[derive(Debug)]
pub(super) struct Generator {
    program: PathBuf,
    version: String,
}

/// What is to be done.
#[derive(Debug)]
pub(super) struct Load<'a> {
    pub(super) url: String,
    pub(super) port: u16,
    pub(super) clients: u32,
    pub(super) warm_up: Duration,
    pub(super) time: Duration,
    pub(super) folder: &'a Path,
}

/// What was seen between the end of the warm-up and the end.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Measured {
    /// How long it was measured.
    pub(super) time: Duration,
    /// Connections that were open all the time.
    pub(super) held: usize,
    /// From the request to the end of its answer, sorted.
    pub(super) latencies: Vec<Duration>,
    /// Requests without an answer, or with another status than 200; connections that did not last.
    pub(super) errors: u64,
    /// The most resident memory of the service.
    pub(super) memory: u64,
    /// Time on the processors: service, database, generator.
    pub(super) cpu: [Duration; 3],
}

impl Generator {
    pub(super) fn get() -> Result<Self> {
        let find = || program::find(&["h2load"], &program::folders(&[]));
        let program = if let Some(program) = find() {
            program
        } else {
            install::install("nghttp2-client")?;
            find().ok_or_else(|| anyhow!("package nghttp2-client brought no h2load"))?
        };
        let version = program::version(&mut Command::new(&program));
        Ok(Self { program, version })
    }

    pub(super) fn version(&self) -> &str {
        &self.version
    }

    /// Puts a service under load and watches it and its database meanwhile.
    pub(super) fn run(&self, load: &Load, [service, database]: [Processes; 2]) -> Result<Measured> {
        let (log, output) = (load.folder.join("requests"), load.folder.join("h2load"));
        // h2load would add to the requests of the run before.
        fs::write(&log, "")?;
        let mut command = Command::new(&self.program);
        // One thread, whose phases are then those of the whole; it is far from being busy.
        command.args(["--h1", "--threads", "1", "--clients", &load.clients.to_string()]);
        command.args(["--warm-up-time", &seconds(load.warm_up), "--duration", &seconds(load.time)]);
        command.args(["--connection-inactivity-timeout", &seconds(PATIENCE)]);
        command.arg("--log-file").arg(&log).arg(&load.url);
        command.stdin(Stdio::null()).stdout(File::create(&output)?).stderr(Stdio::null());
        announce(&command);
        let running = process::start(&mut command, OnInterrupt::Kill)?;
        let generator = Processes::of(running.child.id());
        let mut watch = Watch { processes: [service, database, generator], load, output: &output };
        let seen = watch.follow()?;
        let status = running.wait()?;
        let summary = fs::read_to_string(&output)?;
        if !status.success() {
            bail!("h2load failed ({status}):\n{}", process::last_lines(&summary, 15));
        }
        let requests = Requests::read(&fs::read_to_string(&log)?)?;
        Ok(Measured {
            time: load.time,
            held: seen.held,
            latencies: requests.latencies,
            // Of a connection that the service breaks h2load tells nothing in a run of a given time.
            errors: failed(&summary)?
                + requests.refused
                + u64::from(load.clients).saturating_sub(seen.held as u64),
            memory: seen.memory,
            cpu: seen.cpu,
        })
    }
}

fn seconds(time: Duration) -> String {
    time.as_secs().to_string()
}

/// Follows h2load through its phases, of which its output tells.
struct Watch<'a> {
    processes: [Processes; 3],
    load: &'a Load<'a>,
    output: &'a Path,
}

/// What the measured phase showed.
#[derive(Debug)]
struct Seen {
    held: usize,
    memory: u64,
    cpu: [Duration; 3],
}

impl Watch<'_> {
    const BEGIN: &'static str = "Main benchmark duration is started";
    const END: &'static str = "Main benchmark duration is over";

    fn follow(&mut self) -> Result<Seen> {
        // Connecting thousands takes a moment, too.
        let late = Instant::now() + self.load.warm_up + self.load.time + Duration::from_mins(2);
        self.wait(Self::BEGIN, late)?;
        let before = self.cpu()?;
        let (mut held, mut memory) = (usage::clients_of(self.load.port)?, 0);
        loop {
            let next = Instant::now() + Duration::from_millis(500);
            let sample = (usage::clients_of(self.load.port)?, self.processes[0].memory());
            if self.wait(Self::END, next.min(late))? {
                break;
            }
            // Only now is it known that the sample was taken before the clients left.
            held.retain(|client| sample.0.contains(client));
            memory = memory.max(sample.1);
            if Instant::now() > late {
                bail!("h2load does not come to an end");
            }
        }
        let after = self.cpu()?;
        let cpu = [0, 1, 2].map(|at| after[at].saturating_sub(before[at]));
        Ok(Seen { held: held.len(), memory, cpu })
    }

    /// Whether h2load said so before `until`.
    fn wait(&self, words: &str, until: Instant) -> Result<bool> {
        loop {
            let ended = self.processes[2].have_ended();
            let output = fs::read_to_string(self.output)?;
            if output.contains(words) {
                return Ok(true);
            }
            if ended {
                bail!("h2load has ended early:\n{}", process::last_lines(&output, 15));
            }
            if Instant::now() > until {
                return Ok(false);
            }
            interrupt::sleep(Duration::from_millis(20))?;
        }
    }

    fn cpu(&mut self) -> Result<[Duration; 3]> {
        let [service, database, generator] = &mut self.processes;
        Ok([service.cpu()?, database.cpu()?, generator.cpu()?])
    }
}

/// The requests that h2load counts as failed: refused, broken off, given up, or answered with 4xx or 5xx.
fn failed(summary: &str) -> Result<u64> {
    let line = summary.lines().find(|line| line.starts_with("requests: "));
    let count = line.and_then(|line| line.split(", ").find_map(|part| part.strip_suffix(" failed")));
    let count = count.with_context(|| {
        format!("h2load does not sum up its requests:\n{}", process::last_lines(summary, 15))
    })?;
    Ok(count.parse()?)
}

/// h2load's log.
#[derive(Debug, Default, PartialEq)]
struct Requests {
    /// Of those that were answered, sorted.
    latencies: Vec<Duration>,
    /// Answered with a status that h2load finds good, but we do not: it was the page that was asked for.
    refused: u64,
}

impl Requests {
    /// A line is the time of the beginning, the status and the microseconds until the end.
    fn read(log: &str) -> Result<Self> {
        let mut requests = Self::default();
        for line in log.lines() {
            let mut fields = line.split('\t').skip(1).map(str::parse::<i64>);
            let (Some(Ok(status)), Some(Ok(time))) = (fields.next(), fields.next()) else {
                bail!("h2load's log has a line `{line}`");
            };
            match status {
                // 0: the answer began during the warm-up, when h2load does not look at its status.
                200 | 0 => requests.latencies.push(Duration::from_micros(u64::try_from(time)?)),
                // Counted by its summary as failed.
                ..0 | 400.. => {}
                _ => requests.refused += 1,
            }
        }
        requests.latencies.sort_unstable();
        Ok(requests)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_counts_failures() {
        let summary = "finished in 4.03s, 190.33 req/s, 608.36KB/s\n\
            requests: 571 total, 571 started, 571 done, 568 succeeded, 3 failed, 1 errored, 0 timeout\n\
            status codes: 568 2xx, 0 3xx, 0 4xx, 2 5xx\n";
        assert_eq!(failed(summary).expect("a summary"), 3);
        failed("finished in 4.03s").expect_err("no summary");
    }

    #[test]
    fn the_log_has_latencies_and_statuses() {
        let log = "1795773316322343\t200\t618458\n1795773316905188\t0\t36718\n1795773316933989\t302\t16231\n\
            1795773316933990\t503\t5\n1795773316933990\t-1\t6\n1795773316933991\t200\t9\n";
        let requests = Requests::read(log).expect("a log");
        let latencies = [9, 36_718, 618_458].map(Duration::from_micros).to_vec();
        assert_eq!(requests, Requests { latencies, refused: 1 });
        Requests::read("1795773316322343\t200").expect_err("half a line");
    }
}
