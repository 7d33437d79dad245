//! `save` and `save_fields` with the hooks around them.

use super::create::{SAVING, after, values_of};
use super::events::row;
use super::{Around, HookedWork, Moment, RowChange, watches};
use crate::backend::Executor;
use crate::compile::Operation;
use crate::error::Result;
use crate::exec::delete::is_there_locked;
use crate::exec::instance::{insert_all, this_row, update_fields};
use crate::exec::stale::{is_unsaved, why_missed};
use crate::model::{Key, Model};
use crate::schema::FieldMeta;

/// Whether anything is called when a row of the model is saved.
pub(in crate::exec) fn saves_are_watched<M: Model, E: Executor>(db: &E) -> bool {
    watches(db, M::META, SAVING)
}

/// Saves a row: all that is loaded, and a row that is not there is inserted; or only some fields of one that is there.
pub(in crate::exec) struct Save<'r, M> {
    pub(in crate::exec) row: &'r mut M,
    pub(in crate::exec) only: Option<Vec<&'static FieldMeta>>,
    pub(in crate::exec) operation: Operation,
}

impl<M: Model> HookedWork for Save<'_, M> {
    type Out = ();

    async fn run<E: Executor>(self, db: &E, around: &Around<'_, E::Backend>) -> Result<()> {
        let Save { row: this, only, operation } = self;
        let missed = async |row: &M| why_missed::<M, E>(row.key().to_values()?, db, operation).await;
        // Hooks are told which it is, and nobody may change that meanwhile.
        let is_there = is_there_locked(db, this_row(this)?, operation).await?;
        let is_new = only.is_none() && (!is_there && M::META.version().is_none() || is_unsaved(this)?);
        if !is_there && !is_new {
            return Err(missed(this).await?);
        }
        let fields = only.unwrap_or_else(|| {
            let fields = M::META.fields.iter().enumerate();
            let written = fields.filter(|(at, field)| {
                let changes = !field.primary_key && !field.is_version() && this.is_loaded(*at);
                !field.is_computed() && (is_new || changes)
            });
            written.map(|(_, field)| field).collect()
        });
        let mut change = RowChange::new(M::META, Moment::BeforeSave, fields, values_of(this)?);
        change.is_new = is_new;
        around.call(&mut change).await?;
        if !change.set.is_empty() {
            *this = row(&change)?;
        }
        let written = change.fields;
        if is_new {
            *this = insert_all(this, db, operation).await?;
        } else if update_fields(this, db, &written, operation).await? == 0 {
            return Err(missed(this).await?);
        } else {
            this.count_up();
        }
        after(around, written, this, is_new).await
    }
}
