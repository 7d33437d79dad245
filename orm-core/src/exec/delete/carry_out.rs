//! Changes and deletes the rows that were found: those that point at others before these.

use super::collect::{BATCH, Plan, with_values};
use super::deleted::Deleted;
use super::graph::groups;
use super::layers::{Edge, Place, edges, layers};
use super::new_key::{new_key, without_key};
use super::rows::Rows;
use crate::ast::{Assignment, Delete, Update};
use crate::backend::Executor;
use crate::compile::{Operation, compile_delete, compile_update};
use crate::error::Result;
use crate::exec::run::execute;
use crate::queryset::Query;
use crate::schema::OnDelete;
use crate::value::Value;

/// Does what the plan says.
pub(super) async fn carry_out<X: Executor>(tx: &X, plan: Plan, operation: Operation) -> Result<Deleted> {
    let mut deleted = Deleted::default();
    for rows in &plan.models {
        deleted.add(rows.model, 0);
    }
    for leaves in &plan.leaves {
        for query in leaves.queries() {
            deleted.add(query.model, delete(tx, query, operation).await?);
        }
    }
    let models: Vec<_> = plan.models.iter().map(|rows| rows.model).collect();
    for group in groups(&models) {
        // After whatever points at these rows and is deleted itself, which so is not changed first.
        for pointing in &plan.updates {
            let target = (pointing.relation.to)();
            if !group.iter().any(|at| models.get(*at).is_some_and(|model| *model == target)) {
                continue;
            }
            let assignments = new_key(pointing.relation)?;
            for query in pointing.queries() {
                update(tx, query, assignments.clone(), operation).await?;
            }
        }
        delete_group(tx, &plan, &group, &mut deleted, operation).await?;
    }
    Ok(deleted)
}

/// Deletes the rows of models that point at each other.
async fn delete_group<X: Executor>(
    tx: &X,
    plan: &Plan,
    group: &[usize],
    deleted: &mut Deleted,
    operation: Operation,
) -> Result<()> {
    let places = group
        .iter()
        .flat_map(|&model| {
            let rows = plan.models.get(model).map_or(0, |rows| rows.found.len());
            (0..rows).map(move |row| (model, row))
        })
        .collect();
    let mut edges = edges(&plan.models, group);
    let mut ordered = layers(&plan.models, places, &edges);
    for layer in ordered.layers {
        delete_places(tx, plan, &layer, deleted, Count::Affected, operation).await?;
    }
    if ordered.circle.is_empty() {
        return Ok(());
    }
    // Circles are opened where a key can be NULL; where deleting goes around the circle with the row, they need not be.
    let (opened, left): (Vec<Edge>, Vec<Edge>) = edges.into_iter().partition(can_be_opened);
    for edge in &opened {
        let assignments = without_key(edge.relation);
        for query in queries(plan, edge.from, &ordered.circle) {
            update(tx, query, assignments.clone(), operation).await?;
        }
    }
    edges = left;
    ordered = layers(&plan.models, ordered.circle, &edges);
    for layer in ordered.layers {
        delete_places(tx, plan, &layer, deleted, Count::Affected, operation).await?;
    }
    // What is left goes with the first of its rows, so that the database does not count it.
    let mut circle = ordered.circle;
    let held = |model: usize| {
        edges.iter().any(|edge| {
            edge.to == model && edge.from != model && edge.relation.on_delete != OnDelete::Cascade
        })
    };
    circle.sort_by_key(|(model, _)| held(*model));
    delete_places(tx, plan, &circle, deleted, Count::Found, operation).await
}

/// Whether a circle can be opened here: the key can be NULL, and the row does not go with the one that it leads to.
fn can_be_opened(edge: &Edge) -> bool {
    edge.relation.on_delete != OnDelete::Cascade
        && edge.relation.pairs().all(|(field, _)| field.nullable && !field.primary_key)
}

/// How rows are counted.
#[derive(Clone, Copy)]
enum Count {
    /// As the database says: somebody else may have deleted some meanwhile.
    Affected,
    /// As they were found.
    Found,
}

/// Deletes these rows, model by model.
async fn delete_places<X: Executor>(
    tx: &X,
    plan: &Plan,
    places: &[Place],
    deleted: &mut Deleted,
    counting: Count,
    operation: Operation,
) -> Result<()> {
    let mut models: Vec<usize> = Vec::new();
    for (model, _) in places {
        if !models.contains(model) {
            models.push(*model);
        }
    }
    for at in models {
        let Some(rows) = plan.models.get(at) else { continue };
        let mut asked = Vec::new();
        let mut others = Vec::new();
        for (_, row) in places.iter().filter(|(model, _)| *model == at) {
            if at == 0 && *row < plan.asked { asked.push(*row) } else { others.push(*row) }
        }
        // Apart, because they are counted apart.
        for (places, are_asked) in [(asked, true), (others, false)] {
            for batch in places.chunks(BATCH) {
                let affected = delete(tx, with_keys(rows, batch), operation).await?;
                let count = match counting {
                    Count::Affected => affected,
                    Count::Found => batch.len() as u64,
                };
                deleted.add(rows.model, count);
                if are_asked {
                    deleted.asked += count;
                }
            }
        }
    }
    Ok(())
}

/// Queries for those of the rows that are of one model, a batch each.
fn queries(plan: &Plan, model: usize, places: &[Place]) -> Vec<Query> {
    let Some(rows) = plan.models.get(model) else { return Vec::new() };
    let of_model: Vec<usize> = places.iter().filter(|(of, _)| *of == model).map(|(_, row)| *row).collect();
    of_model.chunks(BATCH).map(|batch| with_keys(rows, batch)).collect()
}

fn with_keys(rows: &Rows, batch: &[usize]) -> Query {
    let fields: Vec<_> = rows.model.key_fields().collect();
    let keys: Vec<Vec<Value>> =
        batch.iter().filter_map(|row| rows.found.get(*row)).map(|row| rows.key(row).to_vec()).collect();
    with_values(rows.model, &fields, keys)
}

async fn delete<X: Executor>(tx: &X, query: Query, operation: Operation) -> Result<u64> {
    let delete = Delete { model: query.model, rows: query.select };
    Ok(execute(tx, compile_delete(delete, tx.dialect(), operation)?).await?.rows_affected)
}

async fn update<X: Executor>(
    tx: &X,
    query: Query,
    assignments: Vec<Assignment>,
    operation: Operation,
) -> Result<()> {
    let update = Update { model: query.model, assignments, rows: query.select };
    execute(tx, compile_update(update, tx.dialect(), operation)?).await?;
    Ok(())
}
