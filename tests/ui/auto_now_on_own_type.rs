//! The time of saving in a type that cannot hold it.

use orm::prelude::*;

#[derive(FieldType, Clone, Debug)]
struct Version(i64);

#[derive(Model)]
struct Post {
    #[field(primary_key)]
    id: i64,
    #[field(auto_now)]
    version: Version,
}

fn main() {
    let _ = Post::objects();
}
