//! `copy_in`, and `bulk_create(…).count()`: many rows of which nothing is read back, from a stream or a list.

use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use orm::prelude::*;
use orm::{Error, Json};

use crate::support::{Db, run};

#[derive(Model, Debug, Clone, PartialEq)]
struct Item {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 40, unique)]
    name: String,
    #[field(default = 3)]
    stock: i32,
    #[field(db_default = "new", max_length = 20)]
    state: String,
    note: Option<String>,
    #[field(auto_now_add)]
    made: DateTime<Utc>,
}

fn item(n: usize) -> NewItem {
    Item::draft().name(format!("item {n}")).build()
}

/// A column of every kind.
#[derive(Model, Debug, Clone, PartialEq)]
struct Every {
    #[field(primary_key)]
    id: Uuid,
    flag: bool,
    small: i16,
    middle: i32,
    large: i64,
    unsigned: u32,
    single: f32,
    double: f64,
    #[field(max_length = 100)]
    short: String,
    text: Option<String>,
    bytes: Vec<u8>,
    #[field(max_digits = 20, decimal_places = 6)]
    decimal: Decimal,
    document: Json<Vec<Option<String>>>,
    anything: serde_json::Value,
    day: NaiveDate,
    time: Option<NaiveTime>,
    local: NaiveDateTime,
    at: DateTime<Utc>,
    length: Option<std::time::Duration>,
    token: Option<Uuid>,
}

fn every(n: u32) -> Every {
    let half = n.is_multiple_of(2);
    let at = DateTime::UNIX_EPOCH + TimeDelta::seconds(i64::from(n) * 86_399 - 3_000_000_000);
    let at = at + TimeDelta::microseconds(i64::from(n));
    Every {
        id: Uuid::from_u128(u128::from(n) << 70 | 0xabc),
        flag: half,
        small: i16::try_from(n % 60_000).map_or(i16::MIN, |n| n),
        middle: i32::MIN + i32::try_from(n).unwrap(),
        large: i64::MAX - i64::from(n),
        unsigned: u32::MAX - n,
        single: 0.1,
        double: f64::from(n) / -7.0,
        short: format!("n{n}'\"\\\t\n{{}}"),
        text: half.then(|| "äß💡".repeat(usize::try_from(n % 40).unwrap())),
        bytes: (0..n % 300).map(|n| u8::try_from(n % 256).unwrap()).collect(),
        decimal: Decimal::new(i64::from(n) * -1_234_567, 6),
        document: Json(vec![None, Some(format!("\\N {n}"))]),
        anything: serde_json::json!({ "n": n, "list": [1.5, null, "é"] }),
        day: at.date_naive(),
        time: half.then(|| at.time()),
        local: at.naive_utc(),
        at,
        length: half.then(|| Duration::from_micros(u64::from(n))),
        token: half.then(|| Uuid::from_u128(u128::from(n))),
    }
}

fn draft(row: Every) -> NewEvery {
    let Every {
        id,
        flag,
        small,
        middle,
        large,
        unsigned,
        single,
        double,
        short,
        text,
        bytes,
        decimal,
        document,
        anything,
        day,
        time,
        local,
        at,
        length,
        token,
    } = row;
    let draft = Every::draft().id(id).flag(flag).small(small).middle(middle).large(large).unsigned(unsigned);
    let draft = draft.single(single).double(double).short(short).text(text).bytes(bytes).decimal(decimal);
    let draft = draft.document(document).anything(anything).day(day).time(time).local(local).at(at);
    draft.length(length).token(token).build()
}

#[test]
fn every_kind_of_value_arrives() {
    run(models![Every], async |db| {
        let rows: Vec<Every> = (0..3_000).map(every).collect();
        let drafts = || rows.iter().cloned().map(draft);
        assert_eq!(Every::objects().bulk_create(db, drafts()).count().await.unwrap(), 3_000);
        let stored = Every::objects().order_by(|e| e.large.desc()).all(db).await.unwrap();
        assert!(stored == rows, "as they were given");
        assert_eq!(Every::objects().delete(db).await.unwrap(), 3_000);
        let keys = Every::objects().bulk_create(db, drafts()).keys().await.unwrap();
        assert!(keys.iter().zip(&rows).all(|(key, row)| *key == row.id), "keys that are known");
        let again = Every::objects().order_by(|e| e.large.desc()).all(db).await.unwrap();
        assert!(again == rows);
    });
}

#[test]
fn a_stream_of_any_length() {
    run(models![Item], async |db| {
        for (from, count) in [(0, 0), (0, 1), (1, 1_000), (2_000, 8_192), (20_000, 20_001)] {
            let rows = stream::iter(from..from + count).map(item);
            assert_eq!(Item::objects().copy_in(db, rows).await.unwrap(), count as u64);
        }
        let stored = Item::objects().order_by(|i| i.id).all(db).await.unwrap();
        assert_eq!(stored.len(), 29_194);
        let last = stored.last().unwrap();
        assert_eq!((last.name.as_str(), last.stock, last.state.as_str()), ("item 40000", 3, "new"));
        assert!(stored.is_sorted_by_key(|row| row.id));
        let names: Vec<_> = stored[9_193..].iter().map(|row| row.name.clone()).collect();
        assert!((20_000..).zip(&names).all(|(n, name)| *name == format!("item {n}")), "in their order");
    });
}

#[test]
fn rows_may_give_different_fields() {
    run(models![Item], async |db| {
        let rows = stream::iter(0..20_000).map(|n| match n % 3 {
            0 => item(n),
            1 => Item::draft().name(format!("item {n}")).state("old").build(),
            _ => Item::draft().name(format!("item {n}")).note("x").id(-1 - i64::try_from(n).unwrap()).build(),
        });
        assert_eq!(Item::objects().copy_in(db, rows).await.unwrap(), 20_000);
        let count = async |state: &str, noted: bool| {
            let of = Item::objects().filter(|i| i.state.eq(state) & i.note.is_not_null().eq(noted));
            of.count(db).await.unwrap()
        };
        assert_eq!(
            (count("new", false).await, count("old", false).await, count("new", true).await),
            (6_667, 6_667, 6_666)
        );
    });
}

#[test]
fn an_error_leaves_none_of_the_rows() {
    run(models![Item], async |db| {
        Item::objects().bulk_create(db, [item(15_000)]).await.unwrap();
        let taken = Item::objects().copy_in(db, stream::iter(0..20_000).map(item)).await;
        assert!(taken.unwrap_err().is_unique_violation());
        let long = stream::iter(0..10_000)
            .map(|n| Item::draft().name("x".repeat(if n < 9_999 { 1 } else { 41 })).build());
        let long = Item::objects().copy_in(
            db,
            long.enumerate().map(|(n, mut row)| {
                row.name = format!("{n} {}", row.name);
                row
            }),
        );
        assert!(matches!(long.await, Err(Error::Value(_))));
        let counted = Item::objects().bulk_create(db, (14_000..16_000).map(item)).count().await;
        assert!(counted.unwrap_err().is_unique_violation());
        assert_eq!(Item::objects().count(db).await.unwrap(), 1);
        assert_eq!(Item::objects().copy_in(db, stream::iter(0..15_000).map(item)).await.unwrap(), 15_000);
    });
}

#[derive(Debug)]
enum Failure {
    Line(usize),
    Database(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Database(error)
    }
}

#[test]
fn a_stream_that_fails_leaves_none_of_the_rows() {
    run(models![Item], async |db| {
        for bad in [0, 5, 9_000] {
            let rows =
                stream::iter(0..10_000).map(|n| if n == bad { Err(Failure::Line(n)) } else { Ok(item(n)) });
            let failed = Item::objects().try_copy_in(db, rows).await;
            assert!(matches!(failed, Err(Failure::Line(n)) if n == bad), "{failed:?}");
            assert_eq!(Item::objects().count(db).await.unwrap(), 0);
        }
        let rows = stream::iter([1, 1]).map(|n| Ok::<_, Failure>(item(n)));
        let taken = Item::objects().try_copy_in(db, rows).await;
        assert!(matches!(taken, Err(Failure::Database(error)) if error.is_unique_violation()));
        let rows = stream::iter(0..10_000).map(|n| Ok::<_, Error>(item(n)));
        assert_eq!(Item::objects().try_copy_in(db, rows).await.unwrap(), 10_000);
    });
}

#[test]
fn part_of_a_transaction() {
    run(models![Item], async |db| {
        let done = db
            .atomic(async |tx| {
                assert_eq!(Item::objects().copy_in(tx, stream::iter(0..10_000).map(item)).await?, 10_000);
                let taken = tx
                    .atomic(async |inner| {
                        Item::objects().copy_in(inner, stream::iter(9_999..20_000).map(item)).await
                    })
                    .await;
                assert!(taken.is_err_and(|error: Error| error.is_unique_violation()));
                // A stream's own failure undoes its rows and breaks nothing.
                let rows =
                    (20_000..40_000).map(|n| if n < 35_000 { Ok(item(n)) } else { Err(Failure::Line(n)) });
                assert!(Item::objects().try_copy_in(tx, stream::iter(rows)).await.is_err());
                assert_eq!(Item::objects().count(tx).await?, 10_000);
                assert_eq!(Item::objects().bulk_create(tx, (10_000..12_000).map(item)).count().await?, 2_000);
                Item::objects().count(tx).await
            })
            .await;
        assert_eq!(done.unwrap(), 12_000);
        let undone = db
            .atomic(async |tx| {
                Item::objects().copy_in(tx, stream::iter(20_000..30_000).map(item)).await?;
                Err::<(), _>(Error::InvalidQuery("enough".into()))
            })
            .await;
        assert!(undone.is_err());
        assert_eq!(Item::objects().count(db).await.unwrap(), 12_000);
    });
}

/// The rows that are held are those between what was made and what was sent.
#[test]
fn few_rows_are_held() {
    run(models![Item], async |db| {
        let (made, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let rows = stream::iter(0..30_000).map(|n| {
            made.fetch_add(1, Ordering::Relaxed);
            item(n)
        });
        let watched = async {
            let mut copying = pin!(Item::objects().copy_in(db, rows));
            let mut before = 0;
            let copied = std::future::poll_fn(|context| {
                let polled = copying.as_mut().poll(context);
                let now = made.load(Ordering::Relaxed);
                // What is made in one go has to wait for the database before more is.
                most.fetch_max(now - before, Ordering::Relaxed);
                before = now;
                polled
            });
            copied.await
        };
        assert_eq!(watched.await.unwrap(), 30_000);
        assert!(most.load(Ordering::Relaxed) <= 8_192, "{most:?}");
    });
}

#[test]
fn given_up_it_leaves_none_of_the_rows() {
    run(models![Item], async |db| {
        let rows = stream::iter(0..20_000).map(item).chain(stream::pending());
        let given_up =
            tokio::time::timeout(Duration::from_millis(1_500), Item::objects().copy_in(db, rows)).await;
        assert!(given_up.is_err(), "the stream has no end");
        assert_eq!(counted(db).await, 0);
        assert_eq!(Item::objects().copy_in(db, stream::iter(0..20_000).map(item)).await.unwrap(), 20_000);
    });
}

async fn counted(db: &Db) -> u64 {
    Item::objects().count(db).await.unwrap()
}
