//! A database that somebody else made (Chinook, a music shop): questions to it have the answers of plain SQL.
//!
//! SQLite and MySQL/MariaDB load Chinook's own scripts; to PostgreSQL orm copies the rows from SQLite.

mod copy;
mod models;
mod plain;
mod questions;
mod relations;
mod script;

use orm::backend::Executor;
use orm::prelude::*;

use crate::support::run;
use plain::Plain;

#[test]
fn answers_are_those_of_plain_sql() {
    let Some(folder) = script::folder() else { return };
    run(&[], async |db| {
        match db.dialect() {
            Dialect::Sqlite => {
                db.batch(&script::read(&folder, "sqlite.sql")).await.expect("the script loads");
            }
            Dialect::MySql | Dialect::MariaDb => {
                db.batch(&script::read(&folder, "mysql.sql")).await.expect("the script loads");
            }
            Dialect::Postgres => {
                if !copy::from_sqlite(&folder, db).await {
                    return;
                }
            }
        }
        let mut plain = Plain::connect(db).await;
        questions::ask_all(db, &mut plain).await;
        relations::ask_all(db, &mut plain).await;
    });
}
