//! Numbered pages: Django's `Paginator`.

use std::future::Future;

use serde::Serialize;

use super::answer::answer;
use super::count::count;
use crate::backend::Executor;
use crate::compile::Operation;
use crate::error::{Error, Result};
use crate::model::Model;
use crate::queryset::{QuerySet, Shape};

/// One of the numbered pages of a queryset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// The page's number; the first is 1.
    pub number: u64,
    /// Rows on a page.
    pub per_page: u64,
    /// Rows on all pages.
    pub total: u64,
    /// How many pages there are: at least one, which may be empty.
    pub pages: u64,
}

impl<T> Page<T> {
    /// Whether there is a page behind this one.
    pub fn has_next(&self) -> bool {
        self.number < self.pages
    }

    /// Whether there is a page before this one.
    pub fn has_previous(&self) -> bool {
        self.number > 1
    }

    /// The number of its first row among all, counted from 1; 0 when there are no rows.
    pub fn start_index(&self) -> u64 {
        if self.total == 0 { 0 } else { (self.number - 1).saturating_mul(self.per_page).saturating_add(1) }
    }

    /// The number of its last row among all, counted from 1.
    pub fn end_index(&self) -> u64 {
        if self.number == self.pages { self.total } else { self.number.saturating_mul(self.per_page) }
    }
}

/// How a queryset is divided into numbered pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "options do nothing until `page_with` gets them"]
pub struct PageOptions {
    per_page: u64,
    orphans: u64,
    clamp: bool,
}

impl PageOptions {
    /// Pages of so many rows.
    pub fn new(per_page: u64) -> Self {
        PageOptions { per_page, orphans: 0, clamp: false }
    }

    /// A last page of at most so many rows is put on the page before it.
    pub fn orphans(mut self, orphans: u64) -> Self {
        self.orphans = orphans;
        self
    }

    /// A number beyond the last page gives the last one, and 0 the first, instead of an error: Django's `get_page`.
    pub fn clamp(mut self) -> Self {
        self.clamp = true;
        self
    }

    /// The number of pages, and which of them to give.
    fn choose(self, number: u64, total: u64) -> Result<(u64, u64)> {
        let pages = total.saturating_sub(self.orphans).max(1).div_ceil(self.per_page);
        if self.clamp {
            return Ok((pages, number.clamp(1, pages)));
        }
        if (1..=pages).contains(&number) {
            Ok((pages, number))
        } else {
            Err(Error::NoSuchPage { number, pages })
        }
    }
}

impl<M: Model, S: Shape<Model = M>> QuerySet<M, S> {
    /// One of the numbered pages, with how many there are.
    ///
    /// It takes two statements, one to count, so that rows that are written in between may be counted and not be there.
    /// The primary key is appended to the order: otherwise rows that are equal in it could be on two pages. Where pages
    /// are many, or rows are inserted while somebody turns them, [`QuerySet::cursor_page`] is better.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let page = Post::objects().order_by(|p| p.views.desc()).page(&db, 2, 2).await?;
    /// assert_eq!(page.items.iter().map(|post| post.views).collect::<Vec<_>>(), [7]);
    /// assert_eq!((page.total, page.pages, page.has_next(), page.has_previous()), (3, 2, false, true));
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`Error::NoSuchPage`] for a number that is none, [`Error::InvalidQuery`] for pages of no rows, or the database
    /// fails.
    #[track_caller]
    pub fn page<E: Executor>(
        self,
        db: &E,
        number: u64,
        per_page: u64,
    ) -> impl Future<Output = Result<Page<S::Out>>> + Send {
        self.page_with(db, number, PageOptions::new(per_page))
    }

    /// As [`QuerySet::page`], with options.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let page = Post::objects().page_with(&db, 99, PageOptions::new(2).orphans(1).clamp()).await?;
    /// assert_eq!((page.number, page.pages, page.items.len()), (1, 1, 3));
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`QuerySet::page`].
    #[track_caller]
    pub fn page_with<E: Executor>(
        mut self,
        db: &E,
        number: u64,
        options: PageOptions,
    ) -> impl Future<Output = Result<Page<S::Out>>> + Send {
        let operation = Operation::called(M::META.name, "page");
        self.query.make_order_total();
        async move {
            let PageOptions { per_page, orphans, .. } = options;
            if per_page == 0 {
                return Err(Error::InvalidQuery("a page has at least one row".into()));
            }
            let total = count(db, self.query.clone(), operation).await?;
            let (pages, number) = options.choose(number, total)?;
            let mut query = self.query;
            query.offset((number - 1).saturating_mul(per_page));
            query.limit(if number == pages { per_page.saturating_add(orphans) } else { per_page });
            let items = answer(db, query.asked(db.dialect(), operation), self.shape).await?;
            Ok(Page { items, number, per_page, total, pages })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(options: PageOptions, total: u64) -> u64 {
        options.clamp().choose(1, total).unwrap().0
    }

    #[test]
    fn rows_are_divided_as_django_does() {
        // (rows, per page, orphans) and the number of pages: Django's own tests.
        for (total, per_page, orphans, expected) in [
            (9, 4, 0, 3),
            (9, 4, 1, 2),
            (10, 4, 5, 2),
            (10, 4, 6, 1),
            (10, 10, 0, 1),
            (11, 10, 0, 2),
            (11, 10, 1, 1),
            (12, 10, 1, 2),
            (0, 4, 0, 1),
            (1, 4, 2, 1),
            (u64::MAX, 1, 0, u64::MAX),
        ] {
            assert_eq!(
                pages(PageOptions::new(per_page).orphans(orphans), total),
                expected,
                "{total} by {per_page}"
            );
        }
    }

    #[test]
    fn a_number_beyond_is_an_error_or_the_last() {
        let options = PageOptions::new(5);
        assert!(matches!(options.choose(4, 11), Err(Error::NoSuchPage { number: 4, pages: 3 })));
        assert!(options.choose(0, 11).is_err());
        assert_eq!(options.clamp().choose(4, 11).unwrap(), (3, 3));
        assert_eq!(options.clamp().choose(0, 11).unwrap(), (3, 1));
    }
}
