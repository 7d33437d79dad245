//! Rules whose values are of other types than the field.

use orm::error::ValidationError;
use orm::prelude::*;

#[derive(FieldType, Debug, Clone)]
struct Points(i32);

fn is_even(number: &i32) -> Result<(), ValidationError> {
    if number % 2 == 0 { Ok(()) } else { Err(ValidationError::new("odd", "must be even")) }
}

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
    #[field(validate(range(min = "a")))]
    views: i32,
    #[field(validate(custom = is_even))]
    title: String,
}

#[derive(Model)]
struct Game {
    #[field(primary_key)]
    id: i64,
    #[field(validate(email))]
    points: Points,
    #[field(validate(step = Points(2)))]
    lives: Points,
    #[field(validate(step = 0.5))]
    rounds: i32,
}

fn main() {}
