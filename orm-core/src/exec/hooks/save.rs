//! `save` and `save_fields` with the hooks around them.

use super::create::{after, values_of};
use super::{Around, HookedWork, Moment, RowChange};
use crate::backend::{Backend, Executor};
use crate::compile::Operation;
use crate::error::Result;
use crate::exec::any_row::{AnyRow, AsAny};
use crate::exec::delete::is_there_locked;
use crate::exec::save::{insert_all, update_fields, written};
use crate::exec::stale::{is_unsaved, this_row, why_missed};
use crate::schema::FieldMeta;

/// Saves a row: all that is loaded, and a row that is not there is inserted; or only some fields of one that is there.
pub(in crate::exec) struct Save<'r, B: Backend> {
    pub(in crate::exec) row: &'r mut dyn AnyRow,
    pub(in crate::exec) only: Option<Vec<&'static FieldMeta>>,
    pub(in crate::exec) operation: Operation,
    pub(in crate::exec) read: AsAny<B>,
}

impl<B: Backend> HookedWork<B> for Save<'_, B> {
    type Out = ();

    async fn run<E: Executor<Backend = B>>(self, db: &E, around: &Around<'_, B>) -> Result<()> {
        let Save { row, only, operation, read } = self;
        let model = row.model();
        // Hooks are told which it is, and nobody may change that meanwhile.
        let is_there = is_there_locked(db, this_row(row)?, operation).await?;
        let is_new = only.is_none() && (!is_there && model.version().is_none() || is_unsaved(row)?);
        if !is_there && !is_new {
            return Err(why_missed(row, db, operation).await?);
        }
        let fields = only.unwrap_or_else(|| written(row, is_new));
        let mut change = RowChange::new(model, Moment::BeforeSave, fields, values_of(row)?);
        change.is_new = is_new;
        around.call(&mut change).await?;
        if !change.set.is_empty() {
            row.become_changed(&change)?;
        }
        let written = change.fields;
        if is_new {
            insert_all(row, db, operation, read).await?;
        } else if update_fields(row, db, &written, operation, read).await? == 0 {
            return Err(why_missed(row, db, operation).await?);
        } else {
            row.count_version_up();
        }
        if around.watches(model, Moment::AfterSave) {
            after(around, model, written, values_of(row)?, is_new).await?;
        }
        Ok(())
    }
}
