//! New rows as values, in groups that give the same fields.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::chunk::Limits;
use crate::ast::{ConflictAction, OnConflict};
use crate::error::{Error, Result};
use crate::exec::create::{left_to_the_database, misplaced};
use crate::model::new_values::{Collected, Columns, NewValues};
use crate::model::{Model, NewModel};
use crate::queryset::write_value;
use crate::schema::{FieldMeta, ModelMeta};
use crate::value::{RowValues, Value};

/// New rows that give the same fields, and can be inserted by one statement.
pub(super) struct Group {
    /// Whether each of the model's fields is given.
    given: Vec<bool>,
    /// Whether the values that must be unique may be taken.
    pub(super) conflicts: bool,
    /// The fields that are given.
    pub(super) fields: Vec<&'static FieldMeta>,
    /// As many rows as a statement takes, if they are not large, one time after another.
    full: Vec<RowValues>,
    /// How many that is.
    most: usize,
    /// The rows behind them.
    rows: Columns,
    /// Each row's place among all.
    pub(super) places: Vec<usize>,
}

/// The new rows in groups, in their order.
///
/// # Errors
/// A value cannot be stored, or two rows are to update the same.
pub(super) fn groups<M: Model>(
    drafts: Vec<M::New>,
    conflict: Option<&OnConflict>,
    now: DateTime<Utc>,
    limits: Limits,
) -> Result<Vec<Group>> {
    let mut groups = Groups::new(M::META, conflict, limits, drafts.len());
    let mut row = NewValues::default();
    for draft in drafts {
        draft.put_values(now, &mut row);
        match row.collected().map_err(|(at, error)| misplaced(M::META, at, error))? {
            Collected::InColumns(rows) => groups.added(rows),
            Collected::Apart(values) => {
                groups.push(values)?;
                groups.go_on(&mut row);
            }
        }
    }
    groups.stop(&mut row);
    Ok(groups.all)
}

/// New rows, put into groups one after another.
pub(super) struct Groups {
    model: &'static ModelMeta,
    conflicts: bool,
    /// What the values that must be unique are, and at which position.
    target: Vec<(&'static FieldMeta, Option<usize>)>,
    updates: bool,
    /// Those values of the rows that update what is there.
    seen: HashSet<Vec<u8>>,
    limits: Limits,
    /// About how many rows there will be.
    expected: usize,
    count: usize,
    pub(super) all: Vec<Group>,
    /// The group that the last row is in.
    last: usize,
    /// The group whose rows are collected where values are put.
    open: Option<usize>,
}

impl Groups {
    pub(super) fn new(
        model: &'static ModelMeta,
        conflict: Option<&OnConflict>,
        limits: Limits,
        expected: usize,
    ) -> Self {
        let target = conflict.map_or(&[][..], |conflict| &conflict.target);
        Groups {
            model,
            conflicts: conflict.is_some(),
            target: target.iter().map(|field| (*field, model.position(field))).collect(),
            updates: conflict
                .is_some_and(|conflict| matches!(conflict.action, ConflictAction::Update { .. })),
            seen: HashSet::new(),
            limits,
            expected,
            count: 0,
            all: Vec::new(),
            last: 0,
            open: None,
        }
    }

    /// Adds a row; of its values nothing is left.
    ///
    /// # Errors
    /// It is not known whether it is there already, or it is to update the same as another.
    pub(super) fn push(&mut self, values: &mut Vec<Option<Value>>) -> Result<()> {
        let conflicts = self.conflicts && self.conflicts(values)?;
        let fits = |group: &Group| {
            group.conflicts == conflicts
                && group.given.iter().zip(values.iter()).all(|(given, value)| *given == value.is_some())
        };
        // Mostly it is the last: then this is one comparison.
        let at = self.all.iter().rposition(fits);
        self.last = at.unwrap_or_else(|| {
            // Of the first there are mostly all.
            let expected = if self.all.is_empty() { self.expected } else { 0 };
            self.all.push(Group::of(self.model, values, conflicts, self.limits, expected));
            self.all.len() - 1
        });
        if let Some(group) = self.all.get_mut(self.last) {
            group.rows.push(values);
            group.note(self.count, self.expected, None);
        }
        self.count += 1;
        Ok(())
    }

    /// A row was added to those of the open group.
    #[inline]
    fn added(&mut self, rows: &mut Columns) {
        if let Some(group) = self.open.and_then(|open| self.all.get_mut(open)) {
            group.note(self.count, self.expected, Some(rows));
        }
        self.count += 1;
    }

    /// Lets the next row be collected where the last one is, unless its values are to be looked at.
    fn go_on(&mut self, row: &mut NewValues) {
        if self.conflicts {
            return;
        }
        self.stop(row);
        if let Some(group) = self.all.get_mut(self.last) {
            row.go_on_in(std::mem::take(&mut group.rows));
            self.open = Some(self.last);
        }
    }

    /// Gives the open group its rows back.
    fn stop(&mut self, row: &mut NewValues) {
        if let Some(group) = self.open.take().and_then(|open| self.all.get_mut(open)) {
            group.rows = row.go_on_in(Columns::default());
        }
    }

    /// Whether values of this row that must be unique may be taken.
    fn conflicts(&mut self, values: &[Option<Value>]) -> Result<bool> {
        // What is NULL or counted by the database is never taken.
        let mut conflicts = true;
        for (field, position) in &self.target {
            match position.and_then(|at| values.get(at)) {
                Some(Some(value)) => conflicts = conflicts && !value.is_null(),
                _ if field.is_identity() => conflicts = false,
                _ => return Err(left_to_the_database(field)),
            }
        }
        if conflicts && self.updates && !self.seen.insert(self.bytes(values)) {
            return Err(self.twice());
        }
        Ok(conflicts)
    }

    /// The target's values as bytes: equal where the values are.
    fn bytes(&self, values: &[Option<Value>]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (_, position) in &self.target {
            if let Some(Some(value)) = position.and_then(|at| values.get(at)) {
                push_bytes(&mut bytes, value);
            }
        }
        bytes
    }

    fn twice(&self) -> Error {
        let names: Vec<_> = self.target.iter().map(|(field, _)| field.name).collect();
        let message = format!(
            "two of the rows have the same {}, and it is not said which of them is to update {}",
            names.join(", "),
            self.model.name
        );
        Error::InvalidQuery(message.into())
    }
}

impl Group {
    fn of(
        model: &'static ModelMeta,
        values: &[Option<Value>],
        conflicts: bool,
        limits: Limits,
        expected: usize,
    ) -> Self {
        let fields = model.fields.iter().zip(values);
        let kinds = fields.clone().map(|(field, value)| value.as_ref().map(|_| field.kind));
        let fields: Vec<_> = fields.filter(|(_, value)| value.is_some()).map(|(field, _)| field).collect();
        let most = limits.most(fields.len());
        Group {
            given: values.iter().map(Option::is_some).collect(),
            conflicts,
            fields,
            full: Vec::new(),
            most,
            rows: Columns::with_capacity(kinds, expected.min(most)),
            places: Vec::with_capacity(expected),
        }
    }

    /// Notes the place of a row that was added, where `elsewhere` has them if they are not here. To cut them as they come spares
    /// moving all of them once more.
    #[inline]
    fn note(&mut self, place: usize, expected: usize, elsewhere: Option<&mut Columns>) {
        self.places.push(place);
        let rows = elsewhere.unwrap_or(&mut self.rows);
        if rows.len() >= self.most {
            let left = expected.saturating_sub(place + 1);
            self.full.push(rows.take(left.min(self.most)));
        }
    }

    /// All rows, in pieces of which none has more than a statement takes, if they are not large; with their places.
    pub(super) fn into_rows(mut self) -> (Vec<RowValues>, Vec<usize>) {
        if self.rows.len() > 0 {
            self.full.push(self.rows.into_rows());
        }
        (self.full, self.places)
    }
}

/// A value as bytes: equal where the values are.
pub(super) fn push_bytes(bytes: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Decimal(decimal) => write_value(bytes, &Value::Decimal(decimal.normalize())),
        value => write_value(bytes, value),
    }
}
