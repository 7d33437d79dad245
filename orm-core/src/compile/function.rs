//! Functions of values of one row.

mod choice;
pub(crate) mod datetime;
pub(crate) mod json;
pub(crate) mod math;
mod own;
pub(crate) mod text;

use super::writer::SqlWriter;
use crate::ast::{Function, FunctionCall};
use crate::error::Result;

/// A call of a function.
pub(crate) fn write_function(w: &mut SqlWriter, call: &FunctionCall) -> Result<()> {
    match call.function {
        Function::Choice(function) => choice::write(w, function, &call.args),
        Function::Date(function) => datetime::write(w, function, call),
        Function::Text(function) => w.spelling.write_text_function(w, function, &call.args),
        Function::Math(function) => math::write(w, function, call),
        Function::Json(function) => json::write(w, function, &call.args),
        Function::Own(function) => own::write(w, function, &call.args),
    }
}

/// `NAME(arg, …)`.
pub(crate) fn write_call(w: &mut SqlWriter, name: &str, args: &[crate::ast::Expr]) -> Result<()> {
    w.push(name);
    w.push("(");
    for (index, arg) in args.iter().enumerate() {
        if index > 0 {
            w.push(", ");
        }
        super::case::write_value(w, arg)?;
    }
    w.push(")");
    Ok(())
}
