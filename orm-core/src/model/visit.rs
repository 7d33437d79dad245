//! The values of a new row, one after another: what derived code says once about the fields of a `NewPost`, so that what is the
//! same in all models need not be derived.

use std::fmt::{self, DebugStruct};

use super::{Column, NewModel, TypeOf};

/// What is shown the values of a new row. The calls name columns, not types, so that a wrong type is not reported here again.
pub trait NewVisitor {
    /// The value of a field.
    fn field<C: Column>(&mut self, value: &TypeOf<C>);

    /// The value of a field that may be left to others.
    fn optional<C: Column>(&mut self, value: &Option<TypeOf<C>>);
}

/// Shows the value of a field.
#[inline]
pub fn visit<C: Column, V: NewVisitor>(visitor: &mut V, value: &TypeOf<C>) {
    visitor.field::<C>(value);
}

/// Shows the value of a field that may be left to others.
#[inline]
pub fn visit_optional<C: Column, V: NewVisitor>(visitor: &mut V, value: &Option<TypeOf<C>>) {
    visitor.optional::<C>(value);
}

/// A struct of this name with the values, for people who debug.
///
/// # Errors
/// The formatter's.
pub fn debug_new<T: NewModel>(new: &T, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut shown = Shown(f.debug_struct(name));
    new.visit(&mut shown);
    shown.0.finish()
}

struct Shown<'a, 'b>(DebugStruct<'a, 'b>);

impl NewVisitor for Shown<'_, '_> {
    fn field<C: Column>(&mut self, value: &TypeOf<C>) {
        self.0.field(C::META.name, value);
    }

    fn optional<C: Column>(&mut self, value: &Option<TypeOf<C>>) {
        self.0.field(C::META.name, value);
    }
}
