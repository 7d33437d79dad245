//! Random queries on random rows give what an evaluator in memory gives, on every database.
//!
//! The seed stands on stderr. `ORM_PROPERTY_SEED` repeats a run, `ORM_PROPERTY_CASES` sets its length.

#[macro_use]
mod column;
mod build;
mod change;
mod condition;
mod groups;
pub mod logic;
mod model;
mod query;
pub mod runner;
mod strategy;
mod subqueries;
mod text;

use std::fmt::Debug;

use orm::prelude::*;
use proptest::strategy::{Strategy, ValueTree};

use crate::support::{Db, run};
use change::Change;
use condition::Condition;
use model::{Data, Item, Shelf, Tag};
use query::Query;

/// The tables are filled anew after so many cases.
const CASES_A_FILL: u64 = 75;

#[test]
fn queries_give_what_memory_gives() {
    on_random_rows(225, &strategy::query(), &check_query);
}

async fn check_query(db: &Db, data: &Data, query: &Query) -> Result<(), String> {
    let rows = data.rows();
    let expected = query.keys(&rows);
    let item =
        |key: Option<&i64>| key.and_then(|key| data.items.iter().find(|item| item.id == *key).cloned());
    let queryset = query.queryset();
    let sql = queryset.clone().sql(db.dialect()).map_err(|error| format!("does not compile: {error}"))?;
    let failed = |what: &str, error: orm::Error| format!("{what} fails: {error:?}\n{sql}");
    // From the third time on the text may be one that is kept.
    for _ in 0..3 {
        let all = queryset.clone().all(db).await.map_err(|error| failed("all", error))?;
        same("all", &keys(&all), &expected, &sql)?;
        for found in &all {
            same("a row", &Some(found), &item(Some(&found.id)).as_ref(), &sql)?;
        }
    }
    check_text(&queryset, &sql, db.dialect())?;
    let count = queryset.clone().count(db).await.map_err(|error| failed("count", error))?;
    same("count", &count, &u64::try_from(expected.len()).expect("few"), &sql)?;
    let exists = queryset.clone().exists(db).await.map_err(|error| failed("exists", error))?;
    same("exists", &exists, &!expected.is_empty(), &sql)?;
    let first = queryset.clone().first(db).await.map_err(|error| failed("first", error))?;
    same("first", &first, &item(expected.first()), &sql)?;
    match (queryset.clone().last(db).await, query.is_sliced()) {
        (Ok(last), false) => same("last", &last, &item(expected.last()), &sql)?,
        (Err(orm::Error::InvalidQuery(_)), true) => {}
        (Ok(last), true) => return Err(format!("a slice has no last row, but there is {last:?}")),
        (Err(error), _) => return Err(failed("last", error)),
    }
    let mut streamed = Vec::new();
    let mut stream = queryset.stream(db);
    while let Some(item) = stream.try_next().await.map_err(|error| failed("stream", error))? {
        streamed.push(item);
    }
    same("stream", &keys(&streamed), &expected, &sql)
}

/// The text is the same on a thread that has none yet.
fn check_text(queryset: &QuerySet<Item>, sql: &str, dialect: Dialect) -> Result<(), String> {
    let (kept, queryset) = (queryset.clone().sql(dialect), queryset.clone());
    let compiled = std::thread::spawn(move || queryset.sql(dialect)).join().expect("no panic");
    same("the text that is compiled", &compiled.as_deref().ok(), &Some(sql), sql)?;
    same("the text that is kept", &kept.as_deref().ok(), &Some(sql), sql)
}

fn same<T: PartialEq + Debug>(what: &str, found: &T, expected: &T, sql: &str) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{what}: {found:?}, not {expected:?}\n{sql}")) }
}

#[test]
fn a_condition_parts_the_rows_in_three() {
    on_random_rows(150, &strategy::condition(), &check_partition);
}

/// True, false and neither: together all rows, and no row twice.
async fn check_partition(db: &Db, data: &Data, condition: &Condition) -> Result<(), String> {
    let objects = || Item::objects().order_by(|p| p.id);
    let found = async |what: &str, queryset: QuerySet<Item>| match queryset.all(db).await {
        Ok(items) => Ok(keys(&items)),
        Err(error) => Err(format!("{what} fails: {error:?}")),
    };
    let yes = found("filter(p)", objects().filter(|p| condition.predicate(p))).await?;
    let no = found("filter(!p)", objects().filter(|p| !condition.predicate(p))).await?;
    let not_yes = found("exclude(p)", objects().exclude(|p| condition.predicate(p))).await?;
    let not_no = found("exclude(!p)", objects().exclude(|p| !condition.predicate(p))).await?;
    let neither: Vec<i64> = not_yes.iter().filter(|key| not_no.contains(key)).copied().collect();

    let merged = |parts: &[&Vec<i64>]| {
        let mut all: Vec<i64> = parts.iter().flat_map(|part| part.iter().copied()).collect();
        all.sort_unstable();
        all
    };
    let all: Vec<i64> = data.items.iter().map(|item| item.id).collect();
    let in_memory = |truth| -> Vec<i64> {
        data.rows().iter().filter(|row| condition.truth(row) == truth).map(|row| row.item.id).collect()
    };
    for (what, found, expected) in [
        ("filter(p) + filter(!p) + neither", merged(&[&yes, &no, &neither]), all.clone()),
        ("filter(p) + exclude(p)", merged(&[&yes, &not_yes]), all.clone()),
        ("filter(!p) + exclude(!p)", merged(&[&no, &not_no]), all),
        ("neither", neither, in_memory(None)),
        ("filter(p)", yes, in_memory(Some(true))),
        ("filter(!p)", no, in_memory(Some(false))),
    ] {
        if found != expected {
            let sql = Item::objects().filter(|p| condition.predicate(p)).sql(db.dialect());
            return Err(format!("{what}: {found:?}, not {expected:?}\n{sql:?}"));
        }
    }
    Ok(())
}

#[test]
fn changes_change_what_memory_changes() {
    on_random_rows(75, &change::change(), &check_change);
}

async fn check_change(db: &Db, data: &Data, change: &Change) -> Result<(), String> {
    // From the third time on the text may be one that is kept.
    for _ in 0..3 {
        check_changed(db, data, change).await?;
    }
    Ok(())
}

async fn check_changed(db: &Db, data: &Data, change: &Change) -> Result<(), String> {
    let found = change.run(db).await;
    let left =
        Item::objects().order_by(|p| p.id).all(db).await.map_err(|error| format!("all fails: {error:?}"))?;
    let (expected, expected_items) = change.in_memory(data);
    let result = match found {
        Err(error) => Err(format!("the change fails: {error:?}")),
        Ok(found) if found != expected => Err(format!("{found} rows changed, not {expected}")),
        Ok(_) if left != expected_items => {
            let different: Vec<_> = left.iter().filter(|item| !expected_items.contains(item)).collect();
            Err(format!(
                "these are wrong: {different:#?}; of {} rows, not {}",
                left.len(),
                expected_items.len()
            ))
        }
        Ok(_) => Ok(()),
    };
    // The rows as they were, for the next case.
    change::restore(db).await;
    result
}

#[test]
fn groups_have_the_figures_that_memory_computes() {
    on_random_rows(150, &groups::groups(), &groups::check_groups);
}

#[test]
fn subqueries_find_what_memory_finds() {
    on_random_rows(150, &subqueries::nested(), &subqueries::check_nested);
}

#[test]
fn combined_queries_give_what_sets_give() {
    on_random_rows(100, &subqueries::sets(), &subqueries::check_sets);
}

fn keys(items: &[Item]) -> Vec<i64> {
    items.iter().map(|item| item.id).collect()
}

/// Checks random cases on random rows, many on the same ones.
fn on_random_rows<S: Strategy<Value: Debug>>(
    default_cases: u64,
    cases: &S,
    check: &impl AsyncFn(&Db, &Data, &S::Value) -> Result<(), String>,
) {
    run(models![Tag, Shelf, Item], async |db| {
        let seed = runner::seed();
        let started = std::time::Instant::now();
        let count = runner::cases(default_cases);
        let mut data = None;
        for number in 0..count {
            if number % CASES_A_FILL == 0 {
                let fill = runner::generate(&strategy::data(), seed, u64::MAX - number).current();
                fill.store(db).await;
                change::keep(db).await;
                data = Some(fill);
            }
            let data = data.as_ref().expect("the first case fills the tables");
            runner::check(runner::generate(cases, seed, number), seed, async |case| {
                check(db, data, case).await
            })
            .await;
        }
        eprintln!("{}: {count} cases, seed {seed}, {:?}", db.dialect().name(), started.elapsed());
    });
}
