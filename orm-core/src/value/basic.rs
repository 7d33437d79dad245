//! Rust's own types as field types.

use bytes::Bytes;

use super::{FieldType, Row, Value, ValueKind};
use crate::error::ValueError;

/// A getter's number narrowed to the field's type; never a silent cut.
fn narrow<S, T: TryFrom<S>>(value: Option<S>, kind: ValueKind) -> Result<Option<T>, ValueError> {
    match value {
        None => Ok(None),
        Some(value) => match T::try_from(value) {
            Ok(value) => Ok(Some(value)),
            Err(_) => Err(ValueError::OutOfRange { kind: "integer", target: kind.name().into() }),
        },
    }
}

macro_rules! copied {
    ($type:ty, $kind:ident, |$row:ident, $at:ident| $read:expr) => {
        impl FieldType for $type {
            const KIND: ValueKind = ValueKind::$kind;

            #[inline]
            fn to_value(&self) -> Result<Value, ValueError> {
                Ok(Value::$kind(*self))
            }

            #[inline]
            fn from_row<R: Row + ?Sized>($row: &mut R, $at: usize) -> Result<Option<Self>, ValueError> {
                $read
            }
        }
    };
}

copied!(bool, Bool, |row, at| row.bool(at));
copied!(i16, I16, |row, at| narrow(row.i64(at)?, ValueKind::I16));
copied!(i32, I32, |row, at| narrow(row.i64(at)?, ValueKind::I32));
copied!(i64, I64, |row, at| row.i64(at));
copied!(u32, U32, |row, at| narrow(row.u64(at)?, ValueKind::U32));
copied!(u64, U64, |row, at| row.u64(at));
copied!(f32, F32, |row, at| row.f32(at));
copied!(f64, F64, |row, at| row.f64(at));

impl FieldType for String {
    const KIND: ValueKind = ValueKind::Text;

    #[inline]
    fn to_value(&self) -> Result<Value, ValueError> {
        Ok(Value::Text(self.clone()))
    }

    #[inline]
    fn into_value(self) -> Result<Value, ValueError> {
        Ok(Value::Text(self))
    }

    #[inline]
    fn from_row<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Option<Self>, ValueError> {
        row.string(at)
    }
}

impl FieldType for Vec<u8> {
    const KIND: ValueKind = ValueKind::Bytes;

    #[inline]
    fn to_value(&self) -> Result<Value, ValueError> {
        Ok(Value::Bytes(self.clone()))
    }

    #[inline]
    fn into_value(self) -> Result<Value, ValueError> {
        Ok(Value::Bytes(self))
    }

    fn from_row<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Option<Self>, ValueError> {
        row.bytes(at)
    }
}

impl FieldType for Bytes {
    const KIND: ValueKind = ValueKind::Bytes;

    #[inline]
    fn to_value(&self) -> Result<Value, ValueError> {
        Ok(Value::Bytes(self.to_vec()))
    }

    fn from_row<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Option<Self>, ValueError> {
        row.shared_bytes(at)
    }
}
