//! A relation to one row of another model, and chains of them.

use super::{FieldMeta, ModelMeta};

/// A foreign key. Written by `#[derive(Model)]`.
#[derive(Debug)]
#[non_exhaustive]
pub struct RelationMeta {
    /// The field's name in Rust.
    pub name: &'static str,
    /// The model that holds the key. A function, because models may point at each other.
    pub from: fn() -> &'static ModelMeta,
    /// The model pointed at.
    pub to: fn() -> &'static ModelMeta,
    /// The key's column on this side.
    pub column: &'static str,
    /// Whether there may be no row.
    pub nullable: bool,
    /// Whether at most one row points at each target (one-to-one).
    pub unique: bool,
    /// What happens to this row when the target is deleted.
    pub on_delete: OnDelete,
}

impl RelationMeta {
    /// A required many-to-one relation.
    pub const fn new(
        name: &'static str,
        from: fn() -> &'static ModelMeta,
        to: fn() -> &'static ModelMeta,
        column: &'static str,
    ) -> Self {
        RelationMeta { name, from, to, column, nullable: false, unique: false, on_delete: OnDelete::NoAction }
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

    /// The target's key field, whose values this side stores.
    pub fn target_field(&self) -> &'static FieldMeta {
        let model = (self.to)();
        &model.fields[model.primary_key[0]]
    }
}

/// What the database does to rows that point at a deleted row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDelete {
    /// Refuse at the end of the statement, the default.
    NoAction,
    /// Refuse at once.
    Restrict,
    /// Delete them too.
    Cascade,
    /// Set their key to NULL.
    SetNull,
    /// Set their key to the column's database default.
    SetDefault,
}

/// A chain of relations as a linked list in static memory: a field path costs no allocation.
#[derive(Debug)]
pub struct PathNode {
    /// What comes before, if anything.
    pub parent: Option<&'static PathNode>,
    /// The last step.
    pub relation: &'static RelationMeta,
}

impl PathNode {
    /// Whether NULL rows are possible anywhere along the chain.
    pub fn is_nullable(&self) -> bool {
        self.relation.nullable || self.parent.is_some_and(PathNode::is_nullable)
    }
}

/// Both chains take the same steps. Compared by content: constants may have several addresses.
impl PartialEq for PathNode {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
            || (self.relation.name == other.relation.name
                && std::ptr::eq((self.relation.from)(), (other.relation.from)())
                && self.parent == other.parent)
    }
}
