//! Which rows a condition takes, with NULLs in three-valued logic, the same on every database.

use orm::prelude::*;

use crate::support::{Db, run};

#[derive(Model, Debug, Clone, PartialEq)]
struct Item {
    #[field(primary_key)]
    id: i64,
    a: i64,
    b: Option<i64>,
    flag: bool,
    maybe: Option<bool>,
    #[field(max_length = 20)]
    name: Option<String>,
    #[field(max_digits = 10, decimal_places = 2)]
    price: Decimal,
}

/// (a, b, flag, maybe, name, price in cents); ids are 1 to 6.
type Made = (i64, Option<i64>, bool, Option<bool>, Option<&'static str>, i64);

const ROWS: [Made; 6] = [
    (1, Some(1), true, Some(true), Some("ann"), 100),
    (2, None, false, Some(false), Some("Bob"), 250),
    (3, Some(1), true, None, None, -5),
    (4, Some(4), false, None, Some("ann"), 0),
    (5, None, true, Some(true), None, 1050),
    (6, Some(-6), false, Some(false), Some(""), 9),
];

fn with_rows(test: impl AsyncFnOnce(&Db)) {
    run(models![Item], async |db| {
        for (a, b, flag, maybe, name, cents) in ROWS {
            Item::objects()
                .create(db, |i| {
                    i.a(a)
                        .b(b)
                        .flag(flag)
                        .maybe(maybe)
                        .name(name.map(str::to_owned))
                        .price(Decimal::new(cents, 2))
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

/// The ids that a condition takes, checking that `exclude` takes exactly the others and `!` those known to be false.
macro_rules! takes {
    ($db:expr; $(|$i:ident| $condition:expr => $yes:expr, not $no:expr;)*) => {$(
        // Boxed: the state of so many statements in one function is large.
        Box::pin(takes(
            $db,
            stringify!($condition),
            Item::objects().filter(|$i| $condition),
            Item::objects().exclude(|$i| $condition),
            Item::objects().filter(|$i| !($condition)),
            Item::objects().filter(|$i| !!($condition)),
            (&$yes, &$no),
        ))
        .await;
    )*};
}

async fn takes(
    db: &Db,
    text: &str,
    filter: QuerySet<Item>,
    exclude: QuerySet<Item>,
    not: QuerySet<Item>,
    not_not: QuerySet<Item>,
    (yes, no): (&[i64], &[i64]),
) {
    assert_eq!(ids(db, filter.clone()).await, yes, "{text}");
    let others: Vec<i64> = (1..=6).filter(|id| !yes.contains(id)).collect();
    assert_eq!(ids(db, exclude).await, others, "exclude {text}");
    assert_eq!(ids(db, not).await, no, "not {text}");
    assert_eq!(ids(db, not_not).await, yes, "not not {text}");
    assert_eq!(filter.clone().count(db).await.unwrap(), yes.len() as u64, "count {text}");
    assert_eq!(filter.exists(db).await.unwrap(), !yes.is_empty(), "exists {text}");
}

#[test]
fn comparisons() {
    with_rows(async |db| {
        takes! { db;
            |i| i.a.eq(3) => [3], not [1, 2, 4, 5, 6];
            |i| i.a.ne(3) => [1, 2, 4, 5, 6], not [3];
            |i| i.a.gt(4) => [5, 6], not [1, 2, 3, 4];
            |i| i.a.ge(4) => [4, 5, 6], not [1, 2, 3];
            |i| i.a.lt(2) => [1], not [2, 3, 4, 5, 6];
            |i| i.a.le(2) => [1, 2], not [3, 4, 5, 6];
            |i| i.a.between(2, 4) => [2, 3, 4], not [1, 5, 6];
            |i| i.a.between(4, 2) => [], not [1, 2, 3, 4, 5, 6];
            |i| i.a.is_in([1, 3, 3, 99]) => [1, 3], not [2, 4, 5, 6];
            |i| i.price.lt(Decimal::ZERO) => [3], not [1, 2, 4, 5, 6];
            |i| i.price.ge(1) => [1, 2, 5], not [3, 4, 6];
            |i| i.name.eq("ann") => [1, 4], not [2, 6];
            |i| i.name.eq("") => [6], not [1, 2, 4];
            |i| i.name.gt("B") => [1, 2, 4], not [6];
        }
    });
}

#[test]
fn null_is_neither_equal_nor_different() {
    with_rows(async |db| {
        takes! { db;
            |i| i.b.eq(1) => [1, 3], not [4, 6];
            |i| i.b.ne(1) => [4, 6], not [1, 3];
            |i| i.b.gt(0) => [1, 3, 4], not [6];
            |i| i.b.between(-10, 1) => [1, 3, 6], not [4];
            |i| i.b.is_in([1, 4]) => [1, 3, 4], not [6];
            |i| i.b.is_null() => [2, 5], not [1, 3, 4, 6];
            |i| i.b.is_not_null() => [1, 3, 4, 6], not [2, 5];
            |i| i.b.eq(i.a) => [1, 4], not [3, 6];
            |i| i.a.ne(i.b) => [3, 6], not [1, 4];
            |i| i.name.is_null() => [3, 5], not [1, 2, 4, 6];
            |i| i.maybe.eq(true) => [1, 5], not [2, 6];
            |i| i.maybe.ne(true) => [2, 6], not [1, 5];
        }
    });
}

#[test]
fn an_empty_list_takes_no_row() {
    with_rows(async |db| {
        takes! { db;
            |i| i.a.is_in(Vec::<i64>::new()) => [], not [1, 2, 3, 4, 5, 6];
            |i| i.b.is_in(Vec::<i64>::new()) => [], not [1, 2, 3, 4, 5, 6];
            |i| i.name.is_in(Vec::<&str>::new()) | i.a.eq(1) => [1], not [2, 3, 4, 5, 6];
        }
    });
}

#[test]
fn and_or_xor_and_not_have_three_values() {
    with_rows(async |db| {
        takes! { db;
            |i| i.flag & i.a.gt(1) => [3, 5], not [1, 2, 4, 6];
            |i| i.flag | i.a.gt(4) => [1, 3, 5, 6], not [2, 4];
            |i| i.flag ^ i.a.gt(4) => [1, 3, 6], not [2, 4, 5];
            // NULL and false is false, NULL and true is NULL.
            |i| i.b.eq(1) & i.flag => [1, 3], not [2, 4, 6];
            |i| i.b.eq(1) & i.maybe => [1], not [2, 4, 6];
            // NULL or true is true, NULL or false is NULL.
            |i| i.b.eq(1) | i.flag => [1, 3, 5], not [4, 6];
            |i| i.b.eq(1) | i.maybe => [1, 3, 5], not [6];
            // Exactly one of NULL and anything is NULL.
            |i| i.b.eq(1) ^ i.flag => [], not [1, 3, 4, 6];
            |i| i.b.eq(4) ^ i.flag => [1, 3, 4], not [6];
            |i| i.maybe ^ i.flag => [], not [1, 2, 5, 6];
            |i| i.b.eq(1) ^ i.maybe => [], not [1, 6];
            |i| i.flag ^ i.flag ^ i.flag => [1, 3, 5], not [2, 4, 6];
            |i| !i.b.eq(1) & !i.flag => [4, 6], not [1, 3, 5];
            |i| !(i.b.eq(1) | i.name.is_null()) => [4, 6], not [1, 3, 5];
            |i| (i.a.eq(1) | i.a.eq(2)) & (i.flag | i.maybe.is_null()) => [1], not [2, 3, 4, 5, 6];
            |i| i.a.eq(1) | i.a.eq(2) & i.flag => [1], not [2, 3, 4, 5, 6];
        }
    });
}

#[test]
fn boolean_fields_are_conditions() {
    with_rows(async |db| {
        takes! { db;
            |i| i.flag & i.flag => [1, 3, 5], not [2, 4, 6];
            |i| i.flag.eq(false) => [2, 4, 6], not [1, 3, 5];
            |i| i.flag.eq(i.maybe) => [1, 2, 5, 6], not [];
            |i| i.a.gt(3).eq(i.flag) => [2, 5], not [1, 3, 4, 6];
            |i| i.b.is_null().eq(i.flag) => [4, 5, 6], not [1, 2, 3];
            |i| i.b.gt(0).eq(true) => [1, 3, 4], not [6];
        }
        assert_eq!(ids(db, Item::objects().filter(|i| i.flag)).await, [1, 3, 5]);
        assert_eq!(ids(db, Item::objects().filter(|i| !i.flag)).await, [2, 4, 6]);
        assert_eq!(ids(db, Item::objects().exclude(|i| i.flag)).await, [2, 4, 6]);
        assert_eq!(ids(db, Item::objects().filter(|i| i.maybe)).await, [1, 5]);
        assert_eq!(ids(db, Item::objects().filter(|i| !i.maybe)).await, [2, 6]);
        assert_eq!(ids(db, Item::objects().exclude(|i| i.maybe)).await, [2, 3, 4, 6]);
    });
}

#[test]
fn columns_are_compared_and_calculated_with() {
    with_rows(async |db| {
        takes! { db;
            |i| i.a.eq(i.id) => [1, 2, 3, 4, 5, 6], not [];
            |i| (i.a + 1).eq(3) => [2], not [1, 3, 4, 5, 6];
            |i| (i.a * 2 - 1).gt(i.a + 2) => [4, 5, 6], not [1, 2, 3];
            |i| (i.a - (i.a - 1)).eq(1) => [1, 2, 3, 4, 5, 6], not [];
            |i| (i.a * (i.a + 1)).eq(20) => [4], not [1, 2, 3, 5, 6];
            |i| (i.a + i.b).eq(i.a * 2) => [1, 4], not [3, 6];
            |i| (i.a + i.b).is_null() => [2, 5], not [1, 3, 4, 6];
            |i| (i.b * -1).eq(6) => [6], not [1, 3, 4];
            |i| i.a.between(i.b, i.b + 3) => [1, 3, 4], not [6];
            |i| (i.a - 10).lt(-5) => [1, 2, 3, 4], not [5, 6];
            |i| (i.price * 2).eq(Decimal::from(5)) => [2], not [1, 3, 4, 5, 6];
        }
    });
}

fn expensive(i: ItemFields) -> Predicate<Item> {
    i.price.gt(2)
}

#[test]
fn filters_add_up() {
    with_rows(async |db| {
        let query = Item::objects().filter(|i| i.flag).filter(|i| i.a.gt(1)).exclude(|i| i.b.is_null());
        assert_eq!(ids(db, query.clone()).await, [3]);
        let narrower = query.clone().filter(|i| i.a.eq(99));
        assert_eq!(ids(db, narrower).await, Vec::<i64>::new());
        assert_eq!(ids(db, query).await, [3], "the original is as it was");
        assert_eq!(ids(db, Item::objects().filter(expensive).exclude(|i| expensive(i) & i.flag)).await, [2]);
        assert_eq!(
            ids(db, Item::objects().filter(|i| i.a.eq(1) | i.a.eq(2)).filter(|i| i.a.eq(2) | i.a.eq(3)))
                .await,
            [2]
        );
    });
}
