//! Plans of PostgreSQL: JSON whose nodes have a `Node Type` and `Plans`.

use super::json::{Json, Object, unreadable};
use super::kind::NodeKind;
use super::plan::{Plan, PlanNode};
use crate::error::Result;

/// Keys of a node that have a place of their own.
const READ: [&str; 21] = [
    "Node Type",
    "Plans",
    "Relation Name",
    "Alias",
    "Index Name",
    "Index Cond",
    "Recheck Cond",
    "Hash Cond",
    "Merge Cond",
    "TID Cond",
    "Order By",
    "Join Filter",
    "One-Time Filter",
    "Filter",
    "Plan Rows",
    "Total Cost",
    "Actual Rows",
    "Actual Loops",
    "Actual Total Time",
    "Parallel Aware",
    "Async Capable",
];

pub(super) fn parse(text: &str) -> Result<Plan> {
    let json = Json::parse(text)?;
    let document = json.objects().next().ok_or_else(|| unreadable("it has no object"))?;
    let root = document.get("Plan").and_then(Json::object).ok_or_else(|| unreadable("it has no `Plan`"))?;
    let mut plan = Plan::new(node(root));
    plan.planning_time = document.millis("Planning Time");
    plan.execution_time = document.millis("Execution Time");
    plan.properties = document.rest(&["Plan", "Planning Time", "Execution Time"]);
    for group in ["Settings", "Planning"] {
        let entries = document.get(group).and_then(Json::object).map(|group| group.rest(&[]));
        plan.properties.extend(entries.unwrap_or_default());
    }
    Ok(plan)
}

fn node(object: &Object) -> PlanNode {
    let label = object.text("Node Type").unwrap_or("node");
    let mut node = PlanNode::new(kind(label, object), label);
    node.table = ["Relation Name", "CTE Name", "Function Name", "Table Function Name", "Tuplestore Name"]
        .iter()
        .find_map(|key| object.text(key))
        .map(str::to_owned);
    node.alias = object.text("Alias").map(str::to_owned);
    if node.table.is_none() && label == "Subquery Scan" {
        node.table = node.alias.clone();
    }
    node.index = object.text("Index Name").map(str::to_owned);
    node.index_condition =
        joined(object, &["Index Cond", "Recheck Cond", "Hash Cond", "Merge Cond", "TID Cond", "Order By"]);
    node.filter = joined(object, &["Join Filter", "One-Time Filter", "Filter"]);
    node.detail =
        ["Sort Key", "Group Key", "Subplan Name", "Operation"].iter().find_map(|key| object.plain(key));
    node.estimated_rows = object.number("Plan Rows");
    node.estimated_cost = object.number("Total Cost");
    node.actual_rows = object.number("Actual Rows");
    node.actual_loops = object.number("Actual Loops");
    // It is the average of the loops.
    let time = object.number("Actual Total Time").zip(node.actual_loops);
    node.actual_time = time.and_then(|(average, loops)| super::json::millis(average * loops));
    node.properties = object.rest(&READ);
    node.children = object.get("Plans").into_iter().flat_map(Json::objects).map(self::node).collect();
    node
}

/// Conditions that all must hold.
fn joined(object: &Object, keys: &[&str]) -> Option<String> {
    let conditions: Vec<String> = keys.iter().filter_map(|key| object.plain(key)).collect();
    (!conditions.is_empty()).then(|| conditions.join(" AND "))
}

fn kind(label: &str, object: &Object) -> NodeKind {
    // An index that is not asked for anything is read from end to end.
    let has = |key| object.get(key).is_some();
    let asked = has("Index Cond") || has("Order By");
    match label {
        "Seq Scan" | "Sample Scan" => NodeKind::SequentialScan,
        "Index Scan" | "Index Only Scan" if !asked => NodeKind::FullIndexScan,
        "Index Scan" => NodeKind::IndexScan,
        "Index Only Scan" => NodeKind::IndexOnlyScan,
        "Bitmap Heap Scan" => NodeKind::BitmapHeapScan,
        "Bitmap Index Scan" => NodeKind::BitmapIndexScan,
        "BitmapAnd" => NodeKind::BitmapAnd,
        "BitmapOr" => NodeKind::BitmapOr,
        "Subquery Scan" | "CTE Scan" | "WorkTable Scan" | "Named Tuplestore Scan" => NodeKind::SubqueryScan,
        "Function Scan" | "Table Function Scan" => NodeKind::FunctionScan,
        "Values Scan" => NodeKind::Constant,
        "Result" if !has("Plans") => NodeKind::Constant,
        "Nested Loop" => NodeKind::NestedLoopJoin,
        "Hash Join" => NodeKind::HashJoin,
        "Merge Join" => NodeKind::MergeJoin,
        "Hash" => NodeKind::Hash,
        "Sort" | "Incremental Sort" => NodeKind::Sort,
        "Aggregate" | "Group" => NodeKind::Aggregate,
        "WindowAgg" => NodeKind::WindowAggregate,
        "Unique" => NodeKind::Distinct,
        "Limit" => NodeKind::Limit,
        "Materialize" | "Memoize" => NodeKind::Materialize,
        "Append" | "Merge Append" => NodeKind::Append,
        "SetOp" => NodeKind::SetOperation,
        "Recursive Union" => NodeKind::RecursiveUnion,
        "Gather" | "Gather Merge" => NodeKind::Gather,
        "LockRows" => NodeKind::Lock,
        "ModifyTable" => NodeKind::Modify,
        other => NodeKind::Other(other.to_owned()),
    }
}

#[cfg(test)]
mod tests;
