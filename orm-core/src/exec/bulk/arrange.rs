//! Rows in the order in which they were given, whatever order the database gives them back in.
//!
//! Databases say nothing about the order of what an INSERT gives back, though all give it as they insert. So it is looked
//! at: rows whose key was given, or whose unique values say who they are, are found by these; keys that the database
//! counts are counted in the order of the rows, so by them rows are sorted.

use std::collections::HashMap;

use super::draft::{position, push_bytes};
use crate::error::Result;
use crate::model::Model;
use crate::schema::FieldMeta;
use crate::value::{RowValues, Value, ValueRef};

/// What tells which new row a row is.
pub(super) enum Known {
    /// The values of these fields, of each new row.
    Values(Vec<&'static FieldMeta>, Vec<Vec<Value>>),
    /// The key that the database counts.
    Counted(&'static FieldMeta),
    /// Nothing.
    Unknown,
}

impl Known {
    /// What tells which of the new rows a row is: the `target` of a conflict, or the key.
    pub(super) fn of<M: Model>(
        target: &[&'static FieldMeta],
        given: &[&'static FieldMeta],
        rows: &RowValues,
    ) -> Self {
        let fields: Vec<_> = if target.is_empty() { M::META.key_fields().collect() } else { target.to_vec() };
        let places: Option<Vec<usize>> =
            fields.iter().map(|field| given.iter().position(|other| other == field)).collect();
        if let Some(places) = places {
            let series: Vec<_> = places.iter().filter_map(|at| rows.series().get(*at)).collect();
            let of = |at| series.iter().filter_map(|series| series.get(at)).map(ValueRef::to_value).collect();
            return Known::Values(fields, (0..rows.len()).map(of).collect());
        }
        match fields[..] {
            [field] if field.is_identity() => Known::Counted(field),
            _ => Known::Unknown,
        }
    }

    /// The rows in the order of the new ones.
    ///
    /// # Errors
    /// A value was not loaded.
    pub(super) fn arrange<M: Model>(&self, mut rows: Vec<M>) -> Result<Vec<M>> {
        match self {
            Known::Values(fields, wanted) => {
                let at: Vec<usize> = fields.iter().filter_map(|field| position::<M>(field)).collect();
                by_values(rows, &at, wanted)
            }
            Known::Counted(field) => {
                let at = position::<M>(field).unwrap_or_default();
                let mut number = Vec::with_capacity(rows.len());
                for row in &rows {
                    number.push(integer(&row.value(at)?));
                }
                if !number.is_sorted() {
                    rows.sort_by_cached_key(|row| row.value(at).map_or(0, |value| integer(&value)));
                }
                Ok(rows)
            }
            Known::Unknown => Ok(rows),
        }
    }
}

fn by_values<M: Model>(rows: Vec<M>, at: &[usize], wanted: &[Vec<Value>]) -> Result<Vec<M>> {
    let values_of = |row: &M| at.iter().map(|at| row.value(*at)).collect::<Result<Vec<_>, _>>();
    let mut in_order = rows.len() == wanted.len();
    for (row, wanted) in rows.iter().zip(wanted) {
        in_order = in_order && values_of(row)? == *wanted;
    }
    if in_order {
        return Ok(rows);
    }
    let mut places: HashMap<Vec<u8>, Vec<usize>> = HashMap::with_capacity(wanted.len());
    for (place, values) in wanted.iter().enumerate().rev() {
        places.entry(bytes(values)).or_default().push(place);
    }
    let mut place_of = |values: Vec<u8>| places.get_mut(&values).and_then(Vec::pop);
    let found = rows.iter().map(|row| Ok(bytes(&values_of(row)?))).collect::<Result<Vec<_>>>()?;
    let Some(order) = found.into_iter().map(&mut place_of).collect::<Option<Vec<usize>>>() else {
        // A trigger has changed them: what is left is the statement's order.
        return Ok(rows);
    };
    let mut numbered: Vec<(usize, M)> = order.into_iter().zip(rows).collect();
    numbered.sort_by_key(|(place, _)| *place);
    Ok(numbered.into_iter().map(|(_, row)| row).collect())
}

fn bytes(values: &[Value]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for value in values {
        push_bytes(&mut bytes, value);
    }
    bytes
}

/// What several statements gave, each for the rows at its places.
pub(super) struct InPlaces<T> {
    places: Vec<usize>,
    given: Vec<T>,
}

impl<T> Default for InPlaces<T> {
    fn default() -> Self {
        InPlaces { places: Vec::new(), given: Vec::new() }
    }
}

impl<T> InPlaces<T> {
    /// Adds what one statement gave: as many as there are places.
    pub(super) fn push(&mut self, places: Vec<usize>, given: Vec<T>) {
        if self.given.is_empty() {
            // Mostly there are no others.
            (self.places, self.given) = (places, given);
        } else {
            self.places.extend(places);
            self.given.extend(given);
        }
    }

    /// All of it in the order of the places.
    pub(super) fn in_order(self) -> Vec<T> {
        if self.places.is_sorted() {
            return self.given;
        }
        let mut numbered: Vec<(usize, T)> = self.places.into_iter().zip(self.given).collect();
        numbered.sort_unstable_by_key(|(place, _)| *place);
        numbered.into_iter().map(|(_, given)| given).collect()
    }
}

/// An integer of any kind.
pub(super) fn integer(value: &Value) -> i128 {
    match value {
        Value::I16(number) => (*number).into(),
        Value::I32(number) => (*number).into(),
        Value::I64(number) => (*number).into(),
        Value::U32(number) => (*number).into(),
        Value::U64(number) => (*number).into(),
        _ => 0,
    }
}
