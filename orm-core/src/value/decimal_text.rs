//! A decimal as people read it, on the stack.

use rust_decimal::Decimal;

/// A decimal as it is shown, without the machinery of formatting: drivers and documents write thousands of them.
pub struct DecimalText {
    /// The text is at the end: it is written from its last digit on.
    bytes: [u8; DecimalText::LONGEST],
    start: usize,
}

impl DecimalText {
    /// Bytes of the longest text: 29 digits, a point and a sign, and one to spare.
    pub const LONGEST: usize = 32;

    /// The text of a decimal.
    ///
    /// ```
    /// use orm_core::value::DecimalText;
    /// use rust_decimal::Decimal;
    ///
    /// assert_eq!(DecimalText::of(&Decimal::new(-50, 2)).as_bytes(), b"-0.50");
    /// ```
    pub fn of(decimal: &Decimal) -> Self {
        let mut text = DecimalText { bytes: [0; Self::LONGEST], start: Self::LONGEST };
        let Ok(mut left) = u64::try_from(decimal.mantissa().unsigned_abs()) else {
            decimal.to_string().bytes().rev().for_each(|byte| text.put(byte));
            return text;
        };
        let mut digit = |text: &mut DecimalText| {
            // A remainder of ten fits a byte.
            text.put(b'0' + u8::try_from(left % 10).unwrap_or(0));
            left /= 10;
            left > 0
        };
        if decimal.scale() > 0 {
            for _ in 0..decimal.scale() {
                digit(&mut text);
            }
            text.put(b'.');
        }
        // At least one digit before the point.
        while digit(&mut text) {}
        if decimal.is_sign_negative() && !decimal.is_zero() {
            text.put(b'-');
        }
        text
    }

    /// It, in ASCII.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or_default()
    }

    #[inline]
    fn put(&mut self, byte: u8) {
        if let Some(start) = self.start.checked_sub(1)
            && let Some(place) = self.bytes.get_mut(start)
        {
            (*place, self.start) = (byte, start);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_written_as_they_are_shown() {
        for number in [
            "0",
            "0.00",
            "-0.00",
            "1",
            "-0.010",
            "99999999.99",
            "18446744073709551615",
            "18446744073709551616",
            "-1844674407370955161.6",
            "-0.0000000000000000000000000001",
            "-7.9228162514264337593543950335",
        ] {
            let decimal: Decimal = number.parse().expect("a decimal");
            assert_eq!(DecimalText::of(&decimal).as_bytes(), decimal.to_string().as_bytes());
        }
        assert_eq!(DecimalText::of(&-Decimal::ZERO).as_bytes(), b"0");
    }
}
