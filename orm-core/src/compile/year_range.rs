//! Conditions on a year as a range of the field itself, so that its index is used.

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Weekday};

use super::dialect::Spelling;
use crate::ast::{Between, CompareOp, Comparison, DateFunction, DatePart, Expr, Function, InList, Node};
use crate::value::{Value, ValueKind, Zone};

/// Of more years a list stays a list.
const MOST_YEARS: usize = 100;

/// The year of something that can be compared as a whole.
struct Year<'e> {
    part: DatePart,
    of: &'e Expr,
    kind: ValueKind,
    zone: Option<Zone>,
    spelling: &'static dyn Spelling,
}

/// A comparison of a year with a number.
pub(super) fn comparison(comparison: &Comparison, spelling: &'static dyn Spelling) -> Option<Expr> {
    let year = Year::of(&comparison.left, spelling)?;
    let number = number(&comparison.right)?;
    let compare = |op, bound| {
        Some(Expr::Comparison(Box::new(Comparison { op, left: year.of.clone(), right: Expr::Value(bound) })))
    };
    match comparison.op {
        CompareOp::Eq => year.within(number, number),
        CompareOp::Ne => year.within(number, number).map(|within| Expr::Not(Box::new(within))),
        CompareOp::Lt => compare(CompareOp::Lt, year.first(number)?),
        CompareOp::Ge => compare(CompareOp::Ge, year.first(number)?),
        CompareOp::Gt => compare(CompareOp::Gt, year.last(number)?),
        CompareOp::Le => compare(CompareOp::Le, year.last(number)?),
    }
}

/// A range of years.
pub(super) fn between(between: &Between, spelling: &'static dyn Spelling) -> Option<Between> {
    let year = Year::of(&between.expr, spelling)?;
    year.range(number(&between.low)?, number(&between.high)?)
}

/// A list of years: a range for each run of them.
pub(super) fn in_list(list: &InList, spelling: &'static dyn Spelling) -> Option<Expr> {
    let year = Year::of(&list.expr, spelling)?;
    if list.values.is_empty() || list.values.len() > MOST_YEARS {
        return None;
    }
    let mut numbers = Vec::with_capacity(list.values.len());
    for value in &list.values {
        let Value::I32(number) = value else { return None };
        numbers.push(*number);
    }
    numbers.sort_unstable();
    numbers.dedup();
    let mut ranges: Option<Node> = None;
    for run in numbers.chunk_by(|left, right| left.checked_add(1) == Some(*right)) {
        let range = Node::leaf(year.within(*run.first()?, *run.last()?)?);
        ranges = Some(match ranges {
            Some(ranges) => ranges.or(range),
            None => range,
        });
    }
    ranges.map(|ranges| ranges.expr)
}

fn number(expr: &Expr) -> Option<i32> {
    match expr {
        Expr::Value(Value::I32(number)) => Some(*number),
        _ => None,
    }
}

impl<'e> Year<'e> {
    fn of(expr: &'e Expr, spelling: &'static dyn Spelling) -> Option<Self> {
        let Expr::Function(call) = expr else { return None };
        let Function::Date(DateFunction::Extract(part @ (DatePart::Year | DatePart::IsoYear))) =
            call.function
        else {
            return None;
        };
        let [of] = call.args.as_slice() else { return None };
        if let Expr::Function(inner) = of
            && inner.function == Function::Date(DateFunction::InZone)
            && let [of, Expr::Value(Value::Text(zone))] = inner.args.as_slice()
        {
            let zone = Some(Zone::named(zone).ok()?);
            return Some(Year { part, of, kind: ValueKind::Timestamp, zone, spelling });
        }
        let kind = of.kind()?;
        matches!(kind, ValueKind::Date | ValueKind::DateTime | ValueKind::Timestamp).then_some(Year {
            part,
            of,
            kind,
            zone: None,
            spelling,
        })
    }

    fn within(&self, low: i32, high: i32) -> Option<Expr> {
        self.range(low, high).map(|range| Expr::Between(Box::new(range)))
    }

    fn range(&self, low: i32, high: i32) -> Option<Between> {
        let (low, high) = (Expr::Value(self.first(low)?), Expr::Value(self.last(high)?));
        Some(Between { expr: self.of.clone(), low, high })
    }

    /// The first moment of a year, if the database can hold it.
    fn first(&self, year: i32) -> Option<Value> {
        let day = self.first_day(year)?;
        self.bindable(match self.kind {
            ValueKind::Date => Value::Date(day),
            _ => self.moment(day.and_time(NaiveTime::MIN), TimeDelta::zero())?,
        })
    }

    /// The last moment of a year, if the database can hold it.
    fn last(&self, year: i32) -> Option<Value> {
        let next = self.first_day(year.checked_add(1)?)?;
        self.bindable(match self.kind {
            ValueKind::Date => Value::Date(next.checked_sub_days(Days::new(1))?),
            _ => self.moment(next.and_time(NaiveTime::MIN), TimeDelta::microseconds(1))?,
        })
    }

    fn first_day(&self, year: i32) -> Option<NaiveDate> {
        // chrono calculates with the year before it looks at it.
        if !(NaiveDate::MIN.year()..=NaiveDate::MAX.year()).contains(&year) {
            return None;
        }
        match self.part {
            DatePart::IsoYear => NaiveDate::from_isoywd_opt(year, 1, Weekday::Mon),
            _ => NaiveDate::from_ymd_opt(year, 1, 1),
        }
    }

    /// A little before midnight. Where clocks change just then, a year is no range of instants.
    fn moment(&self, midnight: NaiveDateTime, before: TimeDelta) -> Option<Value> {
        match (&self.zone, self.kind) {
            (Some(zone), _) => zone.only_instant(midnight)?.checked_sub_signed(before).map(Value::Timestamp),
            (None, ValueKind::Timestamp) => {
                midnight.checked_sub_signed(before).map(|at| Value::Timestamp(at.and_utc()))
            }
            (None, _) => midnight.checked_sub_signed(before).map(Value::DateTime),
        }
    }

    fn bindable(&self, value: Value) -> Option<Value> {
        self.spelling.check_value((&value).into()).is_ok().then_some(value)
    }
}
