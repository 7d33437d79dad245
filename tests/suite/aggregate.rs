//! Aggregates: of every type, of groups and of all rows, filtered, distinct, of nothing; the same numbers everywhere.

use orm::prelude::*;
use orm::{DatabaseErrorKind, Dialect, Error};
use serde_json::json;

use crate::support::{Db, run};

#[derive(Model, Debug, Clone, PartialEq)]
struct Sale {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20)]
    shop: String,
    #[field(max_length = 20)]
    note: Option<String>,
    small: i16,
    whole: i64,
    natural: u32,
    single: f32,
    real: f64,
    #[field(max_digits = 12, decimal_places = 2)]
    price: Decimal,
    paid: bool,
    rebate: Option<i32>,
    day: NaiveDate,
}

fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn date(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 5, day).unwrap()
}

fn with(test: impl AsyncFnOnce(&Db)) {
    run(models![Sale], async |db| {
        for (shop, note, small, whole, natural, single, real, price, paid, rebate, day) in [
            ("a", Some("x"), 1, 10, 3, 0.5, 0.1, "1.50", true, Some(5), 1),
            ("a", None, 2, 20, 5, 0.25, 0.2, "2.25", true, None, 2),
            ("a", Some("y"), 2, 30, 7, 0.1, 0.3, "-0.75", false, Some(7), 3),
            ("b", Some("x"), -4, 40, 3, 1.5, 1000.0, "100.00", false, None, 4),
            ("b", None, 5, 50, 9, 2.5, -1000.0, "0.01", false, None, 5),
            ("c", Some("z"), 9, 60, 0, 3.5, 2.5, "7.77", true, Some(0), 6),
        ] {
            Sale::objects()
                .create(db, |r| {
                    r.shop(shop)
                        .note(note.map(str::to_owned))
                        .small(small)
                        .whole(whole)
                        .natural(natural)
                        .single(single)
                        .real(real)
                        .price(dec(price))
                        .paid(paid)
                        .rebate(rebate)
                        .day(date(day))
                })
                .await
                .unwrap();
        }
        test(db).await;
    });
}

fn all() -> QuerySet<Sale> {
    Sale::objects()
}

fn none() -> QuerySet<Sale> {
    Sale::objects().filter(|r| r.whole.gt(1_000))
}

#[track_caller]
fn close(found: Option<f64>, expected: f64) {
    let found = found.expect("a number");
    assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{found} instead of {expected}");
}

#[test]
fn counts() {
    with(async |db| {
        let counts = all().aggregate(db, |r| {
            (
                count_rows(),
                r.id.count(),
                r.note.count(),
                r.note.count().distinct(),
                r.shop.count().distinct(),
                r.rebate.count(),
            )
        });
        assert_eq!(counts.await.unwrap(), (6, 6, 4, 3, 3, 3));
        let counts = none()
            .aggregate(db, |r| (count_rows(), r.note.count(), r.note.count().distinct()))
            .await
            .unwrap();
        assert_eq!(counts, (0, 0, 0));
        let filtered = all()
            .aggregate(db, |r| {
                (
                    count_rows().filter(r.paid.eq(true)),
                    r.note.count().filter(r.whole.gt(10)),
                    r.note.count().distinct().filter(r.whole.lt(50)),
                    r.id.count().filter(r.rebate.gt(5)).filter(r.paid.eq(true)),
                )
            })
            .await
            .unwrap();
        assert_eq!(filtered, (3, 3, 2, 0));
    });
}

#[test]
fn sums_and_means_of_every_type() {
    with(async |db| {
        let sums = all()
            .aggregate(db, |r| {
                (r.small.sum(), r.whole.sum(), r.natural.sum(), r.real.sum(), r.price.sum(), r.rebate.sum())
            })
            .await
            .unwrap();
        assert_eq!(
            (sums.0, sums.1, sums.2, sums.4, sums.5),
            (Some(15), Some(210), Some(27), Some(dec("110.78")), Some(12))
        );
        close(sums.3, 3.1);
        let singles = all().aggregate(db, |r| (r.single.sum(), r.single.avg())).await.unwrap();
        close(singles.0, 8.25 + f64::from(0.1_f32));
        close(singles.1, (8.25 + f64::from(0.1_f32)) / 6.0);
        let means = all()
            .aggregate(db, |r| (r.small.avg(), r.whole.avg(), r.natural.avg(), r.rebate.avg()))
            .await
            .unwrap();
        assert_eq!(means, (Some(2.5), Some(35.0), Some(4.5), Some(4.0)));
        // A mean of decimals has 16 places.
        let exact = all()
            .aggregate(db, |r| (r.price.avg(), r.price.avg().filter(r.shop.eq("a")), (r.price / 7).avg()))
            .await
            .unwrap();
        assert_eq!(
            exact,
            (Some(dec("18.4633333333333333")), Some(dec("1")), Some(dec("2.6376190476190476")))
        );
        let distinct = all()
            .aggregate(db, |r| {
                (r.small.sum().distinct(), r.natural.avg().distinct(), r.price.sum().distinct())
            })
            .await
            .unwrap();
        assert_eq!(distinct, (Some(13), Some(4.8), Some(dec("110.78"))));
        let filtered = all().aggregate(db, |r| {
            (
                r.whole.sum().filter(r.paid.eq(true)),
                r.price.sum().filter(r.note.is_null()),
                r.whole.sum().filter(r.whole.gt(99)),
            )
        });
        assert_eq!(filtered.await.unwrap(), (Some(90), Some(dec("2.26")), None));
        let computed = all().aggregate(db, |r| {
            (
                (r.whole * 2).sum(),
                r.whole.sum() - 10,
                r.whole.sum() / r.id.count(),
                r.whole.sum() % 100 + 1,
                -r.price.sum(),
                (r.price * 2).sum(),
            )
        });
        assert_eq!(
            computed.await.unwrap(),
            (Some(420), Some(200), Some(35), Some(11), Some(dec("-110.78")), Some(dec("221.56")))
        );
    });
}

#[test]
fn least_and_greatest_of_every_type() {
    with(async |db| {
        let least = all().aggregate(db, |r| {
            (
                r.small.min(),
                r.natural.min(),
                r.single.min(),
                r.real.min(),
                r.price.min(),
                r.shop.min(),
                r.note.min(),
                r.rebate.min(),
                r.day.min(),
            )
        });
        assert_eq!(
            least.await.unwrap(),
            (
                Some(-4),
                Some(0),
                Some(0.1),
                Some(-1000.0),
                Some(dec("-0.75")),
                Some("a".into()),
                Some("x".into()),
                Some(0),
                Some(date(1))
            )
        );
        let greatest = all().aggregate(db, |r| {
            (
                r.small.max(),
                r.natural.max(),
                r.single.max(),
                r.real.max(),
                r.price.max(),
                r.shop.max(),
                r.note.max(),
                r.rebate.max(),
                r.day.max(),
            )
        });
        assert_eq!(
            greatest.await.unwrap(),
            (
                Some(9),
                Some(9),
                Some(3.5),
                Some(1000.0),
                Some(dec("100")),
                Some("c".into()),
                Some("z".into()),
                Some(7),
                Some(date(6))
            )
        );
        let computed = all().aggregate(db, |r| {
            ((r.price * -1).max(), (r.whole + 1).min(), r.price.max().filter(r.paid.eq(true)))
        });
        assert_eq!(computed.await.unwrap(), (Some(dec("0.75")), Some(11), Some(dec("7.77"))));
    });
}

#[test]
fn of_nothing_it_is_null_or_the_default() {
    with(async |db| {
        let nothing = none().aggregate(db, |r| {
            (
                r.whole.sum(),
                r.price.sum(),
                r.price.avg(),
                r.real.avg(),
                r.price.min(),
                r.shop.max(),
                r.real.stddev(),
                r.price.variance(),
            )
        });
        assert_eq!(nothing.await.unwrap(), (None, None, None, None, None, None, None, None));
        let nothing = none().aggregate(db, |r| {
            (
                r.shop.string_agg(","),
                r.shop.json_agg(),
                r.shop.json_object_agg(r.whole),
                r.paid.bool_and(),
                r.paid.bool_or(),
                r.shop.any_value(),
                r.whole.bit_and(),
                r.whole.bit_xor(),
            )
        });
        assert_eq!(nothing.await.unwrap(), (None, None, None, None, None, None, None, None));
        let defaults = none().aggregate(db, |r| {
            (
                r.whole.sum().default(0),
                r.price.sum().default(dec("1.5")),
                r.real.avg().default(0.5),
                r.shop.max().default("-"),
                r.paid.bool_and().default(true),
            )
        });
        assert_eq!(defaults.await.unwrap(), (0, dec("1.5"), 0.5, "-".to_owned(), true));
        let groups = all()
            .values(|r| (r.shop, r.rebate.sum(), r.rebate.sum().default(-1)))
            .order_by(|r| r.shop)
            .all(db)
            .await
            .unwrap();
        assert_eq!(groups, [("a".into(), Some(12), 12), ("b".into(), None, -1), ("c".into(), Some(0), 0)]);
    });
}

#[test]
fn standard_deviation_and_variance() {
    with(async |db| {
        let spread = all()
            .aggregate(db, |r| {
                (r.whole.stddev(), r.whole.stddev_samp(), r.whole.variance(), r.whole.var_samp())
            })
            .await
            .unwrap();
        close(spread.0, (1750.0_f64 / 6.0).sqrt());
        close(spread.1, 350.0_f64.sqrt());
        close(spread.2, 1750.0 / 6.0);
        close(spread.3, 350.0);
        let prices = [1.5, 2.25, -0.75, 100.0, 0.01, 7.77];
        let mean = prices.iter().sum::<f64>() / 6.0;
        let variance = prices.iter().map(|price| (price - mean).powi(2)).sum::<f64>() / 6.0;
        let spread = all()
            .aggregate(db, |r| (r.price.variance(), r.price.stddev(), r.natural.variance(), r.real.stddev()))
            .await
            .unwrap();
        close(spread.0, variance);
        close(spread.1, variance.sqrt());
        close(spread.2, 51.5 / 6.0);
        let reals = [0.1, 0.2, 0.3, 1000.0, -1000.0, 2.5];
        let mean = reals.iter().sum::<f64>() / 6.0;
        close(spread.3, (reals.iter().map(|real| (real - mean).powi(2)).sum::<f64>() / 6.0).sqrt());
        let one = all().filter(|r| r.shop.eq("c")).aggregate(db, |r| {
            (r.whole.stddev(), r.whole.stddev_samp(), r.whole.variance(), r.whole.var_samp())
        });
        assert_eq!(one.await.unwrap(), (Some(0.0), None, Some(0.0), None));
        close(all().aggregate(db, |r| r.whole.variance().filter(r.shop.eq("a"))).await.unwrap(), 200.0 / 3.0);
        let distinct = all().aggregate(db, |r| r.small.variance().distinct()).await;
        match db.dialect() {
            // docs/guide/src/differences.md: A distinct standard deviation or variance
            Dialect::MySql | Dialect::MariaDb => assert!(matches!(distinct, Err(Error::Unsupported { .. }))),
            // Of -4, 1, 2, 5 and 9.
            Dialect::Postgres | Dialect::Sqlite => close(distinct.unwrap(), 18.64),
        }
        let close_together =
            all().aggregate(db, |r| (r.whole.cast::<f64>() / 1e6 + 1e9).stddev()).await.unwrap();
        assert!((close_together.unwrap() - (1750.0_f64 / 6.0).sqrt() / 1e6).abs() < 1e-6);
    });
}

#[test]
fn texts_put_together() {
    with(async |db| {
        let texts = all().aggregate(db, |r| {
            (
                r.shop.string_agg("").order_by(r.id),
                r.note.string_agg(", ").order_by(r.id.desc()),
                r.note.string_agg("'; --").order_by((r.paid, r.id)),
            )
        });
        assert_eq!(
            texts.await.unwrap(),
            (Some("aaabbc".into()), Some("z, x, y, x".into()), Some("y'; --x'; --x'; --z".into()))
        );
        let distinct = all().aggregate(db, |r| {
            (
                r.note.string_agg("é:").distinct().order_by(r.note),
                r.shop.string_agg("").distinct().order_by(r.shop.desc()),
            )
        });
        assert_eq!(distinct.await.unwrap(), (Some("xé:yé:z".into()), Some("cba".into())));
        let filtered = all().aggregate(db, |r| {
            (
                r.shop.string_agg("-").filter(r.paid.eq(true)).order_by(r.id),
                r.shop.string_agg("-").distinct().filter(r.paid.eq(false)).order_by(r.shop),
            )
        });
        assert_eq!(filtered.await.unwrap(), (Some("a-a-c".into()), Some("a-b".into())));
        let groups = all().values(|r| (r.shop, r.note.string_agg("|").order_by(r.id))).order_by(|r| r.shop);
        let expected = [
            ("a".to_owned(), Some("x|y".to_owned())),
            ("b".to_owned(), Some("x".to_owned())),
            ("c".to_owned(), Some("z".to_owned())),
        ];
        assert_eq!(groups.all(db).await.unwrap(), expected);
        let other_order = all().aggregate(db, |r| r.shop.string_agg(",").distinct().order_by(r.id)).await;
        assert!(matches!(other_order, Err(Error::InvalidQuery(_))), "{other_order:?}");
        // No server's limit of 1,024 bytes cuts it.
        let long = "0123456789".repeat(2);
        all().update(db, |r| r.shop.set(long.as_str())).await.unwrap();
        let separator = "-".repeat(1_000);
        let joined = all().aggregate(db, |r| r.shop.string_agg(separator.as_str())).await.unwrap();
        assert_eq!(joined.map(|text| text.len()), Some(6 * 20 + 5 * 1_000));
    });
}

#[test]
fn json_documents() {
    with(async |db| {
        let arrays = all().aggregate(db, |r| {
            (
                r.whole.json_agg().order_by(r.id),
                r.note.json_agg().order_by(r.id.desc()),
                r.paid.json_agg().order_by(r.id),
                r.rebate.json_agg().order_by(r.id),
            )
        });
        let expected = (
            Some(json!([10, 20, 30, 40, 50, 60])),
            Some(json!(["z", null, "x", "y", null, "x"])),
            Some(json!([true, true, false, false, false, true])),
            Some(json!([5, null, 7, null, null, 0])),
        );
        assert_eq!(arrays.await.unwrap(), expected);
        let filtered = all().aggregate(db, |r| {
            (
                r.whole.json_agg().filter(r.paid.eq(true)).order_by(r.id),
                r.small.json_agg().distinct().order_by(r.small),
                r.whole.json_agg().filter(r.whole.lt(0)),
            )
        });
        assert_eq!(filtered.await.unwrap(), (Some(json!([10, 20, 60])), Some(json!([-4, 1, 2, 5, 9])), None));
        let objects = all().filter(|r| r.small.gt(2)).aggregate(db, |r| {
            (
                r.shop.json_object_agg(r.note),
                r.shop.json_object_agg(r.paid),
                r.shop.json_object_agg(r.whole).filter(r.paid.eq(true)),
            )
        });
        let expected = (
            Some(json!({"b": null, "c": "z"})),
            Some(json!({"b": false, "c": true})),
            Some(json!({"c": 60})),
        );
        assert_eq!(objects.await.unwrap(), expected);
        all().pk(1).update(db, |r| r.note.set("\"q\"\\ é\n")).await.unwrap();
        let odd =
            all().pk(1).aggregate(db, |r| (r.note.json_agg(), r.shop.json_object_agg(r.note))).await.unwrap();
        assert_eq!(odd, (Some(json!(["\"q\"\\ é\n"])), Some(json!({"a": "\"q\"\\ é\n"}))));
    });
}

#[test]
fn truth_bits_and_any() {
    with(async |db| {
        let truth = all().aggregate(db, |r| {
            (
                r.paid.bool_and(),
                r.paid.bool_or(),
                r.whole.gt(5).bool_and(),
                r.rebate.gt(6).bool_or(),
                r.rebate.ge(0).bool_and(),
                r.paid.bool_and().filter(r.id.eq(1)),
            )
        });
        assert_eq!(
            truth.await.unwrap(),
            (Some(false), Some(true), Some(true), Some(true), Some(true), Some(true))
        );
        let groups = all()
            .values(|r| (r.shop, r.paid.bool_and(), r.paid.bool_or()))
            .order_by(|r| r.shop)
            .all(db)
            .await
            .unwrap();
        assert_eq!(
            groups,
            [
                ("a".into(), Some(false), Some(true)),
                ("b".into(), Some(false), Some(false)),
                ("c".into(), Some(true), Some(true))
            ]
        );
        let bits = all().aggregate(db, |r| {
            (
                r.small.bit_and(),
                r.small.bit_or(),
                r.small.bit_xor(),
                r.rebate.bit_and(),
                r.whole.bit_xor().filter(r.shop.eq("a")),
            )
        });
        assert_eq!(
            bits.await.unwrap(),
            (
                // Of 1, 2, 2, -4, 5 and 9.
                Some(0),
                Some(-1),
                Some(-15),
                Some(0),
                // 10 and 20 make 30.
                Some(0)
            )
        );
        let any = all()
            .values(|r| {
                (
                    r.shop,
                    r.shop.any_value(),
                    r.note.any_value().filter(r.whole.lt(30)),
                    r.paid.any_value().filter(r.whole.ge(40)),
                )
            })
            .order_by(|r| r.shop);
        let expected = [
            ("a".to_owned(), Some("a".to_owned()), Some("x".to_owned()), None),
            ("b".to_owned(), Some("b".to_owned()), None, Some(false)),
            ("c".to_owned(), Some("c".to_owned()), None, Some(true)),
        ];
        assert_eq!(any.all(db).await.unwrap(), expected);
    });
}

#[test]
fn groups_with_conditions_and_orders() {
    with(async |db| {
        let sums = all()
            .values(|r| (r.shop, r.price.sum(), count_rows()))
            .having(|r| r.price.sum().gt(dec("3")))
            .order_by(|r| r.price.sum().desc());
        let expected = [("b".to_owned(), Some(dec("100.01")), 2), ("c".to_owned(), Some(dec("7.77")), 1)];
        assert_eq!(sums.clone().all(db).await.unwrap(), expected);
        assert_eq!(sums.clone().count(db).await.unwrap(), 2);
        assert_eq!(sums.limit(1).all(db).await.unwrap(), expected[..1]);
        let by_mean = all().values(|r| r.shop).having(|_| count_rows().gt(1)).order_by(|r| r.price.avg());
        assert_eq!(by_mean.all(db).await.unwrap(), ["a", "b"]);
        let computed = all().values(|r| (r.whole / 25, r.whole.sum())).order_by(|r| r.whole / 25);
        assert_eq!(
            computed.all(db).await.unwrap(),
            [(Some(0), Some(30)), (Some(1), Some(70)), (Some(2), Some(110))]
        );
        let of_null = all().values(|r| (r.rebate, count_rows())).order_by(|r| r.rebate);
        assert_eq!(of_null.all(db).await.unwrap(), [(Some(0), 1), (Some(5), 1), (Some(7), 1), (None, 3)]);
        let filtered = all()
            .filter(|r| r.paid.eq(true))
            .values(|r| (r.shop, r.whole.max().filter(r.note.is_null())))
            .order_by(|r| r.shop);
        assert_eq!(filtered.all(db).await.unwrap(), [("a".into(), Some(20)), ("c".into(), None)]);
        let no_groups = none().values(|r| (r.shop, count_rows())).all(db).await.unwrap();
        assert!(no_groups.is_empty());
    });
}

#[test]
fn counting_and_aggregating_what_was_shaped_before() {
    with(async |db| {
        assert_eq!(all().values(|r| r.shop).count(db).await.unwrap(), 6);
        assert_eq!(all().values(|r| r.shop).distinct().count(db).await.unwrap(), 3);
        assert_eq!(all().values(|r| (r.shop, count_rows())).count(db).await.unwrap(), 3);
        assert_eq!(all().order_by(|r| r.id).limit(4).count(db).await.unwrap(), 4);
        assert_eq!(all().order_by(|r| r.id).offset(5).count(db).await.unwrap(), 1);
        assert_eq!(all().annotate(|r| r.whole * 2).count(db).await.unwrap(), 6);
        assert_eq!(all().values(|r| r.rebate).count(db).await.unwrap(), 6);
        // Only the rows of the slice are added up.
        let slice = all()
            .order_by(|r| r.whole.desc())
            .limit(2)
            .aggregate(db, |r| (r.whole.sum(), r.price.avg(), count_rows()));
        assert_eq!(slice.await.unwrap(), (Some(110), Some(dec("3.89")), 2));
        let slice = all().order_by(|r| r.whole).offset(4).aggregate(db, |r| r.whole.sum()).await.unwrap();
        assert_eq!(slice, Some(110));
        let distinct =
            all().filter(|r| r.shop.eq("a")).distinct().aggregate(db, |r| r.whole.sum()).await.unwrap();
        assert_eq!(distinct, Some(60));
    });
}

#[test]
fn a_sum_beyond_64_bits_is_an_error() {
    with(async |db| {
        all().update(db, |r| r.whole.set(i64::MAX)).await.unwrap();
        let sum = all().aggregate(db, |r| r.whole.sum()).await.unwrap_err();
        assert!(
            sum.kind() == Some(DatabaseErrorKind::DataError) || matches!(sum, Error::Value(_)),
            "{sum:?}"
        );
        let mean = all().aggregate(db, |r| r.whole.avg()).await.unwrap();
        close(mean, 9_223_372_036_854_775_807.0);
    });
}
