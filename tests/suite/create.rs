//! `create` gives the row as the database has it.

use orm::prelude::*;

use crate::support::run;

#[derive(Model, Debug, Clone, PartialEq)]
struct Product {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 100)]
    name: String,
    #[field(max_digits = 10, decimal_places = 2)]
    price: Decimal,
    #[field(default = 3)]
    stock: i32,
    #[field(db_default = "new")]
    #[field(max_length = 20)]
    state: String,
    note: Option<String>,
    #[field(auto_now_add)]
    created_at: DateTime<Utc>,
}

#[test]
fn keys_and_defaults_are_read_back() {
    run(models![Product], async |db| {
        let before = Utc::now();
        let tea =
            Product::objects().create(db, |p| p.name("Tea").price(Decimal::new(1250, 2))).await.unwrap();
        assert_eq!((tea.id, tea.stock, tea.state.as_str(), &tea.note), (1, 3, "new", &None));
        assert!((tea.created_at - before).num_seconds().abs() < 5);
        assert_eq!(Product::objects().get(db).await.unwrap(), tea);
        let milk = Product::objects()
            .create(db, |p| p.name("Milk").price(Decimal::ONE).stock(0).note("cold").state("old"))
            .await
            .unwrap();
        assert_eq!(
            (milk.id, milk.stock, milk.state.as_str(), milk.note.as_deref()),
            (2, 0, "old", Some("cold"))
        );
        assert_eq!(Product::objects().count(db).await.unwrap(), 2);
    });
}

#[test]
fn decimals_have_the_columns_places() {
    run(models![Product], async |db| {
        let one = Product::objects().create(db, |p| p.name("One").price(Decimal::ONE)).await.unwrap();
        assert_eq!(one.price.to_string(), "1.00");
        Product::objects().update(db, |p| p.price.set(p.price * Decimal::TEN)).await.unwrap();
        assert_eq!(Product::objects().get(db).await.unwrap().price.to_string(), "10.00");
        Product::objects().update(db, |p| p.price.set(Decimal::new(25, 1))).await.unwrap();
        assert_eq!(Product::objects().get(db).await.unwrap().price.to_string(), "2.50");
    });
}
