//! Expressions in standard SQL; what varies is asked of the dialect.

use super::aggregate::write_aggregate;
use super::case::{write_case, write_cast};
use super::function::write_function;
use super::json;
use super::list::{write_in_list, write_in_tuples};
use super::raw::write_raw;
use super::select::write_select;
use super::window::write_window;
use super::writer::SqlWriter;
use super::year_range;
use crate::ast::{
    Arithmetic, ArithmeticOp, Between, CompareOp, Comparison, Derived, Expr, InSubquery, MAX_DEPTH, Subquery,
};
use crate::error::{Error, FieldError, Result};
use crate::schema::FieldMeta;

/// Writes an expression that can stand as an operand of AND, OR and NOT.
#[expect(clippy::too_many_lines, reason = "one arm for each node")]
pub(crate) fn write_expr(w: &mut SqlWriter, expr: &Expr) -> Result<()> {
    match expr {
        Expr::Column(column) => {
            w.column(column);
            Ok(())
        }
        Expr::Field(reference) | Expr::Joined(reference) => Err(unresolved(reference.field)),
        Expr::Outer(outer) => Err(unresolved(outer.field.field)),
        Expr::Selected(at) => {
            w.selected(*at);
            Ok(())
        }
        Expr::Derived(derived) => {
            write_derived(w, *derived);
            Ok(())
        }
        Expr::Value(value) => w.value_alone(value),
        Expr::Constant(value) => {
            w.push(if *value { "1 = 1" } else { "1 = 0" });
            Ok(())
        }
        Expr::Count(number) => {
            w.number(*number);
            Ok(())
        }
        Expr::And(terms) => write_chain(w, terms, " AND "),
        Expr::Or(terms) => {
            w.push("(");
            write_chain(w, terms, " OR ")?;
            w.push(")");
            Ok(())
        }
        Expr::Xor(pair) => {
            w.push("(");
            w.spelling.write_xor(w, pair)?;
            w.push(")");
            Ok(())
        }
        Expr::Not(inner) => match inner.as_ref() {
            Expr::IsNull(operand) => {
                write_operand(w, operand)?;
                w.push(" IS NOT NULL");
                Ok(())
            }
            inner => {
                w.push("NOT (");
                write_expr(w, inner)?;
                w.push(")");
                Ok(())
            }
        },
        Expr::IsNotTrue(inner) => {
            // Where NULL is impossible NOT says the same, and planners know it better.
            w.push(if inner.is_nullable() { "(" } else { "NOT (" });
            write_expr(w, inner)?;
            w.push(if inner.is_nullable() { ") IS NOT TRUE" } else { ")" });
            Ok(())
        }
        Expr::IsTrue(inner) => {
            // Where NULL is impossible the condition is its own value.
            w.push("(");
            write_expr(w, inner)?;
            w.push(if inner.is_nullable() { ") IS TRUE" } else { ")" });
            Ok(())
        }
        Expr::Negate(inner) => w.spelling.write_negate(w, inner),
        Expr::Function(call) => {
            write_function(w, call)?;
            w.computed(Some(call.result.kind));
            Ok(())
        }
        Expr::Case(case) => {
            write_case(w, case)?;
            w.computed(Some(case.result.kind));
            Ok(())
        }
        Expr::Cast(cast) => {
            write_cast(w, cast)?;
            w.computed(Some(cast.result.kind));
            Ok(())
        }
        Expr::Aggregate(aggregate) => {
            write_aggregate(w, aggregate, None)?;
            w.computed(Some(aggregate.result.kind));
            Ok(())
        }
        Expr::Window(window) => {
            write_window(w, window)?;
            w.computed(Some(window.result.kind));
            Ok(())
        }
        Expr::Subquery(subquery) => write_subquery(w, subquery),
        Expr::Exists(select) => {
            w.push("EXISTS (");
            write_select(w, select)?;
            w.push(")");
            Ok(())
        }
        Expr::InSubquery(membership) => write_in_subquery(w, membership),
        Expr::Raw(raw) => {
            write_raw(w, raw)?;
            w.computed(Some(raw.result.kind));
            Ok(())
        }
        Expr::Comparison(comparison) => match year_range::comparison(comparison, w.spelling) {
            Some(range) => write_expr(w, &range),
            None => write_comparison(w, comparison),
        },
        Expr::IsNull(inner) => {
            write_operand(w, inner)?;
            w.push(" IS NULL");
            Ok(())
        }
        Expr::InList(list) => match year_range::in_list(list, w.spelling) {
            Some(ranges) => write_expr(w, &ranges),
            None => write_in_list(w, list),
        },
        Expr::InTuples(list) => write_in_tuples(w, list),
        Expr::Between(between) => match year_range::between(between, w.spelling) {
            Some(range) => write_between(w, &range),
            None => write_between(w, between),
        },
        Expr::TextMatch(search) => w.spelling.write_text_match(w, search),
        Expr::Regex(regex) => w.spelling.write_regex(w, regex),
        Expr::Collate(collate) => {
            write_operand(w, &collate.expr)?;
            w.push(" COLLATE ");
            w.name(&collate.collation);
            Ok(())
        }
        Expr::Arithmetic(arithmetic) => w.spelling.write_arithmetic(w, arithmetic),
        Expr::Invalid(error) => Err(FieldError::clone(error).into()),
        Expr::Mistaken(mistake) => Err((*mistake.0).clone()),
        Expr::TooDeep => Err(Error::ExpressionTooDeep { limit: MAX_DEPTH.into() }),
    }
}

#[cold]
fn unresolved(field: &'static FieldMeta) -> Error {
    Error::InvalidQuery(format!("`{}` was not resolved to a column", field.name).into())
}

fn write_derived(w: &mut SqlWriter, derived: Derived) {
    w.alias(derived.table);
    w.push(".");
    w.selected(derived.at);
}

fn write_subquery(w: &mut SqlWriter, subquery: &Subquery) -> Result<()> {
    w.push("(");
    write_select(w, &subquery.select)?;
    w.push(")");
    w.computed(Some(subquery.result.kind));
    Ok(())
}

fn write_in_subquery(w: &mut SqlWriter, membership: &InSubquery) -> Result<()> {
    if json::is_json(&membership.expr) {
        w.spelling.check_json_in_subquery()?;
    }
    write_operand(w, &membership.expr)?;
    w.push(" IN (");
    w.spelling.write_list_subquery(w, &membership.select)?;
    w.push(")");
    Ok(())
}

/// A chain of AND or OR. Longer than the parser's stack allows, it is written as a tree of parentheses.
pub(crate) fn write_chain(w: &mut SqlWriter, terms: &[Expr], connector: &str) -> Result<()> {
    let max = w.spelling.capability().max_chain;
    if terms.len() <= max {
        for (index, term) in terms.iter().enumerate() {
            if index > 0 {
                w.push(connector);
            }
            write_expr(w, term)?;
        }
        return Ok(());
    }
    let group = terms.len().div_ceil(max).max(max);
    for (index, group) in terms.chunks(group).enumerate() {
        if index > 0 {
            w.push(connector);
        }
        w.push("(");
        write_chain(w, group, connector)?;
        w.push(")");
    }
    Ok(())
}

fn write_between(w: &mut SqlWriter, between: &Between) -> Result<()> {
    let field = between.expr.field_meta();
    write_operand(w, &between.expr)?;
    w.push(" BETWEEN ");
    write_beside(w, &between.low, field)?;
    w.push(" AND ");
    write_beside(w, &between.high, field)
}

fn write_comparison(w: &mut SqlWriter, comparison: &Comparison) -> Result<()> {
    if json::is_json(&comparison.left) || json::is_json(&comparison.right) {
        return json::write_comparison(w, comparison);
    }
    if let (Expr::Value(left), Expr::Value(_)) = (&comparison.left, &comparison.right) {
        // Two values: neither tells the type of the other.
        w.value_alone(left)?;
    } else {
        write_beside(w, &comparison.left, comparison.right.field_meta())?;
    }
    w.push(match comparison.op {
        CompareOp::Eq => " = ",
        CompareOp::Ne => " <> ",
        CompareOp::Lt => " < ",
        CompareOp::Le => " <= ",
        CompareOp::Gt => " > ",
        CompareOp::Ge => " >= ",
    });
    write_beside(w, &comparison.right, comparison.left.field_meta())
}

/// Writes `left op right` for numbers.
pub(crate) fn write_infix(w: &mut SqlWriter, arithmetic: &Arithmetic, operator: &str) -> Result<()> {
    let (left, right) = (&arithmetic.left, &arithmetic.right);
    write_number(w, left, right)?;
    w.push(" ");
    w.push(operator);
    w.push(" ");
    write_number(w, right, left)
}

/// The operator as most databases spell it.
pub(crate) fn infix_of(op: ArithmeticOp) -> &'static str {
    match op {
        ArithmeticOp::Add => "+",
        ArithmeticOp::Subtract => "-",
        ArithmeticOp::Multiply => "*",
        ArithmeticOp::Divide => "/",
        ArithmeticOp::Modulo => "%",
        ArithmeticOp::BitAnd => "&",
        ArithmeticOp::BitOr => "|",
        ArithmeticOp::BitXor => "^",
        ArithmeticOp::ShiftLeft => "<<",
        ArithmeticOp::ShiftRight => ">>",
    }
}

/// An operand of arithmetic; a value takes its type from what it stands beside.
pub(crate) fn write_number(w: &mut SqlWriter, expr: &Expr, beside: &Expr) -> Result<()> {
    match expr {
        Expr::Arithmetic(_) | Expr::Negate(_) => {
            w.push("(");
            write_expr(w, expr)?;
            w.push(")");
            Ok(())
        }
        Expr::Value(value) => match beside {
            Expr::Value(_) => w.value_alone(value),
            beside => w.value(value, beside.field_meta()),
        },
        expr => write_operand(w, expr),
    }
}

/// An expression beside a field: a value is bound as that field's.
pub(crate) fn write_beside(w: &mut SqlWriter, expr: &Expr, field: Option<&'static FieldMeta>) -> Result<()> {
    match expr {
        Expr::Value(value) => w.value(value, field),
        expr => write_operand(w, expr),
    }
}

/// An operand of a comparison: conditions are put in parentheses.
pub(crate) fn write_operand(w: &mut SqlWriter, expr: &Expr) -> Result<()> {
    match expr {
        // These end where they end: a name, a call, or parentheses of their own.
        Expr::Column(_)
        | Expr::Derived(_)
        | Expr::Selected(_)
        | Expr::Value(_)
        | Expr::Arithmetic(_)
        | Expr::Function(_)
        | Expr::Cast(_)
        | Expr::Aggregate(_)
        | Expr::Raw(_)
        | Expr::Subquery(_) => write_expr(w, expr),
        expr => {
            w.push("(");
            write_expr(w, expr)?;
            w.push(")");
            Ok(())
        }
    }
}
