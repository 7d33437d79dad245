//! Arithmetic on columns: every type, the same answer everywhere, and never a wrong number.

use orm::prelude::*;
use orm::{DatabaseErrorKind, Error};

use crate::support::{Db, run};

#[derive(Model, Debug, Clone, PartialEq)]
struct Pair {
    #[field(primary_key)]
    id: i64,
    #[field(default = 1)]
    a16: i16,
    #[field(default = 1)]
    b16: i16,
    #[field(default = 1)]
    a32: i32,
    #[field(default = 1)]
    b32: i32,
    #[field(default = 1)]
    a64: i64,
    #[field(default = 1)]
    b64: i64,
    #[field(default = 1)]
    au32: u32,
    #[field(default = 1)]
    bu32: u32,
    #[field(default = 1)]
    au64: u64,
    #[field(default = 1)]
    bu64: u64,
    none: Option<i64>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Real {
    #[field(primary_key)]
    id: i64,
    #[field(default = 1.0)]
    a32: f32,
    #[field(default = 1.0)]
    b32: f32,
    #[field(default = 1.0)]
    a64: f64,
    #[field(default = 1.0)]
    b64: f64,
    none: Option<f64>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Exact {
    #[field(primary_key)]
    id: i64,
    #[field(max_digits = 20, decimal_places = 6, default = Decimal::ONE)]
    a: Decimal,
    #[field(max_digits = 24, decimal_places = 16, default = Decimal::ONE)]
    b: Decimal,
    #[field(max_digits = 10, decimal_places = 2)]
    none: Option<Decimal>,
}

fn with(test: impl AsyncFnOnce(&Db)) {
    run(models![Pair, Real, Exact], test);
}

fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// The database, or the driver that reads what it gave, says that a number is out of range.
fn is_refused<T: std::fmt::Debug>(result: Result<T, Error>) {
    match result {
        Err(error) if error.kind() == Some(DatabaseErrorKind::DataError) => {}
        // Where a column has more bits than its field, a check refuses what the field does not hold.
        Err(error) if error.kind() == Some(DatabaseErrorKind::CheckViolation) => {}
        // What came back is no integer of this type.
        Err(Error::Value(_)) => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn integers_are_calculated_as_rust_does() {
    with(async |db| {
        let numbers: [i64; 11] =
            [0, 1, -1, 2, -2, 7, -7, 1_000_003, -1_000_003, 3_037_000_499, -3_037_000_499];
        for a in numbers {
            for b in numbers {
                Pair::objects().create(db, |r| r.a64(a).b64(b)).await.unwrap();
            }
        }
        let rows = Pair::objects()
            .values(|r| {
                (
                    r.a64,
                    r.b64,
                    r.a64 + r.b64,
                    r.a64 - r.b64,
                    r.a64 * r.b64,
                    r.a64 / r.b64,
                    r.a64 % r.b64,
                    -r.a64,
                )
            })
            .all(db)
            .await
            .unwrap();
        assert_eq!(rows.len(), numbers.len() * numbers.len());
        for (a, b, sum, difference, product, quotient, remainder, negative) in rows {
            assert_eq!((sum, difference, product, negative), (a + b, a - b, a * b, -a), "{a} {b}");
            assert_eq!((quotient, remainder), (a.checked_div(b), a.checked_rem(b)), "{a} {b}");
        }
        let bits = Pair::objects()
            .values(|r| (r.a64, r.b64, r.a64.bitand(r.b64), r.a64.bitor(r.b64), r.a64.bitxor(r.b64)))
            .all(db)
            .await
            .unwrap();
        for (a, b, and, or, xor) in bits {
            assert_eq!((and, or, xor), (a & b, a | b, a ^ b), "{a} {b}");
        }
        for places in [0_u32, 1, 5, 62, 63] {
            let shifted = Pair::objects()
                .values(|r| {
                    (r.a64, r.a64.bitleftshift(i64::from(places)), r.a64.bitrightshift(i64::from(places)))
                })
                .all(db)
                .await
                .unwrap();
            for (a, left, right) in shifted {
                assert_eq!((left, right), (a << places, a >> places), "{a} {places}");
            }
        }
        // Of what is computed only the last six bits count.
        let shifted = Pair::objects()
            .values(|r| (r.a64, r.b64, r.a64.bitleftshift(r.b64), r.a64.bitrightshift(r.b64)))
            .all(db)
            .await
            .unwrap();
        for (a, b, left, right) in shifted {
            assert_eq!((left, right), (a << (b & 63), a >> (b & 63)), "{a} {b}");
        }
    });
}

#[test]
fn short_integers_are_calculated_with_64_bits() {
    with(async |db| {
        Pair::objects().create(db, |r| r.a16(i16::MAX).b16(-5).a32(i32::MAX).b32(-7)).await.unwrap();
        let all = Pair::objects;
        let short = all()
            .values(|r| (r.a16 + r.b16, r.a16 / r.b16, r.a16 % r.b16, -r.b16, r.a16 * 2 / 2))
            .get(db)
            .await;
        assert_eq!(short.unwrap(), (32_762, Some(-6_553), Some(2), 5, Some(i16::MAX)));
        let longer = all()
            .values(|r| (r.a32 + r.b32, r.a32 / r.b32, r.a32 * 3 - r.a32 * 2, r.b32.bitand(3)))
            .get(db)
            .await;
        assert_eq!(longer.unwrap(), (2_147_483_640, Some(-306_783_378), i32::MAX, 1));
        is_refused(all().values(|r| r.a16 + 1).get(db).await);
        is_refused(all().values(|r| r.a32 + 1).get(db).await);
        assert_eq!(all().filter(|r| (r.a16 + 1).gt(r.a16)).count(db).await.unwrap(), 1);
        assert_eq!(all().filter(|r| (r.a32 * r.a32).gt(r.a32)).count(db).await.unwrap(), 1);
        is_refused(all().update(db, |r| r.a16.set(r.a16 + 1)).await);
        is_refused(all().update(db, |r| r.a32.set(r.a32 * 2)).await);
        assert_eq!(all().update(db, |r| r.a32.set(r.a32 - 1)).await.unwrap(), 1);
        assert_eq!(all().get(db).await.unwrap().a32, i32::MAX - 1);
    });
}

#[test]
fn beyond_64_bits_is_an_error() {
    with(async |db| {
        Pair::objects().create(db, |r| r.a64(i64::MAX).b64(i64::MIN)).await.unwrap();
        let all = Pair::objects;
        is_refused(all().values(|r| r.a64 + 1).get(db).await);
        is_refused(all().values(|r| r.b64 - 1).get(db).await);
        is_refused(all().values(|r| r.a64 * r.a64).get(db).await);
        is_refused(all().values(|r| -r.b64).get(db).await);
        is_refused(all().values(|r| r.b64 / -1).get(db).await);
        // A result that would fit does not excuse the way to it.
        is_refused(all().values(|r| (r.a64 + 10) - 1_000_000).get(db).await);
        is_refused(all().values(|r| (r.a64 * 2) / 4).get(db).await);
        is_refused(all().filter(|r| ((r.a64 + 10) - 1_000_000).gt(0)).count(db).await);
        is_refused(all().values(|r| (r.a64 * 2).abs()).get(db).await);
        is_refused(all().update(db, |r| r.a64.set(r.a64 + 1)).await);
        is_refused(all().update(db, |r| r.a64.set((r.a64 + 10) - 1_000_000)).await);
        assert_eq!(all().get(db).await.unwrap().a64, i64::MAX);
        assert_eq!(all().values(|r| (r.a64 + r.b64, r.a64 - 1 + 1)).get(db).await.unwrap(), (-1, i64::MAX));
    });
}

#[test]
fn unsigned_integers_may_pass_below_zero() {
    with(async |db| {
        let most = u64::from(u32::MAX) * 1_000_000;
        Pair::objects().create(db, |r| r.au32(5).bu32(u32::MAX).au64(5).bu64(most)).await.unwrap();
        let all = Pair::objects;
        let right = all().values(|r| {
            (r.bu32 - r.au32, r.bu64 - r.au64, r.au32 - r.bu32 + r.bu32, r.au64 - r.bu64 + r.bu64)
        });
        assert_eq!(right.get(db).await.unwrap(), (u32::MAX - 5, most - 5, 5, 5));
        let quotients = all().values(|r| (r.bu32 / r.au32, r.bu64 % r.au64, r.bu64 / 0, r.bu32 % 0));
        assert_eq!(quotients.get(db).await.unwrap(), (Some(u32::MAX / 5), Some(most % 5), None, None));
        is_refused(all().values(|r| r.au32 - r.bu32).get(db).await);
        is_refused(all().values(|r| r.au64 - r.bu64).get(db).await);
        is_refused(all().values(|r| r.bu32 + 1).get(db).await);
        is_refused(all().values(|r| -r.au32).get(db).await);
        assert_eq!(all().filter(|r| (r.au32 - r.bu32).lt(r.au32)).count(db).await.unwrap(), 1);
        assert_eq!(all().filter(|r| (r.au64 - r.bu64).lt(r.au64)).count(db).await.unwrap(), 1);
        is_refused(all().update(db, |r| r.au32.set(r.au32 - 6)).await);
    });
}

#[test]
fn null_stays_null_and_division_by_zero_is_null() {
    with(async |db| {
        Pair::objects().create(db, |r| r.a64(7).b64(0)).await.unwrap();
        let all = Pair::objects;
        let nulls = all().values(|r| {
            (r.none + 1, r.a64 * r.none, -r.none, r.none / 2, r.none.bitor(1), r.a64.bitleftshift(r.none))
        });
        assert_eq!(nulls.get(db).await.unwrap(), (None, None, None, None, None, None));
        let zero = all()
            .values(|r| (r.a64 / r.b64, r.a64 % r.b64, r.a64 / 0, r.a32 / 0, r.a16 % 0, (r.a64 / r.b64) + 1));
        assert_eq!(zero.get(db).await.unwrap(), (None, None, None, None, None, None));
        // Also where it is written.
        assert_eq!(all().update(db, |r| r.none.set(r.a64 / r.b64)).await.unwrap(), 1);
        assert_eq!(all().update(db, |r| r.none.set(r.a64 % 0)).await.unwrap(), 1);
        assert_eq!(all().get(db).await.unwrap().none, None);
        assert_eq!(all().filter(|r| (r.a64 / r.b64).is_null()).count(db).await.unwrap(), 1);
        Real::objects().create(db, |r| r.a64(7.0).b64(0.0).b32(0.0)).await.unwrap();
        let zero = Real::objects().values(|r| (r.a64 / r.b64, r.a32 / r.b32, r.a64 / 0.0, r.none * 2.0));
        assert_eq!(zero.get(db).await.unwrap(), (None, None, None, None));
        assert_eq!(Real::objects().update(db, |r| r.none.set(r.a64 / r.b64)).await.unwrap(), 1);
        Exact::objects().create(db, |r| r.b(Decimal::ZERO)).await.unwrap();
        let zero = Exact::objects().values(|r| (r.a / r.b, r.a % r.b, r.a / 0, r.none + 1, -r.none));
        assert_eq!(zero.get(db).await.unwrap(), (None, None, None, None, None));
        assert_eq!(Exact::objects().update(db, |r| r.none.set(r.a / r.b)).await.unwrap(), 1);
    });
}

#[test]
fn floats_are_calculated_in_their_precision() {
    with(async |db| {
        let numbers = [0.1, -0.1, 0.2, 1.0 / 3.0, 1e10, -2.5, 1.0e-3];
        for a in numbers {
            for b in numbers {
                #[expect(clippy::cast_possible_truncation, reason = "any numbers will do")]
                Real::objects().create(db, |r| r.a32(a as f32).b32(b as f32).a64(a).b64(b)).await.unwrap();
            }
        }
        let rows = Real::objects()
            .values(|r| (r.a32, r.b32, r.a32 + r.b32, r.a32 - r.b32, r.a32 * r.b32, r.a32 / r.b32, -r.a32))
            .all(db)
            .await
            .unwrap();
        for (a, b, sum, difference, product, quotient, negative) in rows {
            assert_eq!((sum, difference, product, negative), (a + b, a - b, a * b, -a), "{a} {b}");
            assert_eq!(quotient, Some(a / b), "{a} {b}");
        }
        let rows = Real::objects()
            .values(|r| {
                (
                    r.a64,
                    r.b64,
                    r.a64 + r.b64,
                    r.a64 - r.b64,
                    r.a64 * r.b64,
                    r.a64 / r.b64,
                    (r.a64 + 1.0) * 2.0,
                )
            })
            .all(db)
            .await
            .unwrap();
        for (a, b, sum, difference, product, quotient, nested) in rows {
            assert_eq!((sum, difference, product, nested), (a + b, a - b, a * b, (a + 1.0) * 2.0), "{a} {b}");
            assert_eq!(quotient, Some(a / b), "{a} {b}");
        }
    });
}

#[test]
fn decimals_are_exact() {
    with(async |db| {
        for (a, b) in [
            ("0.1", "0.2"),
            ("-7.5", "2"),
            ("7.5", "-2"),
            ("12345678901234.567891", "3"),
            ("-2", "3"),
            ("0.000001", "0.0000000000000001"),
            ("1", "99999999.9999999999999999"),
            ("1", "20000000"),
        ] {
            Exact::objects().create(db, |r| r.a(dec(a)).b(dec(b))).await.unwrap();
        }
        let rows = Exact::objects()
            .order_by(|r| r.id)
            .values(|r| (r.a + r.b, r.a - r.b, r.a * r.b, r.a / r.b, r.a % r.b, -r.a))
            .all(db)
            .await
            .unwrap();
        let expected = [
            ("0.3", "-0.1", "0.02", "0.5", "0.1", "-0.1"),
            ("-5.5", "-9.5", "-15", "-3.75", "-1.5", "7.5"),
            ("5.5", "9.5", "-15", "-3.75", "1.5", "-7.5"),
            (
                "12345678901237.567891",
                "12345678901231.567891",
                "37037036703703.703673",
                "4115226300411.522630333333333333",
                "1.567891",
                "-12345678901234.567891",
            ),
            ("1", "-5", "-6", "-0.6666666666666667", "-2", "2"),
            (
                "0.0000010000000001",
                "0.0000009999999999",
                "0.0000000000000000000001",
                "10000000000",
                "0",
                "-0.000001",
            ),
            (
                "100000000.9999999999999999",
                "-99999998.9999999999999999",
                "99999999.9999999999999999",
                "0.00000001",
                "1",
                "-1",
            ),
            ("20000001", "-19999999", "20000000", "0.00000005", "1", "-1"),
        ];
        for (row, (sum, difference, product, quotient, remainder, negative)) in rows.into_iter().zip(expected)
        {
            let quotient = dec(quotient)
                .round_dp_with_strategy(16, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
            let expected = (
                dec(sum),
                dec(difference),
                dec(product),
                Some(quotient),
                Some(dec(remainder)),
                dec(negative),
            );
            assert_eq!(row, expected);
        }
    });
}

#[test]
fn decimals_keep_28_places_of_a_product() {
    with(async |db| {
        Exact::objects().create(db, |r| r.a(dec("0.5")).b(dec("0.0000000000000001"))).await.unwrap();
        Exact::objects().create(db, |r| r.a(dec("-0.5")).b(dec("0.0000000000000001"))).await.unwrap();
        let rows = Exact::objects()
            .order_by(|r| r.id)
            .values(|r| {
                (r.b * r.b, r.b * dec("0.0000000000005") * r.a * dec("2"), (r.a * 3) / 7 * 7, r.a * r.a * r.a)
            })
            .all(db)
            .await
            .unwrap();
        // 1e-32 is nothing; 5e-29 is rounded away from zero, and half of that again.
        let third = dec("0.2142857142857143") * dec("7");
        let expected = [
            (Decimal::ZERO, dec("0.0000000000000000000000000002"), Some(third), dec("0.125")),
            (Decimal::ZERO, dec("-0.0000000000000000000000000002"), Some(-third), dec("-0.125")),
        ];
        assert_eq!(rows, expected);
        assert_eq!(
            Exact::objects().filter(|r| (r.a * r.b).eq(dec("0.00000000000000005"))).count(db).await.unwrap(),
            1
        );
        is_refused(
            Exact::objects().values(|r| r.a * dec("99999999999999999999") * dec("9999999999")).all(db).await,
        );
    });
}

#[test]
fn bits_are_moved_by_0_to_63_places() {
    with(async |db| {
        for places in [-1, 64] {
            let left = Pair::objects().values(|r| r.a64.bitleftshift(places)).all(db).await;
            assert!(matches!(left, Err(Error::InvalidQuery(_))), "{left:?}");
            let right = Pair::objects().filter(|r| r.a64.bitrightshift(places).eq(1)).count(db).await;
            assert!(matches!(right, Err(Error::InvalidQuery(_))), "{right:?}");
        }
    });
}
