//! What a new row gets that nobody gave it.

use chrono::TimeDelta;
use orm::backend::Executor;
use orm::prelude::*;

use crate::support::run;

#[derive(Choices, Debug, Clone, Copy, PartialEq)]
enum Status {
    Draft,
    Published,
}

fn forty_two() -> i64 {
    42
}

#[derive(Model, Debug, Clone, PartialEq)]
struct InRust {
    #[field(primary_key)]
    id: i64,
    #[field(default = 3)]
    number: i32,
    #[field(default = -1.5)]
    float: f64,
    #[field(default = "it's \\ \"text\"")]
    text: String,
    #[field(default = true)]
    flag: bool,
    #[field(default = Status::Published)]
    status: Status,
    #[field(default = forty_two())]
    called: i64,
    #[field(default)]
    bytes: Vec<u8>,
    #[field(default = Some(9))]
    nullable: Option<i64>,
    #[field(default = Uuid::from_u128(7))]
    uuid: Uuid,
    #[field(default = Decimal::new(125, 2), max_digits = 5, decimal_places = 2)]
    decimal: Decimal,
}

#[test]
fn rust_defaults_are_written() {
    run(models![InRust], async |db| {
        let row = InRust::objects().create(db, |r| r).await.unwrap();
        assert_eq!(row, InRust::objects().get(db).await.unwrap());
        assert_eq!(
            row,
            InRust {
                id: 1,
                number: 3,
                float: -1.5,
                text: "it's \\ \"text\"".into(),
                flag: true,
                status: Status::Published,
                called: 42,
                bytes: vec![],
                nullable: Some(9),
                uuid: Uuid::from_u128(7),
                decimal: Decimal::new(125, 2),
            }
        );
        let given =
            InRust::objects().create(db, |r| r.number(4).flag(false).nullable(None).text("")).await.unwrap();
        assert_eq!((given.number, given.flag, given.nullable, given.text.as_str()), (4, false, None, ""));
        assert_eq!(given.status, Status::Published);
        let draft = InRust::objects().create(db, |r| r.status(Status::Draft)).await.unwrap();
        assert_eq!(draft.status, Status::Draft);
    });
}

#[derive(Model, Debug, Clone, PartialEq)]
struct InDatabase {
    #[field(primary_key)]
    id: i64,
    #[field(db_default = -3)]
    integer: i32,
    #[field(db_default = 9000000000)]
    large: i64,
    #[field(db_default = 7)]
    unsigned: u64,
    #[field(db_default = -1.5)]
    float: f64,
    #[field(db_default = 2)]
    whole_float: f32,
    #[field(db_default = true)]
    yes: bool,
    #[field(db_default = false)]
    no: bool,
    #[field(db_default = "it's a \"default\" `text` \\ %", max_length = 50)]
    short: String,
    #[field(db_default = "")]
    long: String,
    #[field(db_default = 1.25, max_digits = 5, decimal_places = 2)]
    decimal: Decimal,
    #[field(db_default = 10, max_digits = 5, decimal_places = 2)]
    whole_decimal: Decimal,
    #[field(db_default = sql("1 + 2"))]
    calculated: i64,
    #[field(db_default = 5)]
    nullable: Option<i64>,
}

#[test]
fn database_defaults_are_read_back() {
    run(models![InDatabase], async |db| {
        let expected = |id| InDatabase {
            id,
            integer: -3,
            large: 9_000_000_000,
            unsigned: 7,
            float: -1.5,
            whole_float: 2.0,
            yes: true,
            no: false,
            short: "it's a \"default\" `text` \\ %".into(),
            long: String::new(),
            decimal: Decimal::new(125, 2),
            whole_decimal: Decimal::TEN,
            calculated: 3,
            nullable: Some(5),
        };
        let row = InDatabase::objects().create(db, |r| r).await.unwrap();
        assert_eq!(row, expected(1));
        db.batch("INSERT INTO in_database (large) VALUES (8)").await.unwrap();
        let raw = InDatabase::objects().pk(2).get(db).await.unwrap();
        assert_eq!(raw, InDatabase { large: 8, ..expected(2) });
        let given =
            InDatabase::objects().create(db, |r| r.nullable(None).yes(false).short("x")).await.unwrap();
        assert_eq!(given, InDatabase { nullable: None, yes: false, short: "x".into(), ..expected(3) });
        assert_eq!(
            InDatabase::objects()
                .filter(|r| r.decimal.eq("1.25".parse::<Decimal>().unwrap()))
                .count(db)
                .await
                .unwrap(),
            3
        );
    });
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Stamped {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20)]
    name: String,
    #[field(auto_now_add)]
    created: DateTime<Utc>,
    #[field(auto_now)]
    changed: DateTime<Utc>,
    #[field(auto_now_add)]
    created_naive: NaiveDateTime,
    #[field(auto_now)]
    changed_day: NaiveDate,
    #[field(auto_now_add)]
    created_time: Option<NaiveTime>,
}

#[test]
fn the_time_of_creation_stays_and_the_time_of_change_moves() {
    run(models![Stamped], async |db| {
        let before = Utc::now() - TimeDelta::milliseconds(1);
        let mut row = Stamped::objects().create(db, |s| s.name("a")).await.unwrap();
        let after = Utc::now();
        for at in [row.created, row.changed, row.created_naive.and_utc()] {
            assert!((before..=after).contains(&at), "{before} {at} {after}");
        }
        assert_eq!(row.created_time, Some(row.created_naive.time()));
        assert_eq!(Stamped::objects().get(db).await.unwrap(), row);

        let first = row.clone();
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        row.name = "b".into();
        row.save(db).await.unwrap();
        assert!(row.changed > first.changed);
        assert_eq!((row.created, row.created_naive), (first.created, first.created_naive));
        assert_eq!(Stamped::objects().get(db).await.unwrap(), row);

        let second = row.clone();
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        row.name = "c".into();
        row.save_fields(db, |s| (s.name,)).await.unwrap();
        assert!(row.changed > second.changed);
        assert_eq!(Stamped::objects().get(db).await.unwrap(), row);

        let long_ago = DateTime::from_timestamp(0, 0).unwrap();
        let given = Stamped::objects().create(db, |s| s.name("d").created(long_ago)).await.unwrap();
        assert_eq!(given.created, long_ago);
    });
}

#[derive(Model, Debug, Clone)]
struct StampedByDatabase {
    #[field(primary_key)]
    id: i64,
    #[field(default = 0)]
    n: i64,
    #[field(db_default = now)]
    timestamp: DateTime<Utc>,
    #[field(db_default = now)]
    datetime: NaiveDateTime,
    #[field(db_default = now)]
    date: NaiveDate,
    #[field(db_default = now)]
    time: NaiveTime,
}

#[test]
fn the_databases_clock_is_in_utc() {
    run(models![StampedByDatabase], async |db| {
        let row = StampedByDatabase::objects().create(db, |s| s).await.unwrap();
        let now = Utc::now();
        for at in [row.timestamp.naive_utc(), row.datetime, row.date.and_time(row.time)] {
            let off = (now.naive_utc() - at).abs();
            assert!(off < TimeDelta::seconds(10) || off > TimeDelta::hours(23), "{at} is far from {now}");
        }
        assert_eq!(row.n, 0);
    });
}
