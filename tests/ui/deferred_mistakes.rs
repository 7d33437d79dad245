//! What cannot be deferred.

use orm::prelude::*;

#[derive(Model)]
struct User {
    #[field(primary_key)]
    id: Deferred<i64>,
    boss: Deferred<Option<ForeignKey<User>>>,
    #[field(max_length = 3)]
    age: Deferred<i32>,
    email: Option<Deferred<String>>,
    place: Deferred<Point>,
}

struct Point;

fn main() {}
