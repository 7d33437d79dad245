//! Does a value fit its field? Asked here because databases do not agree: some round, some cut, some refuse.

use rust_decimal::Decimal;

use super::writer::SqlWriter;
use crate::error::{Error, FieldError, Result, ValueError};
use crate::schema::FieldMeta;
use crate::value::{Cells, RowValues, Series, Value};

/// The value as the field stores it, once it is known to fit `max_length` and digits. A decimal gets the column's
/// places, as servers give it back: SQLite stores its text.
///
/// # Errors
/// It does not fit; the error names model and field.
pub(super) fn fitted(mut value: Value, field: &FieldMeta) -> Result<Value> {
    fit(&mut value, field)?;
    Ok(value)
}

/// As [`fitted`], where the value is.
///
/// # Errors
/// It does not fit; the error names model and field.
pub(super) fn fit(value: &mut Value, field: &FieldMeta) -> Result<()> {
    if let Err(error) = fits(value, field) {
        return Err(FieldError::new(field.model, field.name, error).into());
    }
    scale(value, field);
    Ok(())
}

/// Gives a decimal the column's places.
fn scale(value: &mut Value, field: &FieldMeta) {
    if let Value::Decimal(decimal) = value
        && let Some((_, places)) = field.sized_by().digits
    {
        rescale(decimal, places);
    }
}

fn rescale(decimal: &mut Decimal, places: u32) {
    if decimal.scale() != places {
        // As many as 28 digits leave room for: `rescale` stops there.
        decimal.rescale(places);
    }
}

/// As [`fit`], for the values of many rows, which the database is asked about as well; `fields` are those of a row.
///
/// # Errors
/// One does not fit or cannot be bound; of several, that of the first row.
pub(super) fn fit_rows(rows: &mut RowValues, fields: &[&'static FieldMeta], w: &SqlWriter) -> Result<()> {
    let mut first: Option<(usize, Error)> = None;
    for (series, field) in rows.series_mut().iter_mut().zip(fields) {
        let unfit = fit_series(series, field)
            .map(|(at, error)| (at, Error::from(FieldError::new(field.model, field.name, error))));
        let refused = w.refused(series, field);
        for (at, error) in unfit.into_iter().chain(refused) {
            if first.as_ref().is_none_or(|(row, _)| at < *row) {
                first = Some((at, error));
            }
        }
    }
    first.map_or(Ok(()), |(_, error)| Err(error))
}

/// As [`fit`], for the values of a field in many rows; gives the first that does not fit, and why.
fn fit_series(series: &mut Series, field: &FieldMeta) -> Option<(usize, ValueError)> {
    let missing = if field.nullable { None } else { series.first_null() };
    let sized = field.sized_by();
    let unfit = match series.cells_mut() {
        Cells::Text(texts) => sized.max_length.and_then(|max_length| {
            // A NULL keeps the place of an empty text.
            texts.iter().enumerate().find_map(|(at, text)| Some((at, text_fits(text, max_length).err()?)))
        }),
        Cells::Decimal(decimals) => sized.digits.and_then(|(max_digits, places)| {
            // Most have the column's places, and then it is one comparison.
            let limit = 10_i128.checked_pow(max_digits).unwrap_or(0);
            let is_plain = |decimal: &Decimal| {
                decimal.scale() == places && (-limit < decimal.mantissa() && decimal.mantissa() < limit)
            };
            decimals.iter_mut().enumerate().filter(|(_, decimal)| !is_plain(decimal)).find_map(
                |(at, decimal)| {
                    let unfit = decimal_fits(decimal, max_digits, places).err();
                    rescale(decimal, places);
                    Some((at, unfit?))
                },
            )
        }),
        Cells::Any(values) => values.iter_mut().enumerate().find_map(|(at, value)| {
            let unfit = fits(value, field).err();
            scale(value, field);
            Some((at, unfit?))
        }),
        Cells::Bool(_)
        | Cells::I32(_)
        | Cells::I64(_)
        | Cells::F64(_)
        | Cells::Uuid(_)
        | Cells::Timestamp(_) => None,
    };
    match (missing, unfit) {
        (Some(missing), unfit) if unfit.as_ref().is_none_or(|(at, _)| missing <= *at) => {
            Some((missing, ValueError::UnexpectedNull))
        }
        (_, unfit) => unfit,
    }
}

/// Does a value fit?
///
/// # Errors
/// Why not.
pub(crate) fn fits(value: &Value, field: &FieldMeta) -> Result<(), ValueError> {
    match value {
        Value::Null(_) if !field.nullable => Err(ValueError::UnexpectedNull),
        Value::Text(text) => match field.sized_by().max_length {
            Some(max_length) => text_fits(text, max_length),
            None => Ok(()),
        },
        Value::Decimal(decimal) => match field.sized_by().digits {
            Some((max_digits, decimal_places)) => decimal_fits(decimal, max_digits, decimal_places),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

#[inline]
fn text_fits(text: &str, max_length: u32) -> Result<(), ValueError> {
    // No text has more characters than bytes, so most are counted without looking at them.
    if text.len() > max_length as usize {
        let length = text.chars().count();
        if length > max_length as usize {
            return Err(ValueError::TooLong { max_length, length });
        }
    }
    Ok(())
}

#[inline]
fn decimal_fits(decimal: &Decimal, max_digits: u32, decimal_places: u32) -> Result<(), ValueError> {
    // Zeros at the end change nothing about the digits before the point, and only there may be too many places.
    let plain = if decimal.scale() > decimal_places { decimal.normalize() } else { *decimal };
    let digits = decimal_digits(plain.mantissa().unsigned_abs());
    let whole = digits.saturating_sub(plain.scale());
    if plain.scale() > decimal_places || whole > max_digits.saturating_sub(decimal_places) {
        return Err(ValueError::TooManyDigits { max_digits, decimal_places });
    }
    Ok(())
}

fn decimal_digits(number: u128) -> u32 {
    match u64::try_from(number) {
        Ok(number) => number.checked_ilog10().map_or(0, |log| log + 1),
        Err(_) => number.checked_ilog10().map_or(0, |log| log + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has_room(text: &str, max_digits: u32, decimal_places: u32) -> bool {
        text.parse().is_ok_and(|decimal| decimal_fits(&decimal, max_digits, decimal_places).is_ok())
    }

    #[test]
    fn trailing_zeros_do_not_count() {
        assert!(has_room("1.500", 3, 1));
        assert!(has_room("0.00", 2, 2));
        assert!(has_room("100", 3, 0));
    }

    #[test]
    fn each_side_of_the_point_has_its_own_room() {
        assert!(has_room("99999999.99", 10, 2));
        assert!(!has_room("100000000", 10, 2));
        assert!(!has_room("0.001", 10, 2));
        assert!(!has_room("-100000000.00", 10, 2));
    }
}
