//! What a model's type itself can do: begin a query, name its fields, begin a new row.

use super::QuerySet;
use crate::model::{Fields, Model, Root};

/// The beginning of everything that is asked of a model's table. Every model has it; a module that has no
/// `use orm::prelude::*` has to import it.
///
/// A trait and not code of each model, which users' compilers would have to check each time. So a model may have its own `objects`
/// instead, a default that leaves rows out as Django's managers do, and generic code can call it for any model:
///
/// ```
/// # use orm::prelude::*;
/// #[derive(Model, Debug, Clone)]
/// pub struct Article {
///     #[field(primary_key)]
///     pub id: i64,
///     pub published: bool,
/// }
///
/// impl Article {
///     /// Those that visitors may see.
///     pub fn objects() -> QuerySet<Article> {
///         <Self as Manager>::objects().filter(|a| a.published)
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> orm::Result<()> {
/// let db = orm::sqlite::connect("sqlite::memory:").await?;
/// db.create_tables(models![Article]).await?;
/// Article::objects().create(&db, |a| a.published(false)).await?;
/// assert_eq!(Article::objects().count(&db).await?, 0);
/// assert_eq!(<Article as Manager>::objects().count(&db).await?, 1);
/// # Ok(()) }
/// ```
pub trait Manager: Model {
    /// All rows, as a query to refine; but for those that are [deleted softly](crate::model::SoftDelete).
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// assert_eq!(Post::objects().count(&db).await?, 3);
    /// # Ok(()) }) }
    /// ```
    #[inline]
    fn objects() -> QuerySet<Self> {
        QuerySet::new()
    }

    /// The fields, where a closure does not fit.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let popular = Post::fields().views.gt(50);
    /// assert_eq!(Post::objects().filter(|_| popular.clone()).count(&db).await?, 2);
    /// # Ok(()) }) }
    /// ```
    #[inline]
    fn fields() -> Self::Fields<Root<Self>> {
        Fields::NEW
    }

    /// A builder of a new row, for where there is no closure that gets one.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let new = User::draft().username("dan").email("dan@example.com").build();
    /// assert_eq!(User::objects().insert(&db, new).await?.username, "dan");
    /// # Ok(()) }) }
    /// ```
    #[inline]
    fn draft() -> Self::Draft {
        <Self as Model>::empty_draft()
    }
}

impl<M: Model> Manager for M {}
