//! From a free port to a server that answers.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::interrupt;
use crate::process::{Daemon, last_lines};

/// Starts a server on a free port and waits until `answers` is content with it.
///
/// Between the moment the system names a free port and the moment the server takes it somebody else may: then
/// another port is tried.
pub(crate) fn start_on_free_port(
    log: &Path,
    start: impl Fn(u16) -> Result<Daemon>,
    answers: impl Fn(u16) -> bool,
) -> Result<(Daemon, u16)> {
    const ATTEMPTS: usize = 5;
    for attempt in 1.. {
        let port = free_port()?;
        let mut daemon = start(port)?;
        match wait_until_ready(&mut daemon, port, &answers) {
            Ok(()) => return Ok((daemon, port)),
            Err(error) => {
                interrupt::check()?;
                drop(daemon);
                let text =
                    fs::read(log).map(|log| String::from_utf8_lossy(&log).into_owned()).unwrap_or_default();
                if attempt == ATTEMPTS || !text.contains("Address already in use") {
                    return Err(error.context(format!("its log ends with:\n{}", last_lines(&text, 15))));
                }
                fs::write(log, "")?;
            }
        }
    }
    unreachable!("the loop only ends by returning")
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port on 127.0.0.1")?;
    Ok(listener.local_addr()?.port())
}

fn wait_until_ready(daemon: &mut Daemon, port: u16, answers: &impl Fn(u16) -> bool) -> Result<()> {
    const PATIENCE: Duration = Duration::from_mins(1);
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = daemon.ended()? {
            bail!("the server ended while starting ({status})");
        }
        if answers(port) {
            return Ok(());
        }
        if Instant::now() > deadline {
            bail!("the server does not answer after {} s", PATIENCE.as_secs());
        }
        interrupt::sleep(Duration::from_millis(20))?;
    }
}

pub(crate) fn address(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}
