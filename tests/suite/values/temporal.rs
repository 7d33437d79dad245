//! Dates, times, instants and durations of chrono and std: to the microsecond, and refused beyond a database's years.

use std::time::Duration;

use chrono::{TimeDelta, TimeZone, Timelike};
use orm::Dialect;
use orm::prelude::*;

use super::*;

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a date")
}

fn at(hour: u32, minute: u32, second: u32, micros: u32) -> NaiveTime {
    NaiveTime::from_hms_micro_opt(hour, minute, second, micros).expect("a time")
}

fn days() -> Vec<NaiveDate> {
    vec![
        day(1, 1, 1),
        day(1, 1, 2),
        day(999, 12, 31),
        day(1582, 10, 10),
        day(1900, 2, 28),
        day(1969, 12, 31),
        day(1970, 1, 1),
        day(1999, 12, 31),
        day(2000, 1, 1),
        day(2024, 2, 29),
        day(2038, 1, 19),
        day(9999, 12, 30),
        day(9999, 12, 31),
    ]
}

fn times() -> Vec<NaiveTime> {
    vec![
        at(0, 0, 0, 0),
        at(0, 0, 0, 1),
        at(9, 5, 0, 100_000),
        at(12, 0, 0, 0),
        at(23, 59, 59, 999_998),
        at(23, 59, 59, 999_999),
    ]
}

fn moments() -> Vec<NaiveDateTime> {
    days()
        .into_iter()
        .flat_map(|day| [day.and_time(times()[0]), day.and_time(times()[1]), day.and_time(times()[5])])
        .collect()
}

comes_back_in_order!(date: NaiveDate, [], days());
comes_back_in_order!(time_of_day: NaiveTime, [], times());
comes_back_in_order!(datetime: NaiveDateTime, [], moments());
comes_back_in_order!(timestamp: DateTime<Utc>, [], moments().iter().map(NaiveDateTime::and_utc).collect());
comes_back_in_order!(time_delta: TimeDelta, [], vec![
    TimeDelta::microseconds(-i64::MAX),
    TimeDelta::days(-40_000),
    TimeDelta::microseconds(-86_400_000_001),
    TimeDelta::microseconds(-1),
    TimeDelta::zero(),
    TimeDelta::microseconds(1),
    TimeDelta::milliseconds(1_500),
    TimeDelta::hours(25),
    TimeDelta::days(31),
    TimeDelta::days(366),
    TimeDelta::microseconds(i64::MAX - 1),
    TimeDelta::microseconds(i64::MAX),
]);
comes_back_in_order!(duration: Duration, [], vec![
    Duration::ZERO,
    Duration::from_micros(1),
    Duration::from_secs(86_401),
    Duration::from_micros(i64::MAX as u64),
]);

mod finer {
    use super::*;

    #[derive(Model, Debug, Clone, PartialEq)]
    pub(super) struct Moment {
        #[field(primary_key)]
        id: i64,
        time: NaiveTime,
        datetime: NaiveDateTime,
        timestamp: DateTime<Utc>,
        span: TimeDelta,
    }

    #[test]
    fn than_a_microsecond_is_cut() {
        crate::support::run(models![Moment], async |db| {
            let time = NaiveTime::from_hms_nano_opt(1, 2, 3, 456_789_999).unwrap();
            for date in [day(1969, 12, 31), day(2024, 2, 29)] {
                let datetime = date.and_time(time);
                let span = TimeDelta::nanoseconds(1_999);
                let row = Moment::objects()
                    .create(db, |m| m.time(time).datetime(datetime).timestamp(datetime.and_utc()).span(span))
                    .await
                    .unwrap();
                assert_eq!(row.time, at(1, 2, 3, 456_789));
                assert_eq!(row.datetime, date.and_time(at(1, 2, 3, 456_789)));
                assert_eq!(row.timestamp, row.datetime.and_utc());
                assert_eq!(row.span, TimeDelta::microseconds(1));
                assert_eq!(Moment::objects().pk(row.id).get(db).await.unwrap(), row);
                let same = Moment::objects().filter(|m| {
                    m.datetime.eq(datetime) & m.timestamp.eq(datetime.and_utc()) & m.time.eq(time)
                });
                assert_eq!(same.get(db).await.unwrap(), row);
            }
        });
    }

    #[test]
    fn a_leap_second_stays_in_its_minute() {
        crate::support::run(models![Moment], async |db| {
            let leap = at(23, 59, 59, 0).with_nanosecond(1_500_000_000).unwrap();
            let datetime = day(2016, 12, 31).and_time(leap);
            let row = Moment::objects()
                .create(db, |m| {
                    m.time(leap).datetime(datetime).timestamp(datetime.and_utc()).span(TimeDelta::zero())
                })
                .await
                .unwrap();
            assert_eq!(row.time, at(23, 59, 59, 999_999));
            assert_eq!(row.datetime, day(2016, 12, 31).and_time(row.time));
            assert_eq!(row.timestamp, row.datetime.and_utc());
        });
    }
}

// docs/guide/src/differences.md: Years before 1 or after 9999
fn years(dialect: Dialect) -> (i32, i32) {
    match dialect {
        Dialect::Postgres => (-4712, 262_142),
        Dialect::MySql | Dialect::MariaDb => (1, 9999),
        Dialect::Sqlite => (0, 9999),
    }
}

#[test]
fn dates_up_to_a_databases_last_are_held_and_later_ones_refused() {
    use date::Holder;
    crate::support::run(models![Holder], async |db| {
        let (first, last) = years(db.dialect());
        let held = [day(first, 1, 1), day(last, 12, 31)];
        for date in held {
            let row = Holder::objects().create(db, |h| h.value(date)).await.unwrap();
            assert_eq!(Holder::objects().filter(|h| h.value.eq(date)).get(db).await.unwrap(), row);
        }
        assert!(
            Holder::objects()
                .order_by(|h| h.value)
                .all(db)
                .await
                .unwrap()
                .iter()
                .map(|row| row.value)
                .eq(held)
        );
        Holder::objects().filter(|h| h.value.eq(held[0])).delete(db).await.unwrap();
        let beyond = [
            NaiveDate::from_ymd_opt(first - 1, 12, 31),
            NaiveDate::from_ymd_opt(last + 1, 1, 1),
            Some(NaiveDate::MIN),
        ];
        for date in beyond.into_iter().flatten() {
            refused!(db, Holder, date, out_of_range("date"));
            refused_in_filters!(db, Holder, date, out_of_range("date"));
        }
    });
}

#[test]
fn instants_up_to_a_databases_last_are_held_and_later_ones_refused() {
    use timestamp::Holder;
    crate::support::run(models![Holder], async |db| {
        let (first, last) = years(db.dialect());
        let held = [
            Utc.from_utc_datetime(&day(first, 1, 1).and_time(times()[0])),
            Utc.from_utc_datetime(&day(last, 12, 31).and_time(times()[5])),
        ];
        for instant in held {
            let row = Holder::objects().create(db, |h| h.value(instant)).await.unwrap();
            assert_eq!(row.value, instant);
            assert_eq!(Holder::objects().filter(|h| h.value.eq(instant)).get(db).await.unwrap(), row);
        }
        Holder::objects().filter(|h| h.value.eq(held[0])).delete(db).await.unwrap();
        let beyond = [
            NaiveDate::from_ymd_opt(first - 1, 12, 31),
            NaiveDate::from_ymd_opt(last + 1, 1, 1),
            Some(NaiveDate::MIN),
        ];
        for date in beyond.into_iter().flatten() {
            refused!(db, Holder, date.and_time(times()[5]).and_utc(), out_of_range("timestamp"));
        }
        refused!(db, Holder, DateTime::<Utc>::MIN_UTC, out_of_range("timestamp"));
    });
}

#[test]
fn naive_moments_beyond_are_refused() {
    use datetime::Holder;
    crate::support::run(models![Holder], async |db| {
        Holder::objects().create(db, |h| h.value(moments()[9])).await.unwrap();
        refused!(db, Holder, NaiveDateTime::MIN, out_of_range("datetime"));
        refused_in_filters!(db, Holder, NaiveDateTime::MIN, out_of_range("datetime"));
        if db.dialect() != Dialect::Postgres {
            refused!(db, Holder, NaiveDateTime::MAX, out_of_range("datetime"));
        }
    });
}

#[test]
fn durations_beyond_64_bits_of_microseconds_are_refused() {
    crate::support::run(models![time_delta::Holder], async |db| {
        use time_delta::Holder;
        Holder::objects().create(db, |h| h.value(TimeDelta::zero())).await.unwrap();
        for span in [TimeDelta::MAX, TimeDelta::MIN] {
            refused!(db, Holder, span, out_of_range("duration"));
            refused_in_filters!(db, Holder, span, out_of_range("duration"));
        }
    });
    crate::support::run(models![duration::Holder], async |db| {
        use duration::Holder;
        Holder::objects().create(db, |h| h.value(Duration::ZERO)).await.unwrap();
        refused!(db, Holder, Duration::MAX, out_of_range("duration"));
        refused_in_filters!(db, Holder, Duration::MAX, out_of_range("duration"));
    });
}
