//! A SELECT's paths to joins.

use super::demote::demote;
use super::expr::lower_expr;
use super::group::{group, name_selected};
use super::scopes::Scopes;
use super::wrap::wrap;
use crate::ast::{Clauses, DeletedRows, Expr, FieldRef, JoinKind, Node, OrderKey, Select, Selection, Source};
use crate::error::{Error, Result};

/// What a database can do by itself, so that lowering need not rewrite it.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// `SELECT DISTINCT ON`.
    pub distinct_on: bool,
    /// A subquery on the table that a statement changes.
    pub subquery_on_target: bool,
    /// ORDER BY and LIMIT behind an UPDATE or DELETE.
    pub limited_writes: bool,
}

/// Replaces the paths of a SELECT, and of all SELECTs in it, by joins.
///
/// # Errors
/// An expression is invalid, nested too deep, or stands where it cannot be computed.
pub fn lower_select(select: &mut Select, rules: Rules) -> Result<()> {
    let mut scopes = Scopes::new(rules);
    lower_nested(select, &mut scopes)?;
    if scopes.are_several() {
        qualify(select);
    }
    Ok(())
}

/// The tables of the outermost query have to be told apart.
fn qualify(select: &mut Select) {
    select.qualified = true;
    match &mut select.source {
        Source::Subquery(inner) => qualify(inner),
        Source::Combined(combined) => {
            qualify(&mut combined.left);
            qualify(&mut combined.right);
        }
        Source::Model(_) | Source::Named(..) => {}
    }
    for cte in select.clauses.iter_mut().flat_map(|clauses| &mut clauses.with) {
        qualify(&mut cte.select);
        if let Some((step, _)) = &mut cte.recursive {
            qualify(step);
        }
    }
}

/// Lowers a SELECT inside the queries around it.
pub(super) fn lower_nested(select: &mut Select, scopes: &mut Scopes) -> Result<()> {
    for cte in select.clauses.iter_mut().flat_map(|clauses| &mut clauses.with) {
        lower_nested(&mut cte.select, scopes)?;
        if let Some((step, _)) = &mut cte.recursive {
            lower_nested(step, scopes)?;
        }
    }
    match &mut select.source {
        Source::Model(_) | Source::Named(..) => {}
        Source::Subquery(inner) => lower_nested(inner, scopes)?,
        Source::Combined(combined) => {
            lower_nested(&mut combined.left, scopes)?;
            lower_nested(&mut combined.right, scopes)?;
        }
    }
    choose_deleted(select);
    scopes.enter(select.model(), std::mem::take(&mut select.joins))?;
    select.table = scopes.table();
    if let Some(beside) = select.clauses.as_mut().and_then(|clauses| clauses.beside.as_mut()) {
        scopes.beside(beside)?;
    }
    lower_clauses(select, scopes)?;
    select.joins = scopes.leave()?.joins;
    demote(&mut select.joins, &select.filter);
    check_lock(select)?;
    group(select)?;
    if select.distinct {
        select_order_keys(select)?;
    }
    wrap(select, scopes)
}

/// A model whose rows stay when they are deleted has a condition on them.
fn choose_deleted(select: &mut Select) {
    let Source::Model(model) = select.source else { return };
    let Some(field) = model.deleted_at() else { return };
    let is_null = Node::leaf(Expr::Field(FieldRef { path: None, field })).is_null();
    match std::mem::replace(&mut select.deleted, DeletedRows::Shown) {
        DeletedRows::Shown => {}
        DeletedRows::Hidden => select.filter.push(is_null.expr),
        DeletedRows::Only => select.filter.push(is_null.negate().expr),
    }
}

fn lower_clauses(select: &mut Select, scopes: &mut Scopes) -> Result<()> {
    let selected_orders = selected_orders(select);
    if let Selection::Exprs(exprs) | Selection::ModelAnd(exprs) = &mut select.selection {
        exprs.iter_mut().try_for_each(|expr| lower_expr(expr, scopes))?;
    }
    select.filter.iter_mut().try_for_each(|expr| lower_expr(expr, scopes))?;
    for term in &mut select.order_by {
        if let OrderKey::Expr(expr) = &mut term.key {
            lower_expr(expr, scopes)?;
        }
    }
    if let Selection::Exprs(exprs) = &select.selection {
        for (term, at) in selected_orders {
            if let (Some(term), Some(expr)) = (select.order_by.get_mut(term), exprs.get(at)) {
                term.key = OrderKey::Expr(expr.clone());
            }
        }
    }
    let Some(clauses) = &mut select.clauses else { return Ok(()) };
    let Clauses {
        group_by: _,
        one_group: _,
        having,
        qualify,
        distinct_on,
        left_out: _,
        with: _,
        beside: _,
        lock,
    } = clauses.as_mut();
    for expr in having.iter_mut().chain(qualify).chain(distinct_on) {
        lower_expr(expr, scopes)?;
    }
    for relation in lock.iter_mut().flat_map(|lock| &mut lock.of) {
        relation.table = scopes.join(relation.path)?;
    }
    Ok(())
}

/// Only single rows of tables can be locked.
fn check_lock(select: &Select) -> Result<()> {
    let Some(clauses) = &select.clauses else { return Ok(()) };
    let Some(lock) = &clauses.lock else { return Ok(()) };
    let single = matches!(select.source, Source::Model(_))
        && !select.distinct
        && !select.is_grouped()
        && clauses.qualify.is_empty()
        && clauses.distinct_on.is_empty()
        && clauses.beside.is_none();
    if !single {
        let what = "rows that are put together, or told apart by windows, cannot be locked";
        return Err(Error::InvalidQuery(what.into()));
    }
    let may_lack = |table| select.joins.iter().any(|join| join.table == table && join.kind == JoinKind::Left);
    if lock.of.iter().any(|relation| may_lack(relation.table)) {
        let what =
            "related rows can be locked only where there is one for each row: say `is_not_null` in a filter";
        return Err(Error::InvalidQuery(what.into()));
    }
    Ok(())
}

/// Which orders are by which selected value, of those that are queries: once lowered they would no longer be equal, because
/// each numbers its tables anew.
fn selected_orders(select: &Select) -> Vec<(usize, usize)> {
    let Selection::Exprs(selected) = &select.selection else { return Vec::new() };
    let at = |key: &OrderKey| match key {
        OrderKey::Expr(expr) if !matches!(expr, Expr::Field(_) | Expr::Column(_)) => {
            selected.iter().position(|selected| selected == expr)
        }
        OrderKey::Expr(_) | OrderKey::Random => None,
    };
    select.order_by.iter().enumerate().filter_map(|(term, by)| Some((term, at(&by.key)?))).collect()
}

/// Under DISTINCT every sort key must be selected. Those that are not the model's own columns are added behind what the
/// row is built from, and sorted by under the name that they have there: written a second time they would not be the
/// same expression, because their parameters have other numbers.
fn select_order_keys(select: &mut Select) -> Result<()> {
    let random = select.order_by.iter().any(|term| matches!(term.key, OrderKey::Random));
    if random && !matches!(select.selection, Selection::Count | Selection::One) {
        return Err(Error::InvalidQuery("`distinct` cannot be combined with a random order".into()));
    }
    let mut extra = match &mut select.selection {
        Selection::Model => Vec::new(),
        Selection::ModelAnd(exprs) => std::mem::take(exprs),
        Selection::Exprs(_) => {
            // More columns would make other rows equal.
            let named = name_selected(select);
            select.named |= named;
            return check_selected(select);
        }
        Selection::Derived(_) => return Ok(()),
        Selection::Count | Selection::One => {
            select.order_by.clear();
            return Ok(());
        }
    };
    let table = select.table;
    for term in &mut select.order_by {
        match &mut term.key {
            OrderKey::Random => {}
            OrderKey::Expr(Expr::Column(column)) if column.table == table => {}
            OrderKey::Expr(expr) => {
                let known = extra.iter().position(|known| known == expr);
                let at = known.unwrap_or(extra.len());
                let expr = std::mem::replace(expr, Expr::Selected(at));
                if known.is_none() {
                    extra.push(expr);
                }
            }
        }
    }
    if !extra.is_empty() {
        select.selection = Selection::ModelAnd(extra);
    }
    Ok(())
}

fn check_selected(select: &Select) -> Result<()> {
    let Selection::Exprs(selected) = &select.selection else { return Ok(()) };
    for term in &select.order_by {
        match &term.key {
            OrderKey::Expr(Expr::Selected(_)) | OrderKey::Random => {}
            OrderKey::Expr(expr) if selected.contains(expr) => {}
            OrderKey::Expr(_) => {
                return Err(Error::InvalidQuery(
                    "with `distinct`, rows can only be ordered by what `values` selects".into(),
                ));
            }
        }
    }
    Ok(())
}
