//! How relations are declared: each kind is created, loaded from both sides, asked about, and dropped again.

use orm::Error;
use orm::prelude::*;

use super::blog::names;
use crate::support::{Db, in_statements, run};

/// Models that name only the model at the other end; everything else is found through it.
mod shop {
    pub mod people {
        use orm::prelude::*;

        use super::orders::Order;

        #[derive(Model, Debug, Clone, PartialEq)]
        #[model(
            has_many(orders = Order::customer, gifts = super::orders::Order::receiver),
            has_one(passport = super::papers::Passport::holder)
        )]
        pub struct Customer {
            #[field(primary_key, identity = false)]
            pub id: i64,
            #[field(max_length = 20)]
            pub name: String,
        }
    }

    pub mod orders {
        use orm::prelude::*;

        use super::people::Customer;

        #[derive(Model, Debug, Clone, PartialEq)]
        #[model(has_many(items = crate::suite::relations::declaring::OrderItem::order))]
        pub struct Order {
            #[field(primary_key, identity = false)]
            pub id: i64,
            pub customer: ForeignKey<Customer>,
            pub receiver: Option<ForeignKey<Customer>>,
        }
    }

    pub mod papers {
        use orm::prelude::*;

        /// The relation is the key.
        #[derive(Model, Debug, Clone, PartialEq)]
        #[model(has_many(stamps = Stamp::passport))]
        pub struct Passport {
            #[field(primary_key)]
            pub holder: OneToOne<super::people::Customer>,
            #[field(max_length = 20)]
            pub number: String,
        }

        /// Points at a model whose key is a relation.
        #[derive(Model, Debug, Clone, PartialEq)]
        pub struct Stamp {
            #[field(primary_key, identity = false)]
            pub id: i64,
            pub passport: ForeignKey<Passport>,
        }
    }
}

use shop::orders::Order;
use shop::papers::{Passport, Stamp};
use shop::people::Customer;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(prices = Price::product, made_in = Origin::product), many_to_many(orders: Order, through = OrderItem(product, order)))]
pub struct Product {
    #[field(primary_key, identity = false)]
    id: i64,
    #[field(max_length = 20)]
    name: String,
}

/// The model between orders and products, with a column of its own, and a composite key of relations.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    primary_key(order, product),
    has_many(shipments = Shipment::item, returns = Return::item, notes = Note::items),
    has_one(gift_wrap = GiftWrap::item)
)]
pub struct OrderItem {
    #[field(on_delete = cascade)]
    order: ForeignKey<Order>,
    #[field(on_delete = cascade)]
    product: ForeignKey<Product>,
    quantity: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(foreign_key(item(order, product) = OrderItem, on_delete = cascade))]
pub struct Shipment {
    #[field(primary_key, identity = false)]
    id: i64,
    order: ForeignKey<Order>,
    product: ForeignKey<Product>,
}

/// Both parts of the key may be NULL.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(foreign_key(item(order, product) = OrderItem), index(order, product))]
pub struct Return {
    #[field(primary_key, identity = false)]
    id: i64,
    order: Option<ForeignKey<Order>>,
    product: Option<ForeignKey<Product>>,
}

/// One-to-one, because its own key holds that of the item.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(primary_key(order, product), foreign_key(item(order, product) = OrderItem))]
pub struct GiftWrap {
    order: ForeignKey<Order>,
    product: ForeignKey<Product>,
    #[field(max_length = 20)]
    color: String,
}

/// Many-to-many with a composite key at the other end.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(many_to_many(items: OrderItem, through = NoteItem(note, item)))]
pub struct Note {
    #[field(primary_key, identity = false)]
    id: i64,
    #[field(max_length = 20)]
    text: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(primary_key(note, order, product), foreign_key(item(order, product) = OrderItem))]
pub struct NoteItem {
    note: ForeignKey<Note>,
    order: ForeignKey<Order>,
    product: ForeignKey<Product>,
}

/// By a unique field that is no key.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(prices = Price::currency, origins = Origin::currency))]
pub struct Currency {
    #[field(primary_key, identity = false)]
    id: i64,
    #[field(max_length = 3, unique)]
    code: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(foreign_key(currency(currency_code) = Currency(code)))]
pub struct Price {
    #[field(primary_key, identity = false)]
    id: i64,
    product: ForeignKey<Product>,
    #[field(max_length = 3)]
    currency_code: String,
    cents: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(foreign_key(currency(currency_code) = Currency(code)))]
pub struct Origin {
    #[field(primary_key, identity = false)]
    id: i64,
    product: ForeignKey<Product>,
    #[field(max_length = 3)]
    currency_code: Option<String>,
}

fn models() -> Vec<orm::model::ModelEntry> {
    models![
        Customer, Order, Passport, Stamp, Product, OrderItem, Shipment, Return, GiftWrap, Note, NoteItem,
        Currency, Price, Origin
    ]
    .to_vec()
}

/// Ann ordered tea and pots for bob (1), and pots (2); bob ordered tea (3). Order 1's tea came in two shipments.
fn with_shop(test: impl AsyncFnOnce(&Db)) {
    run(&models(), async |db| {
        fill(db).await.expect("the rows are created");
        test(db).await;
    });
}

/// The key of an item.
fn item(order: i64, product: i64) -> (ForeignKey<Order>, ForeignKey<Product>) {
    (ForeignKey::new(order), ForeignKey::new(product))
}

async fn fill(db: &Db) -> orm::Result<()> {
    let ann = Customer::objects().create(db, |c| c.id(1).name("ann")).await?;
    let bob = Customer::objects().create(db, |c| c.id(2).name("bob")).await?;
    Passport::objects().create(db, |p| p.holder(&bob).number("B1")).await?;
    for id in [1, 2] {
        let passport = ForeignKey::<Passport>::new(ForeignKey::new(2));
        Stamp::objects().create(db, |s| s.id(id).passport(passport)).await?;
    }
    Order::objects().create(db, |o| o.id(1).customer(&ann).receiver(&bob)).await?;
    Order::objects().create(db, |o| o.id(2).customer(&ann)).await?;
    Order::objects().create(db, |o| o.id(3).customer(&bob)).await?;
    Product::objects().create(db, |p| p.id(1).name("tea")).await?;
    Product::objects().create(db, |p| p.id(2).name("pot")).await?;
    for (order, product, quantity) in [(1, 1, 10), (1, 2, 1), (2, 2, 2), (3, 1, 30)] {
        let (order, product) = item(order, product);
        OrderItem::objects().create(db, |i| i.order(order).product(product).quantity(quantity)).await?;
    }
    for (id, order, product) in [(1, 1, 1), (2, 1, 1), (3, 2, 2)] {
        let (order, product) = item(order, product);
        Shipment::objects().create(db, |s| s.id(id).order(order).product(product)).await?;
    }
    for (id, order, product) in
        [(1, Some(1), Some(1)), (2, Some(1), None), (3, None, Some(1)), (4, None, None)]
    {
        let (order, product) = (order.map(ForeignKey::<Order>::new), product.map(ForeignKey::<Product>::new));
        Return::objects().create(db, |r| r.id(id).order(order).product(product)).await?;
    }
    let (order, product) = item(1, 2);
    GiftWrap::objects().create(db, |w| w.order(order).product(product).color("red")).await?;
    for (id, text) in [(1, "fragile"), (2, "late")] {
        Note::objects().create(db, |n| n.id(id).text(text)).await?;
    }
    for (note, order, product) in [(1, 1, 2), (1, 2, 2), (2, 1, 1), (2, 1, 2)] {
        let (note, (order, product)) = (ForeignKey::<Note>::new(note), item(order, product));
        NoteItem::objects().create(db, |n| n.note(note).order(order).product(product)).await?;
    }
    for (id, code) in [(7, "EUR"), (8, "NOK")] {
        Currency::objects().create(db, |c| c.id(id).code(code)).await?;
    }
    for (id, product, code, cents) in [(1, 1, "EUR", 300), (2, 1, "NOK", 3000), (3, 2, "EUR", 900)] {
        let product = ForeignKey::<Product>::new(product);
        Price::objects().create(db, |p| p.id(id).product(product).currency_code(code).cents(cents)).await?;
    }
    for (id, code) in [(1, Some("NOK")), (2, None)] {
        let product = ForeignKey::<Product>::new(1);
        let code = code.map(str::to_owned);
        Origin::objects().create(db, |o| o.id(id).product(product).currency_code(code)).await?;
    }
    Ok(())
}

#[test]
fn models_in_other_modules() {
    with_shop(async |db| {
        let query = Customer::objects()
            .prefetch_related(|c| (c.orders.order_by(|o| o.id).select_related(|o| o.receiver), c.gifts))
            .select_related(|c| c.passport)
            .order_by(|c| c.id);
        let customers = in_statements(3, query.all(db)).await.unwrap();
        assert_eq!(names!(customers[0].orders(), id), [1, 2]);
        assert_eq!(customers[0].orders()[0].receiver().as_ref().unwrap().name, "bob");
        assert_eq!(names!(customers[1].gifts(), id), [1]);
        assert!(customers[0].passport().is_none());
        assert_eq!(customers[1].passport().as_ref().unwrap().number, "B1");
    });
}

#[test]
fn a_relation_that_is_the_key() {
    with_shop(async |db| {
        let passport =
            Passport::objects().select_related(|p| p.holder).pk(ForeignKey::new(2)).get(db).await.unwrap();
        assert_eq!(passport.holder().name, "bob");
        let passport = Passport::objects()
            .prefetch_related(|p| (p.holder, p.stamps.order_by(|s| s.id)))
            .filter(|p| p.stamps.count().eq(2))
            .get(db)
            .await
            .unwrap();
        assert_eq!(passport.holder().as_ref().unwrap().name, "bob");
        assert_eq!(names!(passport.stamps(), id), [1, 2]);
        let stamp = Stamp::objects().select_related(|s| s.passport.holder).pk(1).get(db).await.unwrap();
        assert_eq!(stamp.passport().holder().name, "bob");
        assert_eq!(Stamp::objects().filter(|s| s.passport.holder.name.eq("bob")).count(db).await.unwrap(), 2);
        let without = Customer::objects().filter(|c| c.passport.number.is_null()).get(db).await.unwrap();
        assert_eq!(without.name, "ann");
    });
}

#[test]
fn through_a_model_of_its_own() {
    with_shop(async |db| {
        let query = Product::objects().prefetch_related(|p| p.orders.order_by(|o| o.id)).order_by(|p| p.id);
        let products = in_statements(2, query.all(db)).await.unwrap();
        assert_eq!(names!(products[0].orders(), id), [1, 3]);
        assert_eq!(names!(products[1].orders(), id), [1, 2]);
        // The rows between, with their own columns, are a relation too.
        let query = Order::objects()
            .prefetch_related(|o| o.items.select_related(|i| i.product).order_by(|i| i.product.name))
            .order_by(|o| o.id);
        let orders = in_statements(2, query.all(db)).await.unwrap();
        let items: Vec<_> =
            orders[0].items().iter().map(|item| (item.product().name.as_str(), item.quantity)).collect();
        assert_eq!(items, [("pot", 1), ("tea", 10)]);
        let tea =
            Product::objects().filter(|p| p.orders.any(|o| o.customer.name.eq("bob"))).get(db).await.unwrap();
        assert_eq!(tea.name, "tea");
    });
}

#[test]
fn to_a_composite_key() {
    with_shop(async |db| {
        let query = Shipment::objects().select_related(|s| s.item.product).order_by(|s| s.id);
        let shipments = in_statements(1, query.all(db)).await.unwrap();
        let found: Vec<_> =
            shipments.iter().map(|s| (s.item().quantity, s.item().product().name.as_str())).collect();
        assert_eq!(found, [(10, "tea"), (10, "tea"), (2, "pot")]);
        let query = Shipment::objects().prefetch_related(|s| s.item).order_by(|s| s.id);
        let shipments = in_statements(2, query.all(db)).await.unwrap();
        let found: Vec<_> = shipments.iter().map(|s| s.item().as_ref().map(|item| item.quantity)).collect();
        assert_eq!(found, [Some(10), Some(10), Some(2)]);

        let items = || OrderItem::objects().order_by(|i| (i.order, i.product));
        let query = items()
            .prefetch_related(|i| (i.shipments.order_by(|s| s.id), i.returns, i.notes.order_by(|n| n.id)));
        let found = in_statements(4, query.all(db)).await.unwrap();
        let found: Vec<_> = found
            .iter()
            .map(|item| {
                (
                    names!(item.shipments(), id),
                    names!(item.returns(), id),
                    names!(item.notes(), text).join("+"),
                )
            })
            .collect();
        assert_eq!(
            found,
            [
                (vec![1, 2], vec![1], "late".to_owned()),
                (vec![], vec![], "fragile+late".to_owned()),
                (vec![3], vec![], "fragile".to_owned()),
                (vec![], vec![], String::new()),
            ]
        );
        // So many for each.
        let found = items()
            .prefetch_related(|i| i.shipments.order_by(|s| s.id.desc()).limit(1))
            .all(db)
            .await
            .unwrap();
        let found: Vec<_> = found.iter().map(|item| names!(item.shipments(), id)).collect();
        assert_eq!(found, [vec![2], vec![], vec![3], vec![]]);
        // Conditions and values.
        let counts: Vec<(i64, i64)> =
            items().values(|i| (i.shipments.count(), i.notes.count())).all(db).await.unwrap();
        assert_eq!(counts, [(2, 1), (0, 2), (1, 1), (0, 0)]);
        let quantities: Vec<i64> = items()
            .filter(|i| i.notes.any(|n| n.text.eq("fragile")) & i.shipments.is_empty())
            .values(|i| i.quantity)
            .all(db)
            .await
            .unwrap();
        assert_eq!(quantities, [1]);
        assert_eq!(Shipment::objects().filter(|s| s.item.product.name.eq("tea")).count(db).await.unwrap(), 2);
        assert_eq!(Shipment::objects().filter(|s| s.item.quantity.gt(5)).count(db).await.unwrap(), 2);
    });
}

#[test]
fn a_composite_key_whose_parts_may_be_null() {
    with_shop(async |db| {
        // Half a key points at nothing, in either way of loading.
        let joined = Return::objects().select_related(|r| r.item).order_by(|r| r.id).all(db).await.unwrap();
        let found: Vec<_> = joined.iter().map(|r| r.item().as_ref().map(|item| item.quantity)).collect();
        assert_eq!(found, [Some(10), None, None, None]);
        let query = Return::objects().prefetch_related(|r| r.item).order_by(|r| r.id);
        let prefetched = in_statements(2, query.all(db)).await.unwrap();
        let found: Vec<_> = prefetched.iter().map(|r| r.item().as_ref().map(|item| item.quantity)).collect();
        assert_eq!(found, [Some(10), None, None, None]);
        let halves = Return::objects().filter(|r| r.item.quantity.is_null()).count(db).await.unwrap();
        assert_eq!(halves, 3);
        let deep = Return::objects()
            .select_related(|r| {
                r.item.select_related(|i| (i.order.select_related(|o| o.customer), i.gift_wrap))
            })
            .order_by(|r| r.id)
            .all(db)
            .await
            .unwrap();
        assert_eq!(deep[0].item().as_ref().unwrap().order().customer().name, "ann");
        assert!(deep[0].item().as_ref().unwrap().gift_wrap().is_none());
        assert!(deep[1].item().is_none());
    });
}

#[test]
fn one_to_one_by_a_composite_key() {
    with_shop(async |db| {
        let items = || OrderItem::objects().order_by(|i| (i.order, i.product));
        let found = in_statements(1, items().select_related(|i| i.gift_wrap).all(db)).await.unwrap();
        let found: Vec<_> =
            found.iter().map(|i| i.gift_wrap().as_ref().map(|wrap| wrap.color.as_str())).collect();
        assert_eq!(found, [None, Some("red"), None, None]);
        let found = in_statements(2, items().prefetch_related(|i| i.gift_wrap).all(db)).await.unwrap();
        let found: Vec<_> =
            found.iter().map(|i| i.gift_wrap().as_ref().map(|wrap| wrap.color.as_str())).collect();
        assert_eq!(found, [None, Some("red"), None, None]);
        let wrapped = items().filter(|i| i.gift_wrap.color.eq("red")).get(db).await.unwrap();
        assert_eq!(wrapped.quantity, 1);
        let wrap = GiftWrap::objects().select_related(|w| w.item.order).get(db).await.unwrap();
        assert_eq!(wrap.item().order().id, 1);
    });
}

#[test]
fn many_to_many_with_a_composite_key() {
    with_shop(async |db| {
        let query = Note::objects()
            .prefetch_related(|n| n.items.order_by(|i| (i.order, i.product)).select_related(|i| i.product))
            .order_by(|n| n.id);
        let notes = in_statements(2, query.all(db)).await.unwrap();
        let found: Vec<Vec<_>> = notes
            .iter()
            .map(|note| note.items().iter().map(|i| (*i.order.key(), i.product().name.as_str())).collect())
            .collect();
        assert_eq!(found, [vec![(1, "pot"), (2, "pot")], vec![(1, "tea"), (1, "pot")]]);
        let item = OrderItem::objects().pk(item(2, 2)).get(db).await.unwrap();
        let note = Note::objects().filter(|n| n.items.contains(&item)).get(db).await.unwrap();
        assert_eq!(note.text, "fragile");
        let items = OrderItem::objects().filter(|i| i.order.eq(ForeignKey::new(1))).all(db).await.unwrap();
        let notes = Note::objects().filter(|n| n.items.contains_any(&items)).count(db).await.unwrap();
        assert_eq!(notes, 2);
        let sums: Vec<Option<i64>> =
            Note::objects().values(|n| n.items.sum(|i| i.quantity)).order_by(|n| n.id).all(db).await.unwrap();
        assert_eq!(sums, [Some(3), Some(11)]);
    });
}

#[test]
fn by_a_unique_field() {
    with_shop(async |db| {
        let query = Price::objects().select_related(|p| (p.currency, p.product)).order_by(|p| p.id);
        let prices = in_statements(1, query.all(db)).await.unwrap();
        let found: Vec<_> = prices
            .iter()
            .map(|p| (p.product().name.as_str(), p.currency().id, p.currency().code.as_str()))
            .collect();
        assert_eq!(found, [("tea", 7, "EUR"), ("tea", 8, "NOK"), ("pot", 7, "EUR")]);
        let prices =
            Price::objects().prefetch_related(|p| p.currency).order_by(|p| p.id).all(db).await.unwrap();
        let found: Vec<_> =
            prices.iter().map(|p| p.currency().as_ref().map(|currency| currency.id)).collect();
        assert_eq!(found, [Some(7), Some(8), Some(7)]);
        let query = Currency::objects()
            .prefetch_related(|c| (c.prices.order_by(|p| p.id), c.origins))
            .order_by(|c| c.id);
        let currencies = in_statements(3, query.all(db)).await.unwrap();
        let found: Vec<_> =
            currencies.iter().map(|c| (names!(c.prices(), cents), names!(c.origins(), id))).collect();
        assert_eq!(found, [(vec![300, 900], vec![]), (vec![3000], vec![1])]);
        // NULL is no code.
        let origins =
            Origin::objects().select_related(|o| o.currency).order_by(|o| o.id).all(db).await.unwrap();
        let found: Vec<_> = origins.iter().map(|o| o.currency().as_ref().map(|c| c.id)).collect();
        assert_eq!(found, [Some(8), None]);
        let cheap = Currency::objects().filter(|c| c.prices.any(|p| p.cents.lt(500))).get(db).await.unwrap();
        assert_eq!(cheap.code, "EUR");
        assert_eq!(Price::objects().filter(|p| p.currency.id.eq(7)).count(db).await.unwrap(), 2);
        // The code itself is this side's own column.
        let by_code = Price::objects().filter(|p| p.currency.code.eq("EUR"));
        assert!(!by_code.clone().sql(db.dialect()).unwrap().contains("JOIN"));
        assert_eq!(by_code.count(db).await.unwrap(), 2);
    });
}

#[test]
fn the_database_keeps_them() {
    with_shop(async |db| {
        let refused = |result: orm::Result<_>, what: &str| match result {
            Err(Error::Database(error)) => {
                assert_eq!(error.kind(), orm::DatabaseErrorKind::ForeignKeyViolation, "{what}: {error}");
            }
            Ok(()) => panic!("{what} is accepted"),
            Err(other) => panic!("{what}: {other}"),
        };
        let (order, product) = item(2, 1);
        let made = Shipment::objects().create(db, |s| s.id(9).order(order).product(product)).await.map(drop);
        refused(made, "a shipment of what was not ordered");
        let (order, product) = item(3, 2);
        let made = Return::objects()
            .create(db, |r| r.id(9).order(Some(order)).product(Some(product)))
            .await
            .map(drop);
        refused(made, "a return of what was not ordered");
        let made = Price::objects()
            .create(db, |p| p.id(9).product(ForeignKey::<Product>::new(1)).currency_code("USD").cents(1))
            .await
            .map(drop);
        refused(made, "a price in a currency that is not there");
        let deleted = OrderItem::objects().pk(item(1, 2)).delete(db).await.map(drop);
        refused(deleted, "an item that is wrapped is deleted");
        // Shipments go with their item.
        let deleted = OrderItem::objects().pk(item(2, 2)).delete(db).await;
        refused(deleted.map(drop), "an item with a note is deleted");
        NoteItem::objects().delete(db).await.unwrap();
        assert_eq!(OrderItem::objects().pk(item(2, 2)).delete(db).await.unwrap(), 1);
        assert_eq!(Shipment::objects().count(db).await.unwrap(), 2);
    });
}

#[test]
fn tables_go_and_come_again() {
    with_shop(async |db| {
        db.drop_tables(&models()).await.expect("dropped");
        db.create_tables(&models()).await.expect("created again");
        assert_eq!(Customer::objects().count(db).await.unwrap(), 0);
        fill(db).await.expect("filled again");
        db.drop_tables(&models()).await.expect("dropped");
        Customer::objects().count(db).await.expect_err("there are no tables");
    });
}

#[test]
fn the_tables_between_go_and_come_with_their_models() {
    use super::blog::*;
    with_blog(async |db| {
        let models = models![Country, Company, User, Profile, Post, Comment, Tag];
        let follows: i64 = orm::raw!("SELECT COUNT(*) FROM follows").fetch_one(db).await.unwrap();
        let friends: i64 = orm::raw!("SELECT COUNT(*) FROM user_friends").fetch_one(db).await.unwrap();
        let tags: i64 = orm::raw!("SELECT COUNT(*) FROM post_tags").fetch_one(db).await.unwrap();
        assert_eq!((follows, friends, tags), (4, 2, 8));
        // A row between goes with either of its ends.
        Tag::objects().filter(|t| t.name.eq("red")).delete(db).await.unwrap();
        assert_eq!(PostTags::objects().count(db).await.unwrap(), 5);
        Post::objects().pk(4).delete(db).await.unwrap();
        assert_eq!(PostTags::objects().count(db).await.unwrap(), 3);
        // The same two rows are related once.
        let (ann, bob) = (ForeignKey::<User>::new(ANN), ForeignKey::<User>::new(BOB));
        let twice = UserFollows::objects().create(db, |f| f.from_user(ann).to_user(bob)).await;
        match twice {
            Err(Error::Database(error)) => {
                assert_eq!(error.kind(), orm::DatabaseErrorKind::UniqueViolation, "{error}");
            }
            other => panic!("{other:?}"),
        }
        db.drop_tables(models).await.expect("dropped");
        db.create_tables(models).await.expect("created again");
        assert_eq!(UserFollows::objects().count(db).await.unwrap(), 0);
    });
}
