//! Factories that do not say enough.

use orm::prelude::*;
use orm::testing::Related;

#[derive(Model)]
pub struct User {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 10)]
    pub name: String,
    pub age: i32,
}

#[derive(orm::Factory)]
struct WithoutModel {
    #[factory(default = "eve")]
    name: String,
}

#[derive(orm::Factory)]
#[factory(User)]
struct UnknownOption {
    #[factory(sequense = |n| format!("user{n}"))]
    name: Option<String>,
    age: i32,
    #[factory(made)]
    id: Option<i64>,
}

#[derive(orm::Factory)]
#[factory(User)]
struct FieldMissing {
    #[factory(default = "eve")]
    name: String,
}

#[derive(orm::Factory)]
#[factory(User)]
struct OtherType {
    #[factory(default = "eve")]
    name: String,
    #[factory(default = "old")]
    age: i32,
    id: Related<FieldMissing>,
}

fn main() {}
