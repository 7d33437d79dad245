//! Functions of dates and times: what they have in common before the dialect spells them.

use crate::ast::{DateFunction, Expr, Function, FunctionCall};
use crate::compile::case::write_value;
use crate::compile::writer::SqlWriter;
use crate::error::{Error, FieldError, Result};
use crate::value::{Value, ValueKind, Zone};

/// Zones of zones of zones: most databases need the inner expression several times, so the text would grow without limit.
const MOST_ZONES: usize = 3;

/// A function of dates and times.
pub(super) fn write(w: &mut SqlWriter, function: DateFunction, call: &FunctionCall) -> Result<()> {
    if function.has_zone() && call.args.iter().map(zones).max().unwrap_or(0) >= MOST_ZONES {
        return Err(Error::InvalidQuery(
            format!("a time in a zone is computed from others, nested more than {MOST_ZONES} deep").into(),
        ));
    }
    w.spelling.write_date_function(w, function, call)
}

/// How deep functions with a zone are nested.
fn zones(expr: &Expr) -> usize {
    let own = match expr {
        Expr::Function(call) => usize::from(matches!(call.function, Function::Date(date) if date.has_zone())),
        _ => 0,
    };
    let mut deepest = 0;
    expr.for_each_operand(&mut |operand| deepest = deepest.max(zones(operand)));
    own + deepest
}

/// The zone of a call that has one.
pub(crate) fn zone_of(call: &FunctionCall) -> Result<Zone> {
    match call.args.get(1) {
        Some(Expr::Value(Value::Text(name))) => Ok(Zone::named(name)?),
        Some(Expr::Invalid(error)) => Err(FieldError::clone(error).into()),
        _ => Err(Error::InvalidQuery("a zone was expected".into())),
    }
}

/// An argument of a call.
pub(crate) fn argument(call: &FunctionCall, at: usize) -> Result<&Expr> {
    call.args.get(at).ok_or_else(|| Error::InvalidQuery("a function lacks an argument".into()))
}

/// The kind of time that a call is about.
pub(crate) fn kind_of(expr: &Expr) -> ValueKind {
    expr.kind().unwrap_or(ValueKind::DateTime)
}

/// An expression that ends where it ends, so that an operator can follow.
pub(crate) fn write_closed(w: &mut SqlWriter, expr: &Expr) -> Result<()> {
    match expr {
        Expr::Value(_)
        | Expr::Column(_)
        | Expr::Derived(_)
        | Expr::Selected(_)
        | Expr::Function(_)
        | Expr::Cast(_)
        | Expr::Aggregate(_)
        | Expr::Subquery(_) => write_value(w, expr),
        expr => {
            w.push("(");
            write_value(w, expr)?;
            w.push(")");
            Ok(())
        }
    }
}
