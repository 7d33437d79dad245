//! Installing Debian packages, when we may: as root, by apt.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, bail};
use nix::unistd::Uid;

use crate::process::{self, OnInterrupt};
use crate::program;

/// Whether `apt-get update` was done in this run; held while apt works, because dpkg serves one caller at a time.
static UPDATED: Mutex<bool> = Mutex::new(false);

pub(crate) fn is_root() -> bool {
    Uid::effective().is_root()
}

/// Installs a package without starting the service that it may bring.
pub(crate) fn install(package: &str) -> Result<()> {
    if !program::exists("apt-get") {
        bail!("package {package} is not installed, and there is no apt-get to install it");
    }
    if !is_root() {
        bail!("package {package} is not installed; install it by `sudo apt-get install {package}`");
    }
    let mut updated = UPDATED.lock().unwrap_or_else(PoisonError::into_inner);
    if !*updated {
        eprintln!("xtask: apt-get update");
        // One dead repository of many is no reason to give up: what matters is whether the install works.
        if let Err(error) = process::run_quietly(apt().arg("update"), OnInterrupt::Finish) {
            eprintln!("xtask: {error:#}");
        }
        *updated = true;
    }
    eprintln!("xtask: apt-get install {package}");
    let _guard = NoServices::new()?;
    let mut command = apt();
    command.args(["install", "-y", "--no-install-recommends", package]);
    process::run_quietly(&mut command, OnInterrupt::Finish)
        .with_context(|| format!("cannot install package {package}"))?;
    Ok(())
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command.args(["-q", "-o", "DPkg::Lock::Timeout=300"]);
    // Old-style init scripts believe this to be single-user mode and stay still.
    command.env("DEBIAN_FRONTEND", "noninteractive").env("RUNLEVEL", "1");
    command
}

/// Forbids package scripts to start services, by Debian's own way: `policy-rc.d` that says 101.
struct NoServices {
    ours: bool,
}

impl NoServices {
    const POLICY: &str = "/usr/sbin/policy-rc.d";

    fn new() -> Result<Self> {
        // The machine's own policy, if it has one, is not ours to replace.
        if Path::new(Self::POLICY).exists() {
            return Ok(Self { ours: false });
        }
        fs::write(Self::POLICY, "#!/bin/sh\nexit 101\n").context("cannot write policy-rc.d")?;
        let guard = Self { ours: true };
        fs::set_permissions(Self::POLICY, fs::Permissions::from_mode(0o755))?;
        Ok(guard)
    }
}

impl Drop for NoServices {
    fn drop(&mut self) {
        if self.ours {
            fs::remove_file(Self::POLICY).ok();
        }
    }
}
