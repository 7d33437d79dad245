//! Measuring two contestants in many short rounds, so that both meet the same moods of the machine.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use tokio::runtime::Runtime;

use crate::arguments::{Arguments, Only};
use crate::contestant::Contestant;
use crate::workload::Workload;

/// How long a contestant's turn takes.
const TURN: Duration = Duration::from_millis(10);

/// The medians of one workload, in microseconds per operation.
pub struct Comparison {
    pub raw: Cost,
    pub orm: Cost,
    /// Median of the rounds' ratios, ORM to raw.
    pub cpu_ratio: f64,
    pub wall_ratio: f64,
}

/// What an operation costs, in microseconds.
#[derive(Clone, Copy, Default)]
pub struct Cost {
    pub cpu: f64,
    pub wall: f64,
}

/// Lets both contestants take turns.
pub fn compare<R: Contestant, O: Contestant>(
    runtime: &Runtime,
    workload: Workload,
    raw: &Arc<R>,
    orm: &Arc<O>,
    arguments: &Arguments,
) -> Comparison {
    let (raw_takes_part, orm_takes_part) =
        (arguments.only != Some(Only::Orm), arguments.only != Some(Only::Raw));
    let times = times_in_a_turn(runtime, workload, raw);
    let mut costs: Vec<(Cost, Cost)> = Vec::with_capacity(arguments.rounds);
    // The first round warms up.
    for round in 0..=arguments.rounds {
        let raw_turn = || if raw_takes_part { turn(runtime, workload, raw, times) } else { Cost::default() };
        let orm_turn = || if orm_takes_part { turn(runtime, workload, orm, times) } else { Cost::default() };
        let costs_of_round = if round % 2 == 0 {
            let raw = raw_turn();
            (raw, orm_turn())
        } else {
            let orm = orm_turn();
            (raw_turn(), orm)
        };
        if round > 0 {
            costs.push(costs_of_round);
        }
    }
    Comparison {
        raw: Cost { cpu: median(&costs, |(raw, _)| raw.cpu), wall: median(&costs, |(raw, _)| raw.wall) },
        orm: Cost { cpu: median(&costs, |(_, orm)| orm.cpu), wall: median(&costs, |(_, orm)| orm.wall) },
        cpu_ratio: median(&costs, |(raw, orm)| orm.cpu / raw.cpu),
        wall_ratio: median(&costs, |(raw, orm)| orm.wall / raw.wall),
    }
}

fn times_in_a_turn<C: Contestant>(runtime: &Runtime, workload: Workload, contestant: &Arc<C>) -> u32 {
    let mut times = 1;
    loop {
        let cost = turn(runtime, workload, contestant, times);
        let fit = TURN.as_secs_f64() * 1e6 / cost.wall.max(0.1);
        if times >= 16 || fit <= f64::from(times) {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a small positive number"
            )]
            return (fit.round() as u32).clamp(1, 100_000);
        }
        times *= 4;
    }
}

fn turn<C: Contestant>(runtime: &Runtime, workload: Workload, contestant: &Arc<C>, times: u32) -> Cost {
    let contestant = Arc::clone(contestant);
    // As a task, because that is where programs run their queries.
    let task = runtime.spawn(async move {
        let (cpu, wall) = (cpu_time(), Instant::now());
        workload.run(&*contestant, times).await;
        (cpu_time().saturating_sub(cpu), wall.elapsed())
    });
    let (cpu, wall) = runtime.block_on(task).expect("a contestant that does its work");
    let per_time = |total: Duration| total.as_secs_f64() * 1e6 / f64::from(times);
    Cost { cpu: per_time(cpu), wall: per_time(wall) }
}

/// What all threads of this process have run so far, in user mode and in the kernel.
pub fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.cast_unsigned(), u32::try_from(time.tv_nsec).unwrap_or_default())
}

fn median<T>(all: &[T], figure: impl Fn(&T) -> f64) -> f64 {
    let mut figures: Vec<f64> = all.iter().map(figure).collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
