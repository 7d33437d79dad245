//! What the parsers' tests share.

use super::plan::Plan;
use super::recorded::{all, answer};
use crate::error::Result;

/// Compares printed plans, line by line.
#[track_caller]
pub(super) fn looks_like(
    recording: &'static str,
    parse: impl Fn(&str) -> Result<Plan>,
    expected: &[(&str, &[&str])],
) {
    for (name, lines) in expected {
        let plan = parse(answer(recording, name)).expect("a plan");
        assert_eq!(plan.to_string(), lines.join("\n"), "{name}");
    }
}

/// Breaks a recording's answers in many ways: each is a plan or an error, and no panic.
pub(super) fn survives(parse: impl Fn(&str) -> Result<Plan>, recording: &'static str) {
    let mut errors = 0;
    for (_, answer) in all(recording) {
        let ends: Vec<usize> = answer.char_indices().map(|(at, _)| at).collect();
        for (count, &at) in ends.iter().enumerate().step_by(1 + ends.len() / 40) {
            let next = ends.get(count + 1).copied().unwrap_or(answer.len());
            let (before, after) = (&answer[..at], &answer[next..]);
            for broken in [
                before.to_owned(),
                after.to_owned(),
                format!("{before}{after}"),
                format!("{before}(\"{after}"),
            ] {
                // What is left may well be a plan.
                errors += usize::from(parse(&broken).is_err());
            }
        }
    }
    assert!(errors > 0, "nothing was broken");
}
