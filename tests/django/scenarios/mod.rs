//! The scenarios as `orm` says them: each has a namesake in Python, in the file of the same name beside it.

mod aggregates;
mod arithmetic;
mod choice;
mod combined;
mod deletion;
mod documents;
mod groups;
mod logic;
mod lookups;
mod mathematics;
mod moments;
mod order;
mod pages;
mod paths;
mod raw;
mod shapes;
mod slices;
mod subqueries;
mod terminal;
mod text;
mod values;
mod windows;
mod writes;

use crate::Scenario;

/// Scenarios of a topic: `name(db) { what answers }`.
macro_rules! scenarios {
    ($topic:literal: $($name:ident($db:ident) $body:block)*) => {
        pub const ALL: &[crate::Scenario] = &[$(
            (concat!($topic, ".", stringify!($name)), |$db| {
                Box::pin(async move {
                    let answer = $body;
                    Ok($crate::answer::Answer::json(answer))
                })
            }),
        )*];
    };
}
use scenarios;

/// All of them.
pub fn all() -> impl Iterator<Item = &'static Scenario> {
    [
        aggregates::ALL,
        arithmetic::ALL,
        choice::ALL,
        combined::ALL,
        deletion::ALL,
        documents::ALL,
        groups::ALL,
        logic::ALL,
        lookups::ALL,
        mathematics::ALL,
        moments::ALL,
        order::ALL,
        pages::ALL,
        paths::ALL,
        raw::ALL,
        shapes::ALL,
        slices::ALL,
        subqueries::ALL,
        terminal::ALL,
        text::ALL,
        values::ALL,
        windows::ALL,
        writes::ALL,
    ]
    .into_iter()
    .flatten()
}
