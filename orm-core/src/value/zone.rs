//! A time zone: a name of the IANA database, or a fixed offset from UTC.

use std::borrow::Cow;
use std::fmt::Write;
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};
use jiff::Timestamp;
use jiff::civil;
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};

use crate::error::ValueError;

/// The database that is compiled in, so that a zone means the same on every machine.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// A time zone, checked when it is made: a name such as `Europe/Berlin`, `UTC`, or an offset such as `+02:00`.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone {
    name: Cow<'static, str>,
    rule: Rule,
}

#[derive(Clone, Debug, PartialEq)]
enum Rule {
    /// Seconds east of UTC.
    Fixed(i32),
    Named(TimeZone),
}

/// The offsets of a zone over time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offsets {
    /// Seconds east of UTC before the first change.
    pub first: i32,
    /// Each change: the second since 1970 from which on it holds, and the seconds east of UTC.
    pub changes: Vec<(i64, i32)>,
    /// Whether changes go on after the last one here.
    pub goes_on: bool,
}

impl Zone {
    /// UTC itself.
    pub const UTC: Zone = Zone { name: Cow::Borrowed("UTC"), rule: Rule::Fixed(0) };

    /// The zone of this name.
    ///
    /// # Errors
    /// It is neither in the IANA database nor an offset.
    pub fn named(name: &str) -> Result<Zone, ValueError> {
        if name.eq_ignore_ascii_case("UTC") || name == "Z" {
            return Ok(Zone::UTC);
        }
        if name.starts_with(['+', '-']) {
            return offset(name).map(Zone::fixed).ok_or_else(unknown);
        }
        let zone = ZONES.get(name).map_err(|_| unknown())?;
        let name = zone.iana_name().ok_or_else(unknown)?.to_owned();
        Ok(Zone { name: name.into(), rule: Rule::Named(zone) })
    }

    /// The zone that is always so many seconds east of UTC.
    pub(crate) fn fixed(seconds: i32) -> Zone {
        if seconds == 0 {
            return Zone::UTC;
        }
        let (sign, east) = (if seconds < 0 { '-' } else { '+' }, seconds.unsigned_abs());
        let mut name = format!("{sign}{:02}:{:02}", east / 3600, east / 60 % 60);
        if !east.is_multiple_of(60) {
            // Writing to a String cannot fail.
            let _ = write!(name, ":{:02}", east % 60);
        }
        Zone { name: name.into(), rule: Rule::Fixed(seconds) }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Seconds east of UTC, if they are always the same by its name.
    pub fn fixed_offset(&self) -> Option<i32> {
        match self.rule {
            Rule::Fixed(seconds) => Some(seconds),
            Rule::Named(_) => None,
        }
    }

    /// What clocks show at an instant; `None` beyond the calendar.
    pub fn wall(&self, at: DateTime<Utc>) -> Option<NaiveDateTime> {
        at.naive_utc().checked_add_signed(TimeDelta::seconds(self.offset_at(at.timestamp()).into()))
    }

    /// Seconds east of UTC at a second since 1970.
    pub fn offset_at(&self, second: i64) -> i32 {
        match &self.rule {
            Rule::Fixed(seconds) => *seconds,
            Rule::Named(zone) => {
                let second = second.clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
                zone.to_offset(Timestamp::from_second(second).unwrap_or(Timestamp::MIN)).seconds()
            }
        }
    }

    /// The instant at which clocks show this for the only time; `None` where they never do, or twice.
    pub fn only_instant(&self, wall: NaiveDateTime) -> Option<DateTime<Utc>> {
        match self.resolve(wall)? {
            AmbiguousOffset::Unambiguous { offset } => earlier(wall, offset.seconds()),
            AmbiguousOffset::Gap { .. } | AmbiguousOffset::Fold { .. } => None,
        }
    }

    /// The instant at which a day (or a longer unit) begins whose first time is `wall`.
    ///
    /// Where clocks skip it, that of the skip. Where they are set back to it, it is the first of the two; where they
    /// are set back to before it, the second. `None` beyond the calendar.
    pub fn beginning(&self, wall: NaiveDateTime) -> Option<DateTime<Utc>> {
        let micro = TimeDelta::microseconds(1);
        let itself = self.later(wall)?;
        let just_before = self.later(wall.checked_sub_signed(micro)?)?.checked_add_signed(micro)?;
        Some(itself.min(just_before))
    }

    /// The last instant at which clocks show this; where they skip it, as if they had not been set yet.
    fn later(&self, wall: NaiveDateTime) -> Option<DateTime<Utc>> {
        let offset = match self.resolve(wall)? {
            AmbiguousOffset::Unambiguous { offset } => offset,
            AmbiguousOffset::Gap { before, .. } => before,
            AmbiguousOffset::Fold { after, .. } => after,
        };
        earlier(wall, offset.seconds())
    }

    fn resolve(&self, wall: NaiveDateTime) -> Option<AmbiguousOffset> {
        let date = civil::Date::new(
            wall.year().try_into().ok()?,
            wall.month().try_into().ok()?,
            wall.day().try_into().ok()?,
        );
        let time = civil::Time::new(
            wall.hour().try_into().ok()?,
            wall.minute().try_into().ok()?,
            wall.second().try_into().ok()?,
            wall.nanosecond().min(999_999_999).try_into().ok()?,
        );
        let zone = match &self.rule {
            Rule::Fixed(seconds) => &TimeZone::fixed(jiff::tz::Offset::from_seconds(*seconds).ok()?),
            Rule::Named(zone) => zone,
        };
        Some(zone.to_ambiguous_timestamp(civil::DateTime::from_parts(date.ok()?, time.ok()?)).offset())
    }

    /// All its offsets up to a second since 1970.
    pub fn offsets(&self, until: i64) -> Offsets {
        let zone = match &self.rule {
            Rule::Fixed(seconds) => return Offsets { first: *seconds, changes: Vec::new(), goes_on: false },
            Rule::Named(zone) => zone,
        };
        let first = zone.to_offset(Timestamp::MIN).seconds();
        let mut last = first;
        let mut changes = Vec::new();
        for change in zone.following(Timestamp::MIN) {
            let offset = change.offset().seconds();
            if offset == last {
                continue;
            }
            if change.timestamp().as_second() > until {
                return Offsets { first, changes, goes_on: true };
            }
            last = offset;
            changes.push((change.timestamp().as_second(), offset));
        }
        Offsets { first, changes, goes_on: false }
    }
}

fn earlier(wall: NaiveDateTime, seconds: i32) -> Option<DateTime<Utc>> {
    wall.checked_sub_signed(TimeDelta::seconds(seconds.into())).map(|at| at.and_utc())
}

#[cold]
fn unknown() -> ValueError {
    ValueError::Invalid("no such time zone: expected a name of the IANA database, UTC, or an offset".into())
}

/// `+HH:MM`, `+HH:MM:SS`, `+HHMM` or `+HH`, in seconds.
fn offset(text: &str) -> Option<i32> {
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let form = match digits.len() {
        2 => "%H",
        4 => "%H%M",
        5 => "%H:%M",
        8 => "%H:%M:%S",
        _ => return None,
    };
    if !digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b':') {
        return None;
    }
    // An hour alone is no time to chrono.
    let time = if form == "%H" {
        NaiveTime::from_hms_opt(digits.parse().ok()?, 0, 0)?
    } else {
        NaiveTime::parse_from_str(digits, form).ok()?
    };
    i32::try_from(time.num_seconds_from_midnight()).ok().map(|seconds| sign * seconds)
}

/// What names a time zone: its name, an offset, or a [`Zone`] that was made before.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a time zone",
    label = "expected a name such as `\"Europe/Berlin\"`, an offset such as `\"+02:00\"`, or a `Zone`"
)]
pub trait IntoZone {
    /// The zone.
    ///
    /// # Errors
    /// There is none of that name.
    fn into_zone(self) -> Result<Zone, ValueError>;
}

impl IntoZone for Zone {
    fn into_zone(self) -> Result<Zone, ValueError> {
        Ok(self)
    }
}

impl IntoZone for &Zone {
    fn into_zone(self) -> Result<Zone, ValueError> {
        Ok(self.clone())
    }
}

impl IntoZone for &str {
    fn into_zone(self) -> Result<Zone, ValueError> {
        Zone::named(self)
    }
}

impl IntoZone for &String {
    fn into_zone(self) -> Result<Zone, ValueError> {
        Zone::named(self)
    }
}

impl IntoZone for String {
    fn into_zone(self) -> Result<Zone, ValueError> {
        Zone::named(&self)
    }
}

impl IntoZone for Utc {
    fn into_zone(self) -> Result<Zone, ValueError> {
        Ok(Zone::UTC)
    }
}

impl IntoZone for FixedOffset {
    fn into_zone(self) -> Result<Zone, ValueError> {
        Ok(Zone::fixed(self.local_minus_utc()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wall(text: &str) -> NaiveDateTime {
        text.parse().expect("a time")
    }

    fn beginning(zone: &str, text: &str) -> String {
        let zone = Zone::named(zone).expect("a zone");
        zone.beginning(wall(text)).expect("an instant").to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    }

    #[test]
    fn names_and_offsets() {
        assert_eq!(Zone::named("europe/berlin").expect("a zone").name(), "Europe/Berlin");
        assert_eq!(Zone::named("utc").expect("a zone"), Zone::UTC);
        for (text, seconds) in
            [("+05:00:01", 18_001), ("+02:00", 7_200), ("-0530", -19_800), ("+14", 50_400), ("+00:00", 0)]
        {
            assert_eq!(Zone::named(text).expect(text).fixed_offset(), Some(seconds));
        }
        for wrong in [
            "",
            "Europe/Bärlin",
            "+",
            "+2",
            "+24:00",
            "+02:60",
            "+0a:00",
            "--2:00",
            "+1:002",
            "+:::",
            "+02:00:",
            "+ö2",
            "Mars/Olympus",
        ] {
            assert!(Zone::named(wrong).is_err(), "{wrong}");
        }
        assert_eq!(Zone::fixed(-19_800).name(), "-05:30");
    }

    #[test]
    fn days_begin_where_clocks_change() {
        // Midnight is skipped.
        assert_eq!(beginning("America/Sao_Paulo", "2018-11-04T00:00:00"), "2018-11-04T03:00:00Z");
        // Clocks skip from an hour before to midnight.
        assert_eq!(beginning("America/Nuuk", "2024-03-31T00:00:00"), "2024-03-31T01:00:00Z");
        // Midnight comes twice.
        assert_eq!(beginning("America/Havana", "2024-11-03T00:00:00"), "2024-11-03T04:00:00Z");
        // The hour before midnight comes twice.
        assert_eq!(beginning("America/Nuuk", "2024-10-27T00:00:00"), "2024-10-27T02:00:00Z");
        assert_eq!(beginning("Europe/Berlin", "2024-03-31T00:00:00"), "2024-03-30T23:00:00Z");
        assert_eq!(beginning("+05:30", "2024-03-31T00:00:00"), "2024-03-30T18:30:00Z");
    }

    #[test]
    fn offsets_are_those_of_each_instant() {
        for name in ["Europe/Berlin", "Africa/Casablanca", "America/Nuuk", "Asia/Kolkata", "Etc/GMT+5"] {
            let zone = Zone::named(name).expect("a zone");
            let offsets = zone.offsets(4_133_980_800);
            let mut second = -5_000_000_000;
            while second < 4_133_980_800 {
                let at = offsets.changes.partition_point(|(from, _)| *from <= second);
                let by_table = at.checked_sub(1).map_or(offsets.first, |at| offsets.changes[at].1);
                assert_eq!(by_table, zone.offset_at(second), "{name} at {second}");
                second += 1_000_003;
            }
        }
        assert!(Zone::named("Europe/Berlin").expect("a zone").offsets(4_133_980_800).goes_on);
        assert!(!Zone::named("Asia/Kolkata").expect("a zone").offsets(4_133_980_800).goes_on);
    }
}
