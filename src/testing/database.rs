//! The database of a test.

use std::fmt;
use std::future::Future;
use std::ops::Deref;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use orm_core::backend::{BoxSink, Executed, Executor, Queries};
use orm_core::compile::{CompiledSql, Dialect, Operation};
use orm_core::error::Result;
use orm_core::exec::testing::{Clock, OnCommit, Staged};
use orm_core::exec::{Database, DatabaseCursor, Transaction};

use super::TestBackend;
use crate::any::AnyBackend;

/// The database that a test has for itself, from [`#[orm::test]`](macro@crate::test). It is a [`Database`] for whatever the test calls, and a clone is another
/// handle to it.
pub struct TestDatabase<B: TestBackend = AnyBackend> {
    staged: Staged<B>,
    url: Arc<str>,
}

impl<B: TestBackend> TestDatabase<B> {
    pub(super) fn new(staged: Staged<B>, url: &str) -> Self {
        TestDatabase { staged, url: url.into() }
    }

    pub(super) fn staged(&self) -> &Staged<B> {
        &self.staged
    }

    /// The database, for code that takes a [`Database`]: a clone of it is another handle.
    ///
    /// ```
    /// # mod shown {
    /// # mod orm { pub use ::orm::*; pub use ::orm::private::derive::test_in_docs as test; }
    /// # use orm::prelude::*;
    /// # use orm::testing::TestDatabase;
    /// # #[derive(Model, Debug)]
    /// # pub struct Note {
    /// #     #[field(primary_key)]
    /// #     pub id: i64,
    /// #     #[field(auto_now_add)]
    /// #     pub written: DateTime<Utc>,
    /// # }
    /// #[orm::test(models = [Note])]
    /// async fn example(db: TestDatabase) -> orm::Result<()> {
    ///     let handle = db.database().clone();
    ///     let task = tokio::spawn(async move { Note::objects().create(&handle, |n| n).await });
    ///     task.await.expect("it does not panic")?;
    ///     assert_eq!(Note::objects().count(&db).await?, 1);
    ///     Ok(())
    /// }
    /// # pub fn main() { example() }
    /// # }
    /// # fn main() { shown::main() }
    /// ```
    pub fn database(&self) -> &Database<B> {
        self.staged.database()
    }

    /// Where the database is, for code that connects by itself. In a test that is rolled back such code does not see what
    /// the test writes: that is for `#[orm::test(isolated)]`.
    ///
    /// ```
    /// # mod shown {
    /// # mod orm { pub use ::orm::*; pub use ::orm::private::derive::test_in_docs as test; }
    /// # use orm::prelude::*;
    /// # use orm::testing::TestDatabase;
    /// # #[derive(Model, Debug)]
    /// # pub struct Note {
    /// #     #[field(primary_key)]
    /// #     pub id: i64,
    /// #     #[field(auto_now_add)]
    /// #     pub written: DateTime<Utc>,
    /// # }
    /// #[orm::test(models = [Note])]
    /// async fn example(db: TestDatabase) -> orm::Result<()> {
    ///     // Without `ORM_TEST_URL`, which names a server:
    ///     assert_eq!(db.url(), "sqlite::memory:");
    ///     Ok(())
    /// }
    /// # pub fn main() { example() }
    /// # }
    /// # fn main() { shown::main() }
    /// ```
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The clock that `auto_now` and `auto_now_add` look at in this database.
    ///
    /// ```
    /// # mod shown {
    /// # mod orm { pub use ::orm::*; pub use ::orm::private::derive::test_in_docs as test; }
    /// # use orm::prelude::*;
    /// # use orm::testing::TestDatabase;
    /// # #[derive(Model, Debug)]
    /// # pub struct Note {
    /// #     #[field(primary_key)]
    /// #     pub id: i64,
    /// #     #[field(auto_now_add)]
    /// #     pub written: DateTime<Utc>,
    /// # }
    /// #[orm::test(models = [Note])]
    /// async fn example(db: TestDatabase) -> orm::Result<()> {
    ///     let noon = "2030-01-01T12:00:00Z".parse().expect("a time");
    ///     db.clock().set(noon);
    ///     assert_eq!(Note::objects().create(&db, |n| n).await?.written, noon);
    ///     Ok(())
    /// }
    /// # pub fn main() { example() }
    /// # }
    /// # fn main() { shown::main() }
    /// ```
    pub fn clock(&self) -> &Clock {
        self.staged.clock()
    }

    /// Runs code, and keeps what it gave to `on_commit` instead of running it: to be looked at, and run or not.
    ///
    /// ```
    /// # mod shown {
    /// # mod orm { pub use ::orm::*; pub use ::orm::private::derive::test_in_docs as test; }
    /// # use orm::prelude::*;
    /// # use orm::testing::TestDatabase;
    /// # #[derive(Model, Debug)]
    /// # pub struct Note {
    /// #     #[field(primary_key)]
    /// #     pub id: i64,
    /// #     #[field(auto_now_add)]
    /// #     pub written: DateTime<Utc>,
    /// # }
    /// #[orm::test(models = [Note])]
    /// async fn example(db: TestDatabase) -> orm::Result<()> {
    ///     let work = db.atomic(async |tx| {
    ///         tx.on_commit(async { println!("committed") });
    ///         Ok::<_, orm::Error>(())
    ///     });
    ///     let (_, captured) = db.capture_on_commit(work).await?;
    ///     assert_eq!(captured.len(), 1);
    ///     captured.run().await?;
    ///     Ok(())
    /// }
    /// # pub fn main() { example() }
    /// # }
    /// # fn main() { shown::main() }
    /// ```
    ///
    /// # Errors
    /// The code is within such a call already.
    pub fn capture_on_commit<F: Future>(
        &self,
        code: F,
    ) -> impl Future<Output = Result<(F::Output, OnCommit)>> {
        self.staged.capture_on_commit(code)
    }
}

impl<B: TestBackend> Deref for TestDatabase<B> {
    type Target = Database<B>;

    fn deref(&self) -> &Database<B> {
        self.database()
    }
}

impl<B: TestBackend> AsRef<Database<B>> for TestDatabase<B> {
    fn as_ref(&self) -> &Database<B> {
        self.database()
    }
}

impl<B: TestBackend> Clone for TestDatabase<B> {
    fn clone(&self) -> Self {
        TestDatabase { staged: self.staged.clone(), url: Arc::clone(&self.url) }
    }
}

impl<B: TestBackend> fmt::Debug for TestDatabase<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The URL has a password.
        self.staged.fmt(f)
    }
}

impl<B: TestBackend> Executor for TestDatabase<B> {
    type Backend = B;
    type Cursor = DatabaseCursor<B>;
    type Block = Transaction<B>;

    fn dialect(&self) -> Dialect {
        self.database().dialect()
    }

    fn in_transaction(&self) -> bool {
        self.database().in_transaction()
    }

    fn now(&self) -> DateTime<Utc> {
        self.database().now()
    }

    fn execute(&self, sql: CompiledSql) -> impl Future<Output = Result<Executed>> + Send {
        self.database().execute(sql)
    }

    fn query(&self, sql: CompiledSql, sink: BoxSink<B>) -> impl Future<Output = Result<BoxSink<B>>> + Send {
        self.database().query(sql, sink)
    }

    fn query_all(&self, queries: Queries<B>) -> impl Future<Output = Result<Vec<BoxSink<B>>>> + Send {
        self.database().query_all(queries)
    }

    fn cursor(&self, sql: CompiledSql) -> impl Future<Output = Result<DatabaseCursor<B>>> + Send {
        self.database().cursor(sql)
    }

    fn open_block(&self, operation: Operation) -> impl Future<Output = Result<Transaction<B>>> + Send {
        self.database().open_block(operation)
    }

    fn batch(&self, sql: &str) -> impl Future<Output = Result<()>> + Send {
        self.database().batch(sql)
    }
}
