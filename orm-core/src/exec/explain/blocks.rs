//! Plans of MariaDB, and of MySQL before its format version 2: JSON in which each key names a step around those below it.

use std::time::Duration;

use super::json::{Json, Object, unreadable};
use super::kind::NodeKind;
use super::operations;
use super::plan::{Plan, PlanNode};
use crate::error::Result;

pub(super) fn parse(text: &str) -> Result<Plan> {
    let json = Json::parse(text)?;
    let document = json.object().ok_or_else(|| unreadable("it has no object"))?;
    if let Some(root) = operations::root(document) {
        return Ok(operations::plan(document, root));
    }
    let block = document.get("query_block").and_then(Json::object);
    let block = block.ok_or_else(|| unreadable("it has no `query_block`"))?;
    let mut plan = Plan::new(one(nodes(block)));
    let cost = block.get("cost_info").and_then(Json::object).and_then(|cost| cost.number("query_cost"));
    plan.root.estimated_cost = plan.root.estimated_cost.or(cost).or_else(|| block.number("cost"));
    let optimization = document.get("query_optimization").and_then(Json::object);
    plan.planning_time = optimization.and_then(|times| times.millis("r_total_time_ms"));
    plan.execution_time = block.millis("r_total_time_ms");
    plan.properties = document.rest(&[]);
    plan.properties.extend(block.rest(&["select_id", "r_total_time_ms", "r_loops", "cost", "message"]));
    Ok(plan)
}

/// Several steps below one: the others are queries within the first.
fn one(mut nodes: Vec<PlanNode>) -> PlanNode {
    if nodes.is_empty() {
        return PlanNode::new(NodeKind::Constant, "no table");
    }
    let mut first = nodes.remove(0);
    first.children.append(&mut nodes);
    first
}

/// The steps that an object's keys name: the main one first, then queries within it.
fn nodes(object: &Object) -> Vec<PlanNode> {
    let mut steps = Vec::new();
    let mut found = Vec::new();
    let mut within = Vec::new();
    for (key, value) in &object.0 {
        let inner = value.object();
        match (key.as_str(), inner) {
            ("nested_loop", _) => steps.extend(value.objects().flat_map(loop_steps)),
            ("table" | "block-nl-join" | "read_sorted_file", Some(_)) => steps.extend(step(key, value)),
            ("message", None) => found.extend(message(object)),
            // A query below a step is the step's input; this key says no more than that.
            ("query_block" | "expression_cache", Some(inner)) => found.extend(nodes(inner)),
            ("query_specifications" | "sorts", _) => found.extend(value.objects().flat_map(nodes)),
            (key, None) if key.ends_with("subqueries") => within.extend(subqueries(key, value)),
            (key, Some(inner)) => found.extend(wrapper(key, inner)),
            (_, None) => {}
        }
    }
    if !steps.is_empty() {
        found.insert(0, join(steps));
    }
    found.extend(within);
    found
}

fn message(object: &Object) -> Option<PlanNode> {
    let mut node = PlanNode::new(NodeKind::Constant, "message");
    node.detail = Some(object.text("message")?.to_owned());
    Some(node)
}

fn subqueries<'j>(key: &'j str, value: &'j Json) -> impl Iterator<Item = PlanNode> + 'j {
    value.objects().filter_map(move |inner| {
        let children = nodes(inner);
        (!children.is_empty())
            .then(|| PlanNode::new(NodeKind::Subquery, key.replace('_', " ")).with(children))
    })
}

/// A step around what its object holds; none for an object that holds no steps, such as costs.
fn wrapper(key: &str, object: &Object) -> Option<PlanNode> {
    let children = nodes(object);
    let kind = match key {
        "ordering_operation" | "filesort" => NodeKind::Sort,
        "grouping_operation" => NodeKind::Aggregate,
        "duplicates_removal" => NodeKind::Distinct,
        "windowing" | "window_functions_computation" => NodeKind::WindowAggregate,
        "temporary_table"
        | "buffer_result"
        | "materialized"
        | "materialization"
        | "materialized_from_subquery" => NodeKind::Materialize,
        "union_result" | "intersect_result" | "except_result" | "unary_result" => NodeKind::SetOperation,
        other => NodeKind::Other(other.to_owned()),
    };
    let known = !matches!(kind, NodeKind::Other(_));
    if children.is_empty() && !known {
        return None;
    }
    // Rows that come in the right order are not sorted.
    if key == "ordering_operation" && !object.is_true("using_filesort") && !children.is_empty() {
        return Some(one(children));
    }
    let mut node = PlanNode::new(kind, key).with(children);
    measure(&mut node, object);
    node.detail = object.plain("sort_key");
    node.table = object.text("table_name").map(str::to_owned);
    node.properties = object.rest(&["sort_key", "table_name", "message"]);
    node.properties.retain(|(name, _)| !MEASURES.contains(&name.as_str()));
    Some(node)
}

/// One side of a join, and how it is joined to what comes before it.
struct Step {
    node: PlanNode,
    hashed: bool,
    condition: Option<String>,
}

fn loop_steps(item: &Object) -> Vec<Step> {
    let steps: Vec<Step> = item.0.iter().filter_map(|(key, value)| step(key, value)).collect();
    if !steps.is_empty() {
        return steps;
    }
    nodes(item).into_iter().map(|node| Step { node, hashed: false, condition: None }).collect()
}

fn step(key: &str, value: &Json) -> Option<Step> {
    let object = value.object()?;
    match key {
        "table" => {
            let hashed = object.text("using_join_buffer").is_some_and(|how| how.contains("hash"));
            Some(Step { node: table(object), hashed, condition: None })
        }
        // The rows before it are collected, and the table is read once for each full buffer.
        "block-nl-join" => {
            let hashed = object.text("join_type").is_some_and(|how| how.starts_with("BNLH"));
            let condition = object.text("attached_condition").map(str::to_owned);
            let mut node = one(nodes(object));
            node.properties.extend(object.rest(&["attached_condition"]));
            Some(Step { node, hashed, condition })
        }
        "read_sorted_file" => Some(Step { node: one(nodes(object)), hashed: false, condition: None }),
        _ => None,
    }
}

/// Joins from left to right. Neighbours that are joined alike are one node.
fn join(steps: Vec<Step>) -> PlanNode {
    let mut steps = steps.into_iter();
    let Some(first) = steps.next() else { return PlanNode::new(NodeKind::Constant, "no table") };
    let mut joined = first.node;
    let mut is_join = false;
    for step in steps {
        let kind = if step.hashed { NodeKind::HashJoin } else { NodeKind::NestedLoopJoin };
        let continues = is_join && joined.kind == NodeKind::NestedLoopJoin && !step.hashed;
        if !continues {
            let label = if step.hashed { "hash join" } else { "nested_loop" };
            joined = PlanNode::new(kind, label).with(vec![joined]);
            is_join = true;
        }
        if let Some(condition) = step.condition {
            joined.filter = Some(match joined.filter.take() {
                Some(before) => format!("{before} and {condition}"),
                None => condition,
            });
        }
        joined.children.push(step.node);
    }
    joined
}

/// Keys that [`measure`] reads.
const MEASURES: [&str; 11] = [
    "rows",
    "rows_examined_per_scan",
    "cost",
    "r_rows",
    "r_output_rows",
    "r_loops",
    "r_total_time_ms",
    "r_table_time_ms",
    "r_other_time_ms",
    "select_id",
    "access_type",
];

fn measure(node: &mut PlanNode, object: &Object) {
    let first = |keys: [&str; 2]| keys.into_iter().find_map(|key| object.number(key));
    node.estimated_rows = first(["rows_examined_per_scan", "rows"]);
    let info = object.get("cost_info").and_then(Json::object);
    let own = info.and_then(|info| Some(info.number("read_cost")? + info.number("eval_cost")?));
    let sort = info.and_then(|info| info.number("sort_cost"));
    node.estimated_cost = own.or(sort).or_else(|| object.number("cost"));
    node.actual_rows = first(["r_rows", "r_output_rows"]);
    node.actual_loops = object.number("r_loops");
    let of_table = object.millis("r_table_time_ms");
    let other = object.millis("r_other_time_ms").unwrap_or(Duration::ZERO);
    node.actual_time = object.millis("r_total_time_ms").or_else(|| Some(of_table?.saturating_add(other)));
}

fn table(object: &Object) -> PlanNode {
    const READ: [&str; 8] = [
        "table_name",
        "key",
        "attached_condition",
        "index_condition",
        "message",
        "using_index",
        "used_columns",
        "access_type",
    ];
    if let (Some(node), None) = (message(object), object.text("table_name")) {
        return node;
    }
    let access = object.text("access_type").unwrap_or("table");
    let mut node = PlanNode::new(table_kind(access, object), access);
    node.table = object.text("table_name").map(str::to_owned);
    node.index_condition = object.plain("index_condition");
    node.filter = object.plain("attached_condition");
    node.detail = object.plain("message");
    measure(&mut node, object);
    node.children = nodes_within(object);
    if node.kind == NodeKind::IndexMerge {
        let merged = merged_indexes(object);
        node.children.extend(merged.into_iter().map(|index| {
            let mut scan = PlanNode::new(NodeKind::IndexScan, "index_merge");
            scan.table.clone_from(&node.table);
            scan.index = Some(index);
            scan
        }));
    } else {
        node.index = object.text("key").map(str::to_owned);
    }
    // What is computed within the statement is read in no other way than by scanning or by a key made for it.
    let derived = node.table.as_ref().is_some_and(|name| name.starts_with('<'));
    if derived || node.children.iter().any(|child| child.kind == NodeKind::Materialize) {
        node.kind = NodeKind::SubqueryScan;
    }
    node.properties = object.rest(&READ);
    node.properties.retain(|(name, _)| !MEASURES.contains(&name.as_str()));
    node
}

/// What feeds a table: a query that it is the result of.
fn nodes_within(object: &Object) -> Vec<PlanNode> {
    let inputs = object
        .0
        .iter()
        .filter(|(key, _)| !["index_merge", "message", "rowid_filter"].contains(&key.as_str()));
    nodes(&Object(inputs.cloned().collect()))
}

fn table_kind(access: &str, object: &Object) -> NodeKind {
    // MariaDB says so when the rows go into a hash table.
    match access.strip_prefix("hash_").unwrap_or(access) {
        "ALL" => NodeKind::SequentialScan,
        "index" => NodeKind::FullIndexScan,
        "eq_ref" | "const" | "unique_subquery" => NodeKind::KeyLookup,
        "system" => NodeKind::Constant,
        "index_merge" => NodeKind::IndexMerge,
        "range" | "ref" | "ref_or_null" | "fulltext" | "index_subquery" => {
            if object.is_true("using_index") {
                NodeKind::IndexOnlyScan
            } else {
                NodeKind::IndexScan
            }
        }
        other => NodeKind::Other(other.to_owned()),
    }
}

/// The indexes of an index merge: MariaDB's `index_merge`, or MySQL's `union(a,sort_union(b,c))`.
fn merged_indexes(object: &Object) -> Vec<String> {
    if let Some(merge) = object.get("index_merge") {
        let mut found = Vec::new();
        collect_keys(merge, &mut found);
        return found;
    }
    let key = object.text("key").unwrap_or_default();
    let names = key.split([',', ')']).filter_map(|part| part.rsplit('(').next());
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn collect_keys(value: &Json, found: &mut Vec<String>) {
    for object in value.objects() {
        for (key, value) in &object.0 {
            match value {
                Json::Text(index) if key == "key" => found.push(index.clone()),
                value => collect_keys(value, found),
            }
        }
    }
}

#[cfg(test)]
mod tests;
