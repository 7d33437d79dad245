//! SQL of the user's own inside a typed query, and functions that the user declares.

use orm::prelude::*;
use orm::queryset::{Base, Expression, TextType};

use crate::support::{Db, run};

#[derive(Model, Debug, Clone, PartialEq)]
struct Maker {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 50)]
    name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Item {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 50)]
    name: String,
    count: i64,
    stars: Option<i32>,
    #[field(max_digits = 10, decimal_places = 2)]
    price: Decimal,
    maker: ForeignKey<Maker>,
    second: Option<ForeignKey<Maker>>,
}

fn with_items(test: impl AsyncFnOnce(&Db)) {
    run(models![Maker, Item], async |db| {
        for name in ["ann", "bo"] {
            Maker::objects().create(db, |m| m.name(name)).await.unwrap();
        }
        for (name, count, stars, price, maker, second) in [
            ("tea", 7, Some(3), 150, 1, None),
            ("Teapot", 2, None, 90, 2, Some(1)),
            ("x", 9, Some(5), 1000, 1, Some(2)),
        ] {
            Item::objects()
                .create(db, |i| {
                    i.name(name)
                        .count(count)
                        .stars(stars)
                        .price(Decimal::new(price, 2))
                        .maker(ForeignKey::new(maker))
                        .second(second.map(ForeignKey::new))
                })
                .await
                .unwrap();
        }
        test(db).await;
    });
}

async fn ids(db: &Db, query: QuerySet<Item>) -> Vec<i64> {
    query.order_by(|i| i.id).all(db).await.unwrap().iter().map(|item| item.id).collect()
}

#[test]
fn it_stands_where_an_expression_can() {
    with_items(async |db| {
        let items = Item::objects;
        let least = 3;
        assert_eq!(ids(db, items().filter(|i| sql!(bool, "LENGTH({i.name}) > {least}"))).await, [2]);
        assert_eq!(ids(db, items().filter(|i| sql!(i64, "LENGTH({i.name})").lt(i.count))).await, [1, 3]);
        assert_eq!(ids(db, items().exclude(|i| sql!(Option<bool>, "{i.stars} > 4"))).await, [1, 2]);
        let lengths: Vec<(i64, i64)> = items()
            .order_by(|i| sql!(i64, "LENGTH({i.name})").desc())
            .values(|i| (i.id, sql!(i64, "LENGTH({i.name})")))
            .all(db)
            .await
            .unwrap();
        assert_eq!(lengths, [(2, 6), (1, 3), (3, 1)]);
        let doubled: Vec<(Item, Option<i64>)> = items()
            .order_by(|i| i.id)
            .annotate(|i| sql!(Option<i64>, "{i.stars} * 2"))
            .all(db)
            .await
            .unwrap();
        assert_eq!(doubled.iter().map(|(_, twice)| *twice).collect::<Vec<_>>(), [Some(6), None, Some(10)]);
    });
}

#[test]
fn fields_across_relations_are_joined() {
    with_items(async |db| {
        let both = Item::objects()
            .filter(|i| sql!(bool, "{i.maker.name} < {i.name} AND {i.maker.name} <> {\"bo\"}"));
        assert_eq!(ids(db, both).await, [1, 3]);
        let other = Item::objects().filter(|i| sql!(Option<bool>, "{i.second.name} = {i.maker.name}"));
        assert_eq!(ids(db, other).await, [0_i64; 0]);
    });
}

#[test]
fn it_is_one_operand_whatever_stands_in_it() {
    with_items(async |db| {
        let items = Item::objects;
        // Without parentheses AND would bind stronger than OR, and * stronger than +.
        assert_eq!(
            ids(db, items().filter(|i| sql!(bool, "{i.id} = 1 OR {i.id} = 2") & i.count.gt(5))).await,
            [1]
        );
        assert_eq!(ids(db, items().filter(|i| sql!(bool, "{i.count + 1} * 2 = 16"))).await, [1]);
        assert_eq!(ids(db, items().filter(|i| sql!(bool, "NOT {i.id.eq(1) | i.id.eq(2)}"))).await, [3]);
        assert_eq!(ids(db, items().filter(|i| !sql!(bool, "{i.id} = 1 OR {i.id} = 2"))).await, [3]);
    });
}

#[test]
fn lists_and_values_are_bound() {
    with_items(async |db| {
        let (ids_wanted, none, name) = (vec![1_i64, 3], Vec::<i64>::new(), String::from("x"));
        let found = Item::objects().filter(|i| {
            sql!(bool, "{i.id} IN ({ids_wanted...}) AND {i.id} NOT IN ({none...}) AND {i.name} = {name}")
        });
        assert_eq!(ids(db, found).await, [3]);
        assert_eq!(
            ids(db, Item::objects().filter(|i| sql!(bool, "{i.id} IN ({none...})"))).await,
            [0_i64; 0]
        );
        assert_eq!(name, "x", "what is captured is not moved");
    });
}

#[test]
fn aggregates_may_stand_in_it() {
    with_items(async |db| {
        let sums: Vec<(i64, i64)> = Item::objects()
            .values(|i| (i.maker.id, sql!(i64, "{i.id.count()} + {1_i64}")))
            .order_by(|i| i.maker.id)
            .all(db)
            .await
            .unwrap();
        assert_eq!(sums, [(1, 3), (2, 2)]);
    });
}

#[test]
fn decimals_are_compared_as_numbers() {
    with_items(async |db| {
        let cheap = Item::objects()
            .filter(|i| sql!(Decimal, "COALESCE({i.price}, {Decimal::ZERO})").lt(Decimal::from(9)));
        assert_eq!(ids(db, cheap).await, [1, 2], "as text 10.00 would be less than 9");
    });
}

/// The distance is the database's own, and a template elsewhere.
const BRACKETED: SqlFunction<(String, String), String> = SqlFunction::new("bracketed")
    .on(Dialect::Postgres, "{1} || {0} || {1}")
    .on(Dialect::Sqlite, "{1} || {0} || {1}")
    .on(Dialect::MySql, "CONCAT({1}, {0}, {1})")
    .on(Dialect::MariaDb, "CONCAT({1}, {0}, {1})");

const LENGTH: SqlFunction<(String,), i64> = SqlFunction::new("length").everywhere("LENGTH");
const ONLY_ELSEWHERE: SqlFunction<(i64,), i64> = SqlFunction::new("elsewhere");

/// A lookup of one's own, on every expression of text.
trait LengthLookups: Expression + Clone {
    fn longer_than(self, length: i64) -> Predicate<Self::Scope>
    where
        Base<Self>: TextType,
    {
        sql!(bool, "LENGTH({self}) > {length}")
    }
}

impl<E: Expression + Clone> LengthLookups for E {}

#[test]
fn functions_and_lookups_of_ones_own() {
    with_items(async |db| {
        let marked: Vec<String> = Item::objects()
            .order_by(|i| i.id)
            .values(|i| BRACKETED.call((i.name, "_")))
            .all(db)
            .await
            .unwrap();
        assert_eq!(marked, ["_tea_", "_Teapot_", "_x_"]);
        let marked: Vec<Option<String>> = Item::objects()
            .order_by(|i| i.id)
            .values(|i| BRACKETED.call((i.name, i.second.name)))
            .all(db)
            .await
            .unwrap();
        assert_eq!(marked, [None, Some("annTeapotann".into()), Some("boxbo".into())], "NULL in, NULL out");
        assert_eq!(ids(db, Item::objects().filter(|i| LENGTH.call((i.name,)).gt(3))).await, [2]);
        assert_eq!(
            ids(db, Item::objects().filter(|i| i.name.longer_than(1) & i.maker.name.longer_than(2))).await,
            [1]
        );

        let lacking =
            Item::objects().filter(|i| ONLY_ELSEWHERE.call((i.id,)).gt(0)).count(db).await.unwrap_err();
        assert!(matches!(lacking, orm::Error::Unsupported { .. }), "{lacking}");
        assert!(lacking.to_string().ends_with("does not support the function `elsewhere`"));
    });
}

#[test]
fn a_place_that_is_no_argument_is_refused() {
    const WRONG: SqlFunction<(i64,), i64> = SqlFunction::new("wrong").everywhere("ABS({1})");
    for dialect in Dialect::ALL {
        let error = Item::objects().filter(|i| WRONG.call((i.id,)).gt(0)).sql(dialect).unwrap_err();
        assert!(error.to_string().contains("`wrong`"), "{error}");
    }
}
