//! Union, intersection and difference.

use orm::prelude::*;

use super::shop::{Customer, Order, with_shop};

fn tea() -> QuerySet<Order> {
    Order::objects().filter(|o| o.product.eq("tea"))
}

fn rated() -> QuerySet<Order> {
    Order::objects().filter(|o| o.rating.is_not_null())
}

macro_rules! ids {
    ($db:expr, $query:expr) => {
        $query.order_by(|o| o.id).all($db).await.unwrap().iter().map(|order| order.id).collect::<Vec<_>>()
    };
}

#[test]
fn rows_of_models() {
    with_shop(async |db| {
        assert_eq!(ids!(db, tea().union(rated())), [1, 3, 4, 5, 6]);
        assert_eq!(ids!(db, tea().union_all(rated())), [1, 1, 3, 3, 4, 5, 6]);
        assert_eq!(ids!(db, tea().intersection(rated())), [1, 3]);
        assert_eq!(ids!(db, tea().difference(rated())), [6]);
        assert_eq!(ids!(db, rated().difference(tea())), [4, 5]);
    });
}

#[test]
fn three_at_once_bind_as_they_are_written() {
    with_shop(async |db| {
        let pot = Order::objects().filter(|o| o.product.eq("pot"));
        assert_eq!(ids!(db, tea().union(rated()).difference(pot.clone())), [1, 3, 4, 6]);
        assert_eq!(ids!(db, tea().union(rated().difference(pot))), [1, 3, 4, 6]);
        let cup = Order::objects().filter(|o| o.product.eq("cup"));
        assert_eq!(ids!(db, tea().union(cup.intersection(rated()))), [1, 3, 4, 6]);
    });
}

#[test]
fn values_of_two_models() {
    with_shop(async |db| {
        let all = Customer::objects().values(|c| c.name).union(Order::objects().values(|o| o.product));
        let sorted = all.clone().order_by_column(0).all(db).await.unwrap();
        assert_eq!(sorted, ["ann", "bob", "cup", "cyd", "dan", "eve", "pot", "tea"]);
        assert_eq!(
            all.clone().reverse().order_by_column(0).reverse().first(db).await.unwrap().as_deref(),
            Some("tea")
        );
        assert_eq!(all.count(db).await.unwrap(), 8);
    });
}

#[test]
fn slices_of_the_whole_and_of_the_parts() {
    with_shop(async |db| {
        let two = tea().order_by(|o| o.id.desc()).limit(2);
        let one = rated().order_by(|o| o.price.desc()).limit(1);
        let both = two.union_all(one);
        assert_eq!(ids!(db, both.clone()), [3, 5, 6]);
        let page: Vec<i64> = both
            .order_by(|o| o.id.desc())
            .offset(1)
            .limit(1)
            .all(db)
            .await
            .unwrap()
            .iter()
            .map(|o| o.id)
            .collect();
        assert_eq!(page, [5]);
    });
}

#[test]
fn terminal_methods() {
    with_shop(async |db| {
        let both = || tea().union(rated());
        assert_eq!(both().count(db).await.unwrap(), 5);
        assert_eq!(both().limit(2).count(db).await.unwrap(), 2);
        assert!(both().exists(db).await.unwrap());
        assert!(!tea().intersection(Order::objects().none()).exists(db).await.unwrap());
        assert_eq!(both().order_by(|o| o.price.desc()).first(db).await.unwrap().unwrap().id, 5);
        assert_eq!(tea().difference(rated()).get(db).await.unwrap().id, 6);
        assert!(both().get(db).await.is_err());
        let mut rows = both().order_by(|o| o.id).stream(db);
        let mut found = Vec::new();
        while let Some(order) = rows.try_next().await.unwrap() {
            found.push(order.id);
        }
        assert_eq!(found, [1, 3, 4, 5, 6]);
    });
}

#[test]
fn nulls_are_equal_to_each_other_and_sorted_as_everywhere() {
    with_shop(async |db| {
        let ratings = || Order::objects().values(|o| o.rating);
        let once = ratings().union(ratings()).order_by(|o| o.rating).all(db).await.unwrap();
        assert_eq!(once, [Some(2), Some(4), Some(5), None]);
        let first = ratings().union(ratings()).order_by(|o| o.rating.desc()).all(db).await.unwrap();
        assert_eq!(first, [None, Some(5), Some(4), Some(2)]);
        assert_eq!(ratings().intersection(ratings()).count(db).await.unwrap(), 4);
    });
}

#[test]
fn computed_columns_and_decimals() {
    with_shop(async |db| {
        let doubled = Order::objects().filter(|o| o.id.le(2)).values(|o| (o.id, o.price * Decimal::from(2)));
        let plain = Order::objects().filter(|o| o.id.ge(5)).values(|o| (o.id, o.price));
        let rows =
            doubled.union(plain).order_by(|o| (o.price * Decimal::from(2)).desc()).all(db).await.unwrap();
        let ids: Vec<_> = rows.iter().map(|(id, _)| *id).collect();
        assert_eq!(ids, [5, 2, 1, 6]);
        assert_eq!(rows[1].1, Decimal::new(2400, 2));
    });
}

#[test]
fn an_order_by_something_else_is_an_error() {
    with_shop(async |db| {
        let query = tea().values(|o| o.product).union(rated().values(|o| o.product));
        let error = query.order_by(|o| o.amount).all(db).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "invalid query: combined rows can only be ordered by what they consist of"
        );
    });
}

#[test]
fn with_names_and_annotations() {
    with_shop(async |db| {
        let tree =
            Customer::objects().filter(|c| c.id.eq(3)).recursive(|c, found| c.referrer.id.eq(found.id));
        let all = tree
            .union(Customer::objects().filter(|c| c.name.eq("eve")))
            .order_by(|c| c.id)
            .all(db)
            .await
            .unwrap();
        assert_eq!(all.iter().map(|c| c.id).collect::<Vec<_>>(), [3, 4, 5]);
        let marked = |query: QuerySet<Order>, mark: i64| query.annotate(move |_| value(mark));
        let rows = marked(tea(), 1).union_all(marked(rated(), 2)).order_by(|o| o.id).all(db).await.unwrap();
        assert_eq!(rows.iter().map(|(order, mark)| order.id * 10 + mark).sum::<i64>(), 230 + 11);
    });
}
