//! A second process that tidies up when xtask itself was killed.
//!
//! `Drop` covers success, failure, panic, Ctrl-C and SIGTERM, but nothing runs after SIGKILL (a CI time-out, the
//! out-of-memory killer). So the first thing to be guarded starts `xtask caretaker`, which reads from a pipe what there
//! is to stop and to remove. The pipe ends when xtask ends, in whatever way; what is still on the list then is
//! tidied up.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

/// The caretaker, its pipe in it; `None` until there is something to guard, or when it could not be started.
static CARETAKER: Mutex<Option<Child>> = Mutex::new(None);

/// Has the process group stopped by `signal`, should we die.
pub(crate) fn guard_group(group: Pid, signal: Signal) {
    send(&format!("group {group} {signal}"));
}

/// The process group has ended.
pub(crate) fn forget(group: Pid) {
    send(&format!("forget {group}"));
}

/// Has the directory removed, should we die.
pub(crate) fn guard_directory(path: &Path) {
    // A path with a line break cannot be told to the caretaker; it is merely not guarded against SIGKILL.
    if let Some(path) = path.to_str().filter(|path| !path.contains('\n')) {
        send(&format!("directory {path}"));
    }
}

fn send(line: &str) {
    let mut caretaker = CARETAKER.lock().unwrap_or_else(PoisonError::into_inner);
    if caretaker.is_none() {
        *caretaker = start();
    }
    // Without a caretaker everything works, except that a SIGKILL leaves things behind.
    if let Some(pipe) = caretaker.as_mut().and_then(|caretaker| caretaker.stdin.as_mut()) {
        writeln!(pipe, "{line}").ok();
    }
}

/// Everything has ended: so may the caretaker.
pub(crate) fn dismiss() {
    let caretaker = CARETAKER.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(mut caretaker) = caretaker {
        // Waiting closes the pipe first.
        caretaker.wait().ok();
    }
}

fn start() -> Option<Child> {
    let program = std::env::current_exe().ok()?;
    Command::new(program)
        .arg("caretaker")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .current_dir("/")
        .spawn()
        .ok()
}

/// The caretaker's whole life: reads until the pipe ends, then tidies up.
pub(crate) fn watch() -> ExitCode {
    let mut left = Left::default();
    for line in std::io::stdin().lines() {
        match line {
            Ok(line) => left.note(&line),
            Err(_) => break,
        }
    }
    left.tidy_up();
    ExitCode::SUCCESS
}

/// What would be left behind.
#[derive(Debug, Default, PartialEq)]
struct Left {
    groups: BTreeMap<i32, Signal>,
    directories: BTreeSet<PathBuf>,
}

impl Left {
    fn note(&mut self, line: &str) {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb {
            "group" => {
                if let Some((group, signal)) = rest.split_once(' ')
                    && let (Ok(group), Ok(signal)) = (group.parse(), Signal::from_str(signal))
                {
                    self.groups.insert(group, signal);
                }
            }
            "forget" => {
                if let Ok(group) = rest.parse() {
                    self.groups.remove(&group);
                }
            }
            "directory" => {
                self.directories.insert(PathBuf::from(rest));
            }
            _ => {}
        }
    }

    fn tidy_up(self) {
        for (&group, &signal) in &self.groups {
            killpg(Pid::from_raw(group), signal).ok();
        }
        for &group in self.groups.keys() {
            crate::process::wait_for_group(Pid::from_raw(group), Duration::from_secs(10));
        }
        for directory in self.directories {
            std::fs::remove_dir_all(directory).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_ended_is_forgotten() {
        let mut left = Left::default();
        for line in ["group 12 SIGQUIT", "group 13 SIGKILL", "forget 12", "directory /tmp/a b", "nonsense"] {
            left.note(line);
        }
        assert_eq!(left.groups, BTreeMap::from([(13, Signal::SIGKILL)]));
        assert_eq!(left.directories, BTreeSet::from([PathBuf::from("/tmp/a b")]));
    }
}
