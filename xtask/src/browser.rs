//! A browser for the test that opens the debug page.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, anyhow};

use crate::{install, program};

/// The variable that tells the test which program it is; with it the test does not pass without a browser.
pub(crate) const VARIABLE: &str = "ORM_TEST_CHROMIUM";

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// A Chromium: the one that is given, or found, or that Debian's package brings.
#[derive(Debug)]
pub(crate) struct Browser {
    pub(crate) program: PathBuf,
    pub(crate) version: String,
}

impl Browser {
    pub(crate) fn get() -> Result<Self> {
        let given = std::env::var_os(VARIABLE).filter(|given| !given.is_empty()).map(PathBuf::from);
        let program = if let Some(program) = given.or_else(find) {
            program
        } else {
            install::install("chromium")?;
            find().ok_or_else(|| anyhow!("package chromium brought no program that is known here"))?
        };
        let version = program::version(&mut Command::new(&program));
        Ok(Browser { program, version })
    }
}

fn find() -> Option<PathBuf> {
    program::find(&NAMES, &program::folders(&[]))
}
