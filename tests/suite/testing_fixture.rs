//! Fixtures: rows by name, in an order in which foreign keys hold, and mistakes with their place.

use orm::prelude::*;
use orm::testing::Fixture;
use orm::value::Json;
use orm::{Choices, Error};

use crate::support::{Db, run};

#[derive(Choices, Debug, Clone, Copy, PartialEq)]
pub enum Mood {
    Good,
    Bad,
}

#[derive(Model, Debug, Clone)]
#[model(table = "fixture_folder")]
pub struct Folder {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 30)]
    pub name: String,
    pub parent: Option<ForeignKey<Folder>>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "fixture_label")]
pub struct Label {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 10, unique)]
    pub word: String,
}

#[derive(Model, Debug, Clone)]
#[model(table = "fixture_sheet", many_to_many(labels: Label, table = "fixture_sheet_label"))]
pub struct Sheet {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 30)]
    pub name: String,
    pub folder: ForeignKey<Folder>,
    #[field(default = Mood::Good, max_length = 10)]
    pub mood: Mood,
    #[field(default = 7)]
    pub pages: i32,
    #[field(max_digits = 8, decimal_places = 2)]
    pub price: Option<Decimal>,
    pub meta: Option<Json<orm::serde_json::Value>>,
    pub data: Option<Vec<u8>>,
    pub due: Option<NaiveDate>,
    pub read_at: Option<DateTime<Utc>>,
    #[field(auto_now_add)]
    pub created: DateTime<Utc>,
}

const EVERYTHING: &str = r#"{
    "Sheet": [
        { "id": 5, "name": "a", "folder": 2, "labels": [1, 2], "mood": "bad", "price": "12.50", "meta": {"k": [1]},
          "data": [0, 255], "due": "2030-02-03", "read_at": "2030-02-03T04:05:06Z" },
        { "name": "b", "folder": 1 }
    ],
    "Folder": [
        { "id": 3, "name": "deep", "parent": 2 },
        { "id": 2, "name": "inner", "parent": 1 },
        { "id": 1, "name": "root" }
    ],
    "Label": [{ "id": 1, "word": "red" }, { "id": 2, "word": "old" }]
}"#;

const MODELS: &[orm::model::ModelEntry] = models![Sheet, Folder, Label];

fn with_tables(test: impl AsyncFnOnce(&Db)) {
    run(MODELS, test);
}

#[test]
fn rows_come_after_those_that_they_point_at() {
    with_tables(async |db| {
        let start = Utc::now();
        Fixture::from_json(EVERYTHING).unwrap().load(db, MODELS).await.unwrap();
        let a = Sheet::objects().filter(|s| s.name.eq("a")).get(db).await.unwrap();
        assert_eq!((a.id, a.mood, a.price, a.pages), (5, Mood::Bad, Some(Decimal::new(1250, 2)), 7));
        assert_eq!((a.data, a.due), (Some(vec![0, 255]), NaiveDate::from_ymd_opt(2030, 2, 3)));
        assert_eq!(a.read_at, "2030-02-03T04:05:06Z".parse().ok());
        assert!(a.meta.is_some() && a.created >= start - TimeDelta::seconds(1));
        let b = Sheet::objects().filter(|s| s.name.eq("b")).get(db).await.unwrap();
        assert_eq!((b.mood, b.price, b.folder.key()), (Mood::Good, None, &1));

        let labelled = Label::objects().order_by(|l| l.word).values(|l| l.word).all(db).await.unwrap();
        assert_eq!(labelled, ["old", "red"]);
        let red = Sheet::objects().filter(|s| s.labels.any(|l| l.word.eq("red")));
        assert_eq!(red.values(|s| s.name).all(db).await.unwrap(), ["a"]);
        let roots = Folder::objects().filter(|f| f.parent.is_null());
        assert_eq!(roots.values(|f| f.name).all(db).await.unwrap(), ["root"]);
    });
}

#[test]
fn keys_are_counted_on_from_those_of_a_fixture() {
    with_tables(async |db| {
        Fixture::from_json(r#"{ "Label": [{ "id": 41, "word": "red" }] }"#)
            .unwrap()
            .load(db, MODELS)
            .await
            .unwrap();
        let next = Label::objects().create(db, |l| l.word("old")).await.unwrap();
        assert!(next.id > 41, "{}", next.id);
        // Not back to a lesser one.
        Fixture::from_json(r#"{ "Label": [{ "id": 3, "word": "new" }] }"#)
            .unwrap()
            .load(db, MODELS)
            .await
            .unwrap();
        assert!(Label::objects().create(db, |l| l.word("big")).await.unwrap().id > next.id);
    });
}

#[test]
fn nothing_is_loaded_when_one_row_is_refused() {
    with_tables(async |db| {
        let text = r#"{ "Label": [{ "word": "red" }, { "word": "red" }] }"#;
        let error = Fixture::from_json(text).unwrap().load(db, MODELS).await.unwrap_err();
        let Error::Fixture(error) = error else { panic!("{error:?}") };
        assert_eq!((error.model(), error.row()), (Some("Label"), Some(2)));
        assert!(error.cause().is_some_and(Error::is_unique_violation), "{error}");
        assert_eq!(Label::objects().count(db).await.unwrap(), 0);
    });
}

#[test]
fn mistakes_have_a_place() {
    with_tables(async |db| {
        for (text, place) in [
            (r#"{ "Lable": [] }"#, "fixture: Lable: no such model is given to `load`; there are `Sheet`"),
            (r#"{ "Label": {} }"#, "fixture: Label: expected a list of rows"),
            (r#"{ "Label": [{ "id": 1 }] }"#, "fixture: Label, row 1, `word`: this field is required"),
            (
                r#"{ "Label": [{ "word": 1 }] }"#,
                "fixture: Label, row 1, `word`: expected a value of type text",
            ),
            (r#"{ "Label": [{ "word": null }] }"#, "fixture: Label, row 1, `word`: NULL is not allowed here"),
            (
                r#"{ "Label": [{ "word": "a" }, { "word": "b", "wort": "c" }] }"#,
                "fixture: Label, row 2, `wort`: there is no such field; there are `id`, `word`",
            ),
            (
                r#"{ "Sheet": [{ "name": "a", "folder": 1, "mood": "odd" }] }"#,
                "fixture: Sheet, row 1, `mood`: not one of the field's choices",
            ),
            (
                r#"{ "Sheet": [{ "name": "a", "folder": 1, "labels": [1] }] }"#,
                "fixture: Sheet, row 1, `labels`: the row needs a key",
            ),
            (
                r#"{ "Folder": [{ "id": 1, "name": "a", "parent": 2 }, { "id": 2, "name": "b", "parent": 1 }] }"#,
                "fixture: Folder, row 1: it points at a row that points back",
            ),
            (r#"{ "Label": [{ "word": "much too long for it" }] }"#, "fixture: Label, row 1"),
        ] {
            let error = Fixture::from_json(text).unwrap().load(db, MODELS).await.unwrap_err();
            let shown = error.to_string();
            assert!(shown.starts_with(place), "{shown}");
        }
    });
}

#[test]
fn files_are_read_by_their_ending() {
    with_tables(async |db| {
        let folder = tempfile::tempdir().unwrap();
        let json = folder.path().join("labels.json");
        std::fs::write(&json, r#"{ "Label": [{ "word": "red" }] }"#).unwrap();
        Fixture::from_file(&json).unwrap().load(db, MODELS).await.unwrap();
        let again = Fixture::from_file(&json).unwrap().load(db, MODELS).await.unwrap_err().to_string();
        assert!(again.starts_with(&format!("{}: Label, row 1: ", json.display())), "{again}");

        let toml = folder.path().join("sheets.toml");
        let text = "[[Folder]]\nid = 1\nname = 'root'\n\n[[Sheet]]\nname = 'a'\nfolder = 1\ndue = 2030-02-03\n\
                    read_at = 2030-02-03T04:05:06Z\nprice = 2.5\nmeta = { k = [1] }\n";
        std::fs::write(&toml, text).unwrap();
        let read = Fixture::from_file(&toml);
        if cfg!(feature = "toml") {
            read.unwrap().load(db, MODELS).await.unwrap();
            let sheet = Sheet::objects().get(db).await.unwrap();
            assert_eq!(
                (sheet.due, sheet.price),
                (NaiveDate::from_ymd_opt(2030, 2, 3), Some(Decimal::new(25, 1)))
            );
        } else {
            assert!(read.unwrap_err().to_string().contains("needs the feature `toml`"));
        }
    });
}
