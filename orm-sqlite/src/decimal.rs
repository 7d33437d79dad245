//! Decimals as text: reading, comparing numerically and calculating without loss.

use std::cmp::Ordering;

use rust_decimal::Decimal;

/// Why a text is no [`Decimal`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// It is no number.
    Form,
    /// It has more digits than a `Decimal` holds.
    Digits,
}

/// The number in a text, never rounded; trailing zeros after the point are kept where there is room.
#[inline]
pub(crate) fn parse(text: &[u8]) -> Result<Decimal, Unreadable> {
    plain(text).map_or_else(|| parse_any(text), Ok)
}

/// The number in a text of a few digits, as most are: in one pass, because sums read one for each row.
#[inline]
fn plain(text: &[u8]) -> Option<Decimal> {
    // So many always fit.
    const DIGITS: usize = 18;
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.len() > DIGITS {
        return None;
    }
    let (mut mantissa, mut scale, mut point) = (0_i64, 0, false);
    for byte in digits {
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa * 10 + i64::from(byte - b'0');
                scale += u32::from(point);
            }
            b'.' if !point => point = true,
            _ => return None,
        }
    }
    let is_number = digits.len() > usize::from(point);
    is_number.then(|| Decimal::new(if negative { -mantissa } else { mantissa }, scale))
}

fn parse_any(text: &[u8]) -> Result<Decimal, Unreadable> {
    let number = Number::read(text).ok_or(Unreadable::Form)?;
    // What other decimal columns hold: 28 digits always fit, and there is nothing to allocate.
    if number.exponent == 0 && number.before.len().saturating_add(number.after.len()) <= 28 {
        let mantissa =
            number.digits().fold(0_i128, |value, digit| value * 10 + i128::from(digit.saturating_sub(b'0')));
        let mantissa = if number.negative { -mantissa } else { mantissa };
        let scale = u32::try_from(number.after.len()).map_err(|_| Unreadable::Digits)?;
        return Decimal::try_from_i128_with_scale(mantissa, scale).map_err(|_| Unreadable::Digits);
    }
    let fraction = i64::try_from(number.after.len()).map_err(|_| Unreadable::Digits)?;
    let mut scale = fraction.checked_sub(number.exponent).ok_or(Unreadable::Digits)?;
    let mut digits = number.digits().skip_while(|digit| *digit == b'0').collect::<Vec<_>>();
    // Zeros at the end are given up only where the value would not fit with them.
    while scale > 28 && digits.last() == Some(&b'0') {
        digits.pop();
        scale -= 1;
    }
    if digits.is_empty() {
        let scale = u32::try_from(scale.clamp(0, 28)).map_err(|_| Unreadable::Digits)?;
        return Decimal::try_from_i128_with_scale(0, scale).map_err(|_| Unreadable::Digits);
    }
    loop {
        if let Some(decimal) = build(&digits, scale, number.negative) {
            return Ok(decimal);
        }
        if scale <= 0 || digits.pop_if(|digit| *digit == b'0').is_none() {
            return Err(Unreadable::Digits);
        }
        scale -= 1;
    }
}

/// The number that a REAL was made of, where that is certain: two decimals of at most 15 digits never become the same
/// double, so the shortest text of one tells which it was. That is what columns of affinity NUMERIC hold, in databases
/// that others made. With more digits it is a result of floating point, or has lost some.
pub(crate) fn from_real(real: f64) -> Result<Decimal, Unreadable> {
    const CERTAIN: usize = 15;
    // The shortest digits that lead back to the same double.
    let text = format!("{real:e}");
    let number = Number::read(text.as_bytes()).ok_or(Unreadable::Form)?;
    if number.digits().count() > CERTAIN {
        return Err(Unreadable::Digits);
    }
    parse(text.as_bytes())
}

fn build(digits: &[u8], scale: i64, negative: bool) -> Option<Decimal> {
    let mantissa = digits.iter().try_fold(0_i128, |mantissa, digit| {
        mantissa.checked_mul(10)?.checked_add(i128::from(digit.checked_sub(b'0')?))
    })?;
    let zeros = u32::try_from((-scale).max(0)).ok()?;
    let mantissa = mantissa.checked_mul(10_i128.checked_pow(zeros)?)?;
    let mantissa = if negative { -mantissa } else { mantissa };
    Decimal::try_from_i128_with_scale(mantissa, u32::try_from(scale.max(0)).ok()?).ok()
}

/// The order of two texts as numbers of any length; texts that are no numbers come last, by their bytes.
pub(crate) fn compare(left: &str, right: &str) -> Ordering {
    if left == right {
        return Ordering::Equal;
    }
    match (Number::read(left.as_bytes()), Number::read(right.as_bytes())) {
        (Some(left), Some(right)) => left.cmp(&right),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => left.as_bytes().cmp(right.as_bytes()),
    }
}

/// An optional sign, digits with perhaps a point among them, and perhaps an exponent.
struct Number<'a> {
    negative: bool,
    before: &'a [u8],
    after: &'a [u8],
    exponent: i64,
}

impl<'a> Number<'a> {
    fn read(text: &'a [u8]) -> Option<Self> {
        let (negative, rest) = sign(text);
        let (before, rest) = digits(rest)?;
        let (after, rest) = match rest {
            [b'.', rest @ ..] => digits(rest)?,
            _ => (&rest[..0], rest),
        };
        let exponent = match rest {
            [] => 0,
            [b'e' | b'E', rest @ ..] => exponent(rest)?,
            _ => return None,
        };
        (!before.is_empty() || !after.is_empty()).then_some(Number { negative, before, after, exponent })
    }

    fn digits(&self) -> impl Iterator<Item = u8> + use<'a> {
        self.before.iter().chain(self.after).copied()
    }

    /// The power of ten of the first digit that is not zero; `None` for zero.
    fn magnitude(&self) -> Option<i64> {
        let leading = self.digits().position(|digit| digit != b'0')?;
        let places = i64::try_from(self.before.len()).unwrap_or(i64::MAX);
        Some(places.saturating_sub(i64::try_from(leading).unwrap_or(i64::MAX)).saturating_add(self.exponent))
    }

    fn cmp(&self, other: &Self) -> Ordering {
        let (left, right) = match (self.magnitude(), other.magnitude()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return if other.negative { Ordering::Greater } else { Ordering::Less },
            (Some(_), None) => return if self.negative { Ordering::Less } else { Ordering::Greater },
            (Some(left), Some(right)) => (left, right),
        };
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => left.cmp(&right).then_with(|| self.compare_digits(other)),
            (true, true) => right.cmp(&left).then_with(|| other.compare_digits(self)),
        }
    }

    fn compare_digits(&self, other: &Self) -> Ordering {
        let mut left = self.digits().skip_while(|digit| *digit == b'0');
        let mut right = other.digits().skip_while(|digit| *digit == b'0');
        loop {
            match (left.next(), right.next()) {
                (None, None) => return Ordering::Equal,
                (left, right) => match left.unwrap_or(b'0').cmp(&right.unwrap_or(b'0')) {
                    Ordering::Equal => {}
                    unequal => return unequal,
                },
            }
        }
    }
}

fn sign(text: &[u8]) -> (bool, &[u8]) {
    match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    }
}

fn digits(text: &[u8]) -> Option<(&[u8], &[u8])> {
    text.split_at_checked(text.iter().take_while(|byte| byte.is_ascii_digit()).count())
}

/// The exponent, held at a border that no text in memory can reach by its digits.
fn exponent(text: &[u8]) -> Option<i64> {
    const BORDER: i64 = i64::MAX / 4;
    let (negative, rest) = sign(text);
    let (digits, rest) = digits(rest)?;
    if digits.is_empty() || !rest.is_empty() {
        return None;
    }
    let value = digits.iter().fold(0_i64, |value, digit| {
        value.saturating_mul(10).saturating_add(i64::from(digit.saturating_sub(b'0'))).min(BORDER)
    });
    Some(if negative { -value } else { value })
}

/// `left + right`, or `None` when a digit would be lost.
pub(crate) fn add(left: Decimal, right: Decimal) -> Option<Decimal> {
    let sum = left.checked_add(right)?;
    // rust_decimal gives up decimal places rather than to overflow; then the way back does not lead home.
    let exact = sum.scale() >= left.scale().max(right.scale())
        || (sum.checked_sub(right) == Some(left) && sum.checked_sub(left) == Some(right));
    exact.then_some(sum)
}

/// `left - right`, or `None` when a digit would be lost.
pub(crate) fn subtract(left: Decimal, right: Decimal) -> Option<Decimal> {
    add(left, -right)
}

/// Decimal places of a quotient, on every database.
const QUOTIENT_PLACES: u32 = 16;
/// Decimal places that a decimal can have.
const MAX_PLACES: u32 = 28;

/// `left * right`, exact; beyond 28 decimal places rounded half away from zero. `None` when it is too large.
pub(crate) fn multiply(left: Decimal, right: Decimal) -> Option<Decimal> {
    let negative = left.is_sign_negative() != right.is_sign_negative();
    let mut scale = left.scale() + right.scale();
    let product = wide_product(left.mantissa().unsigned_abs(), right.mantissa().unsigned_abs());
    let (mut high, mut low) = product;
    let mut last = 0;
    while scale > MAX_PLACES {
        (high, low, last) = tenth(high, low);
        scale -= 1;
    }
    if last >= 5 {
        low = low.checked_add(1)?;
    }
    // Zeros at the end are given up only where the value would not fit with them.
    while (high > 0 || low > MAX_MANTISSA) && scale > 0 {
        let (next_high, next_low, rest) = tenth(high, low);
        if rest != 0 {
            return None;
        }
        (high, low) = (next_high, next_low);
        scale -= 1;
    }
    if high > 0 { None } else { signed(low, scale, negative) }
}

/// `left / right`, rounded half away from zero to 16 decimal places; zeros at the end are left out.
pub(crate) fn divide(left: Decimal, right: Decimal) -> Option<Decimal> {
    let negative = left.is_sign_negative() != right.is_sign_negative();
    let (mut rest, mut divisor) = (left.mantissa().unsigned_abs(), right.mantissa().unsigned_abs());
    // How many digits behind the point the quotient of the mantissas needs.
    let places = i64::from(QUOTIENT_PLACES) + i64::from(right.scale()) - i64::from(left.scale());
    if let Ok(beyond) = u32::try_from(-places) {
        // Too large a divisor leaves nothing in these places.
        match 10_u128.checked_pow(beyond).and_then(|factor| divisor.checked_mul(factor)) {
            Some(larger) => divisor = larger,
            None => return Some(Decimal::ZERO),
        }
    }
    let mut quotient = rest.checked_div(divisor)?;
    rest %= divisor;
    let mut scale = QUOTIENT_PLACES;
    for left in (0..u32::try_from(places).unwrap_or(0)).rev() {
        if rest == 0 && left < QUOTIENT_PLACES {
            // All further digits are zeros, for which there may be no room.
            scale = QUOTIENT_PLACES - left - 1;
            break;
        }
        // The divisor has at most 96 bits here.
        rest *= 10;
        quotient = quotient.checked_mul(10)?.checked_add(rest / divisor)?;
        rest %= divisor;
    }
    if rest >= divisor - rest {
        quotient = quotient.checked_add(1)?;
    }
    while scale > 0 && quotient.is_multiple_of(10) {
        quotient /= 10;
        scale -= 1;
    }
    signed(quotient, scale, negative)
}

/// Rounded half away from zero to so many places, which can be negative. `None` when it is too large.
pub(crate) fn round(value: Decimal, places: i32) -> Option<Decimal> {
    use rust_decimal::RoundingStrategy::MidpointAwayFromZero;
    match u32::try_from(places) {
        Ok(places) => Some(value.round_dp_with_strategy(places, MidpointAwayFromZero)),
        Err(_) => match 10_i128.checked_pow(places.unsigned_abs()) {
            Some(unit) if places.unsigned_abs() <= MAX_PLACES => {
                // Whole first, by truncation: what is behind the point decides nothing before it.
                let whole = value.trunc().mantissa();
                let magnitude = whole.checked_abs()?.checked_add(unit / 2)? / unit * unit;
                Decimal::try_from_i128_with_scale(if whole < 0 { -magnitude } else { magnitude }, 0).ok()
            }
            _ => Some(Decimal::ZERO),
        },
    }
}

/// The greatest mantissa: 96 bits.
const MAX_MANTISSA: u128 = (1 << 96) - 1;

fn signed(mantissa: u128, scale: u32, negative: bool) -> Option<Decimal> {
    let mantissa = i128::try_from(mantissa).ok()?;
    Decimal::try_from_i128_with_scale(if negative { -mantissa } else { mantissa }, scale).ok()
}

/// The product of two numbers of at most 96 bits: its bits from 128 on, and those below.
fn wide_product(left: u128, right: u128) -> (u128, u128) {
    const HALF: u32 = 64;
    const LOW: u128 = (1 << HALF) - 1;
    let (left_high, left_low) = (left >> HALF, left & LOW);
    let (right_high, right_low) = (right >> HALF, right & LOW);
    // Each of these has at most 128 bits, and the two in the middle at most 96.
    let low = left_low * right_low;
    let middle = left_high * right_low + left_low * right_high + (low >> HALF);
    (left_high * right_high + (middle >> HALF), (middle & LOW) << HALF | low & LOW)
}

/// A tenth of a number of 256 bits, and the digit that is left over.
fn tenth(high: u128, low: u128) -> (u128, u128, u128) {
    const HALF: u32 = 64;
    const LOW: u128 = (1 << HALF) - 1;
    let upper = (high % 10) << HALF | low >> HALF;
    let lower = (upper % 10) << HALF | low & LOW;
    // The quotients of both have at most 64 bits, because what is in front of them is below ten.
    (high / 10, ((upper / 10) << HALF) | (lower / 10), lower % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        parse(text.as_bytes()).expect("a decimal")
    }

    #[test]
    fn a_short_number_is_the_same_either_way() {
        for text in [
            "0",
            "-0",
            "0.00",
            "-0.00",
            "1.50",
            "-1.50",
            ".5",
            "-.5",
            "5.",
            "00012",
            "-7",
            "12345678901234567.8",
            "123456789012345678",
            "1234567890123456.789",
            "",
            "-",
            ".",
            "-.",
            "1.2.3",
            "+1",
            "1e3",
            "1x",
            " 1",
            "--1",
            "-+1",
        ] {
            let (short, any) = (plain(text.as_bytes()), parse_any(text.as_bytes()));
            match (short, any) {
                (Some(short), Ok(any)) => {
                    assert_eq!((short.mantissa(), short.scale()), (any.mantissa(), any.scale()), "{text}");
                }
                (Some(_), Err(_)) => panic!("{text:?} is no number"),
                // What it leaves to the other.
                (None, _) => {}
            }
        }
        assert!(plain(b"-1.50").is_some() && plain(b"123456789012345678").is_some());
    }

    #[test]
    fn numbers_are_read_without_rounding() {
        for (text, expected) in [
            ("1.50", "1.50"),
            ("-0.001", "-0.001"),
            ("+7", "7"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1e3", "1000"),
            ("1.5e-3", "0.0015"),
            ("0.00", "0.00"),
            ("00012", "12"),
            ("79228162514264337593543950335", "79228162514264337593543950335"),
            ("1.00000000000000000000000000000000000", "1.0000000000000000000000000000"),
            ("7922816251426433759354395033.50", "7922816251426433759354395033.5"),
            ("0e999999999999999999999", "0"),
        ] {
            assert_eq!(decimal(text).to_string(), expected, "{text}");
        }
        for text in [
            "79228162514264337593543950336",
            "0.00000000000000000000000000001",
            "1e29",
            "1e999999999999999999999",
        ] {
            assert_eq!(parse(text.as_bytes()), Err(Unreadable::Digits), "{text}");
        }
        for text in ["", "-", ".", "1e", "0x10", "1,5", "NaN", " 1", "1 ", "--1", "1.2.3", "∞"] {
            assert_eq!(parse(text.as_bytes()), Err(Unreadable::Form), "{text}");
        }
    }

    #[test]
    fn reals_are_read_where_no_digit_can_be_lost() {
        for (real, expected) in [
            (0.99, "0.99"),
            (1.98, "1.98"),
            (-13.86, "-13.86"),
            (0.0, "0"),
            (-0.0, "0"),
            (1e-7, "0.0000001"),
            (1e20, "100000000000000000000"),
            (9_999_999_999_999.99, "9999999999999.99"),
        ] {
            assert_eq!(from_real(real).map(|decimal| decimal.to_string()).as_deref(), Ok(expected), "{real}");
        }
        for real in [0.1 + 0.2, 1.0 / 3.0, 9_007_199_254_740_993.0, 1e300, 1e-300] {
            assert_eq!(from_real(real), Err(Unreadable::Digits), "{real}");
        }
        for real in [f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
            assert_eq!(from_real(real), Err(Unreadable::Form), "{real}");
        }
    }

    #[test]
    fn comparing_is_numeric_and_total() {
        let ascending = [
            "-1e999999999999999999999",
            "-100",
            "-20",
            "-3.5",
            "-3.49999",
            "-0.001",
            "0",
            "1e-50",
            "0.0000001",
            "1",
            "1.01",
            "2",
            "10",
            "1e2",
            "123456789012345678901234567890.1",
            "123456789012345678901234567890.2",
            "1e50",
            "",
            "abc",
            "x",
        ];
        for (i, left) in ascending.iter().enumerate() {
            for (j, right) in ascending.iter().enumerate() {
                assert_eq!(compare(left, right), i.cmp(&j), "{left} {right}");
            }
        }
        for (left, right) in [("1.0", "1.000"), ("-0", "0.00"), ("1e2", "100"), ("0012", "12"), ("0e5", "0")]
        {
            assert_eq!(compare(left, right), Ordering::Equal, "{left} {right}");
        }
    }

    #[test]
    fn sums_lose_no_digit() {
        assert_eq!(add(decimal("0.1"), decimal("0.20")).map(|sum| sum.to_string()).as_deref(), Some("0.30"));
        assert_eq!(subtract(decimal("1"), decimal("0.9")).map(|sum| sum.to_string()).as_deref(), Some("0.1"));
        assert_eq!(add(Decimal::MAX, decimal("1")), None);
        assert_eq!(add(Decimal::MAX, decimal("0.1")), None);
        assert_eq!(add(decimal("7922816251426433759354395033.5"), decimal("0.01")), None);
        assert_eq!(add(decimal("0"), decimal("1.50")), Some(decimal("1.50")));
    }

    #[test]
    fn products_are_exact_up_to_28_places() {
        for (left, right, product) in [
            ("1.5", "2", "3.0"),
            ("-0.1", "0.1", "-0.01"),
            ("0.00000000000001", "0.000000000000005", "0.0000000000000000000000000001"),
            ("-0.00000000000001", "0.000000000000005", "-0.0000000000000000000000000001"),
            ("0.00000000000001", "0.000000000000004", "0.0000000000000000000000000000"),
            ("79228162514264337593543950335", "1.0", "79228162514264337593543950335"),
            ("79228162514264337593543950335", "0.5000000000000000000000000000", ""),
            ("79228162514264337593543950335", "10", ""),
            ("9999999999999999999999999999", "0.1", "999999999999999999999999999.9"),
            (
                "1.0000000000000000000000000001",
                "1.0000000000000000000000000001",
                "1.0000000000000000000000000002",
            ),
        ] {
            let found = multiply(decimal(left), decimal(right)).map(|product| product.to_string());
            assert_eq!(found.unwrap_or_default(), product, "{left} {right}");
        }
    }

    #[test]
    fn quotients_have_16_places_rounded_half_away_from_zero() {
        for (left, right, quotient) in [
            ("1", "3", "0.3333333333333333"),
            ("2", "3", "0.6666666666666667"),
            ("-2", "3", "-0.6666666666666667"),
            ("1", "8", "0.125"),
            ("10.00", "2.0", "5"),
            ("0", "7", "0"),
            ("1", "20000000000000000", "0.0000000000000001"),
            ("-1", "20000000000000000", "-0.0000000000000001"),
            ("1", "20000000000000001", "0"),
            ("0.0000000000000000000000000001", "79228162514264337593543950335", "0"),
            ("79228162514264337593543950335", "1", "79228162514264337593543950335"),
            ("10000000000000", "3", "3333333333333.3333333333333333"),
        ] {
            let found = divide(decimal(left), decimal(right)).map(|quotient| quotient.to_string());
            assert_eq!(found.as_deref(), Some(quotient), "{left} {right}");
        }
        assert_eq!(divide(decimal("79228162514264337593543950335"), decimal("0.1")), None);
        assert_eq!(divide(decimal("1"), decimal("0")), None);
    }

    #[test]
    fn rounding_is_half_away_from_zero() {
        for (value, places, rounded) in [
            ("2.675", 2, "2.68"),
            ("-2.675", 2, "-2.68"),
            ("2.5", 0, "3"),
            ("-0.5", 0, "-1"),
            ("1250", -2, "1300"),
            ("-1249.99", -2, "-1200"),
            ("5", -1, "10"),
            ("5", -29, "0"),
        ] {
            assert_eq!(round(decimal(value), places), Some(decimal(rounded)), "{value} {places}");
        }
    }
}
