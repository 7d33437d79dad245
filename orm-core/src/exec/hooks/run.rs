//! Runs a write with what is called around it, in one transaction.

use std::future::Future;

use super::depth::deeper;
use super::{Hooks, Moment, RelationChange, RowChange};
use crate::backend::{Backend, Executor};
use crate::compile::Operation;
use crate::error::{Error, Result};
use crate::exec::Transaction;
use crate::exec::run::Running;
use crate::exec::transaction::{Work, together};
use crate::schema::ModelMeta;

/// A write with hooks around it: a trait, because a closure cannot be generic.
pub(in crate::exec) trait HookedWork<B: Backend>: Send {
    /// What comes of it.
    type Out: Send;

    /// Runs it; `db` is part of the transaction.
    fn run<E: Executor<Backend = B>>(
        self,
        db: &E,
        around: &Around<'_, B>,
    ) -> impl Future<Output = Result<Self::Out>> + Send;
}

/// The transaction of a write, and what is called around it.
pub(in crate::exec) struct Around<'t, B: Backend> {
    tx: &'t Transaction<B>,
}

fn hooks_of<E: Executor>(db: &E) -> Option<&Hooks<E::Backend>> {
    db.attached().hooks?.downcast_ref()
}

/// Whether anything is called at one of these moments for rows of the model.
pub(in crate::exec) fn watches<E: Executor>(db: &E, model: &'static ModelMeta, moments: &[Moment]) -> bool {
    hooks_of(db).is_some_and(|hooks| hooks.watches(model, moments))
}

/// Whether anything is called when a relation by this model between changes.
pub(in crate::exec) fn watches_links<E: Executor>(db: &E, between: &'static ModelMeta) -> bool {
    hooks_of(db).is_some_and(|hooks| hooks.links.iter().any(|link| link.is_for(between)))
}

/// Runs a write with its hooks: in the transaction that there is, which a failure breaks, or in one of its own.
pub(in crate::exec) fn hooked<'w, E: Executor, W: HookedWork<E::Backend> + 'w>(
    db: &'w E,
    operation: Operation,
    work: W,
) -> Running<'w, W::Out> {
    if let Some(tx) = transaction_of(db) {
        return Box::pin(async move {
            let done = work.run(db, &Around { tx }).await;
            if let Err(error) = &done {
                // Hooks may have written something, or the write is done and a hook has failed.
                tx.break_off(error);
            }
            done
        });
    }
    together(db, operation, Hooked(work))
}

struct Hooked<W>(W);

impl<B: Backend, W: HookedWork<B>> Work<B> for Hooked<W> {
    type Out = W::Out;

    async fn run<E: Executor<Backend = B>>(self, db: &E) -> Result<W::Out> {
        let Some(tx) = transaction_of(db) else {
            let what = "an executor has hooks, but its blocks do not tell which transaction is behind them";
            return Err(Error::InvalidTransaction(what.into()));
        };
        self.0.run(db, &Around { tx }).await
    }
}

fn transaction_of<E: Executor>(db: &E) -> Option<&Transaction<E::Backend>> {
    db.attached().transaction?.downcast_ref()
}

impl<B: Backend> Hooks<B> {
    fn watches(&self, model: &'static ModelMeta, moments: &[Moment]) -> bool {
        let hooks = self.rows.iter().filter(|hook| hook.is_for(model));
        hooks.into_iter().any(|hook| hook.moment.is_some_and(|moment| moments.contains(&moment)))
    }
}

impl<B: Backend> Around<'_, B> {
    /// Whether anything is called at this moment.
    pub(in crate::exec) fn watches(&self, model: &'static ModelMeta, moment: Moment) -> bool {
        self.tx.hooks().is_some_and(|hooks| hooks.watches(model, &[moment]))
    }

    /// Calls what is to be called for a row.
    pub(in crate::exec) async fn call(&self, change: &mut RowChange) -> Result<()> {
        let Some(hooks) = self.tx.hooks() else { return Ok(()) };
        let (model, moment) = (change.model, Some(change.moment));
        for hook in hooks.rows.iter().filter(|hook| hook.moment == moment && hook.is_for(model)) {
            deeper(model, hook.hook.run(self.tx, change)).await?;
        }
        Ok(())
    }

    /// Calls what is to be called for a many-to-many relation.
    pub(in crate::exec) async fn call_links(&self, change: &mut RelationChange) -> Result<()> {
        let Some(hooks) = self.tx.hooks() else { return Ok(()) };
        let between = change.between();
        for hook in hooks.links.iter().filter(|hook| hook.is_for(between)) {
            deeper(between, hook.hook.run(self.tx, change)).await?;
        }
        Ok(())
    }
}
