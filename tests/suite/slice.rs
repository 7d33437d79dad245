//! Parts of the rows, and what can still be asked of them.

use orm::Error;
use orm::prelude::*;

use crate::support::{Db, run};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(ordering = [id])]
struct Row {
    #[field(primary_key)]
    id: i64,
    #[field(default = 0)]
    half: i64,
}

fn with_ten(test: impl AsyncFnOnce(&Db)) {
    run(models![Row], async |db| {
        for n in 1..=10 {
            Row::objects().create(db, |r| r.half(n / 2)).await.unwrap();
        }
        test(db).await;
    });
}

async fn ids(db: &Db, query: QuerySet<Row>) -> Vec<i64> {
    let count = query.clone().count(db).await.unwrap();
    let exists = query.clone().exists(db).await.unwrap();
    let mut streamed = Vec::new();
    let mut rows = query.clone().stream(db);
    while let Some(row) = rows.try_next().await.unwrap() {
        streamed.push(row.id);
    }
    let ids: Vec<i64> = query.all(db).await.unwrap().iter().map(|row| row.id).collect();
    assert_eq!((count, exists, &streamed), (ids.len() as u64, !ids.is_empty(), &ids));
    ids
}

#[test]
fn limit_and_offset() {
    with_ten(async |db| {
        let rows = Row::objects;
        let none: [i64; 0] = [];
        assert_eq!(ids(db, rows().limit(3)).await, [1, 2, 3]);
        assert_eq!(ids(db, rows().limit(0)).await, none);
        assert_eq!(ids(db, rows().limit(99)).await.len(), 10);
        assert_eq!(ids(db, rows().limit(u64::MAX)).await.len(), 10);
        assert_eq!(ids(db, rows().offset(8)).await, [9, 10]);
        assert_eq!(ids(db, rows().offset(0)).await.len(), 10);
        assert_eq!(ids(db, rows().offset(10)).await, none);
        assert_eq!(ids(db, rows().offset(u64::MAX)).await, none);
        assert_eq!(ids(db, rows().limit(u64::MAX).offset(9)).await, [10]);
        assert_eq!(ids(db, rows().offset(7).limit(2)).await, [8, 9]);
        assert_eq!(ids(db, rows().limit(5).offset(3)).await, [4, 5]);
        assert_eq!(ids(db, rows().limit(5).limit(2).limit(9)).await, [1, 2]);
        assert_eq!(ids(db, rows().offset(5).offset(4)).await, [10]);
        assert_eq!(ids(db, rows().limit(2).offset(3)).await, none);
    });
}

#[test]
fn slices_of_slices_count_within() {
    with_ten(async |db| {
        let rows = Row::objects;
        assert_eq!(ids(db, rows().slice(2..5)).await, [3, 4, 5]);
        assert_eq!(ids(db, rows().slice(2..=5)).await, [3, 4, 5, 6]);
        assert_eq!(ids(db, rows().slice(..2)).await, [1, 2]);
        assert_eq!(ids(db, rows().slice(8..)).await, [9, 10]);
        assert_eq!(ids(db, rows().slice(..)).await.len(), 10);
        assert_eq!(ids(db, rows().slice(3..3)).await.len(), 0);
        assert_eq!(ids(db, rows().slice(8..20)).await, [9, 10]);
        assert_eq!(ids(db, rows().slice(20..30)).await.len(), 0);
        assert_eq!(ids(db, rows().slice(2..8).slice(1..3)).await, [4, 5]);
        assert_eq!(ids(db, rows().slice(2..8).slice(4..99)).await, [7, 8]);
        assert_eq!(ids(db, rows().slice(2..).slice(..=0)).await, [3]);
        assert_eq!(ids(db, rows().filter(|r| r.half.ge(2)).slice(1..3)).await, [5, 6]);
        let backwards = std::ops::Range { start: 5, end: 2 };
        assert!(matches!(rows().slice(backwards).all(db).await, Err(Error::InvalidQuery(_))));
    });
}

#[test]
fn one_row_of_a_slice() {
    with_ten(async |db| {
        let rows = Row::objects;
        assert_eq!(rows().slice(3..6).first(db).await.unwrap().unwrap().id, 4);
        assert_eq!(rows().offset(10).first(db).await.unwrap(), None);
        assert_eq!(rows().slice(3..4).get(db).await.unwrap().id, 4);
        assert!(matches!(
            rows().slice(3..6).get(db).await,
            Err(Error::MultipleObjectsReturned { model: "Row" })
        ));
        assert!(rows().slice(10..11).get(db).await.unwrap_err().is_does_not_exist());
        assert!(matches!(rows().slice(3..6).last(db).await, Err(Error::InvalidQuery(_))));
    });
}

#[test]
fn what_comes_after_a_slice_is_a_mistake() {
    with_ten(async |db| {
        let sliced = || Row::objects().limit(5);
        for query in [
            sliced().filter(|r| r.id.gt(2)),
            sliced().exclude(|r| r.id.gt(2)),
            sliced().pk(1),
            sliced().distinct(),
            sliced().order_by(|r| r.half),
            Row::objects().offset(1).filter(|r| r.id.gt(2)),
        ] {
            let again = query.clone();
            assert!(matches!(query.clone().all(db).await, Err(Error::InvalidQuery(_))));
            assert!(matches!(query.clone().count(db).await, Err(Error::InvalidQuery(_))));
            assert!(matches!(query.clone().exists(db).await, Err(Error::InvalidQuery(_))));
            assert!(matches!(query.clone().stream(db).try_next().await, Err(Error::InvalidQuery(_))));
            assert!(matches!(query.clone().delete(db).await, Err(Error::InvalidQuery(_))));
            assert!(matches!(query.update(db, |r| r.half.set(0)).await, Err(Error::InvalidQuery(_))));
            assert!(
                matches!(again.sql(db.dialect()), Err(Error::InvalidQuery(_))),
                "a clone keeps the mistake"
            );
        }
        assert_eq!(Row::objects().filter(|r| r.half.gt(0)).count(db).await.unwrap(), 9);
    });
}
