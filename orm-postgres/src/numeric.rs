//! PostgreSQL's binary `numeric` ↔ [`Decimal`]: the exact number or an error.
//!
//! On the wire a numeric is a list of digits in base 10,000, of which the first counts 10,000^weight, a sign and the
//! number of decimal places to display. It can have 131,072 digits before and 16,383 after the point; a `Decimal`
//! has 96 bits and at most 28 decimal places.

use orm_core::error::ValueError;
use rust_decimal::Decimal;

const NEGATIVE: u16 = 0x4000;
const POSITIVE: u16 = 0x0000;
const MAX_SCALE: u16 = 28;
const MAX_MANTISSA: u128 = (1 << 96) - 1;

/// A numeric's parts as they came, checked for consistency.
struct Parts<'a> {
    digits: &'a [u8],
    weight: i16,
    negative: bool,
    scale: u16,
}

fn malformed() -> ValueError {
    ValueError::Invalid("malformed numeric".into())
}

fn too_many_digits() -> ValueError {
    ValueError::OutOfRange { kind: "decimal", target: "rust_decimal::Decimal".into() }
}

impl<'a> Parts<'a> {
    fn parse(raw: &'a [u8]) -> Result<Self, ValueError> {
        let (header, digits) = raw.split_first_chunk::<8>().ok_or_else(malformed)?;
        let [count_1, count_2, weight_1, weight_2, sign_1, sign_2, scale_1, scale_2] = *header;
        let count = usize::from(u16::from_be_bytes([count_1, count_2]));
        let negative = match u16::from_be_bytes([sign_1, sign_2]) {
            POSITIVE => false,
            NEGATIVE => true,
            // NaN, and since PostgreSQL 14 the infinities.
            0xC000 | 0xD000 | 0xF000 => return Err(ValueError::NotFinite { kind: "decimal" }),
            _ => return Err(malformed()),
        };
        if digits.len() != count * 2 {
            return Err(malformed());
        }
        Ok(Parts {
            digits,
            weight: i16::from_be_bytes([weight_1, weight_2]),
            negative,
            scale: u16::from_be_bytes([scale_1, scale_2]),
        })
    }

    /// The digits, each with its power of ten (a multiple of four), the greatest first.
    fn digits(&self) -> impl Iterator<Item = (u128, i32)> {
        let (pairs, _) = self.digits.as_chunks::<2>();
        let mut power = i32::from(self.weight) * 4;
        pairs.iter().map(move |pair| {
            let digit = (u128::from(u16::from_be_bytes(*pair)), power);
            power -= 4;
            digit
        })
    }
}

impl Parts<'_> {
    /// The number where it is short, as nearly all are: to calculate with 128 bits takes several times as long.
    fn short(&self, scale: u16) -> Option<Decimal> {
        const MOST: usize = 4;
        let (pairs, _) = self.digits.as_chunks::<2>();
        if pairs.len() > MOST {
            return None;
        }
        let mut number = 0_u64;
        for pair in pairs {
            let digit = u16::from_be_bytes(*pair);
            if digit > 9_999 {
                return None;
            }
            number = number * 10_000 + u64::from(digit);
        }
        let behind = i32::from(self.weight) + 1 - i32::try_from(pairs.len()).ok()?;
        let shift = behind * 4 + i32::from(scale);
        let factor = 10_u64.checked_pow(shift.unsigned_abs())?;
        let mantissa = if shift >= 0 {
            number.checked_mul(factor)?
        } else if number.is_multiple_of(factor) {
            number / factor
        } else {
            return None;
        };
        let mantissa = i64::try_from(mantissa).ok()?;
        Decimal::try_new(if self.negative { -mantissa } else { mantissa }, scale.into()).ok()
    }
}

/// 10^`power`, for the powers that a `u128` holds.
fn ten_to(power: u32) -> Option<u128> {
    10_u128.checked_pow(power)
}

/// Reads a numeric.
pub(crate) fn to_decimal(raw: &[u8]) -> Result<Decimal, ValueError> {
    let parts = Parts::parse(raw)?;
    let scale = parts.scale.min(MAX_SCALE);
    if let Some(short) = parts.short(scale) {
        return Ok(short);
    }
    let mut mantissa = 0_u128;
    for (digit, power) in parts.digits() {
        if digit > 9_999 {
            return Err(malformed());
        }
        if digit == 0 {
            continue;
        }
        let shift = power + i32::from(scale);
        let term = match u32::try_from(shift) {
            Ok(shift) => ten_to(shift).and_then(|factor| digit.checked_mul(factor)),
            // A digit across the last place kept: fine when what is behind it is zeros.
            Err(_) => ten_to(shift.unsigned_abs())
                .filter(|divisor| digit.is_multiple_of(*divisor))
                .and_then(|divisor| digit.checked_div(divisor)),
        };
        mantissa = term.and_then(|term| mantissa.checked_add(term)).ok_or_else(too_many_digits)?;
    }

    // 1.00000000000000000000000000000 has 30 digits but needs only one.
    let mut scale = u32::from(scale);
    while mantissa > MAX_MANTISSA && scale > 0 && mantissa.is_multiple_of(10) {
        mantissa /= 10;
        scale -= 1;
    }
    if mantissa > MAX_MANTISSA {
        return Err(too_many_digits());
    }
    let signed = i128::try_from(mantissa).map_err(|_| too_many_digits())?;
    Decimal::try_from_i128_with_scale(if parts.negative { -signed } else { signed }, scale)
        .map_err(|_| too_many_digits())
}

/// Reads a numeric that is a whole number; `None` when it has a fraction or is beyond an `i128`.
pub(crate) fn to_integer(raw: &[u8]) -> Result<Option<i128>, ValueError> {
    let parts = Parts::parse(raw)?;
    let mut whole = 0_i128;
    for (digit, power) in parts.digits() {
        if digit == 0 {
            continue;
        }
        let term = u32::try_from(power)
            .ok()
            .and_then(ten_to)
            .and_then(|factor| factor.checked_mul(digit))
            .and_then(|term| i128::try_from(term).ok())
            .and_then(|term| whole.checked_add(term));
        match term {
            None => return Ok(None),
            Some(sum) => whole = sum,
        }
    }
    Ok(Some(if parts.negative { -whole } else { whole }))
}

/// The greatest number of bytes of a numeric that is written here: four numbers and nine groups.
pub(crate) const LONGEST: usize = 26;

/// Writes a numeric, with the decimal's own number of decimal places; gives the number of bytes.
pub(crate) fn write(value: &Decimal, out: &mut [u8; LONGEST]) -> usize {
    let scale = value.scale();
    // Groups of four decimal places; at most 96 bits times 1,000 fit in 128 bits.
    let padding = (4 - scale % 4) % 4;
    let factor = [1_u16, 10, 100, 1_000].get(padding as usize).copied().unwrap_or(1);
    let mantissa = value.mantissa().unsigned_abs();

    let mut groups = Groups::default();
    // Nearly all fit; dividing 128 bits takes ten times as long.
    let short = u64::try_from(mantissa).ok().and_then(|mantissa| mantissa.checked_mul(factor.into()));
    if let Some(mut rest) = short {
        while rest > 0 {
            groups.push(u16::try_from(rest % 10_000).unwrap_or(0));
            rest /= 10_000;
        }
    } else {
        let mut rest = mantissa * u128::from(factor);
        while rest > 0 {
            groups.push(u16::try_from(rest % 10_000).unwrap_or(0));
            rest /= 10_000;
        }
    }
    let fraction_groups = (scale + padding) / 4;
    let kept = groups.kept();
    let weight = if kept.is_empty() {
        0
    } else {
        i16::try_from(groups.count).unwrap_or(0) - i16::try_from(fraction_groups).unwrap_or(0) - 1
    };
    let sign = if value.is_sign_negative() && !kept.is_empty() { NEGATIVE } else { POSITIVE };
    let [count, scale] = [kept.len(), scale as usize].map(|number| u16::try_from(number).unwrap_or(0));
    let header = [count, weight.cast_unsigned(), sign, scale].map(u16::to_be_bytes);
    let (places, _) = out.as_chunks_mut::<2>();
    if let Some((first, digits)) = places.split_first_chunk_mut() {
        *first = header;
        for (place, group) in digits.iter_mut().zip(kept.iter().rev()) {
            *place = group.to_be_bytes();
        }
    }
    8 + 2 * kept.len()
}

/// The digits, the last first.
#[derive(Default)]
struct Groups {
    /// 2^96 × 1,000 has 32 decimal digits; 28 places of a small number are seven groups.
    all: [u16; 9],
    count: usize,
    zeros_at_end: usize,
}

impl Groups {
    #[inline]
    fn push(&mut self, group: u16) {
        if group == 0 && self.zeros_at_end == self.count {
            self.zeros_at_end += 1;
        }
        if let Some(place) = self.all.get_mut(self.count) {
            *place = group;
        }
        self.count += 1;
    }

    /// Those that are sent.
    fn kept(&self) -> &[u16] {
        self.all.get(self.zeros_at_end..self.count).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use bytes::{BufMut, BytesMut};

    use super::*;

    fn raw(weight: i16, sign: u16, scale: u16, digits: &[u16]) -> Vec<u8> {
        let mut out = BytesMut::new();
        out.put_u16(u16::try_from(digits.len()).unwrap());
        out.put_i16(weight);
        out.put_u16(sign);
        out.put_u16(scale);
        for digit in digits {
            out.put_u16(*digit);
        }
        out.to_vec()
    }

    fn written(value: Decimal) -> Vec<u8> {
        let mut out = [0; LONGEST];
        let length = write(&value, &mut out);
        out[..length].to_vec()
    }

    #[test]
    fn round_trip_keeps_value_and_decimal_places() {
        for text in [
            "0",
            "0.00",
            "0.0000000000000000000000000000",
            "1",
            "-1",
            "10000",
            "100000000",
            "0.0001",
            "0.00001",
            "-12345.6789",
            "18446744073709551615",
            "1844674407370955.1615",
            "1844674407370955.161",
            "18446744073709551.62",
            "12345.67890",
            "1.50",
            "9999.9999",
            "0.0000000000000000000000000001",
            "79228162514264337593543950335",
            "-79228162514264337593543950335",
            "7.9228162514264337593543950335",
            "4294967296",
            "18446744073709551616",
            "123456789012345678901234.5678",
            "10000.0001",
            "0.1000",
        ] {
            let value: Decimal = text.parse().unwrap();
            let back = to_decimal(&written(value)).unwrap();
            assert_eq!(back.to_string(), text);
            assert_eq!(back.scale(), value.scale());
        }
    }

    #[test]
    fn negative_zero_is_zero() {
        assert_eq!(written(-Decimal::ZERO), raw(0, POSITIVE, 0, &[]));
    }

    #[test]
    fn not_a_number_is_not_zero() {
        for sign in [0xC000, 0xD000, 0xF000] {
            assert_eq!(to_decimal(&raw(0, sign, 0, &[])), Err(ValueError::NotFinite { kind: "decimal" }));
            assert_eq!(to_integer(&raw(0, sign, 0, &[])), Err(ValueError::NotFinite { kind: "decimal" }));
        }
    }

    #[test]
    fn more_digits_than_fit_are_an_error() {
        assert_eq!(
            to_decimal(&raw(7, POSITIVE, 0, &[1])),
            Ok("10000000000000000000000000000".parse().unwrap())
        );
        assert_eq!(to_decimal(&raw(7, POSITIVE, 0, &[8])), Err(too_many_digits()));
        assert_eq!(to_decimal(&raw(19, POSITIVE, 0, &[12; 20])), Err(too_many_digits()));
        assert_eq!(to_decimal(&raw(i16::MAX, POSITIVE, 0, &[9999])), Err(too_many_digits()));
        // 29 decimal places: the last must be zero.
        assert_eq!(to_decimal(&raw(-8, POSITIVE, 29, &[1000])), Err(too_many_digits()));
        assert_eq!(
            to_decimal(&raw(-7, POSITIVE, 29, &[1])).unwrap().to_string(),
            "0.0000000000000000000000000001"
        );
        assert_eq!(to_decimal(&raw(i16::MIN, POSITIVE, 16383, &[1])), Err(too_many_digits()));
        // 30 digits of which one is needed.
        assert_eq!(to_decimal(&raw(0, POSITIVE, 29, &[9])).unwrap(), Decimal::from(9));
    }

    #[test]
    fn whole_numbers_beyond_a_bigint() {
        assert_eq!(
            to_integer(&raw(4, POSITIVE, 0, &[1844, 6744, 737, 955, 1615])),
            Ok(Some(u64::MAX.into()))
        );
        assert_eq!(to_integer(&raw(0, NEGATIVE, 2, &[7])), Ok(Some(-7)));
        assert_eq!(to_integer(&raw(0, POSITIVE, 2, &[7, 5000])), Ok(None));
        assert_eq!(to_integer(&raw(99, POSITIVE, 0, &[7])), Ok(None));
        assert_eq!(to_integer(&raw(0, POSITIVE, 0, &[])), Ok(Some(0)));
    }

    #[test]
    fn arbitrary_bytes_never_panic() {
        let mut state = 7_u64;
        for length in 0..40 {
            for _ in 0..2_000 {
                let bytes: Vec<u8> = (0..length)
                    .map(|_| {
                        state = state
                            .wrapping_mul(6_364_136_223_846_793_005)
                            .wrapping_add(1_442_695_040_888_963_407);
                        state.to_be_bytes()[0] & if state & 0x100 == 0 { 0xff } else { 0x0f }
                    })
                    .collect();
                let _ = (to_decimal(&bytes), to_integer(&bytes));
            }
            let digits = vec![9999; length];
            let _ = (to_decimal(&raw(0, 0, 0, &digits)), to_integer(&raw(9, 0, 0, &digits)));
        }
    }
}
