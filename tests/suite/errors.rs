//! What databases refuse: the same kinds everywhere, named as far as the database tells, without any value.

use std::fmt::Write;

use orm::backend::Executor;
use orm::prelude::*;
use orm::{DatabaseErrorKind, Dialect, Error};

use crate::support::{Db, run};

#[derive(Model, Debug, Clone)]
#[model(unique(name = "one_per_day", fields(room, day)), check(name = "not_too_long", |row| row.hours.between(1, 24) & row.name.ne("")))]
struct Booking {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 40, unique)]
    name: String,
    #[field(on_delete = restrict)]
    room: ForeignKey<Room>,
    day: NaiveDate,
    #[field(default = 1)]
    hours: i32,
}

#[derive(Model, Debug, Clone)]
struct Room {
    #[field(primary_key, max_length = 40)]
    name: String,
}

const CANARY: &str = "canary-of-the-row";

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2033, 4, 5).expect("a date")
}

fn with_rooms(test: impl AsyncFnOnce(&Db)) {
    run(models![Room, Booking], async |db| {
        for name in [CANARY, "free"] {
            Room::objects().create(db, |r| r.name(name)).await.unwrap();
        }
        Booking::objects()
            .create(db, |b| b.name(CANARY).room(ForeignKey::new(CANARY)).day(day()))
            .await
            .unwrap();
        test(db).await;
    });
}

/// Checks the kind, that what must be told is told and that no value is.
#[track_caller]
fn refused(
    error: &Error,
    kind: DatabaseErrorKind,
    constraint: Option<&str>,
    table: Option<&str>,
    column: Option<&str>,
) {
    assert_eq!(error.kind(), Some(kind), "{error}");
    let database = error.as_database().expect("an error of the database");
    assert_eq!(database.constraint(), constraint, "constraint of {error:?}");
    assert_eq!(database.table(), table, "table of {error:?}");
    assert_eq!(database.column(), column, "column of {error:?}");
    assert!(database.code().is_some() && database.sql().is_some(), "{error:?}");
    without_values(error);
}

#[track_caller]
fn without_values(error: &Error) {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        write!(text, " {inner} {inner:?} {inner:#?}").expect("a text grows");
        source = inner.source();
    }
    for value in ["canary", "2033"] {
        assert!(!text.contains(value), "`{value}` is in {text}");
    }
}

/// The table of a duplicate, which MariaDB does not name.
fn table_of_duplicate<'a>(db: &Db, table: &'a str) -> Option<&'a str> {
    (db.dialect() != Dialect::MariaDb).then_some(table)
}

/// What each database tells.
fn told<'a>(
    db: &Db,
    postgres: Option<&'a str>,
    mysql: Option<&'a str>,
    sqlite: Option<&'a str>,
) -> Option<&'a str> {
    match db.dialect() {
        Dialect::Postgres => postgres,
        Dialect::MySql | Dialect::MariaDb => mysql,
        Dialect::Sqlite => sqlite,
    }
}

#[test]
fn unique_columns() {
    with_rooms(async |db| {
        let error = Booking::objects()
            .create(db, |b| b.name(CANARY).room(ForeignKey::new("free")).day(day()))
            .await
            .unwrap_err();
        assert!(error.is_unique_violation() && !error.is_foreign_key_violation() && !error.is_retryable());
        let name = Some("booking__name_uniq");
        refused(
            &error,
            DatabaseErrorKind::UniqueViolation,
            told(db, name, name, None),
            table_of_duplicate(db, "booking"),
            told(db, None, None, Some("name")),
        );
        assert_eq!(Booking::objects().count(db).await.unwrap(), 1);
    });
}

#[test]
fn unique_over_several_columns() {
    with_rooms(async |db| {
        let error = Booking::objects()
            .create(db, |b| b.name("other canary").room(ForeignKey::new(CANARY)).day(day()))
            .await
            .unwrap_err();
        let name = Some("one_per_day");
        refused(
            &error,
            DatabaseErrorKind::UniqueViolation,
            told(db, name, name, None),
            table_of_duplicate(db, "booking"),
            told(db, None, None, Some("room_id, day")),
        );
        let moved = Booking::objects()
            .create(db, |b| b.name("x").room(ForeignKey::new("free")).day(day()))
            .await
            .unwrap();
        let error = Booking::objects()
            .pk(moved.id)
            .update(db, |b| b.room.set(ForeignKey::new(CANARY)))
            .await
            .unwrap_err();
        assert!(error.is_unique_violation());
        without_values(&error);
    });
}

#[test]
fn primary_keys() {
    with_rooms(async |db| {
        let error = Room::objects().create(db, |r| r.name(CANARY)).await.unwrap_err();
        refused(
            &error,
            DatabaseErrorKind::UniqueViolation,
            told(db, Some("room_pkey"), Some("PRIMARY"), None),
            table_of_duplicate(db, "room"),
            told(db, None, None, Some("name")),
        );
    });
}

#[test]
fn foreign_keys_point_at_rows() {
    with_rooms(async |db| {
        let create = Booking::objects()
            .create(db, |b| b.name("x").room(ForeignKey::new("no canary")).day(day()))
            .await;
        let update = Booking::objects().update(db, |b| b.room.set(ForeignKey::new("no canary"))).await;
        for error in [create.map(drop).unwrap_err(), update.map(drop).unwrap_err()] {
            assert!(error.is_foreign_key_violation());
            let name = Some("booking__room_id_fk");
            refused(
                &error,
                DatabaseErrorKind::ForeignKeyViolation,
                told(db, name, name, None),
                told(db, Some("booking"), Some("booking"), None),
                told(db, None, Some("room_id"), None),
            );
        }
    });
}

#[test]
fn rows_that_are_pointed_at_stay() {
    with_rooms(async |db| {
        let room = Room::objects().pk(CANARY).get(db).await.unwrap();
        for result in [room.delete(db).await.map(drop), Room::objects().delete(db).await.map(drop)] {
            let error = result.unwrap_err();
            assert!(error.is_foreign_key_violation(), "{error}");
            without_values(&error);
        }
        assert_eq!(Room::objects().count(db).await.unwrap(), 2);
        assert_eq!(Room::objects().pk("free").delete(db).await.unwrap(), 1);
    });
}

#[test]
fn checks() {
    with_rooms(async |db| {
        let create = Booking::objects()
            .create(db, |b| b.name("canary").room(ForeignKey::new("free")).day(day()).hours(25))
            .await;
        let update = Booking::objects().update(db, |b| b.hours.set(b.hours - 1)).await;
        for error in [create.map(drop).unwrap_err(), update.map(drop).unwrap_err()] {
            let name = Some("not_too_long");
            refused(
                &error,
                DatabaseErrorKind::CheckViolation,
                name,
                told(db, Some("booking"), error.as_database().unwrap().table(), None),
                None,
            );
        }
    });
}

#[test]
fn not_null() {
    with_rooms(async |db| {
        let error = db
            .batch("INSERT INTO booking (name, day, hours) VALUES ('canary', '2033-04-05', 1)")
            .await
            .unwrap_err();
        assert_eq!(error.kind(), Some(DatabaseErrorKind::NotNullViolation), "{error}");
        let database = error.as_database().unwrap();
        assert_eq!(database.column(), Some("room_id"));
        assert_eq!(database.table(), told(db, Some("booking"), None, Some("booking")));
        let error = db.batch("UPDATE booking SET day = NULL").await.unwrap_err();
        assert_eq!(error.kind(), Some(DatabaseErrorKind::NotNullViolation), "{error}");
        without_values(&error);
    });
}

#[test]
fn wrong_sql() {
    run(&[], async |db| {
        for sql in ["SELEC 1", "DELETE FROM no_such_table", "CREATE TABLE t (id bigint, id bigint)"] {
            let error = db.batch(sql).await.unwrap_err();
            assert_eq!(error.kind(), Some(DatabaseErrorKind::ProgrammingError), "{sql}: {error}");
        }
        let error = Room::objects().all(db).await.unwrap_err();
        assert_eq!(error.kind(), Some(DatabaseErrorKind::ProgrammingError), "{error}");
        assert!(error.as_database().unwrap().sql().unwrap().starts_with("SELECT"));
        db.batch("CREATE TABLE room (id bigint)").await.unwrap();
        // A column that is missing is an error, never the text of its name.
        let error = Room::objects().filter(|r| r.name.eq("name")).all(db).await.unwrap_err();
        assert_eq!(error.kind(), Some(DatabaseErrorKind::ProgrammingError), "{error}");
    });
}

#[test]
fn values_with_the_error_go_only_where_they_are_asked_for() {
    with_rooms(async |db| {
        let error = Room::objects().create(db, |r| r.name(CANARY)).await.unwrap_err();
        let database = error.as_database().unwrap();
        let all = format!("{} {:?}", database.message(), database.detail());
        match db.dialect() {
            Dialect::Sqlite => assert!(!all.contains(CANARY), "SQLite tells none"),
            _ => assert!(all.contains(CANARY), "{all}"),
        }
        let text = Booking::objects().filter(|b| b.name.eq("canary")).delete(db).await;
        assert_eq!(text.unwrap(), 0);
        let statement = Booking::objects().filter(|b| b.name.eq("canary")).sql(db.dialect()).unwrap();
        assert!(!statement.contains("canary"));
    });
}
