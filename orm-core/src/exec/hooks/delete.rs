//! Deletions with the hooks around each row.

use super::{Around, Moment, RowChange, watches};
use crate::backend::{Backend, Executor};
use crate::compile::Operation;
use crate::error::Result;
use crate::exec::delete::{BATCH, cascading, read_values, with_values};
use crate::schema::ModelMeta;
use crate::value::Value;

const DELETING: &[Moment] = &[Moment::BeforeDelete, Moment::AfterDelete];

/// Whether anything is called when rows of the model are deleted, or rows that go with them.
pub(in crate::exec) fn watches_deletion<E: Executor>(db: &E, model: &'static ModelMeta) -> bool {
    db.attached().hooks.is_some() && cascading(model).into_iter().any(|model| watches(db, model, DELETING))
}

/// Whether anything is called when rows of the model are deleted by themselves.
pub(in crate::exec) fn watches_deletion_of<E: Executor>(db: &E, model: &'static ModelMeta) -> bool {
    watches(db, model, DELETING)
}

/// The rows that something is called for, with all their values.
pub(in crate::exec) struct AroundDeletion {
    rows: Vec<RowChange>,
}

impl AroundDeletion {
    /// Whether rows of this model are among them.
    pub(in crate::exec) fn is_for<B: Backend>(around: &Around<'_, B>, model: &'static ModelMeta) -> bool {
        DELETING.iter().any(|moment| around.watches(model, *moment))
    }

    /// Reads what is to be deleted.
    pub(in crate::exec) async fn read<E: Executor>(
        db: &E,
        around: &Around<'_, E::Backend>,
        models: Vec<(&'static ModelMeta, Vec<Vec<Value>>)>,
        operation: Operation,
    ) -> Result<Self> {
        let mut rows = Vec::new();
        for (model, keys) in models.into_iter().filter(|(model, _)| Self::is_for(around, model)) {
            let key: Vec<_> = model.key_fields().collect();
            let all: Vec<_> = model.fields.iter().collect();
            for batch in keys.chunks(BATCH) {
                let these = with_values(model, &key, batch.to_vec());
                for values in read_values(db, these, &all, operation).await? {
                    let values = values.into_iter().map(Some).collect();
                    rows.push(RowChange::new(model, Moment::BeforeDelete, Vec::new(), values));
                }
            }
        }
        Ok(AroundDeletion { rows })
    }

    /// Rows that get the time of their deletion.
    pub(in crate::exec) fn softly(mut self) -> Self {
        for row in &mut self.rows {
            row.is_soft = true;
        }
        self
    }

    /// Calls what is to be called before the first of them is deleted.
    pub(in crate::exec) async fn before<B: Backend>(&mut self, around: &Around<'_, B>) -> Result<()> {
        self.call(around, Moment::BeforeDelete).await
    }

    /// Calls what is to be called when the last of them is deleted.
    pub(in crate::exec) async fn after<B: Backend>(&mut self, around: &Around<'_, B>) -> Result<()> {
        self.call(around, Moment::AfterDelete).await
    }

    async fn call<B: Backend>(&mut self, around: &Around<'_, B>, moment: Moment) -> Result<()> {
        for row in &mut self.rows {
            row.moment = moment;
            around.call(row).await?;
        }
        Ok(())
    }
}
