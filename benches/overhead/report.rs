//! The output: a table for people, lines of JSON for programs.

use crate::arguments::Target;
use crate::measure::Comparison;
use crate::workload::Workload;

/// Prints what stands above a database's rows.
pub fn head(db: Target, json: bool) {
    if !json {
        let title = format!("{} (µs per operation)", db.key());
        println!(
            "\n{title:32} {:>10} {:>10} {:>7}   {:>10} {:>10} {:>7}",
            "raw cpu", "orm cpu", "ratio", "raw wall", "orm wall", "ratio"
        );
    }
}

/// Prints a workload's figures.
pub fn row(db: Target, workload: Workload, comparison: &Comparison, json: bool) {
    let Comparison { raw, orm } = comparison;
    let (cpu_ratio, wall_ratio) = (orm.cpu / raw.cpu, orm.wall / raw.wall);
    if json {
        let line = serde_json::json!({
            "bench": crate::BENCH,
            "db": db.key(),
            "workload": workload.name(),
            "raw_cpu_us": rounded(raw.cpu, 100.0),
            "orm_cpu_us": rounded(orm.cpu, 100.0),
            "raw_wall_us": rounded(raw.wall, 100.0),
            "orm_wall_us": rounded(orm.wall, 100.0),
            "cpu_ratio": rounded(cpu_ratio, 1000.0),
            "wall_ratio": rounded(wall_ratio, 1000.0),
        });
        println!("{line}");
    } else {
        println!(
            "{:32} {:>10.2} {:>10.2} {cpu_ratio:>7.3}   {:>10.2} {:>10.2} {wall_ratio:>7.3}",
            workload.name(),
            raw.cpu,
            orm.cpu,
            raw.wall,
            orm.wall
        );
    }
}

fn rounded(figure: f64, parts: f64) -> f64 {
    (figure * parts).round() / parts
}
