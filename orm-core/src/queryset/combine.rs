//! Rows of several querysets put together: union, intersection, difference.

use super::expression::own_field;
use super::order::IntoOrder;
use super::query::Query;
use super::{QuerySet, Shape};
use crate::ast::{
    Combined, Derived, Expr, Node, OrderBy, OrderKey, ResultType, Select, Selection, SetOperator, Source,
};
use crate::error::Error;
use crate::model::{Model, Root};

/// The rows of several querysets together. It can be ordered by what it reads, sliced, counted and combined further;
/// conditions belong into its parts.
#[must_use = "a queryset does nothing until a terminal method such as `.all(&db).await` runs it"]
pub struct CombinedQuerySet<M: Model, S: Shape<Model = M>> {
    pub(crate) inner: QuerySet<M, S>,
    /// What the first part reads, so that an order can say which column it means.
    columns: Vec<Expr>,
}

impl<M: Model, S: Shape<Model = M>> Clone for CombinedQuerySet<M, S> {
    fn clone(&self) -> Self {
        CombinedQuerySet { inner: self.inner.clone(), columns: self.columns.clone() }
    }
}

/// Something that can be combined: a queryset, or what was combined before.
pub trait Combinable {
    /// What a row is.
    type Row;

    /// The untyped query.
    #[doc(hidden)]
    fn into_part(self) -> Part;
}

/// A queryset without its types.
#[doc(hidden)]
pub struct Part(Query);

impl<M: Model, S: Shape<Model = M>> Combinable for QuerySet<M, S> {
    type Row = S::Out;

    fn into_part(self) -> Part {
        Part(self.query)
    }
}

impl<M: Model, S: Shape<Model = M>> Combinable for CombinedQuerySet<M, S> {
    type Row = S::Out;

    fn into_part(self) -> Part {
        Part(self.inner.query)
    }
}

impl<M: Model, S: Shape<Model = M>> QuerySet<M, S> {
    /// Rows of either, equal ones once.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let names = User::objects().values(|u| u.username);
    /// let titles = Post::objects().values(|p| p.title);
    /// let all = names.union(titles).order_by_column(0).all(&db).await?;
    /// assert_eq!(all, ["100% tea", "Hello", "Spoons", "ann", "bob"]);
    /// # Ok(()) }) }
    /// ```
    pub fn union<C: Combinable<Row = S::Out>>(self, other: C) -> CombinedQuerySet<M, S> {
        combine(self, SetOperator::Union, other)
    }

    /// Rows of either.
    pub fn union_all<C: Combinable<Row = S::Out>>(self, other: C) -> CombinedQuerySet<M, S> {
        combine(self, SetOperator::UnionAll, other)
    }

    /// Rows of both, equal ones once.
    pub fn intersection<C: Combinable<Row = S::Out>>(self, other: C) -> CombinedQuerySet<M, S> {
        combine(self, SetOperator::Intersect, other)
    }

    /// Rows that the other does not have, equal ones once.
    pub fn difference<C: Combinable<Row = S::Out>>(self, other: C) -> CombinedQuerySet<M, S> {
        combine(self, SetOperator::Except, other)
    }
}

impl<M: Model, S: Shape<Model = M>> CombinedQuerySet<M, S> {
    /// Rows of either, equal ones once.
    pub fn union<C: Combinable<Row = S::Out>>(self, other: C) -> Self {
        self.with(SetOperator::Union, other)
    }

    /// Rows of either.
    pub fn union_all<C: Combinable<Row = S::Out>>(self, other: C) -> Self {
        self.with(SetOperator::UnionAll, other)
    }

    /// Rows of both, equal ones once.
    pub fn intersection<C: Combinable<Row = S::Out>>(self, other: C) -> Self {
        self.with(SetOperator::Intersect, other)
    }

    /// Rows that the other does not have, equal ones once.
    pub fn difference<C: Combinable<Row = S::Out>>(self, other: C) -> Self {
        self.with(SetOperator::Except, other)
    }

    fn with<C: Combinable<Row = S::Out>>(self, operator: SetOperator, other: C) -> Self {
        CombinedQuerySet { columns: self.columns, ..combine(self.inner, operator, other) }
    }

    /// Rows in this order, instead of any order set before: by fields and expressions that the first part reads.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let read = Post::objects().filter(|p| p.views.gt(100));
    /// let good = Post::objects().filter(|p| p.stars.ge(3));
    /// let either = read.union(good).order_by(|p| p.views).all(&db).await?;
    /// assert_eq!(either.iter().map(|post| post.views).collect::<Vec<_>>(), [55, 120]);
    /// # Ok(()) }) }
    /// ```
    pub fn order_by<O: IntoOrder<M>>(mut self, order: impl FnOnce(M::Fields<Root<M>>) -> O) -> Self {
        let mut terms = Vec::new();
        order(QuerySet::<M, S>::fields()).push_order(&mut terms);
        for term in &mut terms {
            let OrderKey::Expr(key) = &mut term.key else { continue };
            match self.columns.iter().position(|column| column == key) {
                Some(at) => *key = derived(&self.columns, at),
                None => self.inner.query.fail(Error::InvalidQuery(
                    "combined rows can only be ordered by what they consist of".into(),
                )),
            }
        }
        self.inner.query.order_by(terms);
        self
    }

    /// Rows in the ascending order of a column of the result, counted from 0.
    pub fn order_by_column(mut self, at: usize) -> Self {
        if at < self.columns.len() {
            let key = OrderKey::Expr(derived(&self.columns, at));
            let nulls = crate::ast::Nulls::Largest;
            self.inner.query.order_by(vec![OrderBy { key, descending: false, nulls }]);
        } else {
            self.inner.query.fail(Error::InvalidQuery(format!("there is no column {at} to order by").into()));
        }
        self
    }

    /// Rows in the opposite order.
    pub fn reverse(mut self) -> Self {
        self.inner.query.reverse_given();
        self
    }

    /// At most `rows` rows.
    pub fn limit(mut self, rows: u64) -> Self {
        self.inner.query.limit(rows);
        self
    }

    /// Without the first `rows` rows.
    pub fn offset(mut self, rows: u64) -> Self {
        self.inner.query.offset(rows);
        self
    }
}

fn derived(columns: &[Expr], at: usize) -> Expr {
    let kind = columns[at].kind().unwrap_or(crate::value::ValueKind::Text);
    // Another part may have NULLs there.
    Expr::Derived(Derived { table: 0, at, result: ResultType { kind, nullable: true } })
}

fn combine<M: Model, S: Shape<Model = M>, C: Combinable>(
    left: QuerySet<M, S>,
    operator: SetOperator,
    other: C,
) -> CombinedQuerySet<M, S> {
    let QuerySet { query, shape } = left;
    let mut combined = Query::new(M::META);
    let other = other.into_part().0;
    if !query.left_out().is_empty() {
        combined.leave_out(query.left_out());
    }
    if query.left_out() != other.left_out() {
        combined.fail(Error::InvalidQuery("combined querysets must `defer` the same fields".into()));
    }
    let left_out = combined.left_out().to_vec();
    let (left, columns) = part(query, &mut combined);
    let (right, _) = part(other, &mut combined);
    let width = columns.len();
    let source = Source::Combined(Box::new(Combined { operator, left, right }));
    combined.select = Select::of(source, Selection::Derived(width));
    if !left_out.is_empty() {
        // For whoever combines these rows with further ones.
        combined.leave_out(&left_out);
    }
    combined.keep_unordered();
    CombinedQuerySet { inner: QuerySet { query: combined, shape }, columns }
}

/// A part with its columns one by one, so that all parts have the same.
fn part(query: Query, whole: &mut Query) -> (Select, Vec<Expr>) {
    let model = query.model;
    let (mut select, depth) = match query.nested() {
        Ok(parts) => parts,
        Err(mistaken) => {
            let (mut query, error) = *mistaken;
            whole.fail(error);
            query.select.order_by.clear();
            (query.select, 1)
        }
    };
    whole.deepen(depth);
    let own = select.read_fields(model).map(|field| own_field(field).expr).collect::<Vec<_>>();
    let columns = match std::mem::replace(&mut select.selection, Selection::Model) {
        Selection::Model => own,
        Selection::ModelAnd(extra) => own.into_iter().chain(extra).collect(),
        Selection::Exprs(exprs) => exprs,
        Selection::Derived(count) => {
            select.selection = Selection::Derived(count);
            select.named = true;
            return (select, (0..count).map(placeholder).collect());
        }
        Selection::Count | Selection::One => Vec::new(),
    };
    select.selection = Selection::Exprs(columns.clone());
    select.named = true;
    (select, columns)
}

/// A column of what was combined before: its order is asked for by position only.
fn placeholder(at: usize) -> Expr {
    let result = ResultType { kind: crate::value::ValueKind::Text, nullable: true };
    Node::leaf(Expr::Derived(Derived { table: 0, at, result })).expr
}
