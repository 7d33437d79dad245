//! Random rows, conditions and queries. Values come from small pools, so that conditions often meet equal values.

use orm::prelude::*;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::column::{BoolColumn, Column, DayColumn, NullableColumn, TextColumn, TimeColumn};
use super::condition::{Arithmetic, Comparison, Condition, KeyTest, Operand, Term, Test};
use super::model::{Data, Item, Shelf, Tag};
use super::query::{By, Order, Query, Step};
use super::text::{PATTERNS, Search};

const TAGS: i64 = 4;
const SHELVES: i64 = 4;

// ── Values ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Small enough that two of them multiplied fit the column's own type, which PostgreSQL calculates in.
fn i32s() -> impl Strategy<Value = i32> {
    prop_oneof![3 => -3..=3, 1 => -20_000..=20_000]
}

fn i64s() -> impl Strategy<Value = i64> {
    prop_oneof![3 => -3_i64..=3, 1 => -1_000_000_000_i64..=1_000_000_000]
}

fn bigs() -> impl Strategy<Value = i64> {
    prop_oneof![2 => i64s(), 2 => select(&[i64::MIN, i64::MIN + 1, (1 << 53) + 1, 1 << 53, i64::MAX - 1, i64::MAX]), 1 => any::<i64>()]
}

fn u32s() -> impl Strategy<Value = u32> {
    prop_oneof![3 => 0_u32..=4, 1 => select(&[1_000, 1 << 31, u32::MAX - 1, u32::MAX])]
}

/// Some of them closer to each other than doubles can tell.
fn decimals() -> impl Strategy<Value = Decimal> {
    prop_oneof![
        3 => (-300_i64..=300).prop_map(|cents| Decimal::new(cents, 2)),
        1 => (-3_i128..=3).prop_map(|millionths| Decimal::from_i128_with_scale(90_071_992_547_409_920_000 + millionths, 6)),
        1 => (-9_999_999_999_999_999_i64..=9_999_999_999_999_999).prop_map(|number| Decimal::new(number, 6)),
    ]
}

fn f64s() -> impl Strategy<Value = f64> {
    prop_oneof![
        3 => (-16_i32..=16).prop_map(|eighths| f64::from(eighths) / 8.0),
        2 => select(&[0.1, 0.2, 0.1 + 0.2, -0.1, 1e15 + 0.3, 1e-7, 123.456, -1e100]),
    ]
}

/// Wildcards of all databases, case, a little of the rest of the world, and spaces that some databases ignore.
fn texts() -> impl Strategy<Value = String> {
    let chosen = select(&[
        "", "a", "A", "b", "ab", "AB", "aB", "abc", "100%", "100", "%", "_", "a_b", "axb", "a\\b", "\\",
        "a!b", "a*b", "a?b", "[ab]", "a]b", "it's", "x", "x ", " x", "é", "É", "Ümlaut", "ümlaut", "straße",
        "日本", "🦀", "a\"b", "`", "^a", "a.b", "(a)", "a+", "$1", "?", ":a",
    ]);
    let made =
        vec(select(&["a", "A", "b", "B", "%", "_", "\\", "!", "*", "?", "[", "]", "'", "é", " ", "1"]), 0..5);
    prop_oneof![2 => chosen.prop_map(str::to_owned), 1 => made.prop_map(|parts| parts.concat())]
}

fn times() -> impl Strategy<Value = DateTime<Utc>> {
    let micros = prop_oneof![
        select(&[
            0,
            1,
            999_999,
            1_000_000,
            1_700_000_000_000_000,
            1_700_000_000_123_456,
            -1,
            -62_000_000_000_000_000
        ]),
        (0_i64..=3).prop_map(|hour| hour * 3_600_000_000),
    ];
    micros.prop_map(|micros| DateTime::from_timestamp_micros(micros).expect("an instant"))
}

fn days() -> impl Strategy<Value = NaiveDate> {
    prop_oneof![
        (1_u32..=5).prop_map(|day| NaiveDate::from_ymd_opt(2024, 2, 25 + day - 1).expect("a date")),
        select(&[(1, 1, 1), (1969, 12, 31), (9999, 12, 31)])
            .prop_map(|(year, month, day)| NaiveDate::from_ymd_opt(year, month, day).expect("a date")),
    ]
}

// ── Rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Rows of all three tables; the keys of the items are not without gaps.
pub fn data() -> impl Strategy<Value = Data> {
    let tag = (texts(), i32s(), option::of(texts()));
    let shelf = (texts(), option::of(i32s()), option::of(1..=TAGS));
    (
        vec(tag, usize::try_from(TAGS).expect("few")),
        vec(shelf, usize::try_from(SHELVES).expect("few")),
        vec(item(), 40..50),
    )
        .prop_map(|(tags, shelves, items)| Data {
            tags: (1..).zip(tags).map(|(id, (name, rank, note))| Tag { id, name, rank, note }).collect(),
            shelves: (1..)
                .zip(shelves)
                .map(|(id, (label, weight, keeper))| Shelf {
                    id,
                    label,
                    weight,
                    keeper: keeper.map(ForeignKey::new),
                })
                .collect(),
            items: (1..).zip(items).map(|(at, item)| Item { id: at + at / 5, ..item }).collect(),
        })
}

fn item() -> impl Strategy<Value = Item> {
    (
        (
            i32s(),
            bigs(),
            option::of(i64s()),
            texts(),
            option::of(texts()),
            any::<bool>(),
            option::of(any::<bool>()),
        ),
        (decimals(), option::of(decimals()), f64s(), times(), option::of(days()), u32s()),
        (option::of(1..=TAGS), 1..=SHELVES),
    )
        .prop_map(
            |(
                (number, big, amount, name, note, flag, maybe),
                (price, discount, ratio, at, day, stock),
                (tag, shelf),
            )| Item {
                id: 0,
                number,
                big,
                amount,
                name,
                note,
                flag,
                maybe,
                price,
                discount,
                ratio,
                at,
                day,
                stock,
                tag: tag.map(ForeignKey::new),
                shelf: ForeignKey::new(shelf),
            },
        )
}

// ── Conditions ───────────────────────────────────────────────────────────────────────────────────────────────────────

/// What may be added, subtracted and multiplied.
struct Calculation<T> {
    addends: BoxedStrategy<T>,
    factors: BoxedStrategy<T>,
    subtracts: bool,
    /// Whether two columns multiplied still fit.
    columns_multiply: bool,
}

impl<T: std::fmt::Debug + 'static> Calculation<T> {
    fn new(addends: impl Strategy<Value = T> + 'static, factors: impl Strategy<Value = T> + 'static) -> Self {
        Calculation {
            addends: addends.boxed(),
            factors: factors.boxed(),
            subtracts: true,
            columns_multiply: false,
        }
    }

    /// At most two steps, of which one may be a multiplication.
    fn steps<C: Column<T> + std::fmt::Debug>(&self) -> BoxedStrategy<Vec<(Arithmetic, Operand<C, T>)>>
    where
        T: Clone,
    {
        let signs =
            if self.subtracts { vec![Arithmetic::Add, Arithmetic::Subtract] } else { vec![Arithmetic::Add] };
        let sum = (select(signs), operand::<C, T>(self.addends.clone()));
        let product = if self.columns_multiply {
            operand::<C, T>(self.factors.clone()).boxed()
        } else {
            self.factors.clone().prop_map(Operand::Value).boxed()
        };
        let product = product.prop_map(|factor| (Arithmetic::Multiply, factor));
        prop_oneof![
            4 => Just(Vec::new()),
            2 => sum.clone().prop_map(|step| vec![step]),
            1 => product.clone().prop_map(|step| vec![step]),
            1 => (sum.clone(), product.clone()).prop_map(|(one, two)| vec![one, two]),
            1 => (product, sum.clone()).prop_map(|(one, two)| vec![one, two]),
            1 => (sum.clone(), sum).prop_map(|(one, two)| vec![one, two]),
        ]
        .boxed()
    }
}

fn operand<C: Column<T> + std::fmt::Debug, T: Clone + std::fmt::Debug + 'static>(
    values: BoxedStrategy<T>,
) -> BoxedStrategy<Operand<C, T>> {
    prop_oneof![2 => values.prop_map(Operand::Value), 1 => select(C::ALL).prop_map(Operand::Column)].boxed()
}

fn term<C: Column<T> + std::fmt::Debug, T: Clone + std::fmt::Debug + 'static>(
    calculation: Option<&Calculation<T>>,
) -> BoxedStrategy<Term<C, T>> {
    let steps = calculation.map_or_else(|| Just(Vec::new()).boxed(), Calculation::steps::<C>);
    (select(C::ALL), steps).prop_map(|(column, steps)| Term { column, steps }).boxed()
}

fn comparison<C: Column<T> + std::fmt::Debug, T: Clone + std::fmt::Debug + 'static>(
    values: impl Strategy<Value = T> + 'static,
    calculation: Option<&Calculation<T>>,
) -> BoxedStrategy<Comparison<C, T>> {
    let values = values.boxed();
    let operand = operand::<C, T>(values.clone());
    let test = prop_oneof![
        2 => operand.clone().prop_map(Test::Eq),
        1 => operand.clone().prop_map(Test::Ne),
        1 => operand.clone().prop_map(Test::Gt),
        1 => operand.clone().prop_map(Test::Ge),
        1 => operand.clone().prop_map(Test::Lt),
        1 => operand.clone().prop_map(Test::Le),
        1 => (values.clone(), operand).prop_map(|(low, high)| Test::Between(low, high)),
        2 => vec(values, 0..4).prop_map(Test::IsIn),
    ];
    (term(calculation), test).prop_map(|(left, test)| Comparison { left, test }).boxed()
}

fn i32_calculation() -> Calculation<i32> {
    Calculation { columns_multiply: true, ..Calculation::new(i32s(), -1_000..=1_000) }
}

fn i64_calculation() -> Calculation<i64> {
    Calculation { columns_multiply: true, ..Calculation::new(i64s(), -1_000_i64..=1_000) }
}

fn u32_calculation() -> Calculation<u32> {
    // A difference below zero does not fit an unsigned column, and MySQL refuses to calculate it.
    Calculation { subtracts: false, ..Calculation::new(u32s(), 0_u32..=1_000) }
}

fn decimal_calculation() -> Calculation<Decimal> {
    Calculation::new(decimals(), (-999_i64..=999).prop_map(|cents| Decimal::new(cents, 2)))
}

fn f64_calculation() -> Calculation<f64> {
    Calculation::new(f64s(), select(&[0.1, 0.5, -2.0, 3.0]))
}

fn search() -> impl Strategy<Value = Search> {
    prop_oneof![
        2 => texts().prop_map(Search::Contains),
        2 => texts().prop_map(Search::IContains),
        1 => texts().prop_map(Search::StartsWith),
        1 => texts().prop_map(Search::IStartsWith),
        1 => texts().prop_map(Search::EndsWith),
        1 => texts().prop_map(Search::IEndsWith),
        1 => texts().prop_map(Search::IExact),
        1 => select(PATTERNS.iter().collect::<Vec<_>>()).prop_map(Search::Regex),
        1 => select(PATTERNS.iter().collect::<Vec<_>>()).prop_map(Search::IRegex),
    ]
}

fn key_test(keys: i64) -> impl Strategy<Value = KeyTest> {
    // One key that no row has.
    let key = 1..=keys + 1;
    prop_oneof![key.clone().prop_map(KeyTest::Eq), vec(key, 0..4).prop_map(KeyTest::IsIn)]
}

fn leaf() -> BoxedStrategy<Condition> {
    prop_oneof![
        2 => comparison(i32s(), Some(&i32_calculation())).prop_map(Condition::I32),
        2 => comparison(prop_oneof![0_i64..=60, i64s()], Some(&i64_calculation())).prop_map(Condition::I64),
        1 => comparison(bigs(), None).prop_map(Condition::Big),
        1 => comparison(u32s(), Some(&u32_calculation())).prop_map(Condition::U32),
        2 => comparison(decimals(), Some(&decimal_calculation())).prop_map(Condition::Decimal),
        1 => comparison(f64s(), Some(&f64_calculation())).prop_map(Condition::F64),
        3 => comparison(texts(), None).prop_map(Condition::Text),
        1 => comparison(any::<bool>(), None).prop_map(Condition::Bool),
        1 => comparison(times(), None).prop_map(Condition::Time),
        1 => comparison(days(), None).prop_map(Condition::Day),
        4 => (select(TextColumn::ALL), search())
            .prop_map(|(column, search)| Condition::Search(column, search)),
        1 => select(BoolColumn::ALL).prop_map(Condition::Is),
        2 => select(NullableColumn::ALL).prop_map(Condition::IsNull),
        1 => select(NullableColumn::ALL).prop_map(Condition::IsNotNull),
        1 => key_test(TAGS).prop_map(Condition::Tag),
        1 => key_test(SHELVES).prop_map(Condition::Shelf),
    ]
    .boxed()
}

/// A condition, nested a few levels.
pub fn condition() -> BoxedStrategy<Condition> {
    leaf()
        .prop_recursive(4, 16, 2, |inner| {
            let pair = (inner.clone(), inner.clone()).prop_map(|(left, right)| Box::new([left, right]));
            prop_oneof![
                2 => pair.clone().prop_map(Condition::And),
                2 => pair.clone().prop_map(Condition::Or),
                1 => pair.prop_map(Condition::Xor),
                2 => inner.prop_map(|inner| Condition::Not(Box::new(inner))),
            ]
        })
        .boxed()
}

// ── Queries ──────────────────────────────────────────────────────────────────────────────────────────────────────────

pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    vec(prop_oneof![2 => condition().prop_map(Step::Filter), 1 => condition().prop_map(Step::Exclude)], 0..3)
}

fn order() -> impl Strategy<Value = Order> {
    let by = prop_oneof![
        2 => term(Some(&i32_calculation())).prop_map(By::I32),
        1 => term(Some(&u32_calculation())).prop_map(By::U32),
        2 => term(Some(&decimal_calculation())).prop_map(By::Decimal),
        1 => term(Some(&f64_calculation())).prop_map(By::F64),
        1 => term(Some(&i64_calculation())).prop_map(By::I64),
        1 => term(None).prop_map(By::Big),
        3 => select(TextColumn::ALL).prop_map(By::Text),
        1 => select(BoolColumn::ALL).prop_map(By::Bool),
        1 => select(TimeColumn::ALL).prop_map(By::Time),
        1 => select(DayColumn::ALL).prop_map(By::Day),
    ];
    (by, any::<bool>(), option::of(any::<bool>())).prop_map(|(by, descending, nulls_first)| Order {
        by,
        descending,
        nulls_first,
    })
}

/// A query for items.
pub fn query() -> impl Strategy<Value = Query> {
    let slices = prop_oneof![
        3 => Just(Vec::new()),
        2 => vec((0_u64..30, option::of(0_u64..20)), 1..3),
    ];
    (steps(), vec(order(), 0..3), any::<bool>(), any::<bool>(), any::<bool>(), slices).prop_map(
        |(steps, order, last_descending, reversed, distinct, slices)| Query {
            steps,
            order,
            last_descending,
            reversed,
            distinct,
            slices,
        },
    )
}
