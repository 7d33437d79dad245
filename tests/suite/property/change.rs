//! Updates and deletes as data, in orm and in memory.

use orm::backend::Executor;
use orm::prelude::*;
use orm::queryset::Set;
use orm::rust_decimal::RoundingStrategy;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::subsequence;

use super::Db;
use super::model::{Data, Item, ItemFields, Row, Tag};
use super::query::Step;
use super::strategy;

/// What happens to the rows that the steps leave, or to a slice of them by key.
#[derive(Clone, Debug)]
pub struct Change {
    steps: Vec<Step>,
    slice: Option<(u64, u64)>,
    /// Empty: the rows are deleted.
    set: Vec<Assignment>,
}

/// A new value for a field: constant, or made of the row as it was.
#[derive(Clone, Debug)]
enum Assignment {
    Number(i32),
    NumberPlus(i32),
    AmountMinus(i64),
    AmountOf(Option<i64>),
    /// Reads a column that another assignment may write.
    BigFromId(i64),
    IdleName(String),
    NoteFromName,
    NameFromNothing,
    PricePlus(Decimal),
    /// Has more places than the column.
    PriceTimes(Decimal),
    DiscountFromPrice(Decimal),
    RatioTimes(f64),
    StockPlus(u32),
    FlagOf(bool),
    MaybeFromFlag,
    DayOf(Option<NaiveDate>),
    TagOf(Option<i64>),
    ShelfOf(i64),
}

pub fn change() -> impl Strategy<Value = Change> {
    let slice = option::weighted(0.25, (0_u64..10, 0_u64..20));
    let set = prop_oneof![1 => Just(Vec::new()), 3 => assignments()];
    (strategy::steps(), slice, set).prop_map(|(steps, slice, set)| Change { steps, slice, set })
}

/// Some of these, each column once, in this order or the opposite.
fn assignments() -> impl Strategy<Value = Vec<Assignment>> {
    let cents = || (-999_i64..=999).prop_map(|cents| Decimal::new(cents, 2));
    let one_each = (
        prop_oneof![(-9..=9).prop_map(Assignment::Number), (-9..=9).prop_map(Assignment::NumberPlus)],
        prop_oneof![
            (-9_i64..=9).prop_map(Assignment::AmountMinus),
            option::of(-9_i64..=9).prop_map(Assignment::AmountOf)
        ],
        (-9_i64..=9).prop_map(Assignment::BigFromId),
        prop_oneof!["[a-z%']{0,5}".prop_map(Assignment::IdleName), Just(Assignment::NameFromNothing)],
        Just(Assignment::NoteFromName),
        prop_oneof![
            cents().prop_map(Assignment::PricePlus),
            (-999_i64..=999).prop_map(|number| Assignment::PriceTimes(Decimal::new(number, 3))),
        ],
        cents().prop_map(Assignment::DiscountFromPrice),
        (-4_i32..=4).prop_map(|quarters| Assignment::RatioTimes(f64::from(quarters) / 4.0)),
        Just(Assignment::StockPlus(0)),
        (any::<bool>().prop_map(Assignment::FlagOf), Just(Assignment::MaybeFromFlag)),
        Just(Assignment::DayOf(None)),
        (option::of(1_i64..=4).prop_map(Assignment::TagOf), (1_i64..=4).prop_map(Assignment::ShelfOf)),
    );
    let all = one_each.prop_map(|(a, b, c, d, e, f, g, h, i, (j, k), l, (m, n))| {
        vec![a, b, c, d, e, f, g, h, i, j, k, l, m, n]
    });
    (all.prop_flat_map(|all| subsequence(all, 1..=4)), any::<bool>()).prop_map(|(mut set, reversed)| {
        if reversed {
            set.reverse();
        }
        set
    })
}

impl Change {
    fn queryset(&self) -> QuerySet<Item> {
        let rows = self.steps.iter().fold(Item::objects(), |queryset, step| step.apply(queryset));
        match self.slice {
            None => rows,
            Some((start, length)) => rows.order_by(|p| p.id).slice(start..start + length),
        }
    }

    /// The number of rows that the database says it changed.
    pub async fn run(&self, db: &Db) -> orm::Result<u64> {
        if self.set.is_empty() {
            return self.queryset().delete(db).await;
        }
        self.queryset().update(db, |p| self.set.iter().map(|set| set.assignment(p)).collect::<Vec<_>>()).await
    }

    /// The same number, and the items afterwards.
    pub fn in_memory(&self, data: &Data) -> (u64, Vec<Item>) {
        let rows = data.rows();
        let mut meant: Vec<&Row> =
            rows.iter().filter(|row| self.steps.iter().all(|step| step.keeps(row))).collect();
        if let Some((start, length)) = self.slice {
            let (start, length) =
                (usize::try_from(start).expect("few"), usize::try_from(length).expect("few"));
            meant = meant.into_iter().skip(start).take(length).collect();
        }
        let is_meant = |item: &Item| meant.iter().any(|row| row.item.id == item.id);
        let mut items = data.items.clone();
        if self.set.is_empty() {
            items.retain(|item| !is_meant(item));
        } else {
            for item in items.iter_mut().filter(|item| is_meant(item)) {
                let before = item.clone();
                self.set.iter().for_each(|set| set.assign(&before, item));
            }
        }
        (u64::try_from(meant.len()).expect("few"), items)
    }
}

impl Assignment {
    fn assignment(&self, p: ItemFields) -> Set<Item> {
        match self {
            Assignment::Number(value) => p.number.set(*value),
            Assignment::NumberPlus(value) => p.number.set(p.number + *value),
            Assignment::AmountMinus(value) => p.amount.set(p.amount - *value),
            Assignment::AmountOf(value) => p.amount.set(*value),
            Assignment::BigFromId(value) => p.big.set(p.id * *value),
            Assignment::IdleName(value) => p.name.set(value),
            Assignment::NameFromNothing => p.name.set(""),
            Assignment::NoteFromName => p.note.set(p.name),
            Assignment::PricePlus(value) => p.price.set(p.price + *value),
            Assignment::PriceTimes(value) => p.price.set(p.price * *value),
            Assignment::DiscountFromPrice(value) => p.discount.set(p.price - *value),
            Assignment::RatioTimes(value) => p.ratio.set(p.ratio * *value),
            Assignment::StockPlus(value) => p.stock.set(p.stock + *value),
            Assignment::FlagOf(value) => p.flag.set(*value),
            Assignment::MaybeFromFlag => p.maybe.set(p.flag),
            Assignment::DayOf(value) => p.day.set(*value),
            Assignment::TagOf(value) => match value {
                Some(key) => p.tag.set(ForeignKey::new(*key)),
                None => p.tag.set(None::<ForeignKey<Tag>>),
            },
            Assignment::ShelfOf(key) => p.shelf.set(ForeignKey::new(*key)),
        }
    }

    fn assign(&self, before: &Item, item: &mut Item) {
        match self {
            Assignment::Number(value) => item.number = *value,
            Assignment::NumberPlus(value) => item.number = before.number + value,
            Assignment::AmountMinus(value) => item.amount = before.amount.map(|amount| amount - value),
            Assignment::AmountOf(value) => item.amount = *value,
            Assignment::BigFromId(value) => item.big = before.id * value,
            Assignment::IdleName(value) => item.name.clone_from(value),
            Assignment::NameFromNothing => item.name.clear(),
            Assignment::NoteFromName => item.note = Some(before.name.clone()),
            Assignment::PricePlus(value) => item.price = before.price + value,
            Assignment::PriceTimes(value) => {
                let exact = before.price * value;
                item.price = exact.round_dp_with_strategy(6, RoundingStrategy::MidpointAwayFromZero);
            }
            Assignment::DiscountFromPrice(value) => item.discount = Some(before.price - value),
            Assignment::RatioTimes(value) => item.ratio = before.ratio * value,
            Assignment::StockPlus(value) => item.stock = before.stock + value,
            Assignment::FlagOf(value) => item.flag = *value,
            Assignment::MaybeFromFlag => item.maybe = Some(before.flag),
            Assignment::DayOf(value) => item.day = *value,
            Assignment::TagOf(value) => item.tag = value.map(ForeignKey::new),
            Assignment::ShelfOf(key) => item.shelf = ForeignKey::new(*key),
        }
    }
}

/// Keeps a copy of the items in the database.
pub async fn keep(db: &Db) {
    db.batch("DROP TABLE IF EXISTS property_kept").await.expect("the copy is dropped");
    db.batch("CREATE TABLE property_kept AS SELECT * FROM property_item")
        .await
        .expect("the items are copied");
}

/// Makes the copy the items again.
pub async fn restore(db: &Db) {
    db.batch("DELETE FROM property_item").await.expect("the items are deleted");
    db.batch("INSERT INTO property_item SELECT * FROM property_kept").await.expect("the copy is copied back");
}
