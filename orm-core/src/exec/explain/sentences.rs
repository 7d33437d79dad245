//! Plans of SQLite: rows of a node's number, its parent's, and a sentence such as `SEARCH book USING INDEX i (a=?)`.

use std::collections::{HashMap, HashSet};

use super::json::unreadable;
use super::kind::NodeKind;
use super::plan::{Plan, PlanNode};
use crate::error::Result;

/// Deeper than any query that can be written.
const MOST_DEPTH: usize = 256;

/// One row of the plan.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sentence {
    pub(super) id: i64,
    pub(super) parent: i64,
    pub(super) detail: String,
}

pub(super) fn parse(rows: Vec<Sentence>) -> Result<Plan> {
    if rows.is_empty() {
        // A statement without a table has no plan.
        return Ok(Plan::new(PlanNode::new(NodeKind::Constant, "no rows")));
    }
    let mut tree = Tree::new(rows);
    let root = tree.level(0, 0)?;
    // Rows below a parent that is not there are in no level.
    if !tree.below.is_empty() {
        return Err(unreadable("its rows do not make a tree"));
    }
    Ok(Plan::new(one("several", root)))
}

struct Tree {
    below: HashMap<i64, Vec<Sentence>>,
    /// What the statement computes and reads like a table.
    computed: HashSet<String>,
}

impl Tree {
    fn new(rows: Vec<Sentence>) -> Self {
        let mut below: HashMap<i64, Vec<Sentence>> = HashMap::new();
        let mut computed = HashSet::new();
        for row in rows {
            for prefix in ["CO-ROUTINE ", "MATERIALIZE "] {
                computed.extend(row.detail.strip_prefix(prefix).map(str::to_owned));
            }
            below.entry(row.parent).or_default().push(row);
        }
        Tree { below, computed }
    }

    /// The nodes of one level. SQLite lists what is joined, what is computed for it and what is done to its rows one
    /// below the other; here each feeds the one above, as on other databases.
    fn level(&mut self, parent: i64, depth: usize) -> Result<Vec<PlanNode>> {
        if depth > MOST_DEPTH {
            return Err(unreadable("it is nested too deep"));
        }
        let (mut read, mut computed, mut after) = (Vec::new(), Vec::new(), Vec::new());
        for row in self.below.remove(&parent).unwrap_or_default() {
            let children = self.level(row.id, depth + 1)?;
            if row.detail.starts_with("INDEX ") && !children.is_empty() {
                // It says only that this is the first, or second, index of several.
                computed.extend(children);
                continue;
            }
            let node = self.node(&row.detail);
            match node.kind {
                NodeKind::Sort | NodeKind::Distinct => after.push(node.with(children)),
                NodeKind::Subquery | NodeKind::Materialize => computed.push(node.with(children)),
                _ => read.push(node.with(children)),
            }
        }
        if read.is_empty() && after.is_empty() {
            return Ok(computed);
        }
        for node in &mut read {
            let (own, others) = computed.into_iter().partition(|input: &PlanNode| feeds(input, node));
            node.children.extend::<Vec<PlanNode>>(own);
            computed = others;
        }
        let mut top = one_or_join(read);
        top.children.append(&mut computed);
        for node in after {
            let mut children = vec![top];
            children.extend(node.children.iter().cloned());
            top = node.with(children);
        }
        Ok(vec![top])
    }

    fn node(&self, detail: &str) -> PlanNode {
        let detail = detail.trim();
        if let Some(rest) = detail.strip_prefix("SCAN ") {
            return self.scan(rest);
        }
        if let Some(rest) = detail.strip_prefix("SEARCH ") {
            return self.search(rest);
        }
        let starts = |prefix: &str| detail.starts_with(prefix);
        let kind = if starts("USE TEMP B-TREE FOR DISTINCT") || starts("USE TEMP B-TREE FOR count(DISTINCT") {
            NodeKind::Distinct
        } else if starts("USE TEMP B-TREE") {
            NodeKind::Sort
        } else if starts("CO-ROUTINE ") || starts("MATERIALIZE ") {
            NodeKind::Materialize
        } else if starts("MULTI-INDEX OR") {
            NodeKind::IndexMerge
        } else if starts("COMPOUND QUERY") || starts("MERGE (") {
            NodeKind::SetOperation
        } else if detail.contains("SUBQUERY")
            || ["UNION", "EXCEPT", "INTERSECT", "LEFT", "RIGHT", "SETUP", "RECURSIVE STEP"].iter().any(
                |word| {
                    // `RIGHT-JOIN t` is no side of a set operation.
                    detail.strip_prefix(word).is_some_and(|rest| !rest.starts_with('-'))
                },
            )
        {
            NodeKind::Subquery
        } else {
            NodeKind::Other(detail.to_owned())
        };
        let mut node = PlanNode::new(kind, detail);
        match node.kind {
            NodeKind::Sort | NodeKind::Distinct => {
                node.detail = detail.split_once(" FOR ").map(|(_, what)| what.to_owned());
            }
            NodeKind::Materialize => node.table = detail.split_once(' ').map(|(_, name)| name.to_owned()),
            NodeKind::SetOperation | NodeKind::Subquery => node.detail = Some(detail.to_owned()),
            _ => {}
        }
        node
    }

    fn scan(&self, rest: &str) -> PlanNode {
        if rest.contains("CONSTANT ROW") {
            return PlanNode::new(NodeKind::Constant, "SCAN").detailed(rest);
        }
        let (table, using) = rest.split_once(" USING ").unwrap_or((rest, ""));
        let (table, is_virtual) = match table.split_once(" VIRTUAL TABLE ") {
            Some((table, _)) => (table, true),
            None => (table, false),
        };
        let mut node = PlanNode::new(NodeKind::SequentialScan, "SCAN");
        node.set_table(table);
        if let Some((index, _)) = index_of(using) {
            node.kind = NodeKind::FullIndexScan;
            node.index = Some(index);
        }
        if is_virtual {
            node.kind = NodeKind::FunctionScan;
        } else if node.table.as_ref().is_some_and(|table| self.computed.contains(table)) {
            node.kind = NodeKind::SubqueryScan;
        }
        node
    }

    fn search(&self, rest: &str) -> PlanNode {
        let (table, using) = rest.split_once(" USING ").unwrap_or((rest, ""));
        let mut node = PlanNode::new(NodeKind::IndexScan, "SEARCH");
        node.set_table(table);
        let (how, condition) = match (using.find(" ("), using.rfind(')')) {
            (Some(start), Some(end)) if start + 1 < end => (&using[..start], Some(&using[start + 1..=end])),
            _ => (using, None),
        };
        node.index_condition = condition.map(str::to_owned);
        node.note_left_join(using);
        if how.starts_with("AUTOMATIC ") {
            node.kind = NodeKind::AutomaticIndex;
        } else if how.starts_with("COVERING INDEX ") {
            node.kind = NodeKind::IndexOnlyScan;
        } else if how.ends_with("PRIMARY KEY") && condition == Some("(rowid=?)") {
            node.kind = NodeKind::KeyLookup;
        }
        node.index = index_of(how).map(|(index, _)| index);
        if node.table.as_ref().is_some_and(|table| self.computed.contains(table)) {
            node.kind = NodeKind::SubqueryScan;
        }
        node
    }
}

impl PlanNode {
    fn detailed(mut self, detail: &str) -> Self {
        self.detail = Some(detail.to_owned());
        self
    }

    fn set_table(&mut self, words: &str) {
        self.note_left_join(words);
        let mut table = words.trim().trim_end_matches(" LEFT-JOIN").to_owned();
        // Before 3.36 it was `TABLE t AS alias`.
        if let Some((name, alias)) = table.clone().split_once(" AS ") {
            name.clone_into(&mut table);
            self.alias = Some(alias.to_owned());
        }
        self.table = Some(table);
    }

    fn note_left_join(&mut self, words: &str) {
        if words.ends_with(" LEFT-JOIN") {
            self.properties.push(("join".to_owned(), "LEFT".to_owned()));
        }
    }
}

/// Whether one computes what the other reads.
fn feeds(input: &PlanNode, reader: &PlanNode) -> bool {
    input.kind == NodeKind::Materialize && input.table.is_some() && input.table == reader.table
}

/// The name in `[COVERING] INDEX name …`, if the words name an index.
fn index_of(words: &str) -> Option<(String, &str)> {
    let rest = ["INDEX ", "COVERING INDEX "].iter().find_map(|prefix| words.strip_prefix(prefix))?;
    let end = rest.find(" (").or_else(|| rest.find(" LEFT-JOIN")).unwrap_or(rest.len());
    Some((rest[..end].to_owned(), &rest[end..]))
}

fn one_or_join(mut nodes: Vec<PlanNode>) -> PlanNode {
    match (nodes.pop(), nodes.is_empty()) {
        (None, _) => PlanNode::new(NodeKind::Constant, "no rows"),
        (Some(only), true) => only,
        (Some(last), false) => {
            nodes.push(last);
            PlanNode::new(NodeKind::NestedLoopJoin, "nested loop").with(nodes)
        }
    }
}

fn one(label: &str, mut nodes: Vec<PlanNode>) -> PlanNode {
    match (nodes.pop(), nodes.is_empty()) {
        (None, _) => PlanNode::new(NodeKind::Constant, "no rows"),
        (Some(only), true) => only,
        (Some(last), false) => {
            nodes.push(last);
            PlanNode::other(label).with(nodes)
        }
    }
}

#[cfg(test)]
mod tests;
