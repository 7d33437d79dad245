//! Expressions in standard SQL; what varies is asked of the dialect.

use super::writer::SqlWriter;
use crate::ast::{Arithmetic, ArithmeticOp, CompareOp, Comparison, Expr, InList, MAX_DEPTH};
use crate::error::{Error, Result};
use crate::schema::FieldMeta;
use crate::value::Value;

/// Writes an expression that can stand as an operand of AND, OR and NOT.
pub(crate) fn write_expr(w: &mut SqlWriter, expr: &Expr) -> Result<()> {
    match expr {
        Expr::Column(column) => {
            w.column(column);
            Ok(())
        }
        Expr::Field(reference) => Err(Error::InvalidQuery(
            format!("`{}` was not resolved to a column", reference.field.name).into(),
        )),
        Expr::Selected(at) => {
            w.selected(*at);
            Ok(())
        }
        Expr::Value(value) => w.value(value, None),
        Expr::Constant(value) => {
            w.push(if *value { "1 = 1" } else { "1 = 0" });
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
            w.push(if is_nullable(inner) { "(" } else { "NOT (" });
            write_expr(w, inner)?;
            w.push(if is_nullable(inner) { ") IS NOT TRUE" } else { ")" });
            Ok(())
        }
        Expr::Comparison(comparison) => write_comparison(w, comparison),
        Expr::IsNull(inner) => {
            write_operand(w, inner)?;
            w.push(" IS NULL");
            Ok(())
        }
        Expr::InList(list) => write_in_list(w, list),
        Expr::Between(between) => {
            let field = field_of(&between.expr);
            write_operand(w, &between.expr)?;
            w.push(" BETWEEN ");
            write_beside(w, &between.low, field)?;
            w.push(" AND ");
            write_beside(w, &between.high, field)
        }
        Expr::TextMatch(search) => w.spelling.write_text_match(w, search),
        Expr::Regex(regex) => w.spelling.write_regex(w, regex),
        Expr::Arithmetic(arithmetic) => w.spelling.write_arithmetic(w, arithmetic),
        Expr::Invalid(error) => Err(error.clone().into()),
        Expr::TooDeep => Err(Error::ExpressionTooDeep { limit: MAX_DEPTH.into() }),
    }
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

fn write_comparison(w: &mut SqlWriter, comparison: &Comparison) -> Result<()> {
    write_beside(w, &comparison.left, field_of(&comparison.right))?;
    w.push(match comparison.op {
        CompareOp::Eq => " = ",
        CompareOp::Ne => " <> ",
        CompareOp::Lt => " < ",
        CompareOp::Le => " <= ",
        CompareOp::Gt => " > ",
        CompareOp::Ge => " >= ",
    });
    write_beside(w, &comparison.right, field_of(&comparison.left))
}

fn write_in_list(w: &mut SqlWriter, list: &InList) -> Result<()> {
    if list.values.is_empty() {
        w.push("1 = 0");
        return Ok(());
    }
    let field = field_of(&list.expr);
    write_operand(w, &list.expr)?;
    w.push(" IN (");
    for (index, value) in list.values.iter().enumerate() {
        if index > 0 {
            w.push(", ");
        }
        w.value(value, field)?;
    }
    w.push(")");
    Ok(())
}

/// Writes `left op right` for numbers.
pub(crate) fn write_infix(w: &mut SqlWriter, arithmetic: &Arithmetic) -> Result<()> {
    let field = field_of(&arithmetic.left).or_else(|| field_of(&arithmetic.right));
    write_number(w, &arithmetic.left, field)?;
    w.push(match arithmetic.op {
        ArithmeticOp::Add => " + ",
        ArithmeticOp::Subtract => " - ",
        ArithmeticOp::Multiply => " * ",
    });
    write_number(w, &arithmetic.right, field)
}

/// An operand of arithmetic.
pub(crate) fn write_number(w: &mut SqlWriter, expr: &Expr, field: Option<&'static FieldMeta>) -> Result<()> {
    if let Expr::Arithmetic(_) = expr {
        w.push("(");
        write_expr(w, expr)?;
        w.push(")");
        return Ok(());
    }
    write_beside(w, expr, field)
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
        Expr::Column(_) | Expr::Value(_) | Expr::Arithmetic(_) => write_expr(w, expr),
        expr => {
            w.push("(");
            write_expr(w, expr)?;
            w.push(")");
            Ok(())
        }
    }
}

/// The field that an expression is, or calculates with.
pub(crate) fn field_of(expr: &Expr) -> Option<&'static FieldMeta> {
    match expr {
        Expr::Column(column) => Some(column.field),
        Expr::Arithmetic(arithmetic) => field_of(&arithmetic.left).or_else(|| field_of(&arithmetic.right)),
        _ => None,
    }
}

/// Whether an expression can be NULL.
pub(crate) fn is_nullable(expr: &Expr) -> bool {
    match expr {
        Expr::Column(column) => column.nullable,
        Expr::Field(_) | Expr::Selected(_) | Expr::Invalid(_) | Expr::TooDeep => true,
        Expr::Value(value) => matches!(value, Value::Null(_)),
        Expr::Constant(_) | Expr::IsNull(_) | Expr::IsNotTrue(_) => false,
        Expr::And(terms) | Expr::Or(terms) => terms.iter().any(is_nullable),
        Expr::Xor(pair) => pair.iter().any(is_nullable),
        Expr::Not(inner) => is_nullable(inner),
        Expr::Comparison(comparison) => is_nullable(&comparison.left) || is_nullable(&comparison.right),
        Expr::InList(list) => !list.values.is_empty() && is_nullable(&list.expr),
        Expr::Between(between) => {
            is_nullable(&between.expr) || is_nullable(&between.low) || is_nullable(&between.high)
        }
        Expr::TextMatch(search) => is_nullable(&search.expr),
        Expr::Regex(regex) => is_nullable(&regex.expr),
        Expr::Arithmetic(arithmetic) => is_nullable(&arithmetic.left) || is_nullable(&arithmetic.right),
    }
}
