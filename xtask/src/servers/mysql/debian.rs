//! MySQL in a small Debian of its own.
//!
//! Debian's stable releases carry MariaDB only, and the two cannot be installed beside each other; the unstable
//! release has MySQL. debootstrap puts it into a folder in about a minute, and the server runs there by chroot. The
//! folder is kept for the next time.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::super::mysql_family::Program;
use crate::process::{self, OnInterrupt};
use crate::{install, program};

const SERVER: &str = "/usr/sbin/mysqld";
const RELEASE: &str = "sid";
const DEFAULT_MIRROR: &str = "http://deb.debian.org/debian";

/// The server in the cache folder, fetched there if need be.
pub(super) fn find_or_fetch() -> Result<Program> {
    let root = folder();
    if !install::is_root() {
        bail!("MySQL in a Debian of its own ({}) needs root, for debootstrap and chroot", root.display());
    }
    let parent = root.parent().context("the cache folder of MySQL has no parent folder")?;
    fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
    // Another xtask may be fetching it right now: wait, then find it there.
    let lock = File::create(sibling(&root, "lock"))?;
    lock.lock()?;
    // Complete, because only a complete one is renamed to this name.
    if !root.join(SERVER.trim_start_matches('/')).is_file() {
        fetch(&root)?;
    }
    Ok(Program { path: SERVER.into(), root: Some(root.canonicalize()?) })
}

/// `$ORM_MYSQL_CACHE`, or a folder in the user's cache.
fn folder() -> PathBuf {
    let given = std::env::var_os("ORM_MYSQL_CACHE").filter(|value| !value.is_empty());
    let folder = given.map_or_else(|| program::cache().join("mysql"), PathBuf::from);
    std::path::absolute(&folder).unwrap_or(folder)
}

fn sibling(folder: &Path, extension: &str) -> PathBuf {
    let mut name = folder.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

fn fetch(root: &Path) -> Result<()> {
    let partial = sibling(root, "partial");
    remove(&partial)?;
    if !program::exists("debootstrap") {
        install::install("debootstrap")?;
    }
    let mirror = mirror();
    eprintln!("xtask: fetching MySQL from {mirror} into {} (0.9 GB, about a minute)", root.display());
    let mut command = Command::new("debootstrap");
    command.args(["--variant=minbase", "--include=mysql-server", RELEASE]).arg(&partial).arg(mirror);
    let fetched =
        process::run_quietly(&mut command, OnInterrupt::End).context("cannot fetch MySQL by debootstrap");
    if let Err(error) = fetched {
        remove(&partial).ok();
        return Err(error);
    }
    // A quarter of the size, of no use to a server.
    fs::remove_dir_all(partial.join("var/cache/apt")).ok();
    fs::remove_dir_all(partial.join("var/lib/apt/lists")).ok();
    if root.exists() {
        bail!("{} is in the way: it is not a MySQL fetched by xtask", root.display());
    }
    fs::rename(&partial, root).with_context(|| format!("cannot rename {}", partial.display()))
}

/// Removes what an interrupted debootstrap left; never anything of this machine that is still mounted there.
fn remove(partial: &Path) -> Result<()> {
    if !partial.exists() {
        return Ok(());
    }
    let mounts = fs::read_to_string("/proc/mounts").unwrap_or_default();
    let mounted = mounts
        .lines()
        .filter_map(|line| line.split(' ').nth(1))
        .filter(|at| Path::new(at).starts_with(partial));
    for at in mounted.collect::<Vec<_>>().into_iter().rev() {
        Command::new("umount").arg(at).status().ok();
    }
    let device = fs::symlink_metadata(partial)?.dev();
    for at in ["proc", "sys", "dev"] {
        if fs::symlink_metadata(partial.join(at)).is_ok_and(|it| it.dev() != device) {
            bail!("{}/{at} is still mounted: umount it, then remove the folder", partial.display());
        }
    }
    fs::remove_dir_all(partial).with_context(|| format!("cannot remove {}", partial.display()))
}

/// The mirror that apt uses here: it is the one known to be reachable.
fn mirror() -> String {
    let mut files = vec![PathBuf::from("/etc/apt/sources.list")];
    let more = fs::read_dir("/etc/apt/sources.list.d").into_iter().flatten().flatten();
    files.extend(more.map(|entry| entry.path()));
    let found =
        files.iter().filter_map(|file| fs::read_to_string(file).ok()).find_map(|text| debian_mirror(&text));
    found.unwrap_or_else(|| DEFAULT_MIRROR.to_owned())
}

/// The first address in an apt source, of either format, that is a Debian archive and not one of its satellites.
fn debian_mirror(source: &str) -> Option<String> {
    source
        .lines()
        .filter(|line| line.starts_with("deb ") || line.starts_with("URIs:"))
        .flat_map(str::split_whitespace)
        .find(|word| {
            let is_address = word.starts_with("http://") || word.starts_with("https://");
            is_address && word.trim_end_matches('/').ends_with("/debian")
        })
        .map(|word| word.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mirror_is_read_from_both_formats() {
        let deb822 =
            "Types: deb\n# http://snapshot/debian\nURIs: http://mirror.example/debian/\nSuites: bookworm\n";
        assert_eq!(debian_mirror(deb822).as_deref(), Some("http://mirror.example/debian"));
        let line = "deb http://x/debian-security s main\ndeb [arch=amd64] https://y/debian bookworm main\n";
        assert_eq!(debian_mirror(line).as_deref(), Some("https://y/debian"));
        assert_eq!(debian_mirror("deb https://packages.example/cloud main"), None);
    }
}
