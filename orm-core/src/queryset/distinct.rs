//! Equal rows once, and the first row of each kind.

use super::selection::Selectable;
use super::{QuerySet, Shape};
use crate::model::{Model, Root};

impl<M: Model, S: Shape<Model = M>> QuerySet<M, S> {
    /// Equal rows only once. Rows of a model differ by their key, so this matters to `values`.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let authors = Post::objects().values(|p| p.author.username).distinct();
    /// assert_eq!(authors.clone().count(&db).await?, 2);
    /// assert_eq!(authors.sql(Dialect::Sqlite)?.split(" FROM").next(), Some(r#"SELECT DISTINCT "a1"."username""#));
    /// # Ok(()) }) }
    /// ```
    pub fn distinct(mut self) -> Self {
        self.query.distinct();
        self
    }

    /// Of rows that are equal in these fields or expressions only the first, in the queryset's order: Django's
    /// `distinct(*fields)`, on every database and with any order.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// // The post of each author that was read most.
    /// let best = Post::objects().order_by(|p| p.views.desc()).distinct_on(|p| p.author).all(&db).await?;
    /// assert_eq!(best.iter().map(|post| post.views).collect::<Vec<_>>(), [120, 7]);
    /// # Ok(()) }) }
    /// ```
    pub fn distinct_on<V: Selectable<M>>(mut self, of: impl FnOnce(M::Fields<Root<M>>) -> V) -> Self {
        let mut nodes = Vec::new();
        of(Self::fields()).push_selected(&mut nodes);
        self.query.distinct_on(nodes);
        self
    }
}
