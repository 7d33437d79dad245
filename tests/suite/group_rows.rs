//! Questions about the rows that a query of values gives: groups, distinct values, slices, combined rows.

use orm::prelude::*;

use super::shop::{Customer, Order, OrderFields, with_shop};

#[test]
fn aggregates_of_groups() {
    with_shop(async |db| {
        let per_customer = || Order::objects().values(|o| (o.customer, o.id.count(), o.price.sum()));
        let (customers, most, mean, total) = per_customer()
            .aggregate(db, |(customer, orders, price)| {
                (customer.count(), orders.max(), orders.avg(), price.sum())
            })
            .await
            .unwrap();
        assert_eq!((customers, most, mean), (3, Some(3), Some(2.0)));
        assert_eq!(total, Some(Decimal::new(11750, 2)));
        let several = per_customer().having(|o| o.id.count().gt(1));
        let dearest = several.aggregate(db, |(_, _, price)| price.max()).await.unwrap();
        assert_eq!(dearest, Some(Decimal::new(8450, 2)));
        assert_eq!(per_customer().count(db).await.unwrap(), 3);
    });
}

#[test]
fn aggregates_of_distinct_values_and_slices() {
    with_shop(async |db| {
        let products = Order::objects().values(|o| o.product).distinct();
        assert_eq!(products.aggregate(db, Aggregates::count).await.unwrap(), 3);
        let prices = Order::objects().values(|o| (o.product, o.price)).distinct();
        let sum = prices.aggregate(db, |(_, price)| price.sum()).await.unwrap();
        assert_eq!(sum, Some(Decimal::new(9650, 2)));
        let last = Order::objects().order_by(|o| o.id.desc()).limit(2).values(|o| o.amount);
        assert_eq!(last.aggregate(db, Aggregates::sum).await.unwrap(), Some(2));
        let none = Order::objects().none().values(|o| o.amount);
        let nothing = none.aggregate(db, |amount| (amount.count(), amount.sum())).await.unwrap();
        assert_eq!(nothing, (0, None));
    });
}

#[test]
fn aggregates_of_combined_rows() {
    with_shop(async |db| {
        let all = Customer::objects().values(|c| c.name).union_all(Order::objects().values(|o| o.product));
        let (count, different, first) =
            all.aggregate(db, |name| (name.count(), name.count().distinct(), name.min())).await.unwrap();
        assert_eq!((count, different, first.as_deref()), (11, 8, Some("ann")));
    });
}

#[test]
fn a_filter_within_and_an_expression_around() {
    with_shop(async |db| {
        let per_product = Order::objects().values(|o| (o.product, o.amount.sum()));
        let (large, doubled) = per_product
            .aggregate(db, |(product, amount)| {
                (product.count().filter(amount.gt(3)), amount.sum().default(0) * 2)
            })
            .await
            .unwrap();
        assert_eq!((large, doubled), (2, 26));
    });
}

#[test]
fn a_plain_column_beside_an_aggregate_of_all_rows_is_an_error() {
    with_shop(async |db| {
        let mixed = Order::objects().aggregate(db, |o| o.amount.max() - o.amount).await.unwrap_err();
        assert_eq!(
            mixed.to_string(),
            "invalid query: `aggregate` gives one row for all rows, so each value needs an aggregate around its fields"
        );
    });
}

#[test]
fn an_order_by_what_is_not_grouped_is_an_error() {
    with_shop(async |db| {
        let query = Order::objects().values(|o| (o.product, o.id.count()));
        let error = query.clone().order_by(|o| o.amount).all(db).await.unwrap_err().to_string();
        assert_eq!(
            error,
            "invalid query: `amount` is neither aggregated nor one of the plain columns that `values` groups by"
        );
        let error = query.having(|o| o.amount.gt(1)).all(db).await.unwrap_err().to_string();
        assert!(error.contains("`amount` is neither aggregated"), "{error}");
        let error = Order::objects().order_by(|o| o.amount.sum()).all(db).await.unwrap_err().to_string();
        assert_eq!(error, "invalid query: an order by an aggregate needs groups: select it by `values`");
    });
}

#[test]
fn groups_in_the_order_of_a_sum_that_may_be_null() {
    with_shop(async |db| {
        let per_product = || Order::objects().values(|o| (o.product, o.amount.sum()));
        let most = per_product().order_by(|o| o.amount.sum().desc()).all(db).await.unwrap();
        assert_eq!(most, [("tea".into(), Some(8)), ("cup".into(), Some(4)), ("pot".into(), Some(1))]);
        let rated = || Order::objects().values(|o| (o.product, o.rating.sum().filter(o.amount.gt(1))));
        let (tea, cup, pot) =
            (("tea".to_owned(), Some(9)), ("cup".to_owned(), Some(2)), ("pot".to_owned(), None));
        let best = rated().order_by(|o| o.rating.sum().filter(o.amount.gt(1)).desc()).all(db).await.unwrap();
        assert_eq!(best, [pot.clone(), tea.clone(), cup.clone()]);
        let worst = rated().order_by(|o| o.rating.sum().filter(o.amount.gt(1))).all(db).await.unwrap();
        assert_eq!(worst, [cup.clone(), tea.clone(), pot.clone()]);
        let known = |o: OrderFields| o.rating.sum().filter(o.amount.gt(1)).desc().nulls_last();
        assert_eq!(rated().order_by(known).all(db).await.unwrap(), [tea, cup, pot]);
        let twice = Order::objects()
            .values(|o| (o.product, o.amount.sum() * 2 - o.rating.sum()))
            .order_by(|o| (o.amount.sum() * 2 - o.rating.sum()).desc());
        let products: Vec<_> = twice.all(db).await.unwrap().into_iter().map(|(product, _)| product).collect();
        assert_eq!(products, ["tea", "cup", "pot"]);
    });
}

#[test]
fn groups_by_a_condition_and_by_something_computed() {
    with_shop(async |db| {
        let by_size: Vec<(bool, i64)> = Order::objects()
            .values(|o| (o.rating.ge(4), count_rows()))
            .order_by(|o| o.rating.ge(4).desc())
            .all(db)
            .await
            .unwrap();
        assert_eq!(by_size, [(true, 3), (false, 3)]);
        let halves: Vec<(Option<i32>, i64)> = Order::objects()
            .values(|o| (o.amount / 2, count_rows()))
            .having(|o| (o.amount / 2).ge(1))
            .having(|_| count_rows().ge(1))
            .order_by(|o| o.amount / 2)
            .all(db)
            .await
            .unwrap();
        assert_eq!(halves, [(Some(1), 2), (Some(2), 1)]);
        let products = Order::objects().values(|o| o.product).having(|o| o.product.ne("cup"));
        assert_eq!(products.order_by(|o| o.product).all(db).await.unwrap(), ["pot", "tea"]);
    });
}

#[test]
fn conditions_mix_aggregates_and_what_is_computed_from_parameters() {
    with_shop(async |db| {
        let halves = || Order::objects().values(|o| (o.amount / 2, count_rows())).order_by(|o| o.amount / 2);
        let found = halves().having(|o| count_rows().ge(3) | (o.amount / 2).eq(2)).all(db).await.unwrap();
        assert_eq!(found, [(Some(0), 3), (Some(2), 1)]);
        let found = halves().having(|o| count_rows().ge(2) & (o.amount / 2).ge(1)).all(db).await.unwrap();
        assert_eq!(found, [(Some(1), 2)]);
        let found = halves().having(|o| !((o.amount / 2).eq(1) | count_rows().lt(2))).all(db).await.unwrap();
        assert_eq!(found, [(Some(0), 3)]);
        let found =
            halves().having(|o| (o.amount / 2 + 1).cast::<i64>().ge(count_rows())).all(db).await.unwrap();
        assert_eq!(found, [(Some(1), 2), (Some(2), 1)]);
        let doubled = Order::objects().values(|o| (o.price * 2, count_rows())).order_by(|o| o.price * 2);
        let found =
            doubled.having(|o| count_rows().eq(1) | (o.price * 2).lt(dec("10"))).all(db).await.unwrap();
        assert_eq!(found, [(dec("9"), 3), (dec("160"), 1)]);
        let letters = Order::objects().values(|o| (o.product.left(1), count_rows()));
        let found = letters.having(|o| count_rows().eq(1) | o.product.left(1).eq("c"));
        let found = found.order_by(|o| o.product.left(1)).all(db).await.unwrap();
        assert_eq!(found, [("c".to_owned(), 2), ("p".to_owned(), 1)]);
        let rated = Order::objects().values(|o| (o.rating + 1, count_rows()));
        let found = rated.having(|o| (o.rating + 1).is_null() | count_rows().eq(1));
        let found = found.order_by(|o| (o.rating + 1).asc().nulls_last()).all(db).await.unwrap();
        assert_eq!(found, [(Some(3), 1), (Some(5), 1), (None, 2)]);
    });
}

#[test]
fn conditions_mix_aggregates_and_a_condition_that_groups_are_made_of() {
    with_shop(async |db| {
        // As a value a condition is false where it is not true.
        let good =
            || Order::objects().values(|o| (o.rating.ge(4), count_rows())).order_by(|o| o.rating.ge(4));
        let found = good().having(|o| o.rating.ge(4) | count_rows().gt(9)).all(db).await.unwrap();
        assert_eq!(found, [(true, 3)]);
        let found = good().having(|o| !o.rating.ge(4) | count_rows().gt(9)).all(db).await.unwrap();
        assert_eq!(found, [(false, 3)]);
    });
}

#[test]
fn what_groups_are_made_of_is_used_once_more() {
    with_shop(async |db| {
        let query = Order::objects()
            .values(|o| (o.amount / 2, (o.amount / 2 * 10).cast::<i64>() + count_rows(), o.amount / 2 * 10))
            .order_by(|o| (o.amount / 2 + 1).desc());
        assert_eq!(
            query.all(db).await.unwrap(),
            [(Some(2), Some(21), Some(20)), (Some(1), Some(12), Some(10)), (Some(0), Some(3), Some(0))]
        );
        let placed = Order::objects()
            .values(|o| (o.amount / 2, row_number().order_by((o.amount / 2).desc()), count_rows()))
            .order_by(|o| o.amount / 2);
        assert_eq!(placed.all(db).await.unwrap(), [(Some(0), 3, 3), (Some(1), 2, 2), (Some(2), 1, 1)]);
    });
}

#[test]
fn sql_of_ones_own_may_aggregate_in_a_condition_on_groups() {
    with_shop(async |db| {
        let products = || Order::objects().values(|o| o.product).order_by(|o| o.product);
        let least = 2;
        let several = products().having(|_| sql!(bool, "COUNT(*) >= {least}"));
        assert_eq!(several.all(db).await.unwrap(), ["cup", "tea"]);
        let several = products().having(|o| sql!(bool, "COUNT(*) >= {least}") & o.product.ne("cup"));
        assert_eq!(several.all(db).await.unwrap(), ["tea"]);
    });
}

fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}
