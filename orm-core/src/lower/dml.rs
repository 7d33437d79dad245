//! The rows that an UPDATE or DELETE is about, and the order of assignments.

use super::expr::lower_expr;
use super::joins::Joins;
use super::lower_select;
use crate::ast::{Assignment, Expr, FieldRef, Select, Selection};
use crate::error::{Error, FieldError, Result};
use crate::schema::{FieldMeta, ModelMeta};

/// The conditions of a queryset as conditions on the table itself, or as a SELECT of keys where they reach other
/// tables or the rows are sliced.
///
/// # Errors
/// An expression is invalid or nested too deep.
pub fn rows_of(model: &'static ModelMeta, mut select: Select) -> Result<(Vec<Expr>, Option<Box<Select>>)> {
    // Rows of a model differ by their key, and only the keys are selected.
    select.distinct = false;
    lower_select(&mut select)?;
    // Joins that only the order asked for do not decide which rows there are.
    if !select.is_sliced() && (select.joins.is_empty() || !select.filter.iter().any(reaches_out)) {
        return Ok((select.filter, None));
    }
    if !select.is_sliced() {
        select.order_by.clear();
    }
    select.selection = Selection::Exprs(
        model
            .key_fields()
            .map(|field| Joins(Vec::new()).resolve(FieldRef { path: None, field }).map(Expr::Column))
            .collect::<Result<_>>()?,
    );
    Ok((Vec::new(), Some(Box::new(select))))
}

/// Does it mention a joined table?
fn reaches_out(expr: &Expr) -> bool {
    let mut found = false;
    visit_columns(expr, &mut |table, _| found |= table > 0);
    found
}

fn visit_columns(expr: &Expr, visit: &mut dyn FnMut(u16, &'static FieldMeta)) {
    match expr {
        Expr::Column(column) => visit(column.table, column.field),
        Expr::Field(_)
        | Expr::Value(_)
        | Expr::Constant(_)
        | Expr::Selected(_)
        | Expr::Invalid(_)
        | Expr::TooDeep => {}
        Expr::And(terms) | Expr::Or(terms) => terms.iter().for_each(|term| visit_columns(term, visit)),
        Expr::Xor(pair) => pair.iter().for_each(|term| visit_columns(term, visit)),
        Expr::Not(inner) | Expr::IsNotTrue(inner) | Expr::IsNull(inner) => visit_columns(inner, visit),
        Expr::Comparison(comparison) => {
            visit_columns(&comparison.left, visit);
            visit_columns(&comparison.right, visit);
        }
        Expr::InList(list) => visit_columns(&list.expr, visit),
        Expr::Between(between) => {
            visit_columns(&between.expr, visit);
            visit_columns(&between.low, visit);
            visit_columns(&between.high, visit);
        }
        Expr::TextMatch(search) => visit_columns(&search.expr, visit),
        Expr::Regex(regex) => visit_columns(&regex.expr, visit),
        Expr::Arithmetic(arithmetic) => {
            visit_columns(&arithmetic.left, visit);
            visit_columns(&arithmetic.right, visit);
        }
    }
}

/// Lowers an assignment's value, which may use the row's own columns.
///
/// # Errors
/// The value is invalid, nested too deep, or reaches another table.
pub fn lower_assignment(assignment: &mut Assignment) -> Result<()> {
    if let Expr::Invalid(error) = &assignment.value {
        let field = assignment.field;
        return Err(FieldError::new(field.model, field.name, error.value_error().clone()).into());
    }
    let mut joins = Joins(Vec::new());
    lower_expr(&mut assignment.value, &mut joins)?;
    if joins.0.is_empty() {
        return Ok(());
    }
    Err(Error::InvalidQuery(
        format!(
            "`{}` can only be set from columns of the row itself, not of a related row",
            assignment.field.name
        )
        .into(),
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
    let mut found = false;
    visit_columns(expr, &mut |_, column| found |= std::ptr::eq(column, field));
    found
}
