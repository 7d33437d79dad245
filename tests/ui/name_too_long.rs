//! Names that a database would cut.

use orm::prelude::*;

#[derive(Model)]
#[model(table = "a_table_with_a_name_that_goes_on_and_on_until_no_database_would_keep_it_whole")]
struct Post {
    #[field(primary_key)]
    id: i64,
    #[field(column = "")]
    views: i64,
    #[field(column = "VIEWS\n")]
    likes: i64,
}

fn main() {
    let _ = Post::objects();
}
