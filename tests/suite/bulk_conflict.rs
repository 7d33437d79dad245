//! Conflicts of unique values: ignored, or told by their target and made a change of what is there.

use orm::Error;
use orm::prelude::*;

use crate::support::{Db, run};

#[derive(Model, Debug, Clone, PartialEq)]
struct Tag {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20, unique)]
    name: String,
    #[field(default = 1)]
    uses: i64,
    note: Option<String>,
    #[field(auto_now)]
    changed: DateTime<Utc>,
}

fn tag(name: &str, uses: i64) -> NewTag {
    Tag::draft().name(name).uses(uses).build()
}

async fn uses(db: &Db) -> Vec<(String, i64)> {
    Tag::objects().order_by(|t| t.name).values(|t| (t.name, t.uses)).all(db).await.unwrap()
}

fn pairs(pairs: &[(&str, i64)]) -> Vec<(String, i64)> {
    pairs.iter().map(|(name, uses)| ((*name).to_owned(), *uses)).collect()
}

#[test]
fn taken_rows_are_left_out() {
    run(models![Tag], async |db| {
        Tag::objects().bulk_create(db, [tag("a", 1), tag("b", 1)]).await.unwrap();
        let drafts = || [tag("b", 2), tag("c", 2), tag("c", 3), tag("d", 2)];
        Tag::objects().bulk_create(db, drafts()).ignore_conflicts().await.unwrap();
        let expected = pairs(&[("a", 1), ("b", 1), ("c", 2), ("d", 2)]);
        assert_eq!(uses(db).await, expected, "of two new rows the first stays");
        Tag::objects().bulk_create(db, drafts()).on_conflict(|t| t.name).do_nothing().await.unwrap();
        Tag::objects().bulk_create(db, drafts()).ignore_conflicts().await.unwrap();
        assert_eq!(uses(db).await, expected);
        let many = (0..2_000).map(|n| tag(&format!("x{}", n / 2), n));
        Tag::objects().bulk_create(db, many).ignore_conflicts().await.unwrap();
        assert_eq!(Tag::objects().count(db).await.unwrap(), 1_004);
        // Only conflicts are passed over.
        let long = Tag::objects().bulk_create(db, [tag(&"x".repeat(21), 1)]).ignore_conflicts().await;
        assert!(matches!(long, Err(Error::Value(_))), "{long:?}");
    });
}

#[test]
fn taken_rows_are_changed() {
    run(models![Tag], async |db| {
        let before = Tag::objects().bulk_create(db, [tag("a", 1), tag("b", 1)]).await.unwrap();
        Tag::objects().update(db, |t| t.note.set("kept")).await.unwrap();
        let drafts = [tag("c", 5), tag("b", 6), tag("d", 7), tag("a", 8)];
        let rows =
            Tag::objects().bulk_create(db, drafts).on_conflict(|t| t.name).update(|t| t.uses).await.unwrap();
        let given: Vec<_> = rows.iter().map(|row| (row.name.clone(), row.uses)).collect();
        assert_eq!(given, pairs(&[("c", 5), ("b", 6), ("d", 7), ("a", 8)]));
        assert_eq!(uses(db).await, pairs(&[("a", 8), ("b", 6), ("c", 5), ("d", 7)]));
        assert_eq!((rows[1].id, rows[3].id), (before[1].id, before[0].id));
        assert_eq!((rows[1].note.as_deref(), &rows[0].note), (Some("kept"), &None), "only what was said");
        assert!(rows[3].changed > before[0].changed, "and the time of change");

        let many = (0..3_000).rev().map(|n| tag(&format!("x{n}"), n));
        Tag::objects().bulk_create(db, many.clone()).await.unwrap();
        let again = many.map(|tag| NewTag { uses: tag.uses.map(|uses| uses * 2), ..tag });
        let rows =
            Tag::objects().bulk_create(db, again).on_conflict(|t| t.name).update(|t| t.uses).await.unwrap();
        assert!((0..3_000).rev().zip(&rows).all(|(n, row)| row.uses == 2 * n && row.name == format!("x{n}")));
        assert_eq!(Tag::objects().count(db).await.unwrap(), 3_004);
    });
}

#[test]
fn a_target_is_the_key_or_a_unique_constraint() {
    run(models![Tag], async |db| {
        let rows =
            Tag::objects().bulk_create(db, [tag("a", 1)]).on_conflict(|t| t.id).update(|t| t.uses).await;
        assert_eq!(rows.unwrap()[0].id, 1, "a key that is counted is never taken");
        for name in ["uses", "name and uses"] {
            let create = Tag::objects().bulk_create(db, [tag("b", 1)]);
            let wrong = if name == "uses" {
                create.on_conflict(|t| t.uses).do_nothing().await
            } else {
                create.on_conflict(|t| (t.name, t.uses)).do_nothing().await
            };
            assert!(matches!(wrong, Err(Error::InvalidQuery(_))), "{wrong:?}");
        }
        let twice = [tag("a", 1), tag("b", 2), tag("a", 3)];
        let twice = Tag::objects().bulk_create(db, twice).on_conflict(|t| t.name).update(|t| t.uses).await;
        assert_eq!(
            twice.unwrap_err().to_string(),
            "invalid query: two of the rows have the same name, and it is not said which of them is to update Tag"
        );
        assert_eq!(Tag::objects().count(db).await.unwrap(), 1);
    });
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(unique(shop, number))]
struct Order {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 10)]
    shop: Option<String>,
    number: i64,
    #[field(max_length = 10, unique)]
    code: Option<String>,
    #[field(default = 0)]
    total: i64,
}

#[test]
fn other_constraints_remain_errors() {
    run(models![Order], async |db| {
        let order = |shop: Option<&str>, number: i64, code: Option<&str>, total: i64| {
            let (shop, code) = (shop.map(str::to_owned), code.map(str::to_owned));
            NewOrder { id: None, shop, number, code, total: Some(total) }
        };
        Order::objects().bulk_create(db, [order(Some("x"), 1, Some("c1"), 1)]).await.unwrap();
        let upsert = |orders: Vec<NewOrder>| {
            Order::objects().bulk_create(db, orders).on_conflict(|o| (o.number, o.shop)).update(|o| o.total)
        };
        let rows = upsert(vec![order(Some("x"), 1, None, 7), order(Some("x"), 2, Some("c2"), 8)]).await;
        // docs/guide/src/differences.md: `on_conflict` of one of several unique constraints
        if matches!(db.dialect(), Dialect::MySql | Dialect::MariaDb) {
            assert!(matches!(rows, Err(Error::Unsupported { .. })), "{rows:?}");
            return;
        }
        let rows = rows.unwrap();
        assert_eq!((rows[0].id, rows[0].total, rows[0].code.as_deref()), (1, 7, Some("c1")));
        let taken = upsert(vec![order(Some("y"), 1, Some("c1"), 9)]).await;
        assert!(taken.unwrap_err().is_unique_violation());
        // NULL is not equal to itself: such rows never conflict.
        let rows = upsert(vec![order(None, 1, None, 1), order(None, 1, None, 2)]).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.total).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(Order::objects().count(db).await.unwrap(), 4);
    });
}

#[test]
fn upsert_inserts_or_changes() {
    run(models![Tag, Order], async |db| {
        let upsert = async |name: &str| {
            Tag::objects()
                .upsert(db, |t| t.name, |t| t.name(name), |t| (t.uses.set(t.uses + 1), t.note.set("again")))
                .await
                .unwrap()
        };
        let first = upsert("a").await;
        assert_eq!((first.uses, &first.note), (1, &None));
        let second = upsert("a").await;
        assert_eq!((second.id, second.uses, second.note.as_deref()), (first.id, 2, Some("again")));
        assert_eq!(upsert("b").await.uses, 1);
        assert_eq!(uses(db).await, pairs(&[("a", 2), ("b", 1)]));

        // Among several unique constraints the one that is meant counts, on every database.
        let upsert = async |number: i64, code: &str| {
            Order::objects()
                .upsert(
                    db,
                    |o| (o.shop, o.number),
                    |o| o.shop("x".to_owned()).number(number).code(code.to_owned()),
                    |o| o.total.set(o.total + 1),
                )
                .await
        };
        assert_eq!(upsert(1, "c1").await.unwrap().total, 0);
        assert_eq!(upsert(1, "c2").await.unwrap().total, 1);
        assert!(upsert(2, "c1").await.unwrap_err().is_unique_violation());
        assert_eq!(Order::objects().get(db).await.unwrap().total, 1);
        let wrong = Order::objects().upsert(db, |o| o.number, |o| o.number(1), |o| o.total.set(1)).await;
        assert!(matches!(wrong, Err(Error::InvalidQuery(_))), "{wrong:?}");
    });
}
