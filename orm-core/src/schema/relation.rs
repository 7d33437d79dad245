//! A relation to rows of another model, and chains of them.

use std::fmt;

use super::{FieldMeta, ModelMeta};
use crate::error::ValueError;
use crate::value::Value;

/// A relation as its owner sees it: a foreign key, or what leads the other way. Written by `#[derive(Model)]`.
#[non_exhaustive]
pub struct RelationMeta {
    /// The name in Rust: of the field, or the one given to the other side.
    pub name: &'static str,
    /// The model that it starts from. A function, because models may point at each other.
    pub from: fn() -> &'static ModelMeta,
    /// The model it leads to.
    pub to: fn() -> &'static ModelMeta,
    /// How rows of the two find each other.
    pub link: Link,
    /// Whether there may be no row, of a relation to one.
    pub nullable: bool,
    /// Whether at most one row is at its start for each at its end (one-to-one).
    pub unique: bool,
    /// What happens to this row when the target is deleted.
    pub on_delete: OnDelete,
    /// Whether a relation of a model to itself holds both ways.
    pub symmetrical: bool,
}

/// How the rows of two models find each other.
#[derive(Clone, Copy, Debug)]
pub enum Link {
    /// Fields at the start hold the values of fields at the end.
    Stored {
        /// The fields at the start.
        fields: &'static [&'static FieldMeta],
        /// Those at the end; none for its primary key.
        target: Option<&'static [&'static FieldMeta]>,
    },
    /// The other side of a relation: its end is the start.
    Reverse(&'static RelationMeta),
    /// By rows of a table between: its relations to the row at the start, and to that at the end.
    Through {
        /// Leads to the start.
        near: &'static RelationMeta,
        /// Leads to the end.
        far: &'static RelationMeta,
    },
}

/// By name: fields know their relations, and relations their fields, without end.
impl fmt::Debug for RelationMeta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{} -> {}", (self.from)().name, self.name, (self.to)().name)
    }
}

impl RelationMeta {
    const fn new(
        name: &'static str,
        from: fn() -> &'static ModelMeta,
        to: fn() -> &'static ModelMeta,
        link: Link,
    ) -> Self {
        RelationMeta {
            name,
            from,
            to,
            link,
            nullable: false,
            unique: false,
            on_delete: OnDelete::NoAction,
            symmetrical: false,
        }
    }

    /// A required many-to-one relation by fields that hold the primary key of the target.
    pub const fn stored(
        name: &'static str,
        from: fn() -> &'static ModelMeta,
        to: fn() -> &'static ModelMeta,
        fields: &'static [&'static FieldMeta],
    ) -> Self {
        RelationMeta::new(name, from, to, Link::Stored { fields, target: None })
    }

    /// Makes the fields hold others than the target's primary key.
    #[must_use]
    pub const fn target(mut self, target: &'static [&'static FieldMeta]) -> Self {
        if let Link::Stored { fields, .. } = self.link {
            self.link = Link::Stored { fields, target: Some(target) };
        }
        self
    }

    /// A relation seen from where it leads to. There may be no row on its side.
    pub const fn reverse(
        name: &'static str,
        from: fn() -> &'static ModelMeta,
        to: fn() -> &'static ModelMeta,
        other: &'static RelationMeta,
    ) -> Self {
        let link = match other.link {
            Link::Through { near, far } => Link::Through { near: far, far: near },
            Link::Stored { .. } | Link::Reverse(_) => Link::Reverse(other),
        };
        let mut reverse = RelationMeta::new(name, from, to, link);
        reverse.nullable = true;
        reverse.unique = other.unique;
        reverse.symmetrical = other.symmetrical;
        reverse
    }

    /// A many-to-many relation by a model whose rows point at one of each.
    pub const fn through(
        name: &'static str,
        from: fn() -> &'static ModelMeta,
        to: fn() -> &'static ModelMeta,
        near: &'static RelationMeta,
        far: &'static RelationMeta,
    ) -> Self {
        RelationMeta::new(name, from, to, Link::Through { near, far })
    }

    /// Makes it hold both ways.
    #[must_use]
    pub const fn symmetrical(mut self) -> Self {
        self.symmetrical = true;
        self
    }

    /// Allows no row.
    #[must_use]
    pub const fn nullable(mut self, nullable: bool) -> Self {
        self.nullable = nullable;
        self
    }

    /// Makes it one-to-one.
    #[must_use]
    pub const fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    /// Sets what happens when the target is deleted.
    #[must_use]
    pub const fn on_delete(mut self, on_delete: OnDelete) -> Self {
        self.on_delete = on_delete;
        self
    }

    /// The fields at the start by which its rows are found.
    pub fn own_fields(&self) -> Vec<&'static FieldMeta> {
        match self.link {
            Link::Through { near, .. } => near.pairs().map(|(_, target)| target).collect(),
            Link::Stored { .. } | Link::Reverse(_) => self.pairs().map(|(field, _)| field).collect(),
        }
    }

    /// The fields by which rows find each other: one at the start, with the one at the end that is equal. None for a
    /// relation through a table.
    pub fn pairs(&self) -> impl Iterator<Item = (&'static FieldMeta, &'static FieldMeta)> + Clone + use<> {
        let (stored, reversed) = match self.link {
            Link::Stored { .. } => (Some((self.link, self.to)), false),
            Link::Reverse(other) => (Some((other.link, other.to)), true),
            Link::Through { .. } => (None, false),
        };
        (0..).map_while(move |at| {
            let (Link::Stored { fields, target }, to) = stored? else { return None };
            let field = *fields.get(at)?;
            let target = if let Some(target) = target {
                target.get(at).copied()?
            } else {
                let to = to();
                to.primary_key.get(at).and_then(|&key| to.fields.get(key))?
            };
            Some(if reversed { (target, field) } else { (field, target) })
        })
    }

    /// Whether this side's rows hold the key.
    pub fn is_stored(&self) -> bool {
        matches!(self.link, Link::Stored { .. })
    }

    /// The field whose values this side stores, of a relation by one field.
    pub fn target_field(&self) -> Option<&'static FieldMeta> {
        self.pairs().next().map(|(_, target)| target)
    }
}

/// What happens to rows that point at a deleted row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDelete {
    /// The database refuses at the end of the statement, the default.
    NoAction,
    /// The row is not deleted: whatever points at it protects it.
    Protect,
    /// The row is not deleted unless those that point at it are deleted with it.
    Restrict,
    /// They are deleted, too.
    Cascade,
    /// Their key is set to NULL.
    SetNull,
    /// Their key is set to the column's database default.
    SetDefault,
    /// Their key is set to a value.
    Set(SetValue),
}

/// Makes the values that a relation's fields are set to.
#[derive(Clone, Copy, Debug)]
pub struct SetValue(pub fn() -> Result<Vec<Value>, ValueError>);

/// The same function: what it gives may differ from call to call.
impl PartialEq for SetValue {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::fn_addr_eq(self.0, other.0)
    }
}

impl Eq for SetValue {}
