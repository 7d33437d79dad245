//! Large statements cost what they are long, and no more.

use std::time::{Duration, Instant};

use orm::prelude::*;

use crate::*;

/// The fastest of a few, because others use the machine too.
fn fastest(build: impl Fn() -> usize) -> Duration {
    let once = || {
        let start = Instant::now();
        assert!(build() > 0);
        start.elapsed()
    };
    (0..4).map(|_| once()).min().expect("several")
}

/// Ten times as much takes ten times as much memory, and a fifth more at most. Its time is looked at generously, because
/// large blocks of memory come slowly on a machine that others use; a square would be a hundred times.
fn is_linear(what: &str, build: impl Fn(i64) -> usize) {
    let bytes = |terms| allocation_counter::measure(|| assert!(build(terms) > 0)).bytes_total;
    let (few, many) = (bytes(10_000), bytes(100_000));
    assert!(many <= few * 12, "{what}: {few} bytes for one, {many} for ten times as much");
    let (few, many) = (fastest(|| build(10_000)), fastest(|| build(100_000)));
    assert!(many <= few * 50, "{what}: {few:?} for one, {many:?} for ten times as much");
}

#[test]
fn f7_ten_times_as_many_terms_take_ten_times_as_long() {
    // The other two share what is long.
    for dialect in [Dialect::Postgres, Dialect::Sqlite] {
        let or = |terms: i64| {
            let query = Post::objects().filter(|p| {
                (0..terms).map(|n| p.views.eq(n)).reduce(|one, other| one | other).expect("terms")
            });
            query.sql(dialect).unwrap().len()
        };
        is_linear("terms of OR", or);
        let chained = |terms: i64| {
            (0..terms)
                .fold(Post::objects(), |query, n| query.filter(|p| p.views.ne(n)))
                .sql(dialect)
                .unwrap()
                .len()
        };
        is_linear("filters", chained);
        let list = |terms: i64| {
            Post::objects()
                .filter(|p| p.price.is_in((0..terms).map(Decimal::from)))
                .sql(dialect)
                .unwrap()
                .len()
        };
        is_linear("values of a list", list);
    }
}
