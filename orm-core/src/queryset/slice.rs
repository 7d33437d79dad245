//! Which part of the rows.

use std::ops::{Bound, RangeBounds};

use super::{QuerySet, Shape};
use crate::error::Error;
use crate::model::Model;

impl<M: Model, S: Shape<Model = M>> QuerySet<M, S> {
    /// At most `rows` rows. Of several limits the least counts.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let top = Post::objects().order_by(|p| p.views.desc()).limit(2).all(&db).await?;
    /// assert_eq!(top.iter().map(|post| post.views).collect::<Vec<_>>(), [120, 55]);
    /// # Ok(()) }) }
    /// ```
    pub fn limit(mut self, rows: u64) -> Self {
        self.query.limit(rows);
        self
    }

    /// Without the first `rows` rows of what is there so far.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let rest = Post::objects().order_by(|p| p.views.desc()).offset(2).all(&db).await?;
    /// assert_eq!(rest[0].title, "100% tea");
    /// # Ok(()) }) }
    /// ```
    pub fn offset(mut self, rows: u64) -> Self {
        self.query.offset(rows);
        self
    }

    /// The rows of a range, counted from 0: `slice(20..30)`, `slice(..10)`, `slice(5..)`.
    /// A slice of a slice counts within it. A range that ends before it starts is an error.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let by_views = Post::objects().order_by(|p| p.views.desc());
    /// let second = by_views.slice(1..2);
    /// assert!(second.clone().sql(Dialect::Postgres)?.ends_with(" LIMIT 1 OFFSET 1"));
    /// assert_eq!(second.get(&db).await?.title, "Spoons");
    /// # Ok(()) }) }
    /// ```
    pub fn slice(mut self, range: impl RangeBounds<u64>) -> Self {
        let start = match range.start_bound() {
            Bound::Included(&start) => start,
            Bound::Excluded(&start) => start.saturating_add(1),
            Bound::Unbounded => 0,
        };
        let end = match range.end_bound() {
            Bound::Included(&end) => Some(end.saturating_add(1)),
            Bound::Excluded(&end) => Some(end),
            Bound::Unbounded => None,
        };
        if end.is_some_and(|end| end < start) {
            self.query.fail(Error::InvalidQuery("a slice ends before it starts".into()));
            return self;
        }
        if start > 0 {
            self = self.offset(start);
        }
        match end {
            Some(end) => self.limit(end - start),
            None => self,
        }
    }
}
