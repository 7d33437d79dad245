//! Lookups of text whose right side is an expression: what a row holds is as literal as a value.

use orm::prelude::*;

use crate::support::{Db, run};

#[derive(Model, Debug, Clone)]
struct Person {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 60)]
    name: String,
}

#[derive(Model, Debug, Clone)]
struct Pair {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 60)]
    text: String,
    #[field(max_length = 60)]
    part: Option<String>,
    #[field(on_delete = set_null)]
    person: Option<ForeignKey<Person>>,
}

const TEXTS: [&str; 15] =
    ["", "a", "A", "a%", "%a", "_", "axb", "a_b", "!", "a!%_b", "\\", "A\\b", "*?[a]", "École", "école"];

async fn ids(db: &Db, query: QuerySet<Pair>) -> Vec<i64> {
    query.order_by(|p| p.id).values(|p| p.id).all(db).await.unwrap()
}

/// Checks a lookup of each part in each text against what Rust says.
macro_rules! agrees {
    ($db:expr, $pairs:expr; $($lookup:ident => |$text:ident, $part:ident| $expected:expr;)*) => {$(
        let expected: Vec<i64> = (1..)
            .zip(&$pairs)
            .filter(|(_, ($text, $part))| { let ($text, $part): (&str, &str) = ($text, $part); $expected })
            .map(|(id, _)| id)
            .collect();
        let query = Pair::objects().filter(|p| p.text.$lookup(p.part));
        // Boxed: the state of so many statements in one function is large.
        assert_eq!(Box::pin(ids($db, query)).await, expected, stringify!($lookup));
    )*};
}

#[test]
fn what_a_row_holds_is_literal() {
    run(models![Person, Pair], async |db| {
        let mut pairs = Vec::new();
        for text in TEXTS {
            for part in TEXTS {
                pairs.push((text, part));
                let id = i64::try_from(pairs.len()).unwrap();
                let pair = Pair::objects().create(db, |p| p.text(text).part(part)).await.unwrap();
                assert_eq!(pair.id, id);
            }
        }
        let lower = str::to_lowercase;
        agrees! { db, pairs;
            contains => |text, part| text.contains(part);
            startswith => |text, part| text.starts_with(part);
            endswith => |text, part| text.ends_with(part);
            icontains => |text, part| lower(text).contains(&lower(part));
            istartswith => |text, part| lower(text).starts_with(&lower(part));
            iendswith => |text, part| lower(text).ends_with(&lower(part));
            iexact => |text, part| lower(text) == lower(part);
        }
        // The same as with values, lookup by lookup.
        for part in TEXTS {
            let those = Pair::objects().filter(|p| p.part.eq(part));
            let same = |by_value: QuerySet<Pair>, by_row: QuerySet<Pair>| async move {
                assert_eq!(ids(db, by_value).await, ids(db, by_row).await, "{part:?}");
            };
            let q = || those.clone();
            same(q().filter(|p| p.text.contains(part)), q().filter(|p| p.text.contains(p.part))).await;
            same(q().filter(|p| p.text.iendswith(part)), q().filter(|p| p.text.iendswith(p.part))).await;
            same(q().filter(|p| p.text.startswith(part)), q().filter(|p| p.text.startswith(p.part))).await;
        }
    });
}

#[test]
fn the_right_side_may_be_any_text() {
    run(models![Person, Pair], async |db| {
        let ann = Person::objects().create(db, |p| p.name("An%")).await.unwrap();
        for (text, part, person) in
            [("by An%, late", "LATE", Some(&ann)), ("by Ann, late", "by", Some(&ann)), ("nobody", "", None)]
        {
            let person = person.map(ForeignKey::to);
            Pair::objects().create(db, |p| p.text(text).part(part).person(person)).await.unwrap();
        }
        assert_eq!(ids(db, Pair::objects().filter(|p| p.text.contains(p.person.name))).await, [1]);
        assert_eq!(ids(db, Pair::objects().filter(|p| p.text.icontains(p.person.name.lower()))).await, [1]);
        assert_eq!(ids(db, Pair::objects().filter(|p| p.text.endswith(p.part.lower()))).await, [1, 3]);
        assert_eq!(
            ids(db, Pair::objects().filter(|p| p.text.startswith(concat((p.part, " ", "A"))))).await,
            [2]
        );
        assert_eq!(
            ids(db, Pair::objects().filter(|p| value("xBYx".to_owned()).icontains(p.part))).await,
            [2, 3]
        );
        assert_eq!(ids(db, Pair::objects().filter(|p| value("nobody".to_owned()).iexact(p.text))).await, [3]);
        let whole = "nobody".to_owned();
        assert_eq!(ids(db, Pair::objects().filter(|p| p.text.contains(&whole))).await, [3]);
        assert_eq!(ids(db, Pair::objects().filter(|p| p.text.contains(whole))).await, [3]);
        // A name is missing: neither true nor false.
        assert_eq!(ids(db, Pair::objects().filter(|p| !p.text.contains(p.person.name))).await, [2]);
        assert_eq!(ids(db, Pair::objects().exclude(|p| p.text.contains(p.person.name))).await, [2, 3]);
        let found = Pair::objects().order_by(|p| p.id).values(|p| p.text.istartswith(p.part));
        assert_eq!(found.all(db).await.unwrap(), [false, true, true]);
    });
}

#[test]
fn a_pattern_may_be_in_the_row() {
    run(models![Person, Pair], async |db| {
        for (text, part) in
            [("abc", Some("^a.c$")), ("ABC", Some("^a.c$")), ("a.c", Some("a\\.c")), ("a", None)]
        {
            let part = part.map(str::to_owned);
            Pair::objects().create(db, |p| p.text(text).part(part)).await.unwrap();
        }
        assert_eq!(ids(db, Pair::objects().filter(|p| p.text.regex(p.part))).await, [1, 3]);
        assert_eq!(ids(db, Pair::objects().filter(|p| p.text.iregex(p.part))).await, [1, 2, 3]);
        assert_eq!(ids(db, Pair::objects().exclude(|p| p.text.regex(p.part))).await, [2, 4]);
        assert_eq!(
            ids(db, Pair::objects().filter(|p| p.text.iregex(p.part.concat("(zz)?")))).await,
            [1, 2, 3, 4]
        );
    });
}
