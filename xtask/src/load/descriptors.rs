//! File descriptors: each client is one in the load generator and one in the service.

use anyhow::{Result, bail};
use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// What a process needs beside its clients: files, connections to the database, event queues.
const BESIDE: u64 = 500;

/// Raises the limit of this process, which those started from here inherit.
pub(super) fn allow(clients: u64) -> Result<()> {
    let needed = clients + BESIDE;
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    if soft >= needed {
        return Ok(());
    }
    if hard < needed {
        bail!(
            "{clients} clients need {needed} file descriptors a process, but the hard limit is {hard}: raise it \
             (`ulimit -Hn`, /etc/security/limits.conf), or choose fewer by --clients"
        );
    }
    setrlimit(Resource::RLIMIT_NOFILE, needed, hard)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hard_limit_that_is_too_low_is_said() {
        let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).expect("a limit");
        if hard == nix::libc::RLIM_INFINITY {
            return;
        }
        let error = allow(hard).expect_err("more than the hard limit").to_string();
        assert!(error.contains(&format!("the hard limit is {hard}")), "{error}");
    }
}
