//! Membership in a list of values: one array, or parameters whose number takes few forms, so that few texts are prepared.

use std::fmt::Write;

use super::dialect::Dialect;
use super::expr::write_operand;
use super::json::{self, is_json};
use super::writer::SqlWriter;
use crate::ast::{InList, InTuples};
use crate::error::{Error, Result};
use crate::value::{Value, ValueKind};

/// Longer lists travel as one JSON document, so that neither the text grows nor the protocol's number of parameters ends
/// them.
const LONG: usize = 2_000;

/// In a statement with more parameters than this, lists are not padded: it shall not be the padding that is too much.
const PADDED_TO: usize = 8_192;

/// `expr IN (…)`.
pub(crate) fn write_in_list(w: &mut SqlWriter, list: &InList) -> Result<()> {
    if list.values.is_empty() {
        w.push("1 = 0");
        return Ok(());
    }
    if is_json(&list.expr) && !w.spelling.capability().json_in {
        return json::write_in_list(w, list);
    }
    write_operand(w, &list.expr)?;
    if w.is_literal() {
        return write_each(w, list, list.values.len());
    }
    w.spelling.write_list(w, list)
}

/// ` IN (…)` with a parameter for each value, the last repeated until there are `length`.
fn write_each(w: &mut SqlWriter, list: &InList, length: usize) -> Result<()> {
    let field = list.expr.field_meta();
    for (index, value) in repeated(&list.values, length).enumerate() {
        w.push(if index == 0 { " IN (" } else { ", " });
        w.value(value, field)?;
    }
    w.push(")");
    Ok(())
}

/// ` = ANY(…)` with one parameter for all values. One value alone is compared like any other.
pub(crate) fn write_array(w: &mut SqlWriter, list: &InList) -> Result<()> {
    let Some(kind) = one_kind(&list.values).filter(|_| list.values.len() > 1) else {
        return write_each(w, list, list.values.len());
    };
    w.push(" = ANY(");
    w.array(kind, list.values.clone(), list.expr.field_meta())?;
    w.push(")");
    Ok(())
}

/// ` IN (…)` with as many parameters as a power of two, or with what `write_long` makes of the values as a JSON array.
pub(crate) fn write_padded(
    w: &mut SqlWriter,
    list: &InList,
    write_long: impl FnOnce(&mut SqlWriter, ValueKind, String) -> Result<()>,
) -> Result<()> {
    let length = list.values.len();
    if length <= LONG {
        return write_each(w, list, padded(w, length, 1));
    }
    let Some((kind, document)) = document(&list.values) else { return write_each(w, list, length) };
    for value in &list.values {
        w.check(value, list.expr.field_meta())?;
    }
    w.push(" IN (");
    write_long(w, kind, document)?;
    w.push(")");
    Ok(())
}

/// `(expr, …) IN (…)`.
pub(crate) fn write_in_tuples(w: &mut SqlWriter, list: &InTuples) -> Result<()> {
    if list.columns.iter().all(Vec::is_empty) {
        w.push("1 = 0");
        return Ok(());
    }
    if list.exprs.iter().any(is_json) && !w.spelling.capability().json_in {
        return Err(Error::unsupported(
            "a JSON document among values that are compared together",
            w.spelling.dialect().name(),
        ));
    }
    for (index, expr) in list.exprs.iter().enumerate() {
        w.push(if index == 0 { "(" } else { ", " });
        write_operand(w, expr)?;
    }
    w.push(") IN (");
    w.spelling.write_tuples(w, list)?;
    w.push(")");
    Ok(())
}

/// Rows of parameters, the last repeated until they are as many as a power of two.
pub(crate) fn write_rows(w: &mut SqlWriter, list: &InTuples) -> Result<()> {
    let rows = list.columns.first().map_or(0, Vec::len);
    let length = padded(w, rows, list.columns.len());
    for at in 0..length {
        w.push(if at == 0 { "(" } else { ", (" });
        for (index, (expr, column)) in list.exprs.iter().zip(&list.columns).enumerate() {
            w.push(if index == 0 { "" } else { ", " });
            if let Some(value) = column.get(at).or(column.last()) {
                w.value(value, expr.field_meta())?;
            }
        }
        w.push(")");
    }
    Ok(())
}

/// A SELECT from one array for each column.
pub(crate) fn write_unnest(w: &mut SqlWriter, list: &InTuples) -> Result<()> {
    w.push("SELECT * FROM UNNEST(");
    for (index, (expr, column)) in list.exprs.iter().zip(&list.columns).enumerate() {
        w.push(if index == 0 { "" } else { ", " });
        // NULLs are never in the list, so the first value tells what all are.
        let kind = column.first().map(Value::kind).or(expr.kind()).unwrap_or(ValueKind::Text);
        w.array_alone(kind, column.clone(), expr.field_meta())?;
    }
    w.push(")");
    Ok(())
}

/// How many places a list of `length` gets, each with `width` parameters.
fn padded(w: &SqlWriter, length: usize, width: usize) -> usize {
    let places = length.next_power_of_two();
    let params = places.saturating_mul(width).saturating_add(w.params.len());
    if params <= PADDED_TO && !w.is_literal() { places } else { length }
}

fn repeated(values: &[Value], length: usize) -> impl Iterator<Item = &Value> {
    values.iter().chain(values.last().into_iter().cycle()).take(length)
}

/// The kind of all values, if it is one.
fn one_kind(values: &[Value]) -> Option<ValueKind> {
    let kind = values.first()?.kind();
    values.iter().all(|value| value.is_of(kind)).then_some(kind)
}

/// How many rows of values such as these a list may have, so that half of a statement's parameters are left for the rest of
/// it.
pub(crate) fn rows_at_once(dialect: Dialect, row: &[Value]) -> usize {
    let capability = dialect.capability();
    match row {
        _ if capability.array_params => usize::MAX,
        [value] if document(std::slice::from_ref(value)).is_some() => usize::MAX,
        row => capability.max_params / 2 / row.len().max(1),
    }
}

/// The values as a JSON array, if they are all of one kind that JSON holds without loss: integers, and text.
fn document(values: &[Value]) -> Option<(ValueKind, String)> {
    let kind = one_kind(values)?;
    let mut json = String::with_capacity(values.len() * 8);
    for value in values {
        json.push(if json.is_empty() { '[' } else { ',' });
        // Writing to a String cannot fail.
        let _ = match value {
            Value::I16(number) => write!(json, "{number}"),
            Value::I32(number) => write!(json, "{number}"),
            Value::I64(number) => write!(json, "{number}"),
            Value::U32(number) => write!(json, "{number}"),
            Value::U64(number) => write!(json, "{number}"),
            Value::Text(text) => write!(json, "{}", serde_json::Value::from(text.as_str())),
            Value::Null(_)
            | Value::Bool(_)
            | Value::F32(_)
            | Value::F64(_)
            | Value::Bytes(_)
            | Value::Decimal(_)
            | Value::Uuid(_)
            | Value::Json(_)
            | Value::Date(_)
            | Value::Time(_)
            | Value::DateTime(_)
            | Value::Timestamp(_)
            | Value::Duration(_)
            | Value::Array(_) => return None,
        };
    }
    json.push(']');
    Some((kind, json))
}
