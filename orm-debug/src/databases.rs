//! The databases whose queries can be explained, whatever their kinds.

use std::pin::Pin;
use std::sync::Arc;

use orm_core::backend::{Backend, Executor};
use orm_core::compile::Dialect;
use orm_core::error::Result;
use orm_core::exec::Database;
use orm_core::exec::explain::Plan;
use orm_core::exec::recorder::{RecordedStatement, StatementKind};

type Explaining = Pin<Box<dyn Future<Output = Result<Plan>> + Send>>;

/// The databases that the layer was given.
#[derive(Clone, Default)]
pub(crate) struct Databases(Vec<Known>);

#[derive(Clone)]
struct Known {
    dialect: Dialect,
    namespace: Option<String>,
    explain: Arc<dyn Fn(RecordedStatement) -> Explaining + Send + Sync>,
}

impl Databases {
    pub(crate) fn add<B: Backend>(&mut self, db: Database<B>) {
        self.0.push(Known {
            dialect: db.dialect(),
            namespace: db.observed().namespace().map(str::to_owned),
            explain: Arc::new(move |statement| {
                let db = db.clone();
                Box::pin(async move { statement.explain(&db).await })
            }),
        });
    }

    /// Whether the statement's plan can be asked for.
    pub(crate) fn can_explain(&self, statement: &RecordedStatement) -> bool {
        self.of(statement).is_some()
    }

    /// The statement's plan; `None` where its database is not known, or it is no query that reads.
    pub(crate) async fn explain(&self, statement: &RecordedStatement) -> Option<Result<Plan>> {
        let explain = Arc::clone(&self.of(statement)?.explain);
        Some(explain(statement.clone()).await)
    }

    fn of(&self, statement: &RecordedStatement) -> Option<&Known> {
        if statement.kind != StatementKind::Read {
            return None;
        }
        self.0.iter().find(|known| {
            known.dialect == statement.dialect && known.namespace.as_deref() == statement.namespace()
        })
    }
}
