//! Dates and times on MySQL and MariaDB.
//!
//! Everything is counted from the first instant that there is, 0001-01-01, which is a Monday: so that an argument is
//! written once, and what leaves the calendar is an error and not NULL.

use super::offset_table::{Boundaries, write_offset};
use crate::ast::{Arithmetic, ArithmeticOp, DateFunction, DatePart, DateUnit, Expr, FunctionCall};
use crate::compile::case::write_value;
use crate::compile::function::datetime::{argument, kind_of, write_closed, zone_of};
use crate::compile::writer::SqlWriter;
use crate::error::{Error, Result};
use crate::value::{ValueKind, Zone};

const START: &str = "TIMESTAMP'0001-01-01 00:00:00'";

/// A function of dates and times.
pub(super) fn write(w: &mut SqlWriter, function: DateFunction, call: &FunctionCall) -> Result<()> {
    match function {
        DateFunction::Extract(part) => write_part(w, part, argument(call, 0)?),
        DateFunction::Trunc(unit) => {
            write_trunc(w, unit, call.result.kind, |w| write_value(w, argument(call, 0)?))
        }
        DateFunction::TruncIn(unit) => write_trunc_in(w, unit, argument(call, 0)?, &zone_of(call)?),
        DateFunction::InZone => write_in_zone(w, argument(call, 0)?, &zone_of(call)?),
        DateFunction::Date => write_call(w, "CAST(", argument(call, 0)?, " AS DATE)"),
        DateFunction::Time => write_call(w, "CAST(", argument(call, 0)?, " AS TIME(6))"),
        DateFunction::Since => {
            w.push("TIMESTAMPDIFF(MICROSECOND, ");
            write_moment(w, argument(call, 1)?)?;
            w.push(", ");
            write_moment(w, argument(call, 0)?)?;
            w.push(")");
            Ok(())
        }
        DateFunction::Now => {
            w.push("UTC_TIMESTAMP(6)");
            Ok(())
        }
    }
}

fn write_call(w: &mut SqlWriter, before: &str, arg: &Expr, after: &str) -> Result<()> {
    w.push(before);
    write_value(w, arg)?;
    w.push(after);
    Ok(())
}

/// A time of day as one of a day, so that the server does not take today's.
fn write_moment(w: &mut SqlWriter, expr: &Expr) -> Result<()> {
    if kind_of(expr) != ValueKind::Time {
        return write_value(w, expr);
    }
    write_call(w, "TIMESTAMP('2000-01-01', ", expr, ")")
}

fn write_part(w: &mut SqlWriter, part: DatePart, of: &Expr) -> Result<()> {
    let (before, after) = match part {
        // Not YEAR(): MySQL 8 compares its result with any number beyond 2155 as if that were none.
        DatePart::Year => ("EXTRACT(YEAR FROM ", ")"),
        DatePart::IsoYear => ("(YEARWEEK(", ", 3) DIV 100)"),
        DatePart::Quarter => ("QUARTER(", ")"),
        DatePart::Month => ("MONTH(", ")"),
        DatePart::Week => ("WEEK(", ", 3)"),
        DatePart::WeekDay => ("DAYOFWEEK(", ")"),
        // Monday is 0.
        DatePart::IsoWeekDay => ("(WEEKDAY(", ") + 1)"),
        DatePart::Day => ("DAYOFMONTH(", ")"),
        DatePart::Hour => ("HOUR(", ")"),
        DatePart::Minute => ("MINUTE(", ")"),
        DatePart::Second => ("SECOND(", ")"),
    };
    write_call(w, before, of, after)
}

fn unit_name(unit: DateUnit) -> &'static str {
    match unit {
        DateUnit::Year => "YEAR",
        DateUnit::Quarter => "QUARTER",
        DateUnit::Month => "MONTH",
        DateUnit::Week => "WEEK",
        DateUnit::Day => "DAY",
        DateUnit::Hour => "HOUR",
        DateUnit::Minute => "MINUTE",
        DateUnit::Second => "SECOND",
    }
}

fn write_trunc(
    w: &mut SqlWriter,
    unit: DateUnit,
    kind: ValueKind,
    write_of: impl FnOnce(&mut SqlWriter) -> Result<()>,
) -> Result<()> {
    if kind == ValueKind::Time {
        let seconds = seconds_of(unit);
        w.push("CAST(SEC_TO_TIME(TIME_TO_SEC(");
        write_of(w)?;
        w.push(") DIV ");
        w.number(seconds);
        w.push(" * ");
        w.number(seconds);
        w.push(") AS TIME(6))");
        return Ok(());
    }
    // As many whole units from the beginning as there are.
    let unit = unit_name(unit);
    w.push("CAST(TIMESTAMPADD(");
    w.push(unit);
    w.push(", TIMESTAMPDIFF(");
    w.push(unit);
    w.push(", ");
    w.push(START);
    w.push(", ");
    write_of(w)?;
    w.push("), ");
    w.push(START);
    w.push(if kind == ValueKind::Date { ") AS DATE)" } else { ") AS DATETIME(6))" });
    Ok(())
}

fn seconds_of(unit: DateUnit) -> u64 {
    match unit {
        DateUnit::Second => 1,
        DateUnit::Minute => 60,
        DateUnit::Hour => 3_600,
        DateUnit::Year | DateUnit::Quarter | DateUnit::Month | DateUnit::Week | DateUnit::Day => 86_400,
    }
}

/// The instant so many microseconds after the beginning; beyond the calendar's end the sum has more than 64 bits, which
/// is an error, where TIMESTAMPADD alone would give NULL.
fn write_at_micros(w: &mut SqlWriter, write_micros: impl FnOnce(&mut SqlWriter) -> Result<()>) -> Result<()> {
    w.push("TIMESTAMPADD(MICROSECOND, ");
    write_micros(w)?;
    // 9223372036854775807 less the last microsecond of the year 9999; then the least number, for what is negative.
    w.push(
        " + 8907834139255175808 - 8907834139255175808 - 9223372036854775807 - 1 + 9223372036854775807 + 1, ",
    );
    w.push(START);
    w.push(")");
    Ok(())
}

fn write_micros_of(w: &mut SqlWriter, expr: &Expr) -> Result<()> {
    w.push("TIMESTAMPDIFF(MICROSECOND, ");
    w.push(START);
    w.push(", ");
    write_value(w, expr)?;
    w.push(")");
    Ok(())
}

fn write_in_zone(w: &mut SqlWriter, of: &Expr, zone: &Zone) -> Result<()> {
    if zone.fixed_offset() == Some(0) {
        return write_call(w, "CAST(", of, " AS DATETIME(6))");
    }
    write_at_micros(w, |w| {
        write_micros_of(w, of)?;
        w.push(" + ");
        write_offset(w, zone, Boundaries::Instants, |w| write_value(w, of))?;
        w.push(" * 1000000");
        Ok(())
    })
}

fn write_trunc_in(w: &mut SqlWriter, unit: DateUnit, of: &Expr, zone: &Zone) -> Result<()> {
    if zone.fixed_offset() == Some(0) {
        return write_trunc(w, unit, ValueKind::Timestamp, |w| write_value(w, of));
    }
    if unit.is_within_day() {
        // Less what clocks show beyond the full unit: so that of two hours of one name each begins by itself.
        write_at_micros(w, |w| {
            w.push("(TIMESTAMPDIFF(SECOND, ");
            w.push(START);
            w.push(", ");
            write_value(w, of)?;
            w.push(") - MOD(TO_SECONDS(");
            write_value(w, of)?;
            w.push(") + ");
            write_offset(w, zone, Boundaries::Instants, |w| write_value(w, of))?;
            w.push(", ");
            w.number(seconds_of(unit));
            w.push(")) * 1000000");
            Ok(())
        })
    } else {
        let write_wall =
            |w: &mut SqlWriter| write_trunc(w, unit, ValueKind::DateTime, |w| write_in_zone(w, of, zone));
        write_at_micros(w, |w| {
            w.push("TIMESTAMPDIFF(MICROSECOND, ");
            w.push(START);
            w.push(", ");
            write_wall(w)?;
            w.push(") - ");
            write_offset(w, zone, Boundaries::Beginnings, write_wall)?;
            w.push(" * 1000000");
            Ok(())
        })
    }
}

/// A length of time added to a time, or taken away.
pub(super) fn write_arithmetic(w: &mut SqlWriter, arithmetic: &Arithmetic, kind: ValueKind) -> Result<()> {
    let operator = match arithmetic.op {
        ArithmeticOp::Add => " + ",
        ArithmeticOp::Subtract => " - ",
        _ => return Err(Error::InvalidQuery("times can only be added to and subtracted from".into())),
    };
    let (left, right) = (&arithmetic.left, &arithmetic.right);
    match kind {
        ValueKind::Duration => {
            write_closed(w, left)?;
            w.push(operator);
            write_closed(w, right)
        }
        ValueKind::Time => {
            // Around the clock.
            w.push("CAST(TIMESTAMPADD(MICROSECOND, 0");
            w.push(operator);
            w.push("MOD(");
            write_value(w, right)?;
            w.push(", 86400000000), TIMESTAMP('2000-01-02', ");
            write_value(w, left)?;
            w.push(")) AS TIME(6))");
            Ok(())
        }
        ValueKind::Date => {
            // As chrono: whole days.
            w.push("CAST(");
            write_at_micros(w, |w| {
                write_micros_of(w, left)?;
                w.push(operator);
                write_closed(w, right)?;
                w.push(" DIV 86400000000 * 86400000000");
                Ok(())
            })?;
            w.push(" AS DATE)");
            Ok(())
        }
        _ => write_at_micros(w, |w| {
            write_micros_of(w, left)?;
            w.push(operator);
            write_closed(w, right)
        }),
    }
}
