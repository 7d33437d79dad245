//! What a queryset asks for, without types: so that its logic is compiled once and not once for each model.

use super::expression::own_field;
use crate::ast::{CompareOp, Expr, Node, OrderBy, OrderKey, Select, Selection};
use crate::compile::{CompiledSql, Dialect, Operation, compile_select};
use crate::error::{Error, Result, ValueError};
use crate::schema::ModelMeta;
use crate::value::Value;

/// An untyped queryset.
pub(crate) struct Query {
    pub(crate) model: &'static ModelMeta,
    pub(crate) select: Select,
    /// An order was asked for, or the model's own was applied.
    ordered: bool,
    /// `none()`: no row, and no statement.
    empty: bool,
    error: Option<Box<Error>>,
}

impl Query {
    pub(crate) fn new(model: &'static ModelMeta) -> Self {
        Query { model, select: Select::new(model), ordered: false, empty: false, error: None }
    }

    /// Notes the first mistake; terminal methods report it.
    pub(crate) fn fail(&mut self, error: Error) {
        self.error.get_or_insert_with(|| Box::new(error));
    }

    /// The first mistake, if any was made while building.
    pub(crate) fn check(&mut self) -> Result<()> {
        match self.error.take() {
            Some(error) => Err(*error),
            None => Ok(()),
        }
    }

    /// Whether the answer is known to be no row.
    pub(crate) fn is_empty(&self) -> bool {
        self.empty && self.error.is_none()
    }

    /// True, after noting the mistake, when the rows are sliced already.
    pub(crate) fn refuse_when_sliced(&mut self, mistake: &'static str) -> bool {
        let sliced = self.select.is_sliced();
        if sliced {
            self.fail(Error::InvalidQuery(mistake.into()));
        }
        sliced
    }

    pub(crate) fn filter(&mut self, condition: Node) {
        if !self.refuse_when_sliced("a queryset cannot be filtered once it is sliced") {
            self.select.filter.push(condition.expr);
        }
    }

    /// Only the row with this key.
    pub(crate) fn with_key(&mut self, values: Result<Vec<Value>, ValueError>) {
        match values {
            Ok(values) => {
                for (field, value) in self.model.key_fields().zip(values) {
                    self.filter(own_field(field).compare(CompareOp::Eq, Node::leaf(Expr::Value(value))));
                }
            }
            Err(error) => self.fail(error.into()),
        }
    }

    pub(crate) fn none(&mut self) {
        self.empty = true;
        self.filter(Node::leaf(Expr::Constant(false)));
    }

    pub(crate) fn distinct(&mut self) {
        if !self.refuse_when_sliced("`distinct` must come before a slice") {
            self.select.distinct = true;
        }
    }

    /// Of several limits the least counts.
    pub(crate) fn limit(&mut self, rows: u64) {
        self.select.limit = Some(self.select.limit.map_or(rows, |limit| limit.min(rows)));
    }

    /// Without the first rows of what is there so far.
    pub(crate) fn offset(&mut self, rows: u64) {
        self.select.offset = Some(self.select.offset.unwrap_or(0).saturating_add(rows));
        self.select.limit = self.select.limit.map(|limit| limit.saturating_sub(rows));
    }

    /// In this order instead of any other.
    pub(crate) fn order_by(&mut self, push: impl FnOnce(&mut Vec<OrderBy>)) {
        if !self.refuse_when_sliced("a queryset cannot be ordered once it is sliced") {
            self.select.order_by.clear();
            push(&mut self.select.order_by);
            self.ordered = true;
        }
    }

    pub(crate) fn reverse(&mut self) {
        if !self.refuse_when_sliced("a queryset cannot be reversed once it is sliced") {
            self.apply_key_order();
            for term in &mut self.select.order_by {
                term.reverse();
            }
        }
    }

    /// Gives an unordered queryset the model's default order.
    pub(crate) fn apply_default_order(&mut self) {
        if !self.ordered {
            let model = self.model;
            self.select.order_by.extend(
                model
                    .ordering
                    .iter()
                    .map(|order| OrderBy::field(&model.fields[order.field], order.descending)),
            );
            self.ordered = true;
        }
    }

    /// Gives an unordered slice the model's default order, which decides what is in it; other rows need none.
    pub(crate) fn apply_order_of_slice(&mut self) {
        if self.select.is_sliced() {
            self.apply_default_order();
        }
    }

    /// Gives a queryset that is still unordered the order of the primary key.
    pub(crate) fn apply_key_order(&mut self) {
        self.apply_default_order();
        if self.select.order_by.is_empty() {
            self.select.order_by.extend(self.model.key_fields().map(|field| OrderBy::field(field, false)));
        }
    }

    /// Only the last row, in the opposite order.
    pub(crate) fn last(&mut self) {
        if self.select.order_by.iter().any(|term| matches!(term.key, OrderKey::Random)) {
            self.fail(Error::InvalidQuery("a random order has no last row".into()));
        }
        self.apply_key_order();
        self.reverse();
        self.limit(1);
    }

    /// The number of rows instead of the rows.
    pub(crate) fn counting(mut self) -> Self {
        if self.select.is_sliced() {
            self.select = Select::count_of(self.select);
        } else {
            self.select.order_by.clear();
            if self.select.distinct {
                self.select = Select::count_of(self.select);
            } else {
                self.select.selection = Selection::Count;
            }
        }
        self
    }

    /// Whether there is a row instead of the rows.
    pub(crate) fn existing(mut self) -> Self {
        if !(self.select.distinct && self.select.is_sliced()) {
            self.select.order_by.clear();
            self.select.distinct = false;
            self.select.selection = Selection::One;
        }
        self.limit(1);
        self
    }

    /// Lowers and compiles, or reports the first mistake made while building.
    pub(crate) fn compiled(mut self, dialect: Dialect, operation: Operation) -> Result<CompiledSql> {
        self.check()?;
        compile_select(self.select, dialect, operation)
    }
}

impl Clone for Query {
    fn clone(&self) -> Self {
        Query {
            model: self.model,
            select: self.select.clone(),
            ordered: self.ordered,
            empty: self.empty,
            error: self.error.as_ref().map(|error| Box::new(error.duplicate())),
        }
    }
}
