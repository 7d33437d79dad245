//! A plan as an indented tree, in the same words for every database.

use std::fmt;

use super::plan::{Plan, PlanNode};

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_tree(f, &self.root, &mut String::new(), "")?;
        for (what, time) in [("planning", self.planning_time), ("execution", self.execution_time)] {
            if let Some(time) = time {
                write!(f, "\n{what}: {time:?}")?;
            }
        }
        Ok(())
    }
}

/// `before` is what stands left of the node's children, `branch` of the node itself.
fn write_tree(f: &mut fmt::Formatter<'_>, node: &PlanNode, before: &mut String, branch: &str) -> fmt::Result {
    write!(f, "{branch}{node}")?;
    let length = before.len();
    for (at, child) in node.children.iter().enumerate() {
        let is_last = at + 1 == node.children.len();
        write!(f, "\n{before}")?;
        before.push_str(if is_last { "   " } else { "│  " });
        write_tree(f, child, before, if is_last { "└─ " } else { "├─ " })?;
        before.truncate(length);
    }
    Ok(())
}

/// One step, without those that feed it.
impl fmt::Display for PlanNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.name())?;
        if let Some(table) = &self.table {
            write!(f, " on {table}")?;
            if let Some(alias) = self.alias.as_ref().filter(|alias| *alias != table) {
                write!(f, " as {alias}")?;
            }
        }
        if let Some(index) = &self.index {
            write!(f, " using {index}")?;
        }
        if let Some(detail) = &self.detail {
            write!(f, ": {detail}")?;
        }
        for (name, condition) in [("by", &self.index_condition), ("where", &self.filter)] {
            if let Some(condition) = condition {
                write!(f, ", {name} {condition}")?;
            }
        }
        self.fmt_numbers(f)
    }
}

impl PlanNode {
    fn fmt_numbers(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "  [";
        let mut next = || std::mem::replace(&mut separator, ", ");
        for (name, number) in [
            ("rows ≈", self.estimated_rows),
            ("cost ≈", self.estimated_cost),
            ("rows =", self.actual_rows),
            ("loops =", self.actual_loops),
        ] {
            if let Some(number) = number {
                write!(f, "{}{name} {}", next(), Short(number))?;
            }
        }
        if let Some(time) = self.actual_time {
            write!(f, "{}time = {time:?}", next())?;
        }
        if separator == ", " { f.write_str("]") } else { Ok(()) }
    }
}

/// At most two places behind the point, and none that says nothing.
struct Short(f64);

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{:.2}", self.0);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}
