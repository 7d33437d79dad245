//! F of `docs/reliability.md`: how many values a statement takes, and how large they may be, is not the user's business; what nothing can
//! take is a typed error, and the connection goes on.

#![allow(clippy::cast_possible_wrap, clippy::cast_possible_truncation, reason = "numbers of rows, all small")]

use orm::prelude::*;
use orm::{DatabaseErrorKind, Error, raw};

use crate::support::{Db, run, run_by_url, with_parameter};

#[derive(Model, Debug, Clone, PartialEq)]
struct Only {
    #[field(primary_key)]
    id: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Pair {
    #[field(primary_key)]
    id: i64,
    n: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Wide {
    #[field(primary_key)]
    id: i64,
    a: i32,
    b: i32,
    c: i32,
    d: i32,
    e: i32,
    f: i32,
    #[field(max_length = 20)]
    g: String,
}

/// Servers count parameters in 16 bits, SQLite takes 32,766: below, at and above, and far above.
#[test]
fn f1_any_number_of_values_is_inserted() {
    run(models![Only, Pair, Wide], async |db| {
        for count in [65_534, 65_536] {
            let pairs = (1..=count / 2).map(|n| Pair::draft().id(n).n(-n));
            let made = Pair::objects().bulk_create(db, pairs).await.unwrap();
            assert!(made.len() as i64 == count / 2 && (1..).zip(&made).all(|(n, row)| row.n == -n));
            assert_eq!(Pair::objects().delete(db).await.unwrap() as i64, count / 2);
        }
        let keys = (1..=65_535).map(|n| NewOnly { id: Some(n) });
        assert_eq!(Only::objects().bulk_create(db, keys).count().await.unwrap(), 65_535);
        assert_eq!(Only::objects().count(db).await.unwrap(), 65_535);
        let wide = |n: i32| Wide::draft().id(i64::from(n)).a(n).b(n).c(n).d(n).e(n).f(-n).g(n.to_string());
        let made = Wide::objects().bulk_create(db, (1..=25_000).map(wide)).keys().await.unwrap();
        assert_eq!(made.len(), 25_000, "200,000 values");
        let sums = Wide::objects().aggregate(db, |w| (w.a.sum(), w.f.sum())).await.unwrap();
        assert_eq!(sums, (Some(312_512_500), Some(-312_512_500)));
    });
}

#[test]
fn f1_any_number_of_values_is_looked_for() {
    run(models![Pair], async |db| {
        Pair::objects()
            .bulk_create(db, (1..=100).map(|n| Pair::draft().id(n * 2_000).n(n)))
            .count()
            .await
            .unwrap();
        for count in [65_534, 65_535, 65_536, 200_000] {
            let among = || Pair::objects().filter(|p| p.id.is_in(1..=count));
            assert_eq!(among().count(db).await.unwrap() as i64, count / 2_000);
            let others = Pair::objects().exclude(|p| p.id.is_in(1..=count));
            assert_eq!(others.count(db).await.unwrap() as i64, 100 - count / 2_000);
            assert_eq!(Pair::objects().in_bulk(db, 1..=count).await.unwrap().len() as i64, count / 2_000);
            let touched = among().update(db, |p| p.n.set(p.n + 1)).await.unwrap();
            assert_eq!(touched as i64, count / 2_000);
        }
    });
}

#[test]
fn f1_any_number_of_values_is_written() {
    run(models![Pair], async |db| {
        let made = Pair::objects().bulk_create(db, (1..=100_000).map(|n| Pair::draft().id(n).n(n)));
        let mut rows = made.await.unwrap();
        // A key and a value for each.
        for count in [32_767, 32_768, 100_000] {
            rows.truncate(count.max(rows.len()));
            let some = &mut rows[..count];
            for row in some.iter_mut() {
                row.n += 1_000_000;
            }
            let written = Pair::objects().bulk_update(db, some, |p| p.n).await.unwrap();
            assert_eq!(written, count as u64);
        }
        let stored = Pair::objects().order_by(|p| p.id).all(db).await.unwrap();
        assert!(stored == rows);
        assert_eq!(Pair::objects().bulk_delete(db, &rows[..65_536]).await.unwrap(), 65_536);
        assert_eq!(Pair::objects().count(db).await.unwrap(), 34_464);
    });
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Blob {
    #[field(primary_key)]
    id: i64,
    bytes: Vec<u8>,
    more: Option<Vec<u8>>,
}

async fn still_usable(db: &Db, rows: u64) {
    assert_eq!(Blob::objects().count(db).await.unwrap(), rows);
    let made = Blob::objects().create(db, |b| b.bytes(vec![1])).await.unwrap();
    assert!(made.delete(db).await.unwrap());
}

/// Lengths in protocols have 32 bits, and some libraries cut what is longer. Zeros are not touched, so they take no memory.
#[test]
fn f2_what_is_longer_than_any_limit_is_refused() {
    run(models![Blob], async |db| {
        for size in [1 << 30, (1 << 32) + 1] {
            let one = Blob::objects().create(db, |b| b.bytes(vec![0; size])).await.unwrap_err();
            assert!(is_too_large(&one), "{one:?}");
            still_usable(db, 0).await;
        }
        // Neither value is too long, but both together are.
        let half = || vec![0; 900_000_000];
        let both = Blob::objects().create(db, |b| b.bytes(half()).more(half())).await.unwrap_err();
        assert!(is_too_large(&both), "{both:?}");
        let within = db
            .atomic(async |tx| {
                Blob::objects().create(tx, |b| b.bytes(vec![2])).await?;
                let refused = Blob::objects().bulk_create(tx, [Blob::draft().bytes(vec![0; 1 << 32])]).await;
                assert!(is_too_large(&refused.unwrap_err()));
                Err::<(), _>(Error::InvalidQuery("enough".into()))
            })
            .await;
        assert!(within.is_err());
        still_usable(db, 0).await;
    });
}

#[test]
fn f2_a_value_is_as_long_as_the_options_let_it_be() {
    run_by_url(async |db, url| {
        db.create_tables(models![Blob]).await.unwrap();
        let longest = Blob::objects().create(db, |b| b.bytes(vec![0; (256 << 20) + 1])).await.unwrap_err();
        assert!(longest.as_database().unwrap().message().contains("268435457 bytes"), "{longest:?}");
        let short = orm::connect(&with_parameter(url, "max_value_bytes=1000")).await.unwrap();
        let refused = |error: Error| {
            assert_eq!(error.kind(), Some(DatabaseErrorKind::TooLarge));
            assert_eq!(
                error.as_database().unwrap().message(),
                "a value of 1001 bytes; `max_value_bytes` is 1000"
            );
        };
        let long = || vec![7; 1_001];
        refused(Blob::objects().create(&short, |b| b.bytes(long())).await.unwrap_err());
        let rows = || [10, 1_001].map(|size| Blob::draft().bytes(vec![7; size]));
        refused(Blob::objects().bulk_create(&short, rows()).await.unwrap_err());
        refused(Blob::objects().filter(|b| b.bytes.eq(long())).all(&short).await.unwrap_err());
        refused(
            Blob::objects().filter(|b| b.bytes.is_in([vec![1], long()])).count(&short).await.unwrap_err(),
        );
        refused(Blob::objects().filter(|b| b.bytes.ne(long())).stream(&short).try_next().await.unwrap_err());
        refused(Blob::objects().update(&short, |b| b.bytes.set(long())).await.unwrap_err());
        let text = "x".repeat(1_001);
        refused(raw!("SELECT {text}").fetch::<String>(&short).await.unwrap_err());
        // Nothing was sent, so that a transaction goes on.
        let done = short.atomic(async |tx| {
            refused(Blob::objects().create(tx, |b| b.bytes(long())).await.unwrap_err());
            Blob::objects().create(tx, |b| b.bytes(vec![7; 1_000]).more(vec![8; 1_000])).await
        });
        done.await.unwrap();
        assert_eq!(Blob::objects().count(db).await.unwrap(), 1);
        short.close().await;
    });
}

fn is_too_large(error: &Error) -> bool {
    error.kind() == Some(DatabaseErrorKind::TooLarge) || matches!(error, Error::Value(_))
}

const MIB: usize = 1 << 20;

/// A server's longest packet, which is all that one row may take; not every database has one.
async fn longest_packet(db: &Db) -> Option<usize> {
    let asked = raw!("SELECT CAST(@@max_allowed_packet AS SIGNED)").fetch_one::<i64>(db).await;
    asked.ok().map(|bytes| usize::try_from(bytes).unwrap())
}

#[test]
fn f3_a_row_beyond_the_longest_packet_is_refused_before_it_is_sent() {
    run(models![Blob], async |db| {
        let longest = longest_packet(db).await;
        let sizes = [MIB * 159 / 10, 16 * MIB, MIB * 161 / 10];
        let further = longest.into_iter().flat_map(|bytes| [bytes - MIB / 10, bytes, bytes + MIB / 10]);
        let mut stored = 0;
        for size in sizes.into_iter().chain(further) {
            let created = Blob::objects().create(db, |b| b.bytes(vec![7; size])).await;
            if longest.is_none_or(|longest| size < longest) {
                let row = created.unwrap();
                assert!(row.bytes.len() == size && row.bytes.iter().all(|byte| *byte == 7));
                assert!(row.delete(db).await.unwrap());
            } else {
                let refused = created.unwrap_err();
                assert_eq!(refused.kind(), Some(DatabaseErrorKind::TooLarge), "{refused:?}");
                // The server has not seen it: in a transaction it is only the block that ends.
                let done = db
                    .atomic(async |tx| {
                        Blob::objects().create(tx, |b| b.bytes(vec![1])).await?;
                        let inner = tx
                            .atomic(async |tx| {
                                Blob::objects().bulk_create(tx, [Blob::draft().bytes(vec![7; size])]).await
                            })
                            .await;
                        assert_eq!(inner.unwrap_err().kind(), Some(DatabaseErrorKind::TooLarge));
                        Blob::objects().count(tx).await
                    })
                    .await;
                stored += 1;
                assert_eq!(done.unwrap(), stored);
            }
            still_usable(db, stored).await;
        }
    });
}

#[test]
fn f3_rows_that_take_more_than_a_packet_together_are_cut() {
    run(models![Blob], async |db| {
        let longest = longest_packet(db).await.unwrap_or(16 * MIB);
        for (count, size) in [(20, MIB), (2 * longest / MIB + 1, MIB), (3, 10 * MIB)] {
            let rows: Vec<_> = (0..count).map(|n| vec![u8::try_from(n % 251).unwrap(); size]).collect();
            let made =
                Blob::objects().bulk_create(db, rows.iter().map(|bytes| Blob::draft().bytes(bytes.clone())));
            let mut made = made.await.unwrap();
            assert!(made.iter().map(|row| &row.bytes).eq(&rows));
            for row in &mut made {
                row.bytes.reverse();
                row.bytes.push(9);
            }
            assert_eq!(
                Blob::objects().bulk_update(db, &mut made, |b| b.bytes).await.unwrap() as usize,
                count
            );
            let whole =
                Blob::objects().filter(|b| b.bytes.is_in([made[1].bytes.clone()])).get(db).await.unwrap();
            assert_eq!(whole.id, made[1].id);
            assert_eq!(Blob::objects().delete(db).await.unwrap() as usize, count);
        }
    });
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(has_many(leaves = Leaf::branch))]
struct Branch {
    #[field(primary_key)]
    id: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Leaf {
    #[field(primary_key)]
    id: i64,
    branch: ForeignKey<Branch>,
}

#[test]
fn f4_related_rows_that_are_read_beside_others_are_a_list() {
    run_by_url(async |db, url| {
        db.create_tables(models![Branch, Leaf]).await.unwrap();
        let branch = Branch::objects().create(db, |b| b).await.unwrap();
        Leaf::objects().bulk_create(db, (0..11).map(|_| Leaf::draft().branch(&branch))).await.unwrap();
        let limited = orm::connect(&with_parameter(url, "max_rows=10")).await.unwrap();
        let with_leaves = || Branch::objects().prefetch_related(|b| b.leaves);
        let refused = with_leaves().all(&limited).await.unwrap_err();
        assert!(matches!(refused, Error::TooManyRows { model: "Leaf", limit: 10 }), "{refused:?}");
        let ten = Branch::objects().prefetch_related(|b| b.leaves.limit(10)).get(&limited).await.unwrap();
        assert_eq!(ten.leaves().len(), 10);
        assert_eq!(with_leaves().get(db).await.unwrap().leaves().len(), 11);
        limited.close().await;
    });
}

#[test]
fn f4_a_list_has_at_most_as_many_rows_as_the_options_say() {
    run_by_url(async |db, url| {
        db.create_tables(models![Pair]).await.unwrap();
        Pair::objects().bulk_create(db, (1..=5_000).map(|n| Pair::draft().id(n).n(n % 2))).await.unwrap();
        let limited = orm::connect(&with_parameter(url, "max_rows=1000")).await.unwrap();
        let refused = |error: Error| {
            assert!(matches!(error, Error::TooManyRows { model: "Pair", limit: 1_000 }), "{error:?}");
            assert_eq!(
                error.to_string(),
                "more than 1000 rows of `Pair` match the query, which is the limit for a list; stream them, or limit the query"
            );
        };
        refused(Pair::objects().all(&limited).await.unwrap_err());
        refused(Pair::objects().values(|p| p.n).all(&limited).await.unwrap_err());
        refused(Pair::objects().limit(1_001).all(&limited).await.unwrap_err());
        assert_eq!(Pair::objects().limit(1_000).all(&limited).await.unwrap().len(), 1_000);
        // A transaction goes on only from before it, as after every error.
        let done = limited
            .atomic(async |tx| {
                let whole = tx.atomic(async |tx| Pair::objects().all(tx).await).await;
                refused(whole.unwrap_err());
                Pair::objects().filter(|p| p.id.le(1_000)).all(tx).await
            })
            .await;
        assert_eq!(done.unwrap().len(), 1_000);
        // What is no list is not limited, nor are rows that a write gives back.
        let mut rows = Pair::objects().stream(&limited);
        let mut streamed = 0;
        while rows.try_next().await.unwrap().is_some() {
            streamed += 1;
        }
        drop(rows);
        assert_eq!(streamed, 5_000);
        assert_eq!(Pair::objects().count(&limited).await.unwrap(), 5_000);
        let more = (5_001..=7_000).map(|n| Pair::draft().id(n).n(n));
        assert_eq!(Pair::objects().bulk_create(&limited, more).await.unwrap().len(), 2_000);
        limited.close().await;
    });
}
