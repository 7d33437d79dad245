//! Queries as data, as querysets, and as what they give in memory.

use std::cmp::Ordering;

use orm::prelude::*;
use orm::queryset::Order as OrmOrder;

use super::build::{order_big, order_decimal, order_f64, order_i32, order_i64, order_u32};
use super::column::*;
use super::condition::{Condition, Term};
use super::model::{Item, ItemFields, Row};

/// A query for items.
#[derive(Clone, Debug)]
pub struct Query {
    pub steps: Vec<Step>,
    pub order: Vec<Order>,
    /// The order of the unique key at the end: without it the order of equal rows is the database's choice.
    pub last_descending: bool,
    pub reversed: bool,
    pub distinct: bool,
    pub slices: Vec<(u64, Option<u64>)>,
}

#[derive(Clone, Debug)]
pub enum Step {
    Filter(Condition),
    Exclude(Condition),
}

#[derive(Clone, Debug)]
pub struct Order {
    pub by: By,
    pub descending: bool,
    pub nulls_first: Option<bool>,
}

#[derive(Clone, Debug)]
pub enum By {
    I32(Term<I32Column, i32>),
    U32(Term<U32Column, u32>),
    Decimal(Term<DecimalColumn, Decimal>),
    F64(Term<F64Column, f64>),
    I64(Term<I64Column, i64>),
    Big(Term<BigColumn, i64>),
    Text(TextColumn),
    Bool(BoolColumn),
    Time(TimeColumn),
    Day(DayColumn),
}

impl Step {
    pub fn keeps(&self, row: &Row) -> bool {
        match self {
            Step::Filter(condition) => condition.truth(row) == Some(true),
            Step::Exclude(condition) => condition.truth(row) != Some(true),
        }
    }

    pub fn apply(&self, queryset: QuerySet<Item>) -> QuerySet<Item> {
        match self {
            Step::Filter(condition) => queryset.filter(|p| condition.predicate(p)),
            Step::Exclude(condition) => queryset.exclude(|p| condition.predicate(p)),
        }
    }
}

impl Query {
    pub fn is_sliced(&self) -> bool {
        // From the first row on and without an end are all rows.
        self.slices.iter().any(|slice| *slice != (0, None))
    }

    /// The same query in orm.
    pub fn queryset(&self) -> QuerySet<Item> {
        let mut queryset = self.steps.iter().fold(Item::objects(), |queryset, step| step.apply(queryset));
        queryset = queryset.order_by(|p| {
            let mut terms: Vec<OrmOrder<Item>> = self.order.iter().map(|order| order.term(p)).collect();
            terms.push(if self.last_descending { p.id.desc() } else { p.id.asc() });
            terms
        });
        if self.reversed {
            queryset = queryset.reverse();
        }
        if self.distinct {
            queryset = queryset.distinct();
        }
        for (start, length) in &self.slices {
            queryset = match length {
                Some(length) => queryset.slice(*start..*start + *length),
                None => queryset.slice(*start..),
            };
        }
        queryset
    }

    /// The keys of the rows that it gives, in order.
    pub fn keys(&self, rows: &[Row]) -> Vec<i64> {
        let mut found: Vec<&Row> =
            rows.iter().filter(|row| self.steps.iter().all(|step| step.keeps(row))).collect();
        found.sort_by(|left, right| {
            let unequal =
                self.order.iter().map(|order| order.compare(left, right)).find(|order| order.is_ne());
            let by_key = left.item.id.cmp(&right.item.id);
            let order = unequal.unwrap_or(if self.last_descending { by_key.reverse() } else { by_key });
            if self.reversed { order.reverse() } else { order }
        });
        let mut keys: Vec<i64> = found.into_iter().map(|row| row.item.id).collect();
        for (start, length) in &self.slices {
            let rest = keys.into_iter().skip(usize::try_from(*start).expect("a small number"));
            keys = match length {
                Some(length) => rest.take(usize::try_from(*length).expect("a small number")).collect(),
                None => rest.collect(),
            };
        }
        keys
    }
}

impl Order {
    fn term(&self, p: ItemFields) -> OrmOrder<Item> {
        let ascending = match &self.by {
            By::I32(term) => order_i32(term, p),
            By::U32(term) => order_u32(term, p),
            By::Decimal(term) => order_decimal(term, p),
            By::F64(term) => order_f64(term, p),
            By::I64(term) => order_i64(term, p),
            By::Big(term) => order_big(term, p),
            By::Text(column) => with_text!(*column, p, |field| field.asc()),
            By::Bool(column) => with_bool!(*column, p, |field| field.asc()),
            By::Time(column) => with_time!(*column, p, |field| field.asc()),
            By::Day(column) => with_day!(*column, p, |field| field.asc()),
        };
        let term = if self.descending { ascending.reversed() } else { ascending };
        match self.nulls_first {
            None => term,
            Some(true) => term.nulls_first(),
            Some(false) => term.nulls_last(),
        }
    }

    fn compare(&self, left: &Row, right: &Row) -> Ordering {
        match &self.by {
            By::I32(term) => self.place(term.value(left), term.value(right)),
            By::U32(term) => self.place(term.value(left), term.value(right)),
            By::Decimal(term) => self.place(term.value(left), term.value(right)),
            By::F64(term) => self.place(term.value(left), term.value(right)),
            By::I64(term) => self.place(term.value(left), term.value(right)),
            By::Big(term) => self.place(term.value(left), term.value(right)),
            By::Text(column) => self.place(column.read(left), column.read(right)),
            By::Bool(column) => self.place(column.read(left), column.read(right)),
            By::Time(column) => self.place(column.read(left), column.read(right)),
            By::Day(column) => self.place(column.read(left), column.read(right)),
        }
    }

    fn place<T: PartialOrd>(&self, left: Option<T>, right: Option<T>) -> Ordering {
        let nulls_first = self.nulls_first.unwrap_or(self.descending);
        match (left, right) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => {
                if nulls_first {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
            (Some(_), None) => {
                if nulls_first {
                    Ordering::Greater
                } else {
                    Ordering::Less
                }
            }
            (Some(left), Some(right)) => {
                let order = left.partial_cmp(&right).expect("numbers are finite");
                if self.descending { order.reverse() } else { order }
            }
        }
    }
}
