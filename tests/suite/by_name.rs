//! Conditions and orders by names that are known only at run time.

use orm::Error;
use orm::error::ValueError;
use orm::prelude::*;
use orm::serde_json::{Value as JsonValue, json};

use crate::support::{Db, run};

#[derive(Choices, Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Draft,
    Public,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Writer {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 50)]
    name: String,
    #[field(on_delete = set_null)]
    mentor: Option<ForeignKey<Writer>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Text {
    #[field(primary_key)]
    id: i64,
    writer: ForeignKey<Writer>,
    #[field(max_length = 50)]
    title: String,
    words: i32,
    stars: Option<i16>,
    #[field(max_digits = 8, decimal_places = 2)]
    price: Decimal,
    state: State,
    at: DateTime<Utc>,
    day: NaiveDate,
    code: Uuid,
    ratio: f64,
    public: bool,
    extra: Json<Vec<i64>>,
}

fn with_texts(test: impl AsyncFnOnce(&Db)) {
    run(models![Writer, Text], async |db| {
        for (name, mentor) in [("ann", None), ("Bob", Some(1)), ("cid", Some(2))] {
            Writer::objects().create(db, |w| w.name(name).mentor(mentor.map(ForeignKey::new))).await.unwrap();
        }
        for (at, writer, title, words, stars) in
            [(1, 1, "one", 100, Some(1)), (2, 2, "Two", 200, None), (3, 3, "three", 300, Some(3))]
        {
            let time = DateTime::from_timestamp(1_700_000_000 + at * 86_400, 500_000_000).unwrap();
            Text::objects()
                .create(db, |t| {
                    t.writer(ForeignKey::new(writer))
                        .title(title)
                        .words(words)
                        .stars(stars)
                        .price(Decimal::new(at * 50, 2))
                        .state(if at == 2 { State::Public } else { State::Draft })
                        .at(time)
                        .day(time.date_naive())
                        .code(Uuid::from_u128(7))
                        .ratio(0.5)
                        .public(at == 3)
                        .extra(Json(vec![at]))
                })
                .await
                .unwrap();
        }
        test(db).await;
    });
}

async fn ids(db: &Db, query: QuerySet<Text>) -> Vec<i64> {
    query.all(db).await.unwrap().iter().map(|text| text.id).collect()
}

async fn found(db: &Db, name: &str, lookup: Lookup, value: JsonValue) -> Vec<i64> {
    ids(db, Text::objects().filter_by_name(name, lookup, value).order_by(|t| t.id)).await
}

fn refused(name: &str, lookup: Lookup, value: impl Into<orm::queryset::NamedValue>) -> Error {
    by_name::<Text>(name, lookup, value).err().expect("a mistake")
}

#[test]
fn every_lookup_finds_what_its_method_does() {
    with_texts(async |db| {
        for (lookup, value, expected) in [
            (Lookup::Eq, json!(200), vec![2]),
            (Lookup::Ne, json!(200), vec![1, 3]),
            (Lookup::Gt, json!(200), vec![3]),
            (Lookup::Ge, json!(200), vec![2, 3]),
            (Lookup::Lt, json!(200), vec![1]),
            (Lookup::Le, json!(200), vec![1, 2]),
            (Lookup::In, json!([100, 300, 7]), vec![1, 3]),
            (Lookup::In, json!([]), vec![]),
            (Lookup::Between, json!([150, 300]), vec![2, 3]),
        ] {
            assert_eq!(found(db, "words", lookup, value).await, expected, "{lookup:?}");
        }
        for (lookup, value, expected) in [
            (Lookup::Eq, "Two", vec![2]),
            (Lookup::Contains, "t", vec![3]),
            (Lookup::IContains, "t", vec![2, 3]),
            (Lookup::StartsWith, "T", vec![2]),
            (Lookup::IStartsWith, "T", vec![2, 3]),
            (Lookup::EndsWith, "E", vec![]),
            (Lookup::IEndsWith, "E", vec![1, 3]),
            (Lookup::IExact, "two", vec![2]),
            (Lookup::Regex, "^t", vec![3]),
            (Lookup::IRegex, "^t", vec![2, 3]),
            (Lookup::Contains, "%", vec![]),
        ] {
            assert_eq!(found(db, "title", lookup, json!(value)).await, expected, "{lookup:?}");
        }
        assert_eq!(found(db, "stars", Lookup::IsNull, json!(true)).await, [2]);
        assert_eq!(found(db, "stars", Lookup::IsNull, json!(false)).await, [1, 3]);
    });
}

#[test]
fn paths_lead_over_relations() {
    with_texts(async |db| {
        assert_eq!(found(db, "writer.name", Lookup::Eq, json!("Bob")).await, [2]);
        assert_eq!(found(db, "writer", Lookup::Eq, json!(2)).await, [2]);
        assert_eq!(found(db, "writer.pk", Lookup::In, json!([1, 3])).await, [1, 3]);
        assert_eq!(found(db, "pk", Lookup::Gt, json!(1)).await, [2, 3]);
        assert_eq!(found(db, "writer.mentor.mentor.name", Lookup::Eq, json!("ann")).await, [3]);
        assert_eq!(found(db, "writer.mentor.name", Lookup::IsNull, json!(true)).await, [1]);
        let names = "writer.name".to_owned();
        let both = Text::objects()
            .filter_by_name(&names, Lookup::IExact, "BOB")
            .filter(|t| t.writer.name.startswith("B"));
        // The path is the same as the one that was written: one join.
        assert_eq!(both.clone().sql(db.dialect()).unwrap().matches("JOIN").count(), 1);
        assert_eq!(ids(db, both).await, [2]);
        let key = Text::objects().filter_by_name("writer.id", Lookup::Eq, 1).sql(db.dialect()).unwrap();
        assert!(!key.contains("JOIN"), "{key}");
    });
}

#[test]
fn json_becomes_every_kind_of_value() {
    with_texts(async |db| {
        for (name, value, expected) in [
            ("price", json!("1.5"), vec![3]),
            ("price", json!(1.5), vec![3]),
            ("price", json!(1), vec![2]),
            ("state", json!("public"), vec![2]),
            ("at", json!("2023-11-16T22:13:20.5Z"), vec![2]),
            ("day", json!("2023-11-16"), vec![2]),
            ("code", json!("00000000-0000-0000-0000-000000000007"), vec![1, 2, 3]),
            ("ratio", json!(0.5), vec![1, 2, 3]),
            ("public", json!(true), vec![3]),
            ("stars", json!(3), vec![3]),
        ] {
            assert_eq!(found(db, name, Lookup::Eq, value).await, expected, "{name}");
        }
        let typed = Text::objects().filter_by_name("words", Lookup::In, vec![100_i64, 200]);
        assert_eq!(ids(db, typed.order_by_name("pk")).await, [1, 2]);
        assert_eq!(ids(db, Text::objects().filter_by_name("price", Lookup::Gt, 1)).await, [3]);
    });
}

#[test]
fn unknown_names_are_explained() {
    let said = |name: &str| refused(name, Lookup::Eq, 1).to_string();
    assert_eq!(said("titel"), "Text has no `titel`; did you mean `title`?");
    assert_eq!(said("writer.nam"), "Writer has no `nam`; did you mean `name`?");
    assert_eq!(said("title.length"), "Text has no `title` that leads to another model");
    assert_eq!(said("writer__name"), "Text has no `writer__name`; a path is written `author.username`");
    assert!(said("nothing").contains("there are `id`, `writer`, `title`"));
    let Error::UnknownName(error) = refused("", Lookup::Eq, 1) else { panic!("a name's error") };
    assert_eq!((error.of(), error.name()), ("Text", None));
    // What cannot be a name is not repeated.
    assert!(!said("id\"; DROP TABLE text; --").contains("DROP"));
    assert!(said(&"writer.".repeat(2)).contains("Writer has no"));
    let deep = format!("writer{}.name", ".mentor".repeat(50));
    assert!(said(&deep).contains("more than 8 relations"));
}

#[test]
fn values_and_lookups_must_fit_the_field() {
    let Error::Value(error) = refused("words", Lookup::Gt, json!("many")) else { panic!("a value's error") };
    assert_eq!((error.model(), error.field()), (Some("Text"), Some("words")));
    assert_eq!(error.to_string(), "Text.words: expected a value of type i32, got text");
    assert!(!refused("words", Lookup::Gt, "s3cret").to_string().contains("s3cret"));

    let Error::Value(error) = refused("words", Lookup::Eq, json!(3_000_000_000_i64)) else { panic!() };
    assert!(matches!(error.value_error(), ValueError::OutOfRange { .. }));
    for (name, lookup, value) in [
        ("words", Lookup::Eq, json!(1.5)),
        ("words", Lookup::Eq, json!(null)),
        ("words", Lookup::Eq, json!([1])),
        ("words", Lookup::In, json!(1)),
        ("words", Lookup::In, json!([1, "x"])),
        ("words", Lookup::Between, json!([1])),
        ("stars", Lookup::IsNull, json!(1)),
        ("state", Lookup::Eq, json!("unheard")),
        ("title", Lookup::Contains, json!(1)),
        ("at", Lookup::Eq, json!("yesterday")),
        ("price", Lookup::Eq, json!("1,5")),
        ("public", Lookup::Eq, json!(1)),
    ] {
        assert!(matches!(refused(name, lookup, value.clone()), Error::Value(_)), "{name} {lookup:?} {value}");
    }
    let unfit = refused("words", Lookup::Contains, "x");
    assert_eq!(unfit.to_string(), "the lookup `contains` does not fit Text.words, which is i32");
    let Error::UnfitLookup(error) = unfit else { panic!("a lookup's error") };
    assert_eq!((error.model, error.field, error.lookup, error.kind), ("Text", "words", "contains", "i32"));
    assert!(matches!(refused("extra", Lookup::Eq, json!([1])), Error::UnfitLookup(_)));
}

/// What is offered.
const ORDERS: &[OrderChoice<Text>] =
    &[("words", |t| t.words.asc()), ("stars", |t| t.stars.asc().nulls_first())];

#[test]
fn orders_by_name_and_by_choice() {
    with_texts(async |db| {
        let texts = Text::objects;
        assert_eq!(ids(db, texts().order_by_name("-words")).await, [3, 2, 1]);
        assert_eq!(ids(db, texts().order_by_name("public, -id")).await, [2, 1, 3]);
        assert_eq!(ids(db, texts().order_by_name("-stars")).await, [2, 3, 1], "NULL is the largest");
        assert_eq!(ids(db, texts().order_by_name("writer.mentor.name,id")).await, [3, 2, 1]);

        assert_eq!(ids(db, texts().order_by_choice(ORDERS, "words")).await, [1, 2, 3]);
        assert_eq!(ids(db, texts().order_by_choice(ORDERS, "-stars")).await, [3, 1, 2]);
        assert_eq!(ids(db, texts().order_by_choice(ORDERS, "-words,stars")).await, [3, 2, 1]);

        for mistaken in [
            texts().order_by_choice(ORDERS, "id"),
            texts().order_by_name("wrods"),
            texts().order_by_name("extra"),
            texts().order_by_name(""),
            texts().filter_by_name("titel", Lookup::Eq, "x"),
        ] {
            assert!(mistaken.clone().all(db).await.is_err());
            assert!(mistaken.count(db).await.is_err());
        }
    });
}

#[test]
fn conditions_are_collected() {
    with_texts(async |db| {
        let none: Vec<Predicate<Text>> = Vec::new();
        assert_eq!(Text::objects().filter(|_| all_of(none.clone())).count(db).await.unwrap(), 3);
        assert_eq!(Text::objects().filter(|_| any_of(none.clone())).count(db).await.unwrap(), 0);
        assert_eq!(Text::objects().exclude(|_| any_of(none.clone())).count(db).await.unwrap(), 3);
        assert_eq!(Text::objects().exclude(|_| all_of(none.clone())).count(db).await.unwrap(), 0);
        // `None` is no condition: nothing is kept or left out by it.
        let nothing = || None::<Predicate<Text>>;
        assert_eq!(Text::objects().filter(|_| nothing()).exclude(|_| nothing()).count(db).await.unwrap(), 3);
        let long = Text::objects().filter(|t| all_of(nothing()) & t.words.gt(150) & all_of(nothing()));
        assert_eq!(ids(db, long.order_by(|t| t.id)).await, [2, 3]);
        // A boolean that can be NULL is false where it is, also as the only condition of a list.
        let good = |t: TextFields| sql!(Option<bool>, "{t.stars} >= 3");
        let known = Text::objects()
            .order_by(|t| t.id)
            .values(|t| (good(t), all_of([good(t)]), all_of(none.clone()) & good(t)));
        assert_eq!(
            known.all(db).await.unwrap(),
            [(Some(false), false, false), (None, false, false), (Some(true), true, true)]
        );
        assert_eq!(
            ids(
                db,
                Text::objects().filter(|t| any_of([t.words.lt(150), t.title.eq("three")])).order_by(|t| t.id)
            )
            .await,
            [1, 3]
        );
        assert_eq!(ids(db, Text::objects().filter(|t| all_of([t.words.gt(150), t.stars.ge(1)]))).await, [3]);
        let many = (0..2_000).map(|word| Text::fields().words.eq(word));
        assert_eq!(ids(db, Text::objects().filter(|_| any_of(many)).order_by(|t| t.id)).await, [1, 2, 3]);
        let named = [("words", Lookup::Ge, json!(200)), ("writer.name", Lookup::Eq, json!("cid"))];
        let named: orm::Result<Vec<Predicate<Text>>> =
            named.into_iter().map(|(name, lookup, value)| by_name(name, lookup, value)).collect();
        assert_eq!(ids(db, Text::objects().filter(|_| all_of(named.unwrap()))).await, [3]);
    });
}
