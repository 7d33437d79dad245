//! Random subqueries and set operations against the same computed in memory.

use std::collections::BTreeSet;

use orm::prelude::*;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::condition::Condition;
use super::logic::{self, Truth};
use super::model::{Data, Item, ItemFields, Row};
use super::query::Step;
use super::{Db, strategy};

/// Which rows of the inner query belong to a row of the outer.
#[derive(Clone, Copy, Debug)]
enum Link {
    Shelf,
    Tag,
    KeeperOfShelf,
    None,
}

/// What is asked about the inner query.
#[derive(Clone, Copy, Debug)]
enum Question {
    Exists,
    AtLeast(i64),
    Smallest,
    AmongKeys,
    AmongAmounts,
}

/// A condition with a query in it.
#[derive(Clone, Debug)]
pub struct Nested {
    inner: Condition,
    beside: Condition,
    link: Link,
    question: Question,
}

pub fn nested() -> impl Strategy<Value = Nested> {
    let link = select(&[Link::Shelf, Link::Tag, Link::KeeperOfShelf, Link::None]);
    let question = prop_oneof![
        3 => Just(Question::Exists),
        2 => (0_i64..4).prop_map(Question::AtLeast),
        1 => Just(Question::Smallest),
        2 => Just(Question::AmongKeys),
        2 => Just(Question::AmongAmounts),
    ];
    (strategy::condition(), strategy::condition(), link, question)
        .prop_map(|(inner, beside, link, question)| Nested { inner, beside, link, question })
}

impl Nested {
    /// The inner query of a row.
    fn query(&self, p: ItemFields) -> QuerySet<Item> {
        let items = Item::objects().filter(|q| self.inner.predicate(q));
        match self.link {
            Link::Shelf => items.filter(|q| q.shelf.eq(p.shelf.outer())),
            Link::Tag => items.filter(|q| q.tag.id.eq(p.tag.id.outer())),
            Link::KeeperOfShelf => items.filter(|q| q.tag.name.eq(p.shelf.keeper.name.outer())),
            Link::None => items,
        }
    }

    fn predicate(&self, p: ItemFields) -> Predicate<Item> {
        let inner = self.query(p);
        let asked: Predicate<Item> = match self.question {
            Question::Exists => exists(inner) & p.id.gt(0),
            Question::AtLeast(least) => subquery(inner.values(|q| q.id.count())).ge(least) & p.id.gt(0),
            Question::Smallest => p.id.eq(subquery(inner.order_by(|q| q.id).limit(1).values(|q| q.id))),
            Question::AmongKeys => p.id.is_in(inner.values(|q| q.id)),
            Question::AmongAmounts => p.amount.is_in(inner.values(|q| q.amount)),
        };
        asked | self.beside.predicate(p)
    }

    fn truth(&self, row: &Row, all: &[Row]) -> Truth {
        let found: Vec<&Row> = all
            .iter()
            .filter(|other| self.inner.truth(other) == Some(true))
            .filter(|other| match self.link {
                Link::Shelf => other.shelf.id == row.shelf.id,
                Link::Tag => row.tag.is_some() && other.item.tag == row.item.tag,
                Link::KeeperOfShelf => match (&other.tag, &row.keeper) {
                    (Some(tag), Some(keeper)) => tag.name == keeper.name,
                    _ => false,
                },
                Link::None => true,
            })
            .collect();
        let asked = match self.question {
            Question::Exists => Some(!found.is_empty()),
            Question::AtLeast(least) => Some(i64::try_from(found.len()).expect("few") >= least),
            Question::Smallest => found.iter().map(|other| other.item.id).min().map(|id| id == row.item.id),
            Question::AmongKeys => Some(found.iter().any(|other| other.item.id == row.item.id)),
            Question::AmongAmounts => match row.item.amount {
                _ if found.is_empty() => Some(false),
                None => None,
                Some(amount) if found.iter().any(|other| other.item.amount == Some(amount)) => Some(true),
                Some(_) if found.iter().any(|other| other.item.amount.is_none()) => None,
                Some(_) => Some(false),
            },
        };
        logic::or(asked, self.beside.truth(row))
    }
}

pub async fn check_nested(db: &Db, data: &Data, nested: &Nested) -> Result<(), String> {
    let all = data.rows();
    let taken = |truth: fn(Truth) -> bool| -> Vec<i64> {
        all.iter().filter(|row| truth(nested.truth(row, &all))).map(|row| row.item.id).collect()
    };
    let objects = || Item::objects().order_by(|p| p.id);
    for (what, query, expected) in [
        ("filter", objects().filter(|p| nested.predicate(p)), taken(|truth| truth == Some(true))),
        ("not", objects().filter(|p| !nested.predicate(p)), taken(|truth| truth == Some(false))),
        ("exclude", objects().exclude(|p| nested.predicate(p)), taken(|truth| truth != Some(true))),
    ] {
        let sql = query.clone().sql(db.dialect());
        let found = query.all(db).await.map_err(|error| format!("{what} fails: {error:?}\n{sql:?}"))?;
        let found: Vec<i64> = found.iter().map(|item| item.id).collect();
        if found != expected {
            return Err(format!("{what}: {found:?}, not {expected:?}\n{sql:?}"));
        }
    }
    Ok(())
}

#[derive(Clone, Copy, Debug)]
enum Operator {
    Union,
    UnionAll,
    Intersection,
    Difference,
}

/// Several queries combined from the left.
#[derive(Clone, Debug)]
pub struct Sets {
    first: Vec<Step>,
    others: Vec<(Operator, Vec<Step>)>,
    descending: bool,
    slice: (u64, u64),
}

pub fn sets() -> impl Strategy<Value = Sets> {
    let operator =
        select(&[Operator::Union, Operator::UnionAll, Operator::Intersection, Operator::Difference]);
    (
        strategy::steps(),
        vec((operator, strategy::steps()), 1..4),
        any::<bool>(),
        (0_u64..5, prop_oneof![0_u64..10, Just(1_000)]),
    )
        .prop_map(|(first, others, descending, slice)| Sets { first, others, descending, slice })
}

pub async fn check_sets(db: &Db, data: &Data, sets: &Sets) -> Result<(), String> {
    let rows = data.rows();
    let keys = |steps: &[Step]| -> Vec<i64> {
        rows.iter().filter(|row| steps.iter().all(|step| step.keeps(row))).map(|row| row.item.id).collect()
    };
    let queryset = |steps: &[Step]| steps.iter().fold(Item::objects(), |queryset, step| step.apply(queryset));
    let mut expected = keys(&sets.first);
    let mut others = sets.others.iter();
    let Some((operator, steps)) = others.next() else { return Ok(()) };
    let first = queryset(&sets.first);
    let mut combined = match operator {
        Operator::Union => first.union(queryset(steps)),
        Operator::UnionAll => first.union_all(queryset(steps)),
        Operator::Intersection => first.intersection(queryset(steps)),
        Operator::Difference => first.difference(queryset(steps)),
    };
    expected = together(expected, *operator, &keys(steps));
    for (operator, steps) in others {
        combined = match operator {
            Operator::Union => combined.union(queryset(steps)),
            Operator::UnionAll => combined.union_all(queryset(steps)),
            Operator::Intersection => combined.intersection(queryset(steps)),
            Operator::Difference => combined.difference(queryset(steps)),
        };
        expected = together(expected, *operator, &keys(steps));
    }
    let sql = combined.clone().sql(db.dialect());
    let count =
        combined.clone().count(db).await.map_err(|error| format!("count fails: {error:?}\n{sql:?}"))?;
    if count != u64::try_from(expected.len()).expect("few") {
        return Err(format!("count: {count}, not {}\n{sql:?}", expected.len()));
    }
    expected.sort_unstable();
    if sets.descending {
        expected.reverse();
    }
    let (start, length) = sets.slice;
    let number = |number: u64| usize::try_from(number).expect("a small number");
    let expected: Vec<i64> = expected.into_iter().skip(number(start)).take(number(length)).collect();
    let descending = sets.descending;
    let ordered = combined.order_by(|p| if descending { p.id.desc() } else { p.id.asc() });
    let found = ordered.offset(start).limit(length).all(db).await;
    let found = found.map_err(|error| format!("all fails: {error:?}\n{sql:?}"))?;
    let found: Vec<i64> = found.iter().map(|item| item.id).collect();
    if found == expected { Ok(()) } else { Err(format!("{found:?}, not {expected:?}\n{sql:?}")) }
}

fn together(left: Vec<i64>, operator: Operator, right: &[i64]) -> Vec<i64> {
    let set = |keys: &[i64]| keys.iter().copied().collect::<BTreeSet<_>>();
    match operator {
        Operator::UnionAll => left.into_iter().chain(right.iter().copied()).collect(),
        Operator::Union => set(&left).union(&set(right)).copied().collect(),
        Operator::Intersection => set(&left).intersection(&set(right)).copied().collect(),
        Operator::Difference => set(&left).difference(&set(right)).copied().collect(),
    }
}
