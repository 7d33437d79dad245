//! Every value comes back as it was written, is found by a filter and sorts as in Rust; or a typed error says why not.

mod bytes;
mod choices;
mod decimal;
mod floats;
mod integers;
#[cfg(feature = "jiff")]
mod jiff;
mod json;
mod misread;
mod newtypes;
mod temporal;
mod text;
#[cfg(feature = "time")]
mod time;
mod uuid;

use std::fmt::Debug;

use orm::Error;
use orm::error::ValueError;

/// A model around one type, whose values are written and read in every way that there is.
macro_rules! comes_back {
    ($name:ident: $type:ty, [$($option:tt)*], $values:expr) => {
        mod $name {
            use super::*;

            model_around!($type, [$($option)*]);
            written_and_read!($type, $values);
        }
    };
}

/// As [`comes_back`], for types that can be compared; the values are given in ascending order.
macro_rules! comes_back_in_order {
    ($name:ident: $type:ty, [$($option:tt)*], $values:expr) => {
        mod $name {
            use super::*;

            model_around!($type, [$($option)*]);
            written_and_read!($type, $values);
            compared!($type, $values);
        }
    };
}

macro_rules! model_around {
    ($type:ty, [$($option:tt)*]) => {
        #[derive(Model, Debug, Clone, PartialEq)]
        pub(super) struct Holder {
            #[field(primary_key)]
            pub(super) id: i64,
            #[field($($option)*)]
            pub(super) value: $type,
            #[field($($option)*)]
            pub(super) other: Option<$type>,
        }
    };
}

macro_rules! written_and_read {
    ($type:ty, $values:expr) => {
        #[test]
        fn what_is_written_is_read() {
            crate::support::run(models![Holder], async |db| {
                let values: Vec<$type> = $values;
                let drafts = values.iter().map(|value| Holder::draft().value(value.clone()));
                let mut rows = Holder::objects().bulk_create(db, drafts).await.expect("created in bulk");
                assert!(rows.iter().map(|row| &row.value).eq(&values), "given back by bulk_create");
                for (row, value) in rows.iter_mut().zip(values.iter().rev()) {
                    (row.value, row.other) = (value.clone(), Some(row.value.clone()));
                }
                rows[0].other = None;
                let written = Holder::objects().bulk_update(db, &mut rows, |h| (h.value, h.other));
                assert_eq!(written.await.expect("updated in bulk"), values.len() as u64);
                let read = Holder::objects().order_by(|h| h.id).all(db).await.expect("read");
                assert_eq!(read, rows, "read after bulk_update");

                let spare = values[0].clone();
                for value in values {
                    let row =
                        Holder::objects().create(db, |h| h.value(value.clone())).await.expect("created");
                    assert_eq!((&row.value, &row.other), (&value, &None), "given back by create");
                    let read = Holder::objects().pk(row.id).get(db).await.expect("read");
                    assert_eq!(read, row, "read after create");

                    let both = (spare.clone(), Some(value.clone()));
                    let updated = Holder::objects()
                        .pk(row.id)
                        .update(db, |h| (h.value.set(both.0.clone()), h.other.set(both.1.clone())));
                    assert_eq!(updated.await.expect("updated"), 1);
                    let mut read = Holder::objects().pk(row.id).get(db).await.expect("read");
                    assert_eq!((read.value.clone(), read.other.clone()), both, "read after update");

                    (read.value, read.other) = (value.clone(), Some(spare.clone()));
                    read.save(db).await.expect("saved");
                    assert_eq!(
                        Holder::objects().pk(row.id).get(db).await.expect("read"),
                        read,
                        "read after save"
                    );
                    read.other = None;
                    read.save_fields(db, |h| h.other).await.expect("saved");
                    assert_eq!(Holder::objects().pk(row.id).get(db).await.expect("read").other, None);
                }
            });
        }
    };
}

macro_rules! compared {
    ($type:ty, $values:expr) => {
        #[test]
        #[allow(clippy::float_cmp, reason = "not a bit may change")]
        fn filters_and_orders_see_the_value() {
            crate::support::run(models![Holder], async |db| {
                let values: Vec<$type> = $values;
                for value in values.iter().rev() {
                    Holder::objects()
                        .create(db, |h| h.value(value.clone()).other(value.clone()))
                        .await
                        .expect("created");
                }
                let sorted = Holder::objects().order_by(|h| h.value).all(db).await.expect("read");
                assert_eq!(sorted.iter().map(|row| row.value.clone()).collect::<Vec<_>>(), values);
                let downwards = Holder::objects().order_by(|h| h.other.desc()).all(db).await.expect("read");
                assert!(downwards.iter().map(|row| &row.value).eq(values.iter().rev()));

                let (least, most) = (&values[0], &values[values.len() - 1]);
                for (at, value) in values.iter().enumerate() {
                    let equal = Holder::objects().filter(|h| h.value.eq(value.clone()));
                    assert_eq!(equal.get(db).await.expect("found").value, *value);
                    let equal = Holder::objects().filter(|h| h.other.is_in([value.clone()]));
                    assert_eq!(equal.get(db).await.expect("found").value, *value);
                    let count = async |query: QuerySet<Holder>| {
                        usize::try_from(query.count(db).await.expect("counted")).expect("few")
                    };
                    let all = values.len();
                    assert_eq!(count(Holder::objects().filter(|h| h.value.ne(value.clone()))).await, all - 1);
                    assert_eq!(count(Holder::objects().filter(|h| h.value.lt(value.clone()))).await, at);
                    assert_eq!(count(Holder::objects().filter(|h| h.other.le(value.clone()))).await, at + 1);
                    assert_eq!(
                        count(Holder::objects().filter(|h| h.other.gt(value.clone()))).await,
                        all - at - 1
                    );
                    assert_eq!(
                        count(Holder::objects().filter(|h| h.value.ge(value.clone()))).await,
                        all - at
                    );
                    let up_to = Holder::objects().filter(|h| h.value.between(least.clone(), value.clone()));
                    assert_eq!(count(up_to).await, at + 1);
                    let from = Holder::objects().filter(|h| h.other.between(value.clone(), most.clone()));
                    assert_eq!(count(from).await, all - at);
                }
                let listed = Holder::objects()
                    .filter(|h| h.value.is_in(values.clone()) & h.other.is_in(values.clone()))
                    .order_by(|h| h.value);
                assert!(listed.all(db).await.expect("found").iter().map(|row| &row.value).eq(&values));
                let others = Holder::objects().filter(|h| !h.other.is_in(values[1..].to_vec()));
                assert_eq!(others.get(db).await.expect("found").value, values[0]);
                assert_eq!(
                    Holder::objects().filter(|h| h.value.eq(h.other)).count(db).await.unwrap(),
                    values.len() as u64
                );
                assert_eq!(Holder::objects().distinct().count(db).await.unwrap(), values.len() as u64);
            });
        }
    };
}

use {comes_back, comes_back_in_order, compared, model_around, written_and_read};

/// Where a value should have gone, and what is wrong with it.
#[track_caller]
fn misfit<T: Debug>(result: orm::Result<T>) -> (&'static str, &'static str, ValueError) {
    match result {
        Err(Error::Value(error)) => (
            error.model().unwrap_or("no model is named"),
            error.field().unwrap_or("no field is named"),
            error.value_error().clone(),
        ),
        other => panic!("expected an error about a value, got {other:?}"),
    }
}

fn out_of_range(kind: &'static str) -> impl Fn(&ValueError) -> bool {
    move |error| matches!(error, ValueError::OutOfRange { kind: found, .. } if *found == kind)
}

/// What a database refuses to hold, it refuses in every way of writing and of asking.
macro_rules! refused {
    ($db:expr, $holder:ident, $value:expr, $is:expr) => {{
        let (db, value) = ($db, $value);
        let is = $is;
        let holder = stringify!($holder).rsplit(':').next().expect("a name").trim();
        let created = $holder::objects().create(db, |h| h.value(value.clone())).await;
        let updated = $holder::objects().update(db, |h| h.other.set(value.clone())).await;
        let mut row = $holder::objects().first(db).await.expect("read").expect("a row to change");
        let before = row.clone();
        row.value = value.clone();
        let saved = row.save(db).await;
        for (result, field) in [(created.map(drop), "value"), (updated.map(drop), "other"), (saved, "value")]
        {
            let (model, name, error) = misfit(result);
            assert_eq!((model, name), (holder, field));
            assert!(is(&error), "{error:?}");
        }
        assert_eq!($holder::objects().get(db).await.expect("nothing was written"), before);
    }};
}
use refused;

/// And asking for it names the field as well.
macro_rules! refused_in_filters {
    ($db:expr, $holder:ident, $value:expr, $is:expr) => {{
        let (db, value) = ($db, $value);
        let is = $is;
        for result in [
            $holder::objects().filter(|h| h.value.eq(value.clone())).count(db).await,
            $holder::objects().filter(|h| h.value.is_in([value.clone()])).count(db).await,
            $holder::objects().filter(|h| h.value.between(value.clone(), value.clone())).count(db).await,
        ] {
            let (model, name, error) = misfit(result);
            assert_eq!((model, name), (stringify!($holder), "value"));
            assert!(is(&error), "{error:?}");
        }
    }};
}
use refused_in_filters;
