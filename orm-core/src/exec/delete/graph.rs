//! Which relations lead to a model's rows, and in which order models can be deleted.

use crate::compile::Capability;
use crate::schema::{Link, ModelMeta, OnDelete, RelationMeta};

/// The foreign keys that hold keys of this model's rows, as far as the model knows: those of which it has named the other
/// side, those of tables between, and its own to itself.
pub(super) fn leading_to(model: &'static ModelMeta) -> Vec<&'static RelationMeta> {
    let mut found: Vec<&'static RelationMeta> = Vec::new();
    let mut add = |relation: &'static RelationMeta| {
        if relation.is_stored()
            && (relation.to)() == model
            && !found.iter().any(|known| std::ptr::eq(*known, relation))
        {
            found.push(relation);
        }
    };
    for relation in model.relations {
        match relation.link {
            Link::Stored { .. } => add(relation),
            Link::Reverse(other) => add(other),
            Link::Through { near, far } => {
                add(near);
                add(far);
            }
        }
    }
    found
}

/// The models of which rows are deleted with one of this model, as far as the models know; the first is this one.
pub(in crate::exec) fn cascading(model: &'static ModelMeta) -> Vec<&'static ModelMeta> {
    let mut reached = vec![model];
    let mut at = 0;
    while let Some(&model) = reached.get(at) {
        for relation in
            leading_to(model).into_iter().filter(|relation| relation.on_delete == OnDelete::Cascade)
        {
            let from = (relation.from)();
            if !reached.contains(&from) {
                reached.push(from);
            }
        }
        at += 1;
    }
    reached
}

/// Whether the database alone does all that is to be done when rows of this model are deleted.
pub(in crate::exec) fn is_enforced(model: &'static ModelMeta, capability: Capability) -> bool {
    let mut reached = vec![model];
    let mut at = 0;
    while let Some(&model) = reached.get(at) {
        for relation in leading_to(model) {
            match relation.on_delete {
                OnDelete::Protect | OnDelete::Restrict | OnDelete::Set(_) => return false,
                OnDelete::SetDefault if !capability.set_default => return false,
                OnDelete::NoAction | OnDelete::SetNull | OnDelete::SetDefault => {}
                OnDelete::Cascade => {
                    let from = (relation.from)();
                    if !reached.contains(&from) {
                        reached.push(from);
                    }
                }
            }
        }
        at += 1;
    }
    capability.cascade_levels == usize::MAX || levels_are_within(model, capability.cascade_levels)
}

/// Whether a deletion goes through no more levels than these; it goes through any number where models lead to each other
/// in a circle.
fn levels_are_within(model: &'static ModelMeta, most: usize) -> bool {
    let mut level = vec![model];
    for _ in 0..most {
        let mut next = Vec::new();
        for relation in level.iter().flat_map(|model| leading_to(model)) {
            let from = (relation.from)();
            if relation.on_delete == OnDelete::Cascade && !next.contains(&from) {
                next.push(from);
            }
        }
        level = next;
    }
    level.iter().flat_map(|model| leading_to(model)).all(|relation| relation.on_delete == OnDelete::NoAction)
}

/// Whether rows of this model can be deleted without looking at them: nothing depends on which they are.
pub(super) fn is_leaf(model: &'static ModelMeta) -> bool {
    leading_to(model).is_empty()
        && !model
            .relations
            .iter()
            .any(|relation| relation.is_stored() && relation.on_delete == OnDelete::Restrict)
}

/// Positions of models in groups, so that what points at a model is in an earlier group or in its own, where models point
/// at each other in a circle.
pub(in crate::exec) fn groups(models: &[&'static ModelMeta]) -> Vec<Vec<usize>> {
    let leads: Vec<Vec<bool>> = models.iter().map(|from| reached_from(from, models)).collect();
    let leads =
        |from: usize, to: usize| leads.get(from).and_then(|row| row.get(to)).is_some_and(|leads| *leads);
    let mut left: Vec<usize> = (0..models.len()).collect();
    let mut groups = Vec::new();
    while let Some(&first) = left.first() {
        // There is always one that only its own circle leads to: whoever is led to by nobody else.
        let free =
            left.iter().copied().find(|&to| left.iter().all(|&from| !leads(from, to) || leads(to, from)));
        let free = free.unwrap_or(first);
        let (group, rest): (Vec<usize>, Vec<usize>) =
            left.into_iter().partition(|&other| other == free || leads(free, other) && leads(other, free));
        groups.push(group);
        left = rest;
    }
    groups
}

/// Which of the models a model leads to, directly or through others of them.
fn reached_from(from: &'static ModelMeta, models: &[&'static ModelMeta]) -> Vec<bool> {
    let mut reached = vec![false; models.len()];
    let mut ahead = vec![from];
    while let Some(model) = ahead.pop() {
        for (next, reached) in models.iter().zip(&mut reached) {
            if !*reached && points_at(model, next) {
                *reached = true;
                ahead.push(next);
            }
        }
    }
    reached
}

fn points_at(from: &'static ModelMeta, to: &'static ModelMeta) -> bool {
    from.relations.iter().any(|relation| relation.is_stored() && (relation.to)() == to)
}
