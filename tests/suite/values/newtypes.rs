//! Newtypes are stored as what they wrap.

use orm::prelude::*;

use super::*;

#[derive(FieldType, Debug, Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

#[derive(FieldType, Debug, Clone, Copy, PartialEq)]
pub struct Celsius {
    degrees: f64,
}

#[derive(FieldType, Debug, Clone, Copy, PartialEq)]
pub struct Money(Decimal);

#[derive(FieldType, Debug, Clone, Copy, PartialEq)]
pub struct Counter(u32);

comes_back_in_order!(around_text: Email, [max_length = 50], vec![Email("a@example.org".into()), Email("b@example.org".into())]);
comes_back_in_order!(around_float: Celsius, [], vec![Celsius { degrees: -273.15 }, Celsius { degrees: 36.6 }]);
comes_back_in_order!(around_decimal: Money, [max_digits = 10, decimal_places = 2], vec![
    Money(Decimal::new(-995, 2)),
    Money(Decimal::new(95, 1)),
    Money(Decimal::TEN),
]);
comes_back_in_order!(around_integer: Counter, [], vec![Counter(0), Counter(9), Counter(10), Counter(u32::MAX)]);

#[test]
fn the_inner_value_and_text_lookups_work() {
    use around_text::Holder;
    crate::support::run(models![Holder], async |db| {
        Holder::objects()
            .create(db, |h| h.value("ann@example.org").other(Email("Ann@example.org".into())))
            .await
            .unwrap();
        assert_eq!(Holder::objects().filter(|h| h.value.eq("ann@example.org")).count(db).await.unwrap(), 1);
        assert_eq!(Holder::objects().filter(|h| h.other.icontains("ANN@")).count(db).await.unwrap(), 1);
        assert_eq!(Holder::objects().filter(|h| h.value.endswith(".org")).count(db).await.unwrap(), 1);
        assert_eq!(Holder::objects().update(db, |h| h.value.set("bob@example.org")).await.unwrap(), 1);
        assert_eq!(Holder::objects().get(db).await.unwrap().value, Email("bob@example.org".into()));
    });
}

#[test]
fn what_does_not_fit_is_refused() {
    crate::support::run(models![around_text::Holder], async |db| {
        use around_text::Holder;
        Holder::objects().create(db, |h| h.value("x")).await.unwrap();
        let too_long = |error: &ValueError| *error == ValueError::TooLong { max_length: 50, length: 51 };
        refused!(db, Holder, Email("x".repeat(51)), too_long);
    });
    crate::support::run(models![around_decimal::Holder], async |db| {
        use around_decimal::Holder;
        Holder::objects().create(db, |h| h.value(Decimal::ONE)).await.unwrap();
        let too_many =
            |error: &ValueError| *error == ValueError::TooManyDigits { max_digits: 10, decimal_places: 2 };
        refused!(db, Holder, Money(Decimal::new(1, 3)), too_many);
    });
}
