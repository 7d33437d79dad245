//! The scenarios of `tests/django/` as `orm` says them: one line of JSON for each answer.
//!
//! Run by `main.py`, which asks Django the same and compares; `cargo xtask django` runs that.

mod answer;
mod copy;
mod models;
mod scenarios;

use std::future::Future;
use std::pin::Pin;

use orm::serde_json::{Value, json};

use answer::{Db, outcome};

/// A scenario: its name, and what answers it.
type Scenario = (&'static str, for<'a> fn(&'a Db) -> Pin<Box<dyn Future<Output = orm::Result<Value>> + 'a>>);

#[tokio::main(flavor = "current_thread")]
async fn main() -> orm::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let (url, copy, only) = match arguments.as_slice() {
        [url] => (url, "", ""),
        [url, copy] => (url, copy.as_str(), ""),
        [url, copy, only] => (url, copy.as_str(), only.as_str()),
        _ => {
            eprintln!("skipped: the scenarios need Django beside them; `cargo xtask django` runs both");
            return Ok(());
        }
    };
    let mut db = orm::connect(url).await?;
    if !copy.is_empty() {
        db = copy::copy(&db, copy).await?;
    }
    for (name, scenario) in scenarios::all() {
        if name.contains(only) {
            println!("{}", json!({ "name": name, "outcome": outcome(scenario(&db).await) }));
        }
    }
    db.close().await;
    Ok(())
}
