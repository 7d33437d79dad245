//! The most rows that one query may put into a list.

use std::any::Any;

use crate::backend::{Backend, BoxSink, Executor, RowSink};
use crate::compile::{Access, CompiledSql};
use crate::error::{Error, Result};

/// The sink for the statement's rows, which refuses those beyond the limit of the database's options. What writes is not
/// limited, nor what it reads for that: its rows may be written when they come back, and how many they are the caller knows.
pub(super) fn limited<E: Executor>(
    db: &E,
    sql: &CompiledSql,
    sink: BoxSink<E::Backend>,
) -> BoxSink<E::Backend> {
    match db.observed().max_rows() {
        Some(limit) if sql.access == Access::Read && sql.operation.only_reads() => {
            Box::new(Limited { sink, model: sql.operation.model, limit, rows: 0 })
        }
        _ => sink,
    }
}

struct Limited<B: Backend> {
    sink: BoxSink<B>,
    model: &'static str,
    limit: u64,
    rows: u64,
}

impl<B: Backend> RowSink<B> for Limited<B> {
    fn push(&mut self, row: &mut B::Row<'_>) -> Result<()> {
        if self.rows == self.limit {
            return Err(Error::TooManyRows { model: self.model, limit: self.limit });
        }
        self.rows += 1;
        self.sink.push(row)
    }

    fn rewind(&mut self) -> bool {
        let rewound = self.sink.rewind();
        if rewound {
            self.rows = 0;
        }
        rewound
    }

    /// Whoever reads the rows knows the sink within.
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self.sink.into_any()
    }
}
