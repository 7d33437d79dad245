//! The values of a new row, one after another: what derived code says once about the fields of a `NewPost`, so that what is the
//! same in all models need not be derived.

use std::fmt::{self, Debug};

use super::{Column, Described, NewModel, TypeOf};
use crate::error::ValueError;
use crate::schema::FieldMeta;
use crate::value::{SqlType, Value};

/// What is shown the values of a new row: those of the fields that it may be given, in the model's order. Without the fields' types,
/// which the compiler would look up for each.
pub trait NewVisitor {
    /// The next value.
    fn visit(&mut self, value: &dyn NewValue);
}

/// A value of a new row.
pub trait NewValue {
    /// It, for people who debug.
    fn shown(&self) -> &dyn Debug;

    /// The value to bind; `None` if it is left to others.
    fn given(&self) -> Option<Result<Value, ValueError>>;
}

struct Given<'a, T>(&'a T);

impl<T: SqlType> NewValue for Given<'_, T> {
    fn shown(&self) -> &dyn Debug {
        self.0
    }

    fn given(&self) -> Option<Result<Value, ValueError>> {
        Some(self.0.to_value())
    }
}

struct Optional<'a, T>(&'a Option<T>);

impl<T: SqlType> NewValue for Optional<'_, T> {
    fn shown(&self) -> &dyn Debug {
        self.0
    }

    fn given(&self) -> Option<Result<Value, ValueError>> {
        self.0.as_ref().map(T::to_value)
    }
}

/// Shows the value of a field.
pub fn visit<T: SqlType>(visitor: &mut dyn NewVisitor, value: &T) {
    visitor.visit(&Given(value));
}

/// Shows the value of a field that may be left to others.
pub fn visit_optional<T: SqlType>(visitor: &mut dyn NewVisitor, value: &Option<T>) {
    visitor.visit(&Optional(value));
}

// For fields whose types may be none that databases have.

/// Shows the value of a field.
pub fn visit_of<C: Column>(visitor: &mut dyn NewVisitor, value: &TypeOf<C>) {
    visit(visitor, value);
}

/// Shows the value of a field that may be left to others.
pub fn visit_optional_of<C: Column>(visitor: &mut dyn NewVisitor, value: &Option<TypeOf<C>>) {
    visit_optional(visitor, value);
}

/// Calls a function for each field that a new row may be given, with its value.
pub(super) fn each_given<N: NewModel>(new: &N, call: impl FnMut(&'static FieldMeta, &dyn NewValue)) {
    struct Each<I, F>(I, F);

    impl<I: Iterator<Item = &'static FieldMeta>, F: FnMut(&'static FieldMeta, &dyn NewValue)> NewVisitor
        for Each<I, F>
    {
        fn visit(&mut self, value: &dyn NewValue) {
            if let Some(field) = self.0.next() {
                (self.1)(field, value);
            }
        }
    }

    let fields = N::Model::FIELDS.iter().filter(|field| field.is_given());
    new.visit(&mut Each(fields, call));
}

/// A struct of this name with the values, for people who debug.
///
/// # Errors
/// The formatter's.
pub fn debug_new<N: NewModel>(new: &N, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut shown = f.debug_struct(name);
    each_given(new, |field, value| {
        shown.field(field.name, value.shown());
    });
    shown.finish()
}
