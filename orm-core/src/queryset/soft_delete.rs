//! Rows that were deleted and stay: left out, among the others, or alone.

use super::field::Many;
use super::related::Related;
use super::{QuerySet, Shape};
use crate::ast::DeletedRows;
use crate::model::{Path, SoftDelete, ToMany};

impl<M: SoftDelete, S: Shape<Model = M>> QuerySet<M, S> {
    /// Also the rows that are deleted.
    ///
    /// ```
    /// # use orm_doc_models::guide::soft_delete::*;
    /// # fn main() -> orm::Result<()> { notebook(async |db| {
    /// Note::objects().filter(|n| n.text.eq("Milk")).delete(&db).await?;
    /// assert_eq!(Note::objects().count(&db).await?, 2);
    /// assert_eq!(Note::objects().with_deleted().count(&db).await?, 3);
    /// # Ok(()) }) }
    /// ```
    pub fn with_deleted(mut self) -> Self {
        self.query.select.deleted = DeletedRows::Shown;
        self
    }

    /// Only the rows that are deleted.
    ///
    /// ```
    /// # use orm_doc_models::guide::soft_delete::*;
    /// # fn main() -> orm::Result<()> { notebook(async |db| {
    /// Note::objects().filter(|n| n.text.eq("Milk")).delete(&db).await?;
    /// let bin = Note::objects().only_deleted().order_by(|n| n.deleted_at.desc()).all(&db).await?;
    /// assert_eq!(bin.len(), 1);
    /// assert!(bin[0].deleted_at.is_some());
    /// # Ok(()) }) }
    /// ```
    pub fn only_deleted(mut self) -> Self {
        self.query.select.deleted = DeletedRows::Only;
        self
    }
}

/// The same for rows at the end of a relation.
macro_rules! related {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        impl<P: Path, R: ToMany<From = P::Target, To: SoftDelete>> Many<P, R> {$(
            $(#[$doc])*
            pub fn $name(self) -> Related<P, R> {
                Related::<P, R>::from(self).$name()
            }
        )*}

        impl<P: Path, R: ToMany<From = P::Target, To: SoftDelete>, S: Shape<Model = R::To>> Related<P, R, S> {$(
            $(#[$doc])*
            pub fn $name(self) -> Self {
                self.query(|rows| rows.$name())
            }
        )*}
    };
}

related! {
    /// Also the rows that are deleted.
    ///
    /// ```
    /// # use orm_doc_models::guide::soft_delete::*;
    /// # fn main() -> orm::Result<()> { notebook(async |db| {
    /// Note::objects().delete(&db).await?;
    /// let filled = |f: FolderFields| (f.notes.count(), f.notes.with_deleted().count());
    /// assert_eq!(Folder::objects().values(filled).all(&db).await?, [(0, 3)]);
    /// # Ok(()) }) }
    /// ```
    with_deleted;
    /// Only the rows that are deleted.
    ///
    /// ```
    /// # use orm_doc_models::guide::soft_delete::*;
    /// # fn main() -> orm::Result<()> { notebook(async |db| {
    /// Note::objects().filter(|n| n.text.eq("Milk")).delete(&db).await?;
    /// let folders = Folder::objects().filter(|f| f.notes.only_deleted().exists());
    /// let folders = folders.prefetch_related(|f| f.notes.only_deleted()).all(&db).await?;
    /// assert_eq!(folders[0].notes()[0].text, "Milk");
    /// # Ok(()) }) }
    /// ```
    only_deleted;
}
