//! Measuring two contestants in many short rounds, so that both meet the same moods of the machine.
//!
//! A request and its answer cost a few microseconds or several times that, depending on which CPUs the scheduler has put
//! client and server on; and there they stay. So connections are opened anew every few rounds, which deals the places
//! again, and what counts is a round that only every twelfth betters: the cost of the work in a good place, undisturbed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use tokio::runtime::Runtime;

use crate::arguments::{Arguments, Only};
use crate::contestant::Contestant;
use crate::workload::Workload;

/// How long a contestant's turn takes.
const TURN: Duration = Duration::from_millis(8);
/// Rounds with the same connections.
const ROUNDS_IN_PLACE: usize = 4;

/// What a workload costs both.
pub struct Comparison {
    pub raw: Cost,
    pub orm: Cost,
}

/// What an operation costs, in microseconds.
#[derive(Clone, Copy, Default)]
pub struct Cost {
    pub cpu: f64,
    pub wall: f64,
}

/// Lets both contestants take turns; `open` gives them with new connections.
pub fn compare<R: Contestant, O: Contestant, E>(
    runtime: &Runtime,
    workload: Workload,
    arguments: &Arguments,
    open: impl Fn() -> Result<(Arc<R>, Arc<O>), E>,
) -> Result<Comparison, E> {
    let mut times = arguments.times;
    let (mut raw_costs, mut orm_costs) = (Vec::new(), Vec::new());
    for _ in 0..arguments.rounds.div_ceil(ROUNDS_IN_PLACE) {
        let (raw, orm) = open()?;
        let times = *times.get_or_insert_with(|| times_in_a_turn(runtime, workload, &raw));
        // The first round warms up.
        for round in 0..=ROUNDS_IN_PLACE {
            let mut raw_turn = || {
                let cost = turn(runtime, workload, &raw, times);
                raw_costs.extend((round > 0).then_some(cost));
            };
            let mut orm_turn = || {
                let cost = turn(runtime, workload, &orm, times);
                orm_costs.extend((round > 0).then_some(cost));
            };
            match arguments.only {
                Some(Only::Raw) => raw_turn(),
                Some(Only::Orm) => orm_turn(),
                None if round % 2 == 0 => {
                    raw_turn();
                    orm_turn();
                }
                None => {
                    orm_turn();
                    raw_turn();
                }
            }
        }
    }
    Ok(Comparison { raw: undisturbed(&raw_costs), orm: undisturbed(&orm_costs) })
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

fn undisturbed(costs: &[Cost]) -> Cost {
    let undisturbed = |figure: fn(&Cost) -> f64| {
        let mut figures: Vec<f64> = costs.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures.get(figures.len() / 12).copied().unwrap_or(f64::NAN)
    };
    Cost { cpu: undisturbed(|cost| cost.cpu), wall: undisturbed(|cost| cost.wall) }
}
