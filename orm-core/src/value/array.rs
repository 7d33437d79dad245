//! Values of one kind that are bound as one parameter.

use std::sync::OnceLock;

use super::series::Cells;
use super::{Series, Value, ValueKind, ValueRef};
use crate::error::ValueError;

/// Values of one kind, or NULL, that are one parameter where [`Capability::array_params`] says that the database takes
/// such: a statement's text does not depend on their number.
///
/// [`Capability::array_params`]: crate::compile::Capability::array_params
#[derive(Clone, Debug)]
pub struct Array(Held);

#[derive(Clone, Debug)]
enum Held {
    Values(ValueKind, Vec<Value>),
    Series(Box<HeldSeries>),
}

#[derive(Clone, Debug)]
struct HeldSeries {
    series: Series,
    /// The same, once somebody asks for values.
    values: OnceLock<Vec<Value>>,
}

impl Array {
    /// An array of values of this kind.
    ///
    /// # Errors
    /// A value is of another kind, or an array itself.
    pub fn new(kind: ValueKind, values: Vec<Value>) -> Result<Self, ValueError> {
        refuse_others(kind, &values)?;
        Ok(Array(Held::Values(kind, values)))
    }

    /// An array of values that are kept as a series.
    ///
    /// # Errors
    /// As [`Array::new`].
    pub fn of(series: Series) -> Result<Self, ValueError> {
        if let Cells::Any(values) = series.cells() {
            refuse_others(series.kind(), values)?;
        }
        Ok(Array(Held::Series(Box::new(HeldSeries { series, values: OnceLock::new() }))))
    }

    /// What the values are.
    pub fn kind(&self) -> ValueKind {
        match &self.0 {
            Held::Values(kind, _) => *kind,
            Held::Series(held) => held.series.kind(),
        }
    }

    /// The most bytes of text, or bytes, that a value has.
    pub(crate) fn longest(&self) -> usize {
        match &self.0 {
            Held::Values(ValueKind::Text | ValueKind::Json | ValueKind::Bytes, values) => {
                values.iter().map(Value::length).max().unwrap_or(0)
            }
            Held::Values(..) => 0,
            Held::Series(held) => held.series.longest(),
        }
    }

    /// The values.
    pub fn values(&self) -> &[Value] {
        match &self.0 {
            Held::Values(_, values) => values,
            Held::Series(held) => {
                held.values.get_or_init(|| held.series.iter().map(ValueRef::to_value).collect())
            }
        }
    }

    /// The number of values.
    pub fn len(&self) -> usize {
        match &self.0 {
            Held::Values(_, values) => values.len(),
            Held::Series(held) => held.series.len(),
        }
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value at this place, if there are as many.
    #[inline]
    pub fn get(&self, at: usize) -> Option<ValueRef<'_>> {
        match &self.0 {
            Held::Values(_, values) => values.get(at).map(ValueRef::from),
            Held::Series(held) => held.series.get(at),
        }
    }

    /// The values in their order: where they are a series, without a copy of them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = ValueRef<'_>> {
        (0..self.len()).map(|at| self.get(at).unwrap_or(ValueRef::Null(self.kind())))
    }

    /// The series that they are kept as.
    pub fn series(&self) -> Option<&Series> {
        match &self.0 {
            Held::Values(..) => None,
            Held::Series(held) => Some(&held.series),
        }
    }

    /// Whether there is a NULL among them.
    pub fn has_null(&self) -> bool {
        match &self.0 {
            Held::Values(_, values) => values.iter().any(Value::is_null),
            Held::Series(held) => held.series.has_null(),
        }
    }
}

fn refuse_others(kind: ValueKind, values: &[Value]) -> Result<(), ValueError> {
    match values.iter().find(|value| !value.is_of(kind)) {
        None => Ok(()),
        Some(Value::Array(_)) => Err(ValueError::Invalid("an array within an array".into())),
        Some(other) => {
            Err(ValueError::WrongType { expected: kind.name(), found: other.kind().name().into() })
        }
    }
}

/// Equal where the values are.
impl PartialEq for Array {
    fn eq(&self, other: &Self) -> bool {
        self.kind() == other.kind() && self.iter().eq(other.iter())
    }
}

impl Value {
    /// Whether it is one value of this kind, or NULL of it.
    pub(crate) fn is_of(&self, kind: ValueKind) -> bool {
        self.kind() == kind && !matches!(self, Value::Array(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_values_are_of_one_kind() {
        let array = Array::new(ValueKind::I64, vec![Value::I64(1), Value::Null(ValueKind::I64)]).unwrap();
        assert_eq!((array.kind(), array.values().len()), (ValueKind::I64, 2));
        for other in [Value::I32(1), Value::Null(ValueKind::Text), Value::Array(array)] {
            assert!(Array::new(ValueKind::I64, vec![Value::I64(1), other.clone()]).is_err());
            let mut series = Series::with_capacity(ValueKind::I64, 2);
            series.push(Value::I64(1));
            series.push(other);
            assert!(Array::of(series).is_err());
        }
        assert!(Array::new(ValueKind::I64, Vec::new()).is_ok());
    }

    #[test]
    fn a_series_is_the_same_as_its_values() {
        let values = vec![Value::I64(1), Value::Null(ValueKind::I64)];
        let mut series = Series::with_capacity(ValueKind::I64, 2);
        values.iter().cloned().for_each(|value| series.push(value));
        let (array, other) =
            (Array::of(series).unwrap(), Array::new(ValueKind::I64, values.clone()).unwrap());
        assert_eq!((&array, array.values(), array.len()), (&other, &values[..], 2));
        assert!(array.has_null() && other.has_null() && array.get(2).is_none());
    }

    #[test]
    fn a_value_stays_small() {
        assert_eq!(size_of::<Value>(), 32);
    }
}
