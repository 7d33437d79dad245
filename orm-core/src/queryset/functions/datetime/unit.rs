//! Units of time that a date or time can be cut to, as they are chosen at run time.

use crate::ast::DateUnit;

/// A unit of time: what `trunc`, [`datetimes`](crate::queryset::QuerySet::datetimes) and `dates` cut to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DateTimeKind {
    /// From the first of January.
    Year,
    /// From the first of January, April, July or October.
    Quarter,
    /// From the first.
    Month,
    /// From Monday.
    Week,
    /// From midnight.
    Day,
    /// From the full hour.
    Hour,
    /// From the full minute.
    Minute,
    /// From the full second.
    Second,
}

impl DateTimeKind {
    pub(super) fn unit(self) -> DateUnit {
        match self {
            DateTimeKind::Year => DateUnit::Year,
            DateTimeKind::Quarter => DateUnit::Quarter,
            DateTimeKind::Month => DateUnit::Month,
            DateTimeKind::Week => DateUnit::Week,
            DateTimeKind::Day => DateUnit::Day,
            DateTimeKind::Hour => DateUnit::Hour,
            DateTimeKind::Minute => DateUnit::Minute,
            DateTimeKind::Second => DateUnit::Second,
        }
    }
}

/// A unit of days: what a date can be cut to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DateKind {
    /// From the first of January.
    Year,
    /// From the first of January, April, July or October.
    Quarter,
    /// From the first.
    Month,
    /// From Monday.
    Week,
    /// The day itself.
    Day,
}

impl DateKind {
    pub(super) fn unit(self) -> DateUnit {
        match self {
            DateKind::Year => DateUnit::Year,
            DateKind::Quarter => DateUnit::Quarter,
            DateKind::Month => DateUnit::Month,
            DateKind::Week => DateUnit::Week,
            DateKind::Day => DateUnit::Day,
        }
    }
}
