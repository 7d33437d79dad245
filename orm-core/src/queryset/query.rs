//! What a queryset asks for, without types: so that its logic is compiled once and not once for each model.

use std::sync::Arc;

use super::expression::own_field;
use super::hook_choice::HookChoice;
use crate::ast::{
    Clauses, CompareOp, DeletedRows, Expr, Mistake, Node, OrderBy, OrderKey, Select, Selection,
};
use crate::compile::{CompiledSql, Dialect, Operation, compile_select};
use crate::error::{Error, Result, ValueError};
use crate::schema::{FieldMeta, ModelMeta, RelationMeta};
use crate::value::Value;

/// An untyped queryset.
pub(crate) struct Query {
    pub(crate) model: &'static ModelMeta,
    pub(crate) select: Select,
    /// An order was asked for, or the model's own was applied.
    ordered: bool,
    /// `none()`: no row, and no statement.
    empty: bool,
    /// Rows have lists, which are found by keys that are selected besides.
    listed: bool,
    /// How deep the deepest expression is nested: that of a subquery's whole.
    depth: u16,
    error: Option<Box<Error>>,
    /// The relation that leads to its rows from one that is there already.
    pub(crate) follows: Option<&'static RelationMeta>,
    /// Whether hooks are called where its rows are written.
    pub(crate) hooks: HookChoice,
}

impl Query {
    pub(crate) fn new(model: &'static ModelMeta) -> Self {
        Query {
            model,
            select: Select::new(model),
            ordered: false,
            empty: false,
            listed: false,
            depth: 0,
            error: None,
            follows: None,
            hooks: HookChoice::Usual,
        }
    }

    /// The rows that are not deleted softly.
    pub(crate) fn of_model(model: &'static ModelMeta) -> Self {
        let mut query = Query::new(model);
        query.select.deleted = DeletedRows::Hidden;
        query
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
        if !self.refuse_when_sliced("a queryset cannot be filtered once it is sliced")
            && !condition.is_always()
        {
            self.depth = self.depth.max(condition.depth());
            self.select.filter.push(condition.expr);
        }
    }

    fn take(&mut self, nodes: Vec<Node>) -> Vec<Expr> {
        self.depth = nodes.iter().map(Node::depth).fold(self.depth, u16::max);
        // Not collected, which would make the list out of that of the nodes and then shrink it: allocating is cheaper.
        let mut exprs = Vec::with_capacity(nodes.len());
        exprs.extend(nodes.into_iter().map(|node| node.expr));
        exprs
    }

    /// The model without these fields; gives all that are left out now.
    pub(crate) fn leave_out(&mut self, fields: &[&'static FieldMeta]) -> Vec<&'static FieldMeta> {
        let left_out = &mut self.select.clauses_mut().left_out;
        let fields = self
            .model
            .fields
            .iter()
            .filter(|field| left_out.contains(field) || fields.contains(field))
            .collect::<Vec<_>>();
        left_out.clone_from(&fields);
        fields
    }

    /// The fields that are left out of the model.
    pub(crate) fn left_out(&self) -> &[&'static FieldMeta] {
        self.select.clauses.as_ref().map_or(&[], |clauses| &clauses.left_out)
    }

    /// What is read of the model no longer matters.
    pub(crate) fn forget_left_out(&mut self) {
        if let Some(clauses) = &mut self.select.clauses {
            clauses.left_out.clear();
            if **clauses == Clauses::default() {
                self.select.clauses = None;
            }
        }
    }

    /// These instead of the model.
    pub(crate) fn values(&mut self, nodes: Vec<Node>) {
        self.forget_left_out();
        self.select.selection = Selection::Exprs(self.take(nodes));
    }

    /// These beside the model.
    pub(crate) fn annotate(&mut self, nodes: Vec<Node>) {
        let mut exprs = self.take(nodes);
        if let Selection::ModelAnd(before) = &mut self.select.selection {
            before.append(&mut exprs);
        } else {
            self.select.selection = Selection::ModelAnd(exprs);
        }
    }

    /// Aggregates over all rows: those of the slice, or the groups, where there are such.
    pub(crate) fn aggregate(&mut self, nodes: Vec<Node>) {
        self.forget_left_out();
        let exprs = self.take(nodes);
        if !self.select.is_sliced() {
            self.select.order_by.clear();
        }
        self.select.distinct = false;
        let plain = !self.select.is_sliced() && self.select.clauses.is_none();
        if !plain {
            // The rows are found first, then what is aggregated is computed from them.
            self.read_by_key();
        }
        let mut outer = std::mem::replace(&mut self.select, Select::new(self.model));
        outer.selection = Selection::Exprs(exprs);
        outer.clauses_mut().one_group = true;
        self.select = outer;
        self.ordered = true;
        // Of no rows there is still one of aggregates.
        self.empty = false;
    }

    /// The same rows, found by their keys: so that more can be asked about a slice.
    fn read_by_key(&mut self) {
        self.apply_order_of_slice();
        let mut inner = std::mem::replace(&mut self.select, Select::new(self.model));
        let key = self.model.key_fields().next().filter(|_| self.model.primary_key.len() == 1);
        let Some(key) = key else {
            return self.fail(Error::InvalidQuery(
                "a slice of a model with a composite key cannot be asked further questions".into(),
            ));
        };
        inner.selection = Selection::Exprs(vec![own_field(key).expr]);
        let depth = self.depth;
        self.filter(own_field(key).in_subquery(inner, depth, false));
    }

    /// Only the row with this key, if it is among these.
    pub(crate) fn only(&mut self, key: Result<Vec<Value>, ValueError>) {
        self.forget_left_out();
        if self.select.is_sliced() || self.select.clauses.is_some() {
            self.read_by_key();
        }
        self.with_key(key);
    }

    /// Only rows with these keys, if they are among these.
    pub(crate) fn among(&mut self, keys: Vec<Vec<Value>>) {
        self.forget_left_out();
        if self.select.is_sliced() || self.select.clauses.is_some() {
            self.read_by_key();
        }
        self.filter(Node::in_tuples(self.model.key_fields().map(own_field).collect(), keys));
    }

    /// What is read of a row, for the rows with these keys instead of its own, in the order asked for.
    pub(crate) fn read_of(&self, keys: Vec<Vec<Value>>) -> Self {
        let mut query = self.clone();
        let left_out = self.left_out().to_vec();
        let Select { selection, order_by, .. } =
            std::mem::replace(&mut query.select, Select::new(self.model));
        query.select.selection = selection;
        query.select.order_by = order_by;
        if !left_out.is_empty() {
            query.select.clauses_mut().left_out = left_out;
        }
        query.filter(Node::in_tuples(self.model.key_fields().map(own_field).collect(), keys));
        query
    }

    /// Aggregates over the rows that it gives, in a query around it.
    pub(crate) fn aggregate_rows(&mut self, nodes: Vec<Node>) {
        self.apply_order_of_slice();
        let exprs = self.take(nodes);
        let mut inner = std::mem::replace(&mut self.select, Select::new(self.model));
        if !inner.is_sliced() {
            inner.order_by.clear();
        }
        inner.named = true;
        self.select = Select::from_select(inner, Selection::Exprs(exprs));
        self.select.clauses_mut().one_group = true;
        self.ordered = true;
        // Of no rows there is still one of aggregates.
        self.empty = false;
    }

    /// Also one that all groups meet says that there are groups.
    pub(crate) fn having(&mut self, condition: Node) {
        if !self.refuse_when_sliced("a queryset cannot be filtered once it is sliced") {
            self.depth = self.depth.max(condition.depth());
            self.select.clauses_mut().having.push(condition.expr);
            self.refuse_lists();
        }
    }

    pub(crate) fn qualify(&mut self, condition: Node) {
        if !self.refuse_when_sliced("a queryset cannot be filtered once it is sliced")
            && !condition.is_always()
        {
            self.depth = self.depth.max(condition.depth());
            self.select.clauses_mut().qualify.push(condition.expr);
        }
    }

    pub(crate) fn distinct_on(&mut self, nodes: Vec<Node>) {
        if !self.refuse_when_sliced("`distinct_on` must come before a slice") {
            let exprs = self.take(nodes);
            self.select.clauses_mut().distinct_on = exprs;
        }
    }

    /// Gives up the SELECT for a place inside of another query, with its depth; a mistake made here is reported there.
    pub(crate) fn nested(mut self) -> Result<(Select, u16), Box<(Self, Error)>> {
        self.apply_order_of_slice();
        if !self.select.is_sliced() && self.select.clauses.is_none() && !self.select.distinct {
            // An order that decides nothing.
            self.select.order_by.clear();
        }
        match self.error.take() {
            Some(error) => Err(Box::new((self, *error))),
            None => Ok((self.select, self.depth)),
        }
    }

    /// What `make` makes of the SELECT and its depth, or the mistake that was made here.
    pub(crate) fn embedded(self, make: impl FnOnce(Select, u16) -> Node) -> Node {
        match self.nested() {
            Ok((select, depth)) => make(select, depth),
            Err(mistaken) => Query::mistaken(mistaken),
        }
    }

    /// An expression in the place of a query in which a mistake was made.
    pub(crate) fn mistaken(mistake: Box<(Self, Error)>) -> Node {
        let (_, error) = *mistake;
        Node::leaf(Expr::Mistaken(Mistake(Arc::new(error))))
    }

    /// Nothing nested deeper than this is in it.
    pub(crate) fn deepen(&mut self, depth: u16) {
        self.depth = self.depth.max(depth);
    }

    /// Without the model's default order.
    pub(crate) fn keep_unordered(&mut self) {
        self.ordered = true;
    }

    /// The opposite of the order asked for; without one there is none.
    pub(crate) fn reverse_given(&mut self) {
        if !self.refuse_when_sliced("a queryset cannot be reversed once it is sliced") {
            for term in &mut self.select.order_by {
                term.reverse();
            }
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
            self.refuse_lists();
        }
    }

    /// Says that rows have lists, which are found by keys that are selected besides.
    pub(crate) fn list_rows(&mut self) {
        self.listed = true;
        self.refuse_lists();
    }

    /// The keys would make other groups, and rows different that look alike.
    fn refuse_lists(&mut self) {
        if self.listed && (self.select.distinct || self.select.is_grouped()) {
            self.fail(Error::InvalidQuery(
                "a projection with lists is one of rows, not of groups or of distinct rows".into(),
            ));
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

    /// The terms of an order that replaces any other; still empty.
    pub(crate) fn other_order(&mut self) -> &mut Vec<OrderBy> {
        // After this mistake no order matters.
        if !self.refuse_when_sliced("a queryset cannot be ordered once it is sliced") {
            self.ordered = true;
        }
        self.select.order_by.clear();
        &mut self.select.order_by
    }

    /// In this order instead of any other.
    pub(crate) fn order_by(&mut self, terms: Vec<OrderBy>) {
        *self.other_order() = terms;
    }

    pub(crate) fn reverse(&mut self) {
        if !self.refuse_when_sliced("a queryset cannot be reversed once it is sliced") {
            self.apply_key_order();
            for term in &mut self.select.order_by {
                term.reverse();
            }
        }
    }

    /// Gives an unordered queryset the model's default order. Groups have none, and neither have values that are to be
    /// distinct: the order's fields are not among them.
    pub(crate) fn apply_default_order(&mut self) {
        let computed = matches!(self.select.selection, Selection::Exprs(_) | Selection::Derived(_));
        if !self.ordered && !(computed && (self.select.distinct || self.select.is_grouped())) {
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

    /// As many rows as show whether there is only one.
    pub(crate) fn only_row(&mut self) {
        self.apply_order_of_slice();
        self.limit(2);
    }

    /// Only the first row, in the order asked for.
    pub(crate) fn only_first(&mut self) {
        self.limit(1);
    }

    /// Only the first row; by key, if no order was asked for.
    pub(crate) fn first(&mut self) {
        self.apply_key_order();
        self.limit(1);
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

    /// The number of rows instead of the rows; what only says what is read of them is dropped.
    pub(crate) fn counting(mut self) -> Self {
        self.forget_left_out();
        if self.select.is_sliced() {
            self.select = self.select.counted();
            return self;
        }
        self.select.order_by.clear();
        let distinct_values = self.select.distinct && !matches!(self.select.selection, Selection::Model);
        let distinct_on = self.select.clauses.as_ref().is_some_and(|clauses| !clauses.distinct_on.is_empty());
        if distinct_values || distinct_on || self.select.is_grouped() {
            self.select = self.select.counted();
        } else {
            // Rows of a model differ by their key.
            self.select.distinct = false;
            self.select.selection = Selection::Count;
        }
        self
    }

    /// Whether there is a row instead of the rows.
    pub(crate) fn existing(mut self) -> Self {
        self.forget_left_out();
        if self.select.is_grouped() {
            self.select.order_by.clear();
        } else if !(self.select.distinct && self.select.is_sliced()) {
            self.select.order_by.clear();
            self.select.distinct = false;
            self.select.selection = Selection::One;
        }
        self.limit(1);
        self
    }

    /// Lowers and compiles, or reports the first mistake made while building.
    pub(crate) fn compiled(mut self, dialect: Dialect, mut operation: Operation) -> Result<CompiledSql> {
        self.check()?;
        operation.relation = self.follows.or(operation.relation);
        compile_select(self.select, dialect, operation)
    }

    /// As [`Query::asked`], after a last step.
    pub(crate) fn asked_after(
        mut self,
        last: fn(&mut Self),
        dialect: Dialect,
        operation: Operation,
    ) -> Result<Option<CompiledSql>> {
        last(&mut self);
        self.asked(dialect, operation)
    }

    /// What to ask a database, unless the answer is known to be no row.
    pub(crate) fn asked(self, dialect: Dialect, operation: Operation) -> Result<Option<CompiledSql>> {
        if self.is_empty() { Ok(None) } else { self.compiled(dialect, operation).map(Some) }
    }
}

impl Clone for Query {
    fn clone(&self) -> Self {
        Query {
            model: self.model,
            select: self.select.clone(),
            ordered: self.ordered,
            empty: self.empty,
            listed: self.listed,
            depth: self.depth,
            error: self.error.clone(),
            follows: self.follows,
            hooks: self.hooks,
        }
    }
}
