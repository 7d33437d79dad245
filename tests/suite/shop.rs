//! A small shop that several files ask questions about.

use orm::prelude::*;

use crate::support::{Db, run};

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Customer {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 30)]
    pub name: String,
    #[field(max_length = 30)]
    pub city: Option<String>,
    pub referrer: Option<ForeignKey<Customer>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Order {
    #[field(primary_key)]
    pub id: i64,
    pub customer: ForeignKey<Customer>,
    #[field(max_length = 30)]
    pub product: String,
    pub amount: i32,
    #[field(max_digits = 10, decimal_places = 2)]
    pub price: Decimal,
    pub rating: Option<i32>,
}

/// Customers 1 ann (Rome), 2 bob (Oslo, by ann), 3 cyd (Rome, by ann), 4 dan (nowhere, by cyd), 5 eve (Oslo).
/// Orders of ann: tea 2 × 4.50 (5 stars), cup 1 × 12.00, tea 5 × 4.50 (4); of bob: cup 3 × 12.00 (2); of cyd: pot 1 × 80.00
/// (5), tea 1 × 4.50.
pub fn with_shop(test: impl AsyncFnOnce(&Db)) {
    run(models![Customer, Order], async |db| {
        fill(db).await;
        test(db).await;
    });
}

async fn fill(db: &Db) {
    let people = [
        ("ann", Some("Rome"), None),
        ("bob", Some("Oslo"), Some(1)),
        ("cyd", Some("Rome"), Some(1)),
        ("dan", None, Some(3)),
        ("eve", Some("Oslo"), None),
    ];
    for (name, city, referrer) in people {
        let referrer = referrer.map(ForeignKey::<Customer>::new);
        let made = Customer::objects()
            .create(db, |c| c.name(name).city(city.map(str::to_owned)).referrer(referrer))
            .await;
        made.unwrap();
    }
    let orders = [
        (1, "tea", 2, 450, Some(5)),
        (1, "cup", 1, 1200, None),
        (1, "tea", 5, 450, Some(4)),
        (2, "cup", 3, 1200, Some(2)),
        (3, "pot", 1, 8000, Some(5)),
        (3, "tea", 1, 450, None),
    ];
    for (customer, product, amount, cents, rating) in orders {
        let made = Order::objects()
            .create(db, |o| {
                o.customer(ForeignKey::new(customer))
                    .product(product)
                    .amount(amount)
                    .price(Decimal::new(cents, 2))
                    .rating(rating)
            })
            .await;
        made.unwrap();
    }
}

/// The names of the customers of a query, in order.
pub async fn names(db: &Db, query: QuerySet<Customer>) -> String {
    let rows = query.order_by(|c| c.id).all(db).await.unwrap();
    rows.iter().map(|customer| customer.name.as_str()).collect::<Vec<_>>().join(" ")
}

/// The keys of the orders of a query, in order.
pub async fn ids(db: &Db, query: QuerySet<Order>) -> Vec<i64> {
    query.order_by(|o| o.id).all(db).await.unwrap().iter().map(|order| order.id).collect()
}
