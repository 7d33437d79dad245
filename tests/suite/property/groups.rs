//! Random groups and aggregates against the same computed in memory.

use std::collections::BTreeMap;
use std::fmt::Debug;

use orm::prelude::*;
use proptest::prelude::*;
use proptest::sample::select;

use super::condition::Condition;
use super::model::{Data, Item, Row};
use super::query::Step;
use super::{Db, strategy};

/// What rows of a group have in common.
#[derive(Clone, Copy, Debug)]
pub enum Key {
    Flag,
    Maybe,
    ShelfLabel,
    TagName,
    KeeperRank,
    /// A computed key: its parameters stand in the statement twice.
    Remainder,
    Large,
}

/// Rows, how they are grouped, and which groups are taken.
#[derive(Clone, Debug)]
pub struct Groups {
    steps: Vec<Step>,
    key: Key,
    /// Which rows some of the aggregates count.
    only: Condition,
    least: i64,
}

pub fn groups() -> impl Strategy<Value = Groups> {
    let key = select(&[
        Key::Flag,
        Key::Maybe,
        Key::ShelfLabel,
        Key::TagName,
        Key::KeeperRank,
        Key::Remainder,
        Key::Large,
    ]);
    (strategy::steps(), key, strategy::condition(), prop_oneof![Just(1_i64), 0_i64..5])
        .prop_map(|(steps, key, only, least)| Groups { steps, key, only, least })
}

/// Of a group: rows, amounts that are not NULL, those that only some rows count, different tags, sums, extremes.
type Figures = (i64, i64, i64, i64, Option<i64>, Option<Decimal>, Option<i64>, Option<Decimal>);

impl Groups {
    fn rows<'a>(&self, rows: &'a [Row]) -> Vec<&'a Row> {
        rows.iter().filter(|row| self.steps.iter().all(|step| step.keeps(row))).collect()
    }

    fn figures(&self, rows: &[&Row]) -> Figures {
        let items = || rows.iter().map(|row| &row.item);
        let mut tags: Vec<i64> = items().filter_map(|item| item.tag.as_ref().map(|key| *key.key())).collect();
        tags.sort_unstable();
        tags.dedup();
        let count = |number: usize| i64::try_from(number).expect("few");
        let only = rows.iter().filter(|row| self.only.truth(row) == Some(true));
        (
            count(rows.len()),
            count(items().filter(|item| item.amount.is_some()).count()),
            count(only.clone().count()),
            count(tags.len()),
            only.map(|row| i64::from(row.item.number)).reduce(|left, right| left + right),
            items().map(|item| item.price).reduce(|left, right| left + right),
            items().filter_map(|item| item.amount).min(),
            items().filter_map(|item| item.discount).max(),
        )
    }
}

fn key(row: &Row, key: Key) -> String {
    match key {
        Key::Flag => format!("{:?}", row.item.flag),
        Key::Maybe => format!("{:?}", row.item.maybe),
        Key::ShelfLabel => format!("{:?}", row.shelf.label),
        Key::TagName => format!("{:?}", row.tag.as_ref().map(|tag| &tag.name)),
        Key::KeeperRank => format!("{:?}", row.keeper.as_ref().map(|tag| tag.rank)),
        Key::Remainder => format!("{:?}", Some(row.item.number % 3)),
        Key::Large => format!("{:?}", if row.item.stock > 2 { "large" } else { "small" }),
    }
}

/// Groups by one of the keys, whatever its type.
macro_rules! grouped {
    ($groups:expr, $db:expr; $($key:ident => |$p:ident| $by:expr,)+) => {
        match $groups.key {
            $(Key::$key => {
                let queryset = $groups.steps.iter().fold(Item::objects(), |queryset, step| step.apply(queryset));
                let only = &$groups.only;
                let queryset = queryset
                    .values(|$p| (
                        $by,
                        $p.id.count(),
                        $p.amount.count(),
                        count_rows().filter(only.predicate($p)),
                        $p.tag.count().distinct(),
                        $p.number.sum().filter(only.predicate($p)),
                        $p.price.sum(),
                        $p.amount.min(),
                        $p.discount.max(),
                    ))
                    .having(|p| p.id.count().ge($groups.least))
                    .order_by(|$p| (count_rows().desc(), $by));
                let sql = queryset.clone().sql($db.dialect());
                let count = queryset.clone().count($db).await;
                let rows = queryset.all($db).await.map_err(|error| format!("groups fail: {error:?}\n{sql:?}"))?;
                let counted = count.map_err(|error| format!("count fails: {error:?}\n{sql:?}"))?;
                if counted != u64::try_from(rows.len()).expect("few") {
                    return Err(format!("count says {counted} of {} groups", rows.len()));
                }
                if !rows.is_sorted_by(|left, right| left.1 >= right.1) {
                    return Err(format!("the groups are not in order\n{sql:?}"));
                }
                let found = rows.into_iter().map(|(key, a, b, c, d, e, f, g, h)| (format!("{key:?}"), (a, b, c, d, e, f, g, h)));
                (found.collect(), sql)
            })+
        }
    };
}

pub async fn check_groups(db: &Db, data: &Data, groups: &Groups) -> Result<(), String> {
    let all = data.rows();
    let rows = groups.rows(&all);
    let mut expected: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
    for row in &rows {
        expected.entry(key(row, groups.key)).or_default().push(row);
    }
    let expected: BTreeMap<String, Figures> = expected
        .into_iter()
        .map(|(key, rows)| (key, groups.figures(&rows)))
        .filter(|(_, figures)| figures.0 >= groups.least)
        .collect();
    let (found, sql): (Vec<(String, Figures)>, _) = grouped! {
        groups, db;
        Flag => |p| p.flag,
        Maybe => |p| p.maybe,
        ShelfLabel => |p| p.shelf.label,
        TagName => |p| p.tag.name,
        KeeperRank => |p| p.shelf.keeper.rank,
        Remainder => |p| p.number % 3,
        Large => |p| case().when(p.stock.gt(2_u32)).then("large").otherwise("small"),
    };
    same("groups", &found, expected, &sql)?;

    // All rows as one group, which is there also when there are no rows.
    let queryset = groups.steps.iter().fold(Item::objects(), |queryset, step| step.apply(queryset));
    let only = &groups.only;
    let total = queryset
        .aggregate(db, |p| {
            (
                p.id.count(),
                p.amount.count(),
                count_rows().filter(only.predicate(p)),
                p.tag.count().distinct(),
                p.number.sum().filter(only.predicate(p)),
                p.price.sum(),
                p.amount.min(),
                p.discount.max(),
            )
        })
        .await
        .map_err(|error| format!("aggregate fails: {error:?}"))?;
    let expected = groups.figures(&rows);
    if total == expected { Ok(()) } else { Err(format!("aggregate: {total:?}, not {expected:?}")) }
}

fn same(
    what: &str,
    found: &[(String, Figures)],
    expected: BTreeMap<String, Figures>,
    sql: &impl Debug,
) -> Result<(), String> {
    let mut left = expected;
    for (key, figures) in found {
        match left.remove(key) {
            Some(expected) if expected == *figures => {}
            other => return Err(format!("{what}: {key} is {figures:?}, not {other:?}\n{sql:?}")),
        }
    }
    if left.is_empty() { Ok(()) } else { Err(format!("{what} missing: {left:?}\n{sql:?}")) }
}
