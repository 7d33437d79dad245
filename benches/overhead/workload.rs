//! The workloads: what is asked of both contestants.

use std::hint::black_box;

use crate::contestant::Contestant;
use crate::model::{Item, ROWS};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workload {
    ByKey,
    Page,
    Rows,
    Values,
    Groups,
    Insert,
    Count,
    Update,
}

impl Workload {
    pub const ALL: [Workload; 8] = [
        Workload::ByKey,
        Workload::Page,
        Workload::Rows,
        Workload::Values,
        Workload::Count,
        Workload::Groups,
        Workload::Insert,
        Workload::Update,
    ];

    /// Its name in the output and for `--filter`.
    pub fn name(self) -> &'static str {
        match self {
            Workload::ByKey => "one row by key",
            Workload::Page => "10 rows, filtered and ordered",
            Workload::Rows => "10,000 full rows",
            Workload::Values => "values of 10,000 rows",
            Workload::Groups => "group by",
            Workload::Insert => "insert one, key returned",
            Workload::Count => "count with filter",
            Workload::Update => "update by filter, col + 1",
        }
    }

    /// Runs it `times` times.
    pub async fn run<C: Contestant>(self, contestant: &C, times: u32) {
        for time in 0..times {
            let key = key(time);
            match self {
                Workload::ByKey => drop(black_box(contestant.by_key(key).await)),
                Workload::Page => drop(black_box(contestant.page(key).await)),
                Workload::Rows => drop(black_box(contestant.rows(ROWS).await)),
                Workload::Values => drop(black_box(contestant.values(ROWS).await)),
                Workload::Groups => drop(black_box(contestant.groups(ROWS - 1_000).await)),
                Workload::Insert => drop(black_box(contestant.insert(key).await)),
                Workload::Count => drop(black_box(contestant.count(ROWS - 1_000).await)),
                Workload::Update => drop(black_box(contestant.update(key).await)),
            }
        }
    }

    /// Both must do the same; panics where they do not.
    pub async fn check<R: Contestant, O: Contestant>(self, raw: &R, orm: &O) {
        match self {
            Workload::ByKey => {
                let expected = Item::numbered(77);
                assert_eq!(raw.by_key(77).await, expected);
                assert_eq!(orm.by_key(77).await, expected);
            }
            Workload::Page => {
                let page = raw.page(4_000).await;
                assert_eq!(page.len(), 10);
                assert_eq!(page, orm.page(4_000).await);
            }
            Workload::Rows => {
                let (mut left, mut right) = (raw.rows(ROWS).await, orm.rows(ROWS).await);
                left.sort_by_key(|item| item.id);
                right.sort_by_key(|item| item.id);
                assert_eq!(left.len(), usize::try_from(ROWS).unwrap_or_default());
                assert!(left == right, "both read the same rows");
            }
            Workload::Values => {
                let (mut left, mut right) = (raw.values(ROWS).await, orm.values(ROWS).await);
                left.sort_by_key(|row| row.0);
                right.sort_by_key(|row| row.0);
                assert_eq!(left.len(), usize::try_from(ROWS).unwrap_or_default());
                assert!(left == right, "both read the same values");
            }
            Workload::Groups => {
                let groups = raw.groups(ROWS - 1_000).await;
                assert_eq!(groups.len(), 2);
                assert_eq!(groups, orm.groups(ROWS - 1_000).await);
            }
            Workload::Insert => {
                let (left, right) = (raw.insert(5).await, orm.insert(5).await);
                assert!(left > ROWS && right > ROWS);
                let (left, right) = (raw.by_key(left).await, orm.by_key(right).await);
                assert_eq!(Item { id: 5, ..left }, Item::numbered(5));
                assert_eq!(Item { id: 5, ..right }, Item::numbered(5));
            }
            Workload::Count => {
                assert_eq!(raw.count(ROWS - 1_000).await, 900);
                assert_eq!(orm.count(ROWS - 1_000).await, 900);
            }
            Workload::Update => {
                assert_eq!(raw.update(3).await, 9);
                assert_eq!(orm.update(3).await, 9);
                assert!(raw.by_key(3).await.stock > Item::numbered(3).stock);
                assert!(orm.by_key(3).await.stock > Item::numbered(3).stock);
            }
        }
    }
}

/// Keys in no order, none beyond the last page.
fn key(time: u32) -> i64 {
    i64::from(time) * 7_919 % (ROWS - 100) + 1
}
