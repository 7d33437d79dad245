//! JSON on MySQL, which has a binary type for it, and on MariaDB, where it is text.

mod containment;

use super::MySqlFamily;
use crate::ast::{Expr, JsonFunction};
use crate::compile::case::write_value;
use crate::compile::dialect::Dialect;
use crate::compile::function::json::{Step, arguments, document, member_kind, path_text, steps_in, steps_of};
use crate::compile::writer::SqlWriter;
use crate::error::{Error, Result};
use crate::value::{Value, ValueKind};

/// What a number can be called.
const NUMBERS: &str = "'INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL'";

/// A function of JSON documents.
pub(super) fn write(
    w: &mut SqlWriter,
    function: JsonFunction,
    args: &[Expr],
    family: &MySqlFamily,
) -> Result<()> {
    let (first, rest) = document(args);
    let dialect = family.dialect;
    match function {
        JsonFunction::Get => write_extract(w, first, &steps_in(rest), dialect),
        JsonFunction::Text => {
            w.push("(");
            write_typed(w, first, "'STRING'", |w| write_unquoted(w, first))?;
            w.push(family.collated);
            Ok(())
        }
        JsonFunction::I64 => write_i64(w, first),
        JsonFunction::F64 => write_typed(w, first, NUMBERS, |w| write_number(w, first, "DOUBLE")),
        JsonFunction::Bool => write_typed(w, first, "'BOOLEAN'", |w| {
            write_unquoted(w, first)?;
            w.push(" = 'true'");
            Ok(())
        }),
        JsonFunction::Decimal => write_typed(w, first, NUMBERS, |w| {
            w.push("CASE WHEN ABS(");
            write_number(w, first, "DOUBLE")?;
            w.push(") < 1e28 THEN ROUND(");
            write_number(w, first, "DECIMAL(65, 30)")?;
            w.push(", 28) END");
            Ok(())
        }),
        JsonFunction::IsNull => {
            w.push("(");
            write_type(w, first)?;
            w.push(" = 'NULL')");
            Ok(())
        }
        JsonFunction::HasKeys if rest.is_empty() => {
            w.push("(");
            write_type(w, first)?;
            w.push(" = 'OBJECT')");
            Ok(())
        }
        JsonFunction::HasKeys => write_keys(w, first, "all", rest, dialect),
        JsonFunction::HasAnyKey => write_keys(w, first, "one", rest, dialect),
        JsonFunction::Contains => containment::write(w, args, false, dialect),
        JsonFunction::ContainedBy => containment::write(w, args, true, dialect),
        JsonFunction::Length => write_typed(w, first, "'ARRAY'", |w| {
            w.push("JSON_LENGTH(");
            write_value(w, first)?;
            w.push(")");
            Ok(())
        }),
        JsonFunction::Object => write_members(w, "JSON_OBJECT(", args, 2, dialect),
        JsonFunction::Array => write_members(w, "JSON_ARRAY(", args, 1, dialect),
        JsonFunction::SetKey => {
            let [document, key, value] = arguments::<3>(args)?;
            w.push("JSON_SET(");
            write_value(w, document)?;
            w.push(", ");
            write_path(w, &steps_in(std::slice::from_ref(key)), dialect)?;
            w.push(", ");
            write_member(w, value, dialect)?;
            w.push(")");
            Ok(())
        }
        JsonFunction::RemoveKey => {
            w.push("JSON_REMOVE(");
            write_value(w, first)?;
            w.push(", ");
            write_path(w, &steps_in(rest), dialect)?;
            w.push(")");
            Ok(())
        }
    }
}

/// Equality: MySQL's own of its type, MariaDB's function of texts.
pub(super) fn write_equal(w: &mut SqlWriter, left: &Expr, right: &Expr, dialect: Dialect) -> Result<()> {
    if dialect == Dialect::MySql {
        write_document(w, left, dialect)?;
        w.push(" = ");
        return write_document(w, right, dialect);
    }
    // JSON_EQUALS gives 1 for a column that is NULL (10.11).
    let nullable = [left, right].into_iter().filter(|side| side.is_nullable()).collect::<Vec<_>>();
    for (index, side) in nullable.iter().enumerate() {
        w.push(if index > 0 { " AND " } else { "CASE WHEN " });
        write_document(w, side, dialect)?;
        w.push(" IS NOT NULL");
    }
    w.push(if nullable.is_empty() { "" } else { " THEN " });
    w.push("JSON_EQUALS(");
    write_bracketed(w, left)?;
    w.push(", ");
    write_bracketed(w, right)?;
    w.push(if nullable.is_empty() { ")" } else { ") END" });
    Ok(())
}

/// A document as an array of one: of a number at its end `JSON_EQUALS` reads more than is there (10.11).
fn write_bracketed(w: &mut SqlWriter, expr: &Expr) -> Result<()> {
    if let Expr::Value(Value::Json(text)) = expr {
        return w.stored_value(Value::Json(format!("[{text}]")), None);
    }
    w.push("CONCAT('[', ");
    write_value(w, expr)?;
    w.push(", ']')");
    Ok(())
}

/// A document; a value gets its type, also in a schema.
fn write_document(w: &mut SqlWriter, expr: &Expr, dialect: Dialect) -> Result<()> {
    match expr {
        Expr::Value(value @ Value::Json(_)) => write_constant(w, value.clone(), dialect),
        expr => write_value(w, expr),
    }
}

fn write_constant(w: &mut SqlWriter, value: Value, dialect: Dialect) -> Result<()> {
    let typed = dialect == Dialect::MySql;
    w.push(if typed { "CAST(" } else { "" });
    w.stored_value(value, None)?;
    w.push(if typed { " AS JSON)" } else { "" });
    Ok(())
}

/// A path, bound.
fn write_path(w: &mut SqlWriter, steps: &[Step<'_>], dialect: Dialect) -> Result<()> {
    let minus = |step: &Step<'_>| matches!(step, Step::Key(key) if key.starts_with('-'));
    if dialect == Dialect::MariaDb && steps.iter().any(minus) {
        // Its path language takes the sign for that of an index from the end, in quotes too (10.11).
        return Err(Error::unsupported("a JSON key that begins with a minus", dialect.name()));
    }
    w.stored_value(Value::Text(path_text(steps)), None)
}

/// What is at a path. Anything is an array of one to `[0]`, so whatever it is asked of must be one.
fn write_extract(w: &mut SqlWriter, document: &Expr, steps: &[Step<'_>], dialect: Dialect) -> Result<()> {
    let firsts = steps.iter().enumerate().filter(|(_, step)| **step == Step::Index(0));
    let mut guarded = false;
    for (at, _) in firsts {
        w.push(if guarded { " AND " } else { "(CASE WHEN " });
        guarded = true;
        w.push("JSON_TYPE(");
        write_plain_extract(w, document, steps.get(..at).unwrap_or_default(), dialect)?;
        w.push(") = 'ARRAY'");
    }
    w.push(if guarded { " THEN " } else { "" });
    write_plain_extract(w, document, steps, dialect)?;
    w.push(if guarded { " END)" } else { "" });
    Ok(())
}

fn write_plain_extract(
    w: &mut SqlWriter,
    document: &Expr,
    steps: &[Step<'_>],
    dialect: Dialect,
) -> Result<()> {
    if steps.is_empty() {
        return write_value(w, document);
    }
    w.push("JSON_EXTRACT(");
    write_value(w, document)?;
    w.push(", ");
    write_path(w, steps, dialect)?;
    w.push(")");
    Ok(())
}

fn write_type(w: &mut SqlWriter, expr: &Expr) -> Result<()> {
    w.push("JSON_TYPE(");
    write_value(w, expr)?;
    w.push(")");
    Ok(())
}

fn write_unquoted(w: &mut SqlWriter, expr: &Expr) -> Result<()> {
    w.push("JSON_UNQUOTE(");
    write_value(w, expr)?;
    w.push(")");
    Ok(())
}

/// By way of text: MySQL 9.7 casts 2^64 - 1 in JSON to the decimal -1.
fn write_number(w: &mut SqlWriter, expr: &Expr, kind: &str) -> Result<()> {
    w.push("CAST(");
    write_unquoted(w, expr)?;
    w.push(" AS ");
    w.push(kind);
    w.push(")");
    Ok(())
}

/// A value made from a document of one of `types`, else NULL.
fn write_typed(
    w: &mut SqlWriter,
    expr: &Expr,
    types: &str,
    value: impl FnOnce(&mut SqlWriter) -> Result<()>,
) -> Result<()> {
    w.push("CASE WHEN ");
    write_type(w, expr)?;
    w.push(" IN (");
    w.push(types);
    w.push(") THEN ");
    value(w)?;
    w.push(" END");
    Ok(())
}

/// Whole numbers that fit; none is cast before it is known to.
fn write_i64(w: &mut SqlWriter, expr: &Expr) -> Result<()> {
    const DECIMAL: &str = "DECIMAL(65, 30)";
    write_typed(w, expr, NUMBERS, |w| {
        w.push("CASE WHEN ABS(");
        write_number(w, expr, "DOUBLE")?;
        w.push(") < 1e19 AND ");
        // A decimal has 30 places, and would round 1e-40 to a whole number.
        write_number(w, expr, "DOUBLE")?;
        w.push(" % 1 = 0 THEN CASE WHEN FLOOR(");
        write_number(w, expr, DECIMAL)?;
        w.push(") = ");
        write_number(w, expr, DECIMAL)?;
        w.push(" AND ");
        write_number(w, expr, DECIMAL)?;
        w.push(" BETWEEN -9223372036854775808 AND 9223372036854775807 THEN CAST(");
        write_number(w, expr, DECIMAL)?;
        w.push(" AS SIGNED) END END");
        Ok(())
    })
}

fn write_keys(w: &mut SqlWriter, document: &Expr, how: &str, keys: &[Expr], dialect: Dialect) -> Result<()> {
    w.push("JSON_CONTAINS_PATH(");
    write_value(w, document)?;
    w.push(", '");
    w.push(how);
    w.push("'");
    for key in keys {
        w.push(", ");
        write_path(w, &steps_in(std::slice::from_ref(key)), dialect)?;
    }
    w.push(")");
    Ok(())
}

/// Of each `every` arguments the last is a value, the others are keys.
fn write_members(w: &mut SqlWriter, name: &str, args: &[Expr], every: usize, dialect: Dialect) -> Result<()> {
    w.push(name);
    for (index, arg) in args.iter().enumerate() {
        w.push(if index > 0 { ", " } else { "" });
        if index % every == every - 1 {
            write_member(w, arg, dialect)?;
        } else {
            write_value(w, arg)?;
        }
    }
    w.push(")");
    Ok(())
}

/// A value as JSON. A boolean is a number to the server, and MariaDB's JSON is text to it unless a function gave it.
fn write_member(w: &mut SqlWriter, expr: &Expr, dialect: Dialect) -> Result<()> {
    let mysql = dialect == Dialect::MySql;
    let (before, after) = match member_kind(expr)? {
        ValueKind::Bool if mysql => ("CAST(ELT((", ") + 1, 'false', 'true') AS JSON)"),
        ValueKind::Bool => ("JSON_EXTRACT(ELT((", ") + 1, 'false', 'true'), '$')"),
        ValueKind::Json if mysql => ("", ""),
        ValueKind::Json => ("JSON_EXTRACT(", ", '$')"),
        ValueKind::Uuid if mysql => ("BIN_TO_UUID(", ")"),
        ValueKind::Uuid => ("LOWER(CAST(", " AS CHAR))"),
        ValueKind::F32 => ("CAST(", " AS DOUBLE)"),
        ValueKind::Date => ("DATE_FORMAT(", ", '%Y-%m-%d')"),
        ValueKind::Time => ("TIME_FORMAT(", ", '%H:%i:%s.%f')"),
        ValueKind::DateTime => ("DATE_FORMAT(", ", '%Y-%m-%dT%H:%i:%s.%f')"),
        ValueKind::Timestamp => ("DATE_FORMAT(", ", '%Y-%m-%dT%H:%i:%s.%fZ')"),
        ValueKind::I16
        | ValueKind::I32
        | ValueKind::I64
        | ValueKind::U32
        | ValueKind::U64
        | ValueKind::F64
        | ValueKind::Text
        | ValueKind::Bytes
        | ValueKind::Decimal
        | ValueKind::Duration => ("", ""),
    };
    w.push(before);
    write_document(w, expr, dialect)?;
    w.push(after);
    Ok(())
}

/// A document of which further parts are asked.
fn write_part(w: &mut SqlWriter, document: &Expr, keys: &[&str], dialect: Dialect) -> Result<()> {
    let (document, mut steps) = steps_of(document);
    steps.extend(keys.iter().copied().map(Step::Key));
    write_extract(w, document, &steps, dialect)
}
