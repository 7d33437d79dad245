//! Fields by their names, chosen at run time: looked up in the schema, never written into SQL.

mod fit;
mod lookup;
pub(super) mod path;

pub use fit::NamedValue;
pub(crate) use fit::fitted;
pub use lookup::Lookup;

use super::expression::{Expr, Predicate};
use super::order::Order;
use super::{QuerySet, Shape};
use crate::error::Result;
use crate::model::{Fields, Model, Root};
use path::find;

/// A condition on a field that is chosen at run time: `author.username` is a path over a relation, `pk` the primary key.
///
/// Names may come from outside: they are looked up among the fields of the models, and what is found is the same as if it
/// was written in Rust. Which of the fields a user may ask about is for the program to decide.
///
/// ```
/// # use orm_doc_models::blog::*;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// let wanted = [("views", Lookup::Gt, "100"), ("author.username", Lookup::IExact, "\"BOB\"")];
/// let mut conditions = Vec::new();
/// for (field, lookup, json) in wanted {
///     let value: orm::serde_json::Value = json.parse().expect("a document");
///     conditions.push(by_name::<Post>(field, lookup, value)?);
/// }
/// assert_eq!(Post::objects().filter(|_| any_of(conditions)).count(&db).await?, 2);
/// # Ok(()) }) }
/// ```
///
/// # Errors
/// [`Error::UnknownName`](crate::Error::UnknownName), [`Error::UnfitLookup`](crate::Error::UnfitLookup) for one that the
/// field's type does not have, or [`Error::Value`](crate::Error::Value) for a
/// value of another type.
pub fn by_name<M: Model>(path: &str, lookup: Lookup, value: impl Into<NamedValue>) -> Result<Predicate<M>> {
    Ok(Expr::new(lookup.apply(find(M::META, path)?, value.into())?))
}

impl<M: Model, S: Shape<Model = M>> QuerySet<M, S> {
    /// Only rows for which a condition on a field holds that is chosen at run time: see [`by_name`]. A mistake is
    /// reported by the terminal method.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let posts = Post::objects().filter_by_name("author.username", Lookup::Eq, "ann");
    /// assert_eq!(posts.count(&db).await?, 2);
    ///
    /// let unknown = Post::objects().filter_by_name("titel", Lookup::Contains, "x").count(&db).await;
    /// assert_eq!(unknown.unwrap_err().to_string(), "Post has no `titel`; did you mean `title`?");
    /// # Ok(()) }) }
    /// ```
    pub fn filter_by_name(mut self, path: &str, lookup: Lookup, value: impl Into<NamedValue>) -> Self {
        match by_name::<M>(path, lookup, value) {
            Ok(condition) => self.query.filter(condition.node),
            Err(error) => self.query.fail(error),
        }
        self
    }

    /// Rows in the order of a field that is chosen at run time, downwards with `-` in front; of several with commas
    /// between them. A mistake is reported by the terminal method.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let posts = Post::objects().order_by_name("author.username,-views").all(&db).await?;
    /// assert_eq!(posts.iter().map(|post| post.views).collect::<Vec<_>>(), [120, 55, 7]);
    /// # Ok(()) }) }
    /// ```
    pub fn order_by_name(mut self, names: &str) -> Self {
        match names.split(',').map(|name| named_order(name.trim())).collect::<Result<Vec<Order<M>>>>() {
            Ok(orders) => self.order_by(|_| orders),
            Err(error) => {
                self.query.fail(error);
                self
            }
        }
    }

    /// Rows in one of several orders that the program offers, chosen by its name at run time, downwards with `-` in
    /// front; several with commas between them. A name that is not offered is reported by the terminal method.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// const ORDERS: &[OrderChoice<Post>] =
    ///     &[("popular", |p| p.views.desc()), ("author", |p| p.author.username.asc())];
    ///
    /// let least = Post::objects().order_by_choice(ORDERS, "-popular").first(&db).await?;
    /// assert_eq!(least.map(|post| post.views), Some(7));
    ///
    /// let unknown = Post::objects().order_by_choice(ORDERS, "id").all(&db).await.unwrap_err();
    /// assert_eq!(unknown.to_string(), "the order has no `id`; there are `popular` and `author`");
    /// # Ok(()) }) }
    /// ```
    pub fn order_by_choice(mut self, choices: &[OrderChoice<M>], names: &str) -> Self {
        let chosen = names.split(',').map(|name| {
            let (name, downwards) = direction(name.trim());
            let choice = choices.iter().find(|(offered, _)| *offered == name);
            let Some((_, order)) = choice else { return Err(path::not_among("the order", name, choices)) };
            let order = order(<M::Fields<Root<M>> as Fields>::NEW);
            Ok(if downwards { order.reversed() } else { order })
        });
        match chosen.collect::<Result<Vec<Order<M>>>>() {
            Ok(orders) => self.order_by(|_| orders),
            Err(error) => {
                self.query.fail(error);
                self
            }
        }
    }
}

/// An order that a program offers by a name: see [`QuerySet::order_by_choice`].
pub type OrderChoice<M> = (&'static str, fn(<M as Model>::Fields<Root<M>>) -> Order<M>);

fn direction(name: &str) -> (&str, bool) {
    match name.strip_prefix('-') {
        Some(name) => (name, true),
        None => (name, false),
    }
}

fn named_order<M: Model>(name: &str) -> Result<Order<M>> {
    let (path, downwards) = direction(name);
    let reference = find(M::META, path)?;
    if lookup::is_document(reference.field) {
        return Err(lookup::unfit("order", reference.field));
    }
    Ok(super::order::order(path::node(reference), downwards))
}
