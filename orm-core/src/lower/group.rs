//! What rows of one group have in common: all that is selected and not aggregated.

use crate::ast::{Aggregate, AggregateFunction, Expr, OrderKey, ResultType, Select, Selection};
use crate::error::{Error, Result};
use crate::value::ValueKind;

/// Fills GROUP BY from the selection, once its fields are columns.
pub(super) fn group(select: &mut Select) -> Result<()> {
    if !select.is_grouped() {
        return check_orders(select);
    }
    let Selection::Exprs(exprs) = &select.selection else {
        return Err(Error::InvalidQuery(
            "aggregates need groups: use `values`, whose plain columns are what rows of a group have in common"
                .into(),
        ));
    };
    let one_group = select.clauses.as_ref().is_some_and(|clauses| clauses.one_group);
    let aggregated = exprs.iter().any(Expr::aggregates);
    let mut group_by = Vec::new();
    let mut named = false;
    for (at, expr) in exprs.iter().enumerate() {
        if !expr.aggregates() && !expr.has_window() {
            match expr {
                Expr::Value(_) | Expr::Constant(_) => {}
                Expr::Column(_) => push(&mut group_by, expr.clone()),
                // By its name: written a second time it would not be the same expression, because its parameters
                // have other numbers.
                _ => {
                    named = true;
                    group_by.push(Expr::Selected(at));
                }
            }
        } else {
            columns_outside_aggregates(expr, exprs, &mut group_by);
        }
    }
    if one_group && !group_by.is_empty() {
        return Err(Error::InvalidQuery(
            "`aggregate` gives one row for all rows, so each value needs an aggregate around its fields"
                .into(),
        ));
    }
    check(select, &group_by)?;
    if aggregated || !group_by.is_empty() {
        // Also without a condition there are groups.
        select.clauses_mut().having.retain(|condition| *condition != Expr::Constant(true));
    }
    if !group_by.is_empty() {
        ask_rows(select);
    }
    named |= name_selected(select);
    aggregate_keys(select)?;
    select.named |= named;
    select.clauses_mut().group_by = group_by;
    Ok(())
}

/// A condition on what groups have in common is one on their rows, where it is asked sooner. SQL of the user's own stays
/// where it was written: it may contain an aggregate.
fn ask_rows(select: &mut Select) {
    let clauses = select.clauses_mut();
    let mut of_rows = Vec::new();
    for condition in std::mem::take(&mut clauses.having) {
        let terms = match condition {
            Expr::And(terms) => terms,
            condition => vec![condition],
        };
        for term in terms {
            let of_group = term.aggregates() || term.any(&|expr| matches!(expr, Expr::Raw(_)));
            if of_group { &mut clauses.having } else { &mut of_rows }.push(term);
        }
    }
    select.filter.extend(of_rows);
}

/// Something computed that rows are grouped by, used once more within an expression, becomes an aggregate of it: all rows
/// of the group have the same. Written a second time it would not be the same expression to a database, because its
/// parameters have other numbers, and not every one takes names of the selection here.
fn aggregate_keys(select: &mut Select) -> Result<()> {
    let Selection::Exprs(selected) = &mut select.selection else { return Ok(()) };
    let keys = selected.iter().filter(|expr| is_computed_key(expr)).cloned().collect::<Vec<_>>();
    if keys.is_empty() {
        return Ok(());
    }
    for expr in selected.iter_mut().filter(|expr| !is_computed_key(expr)) {
        aggregate_keys_in(expr, &keys)?;
    }
    for term in &mut select.order_by {
        if let OrderKey::Expr(expr) = &mut term.key {
            aggregate_keys_in(expr, &keys)?;
        }
    }
    select.clauses_mut().having.iter_mut().try_for_each(|condition| aggregate_keys_in(condition, &keys))
}

fn is_computed_key(expr: &Expr) -> bool {
    !matches!(expr, Expr::Value(_) | Expr::Constant(_) | Expr::Column(_))
        && !expr.aggregates()
        && !expr.has_window()
}

fn aggregate_keys_in(expr: &mut Expr, keys: &[Expr]) -> Result<()> {
    if matches!(expr, Expr::Aggregate(_)) {
        return Ok(());
    }
    if let Some((key, kind)) =
        keys.iter().find(|key| is_selected(key, expr)).and_then(|key| Some((key, key.kind()?)))
    {
        let function = match kind {
            ValueKind::Bool => AggregateFunction::BoolAnd,
            // Not every database has an order of these.
            ValueKind::Bytes | ValueKind::Uuid | ValueKind::Json => AggregateFunction::AnyValue,
            ValueKind::I16
            | ValueKind::I32
            | ValueKind::I64
            | ValueKind::U32
            | ValueKind::U64
            | ValueKind::F32
            | ValueKind::F64
            | ValueKind::Text
            | ValueKind::Decimal
            | ValueKind::Date
            | ValueKind::Time
            | ValueKind::DateTime
            | ValueKind::Timestamp
            | ValueKind::Duration => AggregateFunction::Min,
        };
        *expr = Expr::Aggregate(Box::new(Aggregate {
            function,
            args: vec![key.clone()],
            distinct: false,
            filter: None,
            order_by: Vec::new(),
            result: ResultType { kind, nullable: key.is_nullable() },
        }));
        return Ok(());
    }
    expr.try_for_each_operand(&mut |operand| aggregate_keys_in(operand, keys))
}

/// Whether an expression is what is selected: a condition is selected as a value that is true or false.
fn is_selected(selected: &Expr, expr: &Expr) -> bool {
    selected == expr || matches!(selected, Expr::IsTrue(condition) if condition.as_ref() == expr)
}

fn push(group_by: &mut Vec<Expr>, expr: Expr) {
    if !group_by.contains(&expr) {
        group_by.push(expr);
    }
}

/// The columns that an expression uses beside aggregates.
fn columns_outside_aggregates(expr: &Expr, selected: &[Expr], group_by: &mut Vec<Expr>) {
    match expr {
        Expr::Aggregate(_) => {}
        Expr::Column(_) => push(group_by, expr.clone()),
        expr if selected.contains(expr) && !expr.aggregates() && !expr.has_window() => {}
        expr => expr.for_each_operand(&mut |operand| columns_outside_aggregates(operand, selected, group_by)),
    }
}

/// Conditions on groups and orders use only aggregates and what groups have in common: one database would take any row.
fn check(select: &Select, group_by: &[Expr]) -> Result<()> {
    let Selection::Exprs(selected) = &select.selection else { return Ok(()) };
    let keys = select.order_by.iter().filter_map(|term| match &term.key {
        OrderKey::Expr(expr) => Some(expr),
        OrderKey::Random => None,
    });
    let having = select.clauses.iter().flat_map(|clauses| &clauses.having);
    for expr in having.chain(keys) {
        if let Some(column) = ungrouped(expr, group_by, selected) {
            return Err(Error::InvalidQuery(
                format!(
                    "`{column}` is neither aggregated nor one of the plain columns that `values` groups by"
                )
                .into(),
            ));
        }
    }
    Ok(())
}

fn ungrouped(expr: &Expr, group_by: &[Expr], selected: &[Expr]) -> Option<&'static str> {
    match expr {
        Expr::Aggregate(_) => None,
        expr if group_by.contains(expr) || selected.iter().any(|selected| is_selected(selected, expr)) => {
            None
        }
        Expr::Column(column) => Some(column.field.name),
        expr => {
            let mut found = None;
            expr.for_each_operand(&mut |operand| {
                found = found.or_else(|| ungrouped(operand, group_by, selected));
            });
            found
        }
    }
}

/// Orders by something computed that is selected use its name. Whether there is one.
///
/// Not by aggregates, which mean the same wherever they stand: one server knows no name of one within an expression.
pub(super) fn name_selected(select: &mut Select) -> bool {
    let distinct = select.distinct;
    let Selection::Exprs(selected) = &select.selection else { return false };
    let mut named = false;
    for term in &mut select.order_by {
        let OrderKey::Expr(expr) = &mut term.key else { continue };
        if matches!(expr, Expr::Column(_) | Expr::Derived(_)) || (!distinct && is_of_aggregates(expr)) {
            continue;
        }
        if let Some(at) = selected.iter().position(|selected| is_selected(selected, expr)) {
            *expr = Expr::Selected(at);
            named = true;
        }
    }
    named
}

/// Whether it is made of aggregates and values alone.
fn is_of_aggregates(expr: &Expr) -> bool {
    match expr {
        Expr::Aggregate(_) => true,
        Expr::Function(_) | Expr::Arithmetic(_) | Expr::Negate(_) | Expr::Cast(_) => {
            let mut all = expr.aggregates();
            expr.for_each_operand(&mut |operand| {
                all = all && (matches!(operand, Expr::Value(_)) || is_of_aggregates(operand));
            });
            all
        }
        _ => false,
    }
}

/// Without groups there is nothing to aggregate in an order.
fn check_orders(select: &Select) -> Result<()> {
    let aggregates = select.order_by.iter().any(|term| match &term.key {
        OrderKey::Expr(expr) => expr.aggregates(),
        OrderKey::Random => false,
    });
    if aggregates {
        return Err(Error::InvalidQuery(
            "an order by an aggregate needs groups: select it by `values`".into(),
        ));
    }
    Ok(())
}
