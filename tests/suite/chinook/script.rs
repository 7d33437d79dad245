//! Chinook's scripts: where they are, and what of them goes into the test's own database.

use std::path::{Path, PathBuf};

/// The folder of the scripts, or `None` (said on stderr) where it is not there.
pub fn folder() -> Option<PathBuf> {
    let folder = match std::env::var_os("CHINOOK_DIR") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/chinook"),
    };
    if folder.join("sqlite.sql").exists() {
        return Some(folder);
    }
    eprintln!(
        "skipped: no sqlite.sql in {} (CHINOOK_DIR says where Chinook's scripts are)",
        folder.display()
    );
    None
}

/// A script without the statements that choose another database than the test's own.
pub fn read(folder: &Path, name: &str) -> String {
    let script = std::fs::read_to_string(folder.join(name)).expect("the script is read");
    let elsewhere = ["DROP DATABASE ", "CREATE DATABASE ", "USE "];
    let kept = script.lines().filter(|line| !elsewhere.iter().any(|start| line.starts_with(start)));
    kept.flat_map(|line| [line, "\n"]).collect()
}
