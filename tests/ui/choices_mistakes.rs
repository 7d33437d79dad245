//! Choices that cannot be stored.

use orm::prelude::*;

#[derive(Choices, Clone, Debug)]
struct Size(i64);

#[derive(Choices, Clone, Debug)]
enum Shape {
    Circle(f64),
    Square { side: f64 },
}

#[derive(Choices, Clone, Debug)]
enum Empty {}

#[derive(Choices, Clone, Debug)]
#[choices(integer)]
enum Level {
    Low,
    #[choice(value = "high")]
    High,
    #[choice(value = 3_000_000_000)]
    Highest,
}

#[derive(Choices, Clone, Debug)]
enum State {
    #[choice(value = 1)]
    Open,
    #[choice(lable = "Closed")]
    Closed,
}

#[derive(Choices, Clone, Debug)]
enum Twice {
    #[choice(value = "b")]
    A,
    B,
}

#[derive(Choices)]
enum Plain {
    A,
}

fn main() {}
