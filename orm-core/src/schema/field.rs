//! One field of a model with its column.

use crate::value::{Choice, ValueKind};

use super::RelationMeta;

/// A field of a model. Written by `#[derive(Model)]`.
#[derive(Debug)]
#[non_exhaustive]
pub struct FieldMeta {
    /// The model's name, for messages.
    pub model: &'static str,
    /// The field's name in Rust, without `r#`.
    pub name: &'static str,
    /// The column's name.
    pub column: &'static str,
    /// What the column is made of.
    pub kind: ValueKind,
    /// Whether NULL is allowed.
    pub nullable: bool,
    /// Part of the primary key.
    pub primary_key: bool,
    /// A unique constraint on this column alone.
    pub unique: bool,
    /// An index on this column alone.
    pub index: bool,
    /// Most characters of a text column.
    pub max_length: Option<u32>,
    /// Total digits and decimal places of a decimal column.
    pub digits: Option<(u32, u32)>,
    /// Who gives the value when the program does not.
    pub generated: Option<Generated>,
    /// The default written into the schema.
    pub db_default: Option<DbDefault>,
    /// Whether the builder has a default in Rust.
    pub has_default: bool,
    /// The stored values of an enum.
    pub choices: &'static [Choice],
    /// The relation that this column stores the key of.
    pub relation: Option<&'static RelationMeta>,
}

/// A field is what it is by its place in the program.
impl PartialEq for FieldMeta {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

/// Who gives a value that the program does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generated {
    /// The database counts: identity or auto-increment.
    Identity,
    /// The time of creation.
    AutoNowAdd,
    /// The time of each save.
    AutoNow,
    /// The number of times that the row was saved: each save asks whether it is still the one that was read.
    Version,
    /// The database calculates it from other fields of the row, when it writes the row or when it reads it.
    Computed {
        /// When it writes the row.
        stored: bool,
    },
}

/// A default written into the schema.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DbDefault {
    /// A boolean literal.
    Bool(bool),
    /// An integer literal.
    Integer(i64),
    /// A floating point literal.
    Float(f64),
    /// A text literal.
    Text(&'static str),
    /// The time of the statement.
    Now,
    /// SQL of the user's own, the same for all databases.
    Sql(&'static str),
}

impl FieldMeta {
    /// A plain column, refined by the `const` methods below.
    pub const fn new(model: &'static str, name: &'static str, column: &'static str, kind: ValueKind) -> Self {
        FieldMeta {
            model,
            name,
            column,
            kind,
            nullable: false,
            primary_key: false,
            unique: false,
            index: false,
            max_length: None,
            digits: None,
            generated: None,
            db_default: None,
            has_default: false,
            choices: &[],
            relation: None,
        }
    }

    /// Allows NULL.
    #[must_use]
    pub const fn nullable(mut self, nullable: bool) -> Self {
        self.nullable = nullable;
        self
    }

    /// Makes it (part of) the primary key.
    #[must_use]
    pub const fn primary_key(mut self) -> Self {
        self.primary_key = true;
        self
    }

    /// Makes it unique.
    #[must_use]
    pub const fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    /// Gives it an index.
    #[must_use]
    pub const fn index(mut self) -> Self {
        self.index = true;
        self
    }

    /// Limits a text column.
    #[must_use]
    pub const fn max_length(mut self, characters: u32) -> Self {
        self.max_length = Some(characters);
        self
    }

    /// Sets a decimal column's digits.
    #[must_use]
    pub const fn digits(mut self, max_digits: u32, decimal_places: u32) -> Self {
        self.digits = Some((max_digits, decimal_places));
        self
    }

    /// Says who gives the value when the program does not.
    #[must_use]
    pub const fn generated(mut self, by: Generated) -> Self {
        self.generated = Some(by);
        self
    }

    /// Writes a default into the schema.
    #[must_use]
    pub const fn db_default(mut self, default: DbDefault) -> Self {
        self.db_default = Some(default);
        self
    }

    /// Notes that the builder has a default.
    #[must_use]
    pub const fn with_default(mut self) -> Self {
        self.has_default = true;
        self
    }

    /// Notes an enum's stored values.
    #[must_use]
    pub const fn choices(mut self, choices: &'static [Choice]) -> Self {
        self.choices = choices;
        self
    }

    /// Makes it the key of a relation.
    #[must_use]
    pub const fn relation(mut self, relation: &'static RelationMeta) -> Self {
        self.relation = Some(relation);
        self
    }

    /// The field whose length and digits the column has: for a relation the key that it stores.
    pub fn sized_by(&self) -> &FieldMeta {
        let mut field = self;
        // A key may be a relation itself; two that point at each other would never end.
        for _ in 0..16 {
            match field.relation.and_then(RelationMeta::target_field) {
                Some(target) => field = target,
                None => break,
            }
        }
        field
    }

    /// The field, if it can tell when a row was deleted.
    ///
    /// # Panics
    /// While compiling, when it cannot.
    #[must_use]
    #[track_caller]
    pub const fn says_when_deleted(self) -> Self {
        assert!(
            self.nullable && matches!(self.kind, ValueKind::Timestamp | ValueKind::DateTime),
            "the field of `soft_delete` says when a row was deleted: make it an `Option<DateTime<Utc>>`"
        );
        self
    }

    /// Whether it counts how often the row was saved.
    pub const fn is_version(&self) -> bool {
        matches!(self.generated, Some(Generated::Version))
    }

    /// Whether the database calculates it, so that nobody else writes it.
    pub const fn is_computed(&self) -> bool {
        matches!(self.generated, Some(Generated::Computed { .. }))
    }

    /// Whether the program may give it to a new row.
    pub const fn is_given(&self) -> bool {
        !self.is_version() && !self.is_computed()
    }

    /// Whether the database counts it.
    pub const fn is_identity(&self) -> bool {
        matches!(self.generated, Some(Generated::Identity))
    }

    /// Whether the database gives the value when the statement does not.
    pub const fn is_database_generated(&self) -> bool {
        matches!(self.generated, Some(Generated::Identity)) || self.db_default.is_some()
    }
}
