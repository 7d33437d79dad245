//! Functions of text: what dialects share.

use crate::ast::{Expr, Function, TextFunction};
use crate::compile::case::write_value;
use crate::compile::expr::write_operand;
use crate::compile::writer::SqlWriter;
use crate::error::{Error, Result};
use crate::value::Value;

/// `NAME(text, length, …)`: the second argument is a length.
pub(crate) fn write_with_length(w: &mut SqlWriter, name: &str, args: &[Expr]) -> Result<()> {
    w.push(name);
    w.push("(");
    for (index, arg) in args.iter().enumerate() {
        if index == 1 {
            w.push(", ");
            write_number(w, arg, 0)?;
        } else {
            write_argument(w, index, arg)?;
        }
    }
    w.push(")");
    Ok(())
}

/// `NAME(text, position)` or `NAME(text, position, length)`.
pub(crate) fn write_part(w: &mut SqlWriter, name: &str, args: &[Expr]) -> Result<()> {
    w.push(name);
    w.push("(");
    for (index, arg) in args.iter().enumerate() {
        match index {
            0 => write_argument(w, index, arg)?,
            1 => {
                w.push(", ");
                write_number(w, arg, 1)?;
            }
            _ => {
                w.push(", ");
                write_number(w, arg, 0)?;
            }
        }
    }
    w.push(")");
    Ok(())
}

fn write_argument(w: &mut SqlWriter, index: usize, arg: &Expr) -> Result<()> {
    if index > 0 {
        w.push(", ");
    }
    write_value(w, arg)
}

/// A position or a length, which is never less than `least`; a value is brought into the range before it is bound.
fn write_number(w: &mut SqlWriter, expr: &Expr, least: i32) -> Result<()> {
    if let Expr::Value(Value::I64(number)) = expr {
        let limit = if *number < 0 { least } else { i32::MAX };
        let number = i32::try_from(*number).unwrap_or(limit).max(least);
        return w.value_alone(&Value::I32(number));
    }
    w.spelling.write_length(w, expr, least)
}

/// Texts with `||` between them, which is NULL where one is.
pub(crate) fn write_joined(w: &mut SqlWriter, args: &[Expr]) -> Result<()> {
    let max = w.spelling.capability().max_chain;
    w.push("(");
    if args.len() <= max {
        for (index, arg) in args.iter().enumerate() {
            if index > 0 {
                w.push(" || ");
            }
            write_text_or_empty(w, arg)?;
        }
    } else {
        // Longer than the parser's stack allows: a tree of parentheses.
        let group = args.len().div_ceil(max).max(max);
        for (index, group) in args.chunks(group).enumerate() {
            if index > 0 {
                w.push(" || ");
            }
            write_joined(w, group)?;
        }
    }
    w.push(")");
    Ok(())
}

/// Text; none where it is NULL.
pub(crate) fn write_text_or_empty(w: &mut SqlWriter, arg: &Expr) -> Result<()> {
    if !arg.is_nullable() {
        return write_operand(w, arg);
    }
    w.push("COALESCE(");
    write_value(w, arg)?;
    w.push(", '')");
    Ok(())
}

/// `CASE WHEN` the number is a character's, `THEN` the character: code points but 0 and surrogates.
pub(crate) fn write_character(w: &mut SqlWriter, number: &Expr, before: &str, after: &str) -> Result<()> {
    let is_character = |expr: &Expr| matches!(expr, Expr::Function(call) if call.function == Function::Text(TextFunction::Chr));
    if number.any(&is_character) {
        // The number is written three times: of nested ones the text would have no end.
        return Err(Error::InvalidQuery("`chr` of a number that is computed with `chr`".into()));
    }
    w.push("CASE WHEN ");
    write_operand(w, number)?;
    w.push(" BETWEEN 1 AND 55295 OR ");
    write_operand(w, number)?;
    w.push(" BETWEEN 57344 AND 1114111 THEN ");
    w.push(before);
    write_value(w, number)?;
    w.push(after);
    w.push(" END");
    Ok(())
}

/// Text in which all that LIKE gives a meaning is escaped, by the database.
pub(crate) fn write_escaped(w: &mut SqlWriter, text: &Expr) -> Result<()> {
    w.push("REPLACE(REPLACE(REPLACE(");
    write_value(w, text)?;
    w.push(", '!', '!!'), '%', '!%'), '_', '!_')");
    Ok(())
}
