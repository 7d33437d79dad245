//! Conversion between types: one meaning everywhere, and an error rather than a guess.
#![allow(clippy::float_cmp, reason = "these numbers are exact")]

use orm::prelude::*;
use orm::{DatabaseErrorKind, Error};

use crate::support::run;

#[derive(Model, Debug, Clone, PartialEq)]
struct Thing {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 100, default = "0")]
    text: String,
    #[field(default = 0)]
    small: i16,
    #[field(default = 0)]
    whole: i64,
    #[field(default = 0)]
    natural: u64,
    #[field(default = 0.0)]
    real: f64,
    #[field(default = 0.0)]
    single: f32,
    #[field(max_digits = 20, decimal_places = 3, default = Decimal::ZERO)]
    exact: Decimal,
    #[field(default = false)]
    flag: bool,
    none: Option<i32>,
    #[field(default = day())]
    day: NaiveDate,
    #[field(default = day().and_hms_opt(23, 59, 59).unwrap())]
    at: NaiveDateTime,
    #[field(default = day().and_hms_opt(23, 59, 59).unwrap().and_utc())]
    instant: DateTime<Utc>,
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 2, 29).unwrap()
}

fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn is_refused<T: std::fmt::Debug>(result: Result<T, Error>, what: &str) {
    match result {
        Err(error) if error.kind() == Some(DatabaseErrorKind::DataError) => {}
        Err(Error::Value(_)) => {}
        other => panic!("{what}: {other:?}"),
    }
}

#[test]
fn numbers_become_integers_by_rounding() {
    run(models![Thing], async |db| {
        for (real, exact, whole) in [
            (0.5, "0.5", 1),
            (-0.5, "-0.5", -1),
            (1.5, "1.5", 2),
            (2.5, "2.5", 3),
            (-2.5, "-2.5", -3),
            (2.4, "2.499", 2),
            (-2.4, "-2.499", -2),
            (1e15, "1000000000000000", 1_000_000_000_000_000),
        ] {
            let id = Thing::objects()
                .create(db, |r| r.real(real).exact(dec(exact)).whole(whole))
                .await
                .unwrap()
                .id;
            let one = Thing::objects().pk(id).values(|r| (r.real.cast::<i64>(), r.exact.cast::<i64>()));
            assert_eq!(one.get(db).await.unwrap(), (whole, whole), "{real}");
        }
        let id = Thing::objects()
            .create(db, |r| r.real(1e19).whole(70_000).single(2.5).small(-3).natural(7).flag(true))
            .await
            .unwrap()
            .id;
        let one = || Thing::objects().pk(id);
        let integers = one().values(|r| {
            (
                r.single.cast::<i32>(),
                r.small.cast::<i64>(),
                r.natural.cast::<i16>(),
                r.whole.cast::<u32>(),
                r.flag.cast::<i64>(),
            )
        });
        assert_eq!(integers.get(db).await.unwrap(), (3, -3, 7, 70_000, 1));
        assert_eq!(one().values(|r| r.natural.cast::<i64>() - 10).get(db).await.unwrap(), -3);
        assert_eq!(one().values(|r| r.whole.cast::<u64>() - 1 + 2).get(db).await.unwrap(), 70_001);
        is_refused(one().values(|r| r.real.cast::<i64>()).get(db).await, "1e19");
        is_refused(one().values(|r| r.whole.cast::<i16>()).get(db).await, "70000");
        is_refused(one().values(|r| r.small.cast::<u64>()).get(db).await, "-3");
        let bools = one().values(|r| {
            (
                r.whole.cast::<bool>(),
                r.none.cast::<bool>(),
                r.none.cast::<i64>(),
                (r.whole - 70_000).cast::<bool>(),
            )
        });
        assert_eq!(bools.get(db).await.unwrap(), (true, None, None, false));
        assert_eq!(one().filter(|r| r.whole.cast::<bool>() & r.flag).count(db).await.unwrap(), 1);
        // A cast is one operand.
        let nested =
            one().values(|r| (r.single.cast::<i64>() * 2 - r.exact.cast::<i64>(), -r.single.cast::<i64>()));
        assert_eq!(nested.get(db).await.unwrap(), (6, -3));
    });
}

#[test]
fn text_becomes_a_number_or_an_error() {
    run(models![Thing], async |db| {
        for (text, whole, real, exact) in [
            ("42", Some(42), Some(42.0), Some("42.00")),
            ("-42", Some(-42), Some(-42.0), Some("-42.00")),
            ("+7", Some(7), Some(7.0), Some("7.00")),
            ("007", Some(7), Some(7.0), Some("7.00")),
            ("9223372036854775807", Some(i64::MAX), Some(9_223_372_036_854_775_807.0), None),
            ("9223372036854775808", None, Some(9_223_372_036_854_775_808.0), None),
            ("99999999999999999999999999", None, Some(1e26), None),
            ("1.5", None, Some(1.5), Some("1.50")),
            ("1.005", None, Some(1.005), Some("1.01")),
            ("-1.005", None, Some(-1.005), Some("-1.01")),
            (".5", None, Some(0.5), Some("0.50")),
            ("5.", None, Some(5.0), Some("5.00")),
            ("1e3", None, Some(1000.0), None),
            ("1.5E-2", None, Some(0.015), None),
            ("1e999", None, None, None),
            ("99999999.994", None, Some(99_999_999.994), Some("99999999.99")),
            ("99999999.995", None, Some(99_999_999.995), None),
            ("", None, None, None),
            (" 42", None, None, None),
            ("42\n", None, None, None),
            ("abc", None, None, None),
            ("12abc", None, None, None),
            ("0x1A", None, None, None),
            ("1_000", None, None, None),
            ("--1", None, None, None),
            ("1.2.3", None, None, None),
            ("NaN", None, None, None),
            ("infinity", None, None, None),
            ("٣", None, None, None),
        ] {
            let id = Thing::objects().create(db, |r| r.text(text)).await.unwrap().id;
            let one = || Thing::objects().pk(id);
            match whole {
                Some(whole) => assert_eq!(
                    one().values(|r| r.text.cast::<i64>()).get(db).await.unwrap(),
                    whole,
                    "{text:?}"
                ),
                None => is_refused(one().values(|r| r.text.cast::<i64>()).get(db).await, text),
            }
            match real {
                Some(real) => assert_eq!(
                    one().values(|r| r.text.cast::<f64>()).get(db).await.unwrap(),
                    real,
                    "{text:?}"
                ),
                None => is_refused(one().values(|r| r.text.cast::<f64>()).get(db).await, text),
            }
            match exact {
                Some(exact) => {
                    let found = one().values(|r| r.text.cast_decimal(10, 2)).get(db).await.unwrap();
                    assert_eq!(found.to_string(), exact, "{text:?}");
                }
                None => is_refused(one().values(|r| r.text.cast_decimal(10, 2)).get(db).await, text),
            }
        }
        assert_eq!(
            Thing::objects()
                .filter(|r| r.text.eq("42") & r.text.cast::<i64>().eq(42))
                .count(db)
                .await
                .unwrap(),
            1
        );
    });
}

#[test]
fn decimals_have_the_digits_that_are_asked_for() {
    run(models![Thing], async |db| {
        let id = Thing::objects()
            .create(db, |r| r.real(2.675).single(0.5).whole(-12).natural(12).exact(dec("12.345")))
            .await
            .unwrap()
            .id;
        let one = || Thing::objects().pk(id);
        let texts = one()
            .values(|r| {
                (
                    r.real.cast_decimal(5, 2),
                    r.single.cast_decimal(5, 2),
                    r.whole.cast_decimal(5, 2),
                    r.exact.cast_decimal(5, 2),
                    r.none.cast_decimal(5, 2),
                )
            })
            .get(db)
            .await
            .unwrap();
        let expected = (dec("2.68"), dec("0.50"), dec("-12.00"), dec("12.35"), None);
        assert_eq!(texts, expected);
        assert_eq!([texts.0, texts.1, texts.2, texts.3].map(|found| found.scale()), [2; 4]);
        let whole: (Decimal, Decimal, Decimal) = one()
            .values(|r| {
                (r.whole.cast::<Decimal>(), r.natural.cast::<Decimal>() / 5, r.exact.cast::<Decimal>())
            })
            .get(db)
            .await
            .map(|(a, b, c)| (a, b.unwrap(), c))
            .unwrap();
        assert_eq!(whole, (dec("-12"), dec("2.4"), dec("12.345")));
        is_refused(one().values(|r| r.exact.cast_decimal(3, 2)).get(db).await, "12.35");
        is_refused(one().values(|r| r.whole.cast_decimal(2, 1)).get(db).await, "12");
        is_refused(one().values(|r| (r.real * 1e30).cast_decimal(20, 2)).get(db).await, "2.675e30");
        for (digits, places) in [(0, 0), (29, 2), (4, 5)] {
            let refused = one().values(|r| r.real.cast_decimal(digits, places)).get(db).await;
            assert!(matches!(refused, Err(Error::InvalidQuery(_))), "{refused:?}");
        }
        // As a number it is compared and sorted as one.
        assert_eq!(one().filter(|r| r.whole.cast_decimal(5, 2).lt(dec("-2"))).count(db).await.unwrap(), 1);
    });
}

#[test]
fn numbers_and_dates_become_text() {
    run(models![Thing], async |db| {
        let id = Thing::objects()
            .create(db, |r| r.whole(i64::MIN).small(-7).natural(70).exact(dec("-12.5")))
            .await
            .unwrap()
            .id;
        let one = || Thing::objects().pk(id);
        let texts = one()
            .values(|r| {
                (
                    r.whole.cast::<String>(),
                    r.small.cast::<String>(),
                    r.natural.cast::<String>(),
                    r.exact.cast::<String>(),
                    r.day.cast::<String>(),
                    r.none.cast::<String>(),
                )
            })
            .get(db)
            .await
            .unwrap();
        let expected = ("-9223372036854775808", "-7", "70", "-12.500", "2024-02-29", None);
        assert_eq!(
            (
                texts.0.as_str(),
                texts.1.as_str(),
                texts.2.as_str(),
                texts.3.as_str(),
                texts.4.as_str(),
                texts.5
            ),
            expected
        );
        let computed = one().values(|r| {
            (
                (r.exact * 2).cast::<String>(),
                (r.exact * 8).cast::<String>(),
                (r.small + 8).cast::<String>(),
                (r.exact * 0).cast::<String>(),
            )
        });
        let computed: (String, String, String, String) = computed.get(db).await.unwrap();
        assert_eq!(
            (computed.0.as_str(), computed.1.as_str(), computed.2.as_str(), computed.3.as_str()),
            ("-25", "-100", "1", "0")
        );
        assert_eq!(one().filter(|r| r.exact.cast::<String>().eq("-12.500")).count(db).await.unwrap(), 1);
        assert_eq!(one().filter(|r| r.exact.cast::<String>().eq("-12.5")).count(db).await.unwrap(), 0);
        assert_eq!(one().filter(|r| r.small.cast::<String>().startswith("-")).count(db).await.unwrap(), 1);
    });
}

#[test]
fn dates_from_text_and_from_points_in_time() {
    run(models![Thing], async |db| {
        for (text, date) in [
            ("2024-02-29", Some(day())),
            ("0001-01-01", NaiveDate::from_ymd_opt(1, 1, 1)),
            ("2023-02-29", None),
            ("2024-13-01", None),
            ("2024-1-1", None),
            ("20240229", None),
            ("2024-02-29 12:00:00", None),
            ("2024-02-29\n", None),
            ("today", None),
            ("", None),
        ] {
            let id = Thing::objects().create(db, |r| r.text(text)).await.unwrap().id;
            let one = Thing::objects().pk(id).values(|r| r.text.cast::<NaiveDate>());
            match date {
                Some(date) => assert_eq!(one.get(db).await.unwrap(), date, "{text}"),
                None => is_refused(one.get(db).await, text),
            }
        }
        for (text, hour) in [
            ("2024-02-29 12:30:00", Some(0)),
            ("2024-02-29 12:30:00.250000", Some(250)),
            ("2024-02-29 25:00:00", None),
            ("2024-02-29", None),
        ] {
            let id = Thing::objects().create(db, |r| r.text(text)).await.unwrap().id;
            let one = Thing::objects().pk(id).values(|r| r.text.cast::<NaiveDateTime>());
            match hour {
                Some(milli) => assert_eq!(
                    one.get(db).await.unwrap(),
                    day().and_hms_milli_opt(12, 30, 0, milli).unwrap(),
                    "{text}"
                ),
                None => is_refused(one.get(db).await, text),
            }
        }
        let one = Thing::objects().limit(1).values(|r| {
            (r.at.cast::<NaiveDate>(), r.instant.cast::<NaiveDate>(), r.day.cast::<NaiveDateTime>())
        });
        assert_eq!(one.get(db).await.unwrap(), (day(), day(), day().and_hms_opt(0, 0, 0).unwrap()));
        assert_eq!(
            Thing::objects().filter(|r| r.at.cast::<NaiveDate>().eq(r.day)).count(db).await.unwrap(),
            14
        );
    });
}
