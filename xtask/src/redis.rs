//! A Redis for the example's rate limiter; its test starts the server itself.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, anyhow};

use crate::{install, program};

/// The variable that tells the test which program it is; with it the test does not pass without a server.
pub(crate) const VARIABLE: &str = "ORM_TEST_REDIS_SERVER";

/// A `redis-server`: the one that is given, or found, or that Debian's package brings.
#[derive(Debug)]
pub(crate) struct Redis {
    pub(crate) program: PathBuf,
    pub(crate) version: String,
}

impl Redis {
    pub(crate) fn get() -> Result<Self> {
        let given = std::env::var_os(VARIABLE).filter(|given| !given.is_empty()).map(PathBuf::from);
        let program = if let Some(program) = given.or_else(find) {
            program
        } else {
            install::install("redis-server")?;
            find().ok_or_else(|| anyhow!("package redis-server brought no program that is known here"))?
        };
        let version = program::version(&mut Command::new(&program));
        Ok(Redis { program, version })
    }
}

fn find() -> Option<PathBuf> {
    program::find(&["redis-server"], &program::folders(&[]))
}
