//! Dates and times as SQLite's functions: they read every form that a row is read from and write the one that is bound.

use std::sync::Arc;

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};
use orm_core::value::Zone;
use rusqlite::functions::{Aggregate, Context};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Result};

use super::{FLAGS, refused};
use crate::types;

const DAY: i64 = 86_400_000_000;

/// Registers all of it.
pub(super) fn register(connection: &Connection) -> Result<()> {
    connection.create_scalar_function(c"orm_date_part", 2, FLAGS, |context| {
        match (word(context, 0)?, text(context, 1)?) {
            (part, Some(text)) => part_of(part, text).map(Some),
            (_, None) => Ok(None),
        }
    })?;
    connection.create_scalar_function(c"orm_date_trunc", 2, FLAGS, |context| {
        let Some(date) = date(context, 1)? else { return Ok(None) };
        types::date_text(first_day(word(context, 0)?, date)?).map(Some).ok_or_else(beyond)
    })?;
    connection.create_scalar_function(c"orm_time_trunc", 2, FLAGS, |context| {
        let Some(time) = time(context, 1)? else { return Ok(None) };
        Ok(Some(types::time_text(full(word(context, 0)?, time)?)))
    })?;
    connection.create_scalar_function(c"orm_at_trunc", 2, FLAGS, |context| {
        let Some(at) = instant(context, 1)? else { return Ok(None) };
        written(trunc(word(context, 0)?, at)?)
    })?;
    connection.create_scalar_function(c"orm_at_trunc_in", 3, FLAGS, |context| {
        let Some(at) = instant(context, 1)? else { return Ok(None) };
        written(trunc_in(word(context, 0)?, at, &*zone(context, 2)?)?)
    })?;
    connection.create_scalar_function(c"orm_in_zone", 2, FLAGS, |context| {
        let Some(at) = instant(context, 0)? else { return Ok(None) };
        written(zone(context, 1)?.wall(at.and_utc()).ok_or_else(beyond)?)
    })?;
    connection.create_scalar_function(c"orm_date", 1, FLAGS, |context| match instant(context, 0)? {
        Some(at) => types::date_text(at.date()).map(Some).ok_or_else(beyond),
        None => Ok(None),
    })?;
    connection.create_scalar_function(c"orm_time", 1, FLAGS, |context| {
        Ok(instant(context, 0)?.map(|at| types::time_text(at.time())))
    })?;
    register_arithmetic(connection)
}

fn register_arithmetic(connection: &Connection) -> Result<()> {
    connection.create_scalar_function(c"orm_since", 2, FLAGS, |context| {
        let (Some(until), Some(since)) = (instant(context, 0)?, instant(context, 1)?) else {
            return Ok(None);
        };
        until.signed_duration_since(since).num_microseconds().map(Some).ok_or_else(too_long)
    })?;
    connection.create_scalar_function(c"orm_time_since", 2, FLAGS, |context| {
        let (Some(until), Some(since)) = (time(context, 0)?, time(context, 1)?) else { return Ok(None) };
        until.signed_duration_since(since).num_microseconds().map(Some).ok_or_else(too_long)
    })?;
    for (name, subtracts) in [(c"orm_at_add", false), (c"orm_at_sub", true)] {
        connection.create_scalar_function(name, 2, FLAGS, move |context| {
            let (Some(at), Some(length)) = (instant(context, 0)?, length(context, subtracts)?) else {
                return Ok(None);
            };
            written(at.checked_add_signed(TimeDelta::microseconds(length)).ok_or_else(beyond)?)
        })?;
    }
    for (name, subtracts) in [(c"orm_date_add", false), (c"orm_date_sub", true)] {
        connection.create_scalar_function(name, 2, FLAGS, move |context| {
            let (Some(date), Some(length)) = (date(context, 0)?, length(context, subtracts)?) else {
                return Ok(None);
            };
            let date = date.checked_add_signed(TimeDelta::days(length / DAY)).ok_or_else(beyond)?;
            types::date_text(date).map(Some).ok_or_else(beyond)
        })?;
    }
    for (name, subtracts) in [(c"orm_time_add", false), (c"orm_time_sub", true)] {
        connection.create_scalar_function(name, 2, FLAGS, move |context| {
            let (Some(time), Some(length)) = (time(context, 0)?, length(context, subtracts)?) else {
                return Ok(None);
            };
            Ok(Some(types::time_text(time.overflowing_add_signed(TimeDelta::microseconds(length % DAY)).0)))
        })?;
    }
    for (name, subtracts) in [(c"orm_span_add", false), (c"orm_span_sub", true)] {
        connection.create_scalar_function(name, 2, FLAGS, move |context| {
            let (Some(left), Some(right)) = (micros(context, 0)?, micros(context, 1)?) else {
                return Ok(None);
            };
            let sum = if subtracts { left.checked_sub(right) } else { left.checked_add(right) };
            sum.map(Some).ok_or_else(too_long)
        })?;
    }
    connection.create_aggregate_function(c"orm_span_avg", 1, FLAGS, Mean)
}

/// The mean of lengths of time, to the nearest microsecond.
struct Mean;

impl Aggregate<(i128, i128), Option<i64>> for Mean {
    fn init(&self, _: &mut Context<'_>) -> Result<(i128, i128)> {
        Ok((0, 0))
    }

    fn step(&self, context: &mut Context<'_>, (sum, count): &mut (i128, i128)) -> Result<()> {
        if let Some(length) = micros(context, 0)? {
            *sum = sum.saturating_add(length.into());
            *count = count.saturating_add(1);
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, total: Option<(i128, i128)>) -> Result<Option<i64>> {
        let Some((sum, count)) = total.filter(|(_, count)| *count > 0) else { return Ok(None) };
        // Half away from zero, as numbers are rounded elsewhere.
        let half = if sum < 0 { -(count / 2) } else { count / 2 };
        i64::try_from((sum + half) / count).map(Some).map_err(|_| too_long())
    }
}

fn written(at: NaiveDateTime) -> Result<Option<String>> {
    types::datetime_text(at).map(Some).ok_or_else(beyond)
}

/// The name of a unit or part: the dialect writes it.
fn word<'a>(context: &'a Context<'_>, index: usize) -> Result<&'a [u8]> {
    text(context, index)?.ok_or_else(|| refused("date: no unit"))
}

fn text<'a>(context: &'a Context<'_>, index: usize) -> Result<Option<&'a [u8]>> {
    match context.get_raw(index) {
        ValueRef::Null => Ok(None),
        ValueRef::Text(text) => Ok(Some(text)),
        _ => Err(refused("date: a value that is no text")),
    }
}

fn read<T>(context: &Context<'_>, index: usize, parse: fn(&[u8]) -> Option<T>) -> Result<Option<T>> {
    match text(context, index)? {
        None => Ok(None),
        Some(text) => parse(text).map(Some).ok_or_else(unreadable),
    }
}

fn instant(context: &Context<'_>, index: usize) -> Result<Option<NaiveDateTime>> {
    read(context, index, |text| types::parse_timestamp(text).map(|at| at.naive_utc()))
}

fn date(context: &Context<'_>, index: usize) -> Result<Option<NaiveDate>> {
    read(context, index, types::parse_date)
}

fn time(context: &Context<'_>, index: usize) -> Result<Option<NaiveTime>> {
    read(context, index, types::parse_time)
}

fn micros(context: &Context<'_>, index: usize) -> Result<Option<i64>> {
    match context.get_raw(index) {
        ValueRef::Null => Ok(None),
        ValueRef::Integer(micros) => Ok(Some(micros)),
        _ => Err(refused("duration: a value that is no integer")),
    }
}

/// The second argument as a length of time, negative where it is subtracted.
fn length(context: &Context<'_>, subtracts: bool) -> Result<Option<i64>> {
    match micros(context, 1)? {
        Some(micros) if subtracts => micros.checked_neg().map(Some).ok_or_else(too_long),
        micros => Ok(micros),
    }
}

/// The zone, looked up once for each statement.
fn zone(context: &Context<'_>, index: i32) -> Result<Arc<Zone>> {
    context.get_or_create_aux(index, |name| {
        let name = name.as_str().map_err(|_| refused("zone: no text"))?;
        Zone::named(name).map_err(|_| refused("zone: there is none of this name"))
    })
}

fn part_of(part: &[u8], text: &[u8]) -> Result<u32> {
    if let b"hour" | b"minute" | b"second" = part {
        let time = types::parse_time(text)
            .or_else(|| types::parse_timestamp(text).map(|at| at.time()))
            .ok_or_else(unreadable)?;
        return Ok(match part {
            b"hour" => time.hour(),
            b"minute" => time.minute(),
            _ => time.second(),
        });
    }
    let date = types::parse_timestamp(text).ok_or_else(unreadable)?.date_naive();
    let year = |year: i32| u32::try_from(year).map_err(|_| beyond());
    match part {
        b"year" => year(date.year()),
        b"iso_year" => year(date.iso_week().year()),
        b"quarter" => Ok(date.month0() / 3 + 1),
        b"month" => Ok(date.month()),
        b"week" => Ok(date.iso_week().week()),
        b"week_day" => Ok(date.weekday().number_from_sunday()),
        b"iso_week_day" => Ok(date.weekday().number_from_monday()),
        b"day" => Ok(date.day()),
        _ => Err(refused("date: an unknown part")),
    }
}

fn first_day(unit: &[u8], date: NaiveDate) -> Result<NaiveDate> {
    match unit {
        b"year" => NaiveDate::from_ymd_opt(date.year(), 1, 1),
        b"quarter" => NaiveDate::from_ymd_opt(date.year(), date.month0() / 3 * 3 + 1, 1),
        b"month" => date.with_day(1),
        b"week" => date.checked_sub_days(Days::new(date.weekday().num_days_from_monday().into())),
        b"day" => Some(date),
        _ => return Err(refused("date: an unknown unit")),
    }
    .ok_or_else(beyond)
}

fn full(unit: &[u8], time: NaiveTime) -> Result<NaiveTime> {
    match unit {
        b"hour" => NaiveTime::from_hms_opt(time.hour(), 0, 0),
        b"minute" => NaiveTime::from_hms_opt(time.hour(), time.minute(), 0),
        b"second" => time.with_nanosecond(0),
        _ => return Err(refused("date: an unknown unit")),
    }
    .ok_or_else(beyond)
}

fn is_within_day(unit: &[u8]) -> bool {
    matches!(unit, b"hour" | b"minute" | b"second")
}

fn trunc(unit: &[u8], at: NaiveDateTime) -> Result<NaiveDateTime> {
    if is_within_day(unit) {
        return Ok(at.date().and_time(full(unit, at.time())?));
    }
    Ok(first_day(unit, at.date())?.and_time(NaiveTime::MIN))
}

fn trunc_in(unit: &[u8], at: NaiveDateTime, zone: &Zone) -> Result<NaiveDateTime> {
    let wall = zone.wall(at.and_utc()).ok_or_else(beyond)?;
    let begins = trunc(unit, wall)?;
    if is_within_day(unit) {
        // The offset stays: of two hours of one name each begins by itself.
        return at.checked_sub_signed(wall.signed_duration_since(begins)).ok_or_else(beyond);
    }
    Ok(zone.beginning(begins).ok_or_else(beyond)?.naive_utc())
}

fn unreadable() -> rusqlite::Error {
    refused("date: a text of another form")
}

fn beyond() -> rusqlite::Error {
    refused("date: beyond the years 0000 to 9999")
}

fn too_long() -> rusqlite::Error {
    refused("duration: beyond 64 bits of microseconds")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(sql: &str) -> Result<Option<String>> {
        let connection = Connection::open_in_memory()?;
        register(&connection)?;
        connection.query_row(sql, [], |row| {
            Ok(match row.get_ref(0)? {
                ValueRef::Null => None,
                ValueRef::Integer(value) => Some(value.to_string()),
                ValueRef::Text(text) => Some(String::from_utf8_lossy(text).into_owned()),
                other => Some(format!("{other:?}")),
            })
        })
    }

    fn answer(sql: &str) -> String {
        ask(&format!("SELECT {sql}"))
            .unwrap_or_else(|error| panic!("{sql}: {error}"))
            .unwrap_or("NULL".into())
    }

    #[test]
    fn every_form_of_a_time_is_read_and_one_is_written() {
        for text in
            ["2024-05-09", "2024-05-09T00:00", "2024-05-09 02:00:00+02:00", "2024-05-09 00:00:00.000Z"]
        {
            assert_eq!(answer(&format!("orm_at_trunc('second', '{text}')")), "2024-05-09 00:00:00", "{text}");
        }
        assert_eq!(answer("orm_at_add('2024-05-09', 1)"), "2024-05-09 00:00:00.000001");
        assert_eq!(answer("orm_date_part('hour', '15:04')"), "15");
        assert_eq!(answer("orm_date_part('hour', '2024-05-09 15:04:00')"), "15");
        assert_eq!(answer("orm_time_sub('00:00:00', 1)"), "23:59:59.999999");
        assert_eq!(answer("orm_date_add('2024-02-28', 86399999999)"), "2024-02-28");
        assert_eq!(answer("orm_date_sub('2024-03-01', 86400000000)"), "2024-02-29");
    }

    #[test]
    fn null_gives_null() {
        for sql in [
            "orm_date_part('year', NULL)",
            "orm_date_trunc('year', NULL)",
            "orm_time_trunc('hour', NULL)",
            "orm_at_trunc('hour', NULL)",
            "orm_at_trunc_in('hour', NULL, 'UTC')",
            "orm_in_zone(NULL, 'UTC')",
            "orm_date(NULL)",
            "orm_time(NULL)",
            "orm_since(NULL, '2024-05-09')",
            "orm_time_since('15:04', NULL)",
            "orm_at_add(NULL, 1)",
            "orm_at_sub('2024-05-09', NULL)",
            "orm_span_add(1, NULL)",
            "(SELECT orm_span_avg(NULL))",
        ] {
            assert_eq!(answer(sql), "NULL", "{sql}");
        }
    }

    #[test]
    fn what_has_no_answer_is_refused() {
        for sql in [
            "orm_at_add('9999-12-31 23:59:59.999999', 1)",
            "orm_at_sub('0000-01-01', 1)",
            "orm_at_sub('2024-05-09', -9223372036854775808)",
            "orm_span_add(9223372036854775807, 1)",
            "orm_in_zone('2024-05-09', 'Mars/Olympus')",
            "orm_date_part('year', 'yesterday')",
            "orm_date_part('age', '2024-05-09')",
            "orm_at_trunc('age', '2024-05-09')",
            "orm_date(20240509)",
            "orm_date_trunc('week', '0000-01-01')",
        ] {
            assert!(ask(&format!("SELECT {sql}")).is_err(), "{sql}");
        }
    }

    #[test]
    fn means_are_rounded() {
        let of = |list: &str| answer(&format!("orm_span_avg(column1) FROM (VALUES {list})"));
        assert_eq!(of("(1), (2)"), "2");
        assert_eq!(of("(-1), (-2)"), "-2");
        assert_eq!(of("(9223372036854775807), (9223372036854775805), (NULL)"), "9223372036854775806");
    }
}
