//! The values of new rows, as derived code gives them: a row alone, or rows field by field.

use crate::error::ValueError;
use crate::value::{RowValues, Series, SqlType, Value, ValueKind};

/// The values of a new row, collected field by field in the model's order. The first that cannot be stored is kept for the
/// end: many ways out of derived code would be many times what has to be dropped there.
///
/// Of many rows most give the same fields as the one before. Where there are columns each value goes into its own at once: on the
/// way through a buffer it would be moved twice more, which costs more than all else. A row that gives other fields is taken out
/// again and stands apart.
#[derive(Default)]
pub struct NewValues {
    columns: Columns,
    /// The next field, as long as the row is in the columns; else [`APART`].
    at: usize,
    /// The row, when it is not in the columns.
    values: Vec<Option<Value>>,
    error: Option<(usize, ValueError)>,
}

/// Values of rows that give the same fields.
#[derive(Default)]
pub(crate) struct Columns {
    count: usize,
    /// For each of the model's fields those that are given, or that it is left to the database.
    fields: Vec<Option<Series>>,
}

impl Columns {
    /// No row yet, with room for as many, of which each gives the fields that have a kind here.
    pub(crate) fn with_capacity(fields: impl Iterator<Item = Option<ValueKind>>, capacity: usize) -> Self {
        let fields = fields.map(|kind| kind.map(|kind| Series::with_capacity(kind, capacity)));
        Columns { count: 0, fields: fields.collect() }
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// Adds a row, which gives the same fields; of its values nothing is left.
    pub(crate) fn push(&mut self, row: &mut Vec<Option<Value>>) {
        self.count += 1;
        for (series, value) in self.fields.iter_mut().zip(row.drain(..)) {
            if let (Some(series), Some(value)) = (series, value) {
                series.push(value);
            }
        }
    }

    /// The rows, of which none is left, with room for as many new ones.
    pub(crate) fn take(&mut self, capacity: usize) -> RowValues {
        let kinds = self.fields.iter().map(|series| series.as_ref().map(Series::kind));
        let empty = Columns::with_capacity(kinds, capacity);
        std::mem::replace(self, empty).into_rows()
    }

    /// The rows, with the values of the fields that are given.
    pub(crate) fn into_rows(self) -> RowValues {
        RowValues::of(self.count, self.fields.into_iter().flatten().collect())
    }
}

/// Where a row is that has been collected.
pub(crate) enum Collected<'a> {
    /// It is the last of the columns.
    InColumns(&'a mut Columns),
    /// Its values, to be taken from here before the next row begins.
    Apart(&'a mut Vec<Option<Value>>),
}

/// No field of the columns.
const APART: usize = usize::MAX;

impl NewValues {
    /// Begins a row of so many fields.
    pub fn begin(&mut self, fields: usize) {
        self.values.clear();
        if self.columns.fields.is_empty() {
            self.at = APART;
            self.values.reserve(fields);
        } else {
            self.at = 0;
        }
    }

    /// The next field's value. Generic over the type and not the field, so that there is one for all fields of a type; and the
    /// value is made where it stays: to move it costs more than to make it.
    pub fn put<T: SqlType>(&mut self, value: T) {
        match value.into_value() {
            Ok(value) => {
                if let Some(Some(series)) = self.columns.fields.get_mut(self.at) {
                    self.at += 1;
                    series.push(value);
                } else {
                    self.stand_apart();
                    self.values.push(Some(value));
                }
            }
            Err(error) => self.fail(error),
        }
    }

    /// As [`NewValues::put`]; without a value the field is left to the database.
    pub fn put_or_leave<T: SqlType>(&mut self, value: Option<T>) {
        match value {
            Some(value) => self.put(value),
            None => self.leave(),
        }
    }

    /// The next field is left to the database.
    pub fn leave(&mut self) {
        if let Some(None) = self.columns.fields.get(self.at) {
            self.at += 1;
        } else {
            self.stand_apart();
            self.values.push(None);
        }
    }

    #[inline]
    fn stand_apart(&mut self) {
        if self.at != APART {
            self.take_out();
        }
    }

    /// Takes the row out of the columns.
    #[inline(never)]
    fn take_out(&mut self) {
        let begun = self.columns.fields.iter_mut().take(self.at);
        self.values.extend(begun.map(|series| series.as_mut().and_then(Series::pop)));
        self.at = APART;
    }

    #[cold]
    fn fail(&mut self, error: ValueError) {
        self.stand_apart();
        self.error.get_or_insert((self.values.len(), error));
        self.values.push(None);
    }

    /// Ends a row that may be in the columns: where it is.
    ///
    /// # Errors
    /// As [`NewValues::finish`].
    pub(crate) fn collected(&mut self) -> Result<Collected<'_>, (usize, ValueError)> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        if self.at == APART {
            return Ok(Collected::Apart(&mut self.values));
        }
        self.columns.count += 1;
        Ok(Collected::InColumns(&mut self.columns))
    }

    /// Ends a row where there are no columns: its values, to be taken from here before the next row begins.
    ///
    /// # Errors
    /// As [`NewValues::finish`].
    pub(crate) fn values(&mut self) -> Result<&mut Vec<Option<Value>>, (usize, ValueError)> {
        self.stand_apart();
        match self.error.take() {
            None => Ok(&mut self.values),
            Some(error) => Err(error),
        }
    }

    /// The columns for the rows from now on; gives back those so far.
    pub(crate) fn go_on_in(&mut self, columns: Columns) -> Columns {
        std::mem::replace(&mut self.columns, columns)
    }

    /// The values of the only row.
    ///
    /// # Errors
    /// A value cannot be stored: which field's, and why.
    pub fn finish(self) -> Result<Vec<Option<Value>>, (usize, ValueError)> {
        match self.error {
            None => Ok(self.values),
            Some(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [Option<ValueKind>; 3] = [None, Some(ValueKind::I32), Some(ValueKind::Text)];

    fn columns(rows: &[(i32, Option<&str>)]) -> Columns {
        let mut columns = Columns::with_capacity(KINDS.into_iter(), 0);
        for (number, text) in rows {
            columns.push(&mut vec![None, Some(Value::I32(*number)), Some(note(*text))]);
        }
        columns
    }

    fn note(text: Option<&str>) -> Value {
        text.map_or(Value::Null(ValueKind::Text), |text| Value::Text(text.into()))
    }

    fn collect(row: &mut NewValues, id: Option<i64>, number: Option<i32>, text: Option<&str>) {
        row.begin(3);
        row.put_or_leave(id);
        row.put_or_leave(number);
        row.put(text.map(str::to_owned));
    }

    #[test]
    fn rows_that_give_the_same_go_into_the_columns() {
        let mut row = NewValues::default();
        row.go_on_in(columns(&[(1, Some("a"))]));
        for (number, text) in [(2, None), (3, Some("c"))] {
            collect(&mut row, None, Some(number), text);
            assert!(matches!(row.collected(), Ok(Collected::InColumns(_))));
        }
        let mut given = row.go_on_in(Columns::default());
        assert_eq!(given.len(), 3);
        let rows = given.take(0);
        assert_eq!(rows, columns(&[(1, Some("a")), (2, None), (3, Some("c"))]).into_rows());
        assert_eq!((given.len(), given.into_rows().width()), (0, 2));
    }

    #[test]
    fn a_row_that_gives_others_stands_apart() {
        let mut row = NewValues::default();
        row.go_on_in(columns(&[(1, Some("a"))]));
        for (id, number, text) in
            [(Some(7), Some(2), Some("b")), (None, None, None), (Some(7), None, Some("c"))]
        {
            collect(&mut row, id, number, text);
            let values = vec![id.map(Value::I64), number.map(Value::I32), Some(note(text))];
            assert!(matches!(row.collected(), Ok(Collected::Apart(apart)) if *apart == values));
            // The next one is where it belongs again.
            collect(&mut row, None, Some(3), None);
            assert!(matches!(row.collected(), Ok(Collected::InColumns(_))));
        }
        let rows = row.go_on_in(Columns::default()).into_rows();
        assert_eq!(rows, columns(&[(1, Some("a")), (3, None), (3, None), (3, None)]).into_rows());
    }

    #[test]
    fn without_columns_each_stands_apart() {
        let mut row = NewValues::default();
        for number in 0..3 {
            collect(&mut row, None, Some(number), None);
            assert!(matches!(row.values(), Ok(values) if values[1] == Some(Value::I32(number))));
        }
    }

    /// Cannot be stored.
    #[derive(Clone, Debug)]
    struct Never;

    impl crate::value::FieldType for Never {
        const KIND: ValueKind = ValueKind::Text;

        fn to_value(&self) -> Result<Value, ValueError> {
            Err(ValueError::NulInText)
        }

        fn from_row<R: crate::value::Row + ?Sized>(_: &mut R, _: usize) -> Result<Option<Self>, ValueError> {
            Ok(None)
        }
    }

    #[test]
    fn what_cannot_be_stored_is_named_by_its_place() {
        for mut row in [NewValues::default(), {
            let mut row = NewValues::default();
            row.go_on_in(columns(&[(1, None)]));
            row
        }] {
            row.begin(3);
            row.leave();
            row.put(7);
            row.put(Never);
            assert!(matches!(row.collected(), Err((2, ValueError::NulInText))));
            let rows = row.go_on_in(Columns::default()).into_rows();
            assert!(rows.series().iter().all(|series| series.len() == rows.len()));
        }
    }
}
