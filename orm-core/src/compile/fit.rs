//! Does a value fit its field? Asked here because databases do not agree: some round, some cut, some refuse.

use rust_decimal::Decimal;

use crate::error::{FieldError, Result, ValueError};
use crate::schema::FieldMeta;
use crate::value::Value;

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
    if let Value::Decimal(decimal) = value
        && let Some((_, places)) = field.sized_by().digits
        && decimal.scale() != places
    {
        // As many as 28 digits leave room for: `rescale` stops there.
        decimal.rescale(places);
    }
    Ok(())
}

/// Does a value fit?
///
/// # Errors
/// Why not.
pub(crate) fn fits(value: &Value, field: &FieldMeta) -> Result<(), ValueError> {
    match value {
        Value::Null(_) if !field.nullable => Err(ValueError::UnexpectedNull),
        Value::Text(text) => match field.sized_by().max_length {
            // No text has more characters than bytes, so most are counted without looking at them.
            Some(max_length) if text.len() > max_length as usize => {
                let length = text.chars().count();
                if length > max_length as usize {
                    Err(ValueError::TooLong { max_length, length })
                } else {
                    Ok(())
                }
            }
            _ => Ok(()),
        },
        Value::Decimal(decimal) => match field.sized_by().digits {
            Some((max_digits, decimal_places)) => decimal_fits(decimal, max_digits, decimal_places),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

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
