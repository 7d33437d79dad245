//! The figures: a line for each run, and the table of `docs/performance.md`.

use std::fmt;
use std::time::Duration;

use super::generator::Measured;
use crate::args::LoadArgs;

/// One service under one load.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) clients: u32,
    pub(super) measured: Measured,
}

const HEAD: &str = "\
| service | clients | requests/s | p50 ms | p90 ms | p99 ms | longest ms | errors | memory MiB | CPU ms a request: service + PostgreSQL | cores busy: service + PostgreSQL + h2load |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|";

/// The table and what it was measured with, ready to be pasted.
pub(super) fn markdown(rows: &[Row], options: &LoadArgs, versions: &[String]) -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let rows: Vec<String> = rows.iter().map(Row::to_string).collect();
    format!(
        "{} s each, after {} s of warm-up; {cores} cores for all processes together; {}.\n\n{HEAD}\n{}",
        options.seconds,
        options.warm_up,
        versions.join(", "),
        rows.join("\n")
    )
}

impl Row {
    /// What makes the row worth nothing.
    pub(super) fn complaint(&self) -> Option<String> {
        let Measured { held, errors, latencies, .. } = &self.measured;
        let complaint = if *held < self.clients as usize {
            format!("only {held} were connected all the time")
        } else if *errors > 0 {
            format!("{errors} requests failed")
        } else if latencies.len() < self.clients as usize {
            format!("{} requests are not one for each client; measure longer by --seconds", latencies.len())
        } else {
            return None;
        };
        Some(format!("{} with {} clients: {complaint}", self.name, self.clients))
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Measured { time, latencies, errors, memory, cpu, .. } = &self.measured;
        let clients = thousands(u128::from(self.clients));
        let rate = thousands(latencies.len() as u128 * 1000 / time.as_millis().max(1));
        write!(f, "| {} | {clients} | {rate} |", self.name)?;
        for percent in [50, 90, 99, 100] {
            write!(f, " {} |", thousands(percentile(latencies, percent).as_millis()))?;
        }
        write!(f, " {errors} | {} |", memory / (1 << 20))?;
        let answered = u32::try_from(latencies.len()).unwrap_or(u32::MAX).max(1);
        let [service, database, _] = cpu.map(|cpu| (cpu / answered).as_secs_f64() * 1000.0);
        write!(f, " {service:.3} + {database:.3} |")?;
        let [service, database, generator] = cpu.map(|cpu| cpu.as_secs_f64() / time.as_secs_f64());
        write!(f, " {service:.2} + {database:.2} + {generator:.2} |")
    }
}

/// The value that so many of the sorted values do not exceed; 100 is the last.
fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or_default()
}

/// With a comma after each three digits.
fn thousands(number: u128) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> Row {
        let measured = Measured {
            time: Duration::from_secs(2),
            held: 2,
            latencies: (1..=2000).map(Duration::from_millis).collect(),
            errors: 0,
            memory: 30 << 20,
            cpu: [1000, 500, 100].map(Duration::from_millis),
        };
        Row { name: "it", clients: 2, measured }
    }

    #[test]
    fn a_row_has_a_cell_for_each_head() {
        let line = row().to_string();
        assert_eq!(
            line,
            "| it | 2 | 1,000 | 1,000 | 1,800 | 1,980 | 2,000 | 0 | 30 | 0.500 + 0.250 | 0.50 + 0.25 + 0.05 |"
        );
        for head in HEAD.lines() {
            assert_eq!(head.matches('|').count(), line.matches('|').count(), "{head}");
        }
    }

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let sorted = [1, 2, 3].map(Duration::from_millis);
        let found = [1, 34, 50, 99, 100].map(|percent| percentile(&sorted, percent).as_millis());
        assert_eq!(found, [1, 2, 2, 3, 3]);
        assert_eq!(percentile(&[], 50), Duration::ZERO);
    }

    #[test]
    fn a_row_that_is_worth_nothing_says_why() {
        assert_eq!(row().complaint(), None);
        let complaint = |change: fn(&mut Measured)| {
            let mut row = row();
            change(&mut row.measured);
            row.complaint().unwrap_or_default()
        };
        assert_eq!(complaint(|it| it.errors = 3), "it with 2 clients: 3 requests failed");
        assert_eq!(complaint(|it| it.held = 1), "it with 2 clients: only 1 were connected all the time");
        assert!(complaint(|it| it.latencies.truncate(1)).contains("1 requests are not one for each client"));
    }
}
