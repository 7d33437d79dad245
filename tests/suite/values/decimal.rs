//! Decimals: exact on every database, and refused where the column would round them.

use orm::prelude::*;

use super::*;

fn decimals(texts: &[&str]) -> Vec<Decimal> {
    texts.iter().map(|text| text.parse().expect("a decimal")).collect()
}

comes_back_in_order!(price: Decimal, [max_digits = 10, decimal_places = 2], decimals(&[
    "-99999999.99", "-99999999.98", "-10", "-9.5", "-0.01", "0", "0.01", "0.1", "9", "9.5", "10", "10.01", "99", "100",
    "99999999.98", "99999999.99",
]));
comes_back_in_order!(most_digits: Decimal, [max_digits = 28, decimal_places = 14], decimals(&[
    "-99999999999999.99999999999999", "-0.00000000000001", "0.00000000000001", "0.1", "12345678901234.56789012345678",
    "99999999999999.99999999999998", "99999999999999.99999999999999",
]));
comes_back_in_order!(whole: Decimal, [max_digits = 28, decimal_places = 0], decimals(&[
    "-9999999999999999999999999999", "-1", "0", "9", "10", "9999999999999999999999999998", "9999999999999999999999999999",
]));
comes_back_in_order!(fraction: Decimal, [max_digits = 28, decimal_places = 28], decimals(&[
    "-0.9999999999999999999999999999", "0", "0.0000000000000000000000000001", "0.9999999999999999999999999999",
]));

#[test]
fn digits_beyond_the_column_are_refused() {
    use price::Holder;
    crate::support::run(models![Holder], async |db| {
        Holder::objects().create(db, |h| h.value(Decimal::ONE)).await.unwrap();
        let too_many =
            |error: &ValueError| *error == ValueError::TooManyDigits { max_digits: 10, decimal_places: 2 };
        for value in decimals(&["100000000", "-100000000.00", "0.001", "99999999.991", "-0.005"]) {
            refused!(db, Holder, value, too_many);
        }
        refused!(db, Holder, Decimal::MAX, too_many);
        refused!(db, Holder, Decimal::MIN, too_many);
    });
}

#[test]
fn trailing_zeros_change_nothing() {
    use price::Holder;
    crate::support::run(models![Holder], async |db| {
        for text in ["1.5", "1.50", "1.500000"] {
            Holder::objects().create(db, |h| h.value(text.parse::<Decimal>().unwrap())).await.unwrap();
        }
        for text in ["1.5", "1.50", "1.5000000000"] {
            let value: Decimal = text.parse().unwrap();
            assert_eq!(Holder::objects().filter(|h| h.value.eq(value)).count(db).await.unwrap(), 3);
            assert_eq!(Holder::objects().filter(|h| h.value.is_in([value])).count(db).await.unwrap(), 3);
            assert_eq!(
                Holder::objects().filter(|h| h.value.between(value, value)).count(db).await.unwrap(),
                3
            );
            assert_eq!(Holder::objects().filter(|h| h.value.ne(value)).count(db).await.unwrap(), 0);
        }
        // What a filter asks for may have more digits than the column.
        let finer: Decimal = "1.4999".parse().unwrap();
        assert_eq!(Holder::objects().filter(|h| h.value.gt(finer)).count(db).await.unwrap(), 3);
    });
}

#[test]
fn calculated_decimals_compare_as_numbers() {
    use price::Holder;
    crate::support::run(models![Holder], async |db| {
        for value in decimals(&["0.1", "8.5", "9", "90"]) {
            Holder::objects().create(db, |h| h.value(value).other(value)).await.unwrap();
        }
        let count = async |query: QuerySet<Holder>| query.count(db).await.unwrap();
        assert_eq!(count(Holder::objects().filter(|h| (h.value + 1).gt(10))).await, 1);
        assert_eq!(count(Holder::objects().filter(|h| (h.value + 1).ge(10))).await, 2);
        assert_eq!(count(Holder::objects().filter(|h| (h.value * 2).between(1, 20))).await, 2);
        assert_eq!(
            count(Holder::objects().filter(|h| (h.value + h.other).eq("0.2".parse::<Decimal>().unwrap())))
                .await,
            1
        );
        assert_eq!(count(Holder::objects().filter(|h| (h.value - h.other).eq(0))).await, 4);
        assert_eq!(count(Holder::objects().filter(|h| (h.value * h.other).lt(h.value))).await, 1);
        assert_eq!(
            count(Holder::objects().filter(|h| (h.value + 0).is_in(decimals(&["9.00", "90.0"])))).await,
            2
        );
        let by_double = Holder::objects().order_by(|h| (h.value * 2).desc()).all(db).await.unwrap();
        assert_eq!(
            by_double.iter().map(|row| row.value).collect::<Vec<_>>(),
            decimals(&["90", "9", "8.5", "0.1"])
        );
    });
}

#[test]
fn calculated_decimals_are_stored_with_the_columns_places() {
    use price::Holder;
    crate::support::run(models![Holder], async |db| {
        for value in decimals(&["0.1", "0.15", "-0.15", "2.5", "10"]) {
            Holder::objects().create(db, |h| h.value(value)).await.unwrap();
        }
        let tenth: Decimal = "0.1".parse().unwrap();
        Holder::objects().update(db, |h| h.value.set(h.value * tenth)).await.unwrap();
        let values = Holder::objects().order_by(|h| h.id).all(db).await.unwrap();
        // Half away from zero, as PostgreSQL and MySQL round what is assigned.
        assert_eq!(
            values.iter().map(|row| row.value).collect::<Vec<_>>(),
            decimals(&["0.01", "0.02", "-0.02", "0.25", "1.00"])
        );
        assert!(values.iter().all(|row| row.value.scale() <= 2));
    });
}

#[test]
fn calculated_decimals_too_large_for_the_column_are_refused() {
    use price::Holder;
    crate::support::run(models![Holder], async |db| {
        for value in decimals(&["1", "99999999.99"]) {
            Holder::objects().create(db, |h| h.value(value)).await.unwrap();
        }
        let result = Holder::objects().update(db, |h| h.value.set(h.value + 1)).await;
        let error = result.expect_err("100000000.99 does not fit");
        assert_eq!(error.kind(), Some(orm::DatabaseErrorKind::DataError), "{error}");
        let values = Holder::objects().order_by(|h| h.id).all(db).await.unwrap();
        assert_eq!(values.iter().map(|row| row.value).collect::<Vec<_>>(), decimals(&["1", "99999999.99"]));
    });
}
