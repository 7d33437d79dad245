//! Conditions on windows, and the first row of each kind: both need a SELECT around the one that computes them.

use super::scopes::Scopes;
use crate::ast::{
    ColumnRef, CompareOp, Comparison, Derived, Expr, OrderBy, OrderKey, ResultType, Select, Selection,
    Source, Window, WindowCall, WindowFunction,
};
use crate::error::{Error, Result};
use crate::schema::{FieldMeta, ModelMeta};
use crate::value::{Value, ValueKind};

const TRUTH: ResultType = ResultType { kind: ValueKind::Bool, nullable: true };

/// Puts a SELECT around a lowered one that has conditions on windows, or is distinct on columns where the database
/// cannot do that by itself.
pub(super) fn wrap(select: &mut Select, scopes: &mut Scopes) -> Result<()> {
    let Some(clauses) = &mut select.clauses else { return Ok(()) };
    let mut conditions = std::mem::take(&mut clauses.qualify);
    let distinct_on = std::mem::take(&mut clauses.distinct_on);
    if !distinct_on.is_empty() {
        if select.is_grouped() || select.distinct {
            return Err(Error::InvalidQuery(
                "`distinct_on` cannot be combined with aggregates or `distinct`".into(),
            ));
        }
        if conditions.is_empty() && scopes.rules.distinct_on && leads(&distinct_on, &select.order_by) {
            select.clauses_mut().distinct_on = distinct_on;
            return Ok(());
        }
        conditions.push(is_first(distinct_on, select.order_by.clone()));
    }
    if conditions.is_empty() {
        return Ok(());
    }
    if select.distinct {
        return Err(Error::InvalidQuery("a condition on a window cannot be combined with `distinct`".into()));
    }
    let table = scopes.number()?;
    let outer = Select::of(Source::Model(model_of(select)?), Selection::Model);
    let mut inner = std::mem::replace(select, outer);
    let (mut columns, selection) = columns(&mut inner)?;
    let count = columns.len();
    let mut derive = |expr: Expr, result: ResultType| {
        let at = columns.len();
        columns.push(expr);
        Expr::Derived(Derived { table, at, result })
    };
    let filter = conditions.into_iter().map(|condition| derive(condition, TRUTH)).collect();
    let order_by = std::mem::take(&mut inner.order_by)
        .into_iter()
        .map(|term| OrderBy {
            key: match term.key {
                OrderKey::Expr(expr) => {
                    let kind = expr.kind().unwrap_or(ValueKind::Text);
                    let nullable = expr.is_nullable();
                    OrderKey::Expr(derive(expr, ResultType { kind, nullable }))
                }
                OrderKey::Random => OrderKey::Random,
            },
            ..term
        })
        .collect();
    inner.selection = Selection::Exprs(columns);
    inner.named = true;
    let (limit, offset) = (inner.limit.take(), inner.offset.take());
    *select = Select::from_select(inner, selection.unwrap_or(Selection::Derived(count)));
    select.table = table;
    (select.filter, select.order_by, select.limit, select.offset) = (filter, order_by, limit, offset);
    Ok(())
}

/// What is read, as single expressions; and what the SELECT around it reads, where that is not just these.
fn columns(inner: &mut Select) -> Result<(Vec<Expr>, Option<Selection>)> {
    let model = model_of(inner)?;
    let table = inner.table;
    let own = inner.read_fields(model).map(|field| own_column(table, field)).collect::<Vec<_>>();
    Ok(match std::mem::replace(&mut inner.selection, Selection::One) {
        Selection::Model => (own, None),
        Selection::ModelAnd(extra) => {
            let mut columns = own;
            let at = columns.len();
            for term in &mut inner.order_by {
                if let OrderKey::Expr(Expr::Selected(extra)) = &mut term.key {
                    *extra += at;
                }
            }
            columns.extend(extra);
            (columns, None)
        }
        Selection::Exprs(exprs) => (exprs, None),
        Selection::Count => (Vec::new(), Some(Selection::Count)),
        Selection::One => (Vec::new(), Some(Selection::One)),
        Selection::Derived(_) => {
            return Err(Error::InvalidQuery("a condition on a window needs the rows of a model".into()));
        }
    })
}

fn own_column(table: u16, field: &'static FieldMeta) -> Expr {
    Expr::Column(ColumnRef { table, field, nullable: field.nullable })
}

fn model_of(select: &Select) -> Result<&'static ModelMeta> {
    select
        .model()
        .ok_or_else(|| Error::InvalidQuery("a condition on a window needs the rows of a model".into()))
}

/// Whether the order begins with these columns, so that the database keeps the first row of each kind by itself.
fn leads(columns: &[Expr], order: &[OrderBy]) -> bool {
    order.iter().take(columns.len()).all(|term| match &term.key {
        OrderKey::Expr(expr) => columns.contains(expr),
        OrderKey::Random => false,
    })
}

/// Is it the first of the rows that are equal in `columns`?
fn is_first(columns: Vec<Expr>, order_by: Vec<OrderBy>) -> Expr {
    let window = Window {
        call: WindowCall::Function(WindowFunction::RowNumber, Vec::new()),
        partition_by: columns,
        order_by,
        frame: None,
        result: ResultType { kind: ValueKind::I64, nullable: false },
    };
    Expr::Comparison(Box::new(Comparison {
        op: CompareOp::Eq,
        left: Expr::Window(Box::new(window)),
        right: Expr::Value(Value::I64(1)),
    }))
}
