//! COALESCE and its kin.

use super::write_call;
use crate::ast::{ChoiceFunction, Expr};
use crate::compile::case::write_value;
use crate::compile::writer::SqlWriter;
use crate::error::Result;

/// A choice among values.
pub(super) fn write(w: &mut SqlWriter, function: ChoiceFunction, args: &[Expr]) -> Result<()> {
    match function {
        ChoiceFunction::Coalesce => write_call(w, "COALESCE", args),
        ChoiceFunction::NullIf => write_call(w, "NULLIF", args),
        ChoiceFunction::Greatest => write_extreme(w, args, true),
        ChoiceFunction::Least => write_extreme(w, args, false),
    }
}

/// The greatest or least, NULL when one of them is. Where the database's own function leaves NULLs out, a sum of nothing
/// but a question comes first.
fn write_extreme(w: &mut SqlWriter, args: &[Expr], greatest: bool) -> Result<()> {
    let name = w.spelling.extreme_name(greatest);
    if !w.spelling.capability().extremes_skip_null || !args.iter().any(Expr::is_nullable) {
        return write_call(w, name, args);
    }
    w.push("CASE WHEN ");
    for (index, arg) in args.iter().filter(|arg| arg.is_nullable()).enumerate() {
        if index > 0 {
            w.push(" AND ");
        }
        write_value(w, arg)?;
        w.push(" IS NOT NULL");
    }
    w.push(" THEN ");
    write_call(w, name, args)?;
    w.push(" END");
    Ok(())
}
