//! Generated columns: calculated by the database, never written, read back.

use orm::Error;
use orm::prelude::*;

use crate::support::{in_statements, run};

#[derive(Model, Debug, Clone, PartialEq)]
struct Item {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20)]
    name: String,
    nick: Option<String>,
    #[field(max_digits = 8, decimal_places = 2)]
    price: Decimal,
    #[field(db_default = 1)]
    pieces: i32,
    #[field(generated = |i| i.pieces * 2 + 1)]
    score: i32,
    #[field(max_length = 50, unique, generated = |i| i.name.lower().concat("-x"))]
    slug: String,
    #[field(generated = |i| i.nick.upper())]
    loud: Option<String>,
    #[field(index, generated = |i| case().when(i.pieces.gt(5)).then(true).otherwise(false))]
    many: bool,
    #[field(max_digits = 12, decimal_places = 2, generated = |i| i.price + Decimal::ONE)]
    gross: Decimal,
    #[field(version)]
    version: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Lazy {
    #[field(primary_key)]
    id: i64,
    number: i32,
    #[field(generated = |l| l.number + 1, virtual)]
    next: i32,
}

/// Generated from a generated one.
#[derive(Model, Debug)]
struct Twice {
    #[field(primary_key)]
    id: i64,
    #[field(generated = |t| t.id + 1)]
    one: i64,
    #[field(generated = |t| t.one + 1)]
    two: i64,
}

fn item(name: &str) -> NewItem {
    Item::draft().name(name).price(Decimal::new(250, 2)).build()
}

#[test]
fn a_new_row_has_them() {
    run(models![Item], async |db| {
        let tea = Item::objects().insert(db, item("Tea")).await.unwrap();
        assert_eq!((tea.score, tea.slug.as_str(), tea.loud.as_deref(), tea.many), (3, "tea-x", None, false));
        assert_eq!(tea.gross, Decimal::new(350, 2));
        assert_eq!(
            Item::objects().filter(|i| i.slug.eq("tea-x") & i.score.eq(3)).get(db).await.unwrap(),
            tea
        );
        let drafts = ["A", "B"].map(|name| NewItem { nick: Some("n".into()), pieces: Some(6), ..item(name) });
        let rows = Item::objects().bulk_create(db, drafts).await.unwrap();
        assert!(rows.iter().all(|row| row.many && row.loud.as_deref() == Some("N") && row.score == 13));
        let taken = Item::objects().insert(db, item("tEA")).await.unwrap_err();
        assert!(taken.is_unique_violation(), "{taken}");
        let row = Item::objects()
            .upsert(db, |i| i.slug, |i| i.name("TEA").price(Decimal::ONE), |i| i.pieces.set(9))
            .await;
        let Err(Error::InvalidQuery(_)) = row else { panic!("who gives the value that decides?") };
    });
}

#[test]
fn a_saved_row_has_the_new_ones() {
    run(models![Item], async |db| {
        let mut tea = Item::objects().insert(db, item("Tea")).await.unwrap();
        (tea.name, tea.pieces, tea.score) = ("Pot".into(), 7, 99);
        let count = if db.dialect().capability().update_returning { 1 } else { 2 };
        in_statements(count, tea.save(db)).await.unwrap();
        assert_eq!((tea.score, tea.slug.as_str(), tea.many, tea.version), (15, "pot-x", true, 2));
        assert_eq!(Item::objects().get(db).await.unwrap(), tea);
        (tea.name, tea.nick) = ("Cup".into(), Some("c".into()));
        tea.save_fields(db, |i| i.nick).await.unwrap();
        assert_eq!((tea.loud.as_deref(), tea.slug.as_str()), (Some("C"), "pot-x"), "as the database has it");

        let mut stale = Item { version: 1, ..tea.clone() };
        assert!(stale.save(db).await.unwrap_err().is_stale_object());
        tea.delete(db).await.unwrap();
        stale.version = 0;
        stale.save(db).await.unwrap();
        assert_eq!((stale.slug.as_str(), stale.version), ("cup-x", 1));
        assert_eq!(Item::objects().get(db).await.unwrap(), stale);

        let refused = stale.save_fields(db, |i| i.score).await.unwrap_err();
        assert_eq!(
            refused.to_string(),
            "invalid query: `Item.score` is calculated by the database, so it cannot be set"
        );
        let mut rows = [stale];
        assert!(Item::objects().bulk_update(db, &mut rows, |i| i.score).await.is_err());
        rows[0].pieces = 1;
        Item::objects().bulk_update(db, &mut rows, |i| i.pieces).await.unwrap();
        assert_eq!(Item::objects().get(db).await.unwrap().score, 3);
    });
}

#[test]
fn those_that_are_not_stored() {
    run(&[], async |db| {
        if !db.dialect().capability().virtual_columns {
            let refused = db.create_tables(models![Lazy]).await.unwrap_err();
            assert_eq!(
                refused.to_string(),
                "PostgreSQL does not support a generated column that is not stored (`Lazy.next`)"
            );
            return;
        }
        db.create_tables(models![Lazy]).await.unwrap();
        let mut row = Lazy::objects().create(db, |l| l.number(4)).await.unwrap();
        assert_eq!(row.next, 5);
        row.number = 7;
        row.save(db).await.unwrap();
        assert_eq!(row.next, 8);
        assert_eq!(Lazy::objects().filter(|l| l.next.eq(8)).get(db).await.unwrap(), row);
    });
}

#[test]
fn what_cannot_be_calculated_is_said_before_anything_is_sent() {
    run(&[], async |db| {
        let refused = in_statements(0, db.create_tables(models![Twice])).await.unwrap_err();
        assert_eq!(
            refused.to_string(),
            "invalid query: generated column `Twice.two` is calculated from another one"
        );
    });
}
