//! The first row of each kind.

use orm::prelude::*;

use super::shop::{Order, with_shop};

#[test]
fn in_any_order() {
    with_shop(async |db| {
        let ids = async |query: QuerySet<Order>| {
            query.all(db).await.unwrap().iter().map(|o| o.id).collect::<Vec<_>>()
        };
        // The order begins with the column: PostgreSQL does it by itself.
        let leading =
            Order::objects().order_by(|o| (o.product, o.price.desc(), o.id)).distinct_on(|o| o.product);
        assert_eq!(ids(leading.clone()).await, [2, 5, 1]);
        let other = Order::objects().order_by(|o| o.id.desc()).distinct_on(|o| o.product);
        assert_eq!(ids(other.clone()).await, [6, 5, 4]);
        assert_eq!(ids(other.clone().limit(2)).await, [6, 5]);
        let two = Order::objects()
            .order_by(|o| (o.customer, o.product, o.id))
            .distinct_on(|o| (o.customer, o.product));
        assert_eq!(ids(two.clone()).await, [2, 1, 4, 5, 6]);
        let related = Order::objects().order_by(|o| o.id).distinct_on(|o| o.customer.city);
        assert_eq!(ids(related).await, [1, 4]);

        assert_eq!(leading.clone().count(db).await.unwrap(), 3);
        assert_eq!(other.clone().count(db).await.unwrap(), 3);
        assert!(other.clone().exists(db).await.unwrap());
        assert_eq!(other.first(db).await.unwrap().unwrap().id, 6);
        let values = leading.values(|o| (o.product, o.id)).all(db).await.unwrap();
        assert_eq!(values, [("cup".into(), 2), ("pot".into(), 5), ("tea".into(), 1)]);
    });
}

#[test]
fn null_is_one_kind() {
    with_shop(async |db| {
        let query = Order::objects().order_by(|o| (o.rating, o.id)).distinct_on(|o| o.rating);
        let ids: Vec<_> = query.all(db).await.unwrap().iter().map(|o| o.id).collect();
        assert_eq!(ids, [4, 3, 1, 2]);
    });
}
