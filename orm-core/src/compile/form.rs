//! The form of a statement: everything of it that decides its text, as numbers; and its values, which do not.
//!
//! Only of plain statements. Whatever a value may have a say in, or what is rare, has no form: lists and patterns, which
//! change their values; values in what is selected or sorted by, which lowering compares; decimals that are calculated with,
//! whose digits decide about rounding. What is added to the tree later has none either, until it is added here.

use crate::ast::{
    Aggregate, Arithmetic, ArithmeticOp, Assignment, Between, Comparison, Delete, DeletedRows, Expr,
    FieldRef, Insert, NewRows, OrderBy, OrderKey, Returning, Select, Selection, Source, Update,
};
use crate::schema::FieldMeta;
use crate::value::{Value, ValueKind};

/// Values of a statement that has a form, at most.
const MOST_VALUES: usize = 24;
/// Numbers of a form, at most.
const MOST_WORDS: usize = 128;

/// A statement that may have a form.
pub(super) trait Formed: Clone {
    /// Whether its values are a list already, in the order in which the form has them.
    const IS_LIST: bool = false;

    /// Writes down the form, and where the values are; false when it has none.
    fn form<'a>(&'a mut self, form: &mut Form<'a, '_>) -> bool;

    /// Gives this list away, once the form is not needed any more.
    fn take_list(&mut self) -> Option<Vec<Value>> {
        None
    }
}

/// A form under construction. Each number says what those behind it mean, so that two forms are equal only if what they were
/// made of is.
pub(super) struct Form<'a, 'w> {
    words: &'w mut Vec<u64>,
    places: [Option<Place<'a>>; MOST_VALUES],
    count: usize,
}

/// Where a value is, and the field that it is to be stored in.
pub(super) struct Place<'a> {
    pub(super) value: &'a mut Value,
    pub(super) stored_in: Option<&'static FieldMeta>,
}

impl<'a, 'w> Form<'a, 'w> {
    /// A form that begins with what the statement is made for.
    pub(super) fn new(words: &'w mut Vec<u64>, dialect: u64) -> Self {
        words.clear();
        words.push(dialect);
        Form { words, places: [const { None }; MOST_VALUES], count: 0 }
    }

    pub(super) fn words(&self) -> &[u64] {
        self.words
    }

    /// The values, in the order in which they were found.
    pub(super) fn places(&mut self) -> &mut [Option<Place<'a>>] {
        self.places.get_mut(..self.count).unwrap_or_default()
    }

    #[inline]
    fn word(&mut self, word: u64) {
        self.words.push(word);
    }

    /// What a node is, with what is known of it in few bits.
    #[inline]
    fn node(&mut self, node: Tag, details: u64) {
        self.word(node as u64 | details << 8);
    }

    /// Something of the program's own, by its place in memory, which is never anything else's.
    #[inline]
    fn address<T>(&mut self, item: &'static T) {
        self.word(std::ptr::from_ref(item).addr() as u64);
    }

    #[inline]
    fn count(&mut self, length: usize) {
        self.word(length as u64);
    }

    #[inline]
    fn value(&mut self, value: &'a mut Value, stored_in: Option<&'static FieldMeta>) -> bool {
        self.node(Tag::Value, value.kind() as u64 | u64::from(matches!(value, Value::Null(_))) << 8);
        let Some(place) = self.places.get_mut(self.count) else { return false };
        *place = Some(Place { value, stored_in });
        self.count += 1;
        true
    }

    #[inline]
    fn field(&mut self, reference: FieldRef) {
        self.address(reference.field);
        if let Some(path) = reference.path {
            self.address(path);
        }
    }

    /// `values` says whether values may stand in it.
    fn exprs(&mut self, exprs: &'a mut [Expr], values: bool) -> bool {
        self.count(exprs.len());
        exprs.iter_mut().all(|expr| self.expr(expr, values))
    }

    /// What most expressions are needs no call.
    #[inline]
    fn expr(&mut self, expr: &'a mut Expr, values: bool) -> bool {
        match expr {
            Expr::Field(reference) => {
                self.node(Tag::Field, u64::from(reference.path.is_some()));
                self.field(*reference);
                true
            }
            Expr::Value(value) => {
                values
                    && !matches!(value, Value::Null(_) | Value::Json(_) | Value::Array(_))
                    && self.value(value, None)
            }
            expr => self.composite(expr, values),
        }
    }

    fn composite(&mut self, expr: &'a mut Expr, values: bool) -> bool {
        if self.words.len() > MOST_WORDS {
            return false;
        }
        match expr {
            Expr::Field(_) | Expr::Value(_) => self.expr(expr, values),
            Expr::Joined(reference) => {
                self.node(Tag::Joined, u64::from(reference.path.is_some()));
                self.field(*reference);
                true
            }
            Expr::Constant(value) => {
                self.node(Tag::Constant, u64::from(*value));
                true
            }
            Expr::And(terms) => {
                self.node(Tag::And, 0);
                self.exprs(terms, values)
            }
            Expr::Or(terms) => {
                self.node(Tag::Or, 0);
                self.exprs(terms, values)
            }
            Expr::Not(inner) => self.unary(Tag::Not, inner, values),
            Expr::IsNotTrue(inner) => self.unary(Tag::IsNotTrue, inner, values),
            Expr::IsNull(inner) => self.unary(Tag::IsNull, inner, values),
            Expr::IsTrue(inner) => self.unary(Tag::IsTrue, inner, values),
            Expr::Comparison(comparison) => {
                let Comparison { op, left, right } = &mut **comparison;
                self.node(Tag::Comparison, *op as u64);
                self.expr(left, values) && self.expr(right, values)
            }
            Expr::Between(between) => {
                let Between { expr, low, high } = &mut **between;
                self.node(Tag::Between, 0);
                self.expr(expr, values) && self.expr(low, values) && self.expr(high, values)
            }
            Expr::Arithmetic(arithmetic) => self.arithmetic(arithmetic, values),
            Expr::Aggregate(aggregate) => self.aggregate(aggregate),
            Expr::Xor(_)
            | Expr::Column(_)
            | Expr::Count(_)
            | Expr::InList(_)
            | Expr::InTuples(_)
            | Expr::TextMatch(_)
            | Expr::Regex(_)
            | Expr::Collate(_)
            | Expr::Negate(_)
            | Expr::Function(_)
            | Expr::Case(_)
            | Expr::Cast(_)
            | Expr::Window(_)
            | Expr::Subquery(_)
            | Expr::Exists(_)
            | Expr::InSubquery(_)
            | Expr::Outer(_)
            | Expr::Raw(_)
            | Expr::Selected(_)
            | Expr::Derived(_)
            | Expr::Invalid(_)
            | Expr::Mistaken(_)
            | Expr::TooDeep => false,
        }
    }

    fn unary(&mut self, node: Tag, inner: &'a mut Expr, values: bool) -> bool {
        self.node(node, 0);
        self.expr(inner, values)
    }

    fn arithmetic(&mut self, arithmetic: &'a mut Arithmetic, values: bool) -> bool {
        let Arithmetic { op, left, right } = arithmetic;
        let plain = matches!(op, ArithmeticOp::Add | ArithmeticOp::Subtract | ArithmeticOp::Multiply);
        self.node(Tag::Arithmetic, *op as u64);
        plain && self.number(left, values) && self.number(right, values)
    }

    fn number(&mut self, expr: &'a mut Expr, values: bool) -> bool {
        if let Expr::Value(value) = expr {
            let kind = value.kind();
            let number = matches!(
                kind,
                ValueKind::I16
                    | ValueKind::I32
                    | ValueKind::I64
                    | ValueKind::U32
                    | ValueKind::U64
                    | ValueKind::F32
                    | ValueKind::F64
            );
            if !number {
                return false;
            }
        }
        self.expr(expr, values)
    }

    fn aggregate(&mut self, aggregate: &'a mut Aggregate) -> bool {
        let Aggregate { function, args, distinct, filter, order_by, result } = aggregate;
        self.node(
            Tag::Aggregate,
            *function as u64 | u64::from(*distinct) << 8 | u64::from(result.nullable) << 9,
        );
        self.word(result.kind as u64);
        filter.is_none() && order_by.is_empty() && self.exprs(args, false)
    }

    fn order(&mut self, order: &'a mut [OrderBy]) -> bool {
        self.count(order.len());
        order.iter_mut().all(|term| {
            let OrderBy { key, descending, nulls } = term;
            self.word(u64::from(*descending) | (*nulls as u64) << 1);
            match key {
                OrderKey::Expr(key) => self.expr(key, false),
                OrderKey::Random => false,
            }
        })
    }
}

/// What a number in a form stands for.
#[derive(Clone, Copy)]
enum Tag {
    Select,
    Update,
    Delete,
    Insert,
    Field,
    Joined,
    Value,
    Constant,
    And,
    Or,
    Not,
    IsNotTrue,
    IsNull,
    IsTrue,
    Comparison,
    Between,
    Arithmetic,
    Aggregate,
}

impl Formed for Select {
    fn form<'a>(&'a mut self, form: &mut Form<'a, '_>) -> bool {
        let Select {
            source,
            table,
            qualified,
            named,
            selection,
            joins,
            deleted,
            filter,
            order_by,
            limit,
            offset,
            distinct,
            clauses,
        } = self;
        let Source::Model(model) = *source else { return false };
        // What lowering fills is empty; an offset is another one each time, and is written into the text.
        if *table != 0 || *qualified || *named || !joins.is_empty() || offset.is_some() || clauses.is_some() {
            return false;
        }
        let deleted = match deleted {
            DeletedRows::Shown => 0,
            DeletedRows::Hidden => 1,
            DeletedRows::Only => 2,
        };
        form.node(Tag::Select, deleted | u64::from(*distinct) << 2 | u64::from(limit.is_some()) << 3);
        form.address(model);
        if let Some(limit) = limit {
            form.word(*limit);
        }
        let selected = match selection {
            Selection::Model => {
                form.word(0);
                true
            }
            Selection::Count => {
                form.word(1);
                true
            }
            Selection::One => {
                form.word(2);
                true
            }
            Selection::Exprs(exprs) => {
                form.word(3);
                form.exprs(exprs, false)
            }
            Selection::ModelAnd(exprs) => {
                form.word(4);
                form.exprs(exprs, false)
            }
            Selection::Derived(_) => false,
        };
        selected && form.exprs(filter, true) && form.order(order_by)
    }
}

impl Formed for Update {
    fn form<'a>(&'a mut self, form: &mut Form<'a, '_>) -> bool {
        let Update { model, assignments, rows } = self;
        form.node(Tag::Update, 0);
        form.address(*model);
        form.count(assignments.len());
        let assigned = assignments.iter_mut().all(|Assignment { field, value }| {
            form.address(*field);
            match value {
                Expr::Value(Value::Array(_)) => false,
                Expr::Value(value) => form.value(value, Some(field)),
                value => form.expr(value, true),
            }
        });
        assigned && rows.form(form)
    }
}

impl Formed for Delete {
    fn form<'a>(&'a mut self, form: &mut Form<'a, '_>) -> bool {
        let Delete { model, rows } = self;
        form.node(Tag::Delete, 0);
        form.address(*model);
        rows.form(form)
    }
}

/// Of one row.
impl Formed for Insert {
    const IS_LIST: bool = true;

    fn form<'a>(&'a mut self, form: &mut Form<'a, '_>) -> bool {
        let Insert { model, fields, rows, on_conflict, returning } = self;
        let NewRows::One(row) = rows else { return false };
        if on_conflict.is_some() || fields.len() != row.len() {
            return false;
        }
        let returning = match returning {
            Returning::Nothing => 0,
            Returning::Model => 1,
            Returning::Key => 2,
        };
        form.node(Tag::Insert, returning);
        form.address(*model);
        form.count(fields.len());
        fields.iter().zip(row).all(|(field, value)| {
            form.address(*field);
            !matches!(value, Value::Array(_)) && form.value(value, Some(field))
        })
    }

    fn take_list(&mut self) -> Option<Vec<Value>> {
        match &mut self.rows {
            NewRows::One(row) => Some(std::mem::take(row)),
            NewRows::Many(_) => None,
        }
    }
}
