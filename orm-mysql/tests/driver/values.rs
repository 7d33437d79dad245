//! Every kind goes through a column and comes back the same, or is refused with a typed error.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use orm_core::backend::Connection;
use orm_core::error::{DatabaseErrorKind as Kind, ValueError};
use orm_core::value::{FieldType, Value, ValueKind};
use orm_mysql::MySqlConnection;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::support::*;

/// Stores each value in a column of this type, reads it back, and finds it by comparing with it.
async fn round_trip<T: FieldType + PartialEq>(
    connection: &mut MySqlConnection,
    column_type: &str,
    values: Vec<T>,
    comparable: bool,
) {
    connection
        .batch(&format!(
            "DROP TABLE IF EXISTS v; CREATE TABLE v (id int PRIMARY KEY, v {column_type}) DEFAULT CHARSET utf8mb4"
        ))
        .await
        .unwrap();
    for (id, value) in (0..).zip(&values) {
        let params = vec![Value::I32(id), value.to_value().unwrap()];
        execute(connection, "INSERT INTO v VALUES (?, ?)", params).await.unwrap_or_else(|error| {
            panic!(
                "{column_type} {value:?}: {error} {:?}",
                error.as_database().map(orm_core::error::DatabaseError::message)
            )
        });
        let back: T = one(connection, "SELECT v FROM v WHERE id = ?", vec![Value::I32(id)]).await.unwrap();
        assert_eq!(&back, value, "{column_type}");
        if comparable {
            let params = vec![value.to_value().unwrap()];
            let found: Vec<i32> = column(connection, "SELECT id FROM v WHERE v = ?", params).await.unwrap();
            assert!(found.contains(&id), "{column_type} {value:?} does not equal itself");
            let params = vec![Value::I32(id), value.to_value().unwrap()];
            execute(connection, "UPDATE v SET v = v WHERE id = ? AND v IN (?)", params).await.unwrap();
        }
    }
    execute(connection, "INSERT INTO v VALUES (-1, ?)", vec![Value::Null(T::KIND)]).await.unwrap();
    let back: Option<T> = one(connection, "SELECT v FROM v WHERE id = -1", vec![]).await.unwrap();
    assert_eq!(back, None);
    let back: Result<T, _> = one(connection, "SELECT v FROM v WHERE id = -1", vec![]).await;
    assert_eq!(value_error(back), ValueError::UnexpectedNull);
}

fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn time(hour: u32, minute: u32, second: u32, micros: u32) -> NaiveTime {
    NaiveTime::from_hms_micro_opt(hour, minute, second, micros).unwrap()
}

fn moments() -> Vec<NaiveDateTime> {
    vec![
        date(1, 1, 1).and_time(NaiveTime::MIN),
        date(999, 12, 31).and_time(time(23, 59, 59, 999_999)),
        date(1000, 1, 1).and_time(time(0, 0, 0, 1)),
        date(1969, 12, 31).and_time(time(23, 59, 59, 999_999)),
        date(1970, 1, 1).and_time(NaiveTime::MIN),
        date(2024, 2, 29).and_time(time(12, 34, 56, 123_456)),
        date(2038, 1, 19).and_time(time(3, 14, 8, 0)),
        date(9999, 12, 31).and_time(time(23, 59, 59, 999_999)),
    ]
}

on_each_server! {
    async fn numbers(server: &Server) {
        let c = &mut acquire(&server.connect().await).await;
        round_trip(c, "bool", vec![false, true], true).await;
        round_trip(c, "smallint", vec![i16::MIN, -1, 0, 1, i16::MAX], true).await;
        round_trip(c, "int", vec![i32::MIN, -1, 0, 1, i32::MAX], true).await;
        round_trip(c, "bigint", vec![i64::MIN, -1, 0, 1, i64::MAX], true).await;
        round_trip(c, "int unsigned", vec![0, 1, u32::MAX], true).await;
        round_trip(c, "bigint unsigned", vec![0, 1, u64::from(u32::MAX), i64::MAX as u64, u64::MAX], true).await;
        round_trip(c, "float", vec![0.0, 0.1, 1.5, -1.0e-30, f32::MIN, f32::MAX, f32::MIN_POSITIVE, 16_777_217.0], true).await;
        round_trip(c, "double", vec![0.0, 0.1, 1.0 / 3.0, -1.0e-300, f64::MIN, f64::MAX, f64::MIN_POSITIVE], true).await;
        round_trip(c, "bigint", [i64::MIN, -1, 0, i64::MAX].map(chrono::TimeDelta::microseconds).to_vec(), true).await;
    }

    async fn texts_and_bytes(server: &Server) {
        let c = &mut acquire(&server.connect().await).await;
        let texts = ["", "a", "O'Brien \\ \" ` % _ ; --", "naïve 🦀 \u{10ffff}", "nul \0 inside", "a\r\nb\tc"];
        let texts: Vec<String> = texts.into_iter().map(str::to_owned).chain([String::from("ü").repeat(200)]).collect();
        round_trip(c, "varchar(255) COLLATE utf8mb4_bin", texts.clone(), true).await;
        round_trip(c, "longtext COLLATE utf8mb4_bin", texts, true).await;
        round_trip(c, "longtext", vec!["x".repeat(1_000_000)], false).await;

        let bytes = vec![vec![], vec![0], (0..=255).collect(), vec![0xff; 70_000], b"'\\\"".to_vec()];
        round_trip(c, "longblob", bytes.clone(), true).await;
        round_trip(c, "longblob", bytes.into_iter().map(bytes::Bytes::from).collect(), true).await;
    }

    async fn decimals(server: &Server) {
        let c = &mut acquire(&server.connect().await).await;
        let decimal = |text| Decimal::from_str(text).unwrap();
        let prices = ["0.00", "0.01", "-0.01", "12345678.90", "-99999999.99", "99999999.99"];
        round_trip(c, "decimal(10,2)", prices.into_iter().map(decimal).collect(), true).await;
        round_trip(c, "decimal(28,0)", vec![decimal("9999999999999999999999999999"), decimal("-1")], true).await;
        round_trip(c, "decimal(28,28)", vec![decimal("0.0000000000000000000000000001")], true).await;

        c.batch("CREATE TABLE d (a decimal(65,0), b decimal(38,30), c decimal(10,2))").await.unwrap();
        c.batch("INSERT INTO d VALUES (99999999999999999999999999999999999999, 1.5, 1)").await.unwrap();
        let wide: Result<Decimal, _> = one(c, "SELECT a FROM d", vec![]).await;
        assert!(matches!(value_error(wide), ValueError::OutOfRange { kind: "decimal", .. }));
        let padded: Decimal = one(c, "SELECT b FROM d", vec![]).await.unwrap();
        assert_eq!(padded, decimal("1.5"));
        let sum: i64 = one(c, "SELECT SUM(x) FROM (SELECT 1 AS x UNION ALL SELECT 2) AS t", vec![]).await.unwrap();
        assert_eq!(sum, 3);
        // More decimal places are rounded by the server, more digits before the point refused.
        let refused = execute(c, "UPDATE d SET c = ?", vec![Value::Decimal(decimal("123456789.00"))]).await;
        assert_eq!(kind(refused), Some(Kind::DataError));
    }

    async fn uuids(server: &Server) {
        let db = server.connect().await;
        let c = &mut acquire(&db).await;
        let values = vec![Uuid::nil(), Uuid::max(), Uuid::from_u128(0x0123_4567_89ab_cdef_fedc_ba98_7654_3210)];
        if is_mariadb(&db) {
            round_trip(c, "uuid", values.clone(), true).await;
        } else {
            round_trip(c, "binary(16)", values.clone(), true).await;
        }
        // What others may have stored.
        c.batch("CREATE TABLE u (a char(36), b binary(16), c char(32), d varchar(40))").await.unwrap();
        c.batch(
            "INSERT INTO u VALUES ('01234567-89ab-cdef-fedc-ba9876543210', \
             UNHEX('0123456789abcdeffedcba9876543210'), '0123456789abcdeffedcba9876543210', 'no uuid')",
        )
        .await
        .unwrap();
        for name in ["a", "b", "c"] {
            let value: Uuid = one(c, &format!("SELECT {name} FROM u"), vec![]).await.unwrap();
            assert_eq!(value, values[2], "{name}");
        }
        let none: Result<Uuid, _> = one(c, "SELECT d FROM u", vec![]).await;
        assert!(matches!(value_error(none), ValueError::Invalid(_)));
    }

    async fn documents(server: &Server) {
        let c = &mut acquire(&server.connect().await).await;
        c.batch("CREATE TABLE j (id int, v json)").await.unwrap();
        for text in ["null", "1", "\"a\"", "[]", "{\"a\": [1, 2.5, true, null, \"ü🦀\"]}"] {
            execute(c, "DELETE FROM j", vec![]).await.unwrap();
            execute(c, "INSERT INTO j VALUES (1, ?)", vec![Value::Json(text.to_owned())]).await.unwrap();
            let back: serde_json::Value = one(c, "SELECT v FROM j", vec![]).await.unwrap();
            assert_eq!(back, serde_json::from_str::<serde_json::Value>(text).unwrap());
        }
        let refused = execute(c, "INSERT INTO j VALUES (1, ?)", vec![Value::Json("{".to_owned())]).await;
        assert!(matches!(kind(refused), Some(Kind::DataError | Kind::CheckViolation)));
    }

    async fn dates_and_times(server: &Server) {
        let c = &mut acquire(&server.connect().await).await;
        round_trip(c, "date", moments().into_iter().map(|at| at.date()).collect(), true).await;
        round_trip(c, "time(6)", vec![NaiveTime::MIN, time(0, 0, 0, 1), time(12, 34, 56, 0), time(23, 59, 59, 999_999)], true)
            .await;
        round_trip(c, "datetime(6)", moments(), true).await;
        let instants: Vec<DateTime<Utc>> = moments().into_iter().map(|at| at.and_utc()).collect();
        round_trip(c, "datetime(6)", instants, true).await;
        let stamps = [1, 1_700_000_000].map(|seconds| DateTime::from_timestamp(seconds, 123_456_000).unwrap());
        round_trip(c, "timestamp(6) NULL", stamps.to_vec(), true).await;
    }

    async fn what_cannot_be_stored_is_refused_before_it_is_sent(server: &Server) {
        let c = &mut acquire(&server.connect().await).await;
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let refused = execute(c, "DO ?", vec![Value::F64(value)]).await;
            assert_eq!(value_error(refused), ValueError::NotFinite { kind: "f64" });
        }
        let refused = execute(c, "DO ?", vec![Value::Date(date(10_000, 1, 1))]).await;
        assert!(matches!(value_error(refused), ValueError::OutOfRange { kind: "date", .. }));
        let refused = execute(c, "DO ?", vec![Value::Date(date(0, 1, 1))]).await;
        assert!(matches!(value_error(refused), ValueError::OutOfRange { kind: "date", .. }));
        assert_eq!(one::<i64>(c, "SELECT 1", vec![]).await.unwrap(), 1);
    }

    async fn reading_never_changes_a_value(server: &Server) {
        let c = &mut acquire(&server.connect().await).await;
        c.batch(
            "CREATE TABLE r (b bool, i bigint, u bigint unsigned, f double, t longtext, bl longblob, d date, dt datetime(6), \
             ti time, n decimal(10,2), v varchar(10), s smallint, e enum('x','y'), bi bit(8), l varchar(20) CHARSET latin1)",
        )
        .await
        .unwrap();
        c.batch(
            "INSERT INTO r VALUES (2, -1, 18446744073709551615, 0.1, 'x', X'ff', '2020-01-01', '2020-01-01 01:00:00', \
             '25:00:00', 1.5, 'x', 300, 'y', b'1', 'é')",
        )
        .await
        .unwrap();
        let wrong = |expected, found: &'static str| ValueError::WrongType { expected, found: found.into() };
        let refused: Result<bool, _> = one(c, "SELECT b FROM r", vec![]).await;
        assert!(matches!(value_error(refused), ValueError::OutOfRange { .. }));
        let refused: Result<u64, _> = one(c, "SELECT i FROM r", vec![]).await;
        assert!(matches!(value_error(refused), ValueError::OutOfRange { .. }));
        let refused: Result<i64, _> = one(c, "SELECT u FROM r", vec![]).await;
        assert!(matches!(value_error(refused), ValueError::OutOfRange { .. }));
        let refused: Result<f32, _> = one(c, "SELECT f FROM r", vec![]).await;
        assert!(matches!(value_error(refused), ValueError::OutOfRange { .. }));
        let refused: Result<i64, _> = one(c, "SELECT f FROM r", vec![]).await;
        assert_eq!(value_error(refused), wrong("i64", "double"));
        let refused: Result<f64, _> = one(c, "SELECT n FROM r", vec![]).await;
        assert_eq!(value_error(refused), wrong("f64", "decimal"));
        let refused: Result<i64, _> = one(c, "SELECT n FROM r", vec![]).await;
        assert_eq!(value_error(refused), wrong("i64", "decimal"));
        let refused: Result<String, _> = one(c, "SELECT bl FROM r", vec![]).await;
        assert_eq!(value_error(refused), wrong("text", "longblob"));
        let refused: Result<Vec<u8>, _> = one(c, "SELECT t FROM r", vec![]).await;
        assert_eq!(value_error(refused), wrong("bytes", "longtext"));
        let refused: Result<i64, _> = one(c, "SELECT v FROM r", vec![]).await;
        assert_eq!(value_error(refused), wrong("i64", "varchar"));
        let refused: Result<String, _> = one(c, "SELECT s FROM r", vec![]).await;
        assert_eq!(value_error(refused), wrong("text", "smallint"));
        let refused: Result<NaiveDate, _> = one(c, "SELECT dt FROM r", vec![]).await;
        assert_eq!(value_error(refused), wrong("date", "datetime"));
        let refused: Result<NaiveDateTime, _> = one(c, "SELECT d FROM r", vec![]).await;
        assert_eq!(value_error(refused), wrong("datetime", "date"));
        let refused: Result<NaiveTime, _> = one(c, "SELECT ti FROM r", vec![]).await;
        assert!(matches!(value_error(refused), ValueError::OutOfRange { .. }));
        let length: chrono::TimeDelta = one(c, "SELECT ti FROM r", vec![]).await.unwrap();
        assert_eq!(length, chrono::TimeDelta::hours(25));
        let refused: Result<bool, _> = one(c, "SELECT bi FROM r", vec![]).await;
        assert_eq!(value_error(refused), wrong("bool", "bit"));
        assert_eq!(one::<String>(c, "SELECT e FROM r", vec![]).await.unwrap(), "y");
        assert_eq!(one::<String>(c, "SELECT l FROM r", vec![]).await.unwrap(), "é");
        assert_eq!(one::<i64>(c, "SELECT s FROM r", vec![]).await.unwrap(), 300);
        // The connection was in step all the time.
        assert_eq!(one::<i64>(c, "SELECT 1", vec![]).await.unwrap(), 1);
    }

    async fn bound_values_come_back_from_expressions(server: &Server) {
        let c = &mut acquire(&server.connect().await).await;
        assert_eq!(one::<String>(c, "SELECT ?", vec![Value::Text("ü".into())]).await.unwrap(), "ü");
        assert_eq!(one::<Vec<u8>>(c, "SELECT ?", vec![Value::Bytes(vec![1, 2, 250])]).await.unwrap(), [1, 2, 250]);
        assert_eq!(one::<i64>(c, "SELECT CAST(? AS SIGNED)", vec![Value::I64(7)]).await.unwrap(), 7);
        assert_eq!(one::<String>(c, "SELECT CONCAT('a', ?)", vec![Value::Text("b".into())]).await.unwrap(), "ab");
        let invalid: Result<String, _> = one(c, "SELECT CAST(X'ff' AS BINARY)", vec![]).await;
        assert_eq!(value_error(invalid), ValueError::InvalidUtf8);
        assert_eq!(one::<Option<i64>>(c, "SELECT ?", vec![Value::Null(ValueKind::I64)]).await.unwrap(), None);
    }

    async fn zero_dates_are_typed_errors(server: &Server) {
        let c = &mut acquire(&server.connect().await).await;
        c.batch("CREATE TABLE z (d date, dt datetime)").await.unwrap();
        let refused = c.batch("INSERT INTO z (d) VALUES ('0000-00-00')").await;
        assert_eq!(kind(refused), Some(Kind::DataError));
        let refused = c.batch("INSERT INTO z (d) VALUES ('2016-07-00')").await;
        assert_eq!(kind(refused), Some(Kind::DataError));
        // Stored by somebody with other settings.
        c.batch(
            "SET sql_mode = ''; INSERT INTO z VALUES ('0000-00-00', '0000-00-00 00:00:00'); \
             INSERT INTO z VALUES ('2016-07-00', '2016-00-01 01:00:00')",
        )
        .await
        .unwrap();
        for text in ["SELECT d FROM z LIMIT 1", "SELECT d FROM z WHERE d > 0"] {
            let refused: Result<Vec<Option<NaiveDate>>, _> = column(c, text, vec![]).await;
            assert!(matches!(value_error(refused), ValueError::OutOfRange { kind: "zero or partial date", .. }));
        }
        for text in ["SELECT dt FROM z LIMIT 1", "SELECT dt FROM z WHERE dt > 0"] {
            let refused: Result<Vec<Option<DateTime<Utc>>>, _> = column(c, text, vec![]).await;
            assert!(matches!(value_error(refused), ValueError::OutOfRange { kind: "zero or partial date", .. }));
        }
    }
}
