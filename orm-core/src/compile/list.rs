//! Membership in a list of values: a parameter for each, or one for all of a long list.

use std::fmt::Write;

use super::expr::write_operand;
use super::json::{self, is_json};
use super::writer::SqlWriter;
use crate::ast::InList;
use crate::error::{FieldError, Result};
use crate::schema::FieldMeta;
use crate::value::{Value, ValueKind};

/// Longer lists travel as one JSON document, so that neither the text grows nor the protocol's number of parameters ends
/// them.
const LONG: usize = 2_000;

/// `expr IN (…)`.
pub(crate) fn write_in_list(w: &mut SqlWriter, list: &InList) -> Result<()> {
    let Some(first) = list.values.first() else {
        w.push("1 = 0");
        return Ok(());
    };
    if is_json(&list.expr) && !w.spelling.capability().json_in {
        return json::write_in_list(w, list);
    }
    let field = list.expr.field_meta();
    write_operand(w, &list.expr)?;
    w.push(" IN (");
    let document = if list.values.len() > LONG { document(&list.values) } else { None };
    match document {
        Some(document) if !w.is_literal() => {
            for value in &list.values {
                check(w, value, field)?;
            }
            w.spelling.write_long_list(w, first.kind(), document)?;
        }
        _ => {
            for (index, value) in list.values.iter().enumerate() {
                if index > 0 {
                    w.push(", ");
                }
                w.value(value, field)?;
            }
        }
    }
    w.push(")");
    Ok(())
}

fn check(w: &SqlWriter, value: &Value, field: Option<&'static FieldMeta>) -> Result<()> {
    w.spelling.check_value(value).map_err(|error| match field {
        Some(field) => FieldError::new(field.model, field.name, error).into(),
        None => error.into(),
    })
}

/// The values as a JSON array, if they are all of one kind that JSON holds without loss: integers, and text.
fn document(values: &[Value]) -> Option<String> {
    let kind = values.first()?.kind();
    let mut json = String::with_capacity(values.len() * 8);
    for value in values {
        json.push(if json.is_empty() { '[' } else { ',' });
        if value.kind() != kind {
            return None;
        }
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
            | Value::Duration(_) => return None,
        };
    }
    json.push(']');
    Some(json)
}

/// Whether a list of this kind is one of text, rather than of integers.
pub(crate) fn is_text(kind: ValueKind) -> bool {
    kind == ValueKind::Text
}
