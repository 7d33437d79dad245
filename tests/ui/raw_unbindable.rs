//! A value that no database knows.

struct Secret;

fn main() {
    let (secret, secrets, titles) = (Secret, [Secret], vec!["a"]);
    let _ = orm::raw!("SELECT {secret}");
    let _ = orm::raw!("SELECT 1 WHERE 1 IN ({secrets...})");
    let _ = orm::raw!("SELECT 1 WHERE 'a' IN ({titles})");
}
