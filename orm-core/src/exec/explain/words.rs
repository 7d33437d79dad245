//! How MySQL calls its steps, such as `Index lookup on book using book_author_idx (author_id = 3)`.

use super::kind::NodeKind;
use super::plan::PlanNode;

/// A node with what its name tells.
pub(super) fn node(operation: &str) -> PlanNode {
    let operation = operation.trim();
    if let Some(condition) = operation.strip_prefix("Filter: ") {
        let mut node = PlanNode::new(NodeKind::Filter, "Filter");
        node.filter = Some(condition.to_owned());
        return node;
    }
    if let Some(node) = access(operation) {
        return node;
    }
    let (name, detail) = match operation.split_once(": ") {
        Some((name, detail)) => (name, Some(detail.trim())),
        None => (operation, None),
    };
    let mut node = PlanNode::new(kind(name), name);
    node.detail = detail.map(str::to_owned);
    if node.kind == NodeKind::HashJoin {
        node.index_condition = parenthesised(name).map(str::to_owned);
    } else if matches!(node.kind, NodeKind::Constant | NodeKind::Subquery) {
        node.detail = parenthesised(name).map(str::to_owned);
    } else if matches!(node.kind, NodeKind::Other(_)) {
        node.kind = NodeKind::Other(operation.to_owned());
        node.detail = None;
    }
    node
}

/// A step that reads a table: `… on TABLE` or `… on TABLE using INDEX …`.
fn access(operation: &str) -> Option<PlanNode> {
    const WAYS: [(&str, NodeKind); 18] = [
        ("Table scan on ", NodeKind::SequentialScan),
        ("Sample scan on ", NodeKind::SequentialScan),
        ("Covering index scan on ", NodeKind::FullIndexScan),
        ("Index scan on ", NodeKind::FullIndexScan),
        ("Single-row covering index lookup on ", NodeKind::KeyLookup),
        ("Single-row index lookup on ", NodeKind::KeyLookup),
        ("Constant row from ", NodeKind::KeyLookup),
        ("Covering index lookup on ", NodeKind::IndexOnlyScan),
        ("Covering index range scan on ", NodeKind::IndexOnlyScan),
        ("Covering index skip scan on ", NodeKind::IndexOnlyScan),
        ("Covering index skip scan for grouping on ", NodeKind::IndexOnlyScan),
        ("Covering index skip scan for deduplication on ", NodeKind::IndexOnlyScan),
        ("Index lookup on ", NodeKind::IndexScan),
        ("Index range scan on ", NodeKind::IndexScan),
        ("Index skip scan on ", NodeKind::IndexScan),
        ("Index skip scan for grouping on ", NodeKind::IndexScan),
        ("Multi-range index lookup on ", NodeKind::IndexScan),
        ("Full-text index search on ", NodeKind::IndexScan),
    ];
    let (rest, way, kind) =
        WAYS.into_iter().find_map(|(way, kind)| Some((operation.strip_prefix(way)?, way, kind)))?;
    let label = way.trim_end().trim_end_matches(" on").trim_end_matches(" from");
    let mut node = PlanNode::new(kind, label);
    let (table, rest) = rest.split_once(" using ").unwrap_or((rest, ""));
    node.table = Some(table.trim_end_matches(" (reverse)").to_owned());
    if table.starts_with('<') {
        node.kind = NodeKind::SubqueryScan;
    }
    if !rest.is_empty() {
        let end = rest.find([' ', ',']).unwrap_or(rest.len());
        let (index, rest) = rest.split_at(end);
        node.index = Some(index.to_owned());
        // An index of something that the statement computes.
        if index.starts_with("<auto_") {
            node.kind = NodeKind::SubqueryScan;
        }
        let (found, pushed) = rest.split_once(", with index condition: ").unwrap_or((rest, ""));
        let found = found.trim().trim_start_matches("over ").trim_end_matches(" (reverse)");
        let conditions: Vec<&str> =
            [found, pushed].into_iter().filter(|text| !text.is_empty() && *text != "(reverse)").collect();
        node.index_condition = (!conditions.is_empty()).then(|| conditions.join(" and "));
    }
    Some(node)
}

/// The text between the first `(` and the last `)`.
fn parenthesised(text: &str) -> Option<&str> {
    let (start, end) = (text.find('(')?, text.rfind(')')?);
    text.get(start + 1..end)
}

fn kind(name: &str) -> NodeKind {
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| name.starts_with(prefix));
    if starts(&["Nested loop", "Batched key access"]) {
        NodeKind::NestedLoopJoin
    } else if name.to_lowercase().contains("hash ") && name.to_lowercase().contains("join") {
        NodeKind::HashJoin
    } else if name == "Hash" {
        NodeKind::Hash
    } else if starts(&["Sort"]) {
        NodeKind::Sort
    } else if starts(&["Window"]) {
        NodeKind::WindowAggregate
    } else if starts(&["Group aggregate", "Aggregate", "Count rows"]) {
        NodeKind::Aggregate
    } else if starts(&["Limit"]) {
        NodeKind::Limit
    } else if starts(&[
        "Union materialize",
        "Intersect materialize",
        "Except materialize",
        "Union all materialize",
    ]) {
        NodeKind::SetOperation
    } else if starts(&["Materialize recursive"]) {
        NodeKind::RecursiveUnion
    } else if starts(&["Temporary table with deduplication", "Remove duplicate", "Remove duplicates"]) {
        NodeKind::Distinct
    } else if starts(&["Materialize", "Temporary table"]) {
        NodeKind::Materialize
    } else if starts(&["Append"]) {
        NodeKind::Append
    } else if starts(&["Deduplicate rows sorted by row ID", "Intersect rows sorted by row ID"]) {
        NodeKind::IndexMerge
    } else if starts(&["Zero", "Rows fetched before execution"]) {
        NodeKind::Constant
    } else if starts(&["Select #"]) {
        NodeKind::Subquery
    } else if starts(&["Insert ", "Update ", "Delete ", "Replace "]) {
        NodeKind::Modify
    } else {
        NodeKind::Other(name.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_name_tells() {
        let node = node(
            "Covering index range scan on b using by_pages over (1 < pages <= 9) (reverse), with index condition: (b.id > 3)",
        );
        assert_eq!(node.kind, NodeKind::IndexOnlyScan);
        assert_eq!((node.table.as_deref(), node.index.as_deref()), (Some("b"), Some("by_pages")));
        assert_eq!(node.index_condition.as_deref(), Some("(1 < pages <= 9) and (b.id > 3)"));
        let node = super::node("Inner hash join (c.pages = b.pages)");
        assert_eq!(
            (node.kind, node.index_condition.as_deref()),
            (NodeKind::HashJoin, Some("c.pages = b.pages"))
        );
        let node = super::node("Index scan on book using PRIMARY (reverse)");
        assert_eq!((node.kind, node.index_condition), (NodeKind::FullIndexScan, None));
        let node = super::node("Zero rows (Impossible WHERE)");
        assert_eq!((node.kind, node.detail.as_deref()), (NodeKind::Constant, Some("Impossible WHERE")));
    }

    #[test]
    fn any_text_is_a_node() {
        for text in [
            "",
            ":",
            ": ",
            "Filter: ",
            "Table scan on ",
            "Index lookup on a using ",
            "Hash join )(",
            "é…(",
            "x: y",
        ] {
            let node = node(text);
            assert!(node.children.is_empty());
        }
        assert_eq!(node("Quantum walk: x").kind, NodeKind::Other("Quantum walk: x".to_owned()));
    }
}
