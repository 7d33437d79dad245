//! Values of one kind, one behind another, each kept as its own type: in a fraction of the memory of as many [`Value`]s.
//!
//! Bulk writes keep what they write so, a series for each field. Kinds of which there are seldom many rows are kept as values.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Value, ValueKind, ValueRef};

/// Values of one kind, or NULL, one behind another.
///
/// A value of another kind, which only a field type of the user's own can give, is kept as well.
#[derive(Clone, Debug)]
pub struct Series {
    kind: ValueKind,
    cells: Cells,
    /// Which of the cells are NULL and only keep a place; empty while none is.
    nulls: Vec<bool>,
}

/// The values of a [`Series`]; where one is NULL, anything of its type.
#[derive(Clone, Debug)]
pub enum Cells {
    /// See [`Value::Bool`].
    Bool(Vec<bool>),
    /// See [`Value::I32`].
    I32(Vec<i32>),
    /// See [`Value::I64`].
    I64(Vec<i64>),
    /// See [`Value::F64`].
    F64(Vec<f64>),
    /// See [`Value::Text`].
    Text(Vec<String>),
    /// See [`Value::Decimal`].
    Decimal(Vec<Decimal>),
    /// See [`Value::Uuid`].
    Uuid(Vec<Uuid>),
    /// See [`Value::Timestamp`].
    Timestamp(Vec<DateTime<Utc>>),
    /// Other kinds, and several in one.
    Any(Vec<Value>),
}

/// The same for each kind of cells.
macro_rules! cells {
    ($cells:expr, $values:ident => $body:expr) => {
        match $cells {
            Cells::Bool($values) => $body,
            Cells::I32($values) => $body,
            Cells::I64($values) => $body,
            Cells::F64($values) => $body,
            Cells::Text($values) => $body,
            Cells::Decimal($values) => $body,
            Cells::Uuid($values) => $body,
            Cells::Timestamp($values) => $body,
            Cells::Any($values) => $body,
        }
    };
}

impl Series {
    /// No value of this kind yet, with room for as many.
    pub fn with_capacity(kind: ValueKind, capacity: usize) -> Self {
        let cells = match kind {
            ValueKind::Bool => Cells::Bool(Vec::with_capacity(capacity)),
            ValueKind::I32 => Cells::I32(Vec::with_capacity(capacity)),
            ValueKind::I64 => Cells::I64(Vec::with_capacity(capacity)),
            ValueKind::F64 => Cells::F64(Vec::with_capacity(capacity)),
            ValueKind::Text => Cells::Text(Vec::with_capacity(capacity)),
            ValueKind::Decimal => Cells::Decimal(Vec::with_capacity(capacity)),
            ValueKind::Uuid => Cells::Uuid(Vec::with_capacity(capacity)),
            ValueKind::Timestamp => Cells::Timestamp(Vec::with_capacity(capacity)),
            ValueKind::I16
            | ValueKind::U32
            | ValueKind::U64
            | ValueKind::F32
            | ValueKind::Bytes
            | ValueKind::Json
            | ValueKind::Date
            | ValueKind::Time
            | ValueKind::DateTime
            | ValueKind::Duration => Cells::Any(Vec::with_capacity(capacity)),
        };
        Series { kind, cells, nulls: Vec::new() }
    }

    /// The values' kind.
    pub fn kind(&self) -> ValueKind {
        self.kind
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        cells!(&self.cells, values => values.len())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a value.
    #[inline]
    pub fn push(&mut self, value: Value) {
        // The cells first, then the value: so it is moved once.
        match &mut self.cells {
            Cells::Bool(cells) => match value {
                Value::Bool(value) => cells.push(value),
                other => return self.push_other(other),
            },
            Cells::I32(cells) => match value {
                Value::I32(value) => cells.push(value),
                other => return self.push_other(other),
            },
            Cells::I64(cells) => match value {
                Value::I64(value) => cells.push(value),
                other => return self.push_other(other),
            },
            Cells::F64(cells) => match value {
                Value::F64(value) => cells.push(value),
                other => return self.push_other(other),
            },
            Cells::Text(cells) => match value {
                Value::Text(value) => cells.push(value),
                other => return self.push_other(other),
            },
            Cells::Decimal(cells) => match value {
                Value::Decimal(value) => cells.push(value),
                other => return self.push_other(other),
            },
            Cells::Uuid(cells) => match value {
                Value::Uuid(value) => cells.push(value),
                other => return self.push_other(other),
            },
            Cells::Timestamp(cells) => match value {
                Value::Timestamp(value) => cells.push(value),
                other => return self.push_other(other),
            },
            Cells::Any(cells) => return cells.push(value),
        }
        if !self.nulls.is_empty() {
            self.nulls.push(false);
        }
    }

    /// Adds a value from where it was made, if it belongs here and is as good as a copy of it; else says no. What is moved has
    /// to be looked at once more for what is left of it, which costs more than all else.
    #[inline]
    pub(crate) fn push_copy(&mut self, value: &Value) -> bool {
        match (&mut self.cells, value) {
            (Cells::Bool(cells), Value::Bool(value)) => cells.push(*value),
            (Cells::I32(cells), Value::I32(value)) => cells.push(*value),
            (Cells::I64(cells), Value::I64(value)) => cells.push(*value),
            (Cells::F64(cells), Value::F64(value)) => cells.push(*value),
            (Cells::Decimal(cells), Value::Decimal(value)) => cells.push(*value),
            (Cells::Uuid(cells), Value::Uuid(value)) => cells.push(*value),
            (Cells::Timestamp(cells), Value::Timestamp(value)) => cells.push(*value),
            _ => return false,
        }
        if !self.nulls.is_empty() {
            self.nulls.push(false);
        }
        true
    }

    #[inline(never)]
    fn push_other(&mut self, value: Value) {
        if let Cells::Any(cells) = &mut self.cells {
            cells.push(value);
        } else if matches!(value, Value::Null(kind) if kind == self.kind) {
            self.nulls.resize(self.len(), false);
            self.nulls.push(true);
            match &mut self.cells {
                Cells::Bool(cells) => cells.push(false),
                Cells::I32(cells) => cells.push(0),
                Cells::I64(cells) => cells.push(0),
                Cells::F64(cells) => cells.push(0.0),
                Cells::Text(cells) => cells.push(String::new()),
                Cells::Decimal(cells) => cells.push(Decimal::ZERO),
                Cells::Uuid(cells) => cells.push(Uuid::nil()),
                Cells::Timestamp(cells) => cells.push(DateTime::UNIX_EPOCH),
                Cells::Any(cells) => cells.push(value),
            }
        } else {
            let mut cells: Vec<Value> = (0..self.len()).filter_map(|at| self.take(at)).collect();
            cells.push(value);
            self.cells = Cells::Any(cells);
            self.nulls = Vec::new();
        }
    }

    /// The last value, which is no longer here.
    pub(crate) fn pop(&mut self) -> Option<Value> {
        let value = self.take(self.len().checked_sub(1)?);
        self.nulls.pop();
        cells!(&mut self.cells, values => drop(values.pop()));
        value
    }

    /// The value at this place, if there are as many.
    #[inline]
    pub fn get(&self, at: usize) -> Option<ValueRef<'_>> {
        if self.nulls.get(at) == Some(&true) {
            return Some(ValueRef::Null(self.kind));
        }
        Some(match &self.cells {
            Cells::Bool(cells) => ValueRef::Bool(*cells.get(at)?),
            Cells::I32(cells) => ValueRef::I32(*cells.get(at)?),
            Cells::I64(cells) => ValueRef::I64(*cells.get(at)?),
            Cells::F64(cells) => ValueRef::F64(*cells.get(at)?),
            Cells::Text(cells) => ValueRef::Text(cells.get(at)?),
            Cells::Decimal(cells) => ValueRef::Decimal(*cells.get(at)?),
            Cells::Uuid(cells) => ValueRef::Uuid(*cells.get(at)?),
            Cells::Timestamp(cells) => ValueRef::Timestamp(*cells.get(at)?),
            Cells::Any(cells) => cells.get(at)?.into(),
        })
    }

    /// The value at this place, of which nothing that can be read is left there.
    #[inline]
    pub(crate) fn take(&mut self, at: usize) -> Option<Value> {
        if self.nulls.get(at) == Some(&true) {
            return Some(Value::Null(self.kind));
        }
        match &mut self.cells {
            Cells::Text(cells) => cells.get_mut(at).map(std::mem::take).map(Value::Text),
            Cells::Any(cells) => {
                cells.get_mut(at).map(|value| std::mem::replace(value, Value::Null(self.kind)))
            }
            Cells::Bool(_)
            | Cells::I32(_)
            | Cells::I64(_)
            | Cells::F64(_)
            | Cells::Decimal(_)
            | Cells::Uuid(_)
            | Cells::Timestamp(_) => self.get(at).map(ValueRef::to_value),
        }
    }

    /// The values in their order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = ValueRef<'_>> {
        (0..self.len()).map(|at| self.get(at).unwrap_or(ValueRef::Null(self.kind)))
    }

    /// The values, where all are such numbers and none is NULL.
    pub fn as_i32(&self) -> Option<&[i32]> {
        if let Cells::I32(cells) = &self.cells
            && self.nulls.is_empty()
        {
            return Some(cells);
        }
        None
    }

    /// As [`Series::as_i32`].
    pub fn as_i64(&self) -> Option<&[i64]> {
        if let Cells::I64(cells) = &self.cells
            && self.nulls.is_empty()
        {
            return Some(cells);
        }
        None
    }

    /// Whether there is a NULL among them.
    pub fn has_null(&self) -> bool {
        self.first_null().is_some()
    }

    /// The place of the first NULL.
    pub(crate) fn first_null(&self) -> Option<usize> {
        if let Cells::Any(cells) = &self.cells {
            return cells.iter().position(Value::is_null);
        }
        self.nulls.iter().position(|is_null| *is_null)
    }

    /// Whether values differ in their length: texts, and bytes.
    pub(crate) fn has_lengths(&self) -> bool {
        matches!(self.cells, Cells::Text(_) | Cells::Any(_))
    }

    /// How many bytes of text, or bytes, the value at this place has.
    #[inline]
    pub(crate) fn length(&self, at: usize) -> usize {
        match &self.cells {
            Cells::Text(cells) => cells.get(at).map_or(0, String::len),
            Cells::Any(cells) => cells.get(at).map_or(0, Value::length),
            Cells::Bool(_)
            | Cells::I32(_)
            | Cells::I64(_)
            | Cells::F64(_)
            | Cells::Decimal(_)
            | Cells::Uuid(_)
            | Cells::Timestamp(_) => 0,
        }
    }

    /// How many bytes of text, or bytes, all values have.
    pub(crate) fn whole_length(&self) -> usize {
        self.lengths(usize::saturating_add)
    }

    /// The most bytes of text, or bytes, that a value has.
    pub(crate) fn longest(&self) -> usize {
        self.lengths(usize::max)
    }

    /// What becomes of 0 and the lengths of all values.
    fn lengths(&self, with: impl Fn(usize, usize) -> usize) -> usize {
        match &self.cells {
            Cells::Text(cells) => cells.iter().map(String::len).fold(0, with),
            Cells::Any(cells) => cells.iter().map(Value::length).fold(0, with),
            Cells::Bool(_)
            | Cells::I32(_)
            | Cells::I64(_)
            | Cells::F64(_)
            | Cells::Decimal(_)
            | Cells::Uuid(_)
            | Cells::Timestamp(_) => 0,
        }
    }

    /// The values, and which of them are NULL: none where that is empty, except where the cells say so themselves.
    pub fn into_cells(self) -> (Cells, Vec<bool>) {
        (self.cells, self.nulls)
    }

    /// The values; where one is NULL, anything.
    pub(crate) fn cells(&self) -> &Cells {
        &self.cells
    }

    /// As [`Series::cells`].
    pub(crate) fn cells_mut(&mut self) -> &mut Cells {
        &mut self.cells
    }

    /// The values from this place on, which are no longer here.
    #[must_use]
    pub(crate) fn split_off(&mut self, at: usize) -> Self {
        let at = at.min(self.len());
        let nulls = if self.nulls.is_empty() { Vec::new() } else { self.nulls.split_off(at) };
        let cells = match &mut self.cells {
            Cells::Bool(cells) => Cells::Bool(cells.split_off(at)),
            Cells::I32(cells) => Cells::I32(cells.split_off(at)),
            Cells::I64(cells) => Cells::I64(cells.split_off(at)),
            Cells::F64(cells) => Cells::F64(cells.split_off(at)),
            Cells::Text(cells) => Cells::Text(cells.split_off(at)),
            Cells::Decimal(cells) => Cells::Decimal(cells.split_off(at)),
            Cells::Uuid(cells) => Cells::Uuid(cells.split_off(at)),
            Cells::Timestamp(cells) => Cells::Timestamp(cells.split_off(at)),
            Cells::Any(cells) => Cells::Any(cells.split_off(at)),
        };
        Series { kind: self.kind, cells, nulls }
    }
}

/// Equal where the values are.
impl PartialEq for Series {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.iter().eq(other.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(series: &Series) -> Vec<Value> {
        series.iter().map(ValueRef::to_value).collect()
    }

    #[test]
    fn values_are_given_back_as_they_came() {
        let at = DateTime::UNIX_EPOCH;
        for values in [
            vec![Value::Bool(true), Value::Null(ValueKind::Bool), Value::Bool(false)],
            vec![Value::Null(ValueKind::I16), Value::I16(2)],
            vec![Value::I32(1), Value::I32(-1), Value::Null(ValueKind::I32)],
            vec![Value::I64(1), Value::I64(2)],
            vec![Value::Duration(1), Value::Null(ValueKind::Duration)],
            vec![Value::F64(0.5), Value::Null(ValueKind::F64)],
            vec![Value::Text("a".into()), Value::Null(ValueKind::Text), Value::Text(String::new())],
            vec![Value::Json("1".into()), Value::Null(ValueKind::Json)],
            vec![Value::Null(ValueKind::Decimal), Value::Decimal(Decimal::ONE)],
            vec![Value::Uuid(Uuid::max()), Value::Null(ValueKind::Uuid)],
            vec![Value::Timestamp(at), Value::Null(ValueKind::Timestamp), Value::Timestamp(at)],
            // What does not belong there, and what came before it.
            vec![Value::I32(1), Value::Null(ValueKind::I32), Value::I64(2), Value::I32(3)],
            vec![Value::Text("a".into()), Value::Null(ValueKind::Json)],
        ] {
            let mut series = Series::with_capacity(values[0].kind(), 0);
            values.iter().cloned().for_each(|value| series.push(value));
            assert_eq!(all(&series), values);
            assert_eq!(series.first_null(), values.iter().position(Value::is_null));
            let places = [values.len(), values.len() + 7];
            assert!(places.iter().all(|at| series.get(*at).is_none() && series.clone().take(*at).is_none()));
            for at in 0..=values.len() {
                let mut first = series.clone();
                let mut second = first.split_off(at);
                assert_eq!([all(&first), all(&second)].concat(), values);
                second.push(values[0].clone());
                assert_eq!(all(&second).last(), Some(&values[0]));
            }
            let mut rest = series.clone();
            let popped: Vec<_> = std::iter::from_fn(|| rest.pop()).collect();
            assert!(popped.iter().eq(values.iter().rev()) && rest.is_empty());
            let taken: Vec<_> = (0..values.len()).filter_map(|at| series.take(at)).collect();
            assert_eq!(taken, values);
        }
    }

    #[test]
    fn numbers_without_null_are_there_as_numbers() {
        let mut series = Series::with_capacity(ValueKind::I64, 2);
        series.push(Value::I64(7));
        assert_eq!((series.as_i64(), series.as_i32()), (Some(&[7][..]), None));
        series.push(Value::Null(ValueKind::I64));
        assert_eq!(series.as_i64(), None);
    }
}
