//! What the key of a row becomes when the row that it leads to is deleted.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

use crate::ast::{Assignment, Expr, Node, RawPart, ResultType};
use crate::error::{Error, FieldError, Result, ValueError};
use crate::schema::{DbDefault, FieldMeta, OnDelete, RelationMeta};
use crate::value::{Value, ValueKind};

/// The assignments to a relation's fields.
pub(super) fn new_key(relation: &'static RelationMeta) -> Result<Vec<Assignment>> {
    let fields: Vec<_> = relation.pairs().map(|(field, _)| field).collect();
    let values = match relation.on_delete {
        OnDelete::SetDefault => fields.iter().map(|field| default(field)).collect::<Result<_>>()?,
        OnDelete::Set(value) => {
            let placed = |error| FieldError::new((relation.from)().name, relation.name, error);
            let values = (value.0)().map_err(placed)?;
            values.into_iter().map(Expr::Value).collect()
        }
        OnDelete::SetNull
        | OnDelete::NoAction
        | OnDelete::Protect
        | OnDelete::Restrict
        | OnDelete::Cascade => no_key(&fields),
    };
    Ok(fields.into_iter().zip(values).map(|(field, value)| Assignment { field, value }).collect())
}

/// The assignments that let go of whatever a relation leads to.
pub(super) fn without_key(relation: &'static RelationMeta) -> Vec<Assignment> {
    let fields: Vec<_> = relation.pairs().map(|(field, _)| field).collect();
    let values = no_key(&fields);
    fields.into_iter().zip(values).map(|(field, value)| Assignment { field, value }).collect()
}

fn no_key(fields: &[&'static FieldMeta]) -> Vec<Expr> {
    fields.iter().map(|field| Expr::Value(Value::Null(field.kind))).collect()
}

/// A field's default of the database as an expression: not every database knows the word DEFAULT in an assignment.
fn default(field: &'static FieldMeta) -> Result<Expr> {
    let value = match field.db_default {
        Some(DbDefault::Bool(value)) => Some(Value::Bool(value)),
        Some(DbDefault::Integer(value)) => integer(value, field.kind),
        Some(DbDefault::Float(value)) => float(value, field.kind),
        Some(DbDefault::Text(text)) => Some(Value::Text(text.to_owned())),
        Some(DbDefault::Now) => time_of(Utc::now(), field.kind),
        Some(DbDefault::Sql(sql)) => {
            let result = ResultType { kind: field.kind, nullable: field.nullable };
            return Ok(Node::raw(vec![RawPart::Sql(sql)], 1, result).expr);
        }
        None => None,
    };
    value.map(Expr::Value).ok_or_else(|| {
        let error =
            ValueError::Invalid("the default of the database is not a value of the field's type".into());
        Error::from(FieldError::new(field.model, field.name, error))
    })
}

fn integer(value: i64, kind: ValueKind) -> Option<Value> {
    #[allow(clippy::cast_precision_loss, reason = "a default of a float that is written as an integer")]
    let float = value as f64;
    match kind {
        ValueKind::I16 => value.try_into().ok().map(Value::I16),
        ValueKind::I32 => value.try_into().ok().map(Value::I32),
        ValueKind::I64 => Some(Value::I64(value)),
        ValueKind::U32 => value.try_into().ok().map(Value::U32),
        ValueKind::U64 => value.try_into().ok().map(Value::U64),
        ValueKind::Decimal => Some(Value::Decimal(Decimal::from(value))),
        other => self::float(float, other),
    }
}

fn float(value: f64, kind: ValueKind) -> Option<Value> {
    #[allow(clippy::cast_possible_truncation, reason = "the column is no wider")]
    let single = value as f32;
    match kind {
        ValueKind::F32 => Some(Value::F32(single)),
        ValueKind::F64 => Some(Value::F64(value)),
        ValueKind::Decimal => Decimal::from_f64(value).map(Value::Decimal),
        _ => None,
    }
}

/// A time as the value of a column.
pub(in crate::exec) fn time_of(now: DateTime<Utc>, kind: ValueKind) -> Option<Value> {
    match kind {
        ValueKind::Date => Some(Value::Date(now.date_naive())),
        ValueKind::Time => Some(Value::Time(now.time())),
        ValueKind::DateTime => Some(Value::DateTime(now.naive_utc())),
        ValueKind::Timestamp => Some(Value::Timestamp(now)),
        _ => None,
    }
}
