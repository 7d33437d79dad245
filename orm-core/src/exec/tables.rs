//! Tables of models: created, created where they are missing, dropped.

use super::log::{On, Statement};
use crate::backend::{Backend, Connection, Decode, LockKey, TransactionOptions, collect, into_collected};
use crate::compile::{self, Access, CompiledSql, Operation};
use crate::error::{Error, Result};
use crate::exec::Database;
use crate::model::ModelEntry;
use crate::value::{FieldType, Row};

/// Those who create missing tables at the same time do it one after another.
const LOCK: &str = "orm: tables are created";

impl<B: Backend> Database<B> {
    /// Creates the tables of the models, with keys, foreign keys, indexes and constraints; in one transaction where the
    /// database can. Models may point at each other in any order.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let db = orm::sqlite::connect("sqlite::memory:").await?;
    /// db.create_tables(models![Post, User]).await?;
    /// assert_eq!(Post::objects().count(&db).await?, 0);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// A table exists already, or the database refuses.
    pub async fn create_tables(&self, models: &[ModelEntry]) -> Result<()> {
        self.run_ddl(Ddl::Given(compile::create_tables(models, self.dialect())?), "create_tables").await
    }

    /// Creates those tables of the models that are not there, as [`create_tables`](Database::create_tables) creates all: for
    /// programs that begin with an empty database, and for more models than it had. Programs that do it at the same time wait
    /// for each other.
    ///
    /// A table that is there is left as it is, also where its model says something else by now: to change tables is the
    /// business of migrations.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let db = orm::sqlite::connect("sqlite::memory:").await?;
    /// db.create_missing_tables(models![User]).await?;
    /// User::objects().create(&db, |u| u.username("ann")).await?;
    /// db.create_missing_tables(models![User, Post]).await?;
    /// assert_eq!((User::objects().count(&db).await?, Post::objects().count(&db).await?), (1, 0));
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// The database refuses.
    pub async fn create_missing_tables(&self, models: &[ModelEntry]) -> Result<()> {
        self.run_ddl(Ddl::Missing(models), "create_missing_tables").await
    }

    /// Drops the tables of the models where they exist.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// db.drop_tables(models![User, Post]).await?;
    /// db.create_tables(models![User, Post]).await?;
    /// assert_eq!(Post::objects().count(&db).await?, 0);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// Another table still points at one of them, or the database refuses.
    pub async fn drop_tables(&self, models: &[ModelEntry]) -> Result<()> {
        self.run_ddl(Ddl::Given(compile::drop_tables(models, self.dialect())), "drop_tables").await
    }

    async fn run_ddl(&self, ddl: Ddl<'_>, name: &'static str) -> Result<()> {
        let operation = Operation::new("", name);
        let on = On::of(self);
        let transactional = self.dialect().capability().transactional_ddl;
        if let Some(around) = self.around() {
            if !transactional {
                let what = "tables cannot be made or dropped in a test that is rolled back, because this database commits \
                            then; name the models in `#[orm::test(models = […])]`, or use `isolated`";
                return Err(Error::InvalidTransaction(what.into()));
            }
            let mut turn = around.enter_for_statement().await?;
            let done = ddl.run::<B>(&mut turn.connection, on, operation).await;
            return turn.leave_statement(done).await;
        }
        let mut connection = self.backend().acquire(Access::Write, operation).await?;
        let control = |words| Statement::controls(on, operation, words);
        if transactional {
            let statement = control("BEGIN");
            statement.ends(connection.begin(&TransactionOptions::default()).await)?;
        }
        if let Err(error) = ddl.run::<B>(&mut connection, on, operation).await {
            if transactional {
                // The statement's error is the one to report; a connection that cannot roll back is discarded.
                let statement = control("ROLLBACK");
                let _ = statement.ends(connection.rollback().await);
            }
            return Err(error);
        }
        if !transactional {
            return Ok(());
        }
        let statement = control("COMMIT");
        statement.ends(connection.commit().await)
    }
}

/// What is to be defined.
enum Ddl<'a> {
    Given(Vec<String>),
    /// The tables of those models that have none.
    Missing(&'a [ModelEntry]),
}

impl Ddl<'_> {
    async fn run<B: Backend>(
        self,
        connection: &mut B::Connection,
        on: On<'_>,
        operation: Operation,
    ) -> Result<()> {
        match self {
            Ddl::Given(statements) => define::<B>(connection, on, operation, statements).await,
            Ddl::Missing(models) => {
                let capability = on.dialect.capability();
                // Where there are no such locks a transaction that writes excludes all others.
                let key = capability.advisory_locks.then(|| LockKey::from(LOCK));
                if let Some(key) = &key {
                    let statement = Statement::controls(on, operation, "ADVISORY LOCK");
                    statement.ends(connection.advisory_lock(key, true).await)?;
                }
                let existing = tables::<B>(connection, on, operation).await?;
                let missing = compile::create_missing_tables(models, &existing, on.dialect)?;
                define::<B>(connection, on, operation, missing).await?;
                match key {
                    // Elsewhere it ends with the transaction. On an error it goes with the connection, which is not clean.
                    Some(key) if !capability.transactional_ddl => connection.advisory_unlock(&[key]).await,
                    _ => Ok(()),
                }
            }
        }
    }
}

/// The names of the tables that are there.
async fn tables<B: Backend>(
    connection: &mut B::Connection,
    on: On<'_>,
    operation: Operation,
) -> Result<Vec<String>> {
    let sql = on.dialect.tables();
    let statement = Statement::defines(on, operation, sql);
    // On the connection that has the lock, which is one that writes.
    let sql = CompiledSql::new(sql, Vec::new(), Access::Write, operation);
    let done = connection.query(sql, statement.counts(collect::<B, Name>(Name))).await;
    let sink = statement.ends_with(done)?;
    Ok(into_collected::<B, Name>(sink)?.1)
}

/// Reads a name.
struct Name;

impl Decode for Name {
    type Out = String;

    fn decode<R: Row + ?Sized>(&self, row: &mut R) -> Result<String> {
        Ok(<String as FieldType>::from_row(row, 0)?.unwrap_or_default())
    }
}

async fn define<B: Backend>(
    connection: &mut B::Connection,
    on: On<'_>,
    operation: Operation,
    statements: Vec<String>,
) -> Result<()> {
    for sql in statements {
        let statement = Statement::defines(on, operation, &sql);
        statement.ends(connection.batch(&sql).await)?;
    }
    Ok(())
}
