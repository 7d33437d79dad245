//! Lookups of JSON documents: paths, keys, equality, containment; the same rows on every database.

use orm::prelude::*;
use orm::queryset::{IntoPredicate, JsonStep};
use orm::serde_json::{Value as JsonValue, json};
use orm::{Dialect, Error};
use serde::{Deserialize, Serialize};

use crate::support::{Db, run};

#[derive(Model, Debug, Clone, PartialEq)]
struct Doc {
    #[field(primary_key)]
    id: i64,
    n: i64,
    data: Option<JsonValue>,
    other: Option<JsonValue>,
}

/// Documents, numbered by their place.
async fn add(db: &Db, documents: &[JsonValue]) {
    for (n, data) in (0..).zip(documents) {
        Doc::objects().create(db, |d| d.n(n).data(data.clone())).await.unwrap();
    }
}

async fn found<P: IntoPredicate<Doc>>(
    db: &Db,
    condition: impl FnOnce(DocFields) -> P,
) -> Result<Vec<i64>, Error> {
    Doc::objects().filter(condition).order_by(|d| d.n).values(|d| d.n).all(db).await
}

macro_rules! finds {
    ($db:expr; $(|$d:ident| $condition:expr => $numbers:expr;)*) => {$(
        let numbers: &[i64] = &$numbers;
        // Boxed: the state of so many statements in one function is large.
        let answer = Box::pin(found($db, |$d| $condition)).await;
        let answer = answer.unwrap_or_else(|error| panic!("{}: {error:?}", stringify!($condition)));
        assert_eq!(answer, numbers, "{}", stringify!($condition));
    )*};
}

fn documents() -> Vec<JsonValue> {
    vec![
        json!({"a": 1, "b": {"c": [10, {"d": "x"}]}}),
        json!({"a": 1.0}),
        json!({"a": "1"}),
        json!({"a": null}),
        json!({"b": 2}),
        json!([1, 2, [3]]),
        json!("text"),
        json!(5),
        JsonValue::Null,
        json!({"a": true}),
        json!({"a": [1, 2]}),
        json!({"a": "Great"}),
        json!({"a": 1e300}),
        json!({"a": -2.5}),
        json!(["a"]),
        json!("a"),
    ]
}

/// The documents, and behind them NULL.
async fn fill(db: &Db) {
    add(db, &documents()).await;
    Doc::objects().create(db, |d| d.n(99)).await.unwrap();
}

#[test]
fn what_is_at_a_key_equals_whatever_the_spelling() {
    run(models![Doc], async |db| {
        fill(db).await;
        finds! { db;
            |d| d.data.key("a").eq(1) => [0, 1];
            |d| d.data.key("a").eq(1.0) => [0, 1];
            |d| d.data.key("a").eq(json!(1)) => [0, 1];
            |d| d.data.key("a").eq(Decimal::new(100, 2)) => [0, 1];
            |d| d.data.key("a").eq("1") => [2];
            |d| d.data.key("a").eq(JsonValue::Null) => [3];
            |d| d.data.key("a").eq(true) => [9];
            |d| d.data.key("a").eq(json!([1.0, 2])) => [10];
            |d| d.data.key("a").eq(json!([2, 1])) => [];
            |d| d.data.key("a").eq(1e300) => [12];
            |d| d.data.key("a").ne(1) => [2, 3, 9, 10, 11, 12, 13];
            |d| d.data.key("a").is_in([1, 7]) => [0, 1];
            |d| d.data.key("a").is_in(["1", "Great"]) => [2, 11];
            |d| d.data.key("a").is_in([json!("1"), JsonValue::Null, json!(true)]) => [2, 3, 9];
            |d| d.data.key("a").is_in((0..500).map(|n| json!(n))) => [0, 1];
            |d| d.data.key("a").is_in([0_i32; 0]) => [];
            |d| !d.data.key("a").eq(1) => [2, 3, 9, 10, 11, 12, 13];
        }
        let rest = Doc::objects().exclude(|d| d.data.key("a").eq(1)).count(db).await.unwrap();
        assert_eq!(rest, 15);
    });
}

#[test]
fn whole_documents_are_equal_or_not() {
    run(models![Doc], async |db| {
        fill(db).await;
        add(db, &[json!({"x": 1, "y": {"p": [], "q": 2e3}})]).await;
        finds! { db;
            |d| d.data.eq(5) => [7];
            |d| d.data.eq(5.0) => [7];
            |d| d.data.eq("text") => [6];
            |d| d.data.eq("Text") => [];
            |d| d.data.eq("text ") => [];
            |d| d.data.eq(json!({"a": 1})) => [1];
            |d| d.data.eq(json!({"y": {"q": 2000, "p": []}, "x": 1.0})) => [0];
            |d| d.data.eq(JsonValue::Null) => [8];
            |d| d.data.eq(json!([1, 2, [3]])) => [5];
            |d| d.data.eq(json!([1, 2, 3])) => [];
            |d| d.data.is_in([json!("text"), json!(5), json!({"a": -2.5})]) => [6, 7, 13];
            |d| d.data.is_null() => [99];
            |d| d.data.is_json_null() => [8];
            |d| d.data.path(Vec::<JsonStep>::new()).eq(5) => [7];
        }
        let different = Doc::objects().filter(|d| d.data.ne(5)).count(db).await.unwrap();
        assert_eq!(different, 16);
    });
}

#[test]
fn large_and_small_numbers_are_not_confused() {
    run(models![Doc], async |db| {
        let numbers =
            ["9007199254740993", "9007199254740992", "18446744073709551615", "5e-324", "0", "-0.0", "0.1"];
        add(db, &numbers.map(|number| number.parse().unwrap())).await;
        finds! { db;
            |d| d.data.eq(9_007_199_254_740_993_i64) => [0];
            |d| d.data.eq(9_007_199_254_740_992_i64) => [1];
            |d| d.data.eq(u64::MAX) => [2];
            |d| d.data.eq(5e-324) => [3];
            |d| d.data.eq(0) => [4, 5];
            |d| d.data.eq(-0.0) => [4, 5];
            |d| d.data.eq(0.1) => [6];
        }
    });
}

#[test]
fn a_missing_key_is_null_and_json_null_is_not() {
    run(models![Doc], async |db| {
        fill(db).await;
        finds! { db;
            |d| d.data.key("a").is_null() => [4, 5, 6, 7, 8, 14, 15, 99];
            |d| d.data.key("a").is_not_null() => [0, 1, 2, 3, 9, 10, 11, 12, 13];
            |d| d.data.key("a").is_json_null() => [3];
            |d| d.data.has_key("a") => [0, 1, 2, 3, 9, 10, 11, 12, 13];
            |d| !d.data.has_key("a") => [4, 5, 6, 7, 8, 14, 15];
            |d| d.data.key("b").has_key("c") => [0];
            |d| d.data.has_keys(["a", "b"]) => [0];
            |d| d.data.has_keys([""; 0]) => [0, 1, 2, 3, 4, 9, 10, 11, 12, 13];
            |d| d.data.has_any_keys(["b", "zz"]) => [0, 4];
            |d| d.data.has_any_keys([""; 0]) => [];
        }
        let held: Vec<bool> = Doc::objects()
            .order_by(|d| d.n.desc())
            .limit(2)
            .values(|d| d.data.has_key("a"))
            .all(db)
            .await
            .unwrap();
        assert_eq!(held, [false, false]);
        let values = Doc::objects()
            .filter(|d| d.n.is_in([0, 1, 2, 3, 4, 9, 10]))
            .order_by(|d| d.n)
            .values(|d| d.data.key("a"))
            .all(db)
            .await
            .unwrap();
        let expected = [json!(1), json!(1.0), json!("1"), json!(null)].map(Some);
        assert_eq!(values[..1], expected[..1]);
        assert_eq!(values[1].as_ref().and_then(JsonValue::as_f64), Some(1.0));
        assert_eq!(values[2..4], expected[2..]);
        assert_eq!(values[4..], [None, Some(json!(true)), Some(json!([1, 2]))]);
    });
}

#[test]
fn indexes_are_those_of_arrays_only() {
    run(models![Doc], async |db| {
        fill(db).await;
        finds! { db;
            |d| d.data.index(0).eq(1) => [5];
            |d| d.data.index(0).is_not_null() => [5, 14];
            |d| d.data.index(2).index(0).eq(3) => [5];
            |d| d.data.index(0).index(0).is_not_null() => [];
            |d| d.data.index(3).is_not_null() => [];
            |d| d.data.index(u32::MAX).is_not_null() => [];
            |d| d.data.key("0").is_not_null() => [];
            |d| d.data.key("a").index(0).eq(1) => [10];
            |d| d.data.path(["b", "c"]).index(1).key("d").eq("x") => [0];
            |d| d.data.path([JsonStep::from("b"), "c".into(), 1.into(), "d".into()]).eq("x") => [0];
            |d| d.data.key("b").key("c").index(0).eq(10) => [0];
        }
    });
}

#[test]
fn a_value_is_ordered_against_its_own_kind() {
    run(models![Doc], async |db| {
        fill(db).await;
        finds! { db;
            |d| d.data.key("a").gt(0) => [0, 1, 12];
            |d| d.data.key("a").ge(1_i64) => [0, 1, 12];
            |d| d.data.key("a").lt(0) => [13];
            |d| d.data.key("a").le(-2.5) => [13];
            |d| d.data.key("a").between(-3, 1) => [0, 1, 13];
            |d| d.data.key("a").gt(Decimal::new(5, 1)) => [0, 1];
            |d| d.data.key("a").gt("0") => [2, 11];
            |d| d.data.key("a").lt("2") => [2];
            |d| d.data.key("a").as_i64().gt(0) => [0, 1];
            |d| d.data.key("a").as_f64().eq(-2.5) => [13];
            |d| d.data.key("a").as_i64().eq(d.n + 1) => [0];
            |d| d.data.key("a").as_bool() => [9];
        }
        let by_number = Doc::objects()
            .order_by(|d| (d.data.key("a").as_f64().desc().nulls_last(), d.n))
            .limit(5)
            .values(|d| d.n)
            .all(db)
            .await
            .unwrap();
        assert_eq!(by_number, [12, 0, 1, 13, 2]);
    });
}

#[test]
fn texts_are_searched_where_there_is_text() {
    run(models![Doc], async |db| {
        let values = ["Great", "great", "gr%at", "Größe", "line\nbreak", "\"quoted\"", "🦀"];
        let documents = values
            .map(|value| json!({"a": value}))
            .into_iter()
            .chain([json!({"a": 5}), json!({"a": ["Great"]})]);
        add(db, &documents.collect::<Vec<_>>()).await;
        finds! { db;
            |d| d.data.key("a").icontains("REA") => [0, 1, 4];
            |d| d.data.key("a").as_text().contains("rea") => [0, 1, 4];
            |d| d.data.key("a").as_text().contains("%") => [2];
            |d| d.data.key("a").as_text().eq("Great") => [0];
            |d| d.data.key("a").as_text().eq("\"quoted\"") => [5];
            |d| d.data.key("a").as_text().is_in(["🦀", "Größe"]) => [3, 6];
            |d| d.data.key("a").startswith("Gr") => [0, 3];
            |d| d.data.key("a").istartswith("gR") => [0, 1, 2, 3];
            |d| d.data.key("a").endswith("at") => [0, 1, 2];
            |d| d.data.key("a").iendswith("AT") => [0, 1, 2];
            |d| d.data.key("a").iexact("GREAT") => [0, 1];
            |d| d.data.key("a").regex("^G") => [0, 3];
            |d| d.data.key("a").iregex("^G") => [0, 1, 2, 3];
            |d| d.data.key("a").as_text().contains("\n") => [4];
        }
    });
}

#[test]
fn containment_is_that_of_jsonb() {
    run(models![Doc], async |db| {
        let documents = [
            json!([1, 2]),                                   // 0
            json!([[1]]),                                    // 1
            json!({"a": [1, {"b": 2, "c": null}], "d": {}}), // 2
            json!(1),                                        // 3
            json!([]),                                       // 4
            json!({}),                                       // 5
            json!([{"a": 1, "b": [1, 2]}, null]),            // 6
            json!("x"),                                      // 7
            JsonValue::Null,                                 // 8
            json!({"a": {"b": {"c": [[1, 2], [3]]}}}),       // 9
        ];
        add(db, &documents).await;
        Doc::objects().create(db, |d| d.n(99)).await.unwrap();
        finds! { db;
            |d| d.data.contains(1) => [0, 3];
            |d| d.data.contains(json!([1])) => [0];
            |d| d.data.contains(json!([2, 1.0, 1])) => [0];
            |d| d.data.contains(json!([])) => [0, 1, 4, 6];
            |d| d.data.contains(json!({})) => [2, 5, 9];
            |d| d.data.contains(json!([[]])) => [1];
            |d| d.data.contains(json!({"a": 1})) => [];
            |d| d.data.contains(json!({"a": [1]})) => [2];
            |d| d.data.contains(json!({"a": [{"c": null}], "d": {}})) => [2];
            |d| d.data.contains(json!({"a": [{"c": 1}]})) => [];
            |d| d.data.contains(json!([{"b": [2]}])) => [6];
            |d| d.data.contains(json!([null])) => [6];
            |d| d.data.contains(JsonValue::Null) => [6, 8];
            |d| d.data.contains("x") => [7];
            |d| d.data.contains(json!({"a": {"b": {"c": [[2]]}}})) => [9];
            |d| d.data.contains(json!({"a": {"b": {"c": [2]}}})) => [];
            |d| d.data.key("a").contains(json!([1])) => [2];
            |d| d.data.key("a").contains(1) => [2];
            |d| !d.data.contains(1) => [1, 2, 4, 5, 6, 7, 8, 9];
            |d| d.data.contained_by(json!([1, 2, 3])) => [0, 3, 4];
            |d| d.data.contained_by(json!([[1, 5]])) => [1, 4];
            |d| d.data.contained_by(1) => [3];
            |d| d.data.contained_by(json!([null, "x"])) => [4, 7, 8];
            |d| d.data.contained_by(json!({})) => [5];
            |d| d.data.contained_by(json!({"a": [{"b": 2, "c": null, "e": 3}, 1], "d": {"f": 1}})) => [2, 5];
            |d| d.data.contained_by(json!([{"a": 1, "b": [2, 1, 0]}, null, 7])) => [4, 6, 8];
            |d| d.data.key("a").contained_by(json!({"b": {"c": [[3, 2, 1]]}})) => [9];
        }
        let rest = Doc::objects().exclude(|d| d.data.contains(1)).count(db).await.unwrap();
        assert_eq!(rest, 9);
    });
}

#[test]
fn any_text_is_a_key() {
    const KEYS: [&str; 29] = [
        "plain", "a\"b", "a.b", "a b", " ", "0", "", "$", "$.a", "*", "**", "[0]", "a\\b", "\\", "\"",
        "\\\"", "'", "a'; --", "é🦀", "E\u{301}", "a\nb", "\u{1}", "\u{7f}", "{a}", "?", "$1", "%s", "NULL",
        "a,b",
    ];
    run(models![Doc], async |db| {
        let document =
            KEYS.iter().zip(0..).map(|(key, n)| ((*key).to_owned(), json!(n))).collect::<JsonValue>();
        add(db, &[document.clone(), json!({"decoy": KEYS}), json!([0, 1])]).await;
        for (key, n) in KEYS.iter().copied().zip(0..) {
            let value =
                Doc::objects().filter(|d| d.n.eq(0)).values(|d| d.data.key(key)).get(db).await.unwrap();
            assert_eq!(value, Some(json!(n)), "{key:?}");
            let finds = async |query: QuerySet<Doc>| {
                query.get(db).await.unwrap_or_else(|error| panic!("{key:?}: {error}")).n
            };
            assert_eq!(finds(Doc::objects().filter(|d| d.data.has_key(key))).await, 0);
            assert_eq!(finds(Doc::objects().filter(|d| d.data.has_any_keys([key, "nothing"]))).await, 0);
            assert_eq!(finds(Doc::objects().filter(|d| d.data.key(key).eq(n))).await, 0);
            let member = JsonValue::from_iter([(key, n)]);
            assert_eq!(finds(Doc::objects().filter(|d| d.data.contains(member))).await, 0);
            let without = Doc::objects()
                .filter(|d| d.n.eq(0))
                .values(|d| d.data.remove_key(key).set_key(key, "new").key(key))
                .get(db)
                .await
                .unwrap();
            assert_eq!(without, Some(json!("new")), "{key:?}");
        }
        finds! { db;
            |d| d.data.has_keys(KEYS) => [0];
            |d| d.data.contained_by(document) => [0];
        }
    });
}

#[test]
fn a_key_may_begin_with_a_minus() {
    run(models![Doc], async |db| {
        add(db, &[json!({"-1": 6, "-": {"-a": 7}}), json!([6])]).await;
        let answers = [
            Box::pin(found(db, |d| d.data.key("-1").eq(6))).await,
            Box::pin(found(db, |d| d.data.path(["-", "-a"]).eq(7))).await,
            Box::pin(found(db, |d| d.data.has_key("-1"))).await,
            Box::pin(found(db, |d| d.data.contains(json!({"-1": 6})))).await,
        ];
        for answer in answers {
            if db.dialect() == Dialect::MariaDb {
                assert!(matches!(answer, Err(Error::Unsupported { .. })), "{answer:?}");
            } else {
                assert_eq!(answer.unwrap(), [0]);
            }
        }
    });
}

#[test]
fn documents_of_two_columns() {
    run(models![Doc], async |db| {
        for (n, data, other) in [
            (0, json!({"a": 1, "b": 2}), json!({"b": 2.0, "a": 1})),
            (1, json!({"a": 1, "b": 2}), json!({"a": 1})),
            (2, json!([1]), json!(1)),
        ] {
            Doc::objects().create(db, |d| d.n(n).data(data).other(other)).await.unwrap();
        }
        finds! { db;
            |d| d.data.eq(d.other) => [0];
            |d| d.data.key("a").eq(d.other.key("a")) => [0, 1];
            |d| d.data.key("a").ne(d.other.key("b")) => [0];
        }
        let contains = found(db, |d| d.data.contains(d.other)).await;
        let contained = found(db, |d| d.other.contained_by(d.data)).await;
        let list = Doc::objects().values(|d| d.other);
        let listed = found(db, |d| d.data.is_in(list)).await;
        match db.dialect() {
            // docs/guide/src/differences.md: `contains` and `contained_by` of a document that is not a constant
            Dialect::MySql | Dialect::MariaDb => {
                assert!(matches!(contains, Err(Error::Unsupported { .. })), "{contains:?}");
                assert!(matches!(contained, Err(Error::Unsupported { .. })), "{contained:?}");
            }
            Dialect::Postgres | Dialect::Sqlite => {
                assert_eq!(contains.unwrap(), [0, 1, 2]);
                assert_eq!(contained.unwrap(), [0, 1, 2]);
            }
        }
        // docs/guide/src/differences.md: JSON documents from a subquery in `is_in`
        if db.dialect() == Dialect::Postgres {
            assert_eq!(listed.unwrap(), [0, 1]);
        } else {
            assert!(matches!(listed, Err(Error::Unsupported { .. })), "{listed:?}");
        }
    });
}

#[test]
fn what_cannot_be_asked_is_refused_before_it_is_sent() {
    run(models![Doc], async |db| {
        add(db, &[json!({"a": 1})]).await;
        let ordered = Doc::objects().order_by(|d| d.data.key("a").desc()).all(db).await;
        assert!(matches!(ordered, Err(Error::InvalidQuery(_))), "{ordered:?}");
        let ordered = Doc::objects().order_by(|d| d.data).all(db).await;
        assert!(matches!(ordered, Err(Error::InvalidQuery(_))), "{ordered:?}");
        let not_finite = found(db, |d| d.data.key("a").eq(f64::NAN)).await;
        assert!(matches!(not_finite, Err(Error::Value(_))), "{not_finite:?}");
        let deep = found(db, |d| d.data.path(vec!["a"; 1_000]).is_null()).await;
        assert!(matches!(deep, Err(Error::ExpressionTooDeep { .. })), "{deep:?}");
        let mut nested = json!([]);
        for _ in 0..100 {
            nested = json!([nested]);
        }
        let nested = found(db, |d| d.data.contains(nested)).await;
        match db.dialect() {
            // docs/guide/src/differences.md: Containment in arrays within more than 16 arrays
            Dialect::MySql | Dialect::MariaDb => {
                assert!(matches!(nested, Err(Error::Unsupported { .. })), "{nested:?}");
            }
            Dialect::Postgres | Dialect::Sqlite => assert_eq!(nested.unwrap(), [0; 0]),
        }
    });
}

#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
struct Address {
    street: String,
    number: Option<u32>,
}

#[derive(FieldType, Debug, Clone, PartialEq)]
struct Tags(Json<Vec<String>>);

#[derive(Model, Debug, Clone, PartialEq)]
struct Person {
    #[field(primary_key)]
    id: i64,
    address: Json<Address>,
    tags: Tags,
}

#[test]
fn typed_documents_are_looked_into_as_well() {
    run(models![Person], async |db| {
        let home = Address { street: "Main".into(), number: Some(7) };
        let away = Address { street: "Side".into(), number: None };
        for (address, tag) in [(home.clone(), "x"), (away.clone(), "y")] {
            Person::objects()
                .create(db, |p| p.address(Json(address)).tags(Tags(Json(vec![tag.to_owned()]))))
                .await
                .unwrap();
        }
        let streets = async |query: QuerySet<Person>| query.get(db).await.unwrap().address.street.clone();
        let people = Person::objects;
        assert_eq!(streets(people().filter(|p| p.address.eq(Json(home.clone())))).await, "Main");
        assert_eq!(streets(people().filter(|p| p.address.ne(Json(home.clone())))).await, "Side");
        assert_eq!(streets(people().filter(|p| p.address.is_in([Json(away.clone())]))).await, "Side");
        assert_eq!(
            streets(people().filter(|p| p.address.eq(json!({"number": 7.0, "street": "Main"})))).await,
            "Main"
        );
        assert_eq!(streets(people().filter(|p| p.address.key("number").gt(5))).await, "Main");
        assert_eq!(streets(people().filter(|p| p.address.key("number").is_json_null())).await, "Side");
        assert_eq!(streets(people().filter(|p| p.address.contains(json!({"street": "Side"})))).await, "Side");
        assert_eq!(streets(people().filter(|p| p.tags.contains("y"))).await, "Side");
        assert_eq!(streets(people().filter(|p| p.tags.eq(Tags(Json(vec!["x".into()]))))).await, "Main");
        people().update(db, |p| p.address.set(p.address.set_key("number", 9))).await.unwrap();
        assert_eq!(people().filter(|p| p.address.key("number").eq(9)).count(db).await.unwrap(), 2);
    });
}
