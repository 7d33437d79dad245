//! Dates and times on PostgreSQL.

use crate::ast::{Arithmetic, ArithmeticOp, DateFunction, DatePart, DateUnit, Expr, FunctionCall};
use crate::compile::case::write_value;
use crate::compile::expr::infix_of;
use crate::compile::function::datetime::{argument, kind_of, write_closed, zone_of};
use crate::compile::writer::SqlWriter;
use crate::error::{Error, Result};
use crate::value::{Value, ValueKind, Zone};

const MICROS: i64 = 1_000_000;

/// A function of dates and times. Each ends where it ends.
pub(super) fn write(w: &mut SqlWriter, function: DateFunction, call: &FunctionCall) -> Result<()> {
    match function {
        DateFunction::Extract(part) => write_part(w, part, argument(call, 0)?),
        DateFunction::Trunc(unit) => write_trunc(w, unit, argument(call, 0)?, call.result.kind),
        DateFunction::TruncIn(unit) => write_trunc_in(w, unit, argument(call, 0)?, &zone_of(call)?),
        DateFunction::InZone => {
            w.push("(");
            write_in_zone(w, argument(call, 0)?, &zone_of(call)?)?;
            w.push(")");
            Ok(())
        }
        DateFunction::Date => write_as(w, argument(call, 0)?, " AS date)"),
        DateFunction::Time => write_as(w, argument(call, 0)?, " AS time)"),
        DateFunction::Since => write_since(w, argument(call, 0)?, argument(call, 1)?),
        DateFunction::Now => {
            w.push("STATEMENT_TIMESTAMP()");
            Ok(())
        }
    }
}

/// A time without a zone; an instant is that of UTC, whatever the session's zone is.
fn write_local(w: &mut SqlWriter, expr: &Expr) -> Result<()> {
    if kind_of(expr) != ValueKind::Timestamp {
        return write_value(w, expr);
    }
    write_closed(w, expr)?;
    w.push(" AT TIME ZONE 'UTC'");
    Ok(())
}

fn write_as(w: &mut SqlWriter, expr: &Expr, after: &str) -> Result<()> {
    w.push("CAST(");
    write_local(w, expr)?;
    w.push(after);
    Ok(())
}

fn write_part(w: &mut SqlWriter, part: DatePart, of: &Expr) -> Result<()> {
    let (field, after) = match part {
        DatePart::Year => ("YEAR", ") AS integer)"),
        DatePart::IsoYear => ("ISOYEAR", ") AS integer)"),
        DatePart::Quarter => ("QUARTER", ") AS integer)"),
        DatePart::Month => ("MONTH", ") AS integer)"),
        DatePart::Week => ("WEEK", ") AS integer)"),
        // Sunday is 0.
        DatePart::WeekDay => ("DOW", ") + 1 AS integer)"),
        DatePart::IsoWeekDay => ("ISODOW", ") AS integer)"),
        DatePart::Day => ("DAY", ") AS integer)"),
        DatePart::Hour => ("HOUR", ") AS integer)"),
        DatePart::Minute => ("MINUTE", ") AS integer)"),
        // With its fraction, which the cast would round.
        DatePart::Second => ("SECOND", ")) AS integer)"),
    };
    w.push(if part == DatePart::Second { "CAST(FLOOR(EXTRACT(" } else { "CAST(EXTRACT(" });
    w.push(field);
    w.push(" FROM ");
    write_local(w, of)?;
    w.push(after);
    Ok(())
}

fn write_unit(w: &mut SqlWriter, unit: DateUnit) {
    w.push("DATE_TRUNC('");
    w.push(unit.name());
    w.push("', ");
}

fn write_trunc(w: &mut SqlWriter, unit: DateUnit, of: &Expr, kind: ValueKind) -> Result<()> {
    match kind {
        ValueKind::Date => {
            // A date alone would become an instant of the session's zone.
            w.push("CAST(");
            write_unit(w, unit);
            w.push("CAST(");
            write_value(w, of)?;
            w.push(" AS timestamp)) AS date)");
        }
        ValueKind::Time => {
            w.push("CAST(");
            write_unit(w, unit);
            write_value(w, of)?;
            w.push(") AS time)");
        }
        ValueKind::Timestamp => {
            w.push("(");
            write_unit(w, unit);
            write_local(w, of)?;
            w.push(") AT TIME ZONE 'UTC')");
        }
        _ => {
            write_unit(w, unit);
            write_value(w, of)?;
            w.push(")");
        }
    }
    Ok(())
}

fn write_zone(w: &mut SqlWriter, zone: &Zone) -> Result<()> {
    match zone.fixed_offset() {
        // By name an offset would have the opposite sign, which is POSIX's.
        Some(seconds) => w.value_alone(&Value::Duration(i64::from(seconds) * MICROS)),
        None => w.value_alone(&Value::Text(zone.name().to_owned())),
    }
}

fn write_in_zone(w: &mut SqlWriter, of: &Expr, zone: &Zone) -> Result<()> {
    write_closed(w, of)?;
    w.push(" AT TIME ZONE ");
    write_zone(w, zone)
}

fn write_trunc_in(w: &mut SqlWriter, unit: DateUnit, of: &Expr, zone: &Zone) -> Result<()> {
    let write_wall = |w: &mut SqlWriter| {
        write_unit(w, unit);
        write_in_zone(w, of, zone)?;
        w.push(")");
        Ok::<_, Error>(())
    };
    if zone.fixed_offset().is_some() {
        w.push("(");
        write_wall(w)?;
        w.push(" AT TIME ZONE ");
        write_zone(w, zone)?;
        w.push(")");
    } else if unit.is_within_day() {
        // With the zone as an argument it keeps the offset: of two hours of one name each begins by itself.
        write_unit(w, unit);
        write_value(w, of)?;
        w.push(", ");
        write_zone(w, zone)?;
        w.push(")");
    } else {
        // A midnight that comes twice would be the later one; just before it there was only the first.
        w.push("LEAST(");
        write_wall(w)?;
        w.push(" AT TIME ZONE ");
        write_zone(w, zone)?;
        w.push(", (");
        write_wall(w)?;
        w.push(" - INTERVAL '1 microsecond') AT TIME ZONE ");
        write_zone(w, zone)?;
        w.push(" + INTERVAL '1 microsecond')");
    }
    Ok(())
}

fn write_since(w: &mut SqlWriter, until: &Expr, since: &Expr) -> Result<()> {
    // The difference of two dates is a number of days.
    let date = kind_of(until) == ValueKind::Date;
    w.push("(");
    for (index, expr) in [until, since].into_iter().enumerate() {
        w.push(if index > 0 { " - " } else { "" });
        if date {
            w.push("CAST(");
            write_value(w, expr)?;
            w.push(" AS timestamp)");
        } else {
            write_closed(w, expr)?;
        }
    }
    w.push(")");
    Ok(())
}

/// A length of time added to a time, or taken away.
pub(super) fn write_arithmetic(w: &mut SqlWriter, arithmetic: &Arithmetic, kind: ValueKind) -> Result<()> {
    let operator = match arithmetic.op {
        op @ (ArithmeticOp::Add | ArithmeticOp::Subtract) => infix_of(op),
        _ => return Err(Error::InvalidQuery("times can only be added to and subtracted from".into())),
    };
    write_closed(w, &arithmetic.left)?;
    w.push(" ");
    w.push(operator);
    w.push(" ");
    if kind == ValueKind::Date {
        // As chrono: whole days.
        w.push("CAST(TRUNC(EXTRACT(EPOCH FROM ");
        write_value(w, &arithmetic.right)?;
        w.push(") / 86400) AS integer)");
        return Ok(());
    }
    write_closed(w, &arithmetic.right)
}
