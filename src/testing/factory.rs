//! Factories: rows for tests, of which a test says only what matters to it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};

use orm_core::backend::Executor;
use orm_core::error::Result;
use orm_core::exec::BulkCreate;
use orm_core::model::{ForeignKey, Model};
use orm_core::queryset::QuerySet;

/// What makes rows of a model for tests; [derived](macro@crate::Factory) from a struct with a field for each of the model's
/// that it sets.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no factory",
    note = "derive it: `#[derive(orm::Factory)] #[factory(Post)] struct PostFactory {{ … }}`"
)]
pub trait Factory: Sized + Send {
    /// The model.
    type Model: Model;

    /// The values of one more row: each sequence has counted on.
    fn new() -> Self;

    /// The values as those of a new row. Rows that it points at, and that were not given, are made.
    ///
    /// # Errors
    /// A row that it points at cannot be made.
    fn into_new<E: Executor>(
        self,
        db: &E,
    ) -> impl Future<Output = Result<<Self::Model as Model>::New>> + Send;

    /// Inserts the row, and those that it points at where they were not given.
    ///
    /// # Errors
    /// The database refuses.
    fn create<E: Executor>(self, db: &E) -> impl Future<Output = Result<Self::Model>> + Send {
        async move {
            let new = self.into_new(db).await?;
            QuerySet::<Self::Model>::new().insert(db, new).await
        }
    }

    /// Inserts as many rows, at once. `each` says what matters of each: `|post| post.views(5)`; each row that it points at
    /// and that is not given is made. Either all of them are there afterwards, or none.
    ///
    /// # Errors
    /// The database refuses.
    fn create_many<E: Executor>(
        db: &E,
        count: usize,
        each: impl FnMut(Self) -> Self,
    ) -> impl Future<Output = Result<Vec<Self::Model>>> + Send {
        let factories: Vec<Self> = std::iter::repeat_with(Self::new).take(count).map(each).collect();
        orm_core::exec::atomic(db, async move |tx: &E::Block| {
            let mut rows = Vec::with_capacity(count);
            for factory in factories {
                rows.push(factory.into_new(tx).await?);
            }
            let created: BulkCreate<'_, Self::Model, E::Block> =
                QuerySet::<Self::Model>::new().bulk_create(tx, rows);
            created.await
        })
    }
}

/// What a factory's row points at: a row that is given, or one that is made when it is needed.
pub struct Related<F: Factory>(Way<F>);

enum Way<F: Factory> {
    /// Nothing was said: by its factory as it is.
    Plain,
    By(Box<F>),
    Key(<F::Model as Model>::Key),
}

impl<F: Factory> Related<F> {
    /// A row that is there.
    pub fn to(row: &F::Model) -> Self {
        Related(Way::Key(row.key()))
    }

    /// The row of a key.
    pub fn to_key(key: <F::Model as Model>::Key) -> Self {
        Related(Way::Key(key))
    }

    /// A row that is made when it is needed.
    pub fn by(factory: F) -> Self {
        Related(Way::By(Box::new(factory)))
    }
}

impl<F: Factory> fmt::Debug for Related<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Way::Plain | Way::By(_) => "Related(to be made)",
            Way::Key(_) => "Related(given)",
        })
    }
}

/// A field of a factory that points at a row.
pub trait RelatedField: Sized {
    /// The field of the model.
    type Key;

    /// A row that is made when it is needed.
    fn made() -> Self;

    /// The key, once the row is there. It is boxed, because a factory may make a row of its own model.
    ///
    /// # Errors
    /// The row cannot be made.
    fn key<'e, E: Executor>(self, db: &'e E) -> Pin<Box<dyn Future<Output = Result<Self::Key>> + Send + 'e>>
    where
        Self: 'e;
}

impl<F: Factory> RelatedField for Related<F> {
    type Key = ForeignKey<F::Model>;

    fn made() -> Self {
        Related(Way::Plain)
    }

    fn key<'e, E: Executor>(self, db: &'e E) -> Pin<Box<dyn Future<Output = Result<Self::Key>> + Send + 'e>>
    where
        Self: 'e,
    {
        Box::pin(async move {
            let factory = match self.0 {
                Way::Key(key) => return Ok(ForeignKey::new(key)),
                Way::By(factory) => *factory,
                Way::Plain => F::new(),
            };
            Ok(ForeignKey::new(factory.create(db).await?.key()))
        })
    }
}

impl<F: Factory> RelatedField for Option<Related<F>> {
    type Key = Option<ForeignKey<F::Model>>;

    fn made() -> Self {
        Some(Related::made())
    }

    fn key<'e, E: Executor>(self, db: &'e E) -> Pin<Box<dyn Future<Output = Result<Self::Key>> + Send + 'e>>
    where
        Self: 'e,
    {
        Box::pin(async move {
            match self {
                Some(related) => Ok(Some(related.key(db).await?)),
                None => Ok(None),
            }
        })
    }
}

/// Counts the rows of a factory, in the whole process: what is made of the numbers is never the same twice.
pub struct Sequence(AtomicU64);

impl Sequence {
    /// From 1 on.
    #[must_use]
    pub const fn new() -> Self {
        Sequence(AtomicU64::new(1))
    }

    /// The next number.
    pub fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

impl Default for Sequence {
    fn default() -> Self {
        Sequence::new()
    }
}

/// What a function makes of a number; gives the type of a closure's parameter.
pub fn numbered<T>(function: impl FnOnce(u64) -> T, number: u64) -> T {
    function(number)
}
