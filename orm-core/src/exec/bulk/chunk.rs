//! As many rows as one statement takes.

use super::draft::Group;
use crate::compile::Capability;
use crate::schema::FieldMeta;
use crate::value::{RowValues, Series, Value};

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

    /// How many of these rows one statement takes, from this one on: at least one, if there is one.
    fn rows_of(&self, rows: &RowValues, from: usize) -> usize {
        let left = rows.len().saturating_sub(from);
        let most = self.params_take(rows.width()).min(left);
        let fixed = self.fixed.saturating_mul(rows.width());
        let lengths: Vec<&Series> = rows.series().iter().filter(|series| series.has_lengths()).collect();
        let count = if lengths.is_empty() {
            self.bytes.checked_div(fixed).unwrap_or(usize::MAX).min(most)
        } else if rows.len() <= most && rows.length() <= self.bytes.saturating_sub(fixed.saturating_mul(most))
        {
            // Most are not large, and then they are not counted one by one.
            most
        } else {
            let mut bytes = 0_usize;
            let fits = |at: &usize| {
                let lengths = lengths.iter().map(|series| series.length(from.saturating_add(*at)));
                bytes = lengths.fold(bytes.saturating_add(fixed), usize::saturating_add);
                bytes <= self.bytes
            };
            (0..most).take_while(fits).count()
        };
        let count = count.max(1).min(left);
        self.in_few_texts(count)
    }

    /// How many rows of so many values one statement takes, if they are not large.
    pub(super) fn most(&self, width: usize) -> usize {
        self.in_few_texts(self.params_take(width))
    }

    fn params_take(&self, width: usize) -> usize {
        let most = match self.params.checked_div(width) {
            Some(rows) => self.rows.min(rows),
            None if self.runs => self.rows,
            // Without any value rows are inserted one by one.
            None => 1,
        };
        most.max(1)
    }

    fn in_few_texts(&self, count: usize) -> usize {
        if self.few_texts && count > 0 { 1 << count.ilog2() } else { count }
    }

    /// These rows in pieces that one statement takes.
    pub(super) fn pieces(&self, mut rows: RowValues) -> Vec<RowValues> {
        let mut starts = Vec::new();
        let mut at = 0;
        while at < rows.len() {
            starts.push(at);
            at += self.rows_of(&rows, at);
        }
        // From the back, so that no value is moved twice.
        let mut pieces: Vec<_> = starts.iter().skip(1).rev().map(|at| rows.split_off(*at)).collect();
        if !starts.is_empty() {
            pieces.push(rows);
        }
        pieces.reverse();
        pieces
    }
}

/// About how many bytes a value takes in a statement.
pub(super) fn size(value: &Value) -> usize {
    FIXED.saturating_add(value.length())
}

/// Some rows of a group.
pub(super) struct Chunk {
    pub(super) fields: Vec<&'static FieldMeta>,
    pub(super) conflicts: bool,
    pub(super) rows: RowValues,
    pub(super) places: Vec<usize>,
}

/// The groups in pieces that one statement takes.
pub(super) fn chunks(groups: Vec<Group>, limits: Limits) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    for group in groups {
        let (fields, conflicts) = (group.fields.clone(), group.conflicts);
        let (rows, places) = group.into_rows();
        let mut places = places.into_iter();
        for rows in rows.into_iter().flat_map(|rows| limits.pieces(rows)) {
            let places = places.by_ref().take(rows.len()).collect();
            chunks.push(Chunk { fields: fields.clone(), conflicts, rows, places });
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

    fn rows(count: usize, row: &[Value]) -> RowValues {
        vec![row.to_vec(); count].into()
    }

    fn counts(limits: Limits, rows: RowValues) -> Vec<usize> {
        limits.pieces(rows).iter().map(RowValues::len).collect()
    }

    #[test]
    fn each_limit_counts() {
        let seven = || rows(1_000, &vec![Value::I64(1); 7]);
        let first = |limits| counts(limits, seven())[0];
        assert_eq!(first(limits(usize::MAX, usize::MAX, usize::MAX, false)), 1_000);
        assert_eq!(first(limits(300, usize::MAX, usize::MAX, false)), 300);
        assert_eq!(first(limits(usize::MAX, usize::MAX, 99, false)), 14);
        assert_eq!(first(limits(usize::MAX, 300, usize::MAX, false)), 2);
        assert_eq!(counts(limits(300, usize::MAX, usize::MAX, false), seven()), [300, 300, 300, 100]);
        assert_eq!(
            counts(limits(300, usize::MAX, usize::MAX, true), seven()),
            [256, 256, 256, 128, 64, 32, 8]
        );
    }

    #[test]
    fn texts_count_with_their_length() {
        let texts = |length: usize| rows(10, &[Value::I64(1), Value::Text("x".repeat(length))]);
        assert_eq!(counts(limits(100, 100, 100, false), texts(10)), [2; 5]);
        assert_eq!(counts(limits(100, 200, 100, false), texts(10)), [4, 4, 2]);
        let mut mixed = texts(10);
        mixed.push([Value::I64(1), Value::Text("x".repeat(1_000))]);
        mixed.push([Value::I64(1), Value::Text(String::new())]);
        assert_eq!(counts(limits(100, 1_000, 100, false), mixed), [10, 1, 1]);
    }

    #[test]
    fn pieces_are_the_rows_in_their_order() {
        let numbers: Vec<_> = (0..10).map(|number| vec![Value::I32(number)]).collect();
        let pieces = limits(4, usize::MAX, 99, false).pieces(numbers.clone().into());
        let rows: Vec<_> = pieces.into_iter().flat_map(RowValues::into_rows).collect();
        assert_eq!(rows, numbers);
    }

    #[test]
    fn a_row_beyond_all_limits_goes_alone() {
        let large = || rows(3, &[Value::Text("x".repeat(1_000)), Value::Bytes(vec![0; 1_000])]);
        assert_eq!(counts(limits(10, 100, 1, true), large()), [1, 1, 1]);
        assert_eq!(counts(limits(10, 4_100, 100, false), large()), [2, 1]);
        assert_eq!(counts(limits(10, 100, 100, true), rows(3, &[])), [1, 1, 1]);
        assert_eq!(counts(limits(10, 100, 100, true), rows(0, &[])), [0; 0]);
        let runs = Limits { runs: true, ..limits(10, 100, 100, false) };
        assert_eq!(counts(runs, rows(30, &[])), [10, 10, 10]);
    }
}
