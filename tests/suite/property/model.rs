//! The models that random queries are about, and their rows in memory.

use orm::prelude::*;

use super::Db;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "property_tag")]
pub struct Tag {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 40)]
    pub name: String,
    pub rank: i32,
    pub note: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "property_shelf")]
pub struct Shelf {
    #[field(primary_key)]
    pub id: i64,
    pub label: String,
    pub weight: Option<i32>,
    #[field(on_delete = set_null)]
    pub keeper: Option<ForeignKey<Tag>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "property_item")]
pub struct Item {
    #[field(primary_key)]
    pub id: i64,
    pub number: i32,
    pub big: i64,
    pub amount: Option<i64>,
    #[field(max_length = 40)]
    pub name: String,
    pub note: Option<String>,
    pub flag: bool,
    pub maybe: Option<bool>,
    #[field(max_digits = 20, decimal_places = 6)]
    pub price: Decimal,
    #[field(max_digits = 20, decimal_places = 6)]
    pub discount: Option<Decimal>,
    pub ratio: f64,
    pub at: DateTime<Utc>,
    pub day: Option<NaiveDate>,
    pub stock: u32,
    #[field(on_delete = set_null)]
    pub tag: Option<ForeignKey<Tag>>,
    #[field(on_delete = restrict)]
    pub shelf: ForeignKey<Shelf>,
}

/// All rows of the three tables.
#[derive(Debug, Clone)]
pub struct Data {
    pub tags: Vec<Tag>,
    pub shelves: Vec<Shelf>,
    pub items: Vec<Item>,
}

/// An item with the rows that its foreign keys lead to.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub item: Item,
    pub tag: Option<Tag>,
    pub shelf: Shelf,
    pub keeper: Option<Tag>,
}

impl Data {
    /// The items, by key, with what they point at.
    pub fn rows(&self) -> Vec<Row> {
        let tagged = |key: &Option<ForeignKey<Tag>>| {
            key.as_ref().and_then(|key| self.tags.iter().find(|tag| tag.id == *key.key()).cloned())
        };
        let joined = |item: &Item| {
            let on = self.shelves.iter().find(|shelf| shelf.id == *item.shelf.key()).expect("a shelf");
            Row { item: item.clone(), tag: tagged(&item.tag), keeper: tagged(&on.keeper), shelf: on.clone() }
        };
        self.items.iter().map(joined).collect()
    }

    /// Makes these the rows of the tables.
    pub async fn store(&self, db: &Db) {
        Item::objects().delete(db).await.expect("items are deleted");
        Shelf::objects().delete(db).await.expect("shelves are deleted");
        Tag::objects().delete(db).await.expect("tags are deleted");
        for tag in &self.tags {
            tag.clone().save(db).await.expect("a tag is saved");
        }
        for shelf in &self.shelves {
            shelf.clone().save(db).await.expect("a shelf is saved");
        }
        for item in &self.items {
            let mut saved = item.clone();
            saved.save(db).await.expect("an item is saved");
            assert_eq!(&saved, item, "an item is saved as it is");
        }
    }
}
