//! JSON documents, dynamic and typed.

use orm::Dialect;
use orm::prelude::*;
use orm::serde_json::{Value as JsonValue, json};
use serde::{Deserialize, Serialize};

use super::*;

#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
pub struct Address {
    street: String,
    number: Option<u32>,
    lines: Vec<String>,
}

comes_back!(dynamic: JsonValue, [], vec![
    json!({}),
    json!([]),
    JsonValue::Null,
    json!(true),
    json!("text with \"quotes\", \\ and 'apostrophes'"),
    json!("\u{1}\u{1f}\u{7f}\u{2028}🦀"),
    json!(""),
    json!(0),
    json!(-1),
    json!(i64::MIN),
    json!(u64::MAX),
    json!(0.1),
    json!(-1.5e-7),
    json!({"b": [1, 2.5, null, {"a": "ä"}], "": {}, "a b": "%_\\'", "$": "?"}),
    json!({"deep": [[[[[[[[[["down"]]]]]]]]]]}),
    json!("back\\u0000slash"),
]);
comes_back!(typed: Json<Address>, [], vec![
    Json(Address { street: "Größe".into(), number: Some(7), lines: vec![] }),
    Json(Address { street: String::new(), number: None, lines: vec!["a".into(), "\"b\"".into()] }),
]);
comes_back!(list: Json<Vec<i64>>, [], vec![Json(vec![]), Json(vec![i64::MIN, 0, i64::MAX])]);

#[test]
fn json_null_is_not_null() {
    use dynamic::Holder;
    crate::support::run(models![Holder], async |db| {
        let row =
            Holder::objects().create(db, |h| h.value(JsonValue::Null).other(JsonValue::Null)).await.unwrap();
        assert_eq!(row.other, Some(JsonValue::Null));
        assert_eq!(Holder::objects().filter(|h| h.other.is_not_null()).count(db).await.unwrap(), 1);
        Holder::objects().update(db, |h| h.other.set(None::<JsonValue>)).await.unwrap();
        assert_eq!(Holder::objects().filter(|h| h.other.is_null()).get(db).await.unwrap().other, None);
    });
}

#[test]
fn nul_within_a_document_is_held_or_refused() {
    use dynamic::Holder;
    crate::support::run(models![Holder], async |db| {
        Holder::objects().create(db, |h| h.value(json!(1))).await.unwrap();
        for document in [json!("\0"), json!({"a\0": 1}), json!(["x\\\0y"])] {
            // docs/guide/src/differences.md: The character NUL in text and in JSON
            if db.dialect() == Dialect::Postgres {
                refused!(db, Holder, document.clone(), |error: &ValueError| *error == ValueError::NulInText);
            } else {
                Holder::objects().update(db, |h| h.value.set(document.clone())).await.unwrap();
                assert_eq!(Holder::objects().get(db).await.unwrap().value, document);
            }
        }
    });
}

#[test]
fn a_document_of_another_shape_is_not_read() {
    use orm::backend::Executor;
    use typed::Holder;
    crate::support::run(models![Holder], async |db| {
        db.batch("INSERT INTO holder (value) VALUES ('{\"street\": [\"canary\"]}')").await.expect("written");
        let error = Holder::objects().get(db).await.expect_err("no address");
        assert!(!format!("{error} {error:?}").contains("canary"));
        let (model, field, error) = misfit::<()>(Err(error));
        assert_eq!((model, field), ("Holder", "value"));
        assert!(matches!(error, ValueError::Invalid(_)), "{error:?}");
    });
}
