//! SELECT in standard SQL.

use super::capability::Capability;
use super::dialect::Dialect;
use super::expr::{write_chain, write_expr};
use super::feature::Feature;
use super::json::{is_json, no_order};
use super::kept::kept;
use super::lock::write_lock;
use super::read::read;
use super::sql::{Access, CompiledSql, Operation};
use super::writer::SqlWriter;
use crate::ast::{
    Clauses, Combined, Cte, Derived, Expr, JoinKind, OrderBy, OrderKey, ResultType, Select, Selection,
    SetOperator, Source,
};
use crate::error::Result;
use crate::lower::{Rules, lower_select};
use crate::value::ValueKind;

/// Lowers and compiles a SELECT.
///
/// # Errors
/// An expression is invalid, or a value cannot be bound.
pub fn compile_select(select: Select, dialect: Dialect, operation: Operation) -> Result<CompiledSql> {
    kept(select, dialect, operation, compile)
}

fn compile(mut select: Select, dialect: Dialect, operation: Operation) -> Result<CompiledSql> {
    lower_select(&mut select, rules(dialect))?;
    let mut w = SqlWriter::new(dialect.spelling());
    write_select(&mut w, &select)?;
    Ok(CompiledSql { read: read(&select), ..w.finish(Access::Read, operation) })
}

/// What lowering need not rewrite for the database.
pub(crate) fn rules(dialect: Dialect) -> Rules {
    let Capability { distinct_on, subquery_on_target, limited_writes, .. } = dialect.capability();
    Rules { distinct_on, subquery_on_target, limited_writes }
}

/// Writes a lowered SELECT.
pub(crate) fn write_select(w: &mut SqlWriter, select: &Select) -> Result<()> {
    match select.model() {
        // The outermost query, whose columns carry their table where there are several.
        Some(model) if select.qualified => w.scoped(Some(model), |w| write_clauses(w, select)),
        Some(_) if select.table == 0 => w.scoped(None, |w| write_clauses(w, select)),
        // A query inside of another is written as that one is; one that reads from a query has no columns but those.
        _ => write_clauses(w, select),
    }
}

fn write_clauses(w: &mut SqlWriter, select: &Select) -> Result<()> {
    let clauses = select.clauses.as_deref();
    if let Some(clauses) = clauses {
        write_with(w, &clauses.with)?;
    }
    w.push("SELECT ");
    if select.distinct {
        w.push("DISTINCT ");
    }
    if let Some(clauses) = clauses.filter(|clauses| !clauses.distinct_on.is_empty()) {
        w.push("DISTINCT ON (");
        write_list(w, &clauses.distinct_on)?;
        w.push(") ");
    }
    write_selection(w, select)?;
    write_source(w, select)?;
    write_joins(w, select);
    if let Some(beside) = clauses.and_then(|clauses| clauses.beside.as_ref()) {
        // Not CROSS JOIN, by which SQLite reads the tables in this order.
        w.push(", ");
        w.name(beside.name);
        w.push(" AS ");
        w.alias(beside.table);
    }
    write_where(w, &select.filter)?;
    if let Some(clauses) = clauses {
        write_groups(w, clauses)?;
    }
    write_order_where(w, &select.order_by, |key| nullable_key(select, key))?;
    if select.is_sliced() {
        w.spelling.write_limit(w, select.limit, select.offset);
    }
    if let Some(lock) = clauses.and_then(|clauses| clauses.lock.as_ref()) {
        write_lock(w, select, lock)?;
    }
    Ok(())
}

fn write_with(w: &mut SqlWriter, with: &[Cte]) -> Result<()> {
    for (index, cte) in with.iter().enumerate() {
        w.push(match index {
            0 if with.iter().any(|cte| cte.recursive.is_some()) => "WITH RECURSIVE ",
            0 => "WITH ",
            _ => ", ",
        });
        w.name(cte.name);
        w.push(" (");
        w.columns(cte.model);
        for extra in cte.extra {
            w.push(", ");
            w.name(extra);
        }
        w.push(") AS (");
        match &cte.recursive {
            None => write_select(w, &cte.select)?,
            Some((step, all)) => {
                write_part(w, &cte.select)?;
                w.push(if *all { " UNION ALL " } else { " UNION " });
                write_select(w, step)?;
            }
        }
        w.push(") ");
    }
    Ok(())
}

fn write_selection(w: &mut SqlWriter, select: &Select) -> Result<()> {
    match &select.selection {
        Selection::Model => write_model_columns(w, select),
        Selection::Exprs(exprs) => {
            for (at, expr) in exprs.iter().enumerate() {
                if at > 0 {
                    w.push(", ");
                }
                write_selected(w, expr, select.named.then_some(at))?;
            }
        }
        Selection::ModelAnd(exprs) => {
            write_model_columns(w, select);
            for (at, expr) in exprs.iter().enumerate() {
                w.push(", ");
                write_selected(w, expr, Some(at))?;
            }
        }
        Selection::Derived(count) => {
            for at in 0..*count {
                if at > 0 {
                    w.push(", ");
                }
                let result = ResultType { kind: ValueKind::Text, nullable: true };
                write_expr(w, &Expr::Derived(Derived { table: select.table, at, result }))?;
                if select.named {
                    w.push(" AS ");
                    w.selected(at);
                }
            }
        }
        Selection::Count => w.push("COUNT(*)"),
        Selection::One => w.push("1"),
    }
    Ok(())
}

pub(super) fn write_selected(w: &mut SqlWriter, expr: &Expr, name: Option<usize>) -> Result<()> {
    match expr {
        Expr::Value(value) => w.value_alone(value)?,
        expr => w.spelling.write_selected(w, expr)?,
    }
    if let Some(at) = name {
        w.push(" AS ");
        w.selected(at);
    }
    Ok(())
}

fn write_model_columns(w: &mut SqlWriter, select: &Select) {
    let Some(model) = select.model() else {
        w.push("*");
        return;
    };
    let qualified = w.is_qualified();
    if !qualified && select.clauses.as_ref().is_none_or(|clauses| clauses.left_out.is_empty()) {
        w.columns(model);
        return;
    }
    for (index, field) in select.read_fields(model).enumerate() {
        if index > 0 {
            w.push(", ");
        }
        if qualified {
            w.table(select.table, model);
            w.push(".");
        }
        w.name(field.column);
    }
}

fn write_source(w: &mut SqlWriter, select: &Select) -> Result<()> {
    w.push(" FROM ");
    match &select.source {
        Source::Model(model) => {
            w.name(model.table);
            if select.table == 0 {
                return Ok(());
            }
        }
        Source::Named(name, model) => {
            w.name(name);
            if select.table == 0 {
                w.push(" AS ");
                w.name(model.table);
                return Ok(());
            }
        }
        Source::Subquery(inner) => {
            w.push("(");
            write_select(w, inner)?;
            w.push(")");
        }
        Source::Combined(combined) => {
            w.push("(");
            write_combined(w, combined)?;
            w.push(")");
        }
    }
    w.push(" AS ");
    w.alias(select.table);
    Ok(())
}

fn write_combined(w: &mut SqlWriter, combined: &Combined) -> Result<()> {
    write_part(w, &combined.left)?;
    w.push(match combined.operator {
        SetOperator::Union => " UNION ",
        SetOperator::UnionAll => " UNION ALL ",
        SetOperator::Intersect => " INTERSECT ",
        SetOperator::Except => " EXCEPT ",
    });
    if matches!(combined.operator, SetOperator::Intersect | SetOperator::Except) {
        w.uses(Feature::Intersection);
    }
    write_part(w, &combined.right)
}

/// A part with an order or a limit stands in a SELECT of its own: not every database takes parentheses here.
fn write_part(w: &mut SqlWriter, part: &Select) -> Result<()> {
    let with = part.clauses.as_ref().is_some_and(|clauses| !clauses.with.is_empty());
    if part.order_by.is_empty() && !part.is_sliced() && !with {
        return write_select(w, part);
    }
    w.push("SELECT * FROM (");
    write_select(w, part)?;
    w.push(") AS ");
    w.name("orm_part");
    Ok(())
}

fn write_joins(w: &mut SqlWriter, select: &Select) {
    let Some(root) = select.model() else { return };
    for join in &select.joins {
        w.push(match join.kind {
            JoinKind::Inner => " INNER JOIN ",
            JoinKind::Left => " LEFT JOIN ",
        });
        let target = (join.path.relation.to)();
        w.name(target.table);
        w.push(" AS ");
        w.alias(join.table);
        for (at, (field, target)) in join.path.relation.pairs().enumerate() {
            w.push(if at == 0 { " ON " } else { " AND " });
            w.table(join.parent, root);
            w.push(".");
            w.name(field.column);
            w.push(" = ");
            w.alias(join.table);
            w.push(".");
            w.name(target.column);
        }
    }
}

/// Writes WHERE with conditions that all must hold.
pub(crate) fn write_where(w: &mut SqlWriter, filter: &[Expr]) -> Result<()> {
    if filter.is_empty() {
        return Ok(());
    }
    w.push(" WHERE ");
    write_chain(w, filter, " AND ")
}

fn write_groups(w: &mut SqlWriter, clauses: &Clauses) -> Result<()> {
    if !clauses.group_by.is_empty() {
        w.push(" GROUP BY ");
        write_list(w, &clauses.group_by)?;
    }
    if !clauses.having.is_empty() {
        w.push(" HAVING ");
        write_chain(w, &clauses.having, " AND ")?;
    }
    Ok(())
}

/// Expressions with commas between them.
pub(crate) fn write_list(w: &mut SqlWriter, exprs: &[Expr]) -> Result<()> {
    for (index, expr) in exprs.iter().enumerate() {
        if index > 0 {
            w.push(", ");
        }
        write_expr(w, expr)?;
    }
    Ok(())
}

/// Writes ORDER BY, if there is an order.
pub(crate) fn write_order(w: &mut SqlWriter, order: &[OrderBy]) -> Result<()> {
    write_order_where(w, order, Expr::is_nullable)
}

/// What is named by its place in the selection can be NULL if that can.
fn nullable_key(select: &Select, key: &Expr) -> bool {
    match (key, &select.selection) {
        (Expr::Selected(at), Selection::Exprs(exprs)) => exprs.get(*at).is_none_or(Expr::is_nullable),
        (key, _) => key.is_nullable(),
    }
}

fn write_order_where(w: &mut SqlWriter, order: &[OrderBy], nullable: impl Fn(&Expr) -> bool) -> Result<()> {
    for (index, term) in order.iter().enumerate() {
        w.push(if index == 0 { " ORDER BY " } else { ", " });
        match &term.key {
            OrderKey::Random => w.spelling.write_random(w),
            // By a constant: a number would be a position.
            OrderKey::Expr(Expr::Value(value)) => {
                w.push("(");
                w.value_alone(value)?;
                w.push(")");
            }
            OrderKey::Expr(key) if is_json(key) => return Err(no_order()),
            OrderKey::Expr(key) => w.spelling.write_order(w, key, term, nullable(key))?,
        }
    }
    Ok(())
}
