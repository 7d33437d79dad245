//! JSON documents: what the dialects' spellings have in common.

use crate::ast::{Expr, Function, JsonFunction};
use crate::compile::writer::SqlWriter;
use crate::error::{Error, Result};
use crate::value::{Value, ValueKind};

/// The most members of an object or elements of an array: PostgreSQL's functions take a hundred arguments.
const MOST_MEMBERS: usize = 50;

/// A function of JSON documents.
pub(super) fn write(w: &mut SqlWriter, function: JsonFunction, args: &[Expr]) -> Result<()> {
    match function {
        JsonFunction::Object => check_members(args.len() / 2)?,
        JsonFunction::Array => check_members(args.len())?,
        // Every object has all of no keys, and none has one of them.
        JsonFunction::HasAnyKey if args.len() == 1 => {
            w.push("(1 = 0)");
            return Ok(());
        }
        JsonFunction::Get
        | JsonFunction::Text
        | JsonFunction::I64
        | JsonFunction::F64
        | JsonFunction::Bool
        | JsonFunction::Decimal
        | JsonFunction::IsNull
        | JsonFunction::HasKeys
        | JsonFunction::HasAnyKey
        | JsonFunction::Contains
        | JsonFunction::ContainedBy
        | JsonFunction::Length
        | JsonFunction::SetKey
        | JsonFunction::RemoveKey => {}
    }
    w.spelling.write_json(w, function, args)
}

fn check_members(count: usize) -> Result<()> {
    if count <= MOST_MEMBERS {
        return Ok(());
    }
    Err(Error::InvalidQuery(format!("a JSON value of {count} members, where it takes {MOST_MEMBERS}").into()))
}

/// The first `N` arguments of a function that has them.
pub(in crate::compile) fn arguments<const N: usize>(args: &[Expr]) -> Result<&[Expr; N]> {
    args.first_chunk().ok_or_else(|| Error::InvalidQuery("a JSON function lacks an argument".into()))
}

/// The document that a function is of, with the arguments behind it.
pub(in crate::compile) fn document(args: &[Expr]) -> (&Expr, &[Expr]) {
    // Only the makers of documents have no arguments, and they have no document to look at.
    static NONE: Expr = Expr::Value(Value::Null(ValueKind::Json));
    args.split_first().unwrap_or((&NONE, &[]))
}

/// One step into a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::compile) enum Step<'a> {
    /// The member of an object.
    Key(&'a str),
    /// The element of an array, counted from 0.
    Index(i64),
}

/// The document that an expression is a part of, and the steps to it.
pub(in crate::compile) fn steps_of(expr: &Expr) -> (&Expr, Vec<Step<'_>>) {
    let Expr::Function(call) = expr else { return (expr, Vec::new()) };
    match (call.function, call.args.split_first()) {
        (Function::Json(JsonFunction::Get), Some((document, steps))) => (document, steps_in(steps)),
        _ => (expr, Vec::new()),
    }
}

/// Arguments as steps.
pub(in crate::compile) fn steps_in(args: &[Expr]) -> Vec<Step<'_>> {
    args.iter()
        .filter_map(|arg| match arg {
            Expr::Value(Value::Text(key)) => Some(Step::Key(key)),
            Expr::Value(Value::I64(index)) => Some(Step::Index(*index)),
            _ => None,
        })
        .collect()
}

/// Steps in the path language of MySQL and MariaDB; keys are JSON strings in it, so that no character is special.
pub(in crate::compile) fn path_text(steps: &[Step<'_>]) -> String {
    let mut path = String::from("$");
    for step in steps {
        match step {
            Step::Key(key) => {
                path.push('.');
                path.push_str(&serde_json::Value::from(*key).to_string());
            }
            Step::Index(index) => {
                path.push('[');
                path.push_str(&index.to_string());
                path.push(']');
            }
        }
    }
    path
}

/// The kind of a value that becomes a member of a document.
pub(in crate::compile) fn member_kind(expr: &Expr) -> Result<ValueKind> {
    match expr.kind() {
        Some(kind @ (ValueKind::Bytes | ValueKind::Duration)) => {
            Err(Error::InvalidQuery(format!("{} has no form of its own in JSON", kind.name()).into()))
        }
        Some(kind) => Ok(kind),
        None => Err(Error::InvalidQuery("a value in JSON needs a type".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::{Step, path_text};

    #[test]
    fn keys_are_quoted_in_paths() {
        let steps = [Step::Key("a\"b\\c\n"), Step::Index(0), Step::Key("$.x[*]"), Step::Key("")];
        assert_eq!(path_text(&steps), r#"$."a\"b\\c\n"[0]."$.x[*]"."""#);
    }
}
