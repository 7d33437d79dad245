//! SELECT in standard SQL.

use super::dialect::Dialect;
use super::expr::{is_nullable, write_chain};
use super::sql::{Access, CompiledSql, Operation};
use super::writer::SqlWriter;
use crate::ast::{JoinKind, OrderKey, Select, Selection, Source};
use crate::error::Result;
use crate::lower::lower_select;

/// Lowers and compiles a SELECT.
///
/// # Errors
/// An expression is invalid, or a value cannot be bound.
pub fn compile_select(mut select: Select, dialect: Dialect, operation: Operation) -> Result<CompiledSql> {
    lower_select(&mut select)?;
    let mut w = SqlWriter::new(dialect.spelling());
    write_select(&mut w, &select)?;
    Ok(CompiledSql::new(w.sql, w.params, Access::Read, operation))
}

/// Writes a lowered SELECT.
pub(crate) fn write_select(w: &mut SqlWriter, select: &Select) -> Result<()> {
    let qualified = if select.joins.is_empty() { None } else { select.model() };
    w.scoped(qualified, |w| {
        w.push("SELECT ");
        if select.distinct {
            w.push("DISTINCT ");
        }
        write_selection(w, select)?;
        write_source(w, select)?;
        write_joins(w, select);
        write_where(w, &select.filter)?;
        write_order(w, select)?;
        if select.is_sliced() {
            w.spelling.write_limit(w, select.limit, select.offset);
        }
        Ok(())
    })
}

fn write_selection(w: &mut SqlWriter, select: &Select) -> Result<()> {
    match &select.selection {
        Selection::Model => write_model_columns(w, select),
        Selection::Exprs(exprs) => {
            for (index, expr) in exprs.iter().enumerate() {
                if index > 0 {
                    w.push(", ");
                }
                w.expr(expr)?;
            }
        }
        Selection::ModelAnd(exprs) => {
            write_model_columns(w, select);
            for (at, expr) in exprs.iter().enumerate() {
                w.push(", ");
                w.expr(expr)?;
                w.push(" AS ");
                w.selected(at);
            }
        }
        Selection::Count => w.push("COUNT(*)"),
        Selection::One => w.push("1"),
    }
    Ok(())
}

fn write_model_columns(w: &mut SqlWriter, select: &Select) {
    let Some(model) = select.model() else {
        w.push("*");
        return;
    };
    if select.joins.is_empty() {
        w.columns(model);
        return;
    }
    for (index, field) in model.fields.iter().enumerate() {
        if index > 0 {
            w.push(", ");
        }
        w.name(model.table);
        w.push(".");
        w.name(field.column);
    }
}

fn write_source(w: &mut SqlWriter, select: &Select) -> Result<()> {
    w.push(" FROM ");
    match &select.source {
        Source::Model(model) => w.name(model.table),
        Source::Subquery(inner) => {
            w.push("(");
            write_select(w, inner)?;
            w.push(") AS ");
            w.alias(0);
        }
    }
    Ok(())
}

fn write_joins(w: &mut SqlWriter, select: &Select) {
    let Some(root) = select.model() else { return };
    for (index, join) in select.joins.iter().enumerate() {
        w.push(match join.kind {
            JoinKind::Inner => " INNER JOIN ",
            JoinKind::Left => " LEFT JOIN ",
        });
        let target = (join.path.relation.to)();
        w.name(target.table);
        w.push(" AS ");
        let table = u16::try_from(index + 1).unwrap_or(u16::MAX);
        w.alias(table);
        w.push(" ON ");
        match join.parent {
            0 => w.name(root.table),
            parent => w.alias(parent),
        }
        w.push(".");
        w.name(join.path.relation.column);
        w.push(" = ");
        w.alias(table);
        w.push(".");
        w.name(join.path.relation.target_field().column);
    }
}

/// Writes WHERE with conditions that all must hold.
pub(crate) fn write_where(w: &mut SqlWriter, filter: &[crate::ast::Expr]) -> Result<()> {
    if filter.is_empty() {
        return Ok(());
    }
    w.push(" WHERE ");
    write_chain(w, filter, " AND ")
}

fn write_order(w: &mut SqlWriter, select: &Select) -> Result<()> {
    for (index, term) in select.order_by.iter().enumerate() {
        w.push(if index == 0 { " ORDER BY " } else { ", " });
        match &term.key {
            OrderKey::Random => w.spelling.write_random(w),
            OrderKey::Expr(key) => w.spelling.write_order(w, key, term, is_nullable(key))?,
        }
    }
    Ok(())
}
