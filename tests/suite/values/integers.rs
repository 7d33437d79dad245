//! Integers up to their borders, and numbers beyond what a column holds.

use orm::prelude::*;
use orm::{DatabaseErrorKind, Dialect};

use super::*;

comes_back_in_order!(i16_: i16, [], vec![i16::MIN, i16::MIN + 1, -1, 0, 1, i16::MAX - 1, i16::MAX]);
comes_back_in_order!(i32_: i32, [], vec![i32::MIN, i32::MIN + 1, -1, 0, 1, i32::MAX - 1, i32::MAX]);
comes_back_in_order!(i64_: i64, [], vec![i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX]);
comes_back_in_order!(u32_: u32, [], vec![0, 1, 1 << 31, u32::MAX - 1, u32::MAX]);
comes_back_in_order!(u64_: u64, [], vec![0, 1, u64::from(u32::MAX), MOST - 1, MOST]);

const MOST: u64 = i64::MAX as u64;

mod bool_ {
    use super::*;

    model_around!(bool, []);
    written_and_read!(bool, vec![false, true]);
    compared!(bool, vec![false, true]);
}

#[test]
fn u64_beyond_i64_is_held_or_refused() {
    use u64_::Holder;
    crate::support::run(models![Holder], async |db| {
        let row = Holder::objects().create(db, |h| h.value(7_u64)).await.unwrap();
        for value in [MOST + 1, u64::MAX - 1, u64::MAX] {
            if matches!(db.dialect(), Dialect::MySql | Dialect::MariaDb) {
                Holder::objects().update(db, |h| h.value.set(value)).await.unwrap();
                assert_eq!(
                    Holder::objects().filter(|h| h.value.eq(value)).get(db).await.unwrap().value,
                    value
                );
                assert_eq!(Holder::objects().filter(|h| h.value.gt(MOST)).count(db).await.unwrap(), 1);
            } else {
                refused!(db, Holder, value, out_of_range("u64"));
                refused_in_filters!(db, Holder, value, out_of_range("u64"));
                assert_eq!(Holder::objects().pk(row.id).get(db).await.unwrap().value, 7);
            }
        }
    });
}

/// What lies outside a field's type cannot get into its column, so that each row stays readable.
macro_rules! arithmetic_stays_within {
    ($($name:ident $holder:ident $least:expr, $most:expr;)*) => {$(
        #[test]
        fn $name() {
            use $holder::Holder;
            crate::support::run(models![Holder], async |db| {
                for value in [$least, 0, $most] {
                    Holder::objects().create(db, |h| h.value(value)).await.unwrap();
                }
                let before = Holder::objects().order_by(|h| h.id).all(db).await.unwrap();
                for (what, result) in [
                    ("added", Holder::objects().update(db, |h| h.value.set(h.value + 1)).await),
                    ("subtracted", Holder::objects().update(db, |h| h.value.set(h.value - 1)).await),
                    ("multiplied", Holder::objects().update(db, |h| h.value.set(h.value * 3)).await),
                ] {
                    let error = result.expect_err(what);
                    let kind = error.kind().unwrap_or_else(|| panic!("{what}: {error}"));
                    assert!(
                        matches!(kind, DatabaseErrorKind::DataError | DatabaseErrorKind::CheckViolation),
                        "{what}: {error}"
                    );
                    let after = Holder::objects().order_by(|h| h.id).all(db).await.unwrap();
                    assert_eq!(after, before, "{what}");
                }
            });
        }
    )*};
}

arithmetic_stays_within! {
    arithmetic_stays_within_i16 i16_ i16::MIN, i16::MAX;
    arithmetic_stays_within_i32 i32_ i32::MIN, i32::MAX;
    arithmetic_stays_within_i64 i64_ i64::MIN, i64::MAX;
    arithmetic_stays_within_u32 u32_ 0, u32::MAX;
}

#[test]
fn arithmetic_stays_within_u64() {
    use u64_::Holder;
    crate::support::run(models![Holder], async |db| {
        for value in [0, 1, MOST] {
            Holder::objects().create(db, |h| h.value(value)).await.unwrap();
        }
        let before = Holder::objects().order_by(|h| h.id).all(db).await.unwrap();
        // docs/guide/src/differences.md: `u64` beyond `i64`
        let unsigned = matches!(db.dialect(), Dialect::MySql | Dialect::MariaDb);
        for (what, held) in [("subtract", false), ("multiply", false), ("add", unsigned)] {
            let result = match what {
                "subtract" => Holder::objects().update(db, |h| h.value.set(h.value - 1)).await,
                "multiply" => Holder::objects().update(db, |h| h.value.set(h.value * 3)).await,
                _ => Holder::objects().update(db, |h| h.value.set(h.value + 1)).await,
            };
            if held {
                assert_eq!(result.unwrap(), 3);
                assert_eq!(Holder::objects().filter(|h| h.value.eq(MOST + 1)).count(db).await.unwrap(), 1);
                continue;
            }
            let kind = result.expect_err(what).kind();
            assert!(
                matches!(kind, Some(DatabaseErrorKind::DataError | DatabaseErrorKind::CheckViolation)),
                "{what}: {kind:?}"
            );
            assert_eq!(Holder::objects().order_by(|h| h.id).all(db).await.unwrap(), before, "{what}");
        }
    });
}
