//! Every kind of value there and back, and what cannot be read is an error.

use std::fmt::Debug;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use orm_core::error::{Error, ValueError};
use orm_core::value::{FieldType, SqlType, Value, ValueKind};
use orm_postgres::PgConnection;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::support::{acquire, database, one};

async fn same<T: FieldType + PartialEq>(connection: &mut PgConnection, column: &str, values: &[T]) {
    for value in values {
        let param = value.to_value().unwrap();
        // Through a column, as a text of the server's own, and back.
        let text = format!("SELECT $1::{column}");
        let back: T = one(connection, &text, vec![param.clone()]).await.unwrap();
        assert_eq!(&back, value, "{column}");
        let optional: Option<T> = one(connection, &text, vec![param]).await.unwrap();
        assert_eq!(optional.as_ref(), Some(value), "{column}");
    }
    let text = format!("SELECT $1::{column}");
    let null: Option<T> = one(connection, &text, vec![Value::Null(T::KIND)]).await.unwrap();
    assert_eq!(null, None, "{column}");
    let error = one::<T>(connection, &text, vec![Value::Null(T::KIND)]).await.unwrap_err();
    assert_eq!(value_error(&error), &ValueError::UnexpectedNull, "{column}");
}

fn value_error(error: &Error) -> &ValueError {
    match error {
        Error::Value(error) => error.value_error(),
        other => panic!("{other:?}"),
    }
}

async fn read<T: SqlType>(connection: &mut PgConnection, expression: &str) -> Result<T, ValueError> {
    match one::<T>(connection, &format!("SELECT {expression}"), vec![]).await {
        Ok(value) => Ok(value),
        Err(Error::Value(error)) => Err(error.value_error().clone()),
        Err(other) => panic!("{expression}: {other:?}"),
    }
}

fn is_out_of_range<T: Debug>(read: &Result<T, ValueError>) -> bool {
    matches!(read, Err(ValueError::OutOfRange { .. }))
}

fn is_wrong_type<T: Debug>(read: &Result<T, ValueError>, found_type: &str) -> bool {
    matches!(read, Err(ValueError::WrongType { found, .. }) if found == found_type)
}

#[tokio::test]
async fn every_kind_makes_a_round_trip() {
    let Some(database) = database().await else { return };
    let mut c = acquire(&database).await;
    same(&mut c, "boolean", &[true, false]).await;
    same(&mut c, "smallint", &[i16::MIN, -1, 0, 1, i16::MAX]).await;
    same(&mut c, "integer", &[i32::MIN, -1, 0, 1, i32::MAX]).await;
    same(&mut c, "bigint", &[i64::MIN, -1, 0, 1, i64::MAX]).await;
    same(&mut c, "bigint", &[0, 1, u32::MAX]).await;
    same(&mut c, "bigint", &[0, 1, u64::from(u32::MAX) + 1, i64::MAX.unsigned_abs()]).await;
    same(&mut c, "real", &[0.0, 1.5, f32::MIN, f32::MAX, f32::MIN_POSITIVE, f32::INFINITY]).await;
    same(&mut c, "double precision", &[0.0, 0.1, f64::MIN, f64::MAX, f64::EPSILON, f64::NEG_INFINITY]).await;
    let texts =
        ["", "x", "it's \"quoted\" \\ %_!", "żółć 🦀 \u{10FFFF}", "\n\t\r\u{1}", &"é".repeat(100_000)];
    same(&mut c, "text", &texts.map(String::from)).await;
    same(&mut c, "varchar(20)", &[String::new(), "é".repeat(20)]).await;
    same(&mut c, "bytea", &[vec![], vec![0], (0..=255).collect(), vec![7; 1_000_000]]).await;
    same(&mut c, "uuid", &[Uuid::nil(), Uuid::max(), Uuid::from_u128(0x0123_4567_89ab_cdef)]).await;
    let json = [r#"{"a": [1, 2.5, null, "\u00e9 \\u0000"]}"#, "[]", "null", "\"\""];
    same(&mut c, "jsonb", &json.map(|text| text.parse::<serde_json::Value>().unwrap())).await;
    same(&mut c, "json", &json.map(|text| text.parse::<serde_json::Value>().unwrap())).await;
    let date = |text: &str| text.parse::<NaiveDate>().unwrap();
    let dates =
        ["1999-12-31", "2000-01-01", "2000-02-29", "1970-01-01", "0001-01-01", "-0001-03-01", "9999-12-31"];
    same(&mut c, "date", &dates.map(date)).await;
    same(&mut c, "date", &[NaiveDate::MAX, date("-4713-11-24")]).await;
    let time = |text: &str| text.parse::<NaiveTime>().unwrap();
    same(&mut c, "time", &["00:00:00", "00:00:00.000001", "12:34:56.789", "23:59:59.999999"].map(time)).await;
    let at = |text: &str| text.parse::<NaiveDateTime>().unwrap();
    let ats = [
        "2000-01-01T00:00:00",
        "1999-12-31T23:59:59.999999",
        "-4713-11-24T00:00:00",
        "+262142-12-31T23:59:59",
    ];
    same(&mut c, "timestamp", &ats.map(at)).await;
    same(&mut c, "timestamptz", &ats.map(|text| at(text).and_utc())).await;
    let micros = [0, 1, -1, 86_400_000_000, i64::MAX, i64::MIN + 1];
    same(&mut c, "interval", &micros.map(TimeDelta::microseconds)).await;
    let decimals = [
        "0",
        "0.00",
        "-0.1",
        "1",
        "10000",
        "12345.6789",
        "0.0001",
        "99999999999999999999.99999999",
        "79228162514264337593543950335",
        "-79228162514264337593543950335",
        "0.0000000000000000000000000001",
    ];
    same(&mut c, "numeric", &decimals.map(|text| text.parse::<Decimal>().unwrap())).await;
}

#[tokio::test]
async fn not_a_number_keeps_being_one() {
    let Some(database) = database().await else { return };
    let mut c = acquire(&database).await;
    let nan: f64 = one(&mut c, "SELECT $1::float8", vec![Value::F64(f64::NAN)]).await.unwrap();
    assert!(nan.is_nan());
    let zero: f64 = one(&mut c, "SELECT $1::float8", vec![Value::F64(-0.0)]).await.unwrap();
    assert!(zero == 0.0 && zero.is_sign_negative());
    assert!(read::<f32>(&mut c, "'nan'::float8").await.unwrap().is_nan());
}

#[tokio::test]
async fn what_the_server_cannot_hold_is_refused_before_it_is_sent() {
    let Some(database) = database().await else { return };
    let mut c = acquire(&database).await;
    for (param, cast) in [
        (Value::Text("a\0b".into()), "text"),
        (Value::Json(r#"{"a":"\u0000"}"#.into()), "jsonb"),
        (Value::U64(u64::MAX), "bigint"),
        (Value::U64(1 << 63), "bigint"),
        (Value::Date(NaiveDate::MIN), "date"),
        (Value::DateTime(NaiveDateTime::MIN), "timestamp"),
        (Value::Timestamp(DateTime::<Utc>::MIN_UTC), "timestamptz"),
    ] {
        let error = one::<Option<String>>(&mut c, &format!("SELECT $1::{cast}::text"), vec![param])
            .await
            .unwrap_err();
        assert!(
            matches!(value_error(&error), ValueError::NulInText | ValueError::OutOfRange { .. }),
            "{cast}: {error:?}"
        );
    }
    // The connection is as good as before.
    let pid = crate::support::process(&mut c).await;
    drop(c);
    assert_eq!(crate::support::process(&mut acquire(&database).await).await, pid);
}

#[tokio::test]
async fn numerics_are_exact_or_an_error() {
    let Some(database) = database().await else { return };
    let mut c = acquire(&database).await;
    for special in ["NaN", "Infinity", "-Infinity"] {
        let got = read::<Decimal>(&mut c, &format!("'{special}'::numeric")).await;
        assert_eq!(got, Err(ValueError::NotFinite { kind: "decimal" }), "{special}");
    }
    let mut state = 42_u64;
    let mut random = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut texts: Vec<String> = [
        format!("1{}", "0".repeat(77)),
        "9".repeat(78),
        format!("0.{}1", "0".repeat(77)),
        format!("1.{}", "0".repeat(60)),
        format!("-{}.5", "9".repeat(40)),
        "79228162514264337593543950336".into(),
        "7.92281625142643375935439503350".into(),
        "7.92281625142643375935439503351".into(),
        "0.00000000000000000000000000001".into(),
        "10000000000000000000000000000.0000".into(),
    ]
    .into();
    for _ in 0..2_000 {
        let mut text = String::from(if random(2) == 0 { "" } else { "-" });
        for _ in 0..=random(24) {
            text.push(char::from(b'0' + u8::try_from(random(10)).unwrap() * u8::from(random(3) > 0)));
        }
        if random(4) > 0 {
            text.push('.');
            for _ in 0..=random(24) {
                text.push(char::from(b'0' + u8::try_from(random(10)).unwrap() * u8::from(random(3) > 0)));
            }
        }
        texts.push(text);
    }
    let (mut exact, mut refused) = (0, 0);
    for text in texts {
        let param = || vec![Value::Text(text.clone())];
        let server: String = one(&mut c, "SELECT $1::text::numeric::text", param()).await.unwrap();
        match one::<Decimal>(&mut c, "SELECT $1::text::numeric", param()).await {
            Ok(decimal) => {
                exact += 1;
                let back: String =
                    one(&mut c, "SELECT ($1::numeric)::text", vec![Value::Decimal(decimal)]).await.unwrap();
                let equal: bool = one(
                    &mut c,
                    "SELECT $1::numeric = $2::text::numeric",
                    vec![Value::Decimal(decimal), param().remove(0)],
                )
                .await
                .unwrap();
                assert!(equal, "{text}: {decimal}");
                // Trailing zeros may go where there is no room for them.
                if server.bytes().filter(u8::is_ascii_digit).count() <= 28 {
                    assert_eq!(back, server, "{text}");
                    assert_eq!(decimal.to_string(), server, "{text}");
                }
            }
            Err(error) => {
                refused += 1;
                assert!(matches!(value_error(&error), ValueError::OutOfRange { .. }), "{text}: {error:?}");
                let (whole, fraction) =
                    server.trim_start_matches('-').split_once('.').unwrap_or((&server, ""));
                let fraction = fraction.trim_end_matches('0');
                let digits = format!("{whole}{fraction}");
                let fits = fraction.len() <= 28 && digits.trim_start_matches('0').len() <= 28;
                assert!(!fits, "{text} fits");
            }
        }
    }
    assert!(exact > 500 && refused > 100, "{exact} exact, {refused} refused");
}

#[tokio::test]
async fn numbers_are_widened_but_never_cut() {
    let Some(database) = database().await else { return };
    let mut c = acquire(&database).await;
    assert_eq!(read::<i64>(&mut c, "7::smallint").await, Ok(7));
    assert_eq!(read::<i64>(&mut c, "7::integer").await, Ok(7));
    assert_eq!(read::<i64>(&mut c, "4294967295::oid").await, Ok(4_294_967_295));
    assert_eq!(read::<i64>(&mut c, "-7.00::numeric").await, Ok(-7));
    assert_eq!(read::<i64>(&mut c, "sum(x) FROM (VALUES (1::bigint), (2)) AS t (x)").await, Ok(3));
    assert!(is_out_of_range(&read::<i64>(&mut c, "7.5::numeric").await));
    assert!(is_out_of_range(&read::<i64>(&mut c, "9223372036854775808::numeric").await));
    assert_eq!(read::<u64>(&mut c, "18446744073709551615::numeric").await, Ok(u64::MAX));
    assert!(is_out_of_range(&read::<u64>(&mut c, "18446744073709551616::numeric").await));
    assert!(is_out_of_range(&read::<u64>(&mut c, "-1").await));
    assert!(is_out_of_range(&read::<i32>(&mut c, "2147483648::bigint").await));
    assert!(is_out_of_range(&read::<i16>(&mut c, "32768").await));
    assert!(is_out_of_range(&read::<u32>(&mut c, "4294967296").await));
    assert_eq!(read::<f32>(&mut c, "0.5::float8").await, Ok(0.5));
    assert!(is_out_of_range(&read::<f32>(&mut c, "0.1::float8").await));
    assert!(is_out_of_range(&read::<f32>(&mut c, "1e300::float8").await));
    assert_eq!(read::<f64>(&mut c, "0.1::float4").await, Ok(f64::from(0.1_f32)));
    assert_eq!(read::<Decimal>(&mut c, "7").await, Ok(Decimal::from(7)));
}

#[tokio::test]
async fn other_types_are_named_in_the_error() {
    let Some(database) = database().await else { return };
    let mut c = acquire(&database).await;
    assert!(is_wrong_type(&read::<bool>(&mut c, "1").await, "int4"));
    assert!(is_wrong_type(&read::<i64>(&mut c, "true").await, "bool"));
    assert!(is_wrong_type(&read::<i64>(&mut c, "1.5::float8").await, "float8"));
    assert!(is_wrong_type(&read::<f64>(&mut c, "1.5").await, "numeric"));
    assert!(is_wrong_type(&read::<String>(&mut c, "1").await, "int4"));
    assert!(is_wrong_type(&read::<String>(&mut c, "'a'::bytea").await, "bytea"));
    assert!(is_wrong_type(&read::<Vec<u8>>(&mut c, "'a'::text").await, "text"));
    assert!(is_wrong_type(&read::<Uuid>(&mut c, "'a'::text").await, "text"));
    assert!(is_wrong_type(&read::<NaiveDate>(&mut c, "now()").await, "timestamptz"));
    assert!(is_wrong_type(&read::<NaiveTime>(&mut c, "'00:00'::timetz").await, "timetz"));
    assert!(is_wrong_type(&read::<NaiveDateTime>(&mut c, "now()").await, "timestamptz"));
    assert!(is_wrong_type(&read::<DateTime<Utc>>(&mut c, "now()::timestamp").await, "timestamp"));
    assert!(is_wrong_type(&read::<TimeDelta>(&mut c, "'00:00'::time").await, "time"));
    assert!(is_wrong_type(&read::<Decimal>(&mut c, "1::float8").await, "float8"));
    assert!(is_wrong_type(&read::<i64>(&mut c, "ARRAY[1]").await, "_int4"));
}

#[tokio::test]
async fn times_beyond_chrono_s_are_errors() {
    let Some(database) = database().await else { return };
    let mut c = acquire(&database).await;
    for sign in ["", "-"] {
        let infinity = |ty: &str| format!("'{sign}infinity'::{ty}");
        assert_eq!(
            read::<NaiveDate>(&mut c, &infinity("date")).await,
            Err(ValueError::NotFinite { kind: "date" })
        );
        assert_eq!(
            read::<NaiveDateTime>(&mut c, &infinity("timestamp")).await,
            Err(ValueError::NotFinite { kind: "datetime" })
        );
        assert_eq!(
            read::<DateTime<Utc>>(&mut c, &infinity("timestamptz")).await,
            Err(ValueError::NotFinite { kind: "timestamp" })
        );
    }
    assert!(is_out_of_range(&read::<NaiveDate>(&mut c, "'5874897-12-31'::date").await));
    assert!(is_out_of_range(&read::<NaiveDateTime>(&mut c, "'294276-12-31 23:59:59'::timestamp").await));
    assert!(is_out_of_range(&read::<DateTime<Utc>>(&mut c, "'294276-12-31 23:59:59+00'::timestamptz").await));
    assert!(is_out_of_range(&read::<NaiveTime>(&mut c, "'24:00'::time").await));
    assert_eq!(
        read::<NaiveDate>(&mut c, "'0044-03-15 BC'::date").await,
        Ok(NaiveDate::from_ymd_opt(-43, 3, 15).unwrap())
    );
    assert_eq!(read::<TimeDelta>(&mut c, "'2 days -1 hour'::interval").await, Ok(TimeDelta::hours(47)));
    assert!(matches!(read::<TimeDelta>(&mut c, "'1 month'::interval").await, Err(ValueError::Invalid(_))));
    assert!(is_out_of_range(
        &read::<TimeDelta>(&mut c, "make_interval(days => 2147483647) + make_interval(hours => 2147483647)")
            .await
    ));
}

#[tokio::test]
async fn text_like_types_read_as_text() {
    let Some(database) = database().await else { return };
    let mut c = acquire(&database).await;
    let names = [("'a'::varchar(3)", "a"), ("'a'::char(3)", "a  "), ("'a'::name", "a"), ("'a'", "a")];
    for (expression, text) in names {
        assert_eq!(read::<String>(&mut c, expression).await.as_deref(), Ok(text), "{expression}");
    }
}

#[tokio::test]
async fn enums_and_domains_read_as_what_they_are_made_of() {
    use orm_core::backend::Connection;
    let Some(database) = database().await else { return };
    let mut c = acquire(&database).await;
    let schema = crate::support::Schema::create(&mut c).await;
    let name = &schema.0;
    c.batch(&format!(
        "CREATE TYPE {name}.mood AS ENUM ('ok', 'żle'); CREATE DOMAIN {name}.age AS integer CHECK (value >= 0); \
         CREATE DOMAIN {name}.label AS text"
    ))
    .await
    .unwrap();
    assert_eq!(read::<String>(&mut c, &format!("'żle'::{name}.mood")).await.as_deref(), Ok("żle"));
    assert_eq!(read::<i64>(&mut c, &format!("7::{name}.age")).await, Ok(7));
    assert_eq!(read::<String>(&mut c, &format!("'x'::{name}.label")).await.as_deref(), Ok("x"));
    assert!(is_wrong_type(&read::<i64>(&mut c, &format!("'ok'::{name}.mood")).await, "mood"));
}

#[tokio::test]
async fn null_has_the_type_of_its_kind() {
    let Some(database) = database().await else { return };
    let mut c = acquire(&database).await;
    for (kind, name) in [
        (ValueKind::Bool, "boolean"),
        (ValueKind::I16, "smallint"),
        (ValueKind::I32, "integer"),
        (ValueKind::I64, "bigint"),
        (ValueKind::U32, "bigint"),
        (ValueKind::U64, "bigint"),
        (ValueKind::F32, "real"),
        (ValueKind::F64, "double precision"),
        (ValueKind::Text, "text"),
        (ValueKind::Bytes, "bytea"),
        (ValueKind::Decimal, "numeric"),
        (ValueKind::Uuid, "uuid"),
        (ValueKind::Json, "jsonb"),
        (ValueKind::Date, "date"),
        (ValueKind::Time, "time without time zone"),
        (ValueKind::DateTime, "timestamp without time zone"),
        (ValueKind::Timestamp, "timestamp with time zone"),
        (ValueKind::Duration, "interval"),
    ] {
        let ty: String = one(&mut c, "SELECT pg_typeof($1)::text", vec![Value::Null(kind)]).await.unwrap();
        assert_eq!(ty, name, "{kind:?}");
    }
}
