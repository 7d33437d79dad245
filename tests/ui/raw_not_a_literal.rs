//! Text made at run time.

fn main() {
    let title = String::from("x");
    let _ = orm::raw!(format!("SELECT * FROM post WHERE title = '{title}'"));
    let _ = orm::raw!(title);
    let _ = orm::raw!("SELECT * FROM post WHERE title = {}", title);
    let _ = orm::sql!(bool, title);
    let _ = orm::sql!("length({title}) > 1");
}
