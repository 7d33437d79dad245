//! Parts and beginnings of dates and times: the same on every database, and the same as chrono's.

use chrono::{Datelike, Timelike};
use orm::prelude::*;
use orm::{Dialect, Error};

#[derive(Model, Debug, Clone, PartialEq)]
struct Event {
    #[field(primary_key)]
    id: i64,
    day: NaiveDate,
    time: NaiveTime,
    local: NaiveDateTime,
    #[field(index)]
    at: DateTime<Utc>,
    maybe_day: Option<NaiveDate>,
    maybe_at: Option<DateTime<Utc>>,
}

/// Around the ends of years, weeks, quarters and days; a leap day; before 1970; the first and last that all can hold.
const MOMENTS: [&str; 20] = [
    "0001-01-01T00:00:00",
    "0999-12-31T23:59:59.999999",
    "1900-02-28T12:00:00",
    "1969-12-31T23:59:59.500000",
    "1970-01-01T00:00:00",
    "1999-12-31T23:59:59.999999",
    "2000-01-01T00:00:00",
    "2004-12-31T10:11:12",
    "2005-01-01T00:00:00.000001",
    "2005-01-02T23:00:00",
    "2008-12-29T07:08:09.123456",
    "2009-12-31T00:00:00",
    "2010-01-03T23:59:59.999999",
    "2024-02-29T15:04:05.678000",
    "2024-03-31T00:30:00",
    "2024-06-30T23:59:59",
    "2024-07-01T00:00:00",
    "2024-12-29T01:02:03.000004",
    "2024-12-30T01:02:03.000004",
    "9999-12-31T23:59:59.999999",
];

fn moments() -> Vec<NaiveDateTime> {
    MOMENTS.iter().map(|text| text.parse().expect(text)).collect()
}

async fn fill(db: &crate::support::Db) {
    for at in moments() {
        Event::objects()
            .create(db, |e| {
                e.day(at.date())
                    .time(at.time())
                    .local(at)
                    .at(at.and_utc())
                    .maybe_day(at.date())
                    .maybe_at(at.and_utc())
            })
            .await
            .expect("created");
    }
}

macro_rules! same {
    ($db:expr, $field:ident . $method:ident(), $expected:expr) => {
        let rows =
            Event::objects().order_by(|e| e.id).values(|e| (e.$field, e.$field.$method())).all($db).await;
        let rows =
            rows.unwrap_or_else(|error| panic!("{}.{}: {error:?}", stringify!($field), stringify!($method)));
        assert_eq!(rows.len(), MOMENTS.len());
        for (value, got) in rows {
            assert_eq!(got, $expected(value), "{}.{} of {value}", stringify!($field), stringify!($method));
        }
    };
}

fn number(number: u32) -> i32 {
    i32::try_from(number).expect("a small number")
}

macro_rules! date_parts {
    ($db:expr, $($field:ident)*) => {$(
        same!($db, $field.year(), |value| Datelike::year(&value));
        same!($db, $field.iso_year(), |value| Datelike::iso_week(&value).year());
        same!($db, $field.quarter(), |value| number(Datelike::month0(&value) / 3 + 1));
        same!($db, $field.month(), |value| number(Datelike::month(&value)));
        same!($db, $field.week(), |value| number(Datelike::iso_week(&value).week()));
        same!($db, $field.week_day(), |value| number(Datelike::weekday(&value).number_from_sunday()));
        same!($db, $field.iso_week_day(), |value| number(Datelike::weekday(&value).number_from_monday()));
        same!($db, $field.day(), |value| number(Datelike::day(&value)));
    )*};
}

macro_rules! time_parts {
    ($db:expr, $($field:ident)*) => {$(
        same!($db, $field.hour(), |value| number(Timelike::hour(&value)));
        same!($db, $field.minute(), |value| number(Timelike::minute(&value)));
        same!($db, $field.second(), |value| number(Timelike::second(&value)));
    )*};
}

#[test]
fn parts_are_chronos() {
    crate::support::run(models![Event], async |db| {
        fill(db).await;
        date_parts!(db, day local at);
        time_parts!(db, time local at);
        same!(db, local.date(), |value: NaiveDateTime| value.date());
        same!(db, local.time(), |value: NaiveDateTime| value.time());
        same!(db, at.trunc_date(), |value: DateTime<Utc>| value.date_naive());
        same!(db, at.trunc_time(), |value: DateTime<Utc>| value.time());
    });
}

fn first_day(kind: DateKind, date: NaiveDate) -> NaiveDate {
    match kind {
        DateKind::Year => date.with_day(1).and_then(|date| date.with_month(1)),
        DateKind::Quarter => date.with_day(1).and_then(|first| first.with_month(first.month0() / 3 * 3 + 1)),
        DateKind::Month => date.with_day(1),
        DateKind::Week => Some(date - TimeDelta::days(date.weekday().num_days_from_monday().into())),
        DateKind::Day => Some(date),
    }
    .expect("a date")
}

fn midnight(kind: DateKind, at: NaiveDateTime) -> NaiveDateTime {
    first_day(kind, at.date()).and_time(NaiveTime::MIN)
}

fn cut(at: NaiveTime, seconds: u32) -> NaiveTime {
    let second = at.num_seconds_from_midnight();
    NaiveTime::from_num_seconds_from_midnight_opt(second - second % seconds, 0).expect("a time")
}

fn cut_at(at: NaiveDateTime, seconds: u32) -> NaiveDateTime {
    at.date().and_time(cut(at.time(), seconds))
}

#[test]
fn beginnings_are_of_the_same_type() {
    crate::support::run(models![Event], async |db| {
        fill(db).await;
        same!(db, day.trunc_year(), |day| first_day(DateKind::Year, day));
        same!(db, day.trunc_quarter(), |day| first_day(DateKind::Quarter, day));
        same!(db, day.trunc_month(), |day| first_day(DateKind::Month, day));
        same!(db, day.trunc_week(), |day| first_day(DateKind::Week, day));
        same!(db, time.trunc_hour(), |time| cut(time, 3600));
        same!(db, time.trunc_minute(), |time| cut(time, 60));
        same!(db, time.trunc_second(), |time| cut(time, 1));
        same!(db, local.trunc_year(), |at| midnight(DateKind::Year, at));
        same!(db, local.trunc_quarter(), |at| midnight(DateKind::Quarter, at));
        same!(db, local.trunc_month(), |at| midnight(DateKind::Month, at));
        same!(db, local.trunc_week(), |at| midnight(DateKind::Week, at));
        same!(db, local.trunc_day(), |at| midnight(DateKind::Day, at));
        same!(db, local.trunc_hour(), |at| cut_at(at, 3600));
        same!(db, local.trunc_minute(), |at| cut_at(at, 60));
        same!(db, local.trunc_second(), |at| cut_at(at, 1));
        let utc = |at: NaiveDateTime| at.and_utc();
        same!(db, at.trunc_year(), |at: DateTime<Utc>| utc(midnight(DateKind::Year, at.naive_utc())));
        same!(db, at.trunc_quarter(), |at: DateTime<Utc>| utc(midnight(DateKind::Quarter, at.naive_utc())));
        same!(db, at.trunc_month(), |at: DateTime<Utc>| utc(midnight(DateKind::Month, at.naive_utc())));
        same!(db, at.trunc_week(), |at: DateTime<Utc>| utc(midnight(DateKind::Week, at.naive_utc())));
        same!(db, at.trunc_day(), |at: DateTime<Utc>| utc(midnight(DateKind::Day, at.naive_utc())));
        same!(db, at.trunc_hour(), |at: DateTime<Utc>| utc(cut_at(at.naive_utc(), 3600)));
        same!(db, at.trunc_minute(), |at: DateTime<Utc>| utc(cut_at(at.naive_utc(), 60)));
        same!(db, at.trunc_second(), |at: DateTime<Utc>| utc(cut_at(at.naive_utc(), 1)));
        // A value that was computed is the same as one that was bound.
        let midnight: DateTime<Utc> = "2024-07-01T00:00:00Z".parse().expect("an instant");
        let july = Event::objects().filter(|e| e.at.trunc_month().eq(midnight));
        assert_eq!(july.count(db).await.expect("counted"), 1);
        let july = Event::objects().filter(|e| e.at.trunc_month().is_in([midnight]) & e.at.date().eq(e.day));
        assert_eq!(july.count(db).await.expect("counted"), 1);
        let equal =
            Event::objects().filter(|e| e.at.trunc(DateTimeKind::Second).time().eq(e.time.trunc_second()));
        assert_eq!(equal.count(db).await.expect("counted"), MOMENTS.len() as u64);
    });
}

#[test]
fn null_gives_null() {
    crate::support::run(models![Event], async |db| {
        let at = moments()[5];
        Event::objects()
            .create(db, |e| e.day(at.date()).time(at.time()).local(at).at(at.and_utc()))
            .await
            .expect("created");
        let row = Event::objects()
            .values(|e| {
                (
                    e.maybe_day.year(),
                    e.maybe_at.hour(),
                    e.maybe_day.trunc_month(),
                    e.maybe_at.trunc_hour(),
                    e.maybe_at.date(),
                    e.maybe_at.time(),
                )
            })
            .get(db)
            .await
            .expect("a row");
        assert_eq!(row, (None, None, None, None, None, None));
        let row = Event::objects()
            .values(|e| {
                (
                    e.maybe_at.in_zone("Europe/Berlin"),
                    e.maybe_at.trunc_day_in("Europe/Berlin"),
                    e.maybe_at.trunc_hour_in("Europe/Berlin"),
                    e.maybe_at.trunc_hour_in("+01:00"),
                    e.maybe_at.since(e.at),
                    e.at.since(e.maybe_at),
                    e.maybe_day + TimeDelta::days(1),
                    e.maybe_at - TimeDelta::days(1),
                )
            })
            .get(db)
            .await
            .expect("a row");
        assert_eq!(row, (None, None, None, None, None, None, None, None));
        assert_eq!(
            Event::objects().filter(|e| e.maybe_day.year().ne(2024)).count(db).await.expect("counted"),
            0
        );
        assert_eq!(
            Event::objects().exclude(|e| e.maybe_day.year().eq(2024)).count(db).await.expect("counted"),
            1
        );
    });
}

/// What a range of the field finds is what a comparison of the number would find.
#[test]
fn years_are_ranges() {
    crate::support::run(models![Event], async |db| {
        fill(db).await;
        let years = [
            i32::MIN,
            -1,
            0,
            1,
            2,
            999,
            1969,
            1970,
            1999,
            2004,
            2005,
            2009,
            2024,
            9998,
            9999,
            10_000,
            i32::MAX,
        ];
        let ids = async |query: QuerySet<Event>| {
            let rows = query.order_by(|e| e.id).values(|e| e.id).all(db).await;
            rows.expect("found")
        };
        let wanted = |holds: &dyn Fn(i32) -> bool, iso: bool| -> Vec<i64> {
            let year = |at: &NaiveDateTime| if iso { at.iso_week().year() } else { at.year() };
            let numbered = (1_i64..).zip(moments());
            numbered.filter(|(_, at)| holds(year(at))).map(|(id, _)| id).collect()
        };
        for year in years {
            macro_rules! check {
                ($lookup:ident, $op:tt) => {
                    for iso in [false, true] {
                        let wanted = wanted(&|of| of $op year, iso);
                        let found = [
                            Event::objects().filter(|e| if iso { e.day.iso_year().$lookup(year) } else { e.day.year().$lookup(year) }),
                            Event::objects().filter(|e| if iso { e.local.iso_year().$lookup(year) } else { e.local.year().$lookup(year) }),
                            Event::objects().filter(|e| if iso { e.at.iso_year().$lookup(year) } else { e.at.year().$lookup(year) }),
                            Event::objects().filter(|e| if iso { e.maybe_at.in_zone("UTC").iso_year().$lookup(year) } else { e.maybe_at.in_zone("UTC").year().$lookup(year) }),
                        ];
                        for query in found {
                            assert_eq!(ids(query).await, wanted, "{} {year}, iso: {iso}", stringify!($lookup));
                        }
                    }
                };
            }
            check!(eq, ==);
            check!(ne, !=);
            check!(lt, <);
            check!(le, <=);
            check!(gt, >);
            check!(ge, >=);
        }
        let range = Event::objects().filter(|e| e.at.year().between(1969, 2005));
        assert_eq!(ids(range).await, wanted(&|year| (1969..=2005).contains(&year), false));
        let list = Event::objects().filter(|e| e.day.year().is_in([2024, 1970, 1969, 2004, 1970, 30_000]));
        assert_eq!(ids(list).await, wanted(&|year| [1969, 1970, 2004, 2024].contains(&year), false));
        let list = Event::objects().filter(|e| e.day.year().is_in([2024, 1970, 1969, 2004, 1970]));
        assert_eq!(ids(list).await, wanted(&|year| [1969, 1970, 2004, 2024].contains(&year), false));
        let none = Event::objects().filter(|e| e.day.year().is_in(Vec::<i32>::new()));
        assert_eq!(ids(none).await, Vec::<i64>::new());
        let other = Event::objects().filter(|e| e.day.year().eq(e.at.iso_year()));
        assert_eq!(
            ids(other).await.len(),
            moments().iter().filter(|at| at.year() == at.iso_week().year()).count()
        );
    });
}

#[test]
fn parts_group_order_and_update() {
    crate::support::run(models![Event], async |db| {
        fill(db).await;
        let months = Event::objects()
            .filter(|e| e.at.year().eq(2024))
            .values(|e| (e.at.trunc_month(), e.id.count(), e.at.max()))
            .order_by(|e| e.at.trunc_month())
            .all(db)
            .await
            .expect("grouped");
        assert_eq!(months.iter().map(|month| month.1).collect::<Vec<_>>(), [1, 1, 1, 1, 2]);
        assert_eq!(months[1].0.to_string(), "2024-03-01 00:00:00 UTC");
        let by_hour =
            Event::objects().order_by(|e| (e.local.hour().desc(), e.id)).values(|e| e.id).first(db).await;
        assert_eq!(by_hour.expect("read"), Some(2));
        let changed = Event::objects()
            .filter(|e| e.day.month().eq(2))
            .update(db, |e| (e.day.set(e.at.date()), e.local.set(e.at.in_zone("+01:00").trunc_day())))
            .await
            .expect("updated");
        assert_eq!(changed, 2);
        let row = Event::objects().pk(14).get(db).await.expect("read");
        assert_eq!(
            (row.day, row.local),
            (row.at.date_naive(), "2024-02-29T00:00:00".parse().expect("a time"))
        );
        let bounds = Event::objects()
            .aggregate(db, |e| {
                (e.day.min(), e.day.max(), e.time.min(), e.time.max(), e.local.max(), e.at.min())
            })
            .await
            .expect("aggregated");
        let all = moments();
        assert_eq!(bounds.0, Some(all[0].date()));
        assert_eq!(bounds.1, Some(all[19].date()));
        assert_eq!(bounds.2, Some(NaiveTime::MIN));
        assert_eq!(bounds.3, Some(all[19].time()));
        assert_eq!((bounds.4, bounds.5), (Some(all[19]), Some(all[0].and_utc())));
    });
}

#[test]
fn now_is_one_time_in_a_statement() {
    crate::support::run(models![Event], async |db| {
        fill(db).await;
        let before = Utc::now() - TimeDelta::seconds(5);
        let rows: Vec<(DateTime<Utc>, i32)> =
            Event::objects().values(|_| (now(), now().year())).all(db).await.expect("read");
        assert!(rows.iter().all(|row| *row == rows[0]), "{rows:?}");
        assert!(rows[0].0 > before && rows[0].0 < Utc::now() + TimeDelta::seconds(5), "{rows:?}");
        let past = Event::objects().filter(|e| e.at.lt(now()));
        assert_eq!(past.count(db).await.expect("counted"), 19);
        Event::objects().pk(1).update(db, |e| e.at.set(now())).await.expect("updated");
        assert!(Event::objects().pk(1).get(db).await.expect("read").at > before);
    });
}

#[test]
fn dates_of_which_there_are_rows() {
    crate::support::run(models![Event], async |db| {
        fill(db).await;
        let at = moments()[5];
        Event::objects()
            .create(db, |e| e.day(at.date()).time(at.time()).local(at).at(at.and_utc()))
            .await
            .expect("created");
        for kind in [DateKind::Year, DateKind::Quarter, DateKind::Month, DateKind::Week, DateKind::Day] {
            let mut wanted: Vec<_> = moments().iter().map(|at| first_day(kind, at.date())).collect();
            wanted.dedup();
            let dates: Vec<NaiveDate> =
                Event::objects().dates(|e| e.maybe_day, kind).all(db).await.expect("dates");
            assert_eq!(dates, wanted, "{kind:?}");
            let count = Event::objects().dates(|e| e.day, kind).count(db).await.expect("counted");
            assert_eq!(count, wanted.len() as u64, "{kind:?}");
            wanted.reverse();
            let dates = Event::objects().dates(|e| e.maybe_day, kind).reverse().all(db).await.expect("dates");
            assert_eq!(dates, wanted, "{kind:?}");
        }
        let hours: Vec<DateTime<Utc>> = Event::objects()
            .filter(|e| e.at.year().is_in([2004, 2005]))
            .datetimes(|e| e.maybe_at, DateTimeKind::Hour)
            .all(db)
            .await
            .expect("datetimes");
        assert_eq!(
            hours.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["2004-12-31 10:00:00 UTC", "2005-01-01 00:00:00 UTC", "2005-01-02 23:00:00 UTC"]
        );
        let days = Event::objects()
            .filter(|e| e.at.year().is_in([2004, 2005]))
            .datetimes_in(|e| e.at, DateTimeKind::Day, "Europe/Berlin")
            .limit(2)
            .all(db)
            .await
            .expect("datetimes");
        assert_eq!(
            days.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["2004-12-30 23:00:00 UTC", "2004-12-31 23:00:00 UTC"]
        );
        let local =
            Event::objects().datetimes(|e| e.local, DateTimeKind::Year).first(db).await.expect("datetimes");
        assert_eq!(local, Some(moments()[0]));
        let sliced = Event::objects().limit(1).dates(|e| e.day, DateKind::Year).all(db).await;
        assert!(matches!(sliced, Err(Error::InvalidQuery(_))), "{sliced:?}");
    });
}

#[test]
fn a_year_of_a_field_has_the_fields_index() {
    for dialect in Dialect::ALL {
        let sql =
            Event::objects().filter(|e| e.at.year().eq(2024)).values(|e| e.id).sql(dialect).expect("a text");
        assert!(sql.contains(" BETWEEN ") && !sql.contains('('), "{sql}");
    }
}

/// The types of other crates have the same functions.
#[cfg(all(feature = "time", feature = "jiff"))]
#[test]
fn types_of_other_crates() {
    #[derive(Model, Debug, Clone, PartialEq)]
    struct Other {
        #[field(primary_key)]
        id: i64,
        ours: time::OffsetDateTime,
        day: time::Date,
        at: jiff::Timestamp,
        length: jiff::SignedDuration,
    }
    crate::support::run(models![Other], async |db| {
        let at: jiff::Timestamp = "2024-05-09T15:04:05.678Z".parse().expect("an instant");
        let ours = time::OffsetDateTime::from_unix_timestamp(at.as_second()).expect("an instant");
        let length = jiff::SignedDuration::from_hours(30);
        Other::objects()
            .create(db, |o| o.ours(ours).day(ours.date()).at(at).length(length))
            .await
            .expect("created");
        let row = Other::objects()
            .values(|o| {
                (
                    o.ours.year(),
                    o.day.trunc_month(),
                    o.at.in_zone("Asia/Kolkata"),
                    o.at + o.length,
                    (o.at + o.length).since(o.at),
                    o.ours.date(),
                    o.ours + time::Duration::days(1),
                    o.length.sum(),
                )
            })
            .get(db)
            .await
            .expect("read");
        assert_eq!(row.0, 2024);
        assert_eq!(row.1, ours.date().replace_day(1).expect("a day"));
        assert_eq!(row.2, "2024-05-09T20:34:05.678".parse().expect("a time"));
        assert_eq!((row.3, row.4), (at + length, length));
        assert_eq!((row.5, row.6), (ours.date(), ours + time::Duration::days(1)));
        assert_eq!(row.7, Some(length));
        assert_eq!(Other::objects().filter(|o| o.at.year().eq(2024)).count(db).await.expect("counted"), 1);
    });
}
