//! Plans of MySQL in its format version 2: JSON whose nodes have an `operation` and `inputs`.

use super::json::{Json, Object};
use super::kind::NodeKind;
use super::plan::{Plan, PlanNode};
use super::words;

/// Keys of a node that have a place of their own, or say again what the operation's name says.
const READ: [&str; 14] = [
    "operation",
    "heading",
    "inputs",
    "table_name",
    "alias",
    "index_name",
    "condition",
    "lookup_condition",
    "estimated_rows",
    "estimated_total_cost",
    "actual_rows",
    "actual_loops",
    "actual_last_row_ms",
    "ranges",
];

/// The root of a document in this format, if it is one.
pub(super) fn root(document: &Object) -> Option<&Object> {
    // Before 8.3 had the word `query_plan` for it, the root was the document itself.
    let root = document.get("query_plan").and_then(Json::object).unwrap_or(document);
    root.text("operation").map(|_| root)
}

pub(super) fn plan(document: &Object, root: &Object) -> Plan {
    let mut plan = Plan::new(node(root));
    if !std::ptr::eq(document, root) {
        plan.properties = document.rest(&["query_plan"]);
    }
    plan
}

fn node(object: &Object) -> PlanNode {
    let mut node = words::node(object.text("operation").unwrap_or_default());
    let own = |key| object.text(key).map(str::to_owned);
    if node.table.is_some() {
        node.table = own("table_name").or(node.table);
        node.alias = own("alias");
        node.index = own("index_name").or(node.index);
    }
    node.index_condition = object.plain("lookup_condition").or(node.index_condition);
    if node.kind == NodeKind::Filter {
        node.filter = own("condition").or(node.filter);
    }
    node.estimated_rows = object.number("estimated_rows");
    node.estimated_cost = object.number("estimated_total_cost");
    node.actual_rows = object.number("actual_rows");
    node.actual_loops = object.number("actual_loops");
    let time = object.number("actual_last_row_ms").zip(node.actual_loops);
    node.actual_time = time.and_then(|(average, loops)| super::json::millis(average * loops));
    node.properties = object.rest(&READ);
    // `inputs`, and queries within the step: `inputs_from_select_list` and its kin.
    let inputs = object.0.iter().filter(|(key, _)| key.starts_with("inputs"));
    node.children = inputs.flat_map(|(_, value)| value.objects()).map(self::node).collect();
    match object.text("heading") {
        // The name of a query within a step stands on its root.
        Some(heading) => words::node(heading).with(vec![node]),
        None => node,
    }
}

#[cfg(test)]
mod tests;
