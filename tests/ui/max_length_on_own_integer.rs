//! A length on a type of one'"s

use orm::prelude::*;

own

fn main() {
    let _ = Post::objects();
}
