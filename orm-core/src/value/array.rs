//! Values of one kind that are bound as one parameter.

use super::{Value, ValueKind};
use crate::error::ValueError;

/// Values of one kind, or NULL, that are one parameter where [`Capability::array_params`] says that the database takes
/// such: a statement's text does not depend on their number.
///
/// [`Capability::array_params`]: crate::compile::Capability::array_params
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    kind: ValueKind,
    values: Vec<Value>,
}

impl Array {
    /// An array of values of this kind.
    ///
    /// # Errors
    /// A value is of another kind, or an array itself.
    pub fn new(kind: ValueKind, values: Vec<Value>) -> Result<Self, ValueError> {
        match values.iter().find(|value| !value.is_of(kind)) {
            None => Ok(Array { kind, values }),
            Some(Value::Array(_)) => Err(ValueError::Invalid("an array within an array".into())),
            Some(other) => {
                Err(ValueError::WrongType { expected: kind.name(), found: other.kind().name().into() })
            }
        }
    }

    /// What the values are.
    pub fn kind(&self) -> ValueKind {
        self.kind
    }

    /// The values.
    pub fn values(&self) -> &[Value] {
        &self.values
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
            assert!(Array::new(ValueKind::I64, vec![Value::I64(1), other]).is_err());
        }
        assert!(Array::new(ValueKind::I64, Vec::new()).is_ok());
    }
}
