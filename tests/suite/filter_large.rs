//! Conditions of thousands of terms work, or are a typed error; none overflows a stack.

use orm::prelude::*;
use orm::{DatabaseErrorKind, Error};

use crate::support::run;

#[derive(Model, Debug, Clone)]
struct Number {
    #[field(primary_key, identity = false)]
    n: i64,
    half: Option<i64>,
}

async fn numbers(db: &crate::support::Db, count: i64) {
    for n in 0..count {
        Number::objects().create(db, |r| r.n(n).half(Some(n / 2).filter(|_| n % 2 == 0))).await.unwrap();
    }
}

const TERMS: i64 = 10_000;

/// As small as the stacks of most threads.
fn on_a_small_stack(test: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(test).expect("a thread");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

#[test]
fn f5_ten_thousand_terms_of_or() {
    on_a_small_stack(|| {
        run(models![Number], async |db| {
            numbers(db, 5).await;
            let query = Number::objects()
                .filter(|r| (3..TERMS).map(|n| r.n.eq(n)).reduce(|one, other| one | other).expect("terms"));
            assert_eq!(query.clone().count(db).await.unwrap(), 2);
            assert_eq!(query.clone().exclude(|r| r.n.eq(4)).get(db).await.unwrap().n, 3);
            drop(query);
        });
    });
}

#[test]
fn f5_ten_thousand_terms_of_and() {
    on_a_small_stack(|| {
        run(models![Number], async |db| {
            numbers(db, 5).await;
            let query = Number::objects()
                .filter(|r| (3..TERMS).map(|n| r.n.ne(n)).reduce(|one, other| other & one).expect("terms"));
            assert_eq!(query.count(db).await.unwrap(), 3);
            let mut query = Number::objects();
            for n in 3..TERMS {
                query = query.filter(|r| r.n.ne(n));
            }
            assert_eq!(query.clone().update(db, |r| r.half.set(9)).await.unwrap(), 3);
            assert_eq!(query.delete(db).await.unwrap(), 3);
        });
    });
}

#[test]
fn f5_deep_nesting_works_or_says_so() {
    on_a_small_stack(|| {
        run(models![Number], async |db| {
            numbers(db, 4).await;
            for depth in [10, 20, 30] {
                let query = Number::objects()
                    .filter(|r| (0..depth).fold(r.n.ge(0), |inner, _| (inner & r.n.lt(3)) | r.n.gt(99)));
                assert_eq!(query.count(db).await.unwrap(), 3, "{depth}");
                let query =
                    Number::objects().filter(|r| (0..depth).fold(r.n.eq(1), |inner, _| inner ^ r.n.lt(0)));
                assert_eq!(query.count(db).await.unwrap(), 1, "{depth}");
                let query =
                    Number::objects().filter(|r| (0..depth).fold(r.n + 0, |sum, _| sum + 1).eq(depth));
                assert_eq!(query.count(db).await.unwrap(), 1, "{depth}");
                let query = Number::objects()
                    .filter(|r| (0..depth).fold(r.half.eq(1), |inner, _| !(inner & r.n.ge(0))));
                assert!(query.count(db).await.is_ok(), "{depth}");
            }
            for depth in [100, 10_000] {
                let alternating = Number::objects()
                    .filter(|r| (0..depth).fold(r.n.ge(0), |inner, _| !((inner & r.n.lt(3)) | r.n.gt(99))));
                let left =
                    Number::objects().filter(|r| (0..depth).fold(r.n.eq(1), |inner, _| inner ^ r.n.lt(0)));
                let right =
                    Number::objects().filter(|r| (0..depth).fold(r.n.eq(1), |inner, _| r.n.lt(0) ^ inner));
                let sum = Number::objects().filter(|r| (0..depth).fold(r.n + 0, |sum, _| sum + 1).eq(depth));
                for query in [alternating, left, right, sum] {
                    let error = query.clone().count(db).await.expect_err("too deep");
                    assert!(matches!(error, Error::ExpressionTooDeep { limit: 64 }), "{error}");
                    let error = query.delete(db).await.expect_err("too deep");
                    assert!(matches!(error, Error::ExpressionTooDeep { .. }), "{error}");
                }
            }
            assert_eq!(Number::objects().count(db).await.unwrap(), 4);
        });
    });
}

#[test]
fn any_number_of_values_in_a_list() {
    run(models![Number], async |db| {
        numbers(db, 4).await;
        let query = |most: i64| Number::objects().filter(move |r| r.n.is_in(2..most));
        for most in [2_000, 2_003, 30_000, 100_000, 200_000] {
            assert_eq!(query(most).count(db).await.unwrap(), 2, "{most}");
            assert_eq!(
                Number::objects().exclude(|r| r.n.is_in(2..most)).count(db).await.unwrap(),
                2,
                "{most}"
            );
        }
        // Not in a list is unknown where NULL is looked for.
        for most in [2, 3, 4, 5, 17, 5_000] {
            assert_eq!(
                Number::objects().filter(|r| !r.half.is_in(1..most)).count(db).await.unwrap(),
                1,
                "{most}"
            );
            assert_eq!(
                Number::objects().exclude(|r| r.half.is_in(1..most)).count(db).await.unwrap(),
                3,
                "{most}"
            );
        }
        assert_eq!(query(5_000).update(db, |r| r.half.set(7)).await.unwrap(), 2);
    });
}

#[derive(Model, Debug, Clone)]
struct Word {
    #[field(primary_key, max_length = 60)]
    text: String,
    length: u64,
    share: Option<f64>,
}

#[test]
fn any_number_of_texts_in_a_list() {
    run(models![Word], async |db| {
        let words = ["7", "é", "E", "a\"b\\c", "x ", "🦀", "'"];
        for word in words {
            Word::objects().create(db, |w| w.text(word).length(word.len() as u64).share(0.5)).await.unwrap();
        }
        let long = |also: &[&str]| -> Vec<String> {
            (0..100_000).map(|n| format!("{n}-")).chain(also.iter().map(|&word| word.to_owned())).collect()
        };
        let found = async |also: &[&str]| {
            Word::objects().filter(|w| w.text.is_in(long(also))).count(db).await.unwrap()
        };
        assert_eq!(found(&words).await, 7);
        assert_eq!(found(&["e", "x", "É", "a\"b\\\\c"]).await, 0);
        let lengths = Word::objects().filter(|w| w.length.is_in(2_u64..90_000));
        assert_eq!(lengths.count(db).await.unwrap(), 4);
        // Of other kinds one parameter is bound for each value where there are no arrays: the protocol's number of them ends
        // somewhere, and beyond it nothing is cut off silently.
        for most in [10_000, 70_000] {
            let shares = (0..most).map(|n| f64::from(n) / 4.0);
            match Word::objects().filter(|w| w.share.is_in(shares)).count(db).await {
                Ok(count) => assert_eq!(count, 7, "{most}"),
                Err(error) => assert_eq!(error.kind(), Some(DatabaseErrorKind::TooLarge), "{most}: {error}"),
            }
        }
        assert_eq!(Word::objects().count(db).await.unwrap(), 7, "the connection is still good");
    });
}
