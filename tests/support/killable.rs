//! A server that a test may kill, and that somebody starts again: `cargo xtask test` has one for each database.

use std::path::PathBuf;
use std::process::Command;

/// Where it is: the variable has its URL, `#`, and the file in which the number of its process stands.
pub struct Killable {
    pub url: String,
    pid_file: PathBuf,
}

impl Killable {
    /// The one that the variable names, or `None` (said on stderr).
    pub fn of(variable: &str) -> Option<Self> {
        let Ok(value) = std::env::var(variable) else {
            eprintln!("skipped: {variable} is not set (`cargo xtask test` starts such a server)");
            return None;
        };
        let (url, pid_file) = value.split_once('#').expect("a URL and a file");
        Some(Killable { url: url.to_owned(), pid_file: pid_file.into() })
    }

    /// Kills the server: its first process. Whether it was there.
    pub fn kill(&self) -> bool {
        kill(std::fs::read_to_string(&self.pid_file).expect("the server's number").trim())
    }
}

/// Kills a process, which cannot do anything about it. Whether it was there.
pub fn kill(pid: &str) -> bool {
    Command::new("kill").args(["-KILL", pid]).status().expect("the program `kill`").success()
}
