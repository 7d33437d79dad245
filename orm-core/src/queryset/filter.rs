//! Which rows.

use super::expression::IntoPredicate;
use super::{QuerySet, Shape};
use crate::ast::Node;
use crate::model::{Fields, IntoField, Key, Model, Root};

impl<M: Model, S: Shape<Model = M>> QuerySet<M, S> {
    /// Only rows for which the condition is true. Called again, both conditions must be. `None` of an `Option` is no
    /// condition.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let good = Post::objects().filter(|p| p.views.gt(50) & (p.stars.ge(5) | p.author.username.eq("bob")));
    /// assert_eq!(good.all(&db).await?.len(), 1);
    ///
    /// // A condition that is used in several places is a plain function.
    /// fn popular(p: PostFields) -> Predicate<Post> { p.views.gt(50) }
    /// assert_eq!(Post::objects().filter(popular).count(&db).await?, 2);
    /// # Ok(()) }) }
    /// ```
    pub fn filter<P: IntoPredicate<M>>(mut self, condition: impl FnOnce(M::Fields<Root<M>>) -> P) -> Self {
        self.query.filter(condition(<M::Fields<Root<M>> as Fields>::NEW).into_condition());
        self
    }

    /// Only rows for which the condition is not true: exactly those that `filter` would leave out,
    /// including the ones where NULL makes it neither true nor false. `None` leaves nothing out.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// // One post has no stars: `stars < 4` is neither true nor false for it.
    /// assert_eq!(Post::objects().filter(|p| !p.stars.lt(4)).count(&db).await?, 1);
    /// assert_eq!(Post::objects().exclude(|p| p.stars.lt(4)).count(&db).await?, 2);
    ///
    /// let sql = Post::objects().exclude(|p| p.stars.lt(4)).sql(Dialect::Postgres)?;
    /// assert!(sql.ends_with(r#"WHERE ("stars" < $1) IS NOT TRUE"#));
    /// # Ok(()) }) }
    /// ```
    pub fn exclude<P: IntoPredicate<M>>(mut self, condition: impl FnOnce(M::Fields<Root<M>>) -> P) -> Self {
        let condition = condition(Self::fields()).into_optional_condition();
        self.query.filter(condition.map_or_else(Node::always, Node::is_not_true));
        self
    }

    /// Only the row with this primary key; a tuple for a composite key.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let ann = User::objects().pk(1).get(&db).await?;
    /// assert_eq!(ann.username, "ann");
    /// # Ok(()) }) }
    /// ```
    pub fn pk(mut self, key: impl IntoField<M::Key>) -> Self {
        self.query.with_key(key.into_field().to_values());
        self
    }

    /// No rows. Terminal methods answer without asking the database.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let visible = |signed_in: bool| if signed_in { Post::objects() } else { Post::objects().none() };
    /// assert_eq!(visible(false).count(&db).await?, 0);
    /// # Ok(()) }) }
    /// ```
    pub fn none(mut self) -> Self {
        self.query.none();
        self
    }
}
