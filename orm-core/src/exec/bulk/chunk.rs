//! As many rows as one statement takes.

use super::draft::Group;
use crate::compile::Capability;
use crate::schema::FieldMeta;
use crate::value::Value;

/// Most runs of a statement in one call: so many that the way to the driver costs nothing, and so few that a call does not hold
/// the values of all rows twice.
const RUNS_AT_ONCE: usize = 16_384;

/// Most rows whose new values are one parameter.
const ROWS_IN_ONE: usize = 100_000;

/// About what a value takes: as a parameter a placeholder with its comma, and a number; in a document a short number.
const FIXED: usize = 20;
const FIXED_IN_ONE: usize = 12;

/// How much one statement takes.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    rows: usize,
    bytes: usize,
    params: usize,
    /// Whether the text depends on the number of rows, so that few numbers of them should occur.
    few_texts: bool,
    /// Whether the statement is about one row, and runs for each.
    runs: bool,
    /// What a value takes besides its text.
    fixed: usize,
}

impl Limits {
    pub(super) fn of(capability: Capability, batch_size: Option<usize>) -> Self {
        let wide = capability.array_params;
        Limits {
            rows: batch_size.unwrap_or(usize::MAX).min(capability.rows_at_once).max(1),
            bytes: capability.bytes_at_once,
            params: if wide { usize::MAX } else { capability.max_params },
            few_texts: !wide,
            runs: false,
            fixed: FIXED,
        }
    }

    /// As [`Limits::of`], for statements that join new values.
    pub(super) fn of_new_values(capability: Capability, batch_size: Option<usize>) -> Self {
        let limits = Limits::of(capability, batch_size);
        if !capability.new_values_as_one {
            return limits;
        }
        let rows = batch_size.unwrap_or(usize::MAX).clamp(1, ROWS_IN_ONE);
        Limits { rows, params: usize::MAX, few_texts: false, fixed: FIXED_IN_ONE, ..limits }
    }

    /// As [`Limits::of`], for statements that run for each row where the driver takes that.
    pub(super) fn of_runs(capability: Capability, batch_size: Option<usize>) -> Self {
        if !capability.one_by_one {
            return Limits::of(capability, batch_size);
        }
        Limits {
            rows: batch_size.unwrap_or(usize::MAX).clamp(1, RUNS_AT_ONCE),
            bytes: capability.bytes_at_once,
            params: usize::MAX,
            few_texts: false,
            runs: true,
            fixed: FIXED,
        }
    }

    /// How many of these rows one statement takes: at least one, if there is one.
    pub(super) fn rows_of(&self, rows: &[Vec<Value>]) -> usize {
        let width = rows.first().map_or(0, Vec::len);
        let most = match self.params.checked_div(width) {
            Some(rows) => self.rows.min(rows),
            None if self.runs => self.rows,
            // Without any value rows are inserted one by one.
            None => 1,
        };
        let mut bytes = 0_usize;
        let mut count = rows.iter().take(most.max(1)).take_while(|row| {
            bytes = row
                .iter()
                .fold(bytes, |sum, value| sum.saturating_add(self.fixed).saturating_add(length(value)));
            bytes <= self.bytes
        });
        let count = count.by_ref().count().max(1).min(rows.len());
        if self.few_texts && count > 0 { 1 << count.ilog2() } else { count }
    }
}

/// About how many bytes a value takes in a statement.
pub(super) fn size(value: &Value) -> usize {
    FIXED.saturating_add(length(value))
}

/// Of these, those of a text or bytes.
fn length(value: &Value) -> usize {
    match value {
        Value::Text(text) | Value::Json(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        _ => 0,
    }
}

/// Some rows of a group.
pub(super) struct Chunk {
    pub(super) fields: Vec<&'static FieldMeta>,
    pub(super) conflicts: bool,
    pub(super) rows: Vec<Vec<Value>>,
    pub(super) places: Vec<usize>,
}

/// The groups in pieces that one statement takes.
pub(super) fn chunks(groups: Vec<Group>, limits: Limits) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    for group in groups {
        let (fields, conflicts) = (group.fields, group.conflicts);
        let (mut rows, mut places) = (group.rows, group.places);
        while !rows.is_empty() {
            let count = limits.rows_of(&rows);
            let (later_rows, later_places) = (rows.split_off(count), places.split_off(count));
            chunks.push(Chunk { fields: fields.clone(), conflicts, rows, places });
            (rows, places) = (later_rows, later_places);
        }
    }
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(rows: usize, bytes: usize, params: usize, few_texts: bool) -> Limits {
        Limits { rows, bytes, params, few_texts, runs: false, fixed: FIXED }
    }

    fn rows(count: usize, row: &[Value]) -> Vec<Vec<Value>> {
        vec![row.to_vec(); count]
    }

    #[test]
    fn each_limit_counts() {
        let seven = rows(1_000, &vec![Value::I64(1); 7]);
        assert_eq!(limits(usize::MAX, usize::MAX, usize::MAX, false).rows_of(&seven), 1_000);
        assert_eq!(limits(300, usize::MAX, usize::MAX, false).rows_of(&seven), 300);
        assert_eq!(limits(usize::MAX, usize::MAX, 99, false).rows_of(&seven), 14);
        assert_eq!(limits(usize::MAX, 300, usize::MAX, false).rows_of(&seven), 2);
        assert_eq!(limits(300, usize::MAX, usize::MAX, true).rows_of(&seven), 256);
        assert_eq!(limits(300, usize::MAX, usize::MAX, true).rows_of(&seven[..100]), 64);
    }

    #[test]
    fn a_row_beyond_all_limits_goes_alone() {
        let large = rows(3, &[Value::Text("x".repeat(1_000)), Value::Bytes(vec![0; 1_000])]);
        assert_eq!(limits(10, 100, 1, true).rows_of(&large), 1);
        assert_eq!(limits(10, 4_100, 100, false).rows_of(&large), 2);
        assert_eq!(limits(10, 100, 100, true).rows_of(&rows(3, &[])), 1);
        assert_eq!(limits(10, 100, 100, true).rows_of(&[]), 0);
        assert_eq!(Limits { runs: true, ..limits(10, 100, 100, false) }.rows_of(&rows(30, &[])), 10);
    }
}
