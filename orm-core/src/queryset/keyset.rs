//! The rows behind or before a row in an order, by that row's values: what pages with cursors are made of.

use super::query::Query;
use crate::ast::{
    CompareOp, Expr, FieldRef, Function, MathFunction, Node, OrderBy, OrderKey, Select, Selection, Source,
};
use crate::compile::{Dialect, Operation, compile_select};
use crate::error::{Error, Result};
use crate::schema::PathNode;
use crate::value::{Value, ValueKind};

/// One term of an order, with what a cursor has to know of it.
pub(crate) struct KeysetTerm {
    expr: Expr,
    descending: bool,
    nulls_first: bool,
    nullable: bool,
    pub(crate) kind: ValueKind,
}

impl Query {
    /// Whether each row is made of one of the model's, and no other row of the same.
    fn gives_rows_of_the_model(&self) -> bool {
        match &self.select.selection {
            Selection::Model | Selection::ModelAnd(_) => true,
            Selection::Exprs(_) => !self.select.distinct && !self.select.is_grouped(),
            Selection::Derived(_) | Selection::Count | Selection::One => false,
        }
    }

    /// Appends the primary key to the order, so that no two rows are equal in it.
    pub(crate) fn make_order_total(&mut self) {
        self.apply_default_order();
        let random = self.select.order_by.iter().any(|term| matches!(term.key, OrderKey::Random));
        if !self.gives_rows_of_the_model() || random {
            return;
        }
        for field in self.model.key_fields() {
            let own = Expr::Field(FieldRef { path: None, field });
            let known = self.select.order_by.iter().any(|term| term.key == OrderKey::Expr(own.clone()));
            if !known {
                self.select.order_by.push(OrderBy::field(field, false));
            }
        }
    }

    /// The terms of the order, if pages can begin behind a row of it.
    pub(crate) fn keyset(&mut self) -> Result<Vec<KeysetTerm>> {
        self.check()?;
        if self.select.is_sliced() {
            return Err(Error::InvalidQuery("a queryset that is sliced has no pages with cursors".into()));
        }
        if !self.gives_rows_of_the_model() {
            return Err(Error::InvalidQuery("groups and distinct values have no pages with cursors".into()));
        }
        if self.select.clauses.as_ref().is_some_and(|clauses| !clauses.distinct_on.is_empty()) {
            return Err(Error::InvalidQuery("`distinct_on` has no pages with cursors".into()));
        }
        // Rows of a model differ by their key.
        self.select.distinct = false;
        self.make_order_total();
        self.select.order_by.iter().map(KeysetTerm::of).collect()
    }

    /// What tells cursors of this order from all others: its text, which has no values in it.
    pub(crate) fn order_text(&self, dialect: Dialect) -> Result<String> {
        let mut select = Select::of(Source::Model(self.model), Selection::One);
        select.order_by.clone_from(&self.select.order_by);
        Ok(compile_select(select, dialect, Operation::new(self.model.name, "cursor"))?.sql.into())
    }

    /// Only rows behind the row with these values.
    pub(crate) fn behind(&mut self, terms: &[KeysetTerm], values: &[Value]) {
        let mut condition: Option<Node> = None;
        for (term, value) in terms.iter().zip(values).rev() {
            let further = condition.map(|rest| term.equal(value).and(rest));
            condition = Some(match (term.behind(value), further) {
                (Some(behind), Some(further)) => behind.or(further),
                (Some(behind), None) => behind,
                (None, Some(further)) => further,
                (None, None) => Node::leaf(Expr::Constant(false)),
            });
        }
        if let Some(bound) = terms.first().zip(values.first()).and_then(|(term, value)| term.bound(value)) {
            self.filter(bound);
        }
        if let Some(condition) = condition {
            self.filter(condition);
        }
    }

    /// Selects the terms behind everything else, so that each row comes with its values.
    pub(crate) fn select_keys(&mut self, terms: &[KeysetTerm]) {
        let keys = terms.iter().map(|term| term.expr.clone());
        match &mut self.select.selection {
            Selection::Exprs(selected) => selected.extend(keys),
            _ => self.annotate(keys.map(Node::leaf).collect()),
        }
    }
}

impl KeysetTerm {
    fn of(term: &OrderBy) -> Result<Self> {
        let refuse = |what: &'static str| Err(Error::InvalidQuery(what.into()));
        let OrderKey::Expr(expr) = &term.key else {
            return refuse("a random order has no pages with cursors");
        };
        if expr.any(&is_random) {
            return refuse("a random order has no pages with cursors");
        }
        if expr.aggregates() || expr.has_window() {
            return refuse("an order by aggregates or windows has no pages with cursors");
        }
        let kind = match expr.kind() {
            Some(ValueKind::Json) | None => {
                return refuse(
                    "an order by a document, or by something of unknown type, has no pages with cursors",
                );
            }
            Some(kind) => kind,
        };
        let nullable = match expr {
            Expr::Field(field) => field.field.nullable || field.path.is_some_and(PathNode::is_nullable),
            expr => expr.is_nullable(),
        };
        let (descending, nulls_first) = (term.descending, term.nulls_first());
        Ok(KeysetTerm { expr: expr.clone(), descending, nulls_first, nullable, kind })
    }

    fn node(&self) -> Node {
        Node::leaf(self.expr.clone())
    }

    fn compare(&self, op: CompareOp, value: &Value) -> Node {
        self.node().compare(op, Node::value(Ok(value.clone())))
    }

    fn equal(&self, value: &Value) -> Node {
        if value.is_null() { self.node().is_null() } else { self.compare(CompareOp::Eq, value) }
    }

    /// What comes behind the value in this term alone; nothing, if that is none.
    fn behind(&self, value: &Value) -> Option<Node> {
        if value.is_null() {
            return self.nulls_first.then(|| self.node().is_null().negate());
        }
        let op = if self.descending { CompareOp::Lt } else { CompareOp::Gt };
        let behind = self.compare(op, value);
        let nulls = self.nullable && !self.nulls_first;
        Some(if nulls { behind.or(self.node().is_null()) } else { behind })
    }

    /// What the whole condition implies, in a form that an index can use.
    fn bound(&self, value: &Value) -> Option<Node> {
        let op = if self.descending { CompareOp::Le } else { CompareOp::Ge };
        (!self.nullable && !value.is_null()).then(|| self.compare(op, value))
    }
}

fn is_random(expr: &Expr) -> bool {
    matches!(expr, Expr::Function(call) if call.function == Function::Math(MathFunction::Random))
}
