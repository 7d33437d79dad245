//! Finding the programs of this machine.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The folders of `PATH`, then `more`; only those that exist, in order, each once.
pub(crate) fn folders(more: &[&str]) -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut found: Vec<PathBuf> = Vec::new();
    for folder in std::env::split_paths(&path).chain(more.iter().map(PathBuf::from)) {
        if folder.is_dir() && !found.contains(&folder) {
            found.push(folder);
        }
    }
    found
}

/// The first of `names` in the first of `folders` that has one.
pub(crate) fn find(names: &[&str], folders: &[PathBuf]) -> Option<PathBuf> {
    folders
        .iter()
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
        .find(|path| path.is_file())
}

/// Whether a program can be found by its name.
pub(crate) fn exists(name: &str) -> bool {
    find(&[name], &folders(&["/usr/sbin", "/sbin"])).is_some()
}

/// What a server answers to `--version`, without its path in front; empty when it answers nothing.
pub(crate) fn version(command: &mut Command) -> String {
    let output = command.arg("--version").stdin(Stdio::null()).output();
    let text =
        output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
    text.split_once("Ver ").map_or(text.clone(), |(_, version)| version.to_owned())
}

/// The folders as a sentence part.
pub(crate) fn list(folders: &[PathBuf]) -> String {
    folders.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(", ")
}

/// The folder where downloads are kept between runs.
pub(crate) fn cache() -> PathBuf {
    let base = std::env::var_os("XDG_CACHE_HOME").filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = || std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache"));
    base.or_else(home).unwrap_or_else(std::env::temp_dir).join("orm-xtask")
}
