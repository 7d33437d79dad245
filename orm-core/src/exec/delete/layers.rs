//! The order in which rows can be deleted whose models point at each other or at themselves.

use std::collections::HashMap;

use super::rows::{RowKey, Rows};
use crate::schema::{FieldMeta, RelationMeta};

/// A row: the position of its model, and its own.
pub(super) type Place = (usize, usize);

/// A relation between models that are deleted: the positions of both.
#[derive(Clone, Copy)]
pub(super) struct Edge {
    pub(super) relation: &'static RelationMeta,
    pub(super) from: usize,
    pub(super) to: usize,
}

/// Rows in the order in which they can be deleted.
pub(super) struct Layers {
    /// To the rows of a layer only rows of earlier layers point.
    pub(super) layers: Vec<Vec<Place>>,
    /// Rows in circles, and those that they point at.
    pub(super) circle: Vec<Place>,
}

/// The relations between the models of a group.
pub(super) fn edges(models: &[Rows], group: &[usize]) -> Vec<Edge> {
    let mut edges = Vec::new();
    for &from in group {
        for relation in models.get(from).map_or(&[][..], |rows| rows.model.relations) {
            let target = (relation.to)();
            let to = group.iter().find(|to| models.get(**to).is_some_and(|rows| rows.model == target));
            if let Some(&to) = to.filter(|_| relation.is_stored()) {
                edges.push(Edge { relation, from, to });
            }
        }
    }
    edges
}

/// Orders these rows, of which those point at each other that these relations lead from and to.
pub(super) fn layers(models: &[Rows], places: Vec<Place>, edges: &[Edge]) -> Layers {
    if edges.is_empty() {
        return Layers { layers: vec![places], circle: Vec::new() };
    }
    let numbers: HashMap<Place, usize> =
        places.iter().enumerate().map(|(number, place)| (*place, number)).collect();
    // For each row those that it points at, and how many point at it.
    let mut targets: Vec<Vec<usize>> = vec![Vec::new(); places.len()];
    let mut waiting: Vec<usize> = vec![0; places.len()];
    for edge in edges {
        let (fields, ends): (Vec<&FieldMeta>, Vec<&FieldMeta>) = edge.relation.pairs().unzip();
        let (Some(from), Some(to)) = (models.get(edge.from), models.get(edge.to)) else { continue };
        let to = to.by(&ends);
        for (number, &(model, row)) in places.iter().enumerate() {
            if model != edge.from {
                continue;
            }
            let Some(values) = from.values(row, &fields) else { continue };
            let target = to.get(&RowKey(values.into())).and_then(|row| numbers.get(&(edge.to, *row)));
            // A row that points at itself is in nobody's way.
            if let Some(&target) = target.filter(|target| **target != number) {
                if let Some(targets) = targets.get_mut(number) {
                    targets.push(target);
                }
                if let Some(waiting) = waiting.get_mut(target) {
                    *waiting += 1;
                }
            }
        }
    }
    let mut layers = Vec::new();
    let mut done = vec![false; places.len()];
    let mut free: Vec<usize> =
        waiting.iter().enumerate().filter(|(_, waiting)| **waiting == 0).map(|(number, _)| number).collect();
    while !free.is_empty() {
        let mut next = Vec::new();
        for &number in &free {
            if let Some(done) = done.get_mut(number) {
                *done = true;
            }
            for &target in targets.get(number).map_or(&[][..], Vec::as_slice) {
                if let Some(waiting) = waiting.get_mut(target) {
                    *waiting -= 1;
                    if *waiting == 0 {
                        next.push(target);
                    }
                }
            }
        }
        layers.push(free.iter().filter_map(|number| places.get(*number).copied()).collect());
        free = next;
    }
    let circle = places.into_iter().zip(done).filter(|(_, done)| !done).map(|(place, _)| place).collect();
    Layers { layers, circle }
}
