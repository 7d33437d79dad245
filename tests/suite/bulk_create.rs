//! `bulk_create`: any number of rows, all or none, back in their order as the database has them.

use orm::prelude::*;
use orm::{Error, Json};

use crate::support::run;

#[derive(Model, Debug, Clone, PartialEq)]
struct Item {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 40, unique)]
    name: String,
    #[field(max_digits = 10, decimal_places = 2)]
    price: Decimal,
    #[field(default = 3)]
    stock: i32,
    #[field(db_default = "new", max_length = 20)]
    state: String,
    note: Option<String>,
    tags: Json<Vec<String>>,
    #[field(auto_now_add)]
    made: DateTime<Utc>,
}

fn item(n: usize) -> NewItem {
    Item::draft()
        .name(format!("item {n}"))
        .price(Decimal::new(i64::try_from(n).expect("few"), 1))
        .tags(Json(vec![n.to_string()]))
        .build()
}

#[test]
fn rows_come_back_in_their_order() {
    run(models![Item], async |db| {
        let first = Item::objects().bulk_create(db, [item(0)]).await.unwrap();
        assert_eq!((first[0].id, first[0].stock, first[0].state.as_str()), (1, 3, "new"));
        assert_eq!(first[0].price.to_string(), "0.00", "with the column's places");

        let made = Item::objects().bulk_create(db, (1..3_000).map(item)).await.unwrap();
        assert_eq!(made.len(), 2_999);
        for (n, row) in (1..).zip(&made) {
            assert_eq!(
                (row.name.clone(), row.tags.clone()),
                (format!("item {n}"), Json(vec![n.to_string()]))
            );
        }
        assert!(made.is_sorted_by_key(|row| row.id), "keys are counted in the rows' order");
        let stored = Item::objects().filter(|i| i.id.gt(1)).order_by(|i| i.id).all(db).await.unwrap();
        assert!(stored == made);

        assert_eq!(Item::objects().bulk_create(db, Vec::<NewItem>::new()).await.unwrap(), []);
    });
}

#[test]
fn keys_alone() {
    run(models![Item, Parcel], async |db| {
        let mut drafts: Vec<_> = (0..2_000).map(item).collect();
        drafts[7].id = Some(90_000);
        let keys = Item::objects().bulk_create(db, drafts).keys().await.unwrap();
        let stored = Item::objects().in_bulk(db, keys.clone()).await.unwrap();
        assert!(keys.iter().enumerate().all(|(n, key)| stored[key].name == format!("item {n}")));
        assert_eq!(keys[7], 90_000);
        assert!(Item::objects().bulk_create(db, Vec::<NewItem>::new()).keys().await.unwrap().is_empty());

        let parcel = |number: i32| Parcel::draft().region("x").number(-number);
        let keys = Parcel::objects().bulk_create(db, (0..3).map(parcel)).keys().await.unwrap();
        assert_eq!(keys, [("x".to_owned(), 0), ("x".to_owned(), -1), ("x".to_owned(), -2)]);
        let twice = Parcel::objects().bulk_create(db, [parcel(9), parcel(2)]).keys().await;
        assert!(twice.unwrap_err().is_unique_violation());
        assert_eq!(Parcel::objects().count(db).await.unwrap(), 3);
    });
}

#[test]
fn a_transaction_goes_on_after_a_block_that_failed() {
    run(models![Item], async |db| {
        let done = db
            .atomic(async |tx| {
                Item::objects().bulk_create(tx, (0..600).map(item)).await?;
                let taken = tx
                    .atomic(async |inner| {
                        Item::objects().bulk_create(inner, (500..1_200).rev().map(item)).await
                    })
                    .await;
                assert!(taken.is_err_and(|error: Error| error.is_unique_violation()));
                assert_eq!(Item::objects().count(tx).await?, 600);
                Item::objects().bulk_create(tx, (600..1_200).map(item)).ignore_conflicts().await?;
                Item::objects().count(tx).await
            })
            .await;
        assert_eq!(done.unwrap(), 1_200);
        let undone = db
            .atomic(async |tx| {
                let mut rows = Item::objects().all(tx).await?;
                Item::objects().bulk_delete(tx, &rows[..700]).await?;
                for row in &mut rows {
                    row.stock = 0;
                }
                assert_eq!(Item::objects().bulk_update(tx, &mut rows, |i| i.stock).await?, 500);
                Err::<(), _>(Error::InvalidQuery("enough".into()))
            })
            .await;
        assert!(undone.is_err());
        assert_eq!(Item::objects().filter(|i| i.stock.eq(3)).count(db).await.unwrap(), 1_200);
    });
}

#[test]
fn rows_may_give_different_fields() {
    run(models![Item], async |db| {
        let drafts = [
            Item::draft().name("a").price(Decimal::ONE).tags(Json(vec![])).build(),
            Item::draft().name("b").price(Decimal::ONE).tags(Json(vec![])).id(70).build(),
            Item::draft().name("c").price(Decimal::ONE).tags(Json(vec![])).state("old").note("x").build(),
            Item::draft().name("d").price(Decimal::ONE).tags(Json(vec![])).id(60).build(),
            Item::draft().name("e").price(Decimal::ONE).tags(Json(vec![])).stock(0).build(),
        ];
        let made = Item::objects().bulk_create(db, drafts).await.unwrap();
        let names: Vec<_> = made.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names, ["a", "b", "c", "d", "e"]);
        assert_eq!((made[1].id, made[3].id), (70, 60));
        assert_eq!((made[2].state.as_str(), made[2].note.as_deref(), made[4].stock), ("old", Some("x"), 0));
        for row in made {
            assert_eq!(Item::objects().pk(row.id).get(db).await.unwrap(), row);
        }
    });
}

/// More of each than a statement takes, first in turns and then one after another.
#[test]
fn many_rows_may_give_different_fields() {
    run(models![Item], async |db| {
        let draft = |n: usize| {
            let mut new = item(n);
            match if n < 2_000 { n % 4 } else { n / 1_500 } {
                1 => new.id = Some(100_000 + i64::try_from(n).expect("few")),
                2 => new.state = Some("old".into()),
                3 => (new.state, new.note) = (Some("odd".into()), Some("x".into())),
                _ => {}
            }
            new
        };
        for batch in [300, 1_000_000] {
            let keys = Item::objects()
                .bulk_create(db, (0..6_000).map(draft))
                .batch_size(batch)
                .keys()
                .await
                .unwrap();
            let found = Item::objects().in_bulk(db, keys.iter().copied()).await.unwrap();
            for (n, key) in keys.iter().enumerate() {
                let (new, row) = (draft(n), &found[key]);
                assert_eq!((&row.name, row.price, &row.note), (&new.name, new.price, &new.note));
                assert_eq!(
                    (Some(row.id), row.state.as_str()),
                    (new.id.or(Some(*key)), new.state.as_deref().unwrap_or("new"))
                );
            }
            Item::objects().delete(db).await.unwrap();
            let rows =
                Item::objects().bulk_create(db, (0..6_000).map(draft)).batch_size(batch).await.unwrap();
            assert!(rows.iter().enumerate().all(|(n, row)| row.name == item(n).name));
            Item::objects().delete(db).await.unwrap();
        }
    });
}

#[test]
fn an_error_leaves_none_of_the_rows() {
    run(models![Item], async |db| {
        Item::objects().bulk_create(db, [item(7)]).await.unwrap();
        for batch in [3, 1_000_000] {
            let taken = Item::objects().bulk_create(db, (0..1_500).rev().map(item)).batch_size(batch).await;
            assert!(taken.unwrap_err().is_unique_violation());
            assert_eq!(Item::objects().count(db).await.unwrap(), 1, "{batch}");
        }
        let mut drafts: Vec<_> = (10..1_500).map(item).collect();
        drafts[1_400].name = "x".repeat(41);
        let long = Item::objects().bulk_create(db, drafts).await.unwrap_err();
        assert_eq!(long.to_string(), "Item.name: text of 41 characters is longer than max_length = 40");
        assert_eq!(Item::objects().count(db).await.unwrap(), 1);
    });
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Wide {
    #[field(primary_key)]
    id: i64,
    a: i64,
    b: i64,
    c: i64,
    d: i64,
    e: i64,
    f: i64,
    g: i64,
}

/// RELIABILITY F1: 65,535 parameters on servers, 32,766 on SQLite.
#[test]
fn no_limit_of_parameters_is_met() {
    run(models![Wide], async |db| {
        let wide = |n: i64| Wide::draft().a(n).b(n).c(n).d(n).e(n).f(n).g(-n).build();
        let made = Wide::objects().bulk_create(db, (0..20_000).map(wide)).await.unwrap();
        assert_eq!(made.len(), 20_000);
        assert!((0..).zip(&made).all(|(n, row)| (row.a, row.g) == (n, -n)));
        assert_eq!(Wide::objects().count(db).await.unwrap(), 20_000);
    });
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Blob {
    #[field(primary_key)]
    id: Uuid,
    bytes: Vec<u8>,
}

/// RELIABILITY F3: 16 MiB of a packet on MariaDB.
#[test]
fn no_packet_is_too_large() {
    run(models![Blob], async |db| {
        let blob =
            |n: u8| Blob::draft().id(Uuid::from_u128(u128::from(200 - n))).bytes(vec![n; 1 << 20]).build();
        let made = Blob::objects().bulk_create(db, (0..40).map(blob)).await.unwrap();
        assert!((0..).zip(&made).all(|(n, row)| row.bytes == vec![n; 1 << 20]), "also keys that count down");
        assert_eq!(Blob::objects().count(db).await.unwrap(), 40);
    });
}

#[derive(Model, Debug, Clone, PartialEq)]
struct OnlyKey {
    #[field(primary_key)]
    id: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(primary_key(region, number))]
struct Parcel {
    #[field(max_length = 10)]
    region: String,
    number: i32,
    weight: Option<f64>,
}

#[test]
fn keys_of_every_form() {
    run(models![OnlyKey, Parcel], async |db| {
        let made = OnlyKey::objects().bulk_create(db, vec![NewOnlyKey { id: None }; 5]).await.unwrap();
        assert_eq!(made.iter().map(|row| row.id).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);

        let parcel =
            |number: i32| Parcel::draft().region(if number % 2 == 0 { "x" } else { "y" }).number(-number);
        let made = Parcel::objects().bulk_create(db, (0..1_500).map(parcel)).await.unwrap();
        assert!((0..).zip(&made).all(|(n, row)| row.number == -n));
        let twice = Parcel::objects().bulk_create(db, [parcel(9_999), parcel(3)]).await;
        assert!(twice.unwrap_err().is_unique_violation());
    });
}

#[test]
fn tasks_at_once_get_their_own_keys() {
    crate::support::run_threaded(models![Item], async |db| {
        let tasks: Vec<_> = (0..8)
            .map(|task| {
                let db = db.clone();
                tokio::spawn(async move {
                    let made =
                        Item::objects().bulk_create(&db, (task * 500..task * 500 + 300).map(item)).await?;
                    assert!((task * 500..).zip(&made).all(|(n, row)| row.name == format!("item {n}")));
                    Ok::<_, Error>(made)
                })
            })
            .collect();
        let mut all = Vec::new();
        for task in tasks {
            all.extend(task.await.expect("no panic").expect("no error"));
        }
        all.sort_by_key(|row| row.id);
        assert_eq!(Item::objects().order_by(|i| i.id).all(db).await.unwrap(), all);
    });
}
