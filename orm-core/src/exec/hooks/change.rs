//! What happens to a row, of whatever model.

use std::fmt;

use crate::error::{Error, FieldError, Result, ValueError};
use crate::schema::{FieldMeta, ModelMeta};
use crate::value::Value;

/// When a hook is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Moment {
    /// A row is about to be inserted or updated.
    BeforeSave,
    /// A row was inserted or updated.
    AfterSave,
    /// A row is about to be deleted.
    BeforeDelete,
    /// A row was deleted.
    AfterDelete,
}

/// What happens to a row of any model: the event of [`Hooks::every_model`](super::Hooks::every_model).
#[derive(Clone)]
pub struct RowChange {
    pub(super) model: &'static ModelMeta,
    pub(super) moment: Moment,
    pub(super) is_new: bool,
    pub(super) is_soft: bool,
    /// The fields that are written.
    pub(super) fields: Vec<&'static FieldMeta>,
    /// The values in the model's order, as far as they are known.
    pub(super) values: Vec<Option<Value>>,
    /// The positions of values that a hook has set.
    pub(super) set: Vec<usize>,
}

impl RowChange {
    pub(super) fn new(
        model: &'static ModelMeta,
        moment: Moment,
        fields: Vec<&'static FieldMeta>,
        values: Vec<Option<Value>>,
    ) -> Self {
        RowChange { model, moment, is_new: false, is_soft: false, fields, values, set: Vec::new() }
    }

    /// The model: its name, table and fields.
    pub fn model(&self) -> &'static ModelMeta {
        self.model
    }

    /// What happens.
    pub fn moment(&self) -> Moment {
        self.moment
    }

    /// Whether it is inserted.
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    /// Whether it is deleted by writing down when: see `soft_delete`.
    pub fn is_soft(&self) -> bool {
        self.is_soft
    }

    /// The fields that are written.
    pub fn fields(&self) -> &[&'static FieldMeta] {
        &self.fields
    }

    /// The value of the field of this name; none where it is left to the database, is computed by it, or is not loaded.
    pub fn value(&self, field: &str) -> Option<&Value> {
        let at = self.model.fields.iter().position(|own| own.name == field)?;
        self.values.get(at)?.as_ref()
    }

    /// The values of the primary key, once they are known.
    pub fn key(&self) -> Option<Vec<Value>> {
        self.model.primary_key.iter().map(|&at| self.values.get(at).cloned().flatten()).collect()
    }

    /// Gives the field of this name a value, which is written, too.
    ///
    /// # Errors
    /// There is no such field, its column is of another kind, the row is being deleted or was written already, or the field
    /// is part of the key of a row that is there.
    pub fn set(&mut self, field: &str, value: Value) -> Result<()> {
        let Some(at) = self.model.fields.iter().position(|own| own.name == field) else {
            let message = format!("`{}` has no field `{field}`", self.model.name);
            return Err(Error::InvalidQuery(message.into()));
        };
        self.set_at(at, value)
    }

    pub(super) fn set_at(&mut self, at: usize, value: Value) -> Result<()> {
        let Some((field, slot)) = self.model.fields.get(at).zip(self.values.get_mut(at)) else {
            return Err(ValueError::Invalid("the model has no field at this position".into()).into());
        };
        let refuse = |what: &str| {
            Err(Error::InvalidQuery(format!("`{}.{}` cannot be set: {what}", field.model, field.name).into()))
        };
        if self.moment != Moment::BeforeSave {
            return refuse("only a hook that is called before the row is saved can change it");
        }
        if field.primary_key && !self.is_new {
            return refuse("it is part of the key by which the row is found");
        }
        if field.is_computed() {
            return refuse("the database calculates it");
        }
        if field.is_version() {
            return refuse("each change of the row counts it up");
        }
        if value.kind() != field.kind || value.is_null() && !field.nullable {
            let found = if value.is_null() { "null" } else { value.kind().name() };
            let error = ValueError::WrongType { expected: field.kind.name(), found: found.into() };
            return Err(FieldError::new(field.model, field.name, error).into());
        }
        *slot = Some(value);
        if !self.set.contains(&at) {
            self.set.push(at);
        }
        if !self.fields.contains(&field) {
            self.fields.push(field);
        }
        Ok(())
    }

    /// The fields that have values, with these, in the model's order.
    pub(super) fn given(self) -> (Vec<&'static FieldMeta>, Vec<Value>) {
        let fields = self.model.fields.iter().zip(self.values);
        fields.filter_map(|(field, value)| Some((field, value?))).unzip()
    }
}

/// Without the values.
impl fmt::Debug for RowChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields: Vec<_> = self.fields.iter().map(|field| field.name).collect();
        f.debug_struct("RowChange")
            .field("model", &self.model.name)
            .field("moment", &self.moment)
            .field("is_new", &self.is_new)
            .field("fields", &fields)
            .finish_non_exhaustive()
    }
}
