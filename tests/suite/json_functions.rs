//! Values out of JSON documents, and documents made of values.

use chrono::{TimeZone, Timelike};
use orm::Error;
use orm::prelude::*;
use orm::queryset::JsonArray;
use orm::serde_json::{Value as JsonValue, json};

use crate::support::run;

#[derive(Model, Debug, Clone, PartialEq)]
struct Doc {
    #[field(primary_key)]
    id: i64,
    data: Option<JsonValue>,
}

type Row = (Option<String>, Option<i64>, Option<f64>, Option<bool>, Option<Decimal>, Option<i64>);

const NOTHING: Row = (None, None, None, None, None, None);

/// Numbers, and what is read of each.
#[rustfmt::skip]
fn numbers() -> Vec<(&'static str, Row)> {
    let numbers = [
        ("1", Some(1), 1.0, Some("1")),
        ("1.0", Some(1), 1.0, Some("1")),
        ("-0.0", Some(0), 0.0, Some("0")),
        ("1.5", None, 1.5, Some("1.5")),
        ("-2.5", None, -2.5, Some("-2.5")),
        ("0.1", None, 0.1, Some("0.1")),
        ("1.5e-7", None, 1.5e-7, Some("0.00000015")),
        ("1e-40", None, 1e-40, Some("0")),
        ("5e-324", None, 5e-324, Some("0")),
        ("12345678.12345678", None, 12_345_678.123_456_78, Some("12345678.12345678")),
        ("9007199254740993", Some(9_007_199_254_740_993), 9_007_199_254_740_992.0, Some("9007199254740993")),
        ("9223372036854775807", Some(i64::MAX), 9_223_372_036_854_775_807.0, Some("9223372036854775807")),
        ("-9223372036854775808", Some(i64::MIN), -9_223_372_036_854_775_808.0, Some("-9223372036854775808")),
        ("18446744073709551615", None, 18_446_744_073_709_551_615.0, Some("18446744073709551615")),
        ("1e18", Some(1_000_000_000_000_000_000), 1e18, Some("1000000000000000000")),
        ("1e20", None, 1e20, Some("100000000000000000000")),
        ("9e27", None, 9e27, Some("9000000000000000000000000000")),
        ("1e28", None, 1e28, None),
        ("-1e300", None, -1e300, None),
    ];
    let row = |(text, whole, float, decimal): (_, _, _, Option<&str>)| {
        let decimal = decimal.map(|digits| digits.parse().unwrap());
        (text, (None, whole, Some(float), None, decimal, None))
    };
    numbers.map(row).to_vec()
}

#[rustfmt::skip]
fn others() -> [(&'static str, Row); 10] {
    [
        ("true", (None, None, None, Some(true), None, None)),
        ("false", (None, None, None, Some(false), None, None)),
        ("null", NOTHING),
        ("{}", NOTHING),
        ("[]", (None, None, None, None, None, Some(0))),
        ("[1]", (None, None, None, None, None, Some(1))),
        ("\"1\"", (Some("1".into()), None, None, None, None, None)),
        ("\"\"", (Some(String::new()), None, None, None, None, None)),
        ("\"true\"", (Some("true".into()), None, None, None, None, None)),
        (r#""\"a\\\n\t\u0001é🦀""#, (Some("\"a\\\n\t\u{1}é🦀".into()), None, None, None, None, None)),
    ]
}

#[test]
fn a_value_of_another_type_is_null() {
    run(models![Doc], async |db| {
        for (text, expected) in numbers().into_iter().chain(others()) {
            let value: JsonValue = text.parse().unwrap();
            let bare = Doc::objects().create(db, |d| d.data(value.clone())).await.unwrap();
            let within = Doc::objects().create(db, |d| d.data(json!({"v": [value]}))).await.unwrap();
            let of_document = Doc::objects()
                .pk(bare.id)
                .values(|d| {
                    let v = d.data;
                    (v.as_text(), v.as_i64(), v.as_f64(), v.as_bool(), v.as_decimal(), v.json_length())
                })
                .get(db)
                .await
                .unwrap_or_else(|error| panic!("{text}: {error:?}"));
            assert_eq!(of_document, expected, "{text}");
            let of_path = Doc::objects()
                .pk(within.id)
                .values(|d| {
                    let v = || d.data.key("v").index(0);
                    (
                        v().as_text(),
                        v().as_i64(),
                        v().as_f64(),
                        v().as_bool(),
                        v().as_decimal(),
                        v().json_length(),
                    )
                })
                .get(db)
                .await
                .unwrap_or_else(|error| panic!("{text}: {error:?}"));
            assert_eq!(of_path, expected, "{text} at a path");
        }
        let null = Doc::objects().create(db, |d| d).await.unwrap();
        let of_null = Doc::objects()
            .pk(null.id)
            .values(|d| {
                let v = d.data;
                (v.as_text(), v.as_i64(), v.as_f64(), v.as_bool(), v.as_decimal(), v.json_length())
            })
            .get(db)
            .await
            .unwrap();
        assert_eq!(of_null, NOTHING);
    });
}

#[test]
fn no_cast_fails_in_a_condition_of_a_write() {
    // Strict servers turn a warning of a SELECT into an error of an UPDATE.
    run(models![Doc], async |db| {
        for value in [
            json!("x"),
            json!(1e300),
            json!(-1e300),
            json!(u64::MAX),
            json!([1]),
            json!(null),
            json!(7),
            json!("12x"),
        ] {
            Doc::objects().create(db, |d| d.data(json!({"v": value}))).await.unwrap();
        }
        let changed = Doc::objects()
            .filter(|d| {
                d.data.key("v").as_i64().eq(7)
                    | d.data.key("v").as_decimal().eq(7) & d.data.key("v").as_f64().eq(7.0)
            })
            .update(db, |d| d.data.set(d.data.set_key("w", d.data.key("v").as_i64())))
            .await
            .unwrap();
        assert_eq!(changed, 1);
        let all = Doc::objects()
            .update(db, |d| d.data.set(d.data.set_key("w", d.data.key("v").as_decimal())))
            .await;
        assert_eq!(all.unwrap(), 8);
        assert_eq!(Doc::objects().filter(|d| d.data.key("w").eq(7)).count(db).await.unwrap(), 1);
        assert_eq!(Doc::objects().filter(|d| d.data.key("w").is_json_null()).count(db).await.unwrap(), 6);
    });
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Kinds {
    #[field(primary_key)]
    id: i64,
    truth: bool,
    small: i16,
    whole: i64,
    single: f32,
    double: f64,
    text: String,
    #[field(max_digits = 10, decimal_places = 2)]
    price: Decimal,
    uuid: Uuid,
    day: NaiveDate,
    time: NaiveTime,
    at: NaiveDateTime,
    when: DateTime<Utc>,
    data: JsonValue,
    missing: Option<i32>,
    no_day: Option<NaiveDate>,
    no_truth: Option<bool>,
    no_data: Option<JsonValue>,
    bytes: Vec<u8>,
}

#[test]
fn an_object_of_every_kind_of_value() {
    run(models![Kinds], async |db| {
        let uuid: Uuid = "67E55044-10B1-426F-9247-BB680E5FE0C8".parse().unwrap();
        let day = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
        let at = day.and_hms_micro_opt(3, 4, 5, 600).unwrap();
        let row = Kinds::objects()
            .create(db, |k| {
                k.truth(true)
                    .small(-3)
                    .whole(9_007_199_254_740_993)
                    .single(0.5)
                    .double(0.1)
                    .text("a \"b\" \\ 'c' \u{1} é🦀")
                    .price(Decimal::new(150, 2))
                    .uuid(uuid)
                    .day(day)
                    .time(at.time().with_nanosecond(0).unwrap())
                    .at(at)
                    .when(Utc.from_utc_datetime(&at.with_nanosecond(0).unwrap()))
                    .data(json!({"x": [1, null]}))
                    .bytes(vec![1_u8])
            })
            .await
            .unwrap();
        let made = Kinds::objects()
            .pk(row.id)
            .values(|k| {
                json_object()
                    .with("truth", k.truth)
                    .with("small", k.small)
                    .with("whole", k.whole)
                    .with("single", k.single)
                    .with("double", k.double)
                    .with("text", k.text)
                    .with("price", k.price)
                    .with("uuid", k.uuid)
                    .with("day", k.day)
                    .with("time", k.time)
                    .with("at", k.at)
                    .with("when", k.when)
                    .with("data", k.data)
                    .with("missing", k.missing)
                    .with("no_day", k.no_day)
                    .with("no_truth", k.no_truth)
                    .with("no_data", k.no_data)
                    .with("odd \"key\"", k.small + 1)
                    .with("condition", k.small.gt(0))
                    .with("path", k.data.key("x").index(1))
                    .with("part", k.data.key("x"))
                    .with("inner", json_array().with(json_object()).with(k.truth))
                    .with("twice", 1)
                    .with("twice", 2)
            })
            .get(db)
            .await
            .unwrap();
        assert_eq!(
            made,
            json!({
                "truth": true, "small": -3, "whole": 9_007_199_254_740_993_i64, "single": 0.5, "double": 0.1,
                "text": "a \"b\" \\ 'c' \u{1} é🦀", "price": 1.5, "uuid": "67e55044-10b1-426f-9247-bb680e5fe0c8",
                "day": "2024-02-29", "time": "03:04:05.000000", "at": "2024-02-29T03:04:05.000600",
                "when": "2024-02-29T03:04:05.000000Z", "data": {"x": [1, null]}, "missing": null, "no_day": null,
                "no_truth": null, "no_data": null, "odd \"key\"": -2, "condition": false, "path": null,
                "part": [1, null], "inner": [{}, true], "twice": 2,
            })
        );
        let literals = Kinds::objects()
            .values(|_| {
                json_array()
                    .with(true)
                    .with(7)
                    .with(0.25)
                    .with("é \"x\"")
                    .with(Decimal::new(15, 1))
                    .with(uuid)
                    .with(day)
                    .with(at)
                    .with(json!({"a": [true]}))
            })
            .get(db)
            .await
            .unwrap();
        assert_eq!(
            literals,
            json!([
                true, 7, 0.25, "é \"x\"", 1.5, "67e55044-10b1-426f-9247-bb680e5fe0c8", "2024-02-29",
                "2024-02-29T03:04:05.000600", {"a": [true]}
            ])
        );
        let bytes = Kinds::objects().values(|k| json_array().with(k.bytes)).get(db).await;
        assert!(matches!(bytes, Err(Error::InvalidQuery(_))), "{bytes:?}");
        let many = (0..51).fold(json_array(), JsonArray::with);
        let many = Kinds::objects().values(|_| many).get(db).await;
        assert!(matches!(many, Err(Error::InvalidQuery(_))), "{many:?}");
        let most = (0..50).fold(json_object(), |object, n| object.with(n.to_string(), n));
        let most = Kinds::objects().values(|_| most).get(db).await.unwrap();
        assert_eq!(most.as_object().map(orm::serde_json::Map::len), Some(50));
    });
}

#[test]
fn keys_are_set_and_removed_in_objects() {
    run(models![Doc], async |db| {
        let documents = [json!({"a": 1, "b": [2]}), json!([1, "a"]), json!("a"), json!(null)];
        for document in &documents {
            Doc::objects().create(db, |d| d.data(document.clone())).await.unwrap();
        }
        Doc::objects().create(db, |d| d).await.unwrap();
        Doc::objects()
            .update(db, |d| {
                d.data.set(
                    d.data
                        .set_key("a", json!({"deep": [1.5, true]}))
                        .set_key("new", "text")
                        .set_key(
                            "none",
                            None::<i32>.map_or_else(|| value(0).nullif(0), |_| value(1).nullif(0)),
                        )
                        .remove_key("b")
                        .remove_key("absent"),
                )
            })
            .await
            .unwrap();
        let after = Doc::objects().order_by(|d| d.id).values(|d| d.data).all(db).await.unwrap();
        assert_eq!(
            after,
            [
                Some(json!({"a": {"deep": [1.5, true]}, "new": "text", "none": null})),
                Some(json!([1, "a"])),
                Some(json!("a")),
                Some(json!(null)),
                None,
            ]
        );
    });
}

#[test]
fn rows_are_grouped_by_what_is_in_a_document() {
    run(models![Doc], async |db| {
        for (kind, size) in [("a", 1), ("b", 2), ("a", 3)] {
            Doc::objects().create(db, |d| d.data(json!({"kind": kind, "size": size}))).await.unwrap();
        }
        let sizes: Vec<(Option<String>, i64, Option<i64>)> = Doc::objects()
            .values(|d| (d.data.key("kind").as_text(), d.id.count(), d.data.key("size").as_i64().max()))
            .order_by(|d| d.data.key("kind").as_text())
            .all(db)
            .await
            .unwrap();
        assert_eq!(sizes, [(Some("a".into()), 2, Some(3)), (Some("b".into()), 1, Some(2))]);
    });
}
