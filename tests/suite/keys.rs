//! Primary keys of every kind: created, found, saved, refreshed and deleted by them.

use std::collections::HashMap;

use orm::Dialect;
use orm::prelude::*;

use crate::support::run;

/// A row's whole life by its key.
macro_rules! lives {
    ($name:ident: $type:ty, [$($option:tt)*], $keys:expr) => {
        mod $name {
            use super::*;

            #[derive(Model, Debug, Clone, PartialEq)]
            pub(super) struct Keyed {
                #[field($($option)*)]
                pub(super) id: $type,
                #[field(default = 0)]
                pub(super) n: i32,
            }

            #[test]
            fn a_row_lives_by_its_key() {
                run(models![Keyed], async |db| {
                    let keys: Vec<$type> = $keys;
                    for (n, key) in (1_i32..).zip(keys.clone()) {
                        let row = Keyed::objects().create(db, |k| k.id(key.clone()).n(n)).await.expect("created");
                        assert_eq!((&row.id, row.n), (&key, n));
                        let mut found = Keyed::objects().pk(key.clone()).get(db).await.expect("found");
                        assert_eq!(found, row);
                        found.n = -n;
                        found.save(db).await.expect("saved");
                        let mut again = row.clone();
                        again.refresh(db).await.expect("refreshed");
                        assert_eq!(again, found);
                    }
                    assert_eq!(Keyed::objects().count(db).await.expect("counted"), keys.len() as u64);
                    let twice = Keyed::objects().create(db, |k| k.id(keys[0].clone())).await;
                    assert!(twice.expect_err("the key is taken").is_unique_violation());

                    let found: HashMap<$type, Keyed> =
                        Keyed::objects().in_bulk(db, keys.clone()).await.expect("found in bulk");
                    assert_eq!(found.len(), keys.len());
                    assert!(found.iter().all(|(key, row)| *key == row.id));

                    for key in keys {
                        let mut row = Keyed::objects().pk(key.clone()).get(db).await.expect("there");
                        assert!(row.delete(db).await.expect("deleted"));
                        assert!(!row.delete(db).await.expect("gone already"));
                        assert!(row.refresh(db).await.expect_err("gone").is_does_not_exist());
                        assert!(row.save_fields(db, |k| k.n).await.expect_err("gone").is_does_not_exist());
                        assert!(!Keyed::objects().pk(key.clone()).exists(db).await.expect("asked"));
                        row.save(db).await.expect("inserted again");
                        assert_eq!(Keyed::objects().pk(key).get(db).await.expect("there again"), row);
                    }
                });
            }
        }
    };
}

lives!(identity_i16: i16, [primary_key], vec![1, 7, i16::MAX - 1]);
lives!(identity_i32: i32, [primary_key], vec![1, 7, i32::MAX - 1]);
lives!(identity_i64: i64, [primary_key], vec![1, 7, i64::MAX - 1]);
lives!(identity_u32: u32, [primary_key], vec![1, 7, u32::MAX - 1]);
lives!(identity_u64: u64, [primary_key], vec![1, 7, i64::MAX as u64 - 1]);
lives!(given_i64: i64, [primary_key, identity = false], vec![i64::MIN, -1, 0, 1, i64::MAX]);
lives!(given_u64: u64, [primary_key, identity = false], vec![0, 1, i64::MAX as u64]);
lives!(uuid_key: Uuid, [primary_key], vec![Uuid::nil(), Uuid::from_u128(7), Uuid::max()]);
lives!(text_key: String, [primary_key, max_length = 20], ["", "a", "A", "a ", "é", "e\u{301}", "'\"`\\%_"].map(str::to_owned).to_vec());
lives!(date_key: NaiveDate, [primary_key], vec![NaiveDate::from_ymd_opt(2024, 2, 29).expect("a date")]);
lives!(newtype_of_text: Slug, [primary_key, max_length = 20], vec![Slug("a".into()), Slug("b".into())]);
lives!(newtype_of_integer: Number, [primary_key, identity = false], vec![Number(-1), Number(0), Number(7)]);
lives!(newtype_identity: Number, [primary_key, identity], vec![Number(1), Number(7)]);

#[derive(FieldType, Debug, Clone, PartialEq, Eq, Hash)]
pub struct Slug(String);

#[derive(FieldType, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Number(i64);

/// Keys that the database counts.
macro_rules! counted {
    ($($test:ident $keyed:ident $from:expr;)*) => {$(
        #[test]
        fn $test() {
            use $keyed::Keyed;
            run(models![Keyed], async |db| {
                for n in 1..=3 {
                    let row = Keyed::objects().create(db, |k| k.n(n)).await.unwrap();
                    assert_eq!((row.id, row.n), ($from(n), n));
                }
                let row = Keyed::objects().create(db, |k| k).await.unwrap();
                assert_eq!((row.id, row.n), ($from(4), 0));
                assert_eq!(Keyed::objects().get(db).await.map(drop).unwrap_err().to_string(), "more than one `Keyed` matches the query");
                // A key is not given out again.
                row.delete(db).await.unwrap();
                assert_eq!(Keyed::objects().create(db, |k| k).await.unwrap().id, $from(5));
            });
        }
    )*};
}

counted! {
    the_database_counts_i16 identity_i16 |n: i32| i16::try_from(n).unwrap();
    the_database_counts_i32 identity_i32 |n: i32| n;
    the_database_counts_i64 identity_i64 i64::from;
    the_database_counts_u32 identity_u32 |n: i32| u32::try_from(n).unwrap();
    the_database_counts_u64 identity_u64 |n: i32| u64::try_from(n).unwrap();
    the_database_counts_newtypes newtype_identity |n: i32| Number(n.into());
}

#[test]
fn an_explicit_zero_is_a_key_like_others() {
    run(models![identity_i64::Keyed], async |db| {
        use identity_i64::Keyed;
        let zero = Keyed::objects().create(db, |k| k.id(0).n(1)).await.unwrap();
        assert_eq!((zero.id, zero.n), (0, 1));
        let negative = Keyed::objects().create(db, |k| k.id(-5).n(2)).await.unwrap();
        assert_eq!(negative.id, -5);
        let mut unsaved = Keyed { id: 0, n: 9 };
        unsaved.save(db).await.unwrap();
        assert_eq!(Keyed::objects().count(db).await.unwrap(), 2);
        assert_eq!(Keyed::objects().pk(0).get(db).await.unwrap().n, 9);
    });
}

#[test]
fn a_key_beyond_the_database_is_refused() {
    run(models![given_u64::Keyed], async |db| {
        use given_u64::Keyed;
        let result = Keyed::objects().pk(u64::MAX).count(db).await;
        // docs/guide/src/differences.md: `u64` beyond `i64`
        if matches!(db.dialect(), Dialect::MySql | Dialect::MariaDb) {
            assert_eq!(result.unwrap(), 0);
            assert_eq!(Keyed::objects().create(db, |k| k.id(u64::MAX)).await.unwrap().id, u64::MAX);
        } else {
            assert_eq!(result.unwrap_err().to_string().split(':').next(), Some("Keyed.id"));
            assert!(Keyed::objects().in_bulk(db, [1, u64::MAX]).await.is_err());
        }
    });
}

#[test]
fn thousands_of_keys_are_found_at_once() {
    run(models![text_key::Keyed], async |db| {
        use text_key::Keyed;
        for n in 0..5 {
            Keyed::objects().create(db, |k| k.id(format!("key {}", n * 500)).n(n)).await.unwrap();
        }
        let found = Keyed::objects().in_bulk(db, (0..2_500).map(|n| format!("key {n}"))).await.unwrap();
        assert_eq!(found.len(), 5);
        assert_eq!(found["key 1500"].n, 3);
        assert!(Keyed::objects().in_bulk(db, Vec::<String>::new()).await.unwrap().is_empty());
        let repeated = Keyed::objects().in_bulk(db, vec!["key 0"; 3_000]).await.unwrap();
        assert_eq!(repeated.len(), 1);
        let filtered =
            Keyed::objects().filter(|k| k.n.gt(2)).in_bulk(db, ["key 0", "key 1500"]).await.unwrap();
        assert_eq!(filtered.into_keys().collect::<Vec<_>>(), ["key 1500"]);
        let sliced = Keyed::objects().limit(1).in_bulk(db, ["key 0"]).await;
        assert!(matches!(sliced, Err(orm::Error::InvalidQuery(_))), "{sliced:?}");
    });
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(primary_key(region, number, day))]
struct Parcel {
    #[field(max_length = 10)]
    region: String,
    number: i32,
    day: NaiveDate,
    weight: Option<f64>,
}

fn day(n: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 1, 1).unwrap() + chrono::Days::new(n)
}

#[test]
fn a_row_lives_by_its_composite_key() {
    run(models![Parcel], async |db| {
        for region in ["north", "south"] {
            for number in [0, 1] {
                Parcel::objects().create(db, |p| p.region(region).number(number).day(day(0))).await.unwrap();
            }
        }
        let mut row = Parcel::objects().pk(("south", 1, day(0))).get(db).await.unwrap();
        row.weight = Some(2.5);
        row.save(db).await.unwrap();
        assert_eq!(Parcel::objects().filter(|p| p.weight.is_not_null()).get(db).await.unwrap(), row);
        assert_eq!(Parcel::objects().count(db).await.unwrap(), 4);

        let same = Parcel::objects().create(db, |p| p.region("south").number(1).day(day(0))).await;
        assert!(same.unwrap_err().is_unique_violation());
        Parcel::objects().create(db, |p| p.region("south").number(1).day(day(1))).await.unwrap();

        // Another key is another row.
        row.number = 2;
        row.save(db).await.unwrap();
        assert_eq!(Parcel::objects().count(db).await.unwrap(), 6);
        row.weight = None;
        row.save_fields(db, |p| (p.weight,)).await.unwrap();
        row.refresh(db).await.unwrap();
        assert_eq!(row.weight, None);
        assert!(row.delete(db).await.unwrap());
        assert!(row.refresh(db).await.unwrap_err().is_does_not_exist());

        let first = Parcel::objects().first(db).await.unwrap().unwrap();
        assert_eq!((first.region.as_str(), first.number), ("north", 0));
        let last = Parcel::objects().last(db).await.unwrap().unwrap();
        assert_eq!((last.region.as_str(), last.number, last.day), ("south", 1, day(1)));
    });
}

#[test]
fn thousands_of_composite_keys_are_found_at_once() {
    run(models![Parcel], async |db| {
        for number in [0, 700, 2_499] {
            Parcel::objects().create(db, |p| p.region("x").number(number).day(day(1))).await.unwrap();
        }
        let keys = (0..2_500).map(|number| ("x".to_owned(), number, day(1)));
        let found = Parcel::objects().in_bulk(db, keys).await.unwrap();
        assert_eq!(found.len(), 3);
        assert_eq!(found[&("x".to_owned(), 700, day(1))].number, 700);
    });
}

#[derive(Model, Debug, Clone, PartialEq)]
struct OnlyKey {
    #[field(primary_key)]
    id: i64,
}

#[test]
fn a_model_of_nothing_but_its_key_works() {
    run(models![OnlyKey], async |db| {
        let mut row = OnlyKey::objects().create(db, |k| k).await.unwrap();
        assert_eq!(row.id, 1);
        row.save(db).await.unwrap();
        assert_eq!(OnlyKey::objects().count(db).await.unwrap(), 1);
        OnlyKey { id: 9 }.save(db).await.unwrap();
        assert_eq!(OnlyKey::objects().pk(9).get(db).await.unwrap(), OnlyKey { id: 9 });
        row.refresh(db).await.unwrap();
        assert!(row.delete(db).await.unwrap());
    });
}
