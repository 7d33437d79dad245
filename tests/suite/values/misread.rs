//! What a column holds that its field cannot be is a typed error naming model and field, and no row's content is shown.

use chrono::TimeDelta;
use orm::backend::Executor;
use orm::prelude::*;
use orm::serde_json::Value as JsonValue;
use orm::{Dialect, Error};

use super::*;
use crate::support::{Db, run};

/// Reads `literal` from a column that was made by hand.
macro_rules! read {
    ($db:expr, $type:ty, [$($option:tt)*], $column:expr, $literal:expr) => {{
        #[derive(Model, Debug, Clone)]
        #[model(fields_mod = holder_fields)]
        struct Holder {
            #[field(primary_key)]
            id: i64,
            #[field($($option)*)]
            #[allow(dead_code, reason = "only read")]
            value: $type,
        }
        read_one($db, $column, $literal, async |db| Holder::objects().all(db).await.map(drop)).await
    }};
}

async fn read_one(db: &Db, column: &str, literal: &str, read: impl AsyncFn(&Db) -> orm::Result<()>) -> Error {
    db.batch(&format!("CREATE TABLE holder (id bigint PRIMARY KEY, value {column})")).await.expect("a table");
    db.batch(&format!("INSERT {} INTO holder (id, value) VALUES (1, {literal})", leniently(db)))
        .await
        .expect("a row");
    let error = read(db).await.expect_err(&format!("{literal} in {column}"));
    let text = format!("{error} {error:?}");
    assert!(!text.contains("canary"), "{text}");
    // The connection is none the worse.
    db.batch("DELETE FROM holder").await.expect("still usable");
    read(db).await.expect("an empty table reads");
    db.batch("DROP TABLE holder").await.expect("dropped");
    error
}

/// IGNORE lets MySQL store what strict mode refuses.
fn leniently(db: &Db) -> &'static str {
    if matches!(db.dialect(), Dialect::MySql | Dialect::MariaDb) { "IGNORE" } else { "" }
}

/// Checks each case: type of the field, column, content, and the error.
macro_rules! cases {
    ($db:expr; $($type:ty $([$($option:tt)*])?, $column:expr, $literal:expr => $error:pat),* $(,)?) => {$(
        let error = read!($db, $type, [$($($option)*)?], $column, $literal);
        let (model, field, error) = misfit::<()>(Err(error));
        assert_eq!((model, field), ("Holder", "value"), "{} in {}", $literal, $column);
        assert!(matches!(error, $error), "{} in {}: {error:?}", $literal, $column);
    )*};
}

#[test]
fn null_in_a_required_field() {
    run(&[], async |db| {
        cases! { db;
            i64, "bigint", "NULL" => ValueError::UnexpectedNull,
            String, "varchar(10)", "NULL" => ValueError::UnexpectedNull,
            bool, "smallint", "NULL" => ValueError::UnexpectedNull,
        }
    });
}

#[test]
fn integers_that_the_field_is_too_narrow_for() {
    run(&[], async |db| {
        cases! { db;
            i16, "bigint", "32768" => ValueError::OutOfRange { .. },
            i16, "bigint", "-32769" => ValueError::OutOfRange { .. },
            i32, "bigint", "2147483648" => ValueError::OutOfRange { .. },
            i32, "bigint", "-2147483649" => ValueError::OutOfRange { .. },
            u32, "bigint", "4294967296" => ValueError::OutOfRange { .. },
            u32, "bigint", "-1" => ValueError::OutOfRange { .. },
            u64, "bigint", "-1" => ValueError::OutOfRange { .. },
            std::time::Duration, "bigint", "-1" => ValueError::OutOfRange { .. } | ValueError::WrongType { .. },
        }
    });
}

#[test]
fn what_only_sqlite_mixes() {
    run(&[], async |db| {
        if db.dialect() != Dialect::Sqlite {
            return;
        }
        cases! { db;
            i64, "", "'canary'" => ValueError::WrongType { .. },
            i64, "", "1.5" => ValueError::WrongType { .. },
            i64, "", "x'01'" => ValueError::WrongType { .. },
            i64, "", "9223372036854775808" => ValueError::WrongType { .. } | ValueError::OutOfRange { .. },
            u64, "", "'1'" => ValueError::WrongType { .. },
            bool, "", "2" => ValueError::WrongType { .. } | ValueError::OutOfRange { .. },
            bool, "", "'true'" => ValueError::WrongType { .. },
            f64, "", "'canary'" => ValueError::WrongType { .. },
            f64, "", "9007199254740993" => ValueError::OutOfRange { .. },
            f32, "", "x'00'" => ValueError::WrongType { .. },
            String, "", "1" => ValueError::WrongType { .. },
            String, "", "x'63616e617279'" => ValueError::WrongType { .. },
            String, "", "CAST(x'63616e617279ff' AS TEXT)" => ValueError::InvalidUtf8,
            Vec<u8>, "", "1" => ValueError::WrongType { .. },
            Decimal [max_digits = 20, decimal_places = 2], "", "0.12345678901234567" => ValueError::WrongType { .. },
            Decimal [max_digits = 20, decimal_places = 2], "", "'canary'" => ValueError::WrongType { .. },
            Decimal [max_digits = 20, decimal_places = 2], "", "'NaN'" => ValueError::WrongType { .. },
            Decimal [max_digits = 20, decimal_places = 2], "", "'1e99'" => ValueError::OutOfRange { .. },
            Uuid, "", "x'00'" => ValueError::WrongType { .. },
            Uuid, "", "'canary'" => ValueError::WrongType { .. },
            NaiveDate, "", "'canary'" => ValueError::WrongType { .. },
            NaiveDate, "", "'2023-02-29'" => ValueError::WrongType { .. },
            NaiveDate, "", "20240229" => ValueError::WrongType { .. },
            NaiveTime, "", "'25:00:00'" => ValueError::WrongType { .. },
            NaiveDateTime, "", "'2024-01-01 00:60:00'" => ValueError::WrongType { .. },
            DateTime<Utc>, "", "1700000000" => ValueError::WrongType { .. },
            TimeDelta, "", "'1 day'" => ValueError::WrongType { .. },
            JsonValue, "", "'{\"canary\": '" => ValueError::Invalid(_),
            JsonValue, "", "1" => ValueError::WrongType { .. },
        }
    });
}

#[test]
fn what_only_postgres_has() {
    run(&[], async |db| {
        if db.dialect() != Dialect::Postgres {
            return;
        }
        cases! { db;
            NaiveDate, "date", "'infinity'" => ValueError::NotFinite { .. },
            NaiveDate, "date", "'-infinity'" => ValueError::NotFinite { .. },
            NaiveDate, "date", "'300000-01-01'" => ValueError::OutOfRange { .. },
            NaiveDateTime, "timestamp", "'infinity'" => ValueError::NotFinite { .. },
            NaiveDateTime, "timestamp", "'294276-12-31 23:59:59'" => ValueError::OutOfRange { .. },
            DateTime<Utc>, "timestamptz", "'-infinity'" => ValueError::NotFinite { .. },
            DateTime<Utc>, "timestamptz", "'infinity'" => ValueError::NotFinite { .. },
            NaiveTime, "time", "'24:00:00'" => ValueError::OutOfRange { .. },
            Decimal [max_digits = 20, decimal_places = 2], "numeric", "'NaN'" => ValueError::NotFinite { .. },
            Decimal [max_digits = 20, decimal_places = 2], "numeric", "'Infinity'" => ValueError::NotFinite { .. },
            Decimal [max_digits = 20, decimal_places = 2], "numeric", "'-Infinity'" => ValueError::NotFinite { .. },
            Decimal [max_digits = 20, decimal_places = 2], "numeric", "1e40" => ValueError::OutOfRange { .. },
            Decimal [max_digits = 20, decimal_places = 2], "numeric", "79228162514264337593543950336" => ValueError::OutOfRange { .. },
            Decimal [max_digits = 20, decimal_places = 2], "numeric", "repeat('9', 78)::numeric" => ValueError::OutOfRange { .. },
            TimeDelta, "interval", "'1 month'" => ValueError::OutOfRange { .. } | ValueError::Invalid(_) | ValueError::WrongType { .. },
            String, "bytea", "'canary'" => ValueError::WrongType { .. },
            i64, "text", "'canary'" => ValueError::WrongType { .. },
            NaiveDate, "text", "'canary'" => ValueError::WrongType { .. },
            DateTime<Utc>, "timestamp", "now()" => ValueError::WrongType { .. },
            Uuid, "text", "'canary'" => ValueError::WrongType { .. },
        }
    });
}

#[test]
fn what_only_mysql_has() {
    run(&[], async |db| {
        if !matches!(db.dialect(), Dialect::MySql | Dialect::MariaDb) {
            return;
        }
        cases! { db;
            NaiveDate, "date", "'0000-00-00'" => ValueError::OutOfRange { .. } | ValueError::Invalid(_) | ValueError::WrongType { .. },
            NaiveDateTime, "datetime(6)", "'0000-00-00 00:00:00'" => ValueError::OutOfRange { .. } | ValueError::Invalid(_) | ValueError::WrongType { .. },
            NaiveTime, "time(6)", "'25:00:00'" => ValueError::OutOfRange { .. },
            NaiveTime, "time(6)", "'-01:00:00'" => ValueError::OutOfRange { .. },
            u64, "bigint", "-1" => ValueError::OutOfRange { .. },
            i64, "bigint unsigned", "18446744073709551615" => ValueError::OutOfRange { .. },
            Decimal [max_digits = 20, decimal_places = 2], "decimal(65, 0)", "1000000000000000000000000000000" => ValueError::OutOfRange { .. },
            String, "varbinary(20)", "x'63616e617279ff'" => ValueError::InvalidUtf8 | ValueError::WrongType { .. },
            i64, "varchar(20)", "'canary'" => ValueError::WrongType { .. },
            NaiveDate, "varchar(20)", "'canary'" => ValueError::WrongType { .. },
            Decimal [max_digits = 20, decimal_places = 2], "double", "1.5" => ValueError::WrongType { .. },
            bool, "tinyint", "2" => ValueError::WrongType { .. } | ValueError::OutOfRange { .. },
            Uuid, "varbinary(3)", "'abc'" => ValueError::Invalid(_),
        }
    });
}

#[test]
fn latin1_columns_arrive_as_utf8() {
    run(&[], async |db| {
        if !matches!(db.dialect(), Dialect::MySql | Dialect::MariaDb) {
            return;
        }
        db.batch("CREATE TABLE legacy (id bigint PRIMARY KEY, name varchar(20) CHARACTER SET latin1)")
            .await
            .unwrap();
        db.batch("INSERT INTO legacy VALUES (1, _latin1 x'e9')").await.unwrap();
        let row = Legacy::objects().get(db).await.unwrap();
        assert_eq!((row.id, row.name.as_str()), (1, "é"));
    });
}

#[derive(Model, Debug, Clone)]
struct Legacy {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20)]
    name: String,
}
