//! Mathematics on SQLite: functions that the driver registers.

use super::arithmetic::write_guarded;
use crate::ast::{FunctionCall, MathFunction};
use crate::compile::writer::SqlWriter;
use crate::error::Result;

pub(super) fn write(w: &mut SqlWriter, function: MathFunction, call: &FunctionCall) -> Result<()> {
    if function == MathFunction::Pi {
        w.push("3.141592653589793");
        return Ok(());
    }
    w.push("orm_");
    w.push(function.name());
    w.push("(");
    for (index, arg) in call.args.iter().enumerate() {
        w.push(if index > 0 { ", " } else { "" });
        write_guarded(w, arg)?;
    }
    if let MathFunction::Round(places) = function {
        w.push(&format!(", {places}"));
    }
    w.push(")");
    Ok(())
}
