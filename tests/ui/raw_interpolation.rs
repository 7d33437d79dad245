//! What cannot stand between braces.

fn main() {
    let table = "post";
    let _ = orm::raw!("SELECT * FROM {table:ident}");
    let _ = orm::raw!("SELECT * FROM post WHERE title = {table:?}");
    let _ = orm::raw!("SELECT * FROM post WHERE title = {}");
    let _ = orm::raw!("SELECT * FROM post WHERE id = {0}");
    let _ = orm::raw!("SELECT * FROM post WHERE id = {table");
    let _ = orm::raw!("SELECT '}' FROM post");
    let _ = orm::raw!("SELECT * FROM post WHERE title = {titel}");
    let _ = orm::raw!("  ");
}
