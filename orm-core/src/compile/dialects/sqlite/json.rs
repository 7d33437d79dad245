//! JSON on SQLite: text, and the driver's functions, which read it as the other databases do.

use crate::ast::{Expr, Function, JsonFunction};
use crate::compile::case::write_value;
use crate::compile::function::json::{arguments, document, member_kind};
use crate::compile::function::write_call;
use crate::compile::writer::SqlWriter;
use crate::error::Result;
use crate::value::ValueKind;

/// A function of JSON documents.
pub(super) fn write(w: &mut SqlWriter, function: JsonFunction, args: &[Expr]) -> Result<()> {
    let (first, _) = document(args);
    match function {
        JsonFunction::Get if args.len() == 1 => write_value(w, first),
        JsonFunction::Get => write_call(w, "orm_json_get", args),
        JsonFunction::Text => write_at(w, "orm_json_text", first),
        JsonFunction::I64 => write_at(w, "orm_json_i64", first),
        JsonFunction::F64 => write_at(w, "orm_json_f64", first),
        JsonFunction::Bool => write_at(w, "orm_json_bool", first),
        JsonFunction::Decimal => write_at(w, "orm_json_decimal", first),
        JsonFunction::IsNull => write_at(w, "orm_json_is_null", first),
        JsonFunction::Length => write_at(w, "orm_json_length", first),
        JsonFunction::HasKeys => write_call(w, "orm_json_has_keys", args),
        JsonFunction::HasAnyKey => write_call(w, "orm_json_has_any_key", args),
        JsonFunction::Contains => write_call(w, "orm_json_contains", args),
        JsonFunction::ContainedBy => {
            let [inner, outer] = arguments::<2>(args)?;
            write_pair(w, "orm_json_contains(", outer, inner)
        }
        JsonFunction::Object => write_members(w, "orm_json_object(", args, 2),
        JsonFunction::Array => write_members(w, "orm_json_array(", args, 1),
        JsonFunction::SetKey => {
            let [document, key, value] = arguments::<3>(args)?;
            w.push("orm_json_set(");
            write_value(w, document)?;
            w.push(", ");
            write_value(w, key)?;
            w.push(", ");
            write_member(w, value)?;
            w.push(")");
            Ok(())
        }
        JsonFunction::RemoveKey => write_call(w, "orm_json_remove", args),
    }
}

/// Equality of two documents.
pub(super) fn write_equal(w: &mut SqlWriter, left: &Expr, right: &Expr) -> Result<()> {
    write_pair(w, "orm_json_equal(", left, right)
}

fn write_pair(w: &mut SqlWriter, name: &str, left: &Expr, right: &Expr) -> Result<()> {
    w.push(name);
    write_value(w, left)?;
    w.push(", ");
    write_value(w, right)?;
    w.push(")");
    Ok(())
}

/// A function of what is at a path, which it follows itself: a document is read once.
fn write_at(w: &mut SqlWriter, name: &str, expr: &Expr) -> Result<()> {
    match expr {
        Expr::Function(call) if call.function == Function::Json(JsonFunction::Get) => {
            write_call(w, name, &call.args)
        }
        expr => write_call(w, name, std::slice::from_ref(expr)),
    }
}

/// Of each `every` arguments the last is a value, the others are keys.
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

/// A value as JSON; what is stored does not tell what it means.
fn write_member(w: &mut SqlWriter, expr: &Expr) -> Result<()> {
    w.push(match member_kind(expr)? {
        ValueKind::Bool => "orm_json_of('bool', ",
        ValueKind::Decimal => "orm_json_of('decimal', ",
        ValueKind::Uuid => "orm_json_of('uuid', ",
        ValueKind::Json => "orm_json_of('json', ",
        ValueKind::Time => "orm_json_of('time', ",
        ValueKind::DateTime => "orm_json_of('datetime', ",
        ValueKind::Timestamp => "orm_json_of('timestamp', ",
        ValueKind::I16
        | ValueKind::I32
        | ValueKind::I64
        | ValueKind::U32
        | ValueKind::U64
        | ValueKind::F32
        | ValueKind::F64
        | ValueKind::Text
        | ValueKind::Bytes
        | ValueKind::Date
        | ValueKind::Duration => "orm_json_of('plain', ",
    });
    write_value(w, expr)?;
    w.push(")");
    Ok(())
}
