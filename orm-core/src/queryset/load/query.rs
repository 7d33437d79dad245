//! The query for the rows that are related to others.

use super::super::expression::own_field;
use super::super::query::Query;
use crate::ast::{
    Beside, CompareOp, Expr, FieldRef, Node, Outer, ResultType, Selection, Window, WindowCall, WindowFunction,
};
use crate::error::{Error, Result};
use crate::schema::{FieldMeta, Link, ModelMeta, RelationMeta};
use crate::value::{Value, ValueKind};

impl Query {
    /// Makes the values by which rows at the start of a relation find these; those of a table between are added.
    pub(crate) fn reach(&mut self, relation: &'static RelationMeta) -> Vec<Node> {
        let Link::Through { near, far } = relation.link else {
            return relation.pairs().map(|(_, field)| own_field(field)).collect();
        };
        let between = (near.from)();
        if let Err(error) = stays_between(between) {
            self.fail(error);
            return Vec::new();
        }
        let clauses = self.select.clauses_mut();
        if clauses.beside.is_some() {
            self.fail(Error::InvalidQuery("a recursive query cannot be one of related rows".into()));
            return Vec::new();
        }
        clauses.beside = Some(Beside { name: between.table, model: between, table: 0 });
        for (field, target) in far.pairs() {
            self.select.filter.push(beside(between, field).compare(CompareOp::Eq, own_field(target)).expr);
        }
        near.pairs().map(|(field, _)| beside(between, field)).collect()
    }

    /// Only rows that are related to one of those with these keys.
    pub(crate) fn with_keys(&mut self, columns: &[Node], keys: Vec<Vec<Value>>) {
        self.select.filter.push(Node::in_tuples(columns.to_vec(), keys).expr);
    }

    /// Selects these, too.
    pub(crate) fn also(&mut self, nodes: Vec<Node>) {
        if let Selection::Exprs(exprs) = &mut self.select.selection {
            exprs.extend(nodes.into_iter().map(|node| node.expr));
        } else {
            self.annotate(nodes);
        }
    }

    /// A slice for each row counts rows, which are no longer there where they are distinct or grouped.
    pub(crate) fn refuse_slices_of_rows_without_keys(&mut self) {
        if self.select.is_sliced() && (self.select.distinct || self.select.is_grouped()) {
            self.fail(Error::InvalidQuery(
                "related rows can be limited for each row, but not distinct or grouped ones".into(),
            ));
        }
    }

    /// A slice becomes one of the rows that are equal in `columns`: so many rows for each row that they are related to.
    pub(crate) fn slice_each(&mut self, columns: &[Node]) {
        if !self.select.is_sliced() {
            return;
        }
        self.apply_key_order();
        let (limit, offset) = (self.select.limit.take(), self.select.offset.take().unwrap_or(0));
        let number = Node::nested(1, || {
            Expr::Window(Box::new(Window {
                call: WindowCall::Function(WindowFunction::RowNumber, Vec::new()),
                partition_by: columns.iter().map(|node| node.expr.clone()).collect(),
                order_by: self.select.order_by.clone(),
                frame: None,
                result: ResultType { kind: ValueKind::I64, nullable: false },
            }))
        });
        if offset > 0 {
            self.qualify(number.clone().compare(CompareOp::Gt, count(offset)));
        }
        if let Some(limit) = limit {
            self.qualify(number.compare(CompareOp::Le, count(offset.saturating_add(limit))));
        }
    }
}

/// Rows between are there or not. One that stays deleted would be a pair that is neither related nor free to be.
pub(crate) fn stays_between(between: &ModelMeta) -> Result<()> {
    if between.soft_delete.is_none() {
        return Ok(());
    }
    let what = format!(
        "rows of `{}` say which others are related, so they cannot stay when they are deleted; remove its `soft_delete`",
        between.name
    );
    Err(Error::InvalidQuery(what.into()))
}

fn count(rows: u64) -> Node {
    Node::leaf(Expr::Count(rows))
}

fn beside(model: &'static ModelMeta, field: &'static FieldMeta) -> Node {
    Node::leaf(Expr::Outer(Outer { levels: 0, beside: true, model, field: FieldRef { path: None, field } }))
}
