//! Every kind of value comes back as it went, or is refused with a typed error.

use std::fmt::Debug;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use orm_core::error::{Error, Result, ValueError};
use orm_core::value::{FieldType, Json, Value, ValueKind};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::support::{all, batch, memory, one, read, write};

async fn round_trip<T: FieldType + PartialEq + Debug>(database: &orm_sqlite::Sqlite, value: T) {
    let param = value.to_value().expect("a value");
    let rows = all::<T>(database, read("SELECT ?1", vec![param])).await.expect("a row");
    assert_eq!(rows, [value]);
}

#[tokio::test]
async fn values_round_trip() {
    let database = memory().await;
    let date = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).expect("a date");
    let time = NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999).expect("a time");
    for value in [true, false] {
        round_trip(&database, value).await;
    }
    for value in [i64::MIN, -1, 0, i64::MAX] {
        round_trip(&database, value).await;
    }
    round_trip(&database, i16::MIN).await;
    round_trip(&database, i32::MAX).await;
    round_trip(&database, u32::MAX).await;
    round_trip(&database, u64::MAX / 2).await;
    for value in [0.1_f64, f64::MAX, f64::MIN_POSITIVE, f64::INFINITY, f64::NEG_INFINITY] {
        round_trip(&database, value).await;
    }
    round_trip(&database, 0.1_f32).await;
    for value in ["", "text", "a\0b", "ÄÖ\u{10FFFF}"] {
        round_trip(&database, value.to_owned()).await;
    }
    for value in [vec![], vec![0, 255, 7]] {
        round_trip::<Vec<u8>>(&database, value).await;
    }
    for value in ["0", "1.50", "-79228162514264337593543950335", "0.0000000000000000000000000001"] {
        let rows =
            all::<Decimal>(&database, read("SELECT ?1", vec![Value::Decimal(value.parse().expect("one"))]));
        assert_eq!(rows.await.expect("a row").remove(0).to_string(), value);
    }
    round_trip(&database, Uuid::from_u128(0x1234_5678_9abc_def0)).await;
    round_trip(&database, Json(vec![Some("a\u{0}".to_owned()), None])).await;
    for value in [date(0, 1, 1), date(2024, 2, 29), date(9999, 12, 31)] {
        round_trip(&database, value).await;
        round_trip(&database, value.and_time(time)).await;
        round_trip(&database, value.and_time(NaiveTime::MIN).and_utc()).await;
    }
    round_trip(&database, time).await;
    round_trip(&database, TimeDelta::microseconds(-5)).await;
    let null = all::<Option<String>>(&database, read("SELECT ?1", vec![Value::Null(ValueKind::Text)])).await;
    assert_eq!(null.expect("a row"), [None]);
}

fn value_error<T: Debug>(result: Result<T>) -> ValueError {
    match result {
        Err(Error::Value(error)) => error.value_error().clone(),
        other => panic!("{other:?}"),
    }
}

async fn read_as<T: FieldType>(expression: &str) -> Result<Vec<T>> {
    all::<T>(&memory().await, read(&format!("SELECT {expression}"), Vec::new())).await
}

#[tokio::test]
async fn what_a_column_holds_instead_is_named() {
    for (expression, found) in [("'x'", "TEXT"), ("1.5", "REAL"), ("x'00'", "BLOB")] {
        let error = value_error(read_as::<i64>(expression).await);
        assert_eq!(error, ValueError::WrongType { expected: "integer", found: found.into() });
    }
    assert!(matches!(value_error(read_as::<bool>("2").await), ValueError::WrongType { .. }));
    assert!(matches!(value_error(read_as::<Decimal>("0.1 + 0.2").await), ValueError::WrongType { .. }));
    assert!(matches!(value_error(read_as::<Decimal>("'abc'").await), ValueError::WrongType { .. }));
    let long = format!("'{}'", "9".repeat(40));
    assert!(matches!(value_error(read_as::<Decimal>(&long).await), ValueError::OutOfRange { .. }));
    assert!(matches!(value_error(read_as::<i16>("70000").await), ValueError::OutOfRange { .. }));
    assert!(matches!(value_error(read_as::<u64>("-1").await), ValueError::OutOfRange { .. }));
    assert!(matches!(value_error(read_as::<f32>("0.1").await), ValueError::OutOfRange { .. }));
    assert!(matches!(value_error(read_as::<f64>("9007199254740993").await), ValueError::OutOfRange { .. }));
    assert!(matches!(value_error(read_as::<Uuid>("x'0011'").await), ValueError::WrongType { .. }));
    assert!(matches!(value_error(read_as::<NaiveDate>("'2024-02-30'").await), ValueError::WrongType { .. }));
    assert_eq!(value_error(read_as::<i64>("NULL").await), ValueError::UnexpectedNull);
    assert_eq!(value_error(read_as::<String>("CAST(x'ff' AS TEXT)").await), ValueError::InvalidUtf8);
}

#[tokio::test]
async fn usual_forms_are_accepted() {
    // A column of affinity NUMERIC holds `0.99` as REAL.
    assert_eq!(read_as::<Decimal>("CAST('0.99' AS NUMERIC)").await.unwrap(), [Decimal::new(99, 2)]);
    let uuid = read_as::<Uuid>("'67e55044-10b1-426f-9247-bb680e5fe0c8'").await.expect("a row");
    assert_eq!(uuid, [Uuid::from_u128(0x67e5_5044_10b1_426f_9247_bb68_0e5f_e0c8)]);
    assert_eq!(read_as::<Decimal>("12").await.expect("a row"), [Decimal::from(12)]);
    assert_eq!(read_as::<f64>("3").await.expect("a row"), [3.0]);
    let stamp = read_as::<DateTime<Utc>>("'2024-01-01T02:00:00+02:00'").await.expect("a row");
    assert_eq!(stamp, read_as::<DateTime<Utc>>("datetime(1704067200, 'unixepoch')").await.expect("a row"));
    assert!(read_as::<DateTime<Utc>>("CURRENT_TIMESTAMP").await.is_ok());
}

#[tokio::test]
async fn what_cannot_be_stored_is_refused_before() {
    let database = memory().await;
    for (value, finite) in [
        (Value::F64(f64::NAN), false),
        (Value::F32(f32::NAN), false),
        (Value::U64(u64::MAX), true),
        (Value::Date(NaiveDate::MAX), true),
        (Value::Timestamp(DateTime::<Utc>::MIN_UTC), true),
    ] {
        let error = value_error(all::<String>(&database, read("SELECT ?1", vec![value])).await);
        assert_eq!(matches!(error, ValueError::OutOfRange { .. }), finite, "{error:?}");
        assert_eq!(matches!(error, ValueError::NotFinite { .. }), !finite, "{error:?}");
    }
}

#[tokio::test]
async fn times_sort_as_text_and_suit_sqlites_own_functions() {
    let database = memory().await;
    batch(&database, "CREATE TABLE t (at TEXT)").await;
    let at = |micros| DateTime::from_timestamp_micros(micros).expect("an instant");
    let instants = [
        at(-62_167_219_200_000_000),
        at(-1),
        at(0),
        at(1),
        at(999_999),
        at(1_000_000),
        at(253_402_300_799_999_999),
    ];
    for instant in instants.iter().rev() {
        all::<i64>(
            &database,
            write("INSERT INTO t VALUES (?1) RETURNING 1", vec![Value::Timestamp(*instant)]),
        )
        .await
        .expect("a row");
    }
    let sorted = all::<DateTime<Utc>>(&database, read("SELECT at FROM t ORDER BY at", Vec::new())).await;
    assert_eq!(sorted.expect("rows"), instants);
    let second: NaiveDateTime = at(1_000_000).naive_utc();
    let sql = read("SELECT strftime('%s', ?1)", vec![Value::DateTime(second)]);
    assert_eq!(all::<String>(&database, sql).await.expect("a row"), ["1"]);
    assert_eq!(one::<i64>(&database, "SELECT count(*) FROM t WHERE unixepoch(at) IS NULL").await, 0);
}

#[tokio::test]
async fn decimals_calculate_and_compare_exactly() {
    let database = memory().await;
    batch(&database, "CREATE TABLE t (price TEXT COLLATE ORM_DECIMAL)").await;
    for price in ["0.10", "0.2", "10", "9.999"] {
        let value = Value::Decimal(price.parse().expect("a decimal"));
        all::<i64>(&database, write("INSERT INTO t VALUES (?1) RETURNING 1", vec![value]))
            .await
            .expect("a row");
    }
    assert_eq!(one::<Decimal>(&database, "SELECT orm_dec_sum(price) FROM t").await, Decimal::new(20_299, 3));
    assert_eq!(one::<Decimal>(&database, "SELECT max(price) FROM t").await, Decimal::from(10));
    let sql = read("SELECT count(*) FROM t WHERE price < ?1", vec![Value::Decimal(Decimal::from(10))]);
    assert_eq!(all::<i64>(&database, sql).await.expect("a row"), [3]);
    let sql = read("SELECT count(*) FROM t WHERE price = ?1", vec![Value::Decimal(Decimal::new(1, 1))]);
    assert_eq!(all::<i64>(&database, sql).await.expect("a row"), [1]);
}
