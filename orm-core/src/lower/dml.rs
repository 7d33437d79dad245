//! The rows that an UPDATE or DELETE is about, and the order of assignments.

use super::expr::lower_expr;
use super::lower_select;
use super::scopes::Scopes;
use super::select::Rules;
use crate::ast::{Assignment, ColumnRef, Expr, FieldRef, OrderBy, OrderKey, Select, Selection, Source};
use crate::error::{Error, FieldError, Result};
use crate::schema::{FieldMeta, ModelMeta};

/// Which rows of a table an UPDATE or DELETE is about.
pub struct Rows {
    /// Conditions on the table itself.
    pub filter: Vec<Expr>,
    /// Or a SELECT of keys, where conditions reach other tables or the rows are sliced.
    pub keys: Option<Box<Select>>,
    /// The order in which they are written, where the database has one.
    pub order_by: Vec<OrderBy>,
    /// Most rows, where the database takes that number.
    pub limit: Option<u64>,
    /// Whether columns are written with their table: there are subqueries.
    pub qualified: bool,
}

/// The rows of a queryset.
///
/// # Errors
/// An expression is invalid or nested too deep.
pub fn rows_of(model: &'static ModelMeta, mut select: Select, rules: Rules) -> Result<Rows> {
    // Rows of a model differ by their key, and only the keys are selected.
    select.distinct = false;
    let sliced = if rules.limited_writes { select.offset.is_some() } else { select.is_sliced() };
    let plain = !sliced && select.clauses.is_none() && matches!(select.source, Source::Model(_));
    if plain {
        if !rules.limited_writes {
            // An order does not decide which rows there are.
            select.order_by.clear();
        }
        select.selection = Selection::One;
        lower_select(&mut select, rules)?;
        let hidden = !rules.subquery_on_target
            && (select.filter.iter().any(Expr::has_subquery)
                || select.order_by.iter().any(|term| order_key(term).is_some_and(Expr::has_subquery)));
        if select.joins.is_empty() && !hidden {
            let Select { filter, order_by, limit, qualified, .. } = select;
            return Ok(Rows { filter, keys: None, order_by, limit, qualified });
        }
        let table = select.table;
        let key = model
            .key_fields()
            .map(|field| Expr::Column(ColumnRef { table, field, nullable: field.nullable }));
        select.selection = Selection::Exprs(key.collect());
    } else {
        let key = model.key_fields().map(|field| Expr::Field(FieldRef { path: None, field }));
        select.selection = Selection::Exprs(key.collect());
        lower_select(&mut select, rules)?;
    }
    // A SELECT that is put around another one has none of the model's names.
    select.named = select.model().is_none();
    let keys = Some(Box::new(select));
    Ok(Rows { filter: Vec::new(), keys, order_by: Vec::new(), limit: None, qualified: false })
}

fn order_key(term: &OrderBy) -> Option<&Expr> {
    match &term.key {
        OrderKey::Expr(expr) => Some(expr),
        OrderKey::Random => None,
    }
}

/// What a statement that writes rows of a model gives back of each.
pub struct Returned {
    /// The model's fields, if they are.
    pub fields: Vec<&'static FieldMeta>,
    /// What stands behind them.
    pub exprs: Vec<Expr>,
}

/// Lowers what a SELECT reads, to be given back by a statement that writes its rows. `None` when that takes more than the
/// row itself: other tables, or queries, which databases answer as of different moments.
///
/// # Errors
/// An expression is invalid or nested too deep, or is not about single rows.
pub fn returned_of(model: &'static ModelMeta, select: &Select, rules: Rules) -> Result<Option<Returned>> {
    let (fields, mut exprs) = match &select.selection {
        Selection::Model => (select.read_fields(model).collect(), Vec::new()),
        Selection::ModelAnd(exprs) => (select.read_fields(model).collect(), exprs.clone()),
        Selection::Exprs(exprs) => (Vec::new(), exprs.clone()),
        Selection::Derived(_) | Selection::Count | Selection::One => return Err(not_single()),
    };
    let distinct_values = select.distinct && matches!(select.selection, Selection::Exprs(_));
    if distinct_values
        || select.is_grouped()
        || exprs.iter().any(|expr| expr.aggregates() || expr.has_window())
    {
        return Err(not_single());
    }
    let mut scopes = Scopes::new(rules);
    scopes.enter(Some(model), Vec::new())?;
    exprs.iter_mut().try_for_each(|expr| lower_expr(expr, &mut scopes))?;
    let alone = !scopes.are_several() && !exprs.iter().any(Expr::has_subquery);
    Ok((scopes.leave()?.joins.is_empty() && alone).then_some(Returned { fields, exprs }))
}

fn not_single() -> Error {
    let what = "what is written is given back row by row, not in groups, windows or as distinct values";
    Error::InvalidQuery(what.into())
}

/// Lowers the values of assignments, which may use the row's own columns. Whether subqueries make it necessary to write
/// columns with their table.
///
/// # Errors
/// A value is invalid, nested too deep, or reaches another table.
pub fn lower_assignments(
    model: &'static ModelMeta,
    assignments: &mut [Assignment],
    rules: Rules,
) -> Result<bool> {
    if assignments.iter().all(|assignment| matches!(assignment.value, Expr::Value(_))) {
        return Ok(false);
    }
    let mut scopes = Scopes::new(rules);
    scopes.enter(Some(model), Vec::new())?;
    for assignment in assignments {
        let field = assignment.field;
        if let Expr::Invalid(error) = &assignment.value {
            return Err(FieldError::new(field.model, field.name, error.value_error().clone()).into());
        }
        lower_expr(&mut assignment.value, &mut scopes)?;
        if assignment.value.aggregates() || assignment.value.has_window() {
            return Err(Error::InvalidQuery(
                format!("`{}` can only be set from the row itself, not from several rows", field.name).into(),
            ));
        }
    }
    let several = scopes.are_several();
    if scopes.leave()?.joins.is_empty() {
        return Ok(several);
    }
    Err(Error::InvalidQuery(
        "a field can only be set from columns of the row itself, not of a related row".into(),
    ))
}

/// The assignments in an order in which none reads a column that an earlier one wrote, for databases that assign one
/// after another. `None` when there is no such order (two columns are swapped).
pub fn assignments_in_order(assignments: &[Assignment]) -> Option<Vec<&Assignment>> {
    let mut left: Vec<&Assignment> = assignments.iter().collect();
    let mut done = Vec::with_capacity(left.len());
    while !left.is_empty() {
        // Next is one whose column nobody else still has to read.
        let next = left.iter().position(|candidate| {
            left.iter().all(|other| std::ptr::eq(*other, *candidate) || !reads(&other.value, candidate.field))
        })?;
        done.push(left.remove(next));
    }
    Some(done)
}

fn reads(expr: &Expr, field: &'static FieldMeta) -> bool {
    expr.any(&|expr| matches!(expr, Expr::Column(column) if column.field == field))
        || expr.any(&|expr| subquery_reads(expr, field))
}

/// A subquery may read a column of the row itself from any depth.
fn subquery_reads(expr: &Expr, field: &'static FieldMeta) -> bool {
    match expr {
        Expr::Subquery(subquery) => select_reads(&subquery.select, field),
        Expr::Exists(select) => select_reads(select, field),
        Expr::InSubquery(membership) => select_reads(&membership.select, field),
        _ => false,
    }
}

fn select_reads(select: &Select, field: &'static FieldMeta) -> bool {
    let mut found = match &select.source {
        Source::Subquery(inner) => select_reads(inner, field),
        Source::Combined(both) => select_reads(&both.left, field) || select_reads(&both.right, field),
        Source::Model(_) | Source::Named(..) => false,
    };
    select.for_each_expr(&mut |expr| found = found || reads(expr, field));
    found
}
