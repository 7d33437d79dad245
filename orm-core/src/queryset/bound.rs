//! What stands between braces in `raw!` and `sql!`: values to bind, lists of them, expressions.
//!
//! The macros call one method on `&&&&Arg`, and the compiler looks for it in several traits, one after another, taking
//! a reference off each time: a value, text that is lent, a reference to a value, an expression. One trait could not have
//! all these, since a crate may make its `&Type` a value. Nor would a call of a function do: what is captured must not
//! be moved, and `5` has no type yet. Were all found at once, a misspelt variable could be any of them.

use std::borrow::Cow;

use super::expression::Expression;
use super::scope::Beside;
use crate::ast::{Node, RawPart};
use crate::error::ValueError;
use crate::value::{FieldType, SqlType, Value, ValueKind};

/// What was written between braces, lent.
pub struct Arg<'a, T: ?Sized>(pub &'a T);

/// Values to bind.
pub struct Bound(Vec<RawPart>);

/// An expression in `sql!`.
pub struct BoundExpr<S> {
    node: Node,
    scope: std::marker::PhantomData<fn() -> S>,
}

fn part(value: Result<Value, ValueError>) -> RawPart {
    RawPart::Expr(Node::value(value).expr)
}

fn one(value: Result<Value, ValueError>) -> Bound {
    Bound(vec![part(value)])
}

/// A list of values with commas between them.
fn list(kind: ValueKind, values: impl Iterator<Item = Result<Value, ValueError>>) -> Bound {
    let mut parts = Vec::new();
    for value in values {
        if !parts.is_empty() {
            parts.push(RawPart::Sql(", "));
        }
        parts.push(part(value));
    }
    if parts.is_empty() {
        parts.push(RawPart::EmptyList(kind));
    }
    Bound(parts)
}

/// A value, or an `Option` of one.
pub trait BindValue {
    /// The value to bind.
    fn orm_bound(self) -> Bound;
}

impl<T: SqlType> BindValue for &&&&Arg<'_, T> {
    fn orm_bound(self) -> Bound {
        one(self.0.to_value())
    }
}

/// A reference to a value.
pub trait BindReference {
    /// The value to bind.
    fn orm_bound(self) -> Bound;
}

impl<T: SqlType> BindReference for &&Arg<'_, &T> {
    fn orm_bound(self) -> Bound {
        one(self.0.to_value())
    }
}

/// Text and bytes that are borrowed.
pub trait BindBorrowed {
    /// The value to bind.
    fn orm_bound(self) -> Bound;
}

macro_rules! borrowed {
    ($($type:ty => |$value:ident| $convert:expr;)*) => {$(
        impl BindBorrowed for &&&Arg<'_, $type> {
            fn orm_bound(self) -> Bound {
                let $value = self.0;
                one($convert)
            }
        }
    )*};
}

borrowed! {
    &str => |text| Ok(Value::Text((*text).to_owned()));
    &&str => |text| Ok(Value::Text((**text).to_owned()));
    Box<str> => |text| Ok(Value::Text(text.to_string()));
    Cow<'_, str> => |text| Ok(Value::Text(text.to_string()));
    Option<&str> => |text| Ok(text.map_or(Value::Null(ValueKind::Text), |text| Value::Text(text.to_owned())));
    Option<&String> => |text| Ok(text.map_or(Value::Null(ValueKind::Text), |text| Value::Text(text.clone())));
    &[u8] => |bytes| Ok(Value::Bytes(bytes.to_vec()));
    Option<&[u8]> => |bytes| Ok(bytes.map_or(Value::Null(ValueKind::Bytes), |bytes| Value::Bytes(bytes.to_vec())));
}

/// An expression: only `sql!` looks here.
pub trait BindExpression {
    /// The rows that it is about.
    type Scope;

    /// The expression.
    fn orm_bound(self) -> BoundExpr<Self::Scope>;
}

impl<E: Expression + Clone> BindExpression for &Arg<'_, E> {
    type Scope = E::Scope;

    fn orm_bound(self) -> BoundExpr<E::Scope> {
        BoundExpr { node: self.0.clone().into_node(), scope: std::marker::PhantomData }
    }
}

/// A type that can be bound as a value.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` cannot be bound as a value",
    label = "no database type is known for `{Self}`",
    note = "bind what a field of a model can hold, or an `Option` of it; a list is written as `{{list...}}`",
    note = "fields and expressions of a query can stand in `sql!`, not in `raw!`; names of tables and columns in neither"
)]
pub trait Bindable {}

/// What is nothing of the above: found last, to say so.
pub trait BindOther {
    /// What cannot be bound.
    type Type: ?Sized;

    /// Nothing can be bound.
    fn orm_bound(self) -> Bound
    where
        Self::Type: Bindable;
}

impl<T: ?Sized> BindOther for Arg<'_, T> {
    type Type = T;

    fn orm_bound(self) -> Bound
    where
        T: Bindable,
    {
        Bound(Vec::new())
    }
}

/// A value in a list.
#[diagnostic::on_unimplemented(
    message = "a list of `{Self}` cannot be bound",
    label = "no database type is known for `{Self}`",
    note = "`{{list...}}` takes a slice, array or `Vec` of values that a field of a model can hold"
)]
pub trait BindItem {
    /// What it is.
    const KIND: ValueKind;

    /// The value.
    ///
    /// # Errors
    /// It cannot be stored.
    fn to_item(&self) -> Result<Value, ValueError>;
}

#[diagnostic::do_not_recommend]
impl<T: FieldType> BindItem for T {
    const KIND: ValueKind = T::KIND;

    fn to_item(&self) -> Result<Value, ValueError> {
        self.to_value()
    }
}

#[diagnostic::do_not_recommend]
impl BindItem for &str {
    const KIND: ValueKind = ValueKind::Text;

    fn to_item(&self) -> Result<Value, ValueError> {
        Ok(Value::Text((*self).to_owned()))
    }
}

/// `{list...}`.
pub fn bound_list<T: BindItem>(values: &(impl AsRef<[T]> + ?Sized)) -> Bound {
    list(T::KIND, values.as_ref().iter().map(BindItem::to_item))
}

/// Something between the texts of SQL, which so far are about `S`.
#[diagnostic::on_unimplemented(
    message = "this expression cannot stand beside the others in `sql!`, which are about `{S}`",
    label = "all must be about the same rows"
)]
pub trait Piece<S> {
    /// What all are about.
    type Joined;

    /// Adds it, and says how deep it is nested.
    fn push(self, parts: &mut Vec<RawPart>) -> u16;
}

impl<S> Piece<S> for Bound {
    type Joined = S;

    fn push(self, parts: &mut Vec<RawPart>) -> u16 {
        parts.extend(self.0);
        1
    }
}

#[diagnostic::do_not_recommend]
impl<S: Beside<X>, X> Piece<S> for BoundExpr<X> {
    type Joined = S::Joined;

    fn push(self, parts: &mut Vec<RawPart>) -> u16 {
        let depth = self.node.depth();
        parts.push(RawPart::Expr(self.node.expr));
        depth
    }
}
