//! The values of many rows, kept field by field.

use std::mem::ManuallyDrop;

use super::{Series, Value, ValueKind, ValueRef};
use crate::error::ValueError;

/// The values of rows that are written together: as many of each row, each field's in a [`Series`].
#[derive(Clone, Debug, PartialEq)]
pub struct RowValues {
    count: usize,
    series: Vec<Series>,
}

impl RowValues {
    /// No row yet, with room for as many; `kinds` are those of a row's values.
    pub fn with_capacity(kinds: impl IntoIterator<Item = ValueKind>, capacity: usize) -> Self {
        let series = kinds.into_iter().map(|kind| Series::with_capacity(kind, capacity));
        RowValues { count: 0, series: series.collect() }
    }

    /// So many rows, whose values are these: as many of each field.
    pub(crate) fn of(count: usize, series: Vec<Series>) -> Self {
        RowValues { count, series }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// How many values a row has.
    pub fn width(&self) -> usize {
        self.series.len()
    }

    /// Adds a row: as many values as the others have.
    #[inline]
    pub fn push(&mut self, row: impl IntoIterator<Item = Value>) {
        self.count += 1;
        for (series, value) in self.series.iter_mut().zip(row) {
            series.push(value);
        }
    }

    /// Adds a row of which `value` gives what it has of each of these places.
    ///
    /// # Errors
    /// As `value`, with the place. Then some of the row's values are there.
    #[inline]
    pub(crate) fn push_made(
        &mut self,
        places: &[usize],
        mut value: impl FnMut(usize) -> Result<Value, ValueError>,
    ) -> Result<(), (usize, ValueError)> {
        for (series, &place) in self.series.iter_mut().zip(places) {
            let value = ManuallyDrop::new(value(place));
            if !matches!(&*value, Ok(value) if series.push_copy(value)) {
                series.push(ManuallyDrop::into_inner(value).map_err(|error| (place, error))?);
            }
        }
        self.count += 1;
        Ok(())
    }

    /// The values, field by field.
    pub fn series(&self) -> &[Series] {
        &self.series
    }

    /// As [`RowValues::series`].
    pub(crate) fn series_mut(&mut self) -> &mut [Series] {
        &mut self.series
    }

    /// As [`RowValues::series`].
    pub fn into_series(self) -> Vec<Series> {
        self.series
    }

    /// Lets each row begin with the values from this position on, behind which come those before it.
    pub(crate) fn rotate(&mut self, at: usize) {
        let at = at.min(self.series.len());
        self.series.rotate_left(at);
    }

    /// The values of a row.
    #[inline]
    pub fn row(&self, at: usize) -> impl Iterator<Item = ValueRef<'_>> {
        self.series.iter().filter_map(move |series| series.get(at))
    }

    /// How many bytes of text, or bytes, all values have.
    pub(crate) fn length(&self) -> usize {
        self.series.iter().map(Series::whole_length).fold(0, usize::saturating_add)
    }

    /// All values, row by row.
    pub fn into_values(mut self) -> impl Iterator<Item = Value> {
        let width = self.series.len();
        let (mut row, mut field) = (0, 0);
        std::iter::from_fn(move || {
            if field == width {
                (row, field) = (row + 1, 0);
            }
            field += 1;
            self.series.get_mut(field - 1)?.take(row)
        })
    }

    /// The rows one by one.
    pub(crate) fn into_rows(mut self) -> Vec<Vec<Value>> {
        let mut row = |at| self.series.iter_mut().filter_map(|series| series.take(at)).collect();
        (0..self.count).map(&mut row).collect()
    }

    /// The rows from this one on, which are no longer here.
    #[must_use]
    pub(crate) fn split_off(&mut self, at: usize) -> Self {
        let count = self.count.saturating_sub(at);
        self.count -= count;
        RowValues { count, series: self.series.iter_mut().map(|series| series.split_off(at)).collect() }
    }
}

/// Each row with as many values as the first.
impl From<Vec<Vec<Value>>> for RowValues {
    fn from(rows: Vec<Vec<Value>>) -> Self {
        let kinds = rows.first().into_iter().flatten().map(Value::kind);
        let mut values = RowValues::with_capacity(kinds, rows.len());
        for row in rows {
            values.push(row);
        }
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_given_back_as_they_came() {
        let row = |number: i64, text: Option<&str>| {
            let text = text.map_or(Value::Null(ValueKind::Text), |text| Value::Text(text.into()));
            vec![Value::I64(number), text, Value::I16(7)]
        };
        let rows = vec![row(1, Some("a")), row(2, None), row(3, Some("c"))];
        let mut values = RowValues::from(rows.clone());
        assert_eq!((values.len(), values.width()), (3, 3));
        assert_eq!(values.row(1).map(ValueRef::to_value).collect::<Vec<_>>(), rows[1]);
        assert_eq!(values.clone().into_values().collect::<Vec<_>>(), rows.concat());
        let later = values.split_off(1);
        assert_eq!((values.len(), later.len()), (1, 2));
        assert_eq!([values.into_rows(), later.clone().into_rows()].concat(), rows);
        let mut turned = later;
        turned.rotate(1);
        assert_eq!(turned.into_rows()[0], [&rows[1][1..], &rows[1][..1]].concat());
    }

    #[test]
    fn rows_without_values_are_counted() {
        let mut none = RowValues::from(vec![Vec::new(), Vec::new()]);
        assert_eq!((none.len(), none.split_off(1).len(), none.clone().into_values().count()), (2, 1, 0));
        assert_eq!(none.into_rows(), [Vec::new()]);
    }
}
