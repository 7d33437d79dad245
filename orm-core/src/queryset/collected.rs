//! Conditions collected at run time, in a `Vec` or from an iterator.

use super::expression::{Expr, Predicate, Truth};
use crate::ast::{self, Node};

/// True where all conditions are; of no conditions, everywhere.
///
/// ```
/// # use orm_doc_models::blog::*;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// let (least_views, word) = (Some(10), None::<&str>);
/// let posts = Post::objects().filter(|p| {
///     let mut wanted: Vec<Predicate<Post>> = Vec::new();
///     wanted.extend(least_views.map(|least| p.views.ge(least)));
///     wanted.extend(word.map(|word| p.title.icontains(word)));
///     all_of(wanted)
/// });
/// assert_eq!(posts.count(&db).await?, 2);
/// # Ok(()) }) }
/// ```
pub fn all_of<S, T: Truth>(conditions: impl IntoIterator<Item = Expr<S, T>>) -> Predicate<S> {
    collect(conditions, Node::and, Node::always)
}

/// True where one of the conditions is; of no conditions, nowhere.
///
/// ```
/// # use orm_doc_models::blog::*;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// let words = ["tea", "SPOON"];
/// let posts = Post::objects().filter(|p| any_of(words.map(|word| p.title.icontains(word))));
/// assert_eq!(posts.count(&db).await?, 2);
/// # Ok(()) }) }
/// ```
pub fn any_of<S, T: Truth>(conditions: impl IntoIterator<Item = Expr<S, T>>) -> Predicate<S> {
    collect(conditions, Node::or, || Node::leaf(ast::Expr::Constant(false)))
}

fn collect<S, T>(
    conditions: impl IntoIterator<Item = Expr<S, T>>,
    join: fn(Node, Node) -> Node,
    of_none: fn() -> Node,
) -> Predicate<S> {
    let all = conditions.into_iter().map(|condition| condition.node).reduce(join);
    Expr::new(all.unwrap_or_else(of_none))
}
