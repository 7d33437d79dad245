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
    (0..7).map(|_| once()).min().expect("several")
}

/// Ten times as much takes ten times as long, and not a hundred times; a fifth more is left to allocators and caches.
fn is_linear(what: &str, build: impl Fn(i64) -> usize) {
    let (few, many) = (fastest(|| build(1_500)), fastest(|| build(15_000)));
    assert!(many <= few * 12, "{what}: {few:?} for one, {many:?} for ten times as much");
}

#[test]
fn f7_ten_times_as_many_terms_take_ten_times_as_long() {
    for dialect in Dialect::ALL {
        let or = |terms: i64| {
            let query = Post::objects()
                .filter(|p| (0..terms).map(|n| p.views.eq(n)).reduce(|one, other| one | other).expect("terms"));
            query.sql(dialect).unwrap().len()
        };
        is_linear("terms of OR", or);
        let chained = |terms: i64| {
            (0..terms).fold(Post::objects(), |query, n| query.filter(|p| p.views.ne(n))).sql(dialect).unwrap().len()
        };
        is_linear("filters", chained);
        let list = |terms: i64| {
            Post::objects().filter(|p| p.price.is_in((0..terms).map(Decimal::from))).sql(dialect).unwrap().len()
        };
        is_linear("values of a list", list);
    }
}
