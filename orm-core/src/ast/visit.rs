//! Recursion over an expression, written once.

use super::{Aggregate, Clauses, Expr, OrderBy, OrderKey, RawPart, Select, Selection, Source, WindowCall};
use crate::schema::ModelMeta;

impl Expr {
    /// Calls `visit` for each direct operand, in order. Subqueries are statements of their own and are not entered.
    pub fn for_each_operand<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        match self {
            Expr::Field(_)
            | Expr::Joined(_)
            | Expr::Column(_)
            | Expr::Value(_)
            | Expr::Constant(_)
            | Expr::Count(_)
            | Expr::Subquery(_)
            | Expr::Exists(_)
            | Expr::Outer(_)
            | Expr::Selected(_)
            | Expr::Derived(_)
            | Expr::Invalid(_)
            | Expr::Mistaken(_)
            | Expr::TooDeep => {}
            Expr::And(terms) | Expr::Or(terms) => terms.iter().for_each(visit),
            Expr::Xor(pair) => pair.iter().for_each(visit),
            Expr::Not(inner)
            | Expr::IsNotTrue(inner)
            | Expr::IsTrue(inner)
            | Expr::IsNull(inner)
            | Expr::Negate(inner) => visit(inner),
            Expr::Comparison(comparison) => {
                visit(&comparison.left);
                visit(&comparison.right);
            }
            Expr::InList(list) => visit(&list.expr),
            Expr::InTuples(list) => list.exprs.iter().for_each(visit),
            Expr::InSubquery(membership) => visit(&membership.expr),
            Expr::Between(between) => {
                visit(&between.expr);
                visit(&between.low);
                visit(&between.high);
            }
            Expr::TextMatch(search) => {
                visit(&search.expr);
                visit(&search.text);
            }
            Expr::Regex(regex) => {
                visit(&regex.expr);
                visit(&regex.pattern);
            }
            Expr::Collate(collate) => visit(&collate.expr),
            Expr::Arithmetic(arithmetic) => {
                visit(&arithmetic.left);
                visit(&arithmetic.right);
            }
            Expr::Function(call) => call.args.iter().for_each(visit),
            Expr::Case(case) => {
                for (when, then) in &case.branches {
                    visit(when);
                    visit(then);
                }
                case.otherwise.iter().for_each(visit);
            }
            Expr::Cast(cast) => visit(&cast.expr),
            Expr::Aggregate(aggregate) => aggregate.for_each_operand(visit),
            Expr::Window(window) => {
                match &window.call {
                    WindowCall::Function(_, args) => args.iter().for_each(&mut *visit),
                    WindowCall::Aggregate(aggregate) => aggregate.for_each_operand(visit),
                }
                window.partition_by.iter().for_each(&mut *visit);
                for_each_key(&window.order_by, visit);
            }
            Expr::Raw(raw) => {
                for part in &raw.parts {
                    if let RawPart::Expr(expr) = part {
                        visit(expr);
                    }
                }
            }
        }
    }

    /// As [`Expr::for_each_operand`], to change them; ends at the first error.
    ///
    /// # Errors
    /// What `visit` reports.
    pub fn try_for_each_operand<E>(
        &mut self,
        visit: &mut dyn FnMut(&mut Expr) -> Result<(), E>,
    ) -> Result<(), E> {
        match self {
            Expr::Field(_)
            | Expr::Joined(_)
            | Expr::Column(_)
            | Expr::Value(_)
            | Expr::Constant(_)
            | Expr::Count(_)
            | Expr::Subquery(_)
            | Expr::Exists(_)
            | Expr::Outer(_)
            | Expr::Selected(_)
            | Expr::Derived(_)
            | Expr::Invalid(_)
            | Expr::Mistaken(_)
            | Expr::TooDeep => Ok(()),
            Expr::And(terms) | Expr::Or(terms) => terms.iter_mut().try_for_each(visit),
            Expr::Xor(pair) => pair.iter_mut().try_for_each(visit),
            Expr::Not(inner)
            | Expr::IsNotTrue(inner)
            | Expr::IsTrue(inner)
            | Expr::IsNull(inner)
            | Expr::Negate(inner) => visit(inner),
            Expr::Comparison(comparison) => {
                visit(&mut comparison.left)?;
                visit(&mut comparison.right)
            }
            Expr::InList(list) => visit(&mut list.expr),
            Expr::InTuples(list) => list.exprs.iter_mut().try_for_each(visit),
            Expr::InSubquery(membership) => visit(&mut membership.expr),
            Expr::Between(between) => {
                visit(&mut between.expr)?;
                visit(&mut between.low)?;
                visit(&mut between.high)
            }
            Expr::TextMatch(search) => {
                visit(&mut search.expr)?;
                visit(&mut search.text)
            }
            Expr::Regex(regex) => {
                visit(&mut regex.expr)?;
                visit(&mut regex.pattern)
            }
            Expr::Collate(collate) => visit(&mut collate.expr),
            Expr::Arithmetic(arithmetic) => {
                visit(&mut arithmetic.left)?;
                visit(&mut arithmetic.right)
            }
            Expr::Function(call) => call.args.iter_mut().try_for_each(visit),
            Expr::Case(case) => {
                for (when, then) in &mut case.branches {
                    visit(when)?;
                    visit(then)?;
                }
                case.otherwise.iter_mut().try_for_each(visit)
            }
            Expr::Cast(cast) => visit(&mut cast.expr),
            Expr::Aggregate(aggregate) => aggregate.try_for_each_operand(visit),
            Expr::Window(window) => {
                match &mut window.call {
                    WindowCall::Function(_, args) => args.iter_mut().try_for_each(&mut *visit)?,
                    WindowCall::Aggregate(aggregate) => aggregate.try_for_each_operand(visit)?,
                }
                window.partition_by.iter_mut().try_for_each(&mut *visit)?;
                try_for_each_key(&mut window.order_by, visit)
            }
            Expr::Raw(raw) => raw.parts.iter_mut().try_for_each(|part| match part {
                RawPart::Sql(_) | RawPart::EmptyList(_) => Ok(()),
                RawPart::Expr(expr) => visit(expr),
            }),
        }
    }

    /// Whether this or an operand, outside of subqueries, is such a node.
    pub fn any(&self, is: &dyn Fn(&Expr) -> bool) -> bool {
        if is(self) {
            return true;
        }
        let mut found = false;
        self.for_each_operand(&mut |operand| found = found || operand.any(is));
        found
    }

    /// Whether it is a function of a group. An aggregate over a window is not: what stands inside of it may be.
    pub fn aggregates(&self) -> bool {
        match self {
            Expr::Aggregate(_) => true,
            Expr::Window(window) => {
                let mut found = false;
                let mut look = |expr: &Expr| found = found || expr.aggregates();
                match &window.call {
                    WindowCall::Function(_, args) => args.iter().for_each(&mut look),
                    WindowCall::Aggregate(aggregate) => aggregate.for_each_operand(&mut look),
                }
                window.partition_by.iter().for_each(&mut look);
                for_each_key(&window.order_by, &mut look);
                found
            }
            expr => {
                let mut found = false;
                expr.for_each_operand(&mut |operand| found = found || operand.aggregates());
                found
            }
        }
    }

    /// Whether a window is in it.
    pub fn has_window(&self) -> bool {
        self.any(&|expr| matches!(expr, Expr::Window(_)))
    }

    /// Whether a subquery in it reads the model's table.
    pub fn reads(&self, model: &'static ModelMeta) -> bool {
        self.any(&|expr| match expr {
            Expr::Subquery(subquery) => subquery.select.reads(model),
            Expr::Exists(select) => select.reads(model),
            Expr::InSubquery(membership) => membership.select.reads(model),
            _ => false,
        })
    }

    /// Whether a subquery is in it.
    pub fn has_subquery(&self) -> bool {
        self.any(&|expr| matches!(expr, Expr::Subquery(_) | Expr::Exists(_) | Expr::InSubquery(_)))
    }
}

impl Select {
    /// Whether it, or a subquery in it, reads the model's table.
    pub fn reads(&self, model: &'static ModelMeta) -> bool {
        let from = match &self.source {
            Source::Model(read) | Source::Named(_, read) => *read == model,
            Source::Subquery(inner) => inner.reads(model),
            Source::Combined(both) => both.left.reads(model) || both.right.reads(model),
        };
        let joined = self.joins.iter().any(|join| (join.path.relation.to)() == model);
        let mut found = from || joined;
        self.for_each_expr(&mut |expr| found = found || expr.reads(model));
        found
    }

    /// Calls `visit` for each expression of its own clauses.
    pub fn for_each_expr<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        match &self.selection {
            Selection::Exprs(exprs) | Selection::ModelAnd(exprs) => exprs.iter().for_each(&mut *visit),
            Selection::Model | Selection::Derived(_) | Selection::Count | Selection::One => {}
        }
        self.filter.iter().for_each(&mut *visit);
        if let Some(clauses) = &self.clauses {
            let Clauses {
                group_by,
                one_group: _,
                having,
                qualify,
                distinct_on,
                left_out: _,
                with: _,
                beside: _,
                lock: _,
            } = clauses.as_ref();
            let lists = [group_by, having, qualify, distinct_on];
            lists.into_iter().flatten().for_each(&mut *visit);
        }
        for_each_key(&self.order_by, visit);
    }
}

impl Select {
    /// Calls `visit` for each expression of its own clauses, to change it.
    pub fn for_each_expr_mut(&mut self, visit: &mut dyn FnMut(&mut Expr)) {
        match &mut self.selection {
            Selection::Exprs(exprs) | Selection::ModelAnd(exprs) => exprs.iter_mut().for_each(&mut *visit),
            Selection::Model | Selection::Derived(_) | Selection::Count | Selection::One => {}
        }
        self.filter.iter_mut().for_each(&mut *visit);
        if let Some(clauses) = &mut self.clauses {
            let Clauses {
                group_by,
                one_group: _,
                having,
                qualify,
                distinct_on,
                left_out: _,
                with: _,
                beside: _,
                lock: _,
            } = clauses.as_mut();
            let lists = [group_by, having, qualify, distinct_on];
            lists.into_iter().flatten().for_each(&mut *visit);
        }
        for term in &mut self.order_by {
            if let OrderKey::Expr(expr) = &mut term.key {
                visit(expr);
            }
        }
    }
}

impl Aggregate {
    fn for_each_operand<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        self.args.iter().for_each(&mut *visit);
        self.filter.iter().for_each(&mut *visit);
        for_each_key(&self.order_by, visit);
    }

    fn try_for_each_operand<E>(
        &mut self,
        visit: &mut dyn FnMut(&mut Expr) -> Result<(), E>,
    ) -> Result<(), E> {
        self.args.iter_mut().try_for_each(&mut *visit)?;
        self.filter.iter_mut().try_for_each(&mut *visit)?;
        try_for_each_key(&mut self.order_by, visit)
    }
}

fn for_each_key<'a>(order: &'a [OrderBy], visit: &mut dyn FnMut(&'a Expr)) {
    for term in order {
        if let OrderKey::Expr(expr) = &term.key {
            visit(expr);
        }
    }
}

fn try_for_each_key<E>(
    order: &mut [OrderBy],
    visit: &mut dyn FnMut(&mut Expr) -> Result<(), E>,
) -> Result<(), E> {
    order.iter_mut().try_for_each(|term| match &mut term.key {
        OrderKey::Expr(expr) => visit(expr),
        OrderKey::Random => Ok(()),
    })
}
