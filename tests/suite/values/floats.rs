//! Floating point numbers, to the last bit; NaN and the infinities where a database has them.

use orm::Dialect;
use orm::prelude::*;

use super::*;

comes_back_in_order!(f32_: f32, [], vec![
    f32::MIN, -16_777_216.0, -1.5, -f32::MIN_POSITIVE, 0.0, f32::MIN_POSITIVE, 0.1, 0.100_000_01, 1.0, 16_777_216.0, f32::MAX,
]);
comes_back_in_order!(f64_: f64, [], vec![
    f64::MIN, -9_007_199_254_740_993.0, -0.1, -f64::MIN_POSITIVE, 0.0, f64::MIN_POSITIVE, 0.1, 0.3, 0.1 + 0.2, 1.0 - f64::EPSILON,
    1.0, 9_007_199_254_740_993.0, f64::MAX,
]);

fn not_finite(expected: &'static str) -> impl Fn(&ValueError) -> bool {
    move |error| matches!(error, ValueError::NotFinite { kind } if *kind == expected)
}

#[test]
fn infinities_are_held_or_refused() {
    crate::support::run(models![f64_::Holder], async |db| {
        use f64_::Holder;
        Holder::objects().create(db, |h| h.value(1.0)).await.unwrap();
        for value in [f64::INFINITY, f64::NEG_INFINITY] {
            // docs/guide/src/differences.md: Infinities in floats
            if matches!(db.dialect(), Dialect::MySql | Dialect::MariaDb) {
                refused!(db, Holder, value, not_finite("f64"));
                refused_in_filters!(db, Holder, value, not_finite("f64"));
            } else {
                Holder::objects().update(db, |h| h.value.set(value)).await.unwrap();
                let found = Holder::objects().filter(|h| h.value.eq(value)).get(db).await.unwrap();
                assert_eq!(found.value.to_bits(), value.to_bits());
            }
        }
    });
}

#[test]
fn infinities_of_f32_are_held_or_refused() {
    crate::support::run(models![f32_::Holder], async |db| {
        use f32_::Holder;
        Holder::objects().create(db, |h| h.value(1.0_f32)).await.unwrap();
        for value in [f32::INFINITY, f32::NEG_INFINITY] {
            // docs/guide/src/differences.md: Infinities in floats
            if matches!(db.dialect(), Dialect::MySql | Dialect::MariaDb) {
                refused!(db, Holder, value, not_finite("f32"));
            } else {
                Holder::objects().update(db, |h| h.value.set(value)).await.unwrap();
                let found = Holder::objects().filter(|h| h.value.eq(value)).get(db).await.unwrap();
                assert_eq!(found.value.to_bits(), value.to_bits());
            }
        }
    });
}

#[test]
fn nan_is_held_or_refused() {
    crate::support::run(models![f32_::Holder], async |db| {
        use f32_::Holder;
        Holder::objects().create(db, |h| h.value(1.0_f32)).await.unwrap();
        // docs/guide/src/differences.md: NaN in floats
        if db.dialect() == Dialect::Postgres {
            Holder::objects().update(db, |h| h.value.set(f32::NAN)).await.unwrap();
            assert!(Holder::objects().get(db).await.unwrap().value.is_nan());
        } else {
            refused!(db, Holder, f32::NAN, not_finite("f32"));
        }
    });
    crate::support::run(models![f64_::Holder], async |db| {
        use f64_::Holder;
        Holder::objects().create(db, |h| h.value(1.0)).await.unwrap();
        // docs/guide/src/differences.md: NaN in floats
        if db.dialect() == Dialect::Postgres {
            Holder::objects().update(db, |h| h.value.set(f64::NAN)).await.unwrap();
            assert!(Holder::objects().get(db).await.unwrap().value.is_nan());
        } else {
            refused!(db, Holder, f64::NAN, not_finite("f64"));
            refused_in_filters!(db, Holder, f64::NAN, not_finite("f64"));
        }
    });
}

#[test]
fn negative_zero_is_zero() {
    crate::support::run(models![f64_::Holder], async |db| {
        use f64_::Holder;
        let row = Holder::objects().create(db, |h| h.value(-0.0)).await.unwrap();
        assert!(row.value == 0.0);
        assert_eq!(Holder::objects().filter(|h| h.value.eq(0.0)).count(db).await.unwrap(), 1);
    });
}
