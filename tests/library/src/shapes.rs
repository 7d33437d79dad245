//! Projections, partial rows and deferred fields in odd places, with the lints on that a careful user has.

#![deny(missing_docs, unreachable_pub, unused, unused_qualifications, missing_debug_implementations)]

use orm::prelude::*;

/// Named like a type parameter.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct L {
    /// The key.
    #[field(primary_key)]
    pub id: i64,
    /// Named like a method of the partial row's own.
    #[field(max_length = 10)]
    pub clone: String,
    /// A keyword.
    pub r#type: Option<i32>,
    /// Itself.
    pub parent: Option<ForeignKey<Self>>,
    /// A newtype inside.
    pub code: Deferred<Option<Code>>,
    /// With a default.
    #[field(default = "none", max_length = 20)]
    pub text: Deferred<String>,
    /// A default of the database.
    #[field(max_digits = 6, decimal_places = 2, db_default = 0)]
    pub price: Deferred<Decimal>,
}

/// A newtype.
#[derive(FieldType, Debug, Clone, PartialEq)]
pub struct Code(i64);

mod cards {
    use orm::prelude::*;

    use super::Code;

    /// A projection of a model in another module.
    #[derive(Projection, Debug, Clone, PartialEq)]
    #[projection(super::L)]
    pub(crate) struct Card {
        /// The key.
        pub id: i64,
        /// A keyword.
        pub r#type: Option<i32>,
        /// A deferred field is read as the value.
        pub code: Option<Code>,
        pub(super) text: String,
        /// Across a relation.
        #[projection(path = parent.parent.r#type)]
        pub above: Option<i32>,
        /// A function.
        #[projection(expr = super::longer)]
        pub longer: bool,
        /// A closure with a body.
        #[projection(expr = |row| { let twice = row.id * 2; twice + 1 },)]
        pub computed: i64,
    }
}

fn longer(row: LFields) -> Predicate<L> {
    row.text.ne(row.clone)
}

/// Looks at some of it.
pub fn check() {
    /// In a function's body.
    #[derive(Projection, Debug)]
    #[projection(L)]
    struct Inside {
        id: i64,
    }

    let cards = L::objects().project::<cards::Card>().distinct();
    assert!(cards.sql(Dialect::Sqlite).is_ok());
    let inside = L::objects().project::<Inside>().order_by(|row| row.text);
    assert!(inside.sql(Dialect::MySql).is_ok());
    let _ = |inside: Inside| inside.id;
    let _ = |card: cards::Card| card.text;
    let some = L::objects().only(|row| (row.clone, row.parent, row.price));
    let _ = async |db: &Database<orm::AnyBackend>| -> orm::Result<Option<String>> {
        let mut light = L::objects().defer(|row| (row.code, row.price)).get(db).await?;
        light.load(db, |row| row.code).await?;
        light.text = "x".into();
        light.text.set("y");
        let row = some.first(db).await?;
        Ok(row.map(|row| format!("{}{:?}{}", (*row).clone(), row.parent(), row.price())))
    };
    let new = L::draft().clone("a").text("b").build();
    assert_eq!((new.text.as_deref(), new.code, new.price), (Some("b"), None, None));
}
