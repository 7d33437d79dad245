//! Which types have a date, a time of day, or both; which are instants; and what lies between two of them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

use crate::value::FieldType;

/// Types with a date.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no date",
    label = "neither a date nor a date with a time",
    note = "`.year()`, `.month()`, `.day()` and their kin work on `NaiveDate`, `NaiveDateTime` and `DateTime<Utc>`"
)]
pub trait HasDate: FieldType {}

/// Types with a time of day.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no time of day",
    label = "neither a time nor a date with a time",
    note = "`.hour()`, `.minute()`, `.second()` and their kin work on `NaiveTime`, `NaiveDateTime` and `DateTime<Utc>`"
)]
pub trait HasTime: FieldType {}

/// Types with both.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a date with a time",
    label = "expected a `NaiveDateTime` or a `DateTime<Utc>`"
)]
pub trait HasDateAndTime: HasDate + HasTime {
    /// The type of the date.
    type Date: FieldType;
    /// The type of the time of day.
    type Time: FieldType;
}

/// Types of an instant, which clocks show differently in each time zone.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an instant",
    label = "only an instant is at another time in another zone",
    note = "`DateTime<Utc>` is an instant; a `NaiveDateTime` is what some clock shows"
)]
pub trait IsInstant: HasDateAndTime {
    /// The type of what clocks show.
    type Wall: FieldType;
}

/// Types whose values lie some length of time apart.
#[diagnostic::on_unimplemented(
    message = "there is no length of time between values of type `{Self}`",
    label = "neither a date nor a time"
)]
pub trait HasDistance: FieldType {
    /// The type of the length of time.
    type Length: FieldType;
}

macro_rules! types {
    ($date:ty, $time:ty, $wall:ty, $instant:ty, $length:ty) => {
        #[diagnostic::do_not_recommend]
        impl HasDate for $date {}
        #[diagnostic::do_not_recommend]
        impl HasDate for $wall {}
        #[diagnostic::do_not_recommend]
        impl HasDate for $instant {}
        #[diagnostic::do_not_recommend]
        impl HasTime for $time {}
        #[diagnostic::do_not_recommend]
        impl HasTime for $wall {}
        #[diagnostic::do_not_recommend]
        impl HasTime for $instant {}
        #[diagnostic::do_not_recommend]
        impl HasDateAndTime for $wall {
            type Date = $date;
            type Time = $time;
        }
        #[diagnostic::do_not_recommend]
        impl HasDateAndTime for $instant {
            type Date = $date;
            type Time = $time;
        }
        #[diagnostic::do_not_recommend]
        impl IsInstant for $instant {
            type Wall = $wall;
        }
        types!(@distance $length: $date, $time, $wall, $instant);
    };
    (@distance $length:ty: $($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl HasDistance for $type {
            type Length = $length;
        }
    )*};
}

types!(NaiveDate, NaiveTime, NaiveDateTime, DateTime<Utc>, TimeDelta);

#[cfg(feature = "time")]
types!(time::Date, time::Time, time::PrimitiveDateTime, time::OffsetDateTime, time::Duration);

#[cfg(feature = "jiff")]
types!(jiff::civil::Date, jiff::civil::Time, jiff::civil::DateTime, jiff::Timestamp, jiff::SignedDuration);
