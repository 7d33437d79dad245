//! Rules that do not exist, or do not fit their field.

use orm::prelude::*;

#[derive(FieldType, Debug, Clone)]
struct Points(i32);

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
    #[field(validate(emial))]
    email: String,
    #[field(validate(length(min = 5, max = 3), regex = "("))]
    title: String,
    #[field(validate(email, range(min = 0)))]
    views: i32,
    #[field(validate(range(min = 0)))]
    name: String,
    #[field(validate(min_length = 3))]
    text: String,
    #[field(validate)]
    none: String,
    #[field(email)]
    other: String,
    #[field(validate(step))]
    stepless: i32,
    #[field(validate(step = 0, step(by = -0.5)))]
    nowhere: f64,
    #[field(validate(step(of = 5), multiple_of = 5))]
    unknown: i32,
    #[field(validate(step = 5, file_extension = "pdf"))]
    sheet: String,
    #[field(validate(file_extension, file_extension = [], extension = ["pdf"]))]
    paper: String,
    #[field(validate(file_extension = [".pdf"]))]
    dotted: String,
    #[field(validate(file_extension = ["pdf"]))]
    number: i32,
    #[field(validate(step = 5))]
    steps: String,
}

fn main() {}
