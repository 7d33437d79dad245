//! A model with its table.

use std::borrow::Cow;
use std::sync::OnceLock;

use super::{FieldMeta, IndexMeta, RelationMeta};

/// A model: name, table, fields, keys. Written by `#[derive(Model)]` as a `static`.
#[derive(Debug)]
#[non_exhaustive]
pub struct ModelMeta {
    /// The struct's name.
    pub name: &'static str,
    /// The table's name.
    pub table: &'static str,
    /// The fields in the struct's order; rows are read by these positions.
    pub fields: &'static [FieldMeta],
    /// Positions of the primary key's fields, in order; never empty.
    pub primary_key: &'static [usize],
    /// The order of querysets that ask for none.
    pub ordering: &'static [OrderMeta],
    /// Indexes and unique constraints beyond those of single fields.
    pub indexes: &'static [IndexMeta],
    /// The relations: those of foreign keys, and those that lead the other way.
    pub relations: &'static [&'static RelationMeta],
    /// The models that exist only to hold a many-to-many relation of this one.
    pub between: &'static [fn() -> &'static ModelMeta],
    /// The position of the field that says when a row was deleted, of a model whose rows stay then.
    pub soft_delete: Option<usize>,
    column_lists: ColumnLists,
}

/// A model is what it is by its place in the program.
impl PartialEq for ModelMeta {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

/// The columns as statements list them, for each character that quotes names: written once, for most statements need it.
#[derive(Debug)]
struct ColumnLists([(char, OnceLock<Box<str>>); 2]);

/// A field in a model's default order.
#[derive(Clone, Copy, Debug)]
pub struct OrderMeta {
    /// Position in [`ModelMeta::fields`].
    pub field: usize,
    /// Downwards.
    pub descending: bool,
}

impl ModelMeta {
    /// A model; the parts that most models lack are added by the `const` methods.
    pub const fn new(
        name: &'static str,
        table: &'static str,
        fields: &'static [FieldMeta],
        primary_key: &'static [usize],
    ) -> Self {
        let column_lists = ColumnLists([('"', OnceLock::new()), ('`', OnceLock::new())]);
        ModelMeta {
            name,
            table,
            fields,
            primary_key,
            ordering: &[],
            indexes: &[],
            relations: &[],
            between: &[],
            soft_delete: None,
            column_lists,
        }
    }

    /// Sets the default order.
    #[must_use]
    pub const fn ordering(mut self, ordering: &'static [OrderMeta]) -> Self {
        self.ordering = ordering;
        self
    }

    /// Sets the indexes and unique constraints.
    #[must_use]
    pub const fn indexes(mut self, indexes: &'static [IndexMeta]) -> Self {
        self.indexes = indexes;
        self
    }

    /// Sets the relations.
    #[must_use]
    pub const fn relations(mut self, relations: &'static [&'static RelationMeta]) -> Self {
        self.relations = relations;
        self
    }

    /// Sets the models that hold its many-to-many relations.
    #[must_use]
    pub const fn between(mut self, between: &'static [fn() -> &'static ModelMeta]) -> Self {
        self.between = between;
        self
    }

    /// Says which field tells when a row was deleted: one that [`FieldMeta::says_when_deleted`] let pass.
    #[must_use]
    pub const fn soft_delete(mut self, field: usize) -> Self {
        self.soft_delete = Some(field);
        self
    }

    /// The list of all columns that `write` writes for this quote; kept where that is one that databases use.
    pub(crate) fn column_list(&self, quote: char, write: impl Fn() -> String) -> Cow<'_, str> {
        let kept = self.column_lists.0.iter().find(|(kept, _)| *kept == quote);
        match kept {
            Some((_, list)) => Cow::Borrowed(list.get_or_init(|| write().into_boxed_str())),
            None => Cow::Owned(write()),
        }
    }

    /// The primary key's fields.
    pub fn key_fields(&self) -> impl ExactSizeIterator<Item = &'static FieldMeta> + Clone + use<> {
        let fields = self.fields;
        self.primary_key.iter().map(move |&at| &fields[at])
    }

    /// Where the field is among the model's.
    pub(crate) fn position(&self, field: &FieldMeta) -> Option<usize> {
        self.fields.iter().position(|own| own == field)
    }

    /// The field that says when a row was deleted, of a model whose rows stay then.
    pub fn deleted_at(&self) -> Option<&'static FieldMeta> {
        self.fields.get(self.soft_delete?)
    }

    /// The field that counts how often a row was saved, if there is one.
    pub fn version(&self) -> Option<&'static FieldMeta> {
        self.fields.iter().find(|field| field.is_version())
    }

    /// The field of that name in Rust.
    pub fn field(&self, name: &str) -> Option<&'static FieldMeta> {
        self.fields.iter().find(|field| field.name == name)
    }
}
