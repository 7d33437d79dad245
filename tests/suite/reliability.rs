//! The campaign against failures that libraries of this kind really had: one test for each scenario, by the numbers of
//! `docs/reliability.md`. Scenarios that the behaviour of transactions is made of stand beside it (`transactions_….rs`).

mod cancelled;
mod killed;
mod killed_writer;
mod left_behind;
mod lost;
mod processes;
mod server;
mod unread;
