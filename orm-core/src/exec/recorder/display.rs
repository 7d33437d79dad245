//! A recording as people read it.

use std::fmt;
use std::time::Duration;

use super::advice::{name, places, times};
use super::{CallSite, RecordedStatement, Recording, Repetition, StatementKind};

/// A line for each statement, with those that repeat the one before it put together; then what repeats.
impl fmt::Display for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.len() {
            0 => f.write_str("no queries")?,
            1 => f.write_str("1 query")?,
            several => write!(f, "{several} queries")?,
        }
        if !self.statements.is_empty() {
            write!(f, " in {}\n\n", time(self.duration()))?;
        }
        self.write_body(f)
    }
}

impl Recording {
    pub(super) fn write_body(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut number = 0;
        for (at, run) in self.statements.chunk_by(is_repeated).enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            write_run(f, run, &mut number)?;
        }
        let repeated = self.repeated();
        if !repeated.is_empty() {
            f.write_str("\n\nRepeated:")?;
        }
        for repetition in repeated {
            match &repetition.advice {
                Some(advice) => write!(f, "\n  {advice}")?,
                None => write!(f, "\n  {}", without_advice(&repetition))?,
            }
        }
        Ok(())
    }
}

/// Whether nothing about the second statement need be said that is said of the first.
fn is_repeated(one: &RecordedStatement, two: &RecordedStatement) -> bool {
    let same_place = one.operation.location == two.operation.location
        && one.operation.name == two.operation.name
        && one.operation.relation.map(name) == two.operation.relation.map(name);
    let both_well = [one, two].iter().all(|statement| statement.finished && statement.failure.is_none());
    same_place && both_well && one.sql == two.sql && one.dialect == two.dialect
}

fn write_run(f: &mut fmt::Formatter<'_>, run: &[RecordedStatement], number: &mut usize) -> fmt::Result {
    let [first, ..] = run else { return Ok(()) };
    if first.is_query() {
        let from = *number + 1;
        *number += run.len();
        match run.len() {
            1 => write!(f, "{from:>3}. ")?,
            _ => write!(f, "{from:>3}.–{number}. ")?,
        }
    } else {
        f.write_str("  -  ")?;
    }
    let is_control = first.kind == StatementKind::Transaction;
    if is_control {
        f.write_str(&first.sql)?;
    } else {
        write!(f, "{}", first.operation)?;
    }
    if let Some(relation) = first.operation.relation {
        write!(f, " along {}", name(relation))?;
    }
    let counted: Vec<u64> = run.iter().filter_map(|statement| statement.rows).collect();
    match counted.iter().sum::<u64>() {
        _ if counted.is_empty() => {}
        1 => f.write_str(", 1 row")?,
        rows => write!(f, ", {rows} rows")?,
    }
    write!(f, " in {}", time(run.iter().map(|statement| statement.duration).sum()))?;
    if let Some(location) = first.operation.location {
        write!(f, ", at {location}")?;
    }
    match first.failure {
        Some(failure) => write!(f, ", failed: {failure}")?,
        None if !first.finished => f.write_str(", not finished")?,
        None => {}
    }
    for line in first.sql.lines().filter(|_| !is_control) {
        write!(f, "\n     {line}")?;
    }
    Ok(())
}

fn without_advice(repetition: &Repetition) -> String {
    let Repetition { first, count, sites, .. } = repetition;
    let unknown = sites.iter().all(|CallSite { location, .. }| location.is_none());
    let places = if unknown { String::new() } else { format!(", {}", places(sites)) };
    format!("`{}` ran {} with the same text{places}", first.operation, times(*count))
}

/// To a tenth of the unit that fits.
fn time(duration: Duration) -> String {
    let micros = duration.as_secs_f64() * 1e6;
    match micros {
        ..999.95 => format!("{micros:.1} µs"),
        ..999_950.0 => format!("{:.1} ms", micros / 1e3),
        _ => format!("{:.1} s", micros / 1e6),
    }
}
