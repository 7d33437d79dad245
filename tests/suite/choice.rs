//! Case, coalesce, nullif, greatest, least; conditions as values.

use orm::prelude::*;

use super::shop::{Customer, Order, OrderFields, ids, with_shop};

#[test]
fn case_takes_the_first_that_is_true() {
    with_shop(async |db| {
        let size = |o: OrderFields| {
            case().when(o.amount.ge(5)).then("many").when(o.amount.ge(2)).then("some").otherwise("one")
        };
        let sizes: Vec<String> = Order::objects().order_by(|o| o.id).values(size).all(db).await.unwrap();
        assert_eq!(sizes, ["some", "one", "many", "some", "one", "one"]);
        assert_eq!(ids(db, Order::objects().filter(|o| size(o).eq("some"))).await, [1, 4]);
        let order: Vec<i64> =
            Order::objects().order_by(|o| (size(o), o.id)).values(|o| o.id).all(db).await.unwrap();
        assert_eq!(order, [3, 2, 5, 6, 1, 4]);
        let groups: Vec<(String, i64)> =
            Order::objects().values(|o| (size(o), o.id.count())).order_by(size).all(db).await.unwrap();
        assert_eq!(groups, [("many".into(), 1), ("one".into(), 3), ("some".into(), 2)]);
    });
}

#[test]
fn case_without_otherwise_is_null() {
    with_shop(async |db| {
        let stars: Vec<Option<i32>> = Order::objects()
            .order_by(|o| o.id)
            .values(|o| case().when(o.product.eq("tea")).then(o.amount * 10))
            .all(db)
            .await
            .unwrap();
        assert_eq!(stars, [Some(20), None, Some(50), None, None, Some(10)]);
        // A condition that is NULL is not true.
        let high: Vec<bool> = Order::objects()
            .order_by(|o| o.id)
            .values(|o| case().when(o.rating.ge(4)).then(true).otherwise(false))
            .all(db)
            .await
            .unwrap();
        assert_eq!(high, [true, false, true, false, true, false]);
    });
}

#[test]
fn case_of_decimals_keeps_digits_and_order() {
    with_shop(async |db| {
        let price = |o: OrderFields| {
            case().when(o.product.eq("tea")).then(o.price * Decimal::from(o_amount())).otherwise(o.price)
        };
        let rows: Vec<(i64, Decimal)> = Order::objects()
            .order_by(|o| (price(o).desc(), o.id))
            .values(|o| (o.id, price(o)))
            .all(db)
            .await
            .unwrap();
        assert_eq!(rows.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [5, 1, 3, 6, 2, 4]);
        assert_eq!(rows[1].1, Decimal::new(1350, 2));
        assert_eq!(
            ids(db, Order::objects().filter(|o| price(o).between(Decimal::from(12), Decimal::from(14))))
                .await,
            [1, 2, 3, 4, 6]
        );
    });
}

fn o_amount() -> i64 {
    3
}

#[test]
fn coalesce_takes_the_first_that_is_not_null() {
    with_shop(async |db| {
        let cities: Vec<String> =
            Customer::objects().order_by(|c| c.id).values(|c| c.city.coalesce(c.name)).all(db).await.unwrap();
        assert_eq!(cities, ["Rome", "Oslo", "Rome", "dan", "Oslo"]);
        let ratings: Vec<i32> =
            Order::objects().order_by(|o| o.id).values(|o| o.rating.coalesce(0)).all(db).await.unwrap();
        assert_eq!(ratings, [5, 0, 4, 2, 5, 0]);
        let both: Vec<Option<String>> = Customer::objects()
            .order_by(|c| c.id)
            .values(|c| c.city.nullif("Rome").coalesce(c.referrer.city))
            .all(db)
            .await
            .unwrap();
        let both: Vec<_> = both.iter().map(Option::as_deref).collect();
        assert_eq!(both, [None, Some("Oslo"), Some("Rome"), Some("Rome"), Some("Oslo")]);
    });
}

#[test]
fn greatest_and_least_are_null_when_one_is() {
    with_shop(async |db| {
        let rows: Vec<(Option<i32>, Option<i32>)> = Order::objects()
            .order_by(|o| o.id)
            .values(|o| (o.amount.greatest(o.rating), o.rating.least(o.amount)))
            .all(db)
            .await
            .unwrap();
        assert_eq!(
            rows,
            [
                (Some(5), Some(2)),
                (None, None),
                (Some(5), Some(4)),
                (Some(3), Some(2)),
                (Some(5), Some(1)),
                (None, None)
            ]
        );
        let prices: Vec<Decimal> = Order::objects()
            .order_by(|o| o.id)
            .values(|o| o.price.least(Decimal::from(10)))
            .all(db)
            .await
            .unwrap();
        assert_eq!(prices, [450, 1000, 450, 1000, 1000, 450].map(|cents| Decimal::new(cents, 2)));
    });
}

#[test]
fn a_condition_as_a_value_is_true_where_filter_takes_the_row() {
    with_shop(async |db| {
        let flags: Vec<(i64, bool, bool)> = Order::objects()
            .order_by(|o| o.id)
            .values(|o| (o.id, o.rating.ge(4), !o.rating.ge(4)))
            .all(db)
            .await
            .unwrap();
        let yes: Vec<_> = flags.iter().filter(|row| row.1).map(|row| row.0).collect();
        let no: Vec<_> = flags.iter().filter(|row| row.2).map(|row| row.0).collect();
        assert_eq!((yes, no), (vec![1, 3, 5], vec![4]));
    });
}

#[test]
fn values_alone_and_on_the_left() {
    with_shop(async |db| {
        assert_eq!(ids(db, Order::objects().filter(|o| value(3_i32).lt(o.amount))).await, [3]);
        assert_eq!(ids(db, Order::objects().filter(|_| value(3_i32).lt(2))).await, Vec::<i64>::new());
        let rows: Vec<(i64, String, Decimal)> = Order::objects()
            .filter(|o| o.id.eq(1))
            .values(|_| (value(7_i64), value("x".to_owned()), value(Decimal::new(15, 1))))
            .all(db)
            .await
            .unwrap();
        assert_eq!(rows, [(7, "x".to_owned(), Decimal::new(15, 1))]);
    });
}

#[test]
fn no_condition_takes_all_rows() {
    with_shop(async |db| {
        let search = async |product: Option<&str>, least: Option<i32>| {
            let found = Order::objects()
                .filter(|o| product.map(|product| o.product.eq(product)))
                .filter(|o| least.map(|least| o.amount.ge(least)));
            ids(db, found).await
        };
        assert_eq!(search(None, None).await, [1, 2, 3, 4, 5, 6]);
        assert_eq!(search(Some("tea"), None).await, [1, 3, 6]);
        assert_eq!(search(Some("tea"), Some(2)).await, [1, 3]);
    });
}
