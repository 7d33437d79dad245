//! The types of the `time` crate.

use ::time::{Date, Duration, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};
use orm::prelude::*;

use super::*;

fn day(year: i32, month: Month, day: u8) -> Date {
    Date::from_calendar_date(year, month, day).expect("a date")
}

fn days() -> Vec<Date> {
    vec![
        day(1, Month::January, 1),
        day(1969, Month::December, 31),
        day(2024, Month::February, 29),
        day(9999, Month::December, 31),
    ]
}

fn last() -> Time {
    Time::from_hms_micro(23, 59, 59, 999_999).expect("a time")
}

fn moments() -> Vec<PrimitiveDateTime> {
    days().into_iter().flat_map(|day| [day.midnight(), day.with_time(last())]).collect()
}

comes_back_in_order!(date: Date, [], days());
comes_back_in_order!(time_of_day: Time, [], vec![Time::MIDNIGHT, Time::from_hms_micro(0, 0, 0, 1).expect("a time"), last()]);
comes_back_in_order!(datetime: PrimitiveDateTime, [], moments());
comes_back_in_order!(timestamp: OffsetDateTime, [], moments().into_iter().map(PrimitiveDateTime::assume_utc).collect());
comes_back_in_order!(duration: Duration, [], vec![
    Duration::microseconds(-i64::MAX),
    Duration::microseconds(-1),
    Duration::ZERO,
    Duration::days(40_000),
    Duration::microseconds(i64::MAX),
]);

#[test]
fn an_offset_is_only_a_way_of_writing_an_instant() {
    use timestamp::Holder;
    crate::support::run(models![Holder], async |db| {
        let there = moments()[4].assume_utc().to_offset(UtcOffset::from_hms(5, 30, 0).unwrap());
        let row = Holder::objects().create(db, |h| h.value(there)).await.unwrap();
        assert_eq!((row.value, row.value.offset()), (there, UtcOffset::UTC));
        assert_eq!(Holder::objects().filter(|h| h.value.eq(there)).get(db).await.unwrap(), row);
    });
}

#[test]
fn what_no_database_holds_is_refused() {
    crate::support::run(models![date::Holder], async |db| {
        use date::Holder;
        Holder::objects().create(db, |h| h.value(days()[0])).await.unwrap();
        refused!(db, Holder, Date::MIN, out_of_range("date"));
        refused_in_filters!(db, Holder, Date::MIN, out_of_range("date"));
    });
    crate::support::run(models![duration::Holder], async |db| {
        use duration::Holder;
        Holder::objects().create(db, |h| h.value(Duration::ZERO)).await.unwrap();
        refused!(db, Holder, Duration::MAX, out_of_range("duration"));
        refused_in_filters!(db, Holder, Duration::MIN, out_of_range("duration"));
    });
}
