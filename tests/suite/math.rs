//! Mathematics: the same result everywhere, NULL where a function is not defined.
#![allow(clippy::float_cmp, reason = "these numbers are exact")]

use orm::prelude::*;
use orm::{DatabaseErrorKind, Error};

use crate::support::{Db, run};

#[derive(Model, Debug, Clone, PartialEq)]
struct Number {
    #[field(primary_key)]
    id: i64,
    x: f64,
    #[field(default = 0.5)]
    single: f32,
    #[field(default = 0)]
    small: i16,
    #[field(default = 0)]
    whole: i64,
    #[field(default = 0)]
    natural: u64,
    #[field(max_digits = 20, decimal_places = 4, default = Decimal::ZERO)]
    exact: Decimal,
    none: Option<f64>,
}

const XS: [f64; 12] = [0.0, 0.5, -0.5, 1.0, -1.0, 2.0, 0.1, -3.7, 100.25, 1e-5, -60.0, 12.0];

fn with(test: impl AsyncFnOnce(&Db)) {
    run(models![Number], async |db| {
        for x in XS {
            Number::objects().create(db, |r| r.x(x)).await.unwrap();
        }
        test(db).await;
    });
}

fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[track_caller]
fn close(found: Option<f64>, expected: Option<f64>, what: &str) {
    match (found, expected) {
        (None, None) => {}
        (Some(found), Some(expected)) => {
            let error = (found - expected).abs();
            assert!(error <= 1e-9 * expected.abs().max(1.0), "{what}: {found} instead of {expected}");
        }
        _ => panic!("{what}: {found:?} instead of {expected:?}"),
    }
}

#[test]
fn functions_of_one_number() {
    with(async |db| {
        let all = || Number::objects().order_by(|r| r.id);
        let rows = all()
            .values(|r| (r.x, r.x.sqrt(), r.x.ln(), r.x.acos(), r.x.asin(), r.x.cot()))
            .all(db)
            .await
            .unwrap();
        assert_eq!(rows.len(), XS.len());
        for (x, sqrt, ln, acos, asin, cot) in rows {
            let unit = x.abs() <= 1.0;
            close(sqrt, (x >= 0.0).then(|| x.sqrt()), &format!("sqrt {x}"));
            close(ln, (x > 0.0).then(|| x.ln()), &format!("ln {x}"));
            close(acos, unit.then(|| x.acos()), &format!("acos {x}"));
            close(asin, unit.then(|| x.asin()), &format!("asin {x}"));
            close(cot, (x != 0.0).then(|| x.tan().recip()), &format!("cot {x}"));
        }
        let rows = all()
            .values(|r| {
                (r.x, r.x.exp(), r.x.atan(), r.x.cos(), r.x.sin(), r.x.tan(), r.x.degrees(), r.x.radians())
            })
            .all(db)
            .await
            .unwrap();
        for (x, exp, atan, cos, sin, tan, degrees, radians) in rows {
            for (found, expected) in [
                (exp, x.exp()),
                (atan, x.atan()),
                (cos, x.cos()),
                (sin, x.sin()),
                (tan, x.tan()),
                (degrees, x.to_degrees()),
                (radians, x.to_radians()),
            ] {
                // e to the power of 100.25 is known to 9 digits only of some libraries.
                close(Some(found), Some(expected), &format!("{x}"));
            }
        }
        let exact = all()
            .limit(1)
            .values(|r| ((r.whole + 16).sqrt(), (r.exact + dec("2.25")).sqrt(), (r.natural + 9).sqrt()));
        assert_eq!(exact.get(db).await.unwrap(), (Some(4.0), Some(1.5), Some(3.0)));
        let nulls = all()
            .limit(1)
            .values(|r| (r.none.sqrt(), r.none.exp(), r.none.abs(), r.none.round(1), r.none.sign()));
        assert_eq!(nulls.get(db).await.unwrap(), (None, None, None, None, None));
    });
}

#[test]
fn functions_of_two_numbers() {
    with(async |db| {
        for y in [2.0_f64, -1.0, 0.5, 0.0, 3.0] {
            let rows = Number::objects()
                .values(|r| (r.x, r.x.power(y), r.x.log(y), r.x.atan2(y)))
                .all(db)
                .await
                .unwrap();
            for (x, power, log, atan2) in rows {
                let defined = !(x == 0.0 && y < 0.0 || x < 0.0 && y.fract() != 0.0);
                close(power, defined.then(|| x.powf(y)), &format!("{x} to the power of {y}"));
                let defined = x > 0.0 && y > 0.0 && y != 1.0;
                close(log, defined.then(|| x.ln() / y.ln()), &format!("log {x} to the base {y}"));
                close(Some(atan2), Some(x.atan2(y)), &format!("atan2 {x} {y}"));
            }
        }
        let all = || Number::objects().order_by(|r| r.id).limit(1);
        let power = all().values(|r| {
            ((r.whole + 2).power(10), (r.exact + 3).power(2), (r.whole + 5).power(r.whole + 2), r.x.log(1))
        });
        assert_eq!(power.get(db).await.unwrap(), (Some(1024.0), Some(9.0), Some(25.0), None));
        assert_eq!(
            all().values(|r| (r.x.power(r.none), r.none.atan2(r.x))).get(db).await.unwrap(),
            (None, None)
        );
    });
}

#[test]
fn absolute_value_sign_floor_and_ceiling_keep_the_type() {
    with(async |db| {
        let rows = Number::objects()
            .values(|r| (r.x, r.x.abs(), r.x.sign(), r.x.floor(), r.x.ceil()))
            .all(db)
            .await
            .unwrap();
        for (x, abs, sign, floor, ceil) in rows {
            let expected = if x == 0.0 { 0.0 } else { x.signum() };
            assert_eq!((abs, sign, floor, ceil), (x.abs(), expected, x.floor(), x.ceil()), "{x}");
        }
        let one = Number::objects()
            .create(db, |r| r.x(0.0).single(-2.5).small(i16::MIN).whole(-7).natural(9).exact(dec("-2.5000")))
            .await
            .unwrap();
        let one = || Number::objects().pk(one.id);
        let abs: (i64, u64, Decimal, f64) = one()
            .values(|r| (r.whole.abs(), r.natural.abs(), r.exact.abs(), r.single.abs()))
            .get(db)
            .await
            .unwrap();
        assert_eq!(abs, (7, 9, dec("2.5"), 2.5));
        // 32,768 is computed, and no `i16`.
        assert_eq!(one().filter(|r| r.small.abs().gt(i16::MAX)).count(db).await.unwrap(), 1);
        assert!(one().values(|r| r.small.abs()).get(db).await.is_err());
        let sign: (i16, i64, u64, Decimal, f64) = one()
            .values(|r| (r.small.sign(), r.whole.sign(), r.natural.sign(), r.exact.sign(), r.single.sign()))
            .get(db)
            .await
            .unwrap();
        assert_eq!(sign, (-1, -1, 1, dec("-1"), -1.0));
        let floor: (i64, Decimal, f64) =
            one().values(|r| (r.whole.floor(), r.exact.floor(), r.single.floor())).get(db).await.unwrap();
        assert_eq!(floor, (-7, dec("-3"), -3.0));
        let ceil: (i64, Decimal, f64) =
            one().values(|r| (r.whole.ceil(), r.exact.ceil(), r.single.ceil())).get(db).await.unwrap();
        assert_eq!(ceil, (-7, dec("-2"), -2.0));
    });
}

#[test]
fn rounding_is_half_away_from_zero() {
    run(models![Number], async |db| {
        for (x, places, rounded) in [
            (0.5, 0, 1.0),
            (1.5, 0, 2.0),
            (2.5, 0, 3.0),
            (-0.5, 0, -1.0),
            (-2.5, 0, -3.0),
            (0.499_999_999_999_999_94, 0, 0.0),
            (2.675, 2, 2.68),
            (1.005, 2, 1.01),
            (-1.005, 2, -1.01),
            (1234.5678, -2, 1200.0),
            (1250.0, -2, 1300.0),
            (1e300, 3, 1e300),
            (1.234_567_890_123_456_7, 16, 1.234_567_890_123_456_7),
            (9_007_199_254_740_993.0, 0, 9_007_199_254_740_992.0),
            (1e-20, 5, 0.0),
        ] {
            let id = Number::objects().create(db, |r| r.x(x)).await.unwrap().id;
            let found = Number::objects().pk(id).values(|r| r.x.round(places)).get(db).await.unwrap();
            assert_eq!(found, rounded, "{x} {places}");
        }
        for (exact, places, rounded) in [
            ("2.5", 0, "3"),
            ("-2.5", 0, "-3"),
            ("0.1250", 2, "0.13"),
            ("-0.1250", 2, "-0.13"),
            ("1250.9999", -2, "1300"),
            ("1.5", 9, "1.5"),
        ] {
            let id = Number::objects().create(db, |r| r.x(0.0).exact(dec(exact))).await.unwrap().id;
            let found: Decimal =
                Number::objects().pk(id).values(|r| r.exact.round(places)).get(db).await.unwrap();
            assert_eq!(found, dec(rounded), "{exact} {places}");
        }
        let id = Number::objects()
            .create(db, |r| r.x(0.0).whole(-1250).natural(1249).single(2.675))
            .await
            .unwrap()
            .id;
        let whole = Number::objects()
            .pk(id)
            .values(|r| (r.whole.round(2), r.whole.round(-2), r.natural.round(-2), r.single.round(2)));
        // In single precision it is 2.67499…
        assert_eq!(whole.get(db).await.unwrap(), (-1250, -1300, 1200, 2.67));
        for places in [-10, 29] {
            let refused = Number::objects().values(|r| r.x.round(places)).all(db).await;
            assert!(matches!(refused, Err(Error::InvalidQuery(_))), "{refused:?}");
        }
    });
}

#[test]
fn what_a_double_cannot_hold_is_an_error() {
    with(async |db| {
        let one = || Number::objects().filter(|r| r.x.eq(100.25));
        let exp = one().values(|r| (r.x * 100.0).exp()).get(db).await;
        assert_eq!(exp.unwrap_err().kind(), Some(DatabaseErrorKind::DataError));
        let power = one().values(|r| r.x.power(1000)).get(db).await;
        assert_eq!(power.unwrap_err().kind(), Some(DatabaseErrorKind::DataError));
        let nothing = one().values(|r| (-r.x * 100.0).exp()).get(db).await.unwrap();
        assert!(nothing.abs() < 1e-300);
    });
}

#[test]
fn random_numbers_and_constants() {
    with(async |db| {
        let numbers = Number::objects().values(|_| random()).all(db).await.unwrap();
        assert!(numbers.iter().all(|number| (0.0..1.0).contains(number)), "{numbers:?}");
        assert!(numbers.windows(2).any(|pair| pair[0] != pair[1]), "{numbers:?}");
        assert_eq!(Number::objects().filter(|_| random().lt(2.0)).count(db).await.unwrap(), 12);
        assert_eq!(Number::objects().order_by(|_| random()).all(db).await.unwrap().len(), 12);
        assert_eq!(Number::objects().limit(1).values(|_| pi()).get(db).await.unwrap(), std::f64::consts::PI);
        let sorted = Number::objects()
            .filter(|r| r.x.abs().lt(0.6))
            .order_by(|r| (r.x.abs().desc(), r.id))
            .values(|r| r.x);
        assert_eq!(sorted.all(db).await.unwrap(), [0.5, -0.5, 0.1, 1e-5, 0.0]);
        let grouped = Number::objects().values(|r| (r.x.sign(), count_rows())).order_by(|r| r.x.sign());
        assert_eq!(grouped.all(db).await.unwrap(), [(-1.0, 4), (0.0, 1), (1.0, 7)]);
    });
}
