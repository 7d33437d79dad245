//! The values of a new row: from JSON, in collections, with everything a row can be given.

use std::collections::{BTreeMap, HashMap};

use orm::prelude::*;
use serde::{Deserialize, Serialize};

use crate::support::run;

#[derive(Choices, Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Kind {
    Plain,
    Fancy,
}

/// What cannot be deserialized, in a model that is not.
#[derive(FieldType, Debug, Clone, PartialEq)]
struct Secret(String);

#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
struct Extra {
    tags: Vec<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Author {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20)]
    name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Book {
    #[field(primary_key)]
    id: i64,
    author: ForeignKey<Author>,
    editor: Option<ForeignKey<Author>>,
    #[field(max_length = 50)]
    title: String,
    subtitle: Option<String>,
    kind: Kind,
    extra: Json<Extra>,
    #[field(default = 3)]
    copies: i32,
    #[field(default = Some(4))]
    stars: Option<i32>,
    #[field(db_default = 5)]
    rank: i32,
    body: Deferred<Option<String>>,
    #[field(auto_now_add)]
    created: DateTime<Utc>,
    #[field(generated = |b| b.rank + 1)]
    next_rank: i32,
    #[field(version)]
    version: i64,
    r#type: Option<String>,
}

#[derive(Model, Debug, Clone)]
struct Vault {
    #[field(primary_key)]
    id: Uuid,
    secret: Secret,
}

const FULL: &str = r#"{
    "id": 7, "author": 1, "editor": 2, "title": "Tea", "subtitle": "A leaf", "kind": "Fancy",
    "extra": {"tags": ["a"]}, "copies": 1, "stars": null, "rank": 2, "body": "text", "type": "x",
    "created": "2024-01-05T12:00:00Z", "unknown": {"a": [1, 2]}
}"#;

const LEAST: &str = r#"{"author": 1, "title": "Cups", "kind": "Plain", "extra": {"tags": []}, "rank": null}"#;

#[test]
fn from_json_into_the_database() {
    run(models![Author, Book], async |db| {
        for name in ["Ann", "Bob"] {
            Author::objects().create(db, |a| a.name(name)).await.unwrap();
        }
        let new: Vec<NewBook> = serde_json::from_str(&format!("[{FULL}, {LEAST}]")).unwrap();
        let full = Book::objects().insert(db, new[0].clone()).await.unwrap();
        assert_eq!((full.id, full.author, full.editor), (7, ForeignKey::new(1), Some(ForeignKey::new(2))));
        assert_eq!((full.copies, full.stars, full.rank, full.next_rank, full.version), (1, None, 2, 3, 1));
        assert_eq!((full.kind, &full.extra.0.tags[..]), (Kind::Fancy, &["a".to_owned()][..]));
        assert_eq!(full.created.to_rfc3339(), "2024-01-05T12:00:00+00:00");
        assert_eq!((full.r#type.as_deref(), full.body.get()), (Some("x"), Some(&Some("text".to_owned()))));

        let least = Book::objects().insert(db, new[1].clone()).await.unwrap();
        assert_eq!((least.copies, least.stars, least.rank, least.next_rank), (3, Some(4), 5, 6));
        assert_eq!((least.editor, least.subtitle.clone()), (None, None));
        assert_eq!(Book::objects().order_by(|b| b.title.desc()).all(db).await.unwrap(), [full, least]);

        // In collections, and many at once.
        let by_name: HashMap<&str, Vec<NewBook>> = HashMap::from([("all", new)]);
        let more = by_name["all"].iter().map(|book| NewBook { id: None, ..book.clone() });
        assert_eq!(Book::objects().bulk_create(db, more).await.unwrap().len(), 2);
        assert_eq!(Book::objects().count(db).await.unwrap(), 4);
    });
}

#[test]
fn what_is_missing_or_wrong_is_named() {
    let read = |text: &str| serde_json::from_str::<NewBook>(text).map(drop).unwrap_err().to_string();
    let named = |text: &str, expected: &str| {
        let message = read(text);
        assert!(message.contains(expected), "{message:?} lacks {expected:?}");
    };
    named(r#"{"author": 1, "kind": "Plain", "extra": {"tags": []}}"#, "missing field `title`");
    named(r#"{"title": "a", "title": "b"}"#, "duplicate field `title`");
    named(r#"{"kind": "Other"}"#, "unknown variant `Other`");
    named(r#"{"title": 5}"#, "expected a string");
    named("5", "struct NewBook");
    // Nobody gives a version or what the database calculates: they are as unknown as any other name.
    let with = LEAST.replace("\"rank\": null", "\"version\": \"x\", \"next_rank\": []");
    assert!(serde_json::from_str::<NewBook>(&with).is_ok());
}

#[test]
fn from_other_forms_of_input() {
    let value: BTreeMap<String, serde_json::Value> = serde_json::from_str(LEAST).unwrap();
    let new: NewBook = serde_json::from_value(serde_json::to_value(value).unwrap()).unwrap();
    assert_eq!(new.title, "Cups");
    let new: NewAuthor = serde_json::from_str(r#"[null, "Ann"]"#).unwrap();
    assert_eq!((new.id, new.name.as_str()), (None, "Ann"));
    assert!(serde_json::from_str::<NewAuthor>("[null]").is_err());
}

#[test]
fn explicit_and_generated_keys() {
    run(models![Author, Vault], async |db| {
        let given = Author::objects().create(db, |a| a.id(40).name("a")).await.unwrap();
        assert_eq!(given.id, 40);
        let id = Uuid::from_u128(5);
        let vault = Vault::objects().create(db, |v| v.id(id).secret(Secret("x".into()))).await.unwrap();
        assert_eq!((vault.id, vault.secret), (id, Secret("x".into())));
        assert!(NewVault { id, secret: Secret("y".into()) }.validate().is_ok());
    });
}
