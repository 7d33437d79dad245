//! LEFT JOINs that conditions make INNER ones: where a row without the related row would be left out anyway, the database
//! need not look at it.

use crate::ast::{Expr, Join, JoinKind};

/// Makes a join an INNER one where the conditions, all of which must hold, are never true without its row.
pub(super) fn demote(joins: &mut [Join], filter: &[Expr]) {
    if joins.iter().all(|join| join.kind == JoinKind::Inner) {
        return;
    }
    let mut needed: Vec<u16> = filter.iter().flat_map(needs).collect();
    // A related row is there only if the row that leads to it is.
    for join in joins.iter_mut().rev() {
        if needed.contains(&join.table) {
            join.kind = JoinKind::Inner;
            needed.push(join.parent);
        }
    }
}

/// The tables without whose row a condition is not true.
fn needs(condition: &Expr) -> Vec<u16> {
    match condition {
        Expr::And(terms) => terms.iter().flat_map(needs).collect(),
        Expr::Or(terms) => {
            let mut all = terms.iter().map(needs);
            let first = all.next().unwrap_or_default();
            all.fold(first, |common, other| {
                common.into_iter().filter(|table| other.contains(table)).collect()
            })
        }
        Expr::Not(inner) => match inner.as_ref() {
            Expr::IsNull(operand) => column(operand),
            // What is NULL without the row stays NULL.
            inner => strict(inner),
        },
        condition => strict(condition),
    }
}

/// The tables without whose row a condition is NULL.
fn strict(condition: &Expr) -> Vec<u16> {
    match condition {
        Expr::Comparison(comparison) => {
            column(&comparison.left).into_iter().chain(column(&comparison.right)).collect()
        }
        Expr::Between(between) => column(&between.expr),
        Expr::InList(list) if !list.values.is_empty() => column(&list.expr),
        Expr::TextMatch(text) => column(&text.expr),
        _ => Vec::new(),
    }
}

fn column(expr: &Expr) -> Vec<u16> {
    match expr {
        Expr::Column(column) => vec![column.table],
        _ => Vec::new(),
    }
}
