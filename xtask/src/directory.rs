//! Temporary directories that do not outlive xtask.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::caretaker;

/// A temporary directory, removed when dropped; by the caretaker, should xtask be killed.
#[derive(Debug)]
pub(crate) struct Directory(TempDir);

impl Directory {
    /// A directory in `parent` that other users may pass through, but not list.
    pub(crate) fn new(parent: &Path) -> Result<Self> {
        let directory = tempfile::Builder::new()
            .prefix("orm-xtask-")
            .tempdir_in(parent)
            .with_context(|| format!("cannot create a directory in {}", parent.display()))?;
        caretaker::guard_directory(directory.path());
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o711))?;
        Ok(Self(directory))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }
}

/// The folder for temporary directories, its links resolved, because servers compare paths as text.
pub(crate) fn temporary() -> PathBuf {
    let folder = std::env::temp_dir();
    folder.canonicalize().unwrap_or(folder)
}
