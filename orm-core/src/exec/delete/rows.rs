//! The rows of one model that are to be deleted, each once.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::mem::discriminant;

use super::graph::leading_to;
use crate::schema::{FieldMeta, ModelMeta};
use crate::value::Value;

/// Rows of one model.
pub(super) struct Rows {
    pub(super) model: &'static ModelMeta,
    /// What is known of each row: its key, the keys it holds, and what others hold of it.
    pub(super) fields: Vec<&'static FieldMeta>,
    /// Their values, in the order in which they were found.
    pub(super) found: Vec<Vec<Value>>,
    /// The rows by key.
    by_key: HashMap<RowKey, usize>,
    /// Of how many of them those that point at them are known.
    pub(super) followed: usize,
}

impl Rows {
    pub(super) fn new(model: &'static ModelMeta) -> Self {
        let mut fields: Vec<_> = model.key_fields().collect();
        let stored = model.relations.iter().filter(|relation| relation.is_stored());
        let held = stored.flat_map(|relation| relation.pairs().map(|(field, _)| field));
        let targets = leading_to(model).into_iter();
        let targets = targets.flat_map(|relation| relation.pairs().map(|(_, target)| target));
        for field in held.chain(targets) {
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
        Rows { model, fields, found: Vec::new(), by_key: HashMap::new(), followed: 0 }
    }

    /// Adds rows; those that are there already are left out.
    pub(super) fn extend(&mut self, rows: Vec<Vec<Value>>) {
        for row in rows {
            let key = RowKey(self.key(&row).into());
            let next = self.found.len();
            if *self.by_key.entry(key).or_insert(next) == next {
                self.found.push(row);
            }
        }
    }

    /// The key among the values of a row.
    pub(super) fn key<'r>(&self, row: &'r [Value]) -> &'r [Value] {
        row.get(..self.model.primary_key.len()).unwrap_or_default()
    }

    /// The keys of all rows.
    pub(super) fn keys(&self) -> Vec<Vec<Value>> {
        self.found.iter().map(|row| self.key(row).to_vec()).collect()
    }

    /// Whether the row with this key is among them.
    pub(super) fn contains(&self, key: &[Value]) -> bool {
        self.by_key.contains_key(&RowKey(key.into()))
    }

    /// The values of these fields in a row; none where one is NULL.
    pub(super) fn values(&self, row: usize, fields: &[&'static FieldMeta]) -> Option<Vec<Value>> {
        let row = self.found.get(row)?;
        fields
            .iter()
            .map(|field| {
                let at = self.fields.iter().position(|known| known == field)?;
                row.get(at).filter(|value| !value.is_null()).cloned()
            })
            .collect()
    }

    /// The rows by the values of these fields, which are different in all of them.
    pub(super) fn by(&self, fields: &[&'static FieldMeta]) -> HashMap<RowKey, usize> {
        let rows = 0..self.found.len();
        rows.filter_map(|row| Some((RowKey(self.values(row, fields)?.into()), row))).collect()
    }
}

/// Values by which a row is known. Floats are among them only if a relation leads to a unique float, and NaN then counts
/// as a value of its own each time.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::exec) struct RowKey(pub(super) Box<[Value]>);

impl RowKey {
    pub(in crate::exec) fn new(values: Vec<Value>) -> Self {
        RowKey(values.into())
    }

    pub(in crate::exec) fn into_values(self) -> Vec<Value> {
        self.0.into_vec()
    }
}

impl Eq for RowKey {}

impl Hash for RowKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for value in &self.0 {
            discriminant(value).hash(state);
            match value {
                // Equal where they are of one kind; floats, whose zeros are equal, and arrays are no keys in earnest.
                Value::Null(_) | Value::F32(_) | Value::F64(_) | Value::Array(_) => {}
                Value::Bool(value) => value.hash(state),
                Value::I16(value) => value.hash(state),
                Value::I32(value) => value.hash(state),
                Value::I64(value) | Value::Duration(value) => value.hash(state),
                Value::U32(value) => value.hash(state),
                Value::U64(value) => value.hash(state),
                Value::Text(value) | Value::Json(value) => value.hash(state),
                Value::Bytes(value) => value.hash(state),
                Value::Decimal(value) => value.hash(state),
                Value::Uuid(value) => value.hash(state),
                Value::Date(value) => value.hash(state),
                Value::Time(value) => value.hash(state),
                Value::DateTime(value) => value.hash(state),
                Value::Timestamp(value) => value.hash(state),
            }
        }
    }
}
