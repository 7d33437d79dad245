//! WITH: conditions after a slice, and recursion.

use orm::prelude::*;

use super::shop::{Customer, Order, ids, names, with_shop};

#[test]
fn conditions_after_a_slice() {
    with_shop(async |db| {
        let top = Order::objects().order_by(|o| (o.price.desc(), o.id)).limit(3).as_cte();
        assert_eq!(ids(db, top.clone()).await, [2, 4, 5]);
        assert_eq!(ids(db, top.clone().filter(|o| o.customer.name.eq("bob"))).await, [4]);
        assert_eq!(top.clone().count(db).await.unwrap(), 3);
        assert!(top.clone().filter(|o| o.amount.gt(1)).exists(db).await.unwrap());
        assert_eq!(top.aggregate(db, |o| o.amount.sum()).await.unwrap(), Some(5));
    });
}

#[test]
fn recursion_down_and_up_a_tree() {
    with_shop(async |db| {
        let below = |name: &'static str| {
            Customer::objects()
                .filter(move |c| c.name.eq(name))
                .recursive(|c, found| c.referrer.id.eq(found.id))
        };
        assert_eq!(names(db, below("ann")).await, "ann bob cyd dan");
        assert_eq!(names(db, below("cyd")).await, "cyd dan");
        assert_eq!(names(db, below("nobody")).await, "");
        let above =
            Customer::objects().filter(|c| c.name.eq("dan")).recursive(|c, found| c.id.eq(found.referrer.id));
        assert_eq!(names(db, above.clone()).await, "ann cyd dan");
        assert_eq!(names(db, above.filter(|c| c.city.eq("Rome"))).await, "ann cyd");
    });
}

#[test]
fn circles_end() {
    with_shop(async |db| {
        let dan = ForeignKey::<Customer>::new(4);
        Customer::objects().pk(1).update(db, |c| c.referrer.set(dan)).await.unwrap();
        let all = Customer::objects().filter(|c| c.id.eq(1)).recursive(|c, found| c.referrer.id.eq(found.id));
        assert_eq!(names(db, all).await, "ann bob cyd dan");
        let counted = Customer::objects()
            .filter(|c| c.id.eq(1))
            .recursive_with_depth(4, |c, found| c.referrer.id.eq(found.id));
        assert_eq!(counted.count(db).await.unwrap(), 7);
    });
}

#[test]
fn depth_is_a_column() {
    with_shop(async |db| {
        let rows: Vec<(Customer, i64)> = Customer::objects()
            .filter(|c| c.name.eq("ann"))
            .recursive_with_depth(5, |c, found| c.referrer.id.eq(found.id))
            .order_by(|c| c.id)
            .all(db)
            .await
            .unwrap();
        let depths: Vec<_> = rows.iter().map(|(c, depth)| (c.name.as_str(), *depth)).collect();
        assert_eq!(depths, [("ann", 0), ("bob", 1), ("cyd", 1), ("dan", 2)]);
        let near = Customer::objects()
            .filter(|c| c.name.eq("ann"))
            .recursive_with_depth(1, |c, found| c.referrer.id.eq(found.id));
        assert_eq!(near.count(db).await.unwrap(), 3);
    });
}

#[test]
fn recursion_inside_of_a_query() {
    with_shop(async |db| {
        let below =
            Customer::objects().filter(|c| c.name.eq("cyd")).recursive(|c, found| c.referrer.id.eq(found.id));
        assert_eq!(ids(db, Order::objects().filter(|o| o.customer.is_in(below.clone()))).await, [5, 6]);
        let changed = below.update(db, |c| c.city.set("Bern")).await.unwrap();
        assert_eq!(changed, 2);
        assert_eq!(names(db, Customer::objects().filter(|c| c.city.eq("Bern"))).await, "cyd dan");
    });
}

#[test]
fn a_slice_to_begin_with() {
    with_shop(async |db| {
        let first = Customer::objects().filter(|c| c.referrer.is_null()).order_by(|c| c.id).limit(1);
        assert_eq!(
            names(db, first.recursive(|c, found| c.referrer.id.eq(found.id))).await,
            "ann bob cyd dan"
        );
    });
}
