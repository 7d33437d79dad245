//! Functions of dates and times.

/// Which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateFunction {
    /// A part, as a number.
    Extract(DatePart),
    /// The beginning of a unit, of the same type.
    Trunc(DateUnit),
    /// The instant at which a unit begins in a zone, which is the second argument.
    TruncIn(DateUnit),
    /// What clocks show in a zone, which is the second argument.
    InZone,
    /// The date.
    Date,
    /// The time of day.
    Time,
    /// The length of time from the second argument to the first.
    Since,
    /// The time of the statement.
    Now,
}

/// A part of a date or time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatePart {
    /// The year.
    Year,
    /// The year that the ISO week belongs to.
    IsoYear,
    /// 1 to 4.
    Quarter,
    /// 1 to 12.
    Month,
    /// The ISO week, 1 to 53.
    Week,
    /// Sunday is 1.
    WeekDay,
    /// Monday is 1.
    IsoWeekDay,
    /// 1 to 31.
    Day,
    /// 0 to 23.
    Hour,
    /// 0 to 59.
    Minute,
    /// 0 to 59, without a fraction.
    Second,
}

/// A unit of time that others begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateUnit {
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

impl DateFunction {
    /// Its name in messages.
    pub fn name(self) -> &'static str {
        match self {
            DateFunction::Extract(part) => part.name(),
            DateFunction::Trunc(_) => "trunc",
            DateFunction::TruncIn(_) => "trunc_in",
            DateFunction::InZone => "in_zone",
            DateFunction::Date => "date",
            DateFunction::Time => "time",
            DateFunction::Since => "since",
            DateFunction::Now => "now",
        }
    }

    /// Whether the second argument is a zone.
    pub fn has_zone(self) -> bool {
        matches!(self, DateFunction::TruncIn(_) | DateFunction::InZone)
    }
}

impl DatePart {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            DatePart::Year => "year",
            DatePart::IsoYear => "iso_year",
            DatePart::Quarter => "quarter",
            DatePart::Month => "month",
            DatePart::Week => "week",
            DatePart::WeekDay => "week_day",
            DatePart::IsoWeekDay => "iso_week_day",
            DatePart::Day => "day",
            DatePart::Hour => "hour",
            DatePart::Minute => "minute",
            DatePart::Second => "second",
        }
    }
}

impl DateUnit {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            DateUnit::Year => "year",
            DateUnit::Quarter => "quarter",
            DateUnit::Month => "month",
            DateUnit::Week => "week",
            DateUnit::Day => "day",
            DateUnit::Hour => "hour",
            DateUnit::Minute => "minute",
            DateUnit::Second => "second",
        }
    }

    /// Whether days are made of it.
    pub fn is_within_day(self) -> bool {
        matches!(self, DateUnit::Hour | DateUnit::Minute | DateUnit::Second)
    }
}
