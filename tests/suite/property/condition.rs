//! Conditions as data, and what they say about a row in memory.

use std::cmp::Ordering;

use orm::prelude::*;

use super::column::*;
use super::logic::{self, Truth};
use super::model::Row;
use super::text::Search;

/// A condition on an item.
#[derive(Clone, Debug)]
pub enum Condition {
    I32(Comparison<I32Column, i32>),
    I64(Comparison<I64Column, i64>),
    Big(Comparison<BigColumn, i64>),
    U32(Comparison<U32Column, u32>),
    Decimal(Comparison<DecimalColumn, Decimal>),
    F64(Comparison<F64Column, f64>),
    Text(Comparison<TextColumn, String>),
    Bool(Comparison<BoolColumn, bool>),
    Time(Comparison<TimeColumn, DateTime<Utc>>),
    Day(Comparison<DayColumn, NaiveDate>),
    Search(TextColumn, Search),
    /// A boolean field is a condition by itself.
    Is(BoolColumn),
    IsNull(NullableColumn),
    IsNotNull(NullableColumn),
    Tag(KeyTest),
    Shelf(KeyTest),
    And(Box<[Condition; 2]>),
    Or(Box<[Condition; 2]>),
    Xor(Box<[Condition; 2]>),
    Not(Box<Condition>),
}

/// What is asked of an expression on columns `C` with values `T`.
#[derive(Clone, Debug)]
pub struct Comparison<C, T> {
    pub left: Term<C, T>,
    pub test: Test<C, T>,
}

/// A column, and arithmetic on it.
#[derive(Clone, Debug)]
pub struct Term<C, T> {
    pub column: C,
    pub steps: Vec<(Arithmetic, Operand<C, T>)>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Arithmetic {
    Add,
    Subtract,
    Multiply,
}

/// The right side of a comparison or of arithmetic.
#[derive(Clone, Debug)]
pub enum Operand<C, T> {
    Value(T),
    Column(C),
}

#[derive(Clone, Debug)]
pub enum Test<C, T> {
    Eq(Operand<C, T>),
    Ne(Operand<C, T>),
    Gt(Operand<C, T>),
    Ge(Operand<C, T>),
    Lt(Operand<C, T>),
    Le(Operand<C, T>),
    Between(T, Operand<C, T>),
    IsIn(Vec<T>),
}

/// What is asked of a foreign key.
#[derive(Clone, Debug)]
pub enum KeyTest {
    Eq(i64),
    IsIn(Vec<i64>),
}

/// A value with its arithmetic, in a type where nothing overflows.
pub trait Scalar: Clone {
    type Wide: PartialOrd + Clone;

    fn wide(&self) -> Self::Wide;

    fn calculate(_left: Self::Wide, _step: Arithmetic, _right: Self::Wide) -> Self::Wide {
        panic!("no arithmetic on this type is generated")
    }
}

macro_rules! numbers {
    ($($type:ty => $wide:ty;)+) => {$(
        impl Scalar for $type {
            type Wide = $wide;

            fn wide(&self) -> $wide {
                <$wide>::from(*self)
            }

            fn calculate(left: $wide, step: Arithmetic, right: $wide) -> $wide {
                match step {
                    Arithmetic::Add => left + right,
                    Arithmetic::Subtract => left - right,
                    Arithmetic::Multiply => left * right,
                }
            }
        }
    )+};
}

numbers! {
    i32 => i128;
    i64 => i128;
    u32 => i128;
    f64 => f64;
    Decimal => Decimal;
}

macro_rules! others {
    ($($type:ty)+) => {$(
        impl Scalar for $type {
            type Wide = $type;

            fn wide(&self) -> $type {
                self.clone()
            }
        }
    )+};
}

others!(String bool DateTime<Utc> NaiveDate);

impl Condition {
    /// What SQL says about the row.
    pub fn truth(&self, row: &Row) -> Truth {
        match self {
            Condition::I32(comparison) => comparison.truth(row),
            Condition::I64(comparison) => comparison.truth(row),
            Condition::Big(comparison) => comparison.truth(row),
            Condition::U32(comparison) => comparison.truth(row),
            Condition::Decimal(comparison) => comparison.truth(row),
            Condition::F64(comparison) => comparison.truth(row),
            Condition::Text(comparison) => comparison.truth(row),
            Condition::Bool(comparison) => comparison.truth(row),
            Condition::Time(comparison) => comparison.truth(row),
            Condition::Day(comparison) => comparison.truth(row),
            Condition::Search(column, search) => column.read(row).map(|text| search.finds(&text)),
            Condition::Is(column) => column.read(row),
            Condition::IsNull(column) => Some(column.read(row).is_none()),
            Condition::IsNotNull(column) => Some(column.read(row).is_some()),
            Condition::Tag(test) => test.truth(row.item.tag.as_ref().map(|key| *key.key())),
            Condition::Shelf(test) => test.truth(Some(*row.item.shelf.key())),
            Condition::And(pair) => logic::and(pair[0].truth(row), pair[1].truth(row)),
            Condition::Or(pair) => logic::or(pair[0].truth(row), pair[1].truth(row)),
            Condition::Xor(pair) => logic::xor(pair[0].truth(row), pair[1].truth(row)),
            Condition::Not(inner) => logic::not(inner.truth(row)),
        }
    }
}

impl<C: Column<T>, T: Scalar> Comparison<C, T> {
    fn truth(&self, row: &Row) -> Truth {
        let left = self.left.value(row);
        let compare = |right: &Operand<C, T>, holds: fn(Ordering) -> bool| {
            compare(left.as_ref(), right.value(row), holds)
        };
        match &self.test {
            Test::Eq(right) => compare(right, Ordering::is_eq),
            Test::Ne(right) => compare(right, Ordering::is_ne),
            Test::Gt(right) => compare(right, Ordering::is_gt),
            Test::Ge(right) => compare(right, Ordering::is_ge),
            Test::Lt(right) => compare(right, Ordering::is_lt),
            Test::Le(right) => compare(right, Ordering::is_le),
            Test::Between(low, high) => logic::and(
                compare(&Operand::Value(low.clone()), Ordering::is_ge),
                compare(high, Ordering::is_le),
            ),
            Test::IsIn(list) if list.is_empty() => Some(false),
            Test::IsIn(list) => left.as_ref().map(|left| list.iter().any(|value| value.wide() == *left)),
        }
    }
}

fn compare<W: PartialOrd>(left: Option<&W>, right: Option<W>, holds: fn(Ordering) -> bool) -> Truth {
    left?.partial_cmp(&right?).map(holds)
}

impl<C: Column<T>, T: Scalar> Term<C, T> {
    /// The value in a row.
    pub fn value(&self, row: &Row) -> Option<T::Wide> {
        self.steps.iter().try_fold(self.column.read(row)?.wide(), |left, (step, right)| {
            right.value(row).map(|right| T::calculate(left, *step, right))
        })
    }
}

impl<C: Column<T>, T: Scalar> Operand<C, T> {
    fn value(&self, row: &Row) -> Option<T::Wide> {
        match self {
            Operand::Value(value) => Some(value.wide()),
            Operand::Column(column) => column.read(row).map(|value| value.wide()),
        }
    }
}

impl KeyTest {
    fn truth(&self, key: Option<i64>) -> Truth {
        match self {
            KeyTest::Eq(value) => key.map(|key| key == *value),
            KeyTest::IsIn(list) if list.is_empty() => Some(false),
            KeyTest::IsIn(list) => key.map(|key| list.contains(&key)),
        }
    }
}
