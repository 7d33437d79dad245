//! What `#[orm::test]` asks of arguments, models and results. Tests themselves are compiled only by `cargo test`.

use orm::testing::{Argument, Outcome, entries};

fn takes<A: Argument>() {}
fn returns<O: Outcome>() {}

fn main() {
    takes::<String>();
    returns::<i32>();
    entries(&3);
}
