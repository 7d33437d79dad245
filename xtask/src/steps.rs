//! The steps of a task: each announced, timed and remembered for the closing table.

use std::fmt::Write;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::interrupt;
use crate::process::{self, OnInterrupt};

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Passed,
    Failed,
    Skipped,
}

#[derive(Debug)]
struct Step {
    name: String,
    outcome: Outcome,
    time: Option<Duration>,
    note: String,
}

/// What was done so far.
#[derive(Debug, Default)]
pub(crate) struct Steps(Vec<Step>);

impl Steps {
    /// Runs a command as a step, its output going where ours goes.
    ///
    /// Only an interruption is an error: after a failed step the next one still has something to say.
    pub(crate) fn run(&mut self, name: &str, command: &mut Command) -> Result<()> {
        self.run_with(name, "", || {
            announce(command);
            Ok(process::run(command, OnInterrupt::End)?.success())
        })
    }

    /// Runs `work`, which says whether it succeeded, as a step.
    pub(crate) fn run_with(
        &mut self,
        name: &str,
        note: &str,
        work: impl FnOnce() -> Result<bool>,
    ) -> Result<()> {
        let begin = Instant::now();
        let (outcome, note) = match work() {
            Ok(true) => (Outcome::Passed, note.to_owned()),
            Ok(false) => (Outcome::Failed, note.to_owned()),
            Err(error) => {
                interrupt::check()?;
                eprintln!("xtask: {name}: {error:#}");
                (Outcome::Failed, first_line(&error))
            }
        };
        self.note(name, outcome, Some(begin.elapsed()), note);
        Ok(())
    }

    /// Remembers a step that was done elsewhere, or not at all.
    pub(crate) fn note(&mut self, name: &str, outcome: Outcome, time: Option<Duration>, note: String) {
        self.0.push(Step { name: name.to_owned(), outcome, time, note });
    }

    /// The number of steps that failed, `except` not counted.
    pub(crate) fn failed(&self, except: &str) -> usize {
        self.0.iter().filter(|step| step.outcome == Outcome::Failed && step.name != except).count()
    }

    pub(crate) fn has_failed(&self, name: &str) -> bool {
        self.0.iter().any(|step| step.outcome == Outcome::Failed && step.name == name)
    }

    /// One line per step.
    pub(crate) fn table(&self) -> String {
        let width = self.0.iter().map(|step| step.name.len()).max().unwrap_or(0);
        let mut table = String::new();
        for Step { name, outcome, time, note } in &self.0 {
            let outcome = match outcome {
                Outcome::Passed => "ok",
                Outcome::Failed => "FAILED",
                Outcome::Skipped => "skipped",
            };
            let time = time.map_or(String::new(), |time| format!("{:.1} s", time.as_secs_f64()));
            let line = format!("{name:width$}  {outcome:7}  {time:>8}  {note}");
            // Writing into a String cannot fail.
            writeln!(table, "{}", line.trim_end()).ok();
        }
        table
    }
}

/// Shows the command line that is about to run.
pub(crate) fn announce(command: &Command) {
    let program = command.get_program().to_string_lossy();
    let name = program.rsplit('/').next().unwrap_or_default();
    let arguments = command.get_args().map(|argument| argument.to_string_lossy());
    eprintln!("\n$ {}", [name.into()].into_iter().chain(arguments).collect::<Vec<_>>().join(" "));
}

/// The first line of an error, for a table.
pub(crate) fn first_line(error: &anyhow::Error) -> String {
    format!("{error:#}").lines().next().unwrap_or_default().trim_end_matches(':').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_a_failed_step_that_names_it() {
        let mut steps = Steps::default();
        steps.run_with("doc", "", || Ok(true)).expect("not interrupted");
        steps.run_with("deny", "", || anyhow::bail!("no network\nat all")).expect("not interrupted");
        assert_eq!((steps.failed("test"), steps.failed("deny")), (1, 0));
        assert!(steps.has_failed("deny") && !steps.has_failed("doc"));
        let table = steps.table();
        assert!(table.contains("doc   ok"), "{table}");
        assert!(table.lines().nth(1).is_some_and(|line| line.ends_with("no network")), "{table}");
    }
}
