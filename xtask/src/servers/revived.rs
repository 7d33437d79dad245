//! A server for tests that kill it: whoever ends it, it is started again on the same port and data.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::Result;

use super::Server;
use crate::directory::Directory;

/// How often it is looked whether the server is there.
const PAUSE: Duration = Duration::from_millis(5);

/// A server that comes back; dropped, it is stopped for good.
#[derive(Debug)]
pub(super) struct Revived {
    stop: Arc<AtomicBool>,
    keeper: Option<JoinHandle<()>>,
    pub(super) url: String,
    /// The file with the number of the process that is the server now.
    pub(super) pid_file: PathBuf,
    _directory: Directory,
}

impl Revived {
    pub(super) fn new(server: Server) -> Result<Self> {
        let directory = Directory::new(&crate::directory::temporary())?;
        let pid_file = directory.path().join("pid");
        let (stop, url) = (Arc::new(AtomicBool::new(false)), server.url.clone());
        let keeper = thread::spawn({
            let (stop, pid_file) = (Arc::clone(&stop), pid_file.clone());
            move || keep(server, &stop, &pid_file)
        });
        Ok(Revived { stop, keeper: Some(keeper), url, pid_file, _directory: directory })
    }
}

/// Starts the server again until it stays, whenever it has ended: what an earlier one leaves behind, such as processes of its
/// own that end later, may keep a new one from starting.
fn keep(mut server: Server, stop: &AtomicBool, pid_file: &PathBuf) {
    let note = |pid: u32| fs::write(pid_file, pid.to_string());
    note(server.daemon.pid()).ok();
    while !stop.load(Ordering::Relaxed) {
        thread::sleep(PAUSE);
        if matches!(server.daemon.ended(), Ok(None)) {
            continue;
        }
        match (server.start)() {
            Ok(daemon) => {
                server.daemon = daemon;
                note(server.daemon.pid()).ok();
            }
            // An interruption, which ends all of it.
            Err(_) => return,
        }
    }
}

impl Drop for Revived {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(keeper) = self.keeper.take() {
            keeper.join().ok();
        }
    }
}
