//! Plans of MySQL as text: each node on a line behind `->`, indented below the node that it feeds.

use super::json::{millis, unreadable};
use super::plan::{Plan, PlanNode};
use super::words;
use crate::error::Result;

/// Deeper than any query that can be written.
const MOST_DEPTH: usize = 256;

pub(super) fn parse(text: &str) -> Result<Plan> {
    let mut open: Vec<(usize, PlanNode)> = Vec::new();
    let mut roots = Vec::new();
    for (indent, line) in entries(text) {
        close(&mut open, &mut roots, indent);
        if open.len() >= MOST_DEPTH {
            return Err(unreadable("it is nested too deep"));
        }
        open.push((indent, node(&line)));
    }
    close(&mut open, &mut roots, 0);
    if roots.is_empty() {
        return Err(unreadable("it has no node"));
    }
    // Queries within the statement stand behind it.
    let mut root: PlanNode = roots.remove(0);
    root.children.append(&mut roots);
    Ok(Plan::new(root))
}

/// Hands nodes that are indented as far or farther to their parents.
fn close(open: &mut Vec<(usize, PlanNode)>, roots: &mut Vec<PlanNode>, indent: usize) {
    while open.last().is_some_and(|(depth, _)| *depth >= indent) {
        let Some((_, node)) = open.pop() else { break };
        match open.last_mut() {
            Some((_, parent)) => parent.children.push(node),
            None => roots.push(node),
        }
    }
}

/// Lines that begin with an arrow, and how far they are indented. A line without one goes on with the line before it: a
/// text in a condition may hold a line's end.
fn entries(text: &str) -> Vec<(usize, String)> {
    let mut entries: Vec<(usize, String)> = Vec::new();
    for line in text.lines() {
        let inner = line.trim_start();
        match (inner.strip_prefix("-> "), entries.last_mut()) {
            (Some(words), _) => entries.push((line.len() - inner.len(), words.to_owned())),
            (None, Some((_, before))) if !inner.is_empty() => {
                before.push(' ');
                before.push_str(inner);
            }
            (None, _) => {}
        }
    }
    entries
}

fn node(line: &str) -> PlanNode {
    let (line, actual) = last_group(line, &["(actual time=", "(actual rows=", "(never executed"]);
    let (words, estimate) = last_group(line, &["(cost=", "(rows="]);
    let mut node = words::node(words);
    if let Some(estimate) = estimate {
        node.estimated_cost = named(estimate, "cost=");
        node.estimated_rows = named(estimate, "rows=");
    }
    if let Some(actual) = actual {
        node.actual_rows = named(actual, "rows=");
        node.actual_loops = named(actual, "loops=");
        if actual.starts_with("(never") {
            node.actual_loops = Some(0.0);
        }
        let time = named(actual, "time=").zip(node.actual_loops);
        node.actual_time = time.and_then(|(average, loops)| millis(average * loops));
    }
    node
}

/// Cuts off the parentheses at the line's end that begin with one of `starts`.
fn last_group<'l>(line: &'l str, starts: &[&str]) -> (&'l str, Option<&'l str>) {
    let line = line.trim_end();
    let found = starts.iter().filter_map(|start| line.rfind(start)).max();
    match found {
        // The group is the last thing on the line; the same words in a condition are not.
        Some(at) if line.ends_with(')') && line[at..].find(')') == Some(line.len() - at - 1) => {
            (line[..at].trim_end(), Some(&line[at..]))
        }
        _ => (line, None),
    }
}

/// The number behind a name; of `first..last` the last.
fn named(group: &str, name: &str) -> Option<f64> {
    let at = group.find(name)? + name.len();
    let rest = &group[at..];
    let word = &rest[..rest.find([' ', ')']).unwrap_or(rest.len())];
    let last = word.rsplit_once("..").map_or(word, |(_, last)| last);
    last.parse().ok().filter(|number: &f64| number.is_finite())
}

#[cfg(test)]
mod tests;
