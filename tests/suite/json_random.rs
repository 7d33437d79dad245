//! Equality and containment of random documents, on the database and in Rust.

use orm::prelude::*;
use orm::serde_json::{Map, Value as JsonValue, json};
use proptest::prelude::*;
use proptest::strategy::ValueTree;

use super::property::runner;
use crate::support::run;

#[derive(Model, Debug, Clone, PartialEq)]
struct Doc {
    #[field(primary_key)]
    id: i64,
    n: i32,
    data: JsonValue,
}

/// Documents of few different parts, so that many are equal to, or contained in, another.
fn document() -> impl Strategy<Value = JsonValue> {
    let scalar = prop_oneof![
        Just(JsonValue::Null),
        any::<bool>().prop_map(JsonValue::from),
        (-1..3_i64).prop_map(JsonValue::from),
        prop_oneof![Just(1.0), Just(2.5), Just(0.0), Just(-0.0), Just(1e3)].prop_map(JsonValue::from),
        prop_oneof![Just(""), Just("a"), Just("A"), Just("1"), Just("é\"\\")].prop_map(JsonValue::from),
    ];
    scalar.prop_recursive(3, 12, 3, |inner| {
        let key = prop_oneof![Just("a"), Just("b"), Just("A"), Just("0"), Just("x.y\"")];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(JsonValue::from),
            prop::collection::vec((key, inner), 0..3).prop_map(|members| {
                let members = members.into_iter().map(|(key, value)| (key.to_owned(), value));
                JsonValue::from(members.collect::<Map<_, _>>())
            }),
        ]
    })
}

fn equal(left: &JsonValue, right: &JsonValue) -> bool {
    match (left, right) {
        // Only numbers that a double holds are made.
        (JsonValue::Number(left), JsonValue::Number(right)) => left.as_f64() == right.as_f64(),
        (JsonValue::Array(left), JsonValue::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equal(left, right))
        }
        (JsonValue::Object(left), JsonValue::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|((key, left), (other, right))| key == other && equal(left, right))
        }
        (left, right) => left == right,
    }
}

/// PostgreSQL's manual, 8.14.3: the contained object must match in structure and contents, after discarding elements and
/// members of the containing one; an array may contain a primitive value.
fn contains(outer: &JsonValue, inner: &JsonValue) -> bool {
    let primitive = !inner.is_array() && !inner.is_object();
    match outer {
        JsonValue::Array(elements) if primitive => elements.iter().any(|element| equal(element, inner)),
        outer => structure(outer, inner),
    }
}

fn structure(outer: &JsonValue, inner: &JsonValue) -> bool {
    match (outer, inner) {
        (JsonValue::Object(outer), JsonValue::Object(inner)) => {
            inner.iter().all(|(key, inner)| outer.get(key).is_some_and(|outer| structure(outer, inner)))
        }
        (JsonValue::Array(outer), JsonValue::Array(inner)) => {
            inner.iter().all(|inner| outer.iter().any(|outer| structure(outer, inner)))
        }
        (outer, inner) => equal(outer, inner),
    }
}

#[test]
fn documents_are_equal_and_contained_as_in_rust() {
    const ROWS: u64 = 60;
    let seed = runner::seed();
    let at = |number| runner::generate(&document(), seed, number).current();
    let rows = (0..ROWS).map(at).collect::<Vec<_>>();
    run(models![Doc], async |db| {
        for (n, data) in (0..).zip(&rows) {
            Doc::objects().create(db, |d| d.n(n).data(json!({"in": data}))).await.unwrap();
        }
        let mut hits = 0;
        for number in 0..runner::cases(60) {
            // Half of them are rows themselves, of which some part may be asked for.
            let known = if number % 2 == 0 { at(number) } else { at(ROWS + number) };
            let query = Doc::objects().order_by(|d| d.n);
            let rust = |holds: &dyn Fn(&JsonValue) -> bool| {
                (0_i32..).zip(&rows).filter(|(_, row)| holds(row)).map(|(n, _)| n).collect::<Vec<_>>()
            };
            let check = |what: &str, found: orm::Result<Vec<i32>>, expected: &[i32]| {
                let found = found.unwrap_or_else(|error| panic!("{what} {known}: {error:?}"));
                let row = |n: &&i32| &rows[usize::try_from(**n).unwrap()];
                let wrong =
                    found.iter().filter(|n| !expected.contains(n)).map(|n| row(&n)).collect::<Vec<_>>();
                let lacking =
                    expected.iter().filter(|n| !found.contains(n)).map(|n| row(&n)).collect::<Vec<_>>();
                assert!(
                    wrong.is_empty() && lacking.is_empty(),
                    "{what} {known}\nwrong: {wrong:?}\nlacking: {lacking:?}\nAgain: ORM_PROPERTY_SEED={seed}"
                );
            };
            let values = async |query: QuerySet<Doc>| query.values(|d| d.n).all(db).await;
            let found = values(query.clone().filter(|d| d.data.key("in").eq(known.clone()))).await;
            check("eq", found, &rust(&|row| equal(row, &known)));
            let found = values(query.clone().filter(|d| d.data.key("in").ne(known.clone()))).await;
            check("ne", found, &rust(&|row| !equal(row, &known)));
            let contained = rust(&|row| contains(row, &known));
            hits += contained.len();
            let found = values(query.clone().filter(|d| d.data.key("in").contains(known.clone()))).await;
            check("contains", found, &contained);
            let found = values(query.clone().filter(|d| d.data.key("in").contained_by(known.clone()))).await;
            check("contained_by", found, &rust(&|row| contains(&known, row)));
            let found = values(query.filter(|d| !d.data.key("in").contained_by(known.clone()))).await;
            check("not contained_by", found, &rust(&|row| !contains(&known, row)));
        }
        assert!(hits > 60, "the documents have too little in common: {hits}");
    });
}
