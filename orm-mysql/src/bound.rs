//! The parameters of a statement: the values of its rows, row by row, and the others behind them.

use std::ops::Range;

use mysql_async::Value as Param;
use orm_core::error::ValueError;
use orm_core::value::{Cells, RowValues, Series, Value};

use crate::types::{UuidForm, date_time_param, decimal_text, to_param, uuid_bytes};

/// Rows whose parameters are made field by field before those of the next: so few that they stay in the processor's nearest
/// memory meanwhile.
const ROWS_AT_ONCE: usize = 64;

/// What a parameter takes at most besides its text: type, NULL bit and the longest number or date, or the length of a text.
const FIXED: usize = 16;

/// Parameters, and an upper bound of what they take in a packet.
#[derive(Debug, PartialEq)]
pub(crate) struct Bound {
    pub(crate) params: Vec<Param>,
    pub(crate) length: usize,
}

impl Bound {
    /// The parameters of a statement.
    ///
    /// # Errors
    /// The protocol does not have a value.
    pub(crate) fn new(
        rows: Option<Box<RowValues>>,
        values: Vec<Value>,
        uuid: UuidForm,
    ) -> Result<Self, ValueError> {
        let of_rows = rows.as_ref().map_or(0, |rows| rows.len().saturating_mul(rows.width()));
        let count = of_rows.saturating_add(values.len());
        let mut bound = Bound { params: Vec::with_capacity(count), length: count.saturating_mul(FIXED) };
        if let Some(rows) = rows {
            bound.push_rows(*rows, uuid)?;
        }
        for value in values {
            let param = to_param(value, uuid)?;
            bound.length = bound.length.saturating_add(text_length(&param));
            bound.params.push(param);
        }
        Ok(bound)
    }

    fn push_rows(&mut self, rows: RowValues, uuid: UuidForm) -> Result<(), ValueError> {
        let (count, width) = (rows.len(), rows.width());
        let mut fields: Vec<_> = rows.into_series().into_iter().map(Series::into_cells).collect();
        for first in (0..count).step_by(ROWS_AT_ONCE) {
            let rows = first..count.min(first + ROWS_AT_ONCE);
            let begin = self.params.len();
            self.params.resize(begin + rows.len() * width, Param::NULL);
            let params = self.params.get_mut(begin..).unwrap_or_default();
            for (at, (cells, nulls)) in fields.iter_mut().enumerate() {
                let places = params.chunks_exact_mut(width).filter_map(|row| row.get_mut(at));
                // None of them is NULL where that is empty.
                let nulls = nulls.get(rows.clone()).unwrap_or_default();
                let length = fill(places, cells, nulls, rows.clone(), uuid)?;
                self.length = self.length.saturating_add(length);
            }
        }
        Ok(())
    }
}

/// The values of a field in some rows, each in the place that it has among those of its row; gives the length of their texts.
fn fill<'p>(
    places: impl Iterator<Item = &'p mut Param>,
    cells: &mut Cells,
    nulls: &[bool],
    rows: Range<usize>,
    uuid: UuidForm,
) -> Result<usize, ValueError> {
    match cells {
        Cells::Bool(cells) => {
            put(places, cells.get_mut(rows), nulls, |value| Ok(Param::Int((*value).into())))
        }
        Cells::I32(cells) => put(places, cells.get_mut(rows), nulls, |value| Ok(Param::Int((*value).into()))),
        Cells::I64(cells) => put(places, cells.get_mut(rows), nulls, |value| Ok(Param::Int(*value))),
        Cells::F64(cells) => {
            put(places, cells.get_mut(rows), nulls, |value| to_param(Value::F64(*value), uuid))
        }
        Cells::Text(cells) => put(places, cells.get_mut(rows), nulls, |text| {
            Ok(Param::Bytes(std::mem::take(text).into_bytes()))
        }),
        Cells::Decimal(cells) => {
            put(places, cells.get_mut(rows), nulls, |value| Ok(Param::Bytes(decimal_text(value))))
        }
        Cells::Uuid(cells) => {
            put(places, cells.get_mut(rows), nulls, |value| Ok(Param::Bytes(uuid_bytes(*value, uuid))))
        }
        Cells::Timestamp(cells) => {
            put(places, cells.get_mut(rows), nulls, |at| date_time_param("timestamp", at.naive_utc()))
        }
        Cells::Any(cells) => put(places, cells.get_mut(rows), nulls, |value| {
            let kind = value.kind();
            to_param(std::mem::replace(value, Value::Null(kind)), uuid)
        }),
    }
}

#[inline]
fn put<'p, T>(
    places: impl Iterator<Item = &'p mut Param>,
    cells: Option<&mut [T]>,
    nulls: &[bool],
    param: impl Fn(&mut T) -> Result<Param, ValueError>,
) -> Result<usize, ValueError> {
    let mut length = 0_usize;
    for (at, (place, cell)) in places.zip(cells.unwrap_or_default()).enumerate() {
        // A NULL's place is left as it is.
        if nulls.get(at) != Some(&true) {
            let param = param(cell)?;
            length = length.saturating_add(text_length(&param));
            *place = param;
        }
    }
    Ok(length)
}

#[inline]
fn text_length(param: &Param) -> usize {
    if let Param::Bytes(bytes) = param { bytes.len() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use orm_core::value::ValueKind;

    fn bound(rows: Vec<Vec<Value>>, values: Vec<Value>) -> Bound {
        Bound::new(Some(Box::new(rows.into())), values, UuidForm::Bytes).expect("values that are sent")
    }

    #[test]
    fn values_of_rows_come_first() {
        let rows = vec![
            vec![Value::I32(1), Value::Text("a".into())],
            vec![Value::I32(2), Value::Null(ValueKind::Text)],
        ];
        let bytes = Param::Bytes(b"a".to_vec());
        assert_eq!(
            bound(rows, vec![Value::Bool(true)]).params,
            [Param::Int(1), bytes, Param::Int(2), Param::NULL, Param::Int(1)]
        );
    }

    #[test]
    fn any_number_of_rows_is_in_their_order() {
        for count in [0, 1, 63, 64, 65, 128, 200] {
            let row = |number: i32| {
                let text = if number % 3 == 0 {
                    Value::Null(ValueKind::Text)
                } else {
                    Value::Text(number.to_string())
                };
                vec![text, Value::I32(number), Value::Duration(number.into()), Value::Null(ValueKind::Bool)]
            };
            let rows: Vec<_> = (0..count).map(row).collect();
            let each: Vec<_> =
                rows.concat().into_iter().map(|value| to_param(value, UuidForm::Bytes)).collect();
            assert_eq!(Ok(bound(rows, Vec::new()).params), each.into_iter().collect::<Result<Vec<_>, _>>());
        }
    }

    #[test]
    fn what_the_protocol_lacks_is_refused() {
        let rows = vec![vec![Value::F64(0.5)], vec![Value::F64(f64::NAN)]];
        let refused = Bound::new(Some(Box::new(rows.into())), Vec::new(), UuidForm::Bytes);
        assert_eq!(refused, Err(ValueError::NotFinite { kind: "f64" }));
    }

    #[test]
    fn the_length_is_an_upper_bound() {
        let row = || vec![Value::Text("x".repeat(100)), Value::Null(ValueKind::Text)];
        let length = bound(vec![row(), row()], vec![Value::Bytes(vec![0; 50])]).length;
        assert!((250..400).contains(&length), "{length}");
    }
}
