//! What has a type of its own: an expression, or a value whose Rust type says it.

use super::expression::{Expr, Expression};
use super::scope::Free;
use crate::ast::Node;
use crate::value::FieldType;

/// An expression, or a value: of an `i32` that is `i32`, of a `&str` it is text.
///
/// Where an operand stands beside another whose type is known, [`super::IntoExpr`] is asked instead.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither an expression nor a value that a database knows",
    label = "expected a field, an expression, or a value",
    note = "values are those that a field can have, such as `7_i64`, `\"text\"` or a `Decimal`"
)]
pub trait Operand {
    /// The rows that it is about.
    type Scope;
    /// Its type. Without a bound, so that what a type lacks is said once and not here again.
    type Type;

    /// The untyped tree.
    fn into_node_alone(self) -> Node;
}

#[diagnostic::do_not_recommend]
impl<E: Expression> Operand for E {
    type Scope = E::Scope;
    type Type = E::Type;

    fn into_node_alone(self) -> Node {
        self.into_node()
    }
}

/// A value as an expression, where a value alone does not say enough: `value(5).gt(…)`, Django's `Value`.
///
/// ```
/// # use orm_doc_models::blog::*;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// let posts = Post::objects().filter(|p| value(50_i64).lt(p.views));
/// assert_eq!(posts.count(&db).await?, 2);
/// # Ok(()) }) }
/// ```
pub fn value<T: FieldType>(value: T) -> Expr<Free, T> {
    Expr::new(Node::value(value.into_value()))
}
