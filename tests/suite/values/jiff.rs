//! The types of the `jiff` crate.

use ::jiff::civil::{Date, DateTime as Civil, Time, date, time};
use ::jiff::tz::Offset;
use ::jiff::{SignedDuration, Timestamp};
use orm::prelude::*;

use super::*;

fn days() -> Vec<Date> {
    vec![date(1, 1, 1), date(1969, 12, 31), date(2024, 2, 29), date(9999, 12, 31)]
}

fn times() -> Vec<Time> {
    vec![Time::midnight(), time(0, 0, 0, 1_000), time(23, 59, 59, 999_999_000)]
}

fn moments() -> Vec<Civil> {
    days().into_iter().flat_map(|day| times().into_iter().map(move |time| day.to_datetime(time))).collect()
}

/// Up to the last that `jiff` has, which is before the end of the year 9999.
fn instants() -> Vec<Timestamp> {
    let mut instants: Vec<Timestamp> =
        moments().into_iter().filter_map(|at| Offset::UTC.to_timestamp(at).ok()).collect();
    instants.push(Timestamp::new(Timestamp::MAX.as_second(), 999_999_000).expect("the last microsecond"));
    instants.sort();
    instants.dedup();
    instants
}

comes_back_in_order!(dates: Date, [], days());
comes_back_in_order!(time_of_day: Time, [], times());
comes_back_in_order!(datetime: Civil, [], moments());
comes_back_in_order!(timestamp: Timestamp, [], instants());
comes_back_in_order!(duration: SignedDuration, [], vec![
    SignedDuration::from_micros(-i64::MAX),
    SignedDuration::from_micros(-1),
    SignedDuration::ZERO,
    SignedDuration::from_hours(1_000_000),
    SignedDuration::from_micros(i64::MAX),
]);

#[test]
fn what_no_database_holds_is_refused() {
    crate::support::run(models![dates::Holder], async |db| {
        use dates::Holder;
        Holder::objects().create(db, |h| h.value(days()[0])).await.unwrap();
        refused!(db, Holder, Date::MIN, out_of_range("date"));
        refused_in_filters!(db, Holder, Date::MIN, out_of_range("date"));
    });
    crate::support::run(models![duration::Holder], async |db| {
        use duration::Holder;
        Holder::objects().create(db, |h| h.value(SignedDuration::ZERO)).await.unwrap();
        refused!(db, Holder, SignedDuration::MAX, out_of_range("duration"));
        refused_in_filters!(db, Holder, SignedDuration::MIN, out_of_range("duration"));
    });
}
