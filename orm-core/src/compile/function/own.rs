//! Functions that the user declares: a name, or a text with places for the arguments.

use super::super::raw::write_within;
use super::super::writer::SqlWriter;
use super::write_call;
use crate::ast::{Expr, OwnFunction};
use crate::error::{Error, Result};

pub(super) fn write(w: &mut SqlWriter, function: OwnFunction, args: &[Expr]) -> Result<()> {
    let dialect = w.spelling.dialect();
    let Some(spelling) = function.spellings.get(dialect as usize).copied().flatten() else {
        return Err(Error::unsupported(format!("the function `{}`", function.name), dialect.name()));
    };
    if spelling.contains('{') {
        write_template(w, function, spelling, args)
    } else {
        write_call(w, spelling, args)
    }
}

/// In parentheses: what the user writes need not be one operand.
fn write_template(w: &mut SqlWriter, function: OwnFunction, template: &str, args: &[Expr]) -> Result<()> {
    w.push("(");
    let mut rest = template;
    while let Some((text, after)) = rest.split_once('{') {
        w.push(text);
        let arg = after.split_once('}').and_then(|(place, after)| {
            let place = place.parse::<usize>().ok()?;
            Some((args.get(place)?, after))
        });
        let Some((arg, after)) = arg else { return Err(misspelt(function)) };
        write_within(w, arg)?;
        rest = after;
    }
    w.push(rest);
    w.push(")");
    Ok(())
}

#[cold]
fn misspelt(function: OwnFunction) -> Error {
    let OwnFunction { name, arity, .. } = function;
    Error::InvalidQuery(
        format!("the spelling of the function `{name}` has a place that is not one of its {arity} arguments")
            .into(),
    )
}
