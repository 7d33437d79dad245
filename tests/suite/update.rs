//! Updates of many rows: values, arithmetic on columns, and how many rows matched.

use orm::prelude::*;
use orm::{DatabaseErrorKind, Error};

use crate::support::{Db, run};

#[derive(Model, Debug, Clone, PartialEq)]
struct Account {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 20)]
    name: String,
    #[field(default = 0)]
    a: i64,
    #[field(default = 0)]
    b: i64,
    spare: Option<i64>,
    #[field(max_digits = 20, decimal_places = 4, default = Decimal::ZERO)]
    balance: Decimal,
    #[field(default = 0.0)]
    ratio: f64,
    #[field(default = 0)]
    small: i32,
}

fn with_three(test: impl AsyncFnOnce(&Db)) {
    run(models![Account], async |db| {
        for (name, a, b, spare) in [("x", 1, 10, Some(100)), ("y", 2, 20, None), ("z", 3, 30, Some(300))] {
            Account::objects().create(db, |r| r.name(name).a(a).b(b).spare(spare)).await.unwrap();
        }
        test(db).await;
    });
}

async fn rows(db: &Db) -> Vec<(i64, i64, Option<i64>)> {
    let rows = Account::objects().order_by(|r| r.id).all(db).await.unwrap();
    rows.iter().map(|row| (row.a, row.b, row.spare)).collect()
}

#[test]
fn values_and_expressions_are_assigned() {
    with_three(async |db| {
        let all = Account::objects;
        assert_eq!(all().update(db, |r| r.a.set(7)).await.unwrap(), 3);
        assert_eq!(rows(db).await, [(7, 10, Some(100)), (7, 20, None), (7, 30, Some(300))]);
        assert_eq!(
            all()
                .filter(|r| r.b.gt(10))
                .update(db, |r| (r.a.set(r.b - 1), r.spare.set(r.b * 2 + r.id)))
                .await
                .unwrap(),
            2
        );
        assert_eq!(rows(db).await, [(7, 10, Some(100)), (19, 20, Some(42)), (29, 30, Some(63))]);
        assert_eq!(all().pk(1).update(db, |r| r.spare.set(None::<i64>)).await.unwrap(), 1);
        assert_eq!(all().update(db, |r| r.spare.set(r.spare + 1)).await.unwrap(), 3);
        assert_eq!(rows(db).await, [(7, 10, None), (19, 20, Some(43)), (29, 30, Some(64))]);
        assert_eq!(all().pk(2).update(db, |r| r.spare.set(Some(5))).await.unwrap(), 1);
        assert_eq!(all().pk(3).update(db, |r| r.spare.set(r.a)).await.unwrap(), 1);
        assert_eq!(rows(db).await, [(7, 10, None), (19, 20, Some(5)), (29, 30, Some(29))]);
        let list = all().pk(1).update(db, |r| vec![r.a.set(1), r.b.set(2), r.name.set("w")]).await;
        assert_eq!(list.unwrap(), 1);
        assert_eq!(all().filter(|r| r.name.eq("w")).get(db).await.unwrap().b, 2);
        let nothing = all().update(db, |_| Vec::new()).await;
        assert!(matches!(nothing, Err(Error::InvalidQuery(_))), "{nothing:?}");
    });
}

#[test]
fn expressions_see_the_row_as_it_was() {
    with_three(async |db| {
        let chain = Account::objects().update(db, |r| (r.a.set(99), r.b.set(r.a))).await.unwrap();
        assert_eq!(chain, 3);
        assert_eq!(rows(db).await, [(99, 1, Some(100)), (99, 2, None), (99, 3, Some(300))]);
        let chain = Account::objects()
            .update(db, |r| (r.spare.set(r.b), r.b.set(r.a + 1), r.a.set(r.a + r.id)))
            .await;
        assert_eq!(chain.unwrap(), 3);
        assert_eq!(rows(db).await, [(100, 100, Some(1)), (101, 100, Some(2)), (102, 100, Some(3))]);
    });
}

#[test]
fn swapped_columns_are_swapped_or_refused() {
    with_three(async |db| {
        let result = Account::objects().update(db, |r| (r.a.set(r.b), r.b.set(r.a))).await;
        // docs/guide/src/differences.md: Assignments that need each other's old value
        if db.dialect().capability().simultaneous_assignment {
            assert_eq!(result.unwrap(), 3);
            assert_eq!(rows(db).await, [(10, 1, Some(100)), (20, 2, None), (30, 3, Some(300))]);
        } else {
            assert!(matches!(result, Err(Error::Unsupported { .. })), "{result:?}");
            assert_eq!(rows(db).await, [(1, 10, Some(100)), (2, 20, None), (3, 30, Some(300))]);
        }
    });
}

#[test]
fn a_field_set_twice_is_a_mistake() {
    with_three(async |db| {
        let result = Account::objects().update(db, |r| (r.a.set(1), r.b.set(2), r.a.set(3))).await;
        assert!(matches!(result, Err(Error::InvalidQuery(_))), "{result:?}");
        assert_eq!(rows(db).await[0], (1, 10, Some(100)));
    });
}

#[test]
fn rows_that_match_count_even_if_nothing_changes() {
    with_three(async |db| {
        assert_eq!(Account::objects().update(db, |r| r.a.set(r.a)).await.unwrap(), 3);
        assert_eq!(Account::objects().filter(|r| r.a.eq(2)).update(db, |r| r.a.set(2)).await.unwrap(), 1);
        assert_eq!(Account::objects().filter(|r| r.a.eq(99)).update(db, |r| r.a.set(2)).await.unwrap(), 0);
        let mut row = Account::objects().pk(1).get(db).await.unwrap();
        row.save(db).await.unwrap();
        row.save_fields(db, |r| r.a).await.unwrap();
        assert_eq!(Account::objects().count(db).await.unwrap(), 3);
    });
}

#[test]
fn decimals_are_calculated_exactly() {
    with_three(async |db| {
        let decimal = |text: &str| text.parse::<Decimal>().unwrap();
        let one = || Account::objects().pk(1);
        one().update(db, |r| r.balance.set(decimal("0.1"))).await.unwrap();
        one().update(db, |r| r.balance.set(r.balance + decimal("0.2"))).await.unwrap();
        assert_eq!(one().get(db).await.unwrap().balance, decimal("0.3"));
        assert!(one().filter(|r| r.balance.eq(decimal("0.3"))).exists(db).await.unwrap());
        for _ in 0..10 {
            one().update(db, |r| r.balance.set(r.balance + decimal("1234567890123.4567"))).await.unwrap();
        }
        assert_eq!(one().get(db).await.unwrap().balance, decimal("12345678901234.867"));
        one().update(db, |r| r.balance.set((r.balance - 4) * 100 + r.balance)).await.unwrap();
        assert_eq!(one().get(db).await.unwrap().balance, decimal("1246913569024321.567"));
    });
}

#[test]
fn floats_and_mixed_sizes_are_calculated() {
    with_three(async |db| {
        let one = || Account::objects().pk(1);
        one().update(db, |r| (r.ratio.set(r.ratio + 1.5), r.small.set(r.small - 7))).await.unwrap();
        one().update(db, |r| (r.ratio.set(r.ratio * 0.5), r.small.set(r.small * r.small + 1))).await.unwrap();
        let row = one().get(db).await.unwrap();
        assert_eq!((row.ratio, row.small), (0.75, 50));
    });
}

#[test]
fn overflow_is_an_error_and_changes_nothing() {
    with_three(async |db| {
        Account::objects().pk(2).update(db, |r| (r.a.set(i64::MAX), r.b.set(i64::MIN))).await.unwrap();
        let before = rows(db).await;
        for result in [
            Account::objects().update(db, |r| r.a.set(r.a + 1)).await,
            Account::objects().update(db, |r| r.b.set(r.b - 1)).await,
            Account::objects().update(db, |r| r.spare.set(r.a * 2)).await,
            Account::objects().update(db, |r| r.spare.set(r.a + r.a)).await,
        ] {
            let error = result.expect_err("an overflow");
            assert_eq!(error.kind(), Some(DatabaseErrorKind::DataError), "{error}");
            assert_eq!(rows(db).await, before);
        }
    });
}
