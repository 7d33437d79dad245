//! Child processes that do not outlive xtask.
//!
//! Each child leads its own process group, so that a signal reaches its own children too (cargo's rustc, a test
//! binary) and a Ctrl-C in the terminal reaches the servers only in the order in which we stop them.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::errno::Errno;
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

use crate::{caretaker, interrupt};

/// How a command takes an interruption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnInterrupt {
    /// It is told to end.
    End,
    /// It is killed, because it is deaf to less (a server that fills its data directory) and leaves nothing of worth.
    Kill,
    /// It is left to finish, because cut short it would leave a mess (dpkg); a second Ctrl-C ends it all the same.
    Finish,
}

/// The commands under way, by process group.
static COMMANDS: Mutex<BTreeMap<i32, OnInterrupt>> = Mutex::new(BTreeMap::new());

fn commands() -> MutexGuard<'static, BTreeMap<i32, OnInterrupt>> {
    // A panicking holder cannot leave a half-done change in a map of integers.
    COMMANDS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends the commands under way; `insist` also those that were allowed to finish.
pub(crate) fn end_commands(insist: bool) {
    for (&group, &manner) in commands().iter() {
        let signal = match manner {
            _ if insist => Signal::SIGKILL,
            OnInterrupt::End => Signal::SIGTERM,
            OnInterrupt::Kill => Signal::SIGKILL,
            OnInterrupt::Finish => continue,
        };
        // A group that has just ended by itself is what was wanted.
        killpg(Pid::from_raw(group), signal).ok();
    }
}

/// A started command; dropped before its end, it is killed.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) child: Child,
    group: Pid,
    name: String,
}

/// Starts a command in its own process group.
pub(crate) fn start(command: &mut Command, manner: OnInterrupt) -> Result<Running> {
    interrupt::check()?;
    let name = command.get_program().to_string_lossy().into_owned();
    let child = command.process_group(0).spawn().with_context(|| format!("cannot start {name}"))?;
    let group = pid_of(&child)?;
    let signal = if manner == OnInterrupt::Kill { Signal::SIGKILL } else { Signal::SIGTERM };
    caretaker::guard_group(group, signal);
    commands().insert(group.as_raw(), manner);
    if interrupt::received() {
        // The signal came between the check above and the entry in the map.
        end_commands(false);
    }
    Ok(Running { child, group, name })
}

impl Running {
    /// Waits for the end of the command.
    pub(crate) fn wait(mut self) -> Result<ExitStatus> {
        let status = self.child.wait().with_context(|| format!("cannot wait for {}", self.name))?;
        interrupt::check()?;
        Ok(status)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        commands().remove(&self.group.as_raw());
        if let Ok(None) = self.child.try_wait() {
            killpg(self.group, Signal::SIGKILL).ok();
            self.child.wait().ok();
        } else if interrupt::received() {
            // The leader obeyed; what it left behind in its group is not wanted either.
            killpg(self.group, Signal::SIGKILL).ok();
        }
        caretaker::forget(self.group);
    }
}

/// Runs a command to its end, its output going where ours goes.
pub(crate) fn run(command: &mut Command, manner: OnInterrupt) -> Result<ExitStatus> {
    start(command, manner)?.wait()
}

/// Runs a command that may talk with the user: at a terminal it stays in the foreground group.
fn run_interactive(command: &mut Command) -> Result<ExitStatus> {
    if !std::io::stdin().is_terminal() {
        return run(command, OnInterrupt::End);
    }
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command.spawn().with_context(|| format!("cannot start {name}"))?;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if interrupt::received() {
            // Ctrl-C has reached the child too; a SIGTERM has reached only us.
            kill(pid_of(&child)?, Signal::SIGTERM).ok();
            child.wait()?;
            interrupt::check()?;
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// Runs a command that is the task: its exit code becomes ours, an end by a signal what a shell makes of it.
pub(crate) fn run_as_task(command: &mut Command) -> Result<ExitCode> {
    let status = run_interactive(command)?;
    let code =
        status.code().or(status.signal().map(|signal| 128 + signal)).and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Runs a command quietly; on failure its output is the error.
pub(crate) fn run_quietly(command: &mut Command, manner: OnInterrupt) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null());
    let log = tempfile::NamedTempFile::new().context("cannot create a temporary file")?;
    command.stdout(log.reopen()?).stderr(log.reopen()?);
    let status = run(command, manner)?;
    let output = String::from_utf8_lossy(&std::fs::read(log.path())?).into_owned();
    if !status.success() {
        bail!("{name} failed ({status}):\n{}", last_lines(&output, 15));
    }
    Ok(output)
}

/// A server process; dropped, it is stopped.
#[derive(Debug)]
pub(crate) struct Daemon {
    child: Child,
    group: Pid,
    stop_by: Signal,
}

impl Daemon {
    /// Starts a server which `stop_by` stops at once.
    pub(crate) fn start(command: &mut Command, stop_by: Signal) -> Result<Self> {
        interrupt::check()?;
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command
            .stdin(Stdio::null())
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        let group = pid_of(&child)?;
        caretaker::guard_group(group, stop_by);
        Ok(Self { child, group, stop_by })
    }

    /// The number of the server's process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How the server ended, should it have.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    fn stop(&mut self) {
        const PATIENCE: Duration = Duration::from_secs(10);
        kill(self.group, self.stop_by).ok();
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
        killpg(self.group, Signal::SIGKILL).ok();
        self.child.wait().ok();
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            self.stop();
        }
        wait_for_group(self.group, Duration::from_secs(5));
        caretaker::forget(self.group);
    }
}

/// Waits until no process of the group is left, then insists: PostgreSQL's workers may outlive their parent a moment.
pub(crate) fn wait_for_group(group: Pid, patience: Duration) {
    let deadline = Instant::now() + patience;
    while is_alive(group) {
        if Instant::now() > deadline {
            killpg(group, Signal::SIGKILL).ok();
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
}

/// Whether a process of the group still does something.
///
/// One that has ended, but whose parent has not asked how, can still be sent signals; where the first process of a
/// container is a careless parent that may last.
fn is_alive(group: Pid) -> bool {
    if killpg(group, None) == Err(Errno::ESRCH) {
        return false;
    }
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return true;
    };
    let mut processes =
        processes.flatten().filter_map(|entry| std::fs::read_to_string(entry.path().join("stat")).ok());
    processes.any(|stat| {
        // The name, in parentheses, may hold anything; after it: state, parent, group.
        let mut fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        let state = fields.next();
        state != Some("Z") && fields.nth(1).and_then(|field| field.parse().ok()) == Some(group.as_raw())
    })
}

/// The last `count` lines of a log.
pub(crate) fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

fn pid_of(child: &Child) -> Result<Pid> {
    Ok(Pid::from_raw(i32::try_from(child.id()).context("process id out of range")?))
}
