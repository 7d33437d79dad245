//! Dates and times on SQLite: text, which the driver's functions read and write.

use crate::ast::{Arithmetic, ArithmeticOp, DateFunction, FunctionCall};
use crate::compile::case::write_value;
use crate::compile::function::datetime::{argument, kind_of, zone_of};
use crate::compile::writer::SqlWriter;
use crate::error::{Error, Result};
use crate::value::{Value, ValueKind};

/// A function of dates and times.
pub(super) fn write(w: &mut SqlWriter, function: DateFunction, call: &FunctionCall) -> Result<()> {
    let (name, word) = match function {
        DateFunction::Extract(part) => ("orm_date_part(", Some(part.name())),
        DateFunction::Trunc(unit) => (
            match call.result.kind {
                ValueKind::Date => "orm_date_trunc(",
                ValueKind::Time => "orm_time_trunc(",
                _ => "orm_at_trunc(",
            },
            Some(unit.name()),
        ),
        DateFunction::TruncIn(unit) => ("orm_at_trunc_in(", Some(unit.name())),
        DateFunction::InZone => ("orm_in_zone(", None),
        DateFunction::Date => ("orm_date(", None),
        DateFunction::Time => ("orm_time(", None),
        DateFunction::Since if kind_of(argument(call, 0)?) == ValueKind::Time => ("orm_time_since(", None),
        DateFunction::Since => ("orm_since(", None),
        DateFunction::Now => {
            // The same within a statement; the same text as the driver binds, but only milliseconds of it.
            w.push("REPLACE(STRFTIME('%Y-%m-%d %H:%M:%f000', 'now'), '.000000', '')");
            return Ok(());
        }
    };
    w.push(name);
    if let Some(word) = word {
        w.push("'");
        w.push(word);
        w.push("', ");
    }
    write_value(w, argument(call, 0)?)?;
    if function.has_zone() {
        w.push(", ");
        w.value_alone(&Value::Text(zone_of(call)?.name().to_owned()))?;
    } else if let Some(second) = call.args.get(1) {
        w.push(", ");
        write_value(w, second)?;
    }
    w.push(")");
    Ok(())
}

/// A length of time added to a time, or taken away.
pub(super) fn write_arithmetic(w: &mut SqlWriter, arithmetic: &Arithmetic, kind: ValueKind) -> Result<()> {
    let adds = match arithmetic.op {
        ArithmeticOp::Add => true,
        ArithmeticOp::Subtract => false,
        _ => return Err(Error::InvalidQuery("times can only be added to and subtracted from".into())),
    };
    w.push(match (kind, adds) {
        (ValueKind::Date, true) => "orm_date_add(",
        (ValueKind::Date, false) => "orm_date_sub(",
        (ValueKind::Time, true) => "orm_time_add(",
        (ValueKind::Time, false) => "orm_time_sub(",
        // Beyond 64 bits SQLite's own sum would be a floating point number.
        (ValueKind::Duration, true) => "orm_span_add(",
        (ValueKind::Duration, false) => "orm_span_sub(",
        (_, true) => "orm_at_add(",
        (_, false) => "orm_at_sub(",
    });
    write_value(w, &arithmetic.left)?;
    w.push(", ");
    write_value(w, &arithmetic.right)?;
    w.push(")");
    Ok(())
}
