//! Conditions as data to the same conditions in orm.

use orm::prelude::*;
use orm::queryset::{Expr, Expression, Order};
use orm::value::SqlType;

use super::column::*;
use super::condition::{Arithmetic, Comparison, Condition, KeyTest, Operand, Term, Test};
use super::model::{Item, ItemFields};
use super::text::Search;

impl Condition {
    /// The same condition in orm.
    pub fn predicate(&self, p: ItemFields) -> Predicate<Item> {
        match self {
            Condition::I32(comparison) => comparison_i32(comparison, p),
            Condition::I64(comparison) => comparison_i64(comparison, p),
            Condition::Big(comparison) => comparison_big(comparison, p),
            Condition::U32(comparison) => comparison_u32(comparison, p),
            Condition::Decimal(comparison) => comparison_decimal(comparison, p),
            Condition::F64(comparison) => comparison_f64(comparison, p),
            Condition::Text(Comparison { left, test }) => {
                with_text!(left.column, p, |field| test_text(field, test, p))
            }
            Condition::Bool(Comparison { left, test }) => {
                with_bool!(left.column, p, |field| test_bool(field, test, p))
            }
            Condition::Time(Comparison { left, test }) => {
                with_time!(left.column, p, |field| test_time(field, test, p))
            }
            Condition::Day(Comparison { left, test }) => {
                with_day!(left.column, p, |field| test_day(field, test, p))
            }
            Condition::Search(column, search) => with_text!(*column, p, |field| found(field, search)),
            // `!!` makes a predicate of the field; two negations are none.
            Condition::Is(column) => with_bool!(*column, p, |field| !!field),
            Condition::IsNull(column) => with_nullable!(*column, p, |field| field.is_null()),
            Condition::IsNotNull(column) => with_nullable!(*column, p, |field| field.is_not_null()),
            Condition::Tag(KeyTest::Eq(key)) => p.tag.eq(ForeignKey::new(*key)),
            Condition::Tag(KeyTest::IsIn(keys)) => p.tag.is_in(keys.iter().map(|key| ForeignKey::new(*key))),
            Condition::Shelf(KeyTest::Eq(key)) => p.shelf.eq(ForeignKey::new(*key)),
            Condition::Shelf(KeyTest::IsIn(keys)) => {
                p.shelf.is_in(keys.iter().map(|key| ForeignKey::new(*key)))
            }
            Condition::And(pair) => match (&pair[0], &pair[1]) {
                // A boolean field may stand in a condition as it is, on either side.
                (Condition::Is(column), right) => {
                    with_bool!(*column, p, |field| field & right.predicate(p))
                }
                (left, Condition::Is(column)) => {
                    with_bool!(*column, p, |field| left.predicate(p) & field)
                }
                (left, right) => left.predicate(p) & right.predicate(p),
            },
            Condition::Or(pair) => pair[0].predicate(p) | pair[1].predicate(p),
            Condition::Xor(pair) => pair[0].predicate(p) ^ pair[1].predicate(p),
            Condition::Not(inner) => match inner.as_ref() {
                Condition::Is(column) => with_bool!(*column, p, |field| !field),
                inner => !inner.predicate(p),
            },
        }
    }
}

fn found<E>(field: E, search: &Search) -> Predicate<Item>
where
    E: Expression<Scope = Item, Type: SqlType<Base = String>>,
{
    match search {
        Search::Contains(text) => field.contains(text),
        Search::IContains(text) => field.icontains(text),
        Search::StartsWith(text) => field.startswith(text),
        Search::IStartsWith(text) => field.istartswith(text),
        Search::EndsWith(text) => field.endswith(text),
        Search::IEndsWith(text) => field.iendswith(text),
        Search::IExact(text) => field.iexact(text),
        Search::Regex(pattern) => field.regex(pattern.text),
        Search::IRegex(pattern) => field.iregex(pattern.text),
    }
}

/// A function that asks something of an expression of one type.
macro_rules! tests {
    ($($test:ident, $with:ident, $column:ty: $type:ty;)+) => {$(
        fn $test<E>(left: E, test: &Test<$column, $type>, p: ItemFields) -> Predicate<Item>
        where
            E: Expression<Scope = Item, Type: SqlType<Base = $type>>,
        {
            macro_rules! compare {
                ($method:ident, $right:expr) => {
                    match $right {
                        Operand::Value(value) => left.$method(value.clone()),
                        Operand::Column(column) => $with!(*column, p, |right| left.$method(right)),
                    }
                };
            }
            match test {
                Test::Eq(right) => compare!(eq, right),
                Test::Ne(right) => compare!(ne, right),
                Test::Gt(right) => compare!(gt, right),
                Test::Ge(right) => compare!(ge, right),
                Test::Lt(right) => compare!(lt, right),
                Test::Le(right) => compare!(le, right),
                Test::Between(low, Operand::Value(high)) => left.between(low.clone(), high.clone()),
                Test::Between(low, Operand::Column(column)) => {
                    $with!(*column, p, |high| left.between(low.clone(), high))
                }
                Test::IsIn(list) => left.is_in(list.iter().cloned()),
            }
        }
    )+};
}

tests! {
    test_i32, with_i32, I32Column: i32;
    test_i64, with_i64, I64Column: i64;
    test_big, with_big, BigColumn: i64;
    test_u32, with_u32, U32Column: u32;
    test_decimal, with_decimal, DecimalColumn: Decimal;
    test_f64, with_f64, F64Column: f64;
    test_text, with_text, TextColumn: String;
    test_bool, with_bool, BoolColumn: bool;
    test_time, with_time, TimeColumn: DateTime<Utc>;
    test_day, with_day, DayColumn: NaiveDate;
}

/// One step of arithmetic, and what to do with the result.
macro_rules! calculate {
    ($left:expr, $step:expr, $right:expr, $with:ident, $p:expr, |$result:ident| $body:expr) => {
        match $right {
            Operand::Value(value) => calculate!(@ $left, $step, value.clone(), |$result| $body),
            Operand::Column(column) => {
                $with!(*column, $p, |other| calculate!(@ $left, $step, other, |$result| $body))
            }
        }
    };
    (@ $left:expr, $step:expr, $right:expr, |$result:ident| $body:expr) => {
        match $step {
            Arithmetic::Add => {
                let $result = $left + $right;
                $body
            }
            Arithmetic::Subtract => {
                let $result = $left - $right;
                $body
            }
            Arithmetic::Multiply => {
                let $result = $left * $right;
                $body
            }
        }
    };
}

/// Functions that calculate with columns of one type in at most two steps, and then compare the result or sort by it.
macro_rules! calculations {
    ($($comparison:ident $then_compare:ident $order:ident $then_order:ident,
       $test:ident, $with:ident, $column:ty: $type:ty;)+) => {$(
        fn $comparison(comparison: &Comparison<$column, $type>, p: ItemFields) -> Predicate<Item> {
            let Comparison { left, test } = comparison;
            $with!(left.column, p, |field| match left.steps.split_first() {
                None => $test(field, test, p),
                Some(((step, right), rest)) => {
                    calculate!(field, step, right, $with, p, |result| $then_compare(result, rest, test, p))
                }
            })
        }

        fn $then_compare<T: SqlType<Base = $type>>(
            left: Expr<Item, T>,
            steps: &[(Arithmetic, Operand<$column, $type>)],
            test: &Test<$column, $type>,
            p: ItemFields,
        ) -> Predicate<Item> {
            match steps.first() {
                None => $test(left, test, p),
                Some((step, right)) => {
                    calculate!(left, step, right, $with, p, |result| $test(result, test, p))
                }
            }
        }

        /// An order by the term, ascending.
        pub fn $order(term: &Term<$column, $type>, p: ItemFields) -> Order<Item> {
            $with!(term.column, p, |field| match term.steps.split_first() {
                None => field.asc(),
                Some(((step, right), rest)) => {
                    calculate!(field, step, right, $with, p, |result| $then_order(result, rest, p))
                }
            })
        }

        fn $then_order<T: SqlType<Base = $type>>(
            left: Expr<Item, T>,
            steps: &[(Arithmetic, Operand<$column, $type>)],
            p: ItemFields,
        ) -> Order<Item> {
            match steps.first() {
                None => left.asc(),
                Some((step, right)) => calculate!(left, step, right, $with, p, |result| result.asc()),
            }
        }
    )+};
}

calculations! {
    comparison_i32 then_compare_i32 order_i32 then_order_i32, test_i32, with_i32, I32Column: i32;
    comparison_i64 then_compare_i64 order_i64 then_order_i64, test_i64, with_i64, I64Column: i64;
    comparison_big then_compare_big order_big then_order_big, test_big, with_big, BigColumn: i64;
    comparison_u32 then_compare_u32 order_u32 then_order_u32, test_u32, with_u32, U32Column: u32;
    comparison_decimal then_compare_decimal order_decimal then_order_decimal,
        test_decimal, with_decimal, DecimalColumn: Decimal;
    comparison_f64 then_compare_f64 order_f64 then_order_f64, test_f64, with_f64, F64Column: f64;
}
