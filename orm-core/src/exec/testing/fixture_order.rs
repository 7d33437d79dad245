//! The order of a fixture's rows: each after those that it points at.

use crate::error::FixtureError;
use crate::exec::delete::groups;
use crate::schema::{FieldMeta, ModelMeta};
use crate::value::Value;

/// A row to be inserted, and where it stands in the fixture.
pub(super) struct Planned {
    pub(super) meta: &'static ModelMeta,
    pub(super) values: Vec<(&'static FieldMeta, Value)>,
    pub(super) place: (String, usize),
}

impl Planned {
    pub(super) fn new(
        meta: &'static ModelMeta,
        values: Vec<(&'static FieldMeta, Value)>,
        (model, row): (&str, usize),
    ) -> Self {
        Planned { meta, values, place: (model.to_owned(), row) }
    }

    fn value(&self, field: &'static FieldMeta) -> Option<&Value> {
        self.values.iter().find(|(given, _)| *given == field).map(|(_, value)| value)
    }

    /// Whether a foreign key of this row holds the key of the other.
    fn points_at(&self, other: &Planned) -> bool {
        self.meta.relations.iter().any(|relation| {
            relation.is_stored()
                && (relation.to)() == other.meta
                && relation.pairs().all(|(field, target)| match (self.value(field), other.value(target)) {
                    (Some(held), Some(key)) => !held.is_null() && held == key,
                    _ => false,
                })
        })
    }
}

/// The rows in an order in which foreign keys hold after each of them.
pub(super) fn in_order(
    rows: Vec<Planned>,
    models: impl Iterator<Item = &'static ModelMeta>,
) -> Result<Vec<Planned>, FixtureError> {
    let mut distinct: Vec<&'static ModelMeta> = Vec::new();
    for model in models {
        if !distinct.contains(&model) {
            distinct.push(model);
        }
    }
    let mut left = rows;
    let mut ordered = Vec::with_capacity(left.len());
    // What points at others is in an earlier group, so the last comes first.
    for group in groups(&distinct).into_iter().rev() {
        let models: Vec<_> = group.into_iter().filter_map(|at| distinct.get(at)).collect();
        let (of_group, others): (Vec<_>, Vec<_>) =
            left.into_iter().partition(|row| models.contains(&&row.meta));
        left = others;
        let circular = models.len() > 1 || models.iter().any(|model| points_at_itself(model));
        if circular { each_after_its_own(of_group, &mut ordered)? } else { ordered.extend(of_group) }
    }
    ordered.extend(left);
    Ok(ordered)
}

fn points_at_itself(model: &'static ModelMeta) -> bool {
    model.relations.iter().any(|relation| relation.is_stored() && (relation.to)() == model)
}

/// Rows of models that point at each other.
fn each_after_its_own(mut left: Vec<Planned>, ordered: &mut Vec<Planned>) -> Result<(), FixtureError> {
    while !left.is_empty() {
        let waits =
            |row: &Planned| left.iter().any(|other| !std::ptr::eq(row, other) && row.points_at(other));
        let waiting: Vec<bool> = left.iter().map(waits).collect();
        if waiting.iter().all(|waits| *waits) {
            let error = FixtureError::new(
                "it points at a row that points back at it, directly or through others, so none can be the first; leave \
                 one of the keys out and set it afterwards",
            );
            return Err(match left.first() {
                Some(Planned { place: (model, row), .. }) => error.at(model, *row),
                None => error,
            });
        }
        let mut waiting = waiting.into_iter();
        let (later, now): (Vec<_>, Vec<_>) = left.into_iter().partition(|_| waiting.next().unwrap_or(false));
        ordered.extend(now);
        left = later;
    }
    Ok(())
}
