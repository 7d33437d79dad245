//! Ctrl-C and SIGTERM: noted, passed on to the running commands, then an ordinary error.
//!
//! No task exits from here. The commands under way are told to end, whoever waited for them returns
//! [`Interrupted`], and the unwinding stops the servers as on any other error. SIGHUP is left alone, so that `nohup`
//! keeps its meaning; whoever dies of it is tidied up after by the caretaker.

use std::process::ExitCode;
use std::sync::atomic::{AtomicI32, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::process;

static RECEIVED: AtomicI32 = AtomicI32::new(0);

/// The error of everything that was cut short.
#[derive(Debug)]
pub(crate) struct Interrupted;

impl std::fmt::Display for Interrupted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("interrupted")
    }
}

impl std::error::Error for Interrupted {}

/// Starts listening; to be called once, before anything else is started.
pub(crate) fn listen() -> Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM]).context("cannot listen for signals")?;
    thread::Builder::new().name("signals".into()).spawn(move || {
        for signal in signals.forever() {
            // The first signal asks, any later one insists.
            let insist = RECEIVED.swap(signal, Ordering::SeqCst) != 0;
            process::end_commands(insist);
        }
    })?;
    Ok(())
}

/// `Err` once a signal came in.
pub(crate) fn check() -> Result<()> {
    if received() { Err(Interrupted.into()) } else { Ok(()) }
}

pub(crate) fn received() -> bool {
    RECEIVED.load(Ordering::SeqCst) != 0
}

/// Sleeps, waking within a moment of a signal.
pub(crate) fn sleep(time: Duration) -> Result<()> {
    const STEP: Duration = Duration::from_millis(20);
    let mut left = time;
    while !left.is_zero() {
        check()?;
        let step = left.min(STEP);
        thread::sleep(step);
        left -= step;
    }
    check()
}

/// What a shell expects of a process that ended by a signal, when one came in.
pub(crate) fn exit_code() -> Option<ExitCode> {
    match RECEIVED.load(Ordering::SeqCst) {
        0 => None,
        signal => Some(ExitCode::from(u8::try_from(128 + signal).unwrap_or(1))),
    }
}
