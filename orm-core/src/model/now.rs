//! The current time as a field's value, for `auto_now` and `auto_now_add`.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SubsecRound, Utc};

/// A type that can hold the current time.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot hold the current time",
    label = "`auto_now` and `auto_now_add` need a date or time here",
    note = "use `DateTime<Utc>`, another of chrono's types, or one of `time`'s or `jiff`'s with the feature of that name"
)]
pub trait FromNow: Sized {
    /// The value, in UTC and to the microsecond, so that it equals what is read back.
    fn from_now(now: DateTime<Utc>) -> Self;
}

#[diagnostic::do_not_recommend]
impl FromNow for DateTime<Utc> {
    fn from_now(now: DateTime<Utc>) -> Self {
        now.trunc_subsecs(6)
    }
}

#[diagnostic::do_not_recommend]
impl FromNow for NaiveDateTime {
    fn from_now(now: DateTime<Utc>) -> Self {
        now.naive_utc().trunc_subsecs(6)
    }
}

#[diagnostic::do_not_recommend]
impl FromNow for NaiveDate {
    fn from_now(now: DateTime<Utc>) -> Self {
        now.date_naive()
    }
}

#[diagnostic::do_not_recommend]
impl FromNow for NaiveTime {
    fn from_now(now: DateTime<Utc>) -> Self {
        now.time().trunc_subsecs(6)
    }
}

#[diagnostic::do_not_recommend]
impl<T: FromNow> FromNow for Option<T> {
    fn from_now(now: DateTime<Utc>) -> Self {
        Some(T::from_now(now))
    }
}

#[cfg(feature = "time")]
mod time_crate {
    use chrono::{DateTime, Utc};
    use time::{Date, Duration, OffsetDateTime, PrimitiveDateTime, Time};

    use super::FromNow;

    #[diagnostic::do_not_recommend]
    impl FromNow for OffsetDateTime {
        fn from_now(now: DateTime<Utc>) -> Self {
            // A clock beyond the years that `time` knows stops at the last of them.
            OffsetDateTime::UNIX_EPOCH.saturating_add(Duration::microseconds(now.timestamp_micros()))
        }
    }

    #[diagnostic::do_not_recommend]
    impl FromNow for PrimitiveDateTime {
        fn from_now(now: DateTime<Utc>) -> Self {
            let now = OffsetDateTime::from_now(now);
            PrimitiveDateTime::new(now.date(), now.time())
        }
    }

    #[diagnostic::do_not_recommend]
    impl FromNow for Date {
        fn from_now(now: DateTime<Utc>) -> Self {
            OffsetDateTime::from_now(now).date()
        }
    }

    #[diagnostic::do_not_recommend]
    impl FromNow for Time {
        fn from_now(now: DateTime<Utc>) -> Self {
            OffsetDateTime::from_now(now).time()
        }
    }
}

#[cfg(feature = "jiff")]
mod jiff_crate {
    use chrono::{DateTime as ChronoDateTime, Utc};
    use jiff::Timestamp;
    use jiff::civil::{Date, DateTime, Time};
    use jiff::tz::Offset;

    use super::FromNow;

    #[diagnostic::do_not_recommend]
    impl FromNow for Timestamp {
        fn from_now(now: ChronoDateTime<Utc>) -> Self {
            // A clock beyond the years that `jiff` knows stops at the last of them.
            Timestamp::from_microsecond(now.timestamp_micros()).unwrap_or(Timestamp::MAX)
        }
    }

    #[diagnostic::do_not_recommend]
    impl FromNow for DateTime {
        fn from_now(now: ChronoDateTime<Utc>) -> Self {
            Offset::UTC.to_datetime(Timestamp::from_now(now))
        }
    }

    #[diagnostic::do_not_recommend]
    impl FromNow for Date {
        fn from_now(now: ChronoDateTime<Utc>) -> Self {
            DateTime::from_now(now).date()
        }
    }

    #[diagnostic::do_not_recommend]
    impl FromNow for Time {
        fn from_now(now: ChronoDateTime<Utc>) -> Self {
            DateTime::from_now(now).time()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000, 123_456_789).unwrap()
    }

    #[test]
    fn the_time_is_cut_to_the_microsecond() {
        assert_eq!(DateTime::<Utc>::from_now(now()).timestamp_subsec_nanos(), 123_456_000);
        assert_eq!(NaiveDateTime::from_now(now()), DateTime::<Utc>::from_now(now()).naive_utc());
        assert_eq!(
            NaiveDateTime::from_now(now()),
            NaiveDate::from_now(now()).and_time(NaiveTime::from_now(now()))
        );
        assert_eq!(Option::<NaiveDate>::from_now(now()), NaiveDate::from_ymd_opt(2023, 11, 14));
    }

    #[cfg(feature = "time")]
    #[test]
    fn the_time_crate_agrees() {
        let at = time::OffsetDateTime::from_now(now());
        assert_eq!(at.unix_timestamp_nanos(), 1_700_000_000_123_456_000);
        assert_eq!((at.date(), at.time()), (time::Date::from_now(now()), time::Time::from_now(now())));
    }

    #[cfg(feature = "jiff")]
    #[test]
    fn jiff_agrees() {
        assert_eq!(jiff::Timestamp::from_now(now()).as_nanosecond(), 1_700_000_000_123_456_000);
        assert_eq!(jiff::civil::DateTime::from_now(now()).to_string(), "2023-11-14T22:13:20.123456");
        assert_eq!(jiff::civil::Date::from_now(now()).to_string(), "2023-11-14");
    }
}
