//! An executor that counts what is sent through it, and can act as somebody else meanwhile.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use orm::backend::{Attached, Block, BoxSink, Executed, Executor, Observed, Queries};
use orm::compile::{CompiledSql, Dialect, Operation};

/// Counts statements, also those of the blocks that are opened on it.
pub struct Counting<X> {
    inner: X,
    reads: Arc<AtomicUsize>,
    writes: Arc<AtomicUsize>,
    blocks: Arc<AtomicUsize>,
    before_write: Arc<Mutex<Option<Before>>>,
}

/// What happens before the first write.
enum Before {
    Sql(&'static str),
    Pause(Duration),
}

impl<X> Counting<X> {
    pub fn new(inner: X) -> Self {
        Counting {
            inner,
            reads: Arc::default(),
            writes: Arc::default(),
            blocks: Arc::default(),
            before_write: Arc::default(),
        }
    }

    /// Runs a statement before the first one that writes.
    pub fn insert_before_write(self, sql: &'static str) -> Self {
        Counting { before_write: Arc::new(Mutex::new(Some(Before::Sql(sql)))), ..self }
    }

    /// Waits before the first statement that writes.
    pub fn pause_before_write(self, time: Duration) -> Self {
        Counting { before_write: Arc::new(Mutex::new(Some(Before::Pause(time)))), ..self }
    }

    /// Reads, writes and blocks since the last call.
    pub fn taken(&self) -> (usize, usize, usize) {
        let take = |count: &AtomicUsize| count.swap(0, Ordering::Relaxed);
        (take(&self.reads), take(&self.writes), take(&self.blocks))
    }
}

impl<X: Executor> Executor for Counting<X> {
    type Backend = X::Backend;
    type Cursor = X::Cursor;
    type Block = Counting<X::Block>;

    fn dialect(&self) -> Dialect {
        self.inner.dialect()
    }

    fn observed(&self) -> &Observed {
        self.inner.observed()
    }

    async fn execute(&self, sql: CompiledSql) -> orm::Result<Executed> {
        self.writes.fetch_add(1, Ordering::Relaxed);
        let before = self.before_write.lock().ok().and_then(|mut before| before.take());
        match before {
            Some(Before::Sql(sql)) => self.inner.batch(sql).await?,
            Some(Before::Pause(time)) => tokio::time::sleep(time).await,
            None => {}
        }
        self.inner.execute(sql).await
    }

    async fn query(
        &self,
        sql: CompiledSql,
        sink: BoxSink<Self::Backend>,
    ) -> orm::Result<BoxSink<Self::Backend>> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.inner.query(sql, sink).await
    }

    async fn query_all(&self, queries: Queries<Self::Backend>) -> orm::Result<Vec<BoxSink<Self::Backend>>> {
        self.reads.fetch_add(queries.len(), Ordering::Relaxed);
        self.inner.query_all(queries).await
    }

    async fn cursor(&self, sql: CompiledSql) -> orm::Result<Self::Cursor> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.inner.cursor(sql).await
    }

    fn attached(&self) -> Attached<'_> {
        self.inner.attached()
    }

    async fn open_block(&self, operation: Operation) -> orm::Result<Self::Block> {
        self.blocks.fetch_add(1, Ordering::Relaxed);
        let inner = self.inner.open_block(operation).await?;
        Ok(Counting {
            inner,
            reads: self.reads.clone(),
            writes: self.writes.clone(),
            blocks: self.blocks.clone(),
            before_write: self.before_write.clone(),
        })
    }

    async fn batch(&self, sql: &str) -> orm::Result<()> {
        self.writes.fetch_add(1, Ordering::Relaxed);
        self.inner.batch(sql).await
    }
}

impl<K: Block> Block for Counting<K> {
    fn number(&self) -> u64 {
        self.inner.number()
    }

    fn is_read_only(&self) -> bool {
        self.inner.is_read_only()
    }

    async fn commit_block(self) -> orm::Result<()> {
        self.inner.commit_block().await
    }

    async fn roll_back_block(self) -> orm::Result<()> {
        self.inner.roll_back_block().await
    }
}
