//! Related rows: how relations are declared, loaded with other rows, and asked about.

mod blog;
mod conditions;
mod declaring;
mod failures;
mod joined;
mod joined_terminals;
mod large;
mod other_crate;
mod prefetched;
mod prefetched_each;
mod together;
mod values;
