//! JSON on PostgreSQL: jsonb.

use crate::ast::{Expr, JsonFunction};
use crate::compile::case::write_value;
use crate::compile::function::json::{Step, arguments, document, member_kind, steps_in};
use crate::compile::writer::SqlWriter;
use crate::error::Result;
use crate::value::{Value, ValueKind};

/// A function of JSON documents. Strict paths with a filter choose a type, so that no cast can fail.
pub(super) fn write(w: &mut SqlWriter, function: JsonFunction, args: &[Expr]) -> Result<()> {
    let (first, rest) = document(args);
    match function {
        JsonFunction::Get => write_path(w, first, &steps_in(rest)),
        JsonFunction::Text => write_typed(w, first, r#"@.type() == "string""#, "#>> '{}')"),
        JsonFunction::I64 => {
            let whole = "@ >= -9223372036854775808 && @ <= 9223372036854775807 && @ % 1 == 0";
            write_typed(w, first, &format!(r#"@.type() == "number" && {whole}"#), ":: bigint)")
        }
        JsonFunction::F64 => {
            // jsonb holds numbers that are too large or too small for it; the cast would fail.
            let fits = "@.abs() <= 1.7976931348623157e308 && (@ == 0 || @.abs() >= 5e-324)";
            write_typed(w, first, &format!(r#"@.type() == "number" && {fits}"#), ":: double precision)")
        }
        JsonFunction::Bool => write_typed(w, first, r#"@.type() == "boolean""#, ":: boolean)"),
        JsonFunction::Decimal => {
            w.push("trim_scale(round(");
            let fits = r#"@.type() == "number" && @ > -1e28 && @ < 1e28"#;
            write_typed(w, first, fits, ":: numeric)")?;
            w.push(", 28))");
            Ok(())
        }
        JsonFunction::IsNull => {
            w.push("(");
            write_value(w, first)?;
            w.push(" = 'null'::jsonb)");
            Ok(())
        }
        JsonFunction::HasKeys => write_keys(w, first, "?&", rest),
        JsonFunction::HasAnyKey => write_keys(w, first, "?|", rest),
        JsonFunction::Contains => write_containment(w, args, " @> "),
        JsonFunction::ContainedBy => write_containment(w, args, " <@ "),
        JsonFunction::Length => {
            w.push("CAST(jsonb_array_length(");
            write_typed(w, first, r#"@.type() == "array""#, ")")?;
            w.push(") AS bigint)");
            Ok(())
        }
        JsonFunction::Object => write_members(w, "jsonb_build_object(", args, 2),
        JsonFunction::Array => write_members(w, "jsonb_build_array(", args, 1),
        JsonFunction::SetKey => {
            let [_, key, value] = arguments::<3>(args)?;
            write_if_object(w, first, " || ", |w| {
                write_members(w, "jsonb_build_object(", &[key.clone(), value.clone()], 2)
            })
        }
        JsonFunction::RemoveKey => {
            let [_, key] = arguments::<2>(args)?;
            write_if_object(w, first, " - ", |w| write_value(w, key))
        }
    }
}

/// Equality: jsonb's own.
pub(super) fn write_equal(w: &mut SqlWriter, left: &Expr, right: &Expr) -> Result<()> {
    write_value(w, left)?;
    w.push(" = ");
    write_value(w, right)
}

/// `((doc -> key) -> index)`: an operator for each step, because a key and an index are different things to it.
fn write_path(w: &mut SqlWriter, document: &Expr, steps: &[Step<'_>]) -> Result<()> {
    for step in steps.iter().rev() {
        // `5 -> 0` is 5: a scalar is an array of one to that operator.
        w.push(if *step == Step::Index(0) { "jsonb_path_query_first(" } else { "(" });
    }
    write_value(w, document)?;
    for step in steps {
        match step {
            Step::Key(key) => {
                w.push(" -> ");
                w.value_alone(&Value::Text((*key).to_owned()))?;
                w.push(")");
            }
            Step::Index(0) => w.push(", 'strict $[0]', '{}', true)"),
            Step::Index(index) => {
                w.push(" -> ");
                w.value_alone(&Value::I32(i32::try_from(*index).unwrap_or(i32::MAX)))?;
                w.push(")");
            }
        }
    }
    Ok(())
}

/// A document for which `condition` is true, else NULL; then `after`.
fn write_typed(w: &mut SqlWriter, expr: &Expr, condition: &str, after: &str) -> Result<()> {
    w.push("(jsonb_path_query_first(");
    write_value(w, expr)?;
    w.push(", 'strict $ ? (");
    w.push(condition);
    w.push(")') ");
    w.push(after);
    Ok(())
}

/// The operators find strings in arrays, too.
fn write_keys(w: &mut SqlWriter, document: &Expr, operator: &str, keys: &[Expr]) -> Result<()> {
    w.push("(");
    if !keys.is_empty() {
        write_value(w, document)?;
        w.push(" ");
        w.push(operator);
        w.push(" ARRAY[");
        for (index, key) in keys.iter().enumerate() {
            w.push(if index > 0 { ", " } else { "" });
            write_value(w, key)?;
        }
        w.push("] AND ");
    }
    w.push("jsonb_typeof(");
    write_value(w, document)?;
    w.push(") = 'object')");
    Ok(())
}

fn write_containment(w: &mut SqlWriter, args: &[Expr], operator: &str) -> Result<()> {
    let [left, right] = arguments::<2>(args)?;
    w.push("(");
    write_value(w, left)?;
    w.push(operator);
    write_value(w, right)?;
    w.push(")");
    Ok(())
}

/// Members of an object or array; of each `every`, the last is a value and the others are keys.
fn write_members(w: &mut SqlWriter, name: &str, args: &[Expr], every: usize) -> Result<()> {
    w.push(name);
    for (index, arg) in args.iter().enumerate() {
        w.push(if index > 0 { ", " } else { "" });
        if index % every == every - 1 {
            write_member(w, arg)?;
        } else {
            write_value(w, arg)?;
        }
    }
    w.push(")");
    Ok(())
}

/// A value as jsonb would not write it by itself: times to the microsecond, single precision as double.
fn write_member(w: &mut SqlWriter, expr: &Expr) -> Result<()> {
    let (before, after) = match member_kind(expr)? {
        ValueKind::F32 => ("CAST(", " AS double precision)"),
        ValueKind::Time => ("to_char(", ", 'HH24:MI:SS.US')"),
        ValueKind::DateTime => ("to_char(", r#", 'YYYY-MM-DD"T"HH24:MI:SS.US')"#),
        ValueKind::Timestamp => ("to_char(", r#" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"#),
        _ => ("", ""),
    };
    w.push(before);
    write_value(w, expr)?;
    w.push(after);
    Ok(())
}

fn write_if_object(
    w: &mut SqlWriter,
    document: &Expr,
    operator: &str,
    right: impl FnOnce(&mut SqlWriter) -> Result<()>,
) -> Result<()> {
    w.push("CASE jsonb_typeof(");
    write_value(w, document)?;
    w.push(") WHEN 'object' THEN ");
    write_value(w, document)?;
    w.push(operator);
    right(w)?;
    w.push(" ELSE ");
    write_value(w, document)?;
    w.push(" END");
    Ok(())
}
