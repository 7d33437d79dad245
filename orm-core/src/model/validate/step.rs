//! Which numbers are a number of steps away from another one.

use rust_decimal::Decimal;

use crate::value::FieldType;

/// A number that `validate(step = …)` can be asked of.
#[diagnostic::on_unimplemented(
    message = "`step` is for numbers, and `{Self}` is none that it knows",
    label = "not an integer, a float or a `Decimal`",
    note = "a function of your own can say it: `validate(custom = path)`"
)]
pub trait Stepped: FieldType {
    /// Whether it is a multiple of `step`, counted from `offset`. Nothing but the offset is a multiple of 0.
    fn is_step(&self, step: &Self, offset: Option<&Self>) -> bool;
}

macro_rules! integers {
    ($($type:ty),*) => {$(
        impl Stepped for $type {
            fn is_step(&self, step: &Self, offset: Option<&Self>) -> bool {
                let distance = i128::from(*self) - offset.map_or(0, |offset| i128::from(*offset));
                distance.checked_rem(i128::from(*step)).unwrap_or(distance) == 0
            }
        }
    )*};
}

integers!(i16, i32, i64, u32, u64);

impl Stepped for f64 {
    /// As far as floats are exact: 0.3 is a multiple of 0.1.
    fn is_step(&self, step: &Self, offset: Option<&Self>) -> bool {
        let distance = self - offset.unwrap_or(&0.0);
        let rest = if *step == 0.0 { distance } else { distance - (distance / step).round() * step };
        // What Django allows; what is no number is no multiple either.
        rest.abs() <= 1e-9
    }
}

impl Stepped for f32 {
    fn is_step(&self, step: &Self, offset: Option<&Self>) -> bool {
        // By way of the text, which is the number that was meant: 0.1 is not the 0.100000001490116 that a cast makes of it.
        let exact = |number: f32| number.to_string().parse().unwrap_or(f64::NAN);
        exact(*self).is_step(&exact(*step), offset.map(|offset| exact(*offset)).as_ref())
    }
}

impl Stepped for Decimal {
    /// In whole numbers, because a difference of two decimals may have more digits than a decimal.
    fn is_step(&self, step: &Self, offset: Option<&Self>) -> bool {
        let (value, step) = (self.normalize(), step.normalize());
        let offset = offset.map_or(Decimal::ZERO, Decimal::normalize);
        if step.is_zero() {
            return value == offset;
        }
        let places = value.scale().max(offset.scale());
        if places > step.scale() {
            // Digits that no step reaches have to be the same in both.
            if value.scale() != offset.scale() {
                return false;
            }
            let distance = value.mantissa() - offset.mantissa();
            let factor = 10_i128.checked_pow(places - step.scale());
            let step = factor.and_then(|factor| step.mantissa().checked_mul(factor));
            // A step beyond any number is further than the two are apart.
            return step.map_or(distance, |step| distance % step) == 0;
        }
        let size = step.mantissa();
        let rest =
            |of: Decimal| (of.scale()..step.scale()).fold(of.mantissa() % size, |rest, _| rest * 10 % size);
        (rest(value) - rest(offset)) % size == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().expect("a decimal")
    }

    #[test]
    fn integers() {
        assert!(10.is_step(&5, None) && (-10).is_step(&5, None) && 0.is_step(&5, None));
        assert!(!11.is_step(&5, None) && 11.is_step(&5, Some(&1)) && (-4).is_step(&5, Some(&1)));
        assert!(!i64::MAX.is_step(&2, Some(&i64::MIN)) && i64::MIN.is_step(&2, None));
        assert!(u64::MAX.is_step(&5, None) && !(u64::MAX - 1).is_step(&5, None));
        assert!(3.is_step(&0, Some(&3)) && !4.is_step(&0, Some(&3)));
        assert!(i16::MIN.is_step(&-1, None));
    }

    #[test]
    fn floats() {
        assert!(
            0.3.is_step(&0.1, None) && (0.1 + 0.2).is_step(&0.1, None) && 0.35.is_step(&0.1, Some(&0.05))
        );
        assert!(
            !0.35.is_step(&0.1, None) && !f64::NAN.is_step(&0.1, None) && !f64::INFINITY.is_step(&0.1, None)
        );
        assert!(1e300.is_step(&1.0, None) && 0.0.is_step(&0.0, None) && !1.0.is_step(&0.0, None));
        assert!(0.3_f32.is_step(&0.1, None) && !0.35_f32.is_step(&0.1, None));
    }

    #[test]
    fn decimals_are_exact() {
        let is_step = |value, step, offset: Option<&str>| {
            decimal(value).is_step(&decimal(step), offset.map(decimal).as_ref())
        };
        assert!(
            is_step("0.75", "0.25", None) && is_step("-0.75", "0.250", None) && is_step("100", "0.05", None)
        );
        assert!(!is_step("0.76", "0.25", None) && is_step("0.76", "0.25", Some("0.01")));
        assert!(!is_step("0.3000000000000000000000000001", "0.1", None));
        assert!(is_step("79228162514264337593543950335", "5", None));
        assert!(!is_step("79228162514264337593543950334", "5", None));
        assert!(is_step("79228162514264337593543950335", "0.0000000000000000000000000005", None));
        assert!(!is_step("79228162514264337593543950335", "7.0000000000000000000000000001", None));
        // Differences of more digits than a decimal has.
        assert!(!is_step("79228162514264337593543950335", "3", Some("0.0000000000000000000000000001")));
        assert!(is_step(
            "1.0000000000000000000000000001",
            "79228162514264337593543950335",
            Some("1.0000000000000000000000000001")
        ));
        assert!(!is_step(
            "1.0000000000000000000000000001",
            "79228162514264337593543950335",
            Some("0.0000000000000000000000000001")
        ));
        assert!(
            is_step("1.5", "3", Some("-1.5")) && !is_step("1.5", "3", None) && is_step("-2", "7", Some("5"))
        );
        assert!(is_step("0.0", "0.25", None) && is_step("1", "0", Some("1.00")) && !is_step("1", "0", None));
    }
}
