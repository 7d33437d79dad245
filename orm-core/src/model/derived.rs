//! What derived code calls for a field, generic over the column.
//!
//! A call names the column and never the field's type, so the compiler checks that type in one place, where
//! [`Column`] is implemented, and says once what is wrong with it.

use crate::error::{Result, ValueError};
use crate::schema::{DbDefault, FieldMeta, Generated, ModelMeta};
use crate::value::{Choice, ChoiceValue, FieldType, SqlType, Value, ValueKind};

use super::{Column, Key, Model, Relation, Reversible, TypeOf, Unique};

pub use super::new_values::NewValues;

/// The value to bind.
///
/// # Errors
/// As [`FieldType::to_value`].
pub fn to_value<C: Column>(value: &TypeOf<C>) -> Result<Value, ValueError> {
    value.to_value()
}

// As the functions beside them, for fields whose types the derive knows by name: generic over the type, so that there is one for all
// fields of a type.

/// The value to bind.
///
/// # Errors
/// As [`FieldType::to_value`].
pub fn value_of<T: SqlType>(value: &T) -> Result<Value, ValueError> {
    value.to_value()
}

/// A copy of the value.
#[inline]
pub fn copy<T: Clone>(value: &T) -> T {
    value.clone()
}

/// A new row's value.
#[inline]
pub fn put<T: SqlType>(row: &mut NewValues, value: T) {
    row.put(value);
}

/// A new row's value, which the database gives when there is none.
#[inline]
pub fn put_or_leave<T: SqlType>(row: &mut NewValues, value: Option<T>) {
    row.put_or_leave(value);
}

/// A computed field of a new row.
#[inline]
pub fn leave(row: &mut NewValues, (): ()) {
    row.leave();
}

// For those whose types may be none that databases have.

/// A copy of the value.
pub fn copy_of<C: Column>(value: &TypeOf<C>) -> TypeOf<C> {
    value.clone()
}

/// A copy of the value, if there is one.
pub fn copy_of_option<C: Column>(value: &Option<TypeOf<C>>) -> Option<TypeOf<C>> {
    value.clone()
}

/// A position beyond a model's fields.
#[cold]
pub fn no_such_field() -> ValueError {
    ValueError::Invalid("the model has no field at this position".into())
}

/// The model's description, as a function, for models that point at each other.
pub fn meta_of<M: Model>() -> &'static ModelMeta {
    M::META
}

/// The description of the model that a relation points at.
pub fn target_of<R: Relation>() -> &'static ModelMeta {
    <R::To as Model>::META
}

/// The values in a row by which the other side of a relation finds its rows.
pub fn reverse_key<R: Reversible + Relation<To = M>, M>(row: &M) -> Option<R::ReverseKey> {
    R::reverse_key(row)
}

/// What `on_delete = set(…)` sets a field to.
///
/// # Errors
/// The value cannot be stored.
pub fn set_field<C: Column>(value: TypeOf<C>) -> Result<Vec<Value>, ValueError> {
    Ok(vec![value.into_value()?])
}

/// What `on_delete = set(…)` sets the fields of a relation to.
///
/// # Errors
/// A value cannot be stored.
#[allow(clippy::needless_pass_by_value, reason = "what derived code makes for it")]
pub fn set_key<R: Relation>(key: R::Key) -> Result<Vec<Value>, ValueError> {
    key.to_values()
}

/// Does not compile for a relation that several rows can have to the same one.
pub const fn one_to_one<R: Unique>() {}

/// A new row's value.
#[inline]
pub fn put_value<C: Column>(row: &mut NewValues, value: TypeOf<C>) {
    row.put(value);
}

/// A new row's value, which the database gives when there is none.
#[inline]
pub fn put_value_or_database<C: Column>(row: &mut NewValues, value: Option<TypeOf<C>>) {
    row.put_or_leave(value);
}

/// The description of a field: what its type says. The rest is added by [`FieldMeta`]'s methods.
pub const fn field<C: Column>(model: &'static str, name: &'static str, column: &'static str) -> FieldMeta {
    field_of::<TypeOf<C>>(model, name, column)
}

/// The same of a field whose type the derive knows by its name.
pub const fn field_of<T: SqlType>(
    model: &'static str,
    name: &'static str,
    column: &'static str,
) -> FieldMeta {
    let kind = <T::Base as FieldType>::KIND;
    FieldMeta::new(model, name, column, kind).nullable(T::NULLABLE).choices(<T::Base as FieldType>::CHOICES)
}

/// Checks a field whose type the derive did not know by its name against its options; `indexed` when an index,
/// a unique constraint or the primary key contains it.
///
/// # Panics
/// While compiling, when they contradict each other.
#[must_use]
#[track_caller]
pub const fn checked(mut field: FieldMeta, indexed: bool) -> FieldMeta {
    if let ValueKind::Text = field.kind {
        let longest = longest_choice(field.choices);
        match field.max_length {
            Some(most) => {
                assert!(most >= longest, "`max_length` is less than the length of the longest choice");
            }
            None if longest > 0 => field.max_length = Some(longest),
            None => assert!(!indexed, "{}", UNLIMITED_TEXT),
        }
    } else {
        assert!(field.max_length.is_none(), "`max_length` is for text, and this type is not stored as text");
    }
    if let ValueKind::Decimal = field.kind {
        assert!(
            field.digits.is_some(),
            "a decimal field needs its size: add `#[field(max_digits = 10, decimal_places = 2)]`"
        );
    } else {
        assert!(
            field.digits.is_none(),
            "`max_digits` and `decimal_places` are for decimals, and this type is not stored as a decimal"
        );
    }
    if let Some(Generated::Identity) = field.generated {
        assert!(
            field.kind.is_integer(),
            "`identity` is for integers, and this type is not stored as an integer"
        );
    }
    if let Some(default) = field.db_default {
        assert!(
            fits(default, field.kind),
            "`db_default` is not a value of the type that the field is stored as"
        );
    }
    field
}

const UNLIMITED_TEXT: &str = "text in an index, a unique constraint or a primary key needs a limit, because MySQL cannot index unlimited text: add `max_length`";

const fn longest_choice(choices: &[Choice]) -> u32 {
    let mut longest = 0;
    let mut at = 0;
    while at < choices.len() {
        if let ChoiceValue::Text(text) = choices[at].value {
            let length = characters(text);
            if length > longest {
                longest = length;
            }
        }
        at += 1;
    }
    longest
}

const fn characters(text: &str) -> u32 {
    let bytes = text.as_bytes();
    let mut count = 0;
    let mut at = 0;
    while at < bytes.len() {
        // All but the continuation bytes of UTF-8.
        if bytes[at] & 0b1100_0000 != 0b1000_0000 {
            count += 1;
        }
        at += 1;
    }
    count
}

const fn fits(default: DbDefault, kind: ValueKind) -> bool {
    match default {
        DbDefault::Bool(_) => matches!(kind, ValueKind::Bool),
        DbDefault::Integer(_) => {
            kind.is_integer() || matches!(kind, ValueKind::F32 | ValueKind::F64 | ValueKind::Decimal)
        }
        DbDefault::Float(_) => matches!(kind, ValueKind::F32 | ValueKind::F64 | ValueKind::Decimal),
        DbDefault::Text(_) => matches!(kind, ValueKind::Text),
        DbDefault::Now => {
            matches!(kind, ValueKind::Date | ValueKind::Time | ValueKind::DateTime | ValueKind::Timestamp)
        }
        DbDefault::Sql(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text() -> FieldMeta {
        FieldMeta::new("Post", "status", "status", ValueKind::Text)
    }

    const CHOICES: &[Choice] = &[
        Choice { name: "Draft", value: ChoiceValue::Text("draft"), label: "Draft" },
        Choice { name: "Public", value: ChoiceValue::Text("öffentlich"), label: "Public" },
    ];

    #[test]
    fn choices_give_text_its_length_in_characters() {
        assert_eq!(checked(text().choices(CHOICES), true).max_length, Some(10));
        assert_eq!(checked(text().choices(CHOICES).max_length(20), true).max_length, Some(20));
        assert_eq!(checked(text(), false).max_length, None);
    }

    #[test]
    #[should_panic(expected = "MySQL cannot index")]
    fn indexed_text_needs_a_length() {
        let _ = checked(text(), true);
    }

    #[test]
    #[should_panic(expected = "longest choice")]
    fn a_choice_must_fit() {
        let _ = checked(text().choices(CHOICES).max_length(9), false);
    }

    #[test]
    #[should_panic(expected = "`max_digits`")]
    fn digits_are_for_decimals() {
        let _ = checked(text().digits(10, 2), false);
    }

    #[test]
    #[should_panic(expected = "needs its size")]
    fn decimals_need_digits() {
        let _ = checked(FieldMeta::new("Post", "price", "price", ValueKind::Decimal), false);
    }

    #[test]
    #[should_panic(expected = "`db_default`")]
    fn a_database_default_must_fit() {
        let _ = checked(text().db_default(DbDefault::Bool(true)), false);
    }
}
