//! Rows in the order in which they were given, whatever order the database gives them back in.
//!
//! Databases say nothing about the order of what an INSERT gives back, though all give it as they insert. So it is looked
//! at: rows whose key was given, or whose unique values say who they are, are found by these; keys that the database
//! counts are counted in the order of the rows, so by them rows are sorted.

use std::collections::HashMap;

use super::draft::push_bytes;
use crate::error::Result;
use crate::exec::any_row::{AnyRows, pick};
use crate::schema::{FieldMeta, ModelMeta};
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
    pub(super) fn of(
        model: &'static ModelMeta,
        target: &[&'static FieldMeta],
        given: &[&'static FieldMeta],
        rows: &RowValues,
    ) -> Self {
        let fields: Vec<_> = if target.is_empty() { model.key_fields().collect() } else { target.to_vec() };
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

    /// Puts the rows in the order of the new ones.
    ///
    /// # Errors
    /// A value was not loaded.
    pub(super) fn arrange(&self, model: &'static ModelMeta, rows: &mut dyn AnyRows) -> Result<()> {
        let fields = match self {
            Known::Values(fields, _) => &fields[..],
            Known::Counted(field) => std::slice::from_ref(field),
            Known::Unknown => return Ok(()),
        };
        let places: Vec<usize> = fields.iter().filter_map(|field| model.position(field)).collect();
        if places.is_empty() {
            return Ok(());
        }
        let mut found = Vec::with_capacity(rows.count() * places.len());
        for row in (0..rows.count()).filter_map(|at| rows.row(at)) {
            for at in &places {
                found.push(row.value_at(*at)?);
            }
        }
        let order = match self {
            Known::Values(_, wanted) => order_of(&found, places.len(), wanted),
            Known::Counted(_) | Known::Unknown => counted_order(&found),
        };
        if let Some(order) = order {
            pick(rows, &order);
        }
        Ok(())
    }
}

/// Which of the rows comes first, second and so on where these values are wanted; `found` are those of all rows, so many
/// each, at least one. `None` where they stay as they are.
fn order_of(found: &[Value], each: usize, wanted: &[Vec<Value>]) -> Option<Vec<usize>> {
    let found = found.chunks_exact(each);
    if found.clone().eq(wanted.iter().map(Vec::as_slice)) {
        return None;
    }
    let mut places: HashMap<Vec<u8>, Vec<usize>> = HashMap::with_capacity(wanted.len());
    for (place, values) in wanted.iter().enumerate().rev() {
        places.entry(bytes(values)).or_default().push(place);
    }
    // Where a row has no place, a trigger has changed it: what is left is the statement's order.
    let place_of: Option<Vec<usize>> =
        found.map(|values| places.get_mut(&bytes(values)).and_then(Vec::pop)).collect();
    Some(sorted_by(&place_of?))
}

/// The same for keys that the database has counted.
fn counted_order(found: &[Value]) -> Option<Vec<usize>> {
    let keys: Vec<i128> = found.iter().map(integer).collect();
    if keys.is_sorted() { None } else { Some(sorted_by(&keys)) }
}

/// Where the lowest key is, the second and so on.
fn sorted_by<K: Ord>(keys: &[K]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by(|one, other| keys[*one].cmp(&keys[*other]));
    order
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
        let mut given: Vec<_> = self.places.into_iter().zip(self.given).collect();
        given.sort_by_key(|(place, _)| *place);
        given.into_iter().map(|(_, given)| given).collect()
    }
}

/// What several statements gave, each for the rows at its places: as [`InPlaces`] for rows whose type is not known.
#[derive(Default)]
pub(super) struct RowsInPlaces {
    places: Vec<usize>,
    given: Option<Box<dyn AnyRows>>,
}

impl RowsInPlaces {
    /// Adds what one statement gave: as many as there are places.
    pub(super) fn push(&mut self, places: Vec<usize>, rows: Box<dyn AnyRows>) -> Result<()> {
        self.places.extend(places);
        match &mut self.given {
            Some(given) => given.add(rows)?,
            None => self.given = Some(rows),
        }
        Ok(())
    }

    /// All of it in the order of the places; `None` where nothing was given.
    pub(super) fn in_order(self) -> Option<Box<dyn AnyRows>> {
        let mut given = self.given?;
        if !self.places.is_sorted() {
            pick(&mut *given, &sorted_by(&self.places));
        }
        Some(given)
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
