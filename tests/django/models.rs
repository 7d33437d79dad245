//! A bookshop: the tables that `shop/models.py` describes to Django.

use orm::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(table = "country")]
pub struct Country {
    #[field(primary_key, max_length = 2)]
    pub code: String,
    #[field(max_length = 40)]
    pub name: String,
    pub population: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "author")]
pub struct Author {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 60)]
    pub name: String,
    #[field(max_length = 80)]
    pub email: Option<String>,
    pub country: Option<ForeignKey<Country>>,
    pub mentor: Option<ForeignKey<Author>>,
    pub born: Option<NaiveDate>,
    pub active: bool,
    pub rating: Option<f64>,
    pub joined_at: DateTime<Utc>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "category")]
pub struct Category {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 40, unique)]
    pub name: String,
    pub parent: Option<ForeignKey<Category>>,
    pub position: i32,
}

#[derive(Model, Debug, Clone)]
#[model(table = "book", ordering = [-published, title])]
pub struct Book {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 120)]
    pub title: String,
    pub subtitle: Option<String>,
    pub author: ForeignKey<Author>,
    pub editor: Option<ForeignKey<Author>>,
    pub category: Option<ForeignKey<Category>>,
    #[field(max_digits = 10, decimal_places = 2)]
    pub price: Decimal,
    #[field(max_digits = 5, decimal_places = 2)]
    pub discount: Option<Decimal>,
    pub pages: i32,
    pub stock: Option<i32>,
    pub weight: f64,
    pub published: Option<NaiveDate>,
    pub updated_at: DateTime<Utc>,
    pub in_print: bool,
    pub featured: Option<bool>,
    pub extra: Option<orm::serde_json::Value>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "tag")]
pub struct Tag {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 30, unique)]
    pub name: String,
}

#[derive(Model, Debug, Clone)]
#[model(table = "book_tag", unique(book, tag))]
pub struct BookTag {
    #[field(primary_key)]
    pub id: i64,
    pub book: ForeignKey<Book>,
    pub tag: ForeignKey<Tag>,
    pub weight: i32,
}

#[derive(Model, Debug, Clone)]
#[model(table = "review")]
pub struct Review {
    #[field(primary_key)]
    pub id: i64,
    pub book: ForeignKey<Book>,
    pub reviewer: Option<ForeignKey<Author>>,
    pub stars: i16,
    pub votes: i64,
    pub body: String,
    pub posted_at: DateTime<Utc>,
}

/// The same table, with a text that a query may leave out.
#[derive(Model, Debug, Clone)]
#[model(table = "review")]
pub struct LongReview {
    #[field(primary_key)]
    pub id: i64,
    pub book: ForeignKey<Book>,
    pub stars: i16,
    pub votes: i64,
    pub body: Deferred<String>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "sale")]
pub struct Sale {
    #[field(primary_key)]
    pub id: i64,
    pub book: ForeignKey<Book>,
    pub country: Option<ForeignKey<Country>>,
    pub quantity: i32,
    #[field(max_digits = 10, decimal_places = 2)]
    pub unit_price: Decimal,
    pub sold_on: NaiveDate,
    pub sold_at: NaiveTime,
}

/// Rows that scenarios write; each begins with none.
#[derive(Model, Debug, Clone)]
#[model(table = "scratch")]
pub struct Scratch {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 40)]
    pub name: String,
    pub a: i64,
    pub b: Option<i64>,
    #[field(max_digits = 10, decimal_places = 2)]
    pub price: Decimal,
    pub flag: bool,
    pub at: Option<DateTime<Utc>>,
}

/// With the models below, what scenarios delete; each begins with none.
#[derive(Model, Debug, Clone)]
#[model(table = "singer")]
#[model(has_many(records = Record::singer, songs = Song::singer, hearings = Hearing::singer, deals = Deal::singer))]
pub struct Singer {
    #[field(primary_key, identity = false)]
    pub id: i64,
}

#[derive(Model, Debug, Clone)]
#[model(table = "record", has_many(songs = Song::record, deals = Deal::record))]
pub struct Record {
    #[field(primary_key, identity = false)]
    pub id: i64,
    #[field(on_delete = cascade)]
    pub singer: ForeignKey<Singer>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "song", has_many(covers = Song::cover_of, hearings = Hearing::song))]
pub struct Song {
    #[field(primary_key, identity = false)]
    pub id: i64,
    #[field(on_delete = cascade)]
    pub singer: ForeignKey<Singer>,
    #[field(on_delete = restrict)]
    pub record: ForeignKey<Record>,
    #[field(on_delete = cascade)]
    pub cover_of: Option<ForeignKey<Song>>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "hearing")]
pub struct Hearing {
    #[field(primary_key, identity = false)]
    pub id: i64,
    #[field(on_delete = set_null)]
    pub song: Option<ForeignKey<Song>>,
    #[field(on_delete = set(ForeignKey::new(1)))]
    pub singer: ForeignKey<Singer>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "deal")]
pub struct Deal {
    #[field(primary_key, identity = false)]
    pub id: i64,
    #[field(on_delete = protect)]
    pub singer: ForeignKey<Singer>,
    #[field(on_delete = cascade)]
    pub record: Option<ForeignKey<Record>>,
}
