//! Random graphs: what is loaded with rows, and what is asked about rows around them, is what memory gives.
//!
//! The models point at each other in circles, at themselves, by composite keys and through tables between.

mod ask;
mod condition;
mod data;
mod memory;
mod model;
mod plans;

use std::fmt::Debug;

use orm::prelude::*;
use proptest::strategy::{Strategy, ValueTree};

use super::property::runner;
use crate::support::{Db, run};
use data::Data;
use model::{Badge, Edge, Mark, Node, Spot};

/// The tables are filled anew after so many cases.
const CASES_A_FILL: u64 = 40;

#[test]
fn loaded_rows_are_those_of_row_by_row() {
    on_random_graphs(160, &plans::cases(), &async |db, data, case| plans::check(db, data, case).await);
}

#[test]
fn conditions_find_what_memory_finds() {
    on_random_graphs(240, &condition::conditions(), &async |db, data, case| {
        condition::check(db, data, case).await
    });
}

/// Checks random cases on random graphs, many on the same one.
fn on_random_graphs<S: Strategy<Value: Debug>>(
    default_cases: u64,
    cases: &S,
    check: &impl AsyncFn(&Db, &Data, &S::Value) -> Result<(), String>,
) {
    run(models![Node, Spot, Edge, Badge, Mark], async |db| {
        let seed = runner::seed();
        let started = std::time::Instant::now();
        let count = runner::cases(default_cases);
        let mut data = None;
        for number in 0..count {
            if number % CASES_A_FILL == 0 {
                let fill = runner::generate(&data::data(), seed, u64::MAX - number).current();
                fill.store(db).await.expect("the graph is stored");
                data = Some(fill);
            }
            let data = data.as_ref().expect("the first case fills the tables");
            let told = |reason| format!("{reason}\n\n{data:#?}");
            runner::check(runner::generate(cases, seed, number), seed, async |case| {
                check(db, data, case).await.map_err(told)
            })
            .await;
        }
        eprintln!("{}: {count} cases, seed {seed}, {:?}", db.dialect().name(), started.elapsed());
    });
}
