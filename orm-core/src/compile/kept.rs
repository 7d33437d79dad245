//! Texts that were compiled before, by the form of their statement: most programs ask the same things with other values.
//!
//! Each thread keeps its own, so that nobody waits for it; a table of a fixed size, in which a form that falls on another's
//! place displaces it. A form is compared in full. Its text is learnt when it is compiled for the second time: the same
//! statement is compiled again with other values, which have to give the same text, and from which it is seen where each
//! value stands in it.

use std::cell::RefCell;

use chrono::{DateTime, NaiveDate, NaiveTime};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::dialect::Dialect;
use super::feature::Features;
use super::fit::fit;
use super::form::{Form, Formed, Place};
use super::sql::{Access, CompiledSql, Operation, Read};
use super::sql_text::SqlText;
use crate::error::Result;
use crate::value::{Value, ValueKind};

/// Places for forms, for each thread.
const PLACES: usize = 256;
/// Bytes of the longest text that is kept.
const LONGEST: usize = 4_096;

/// Compiles a statement, or takes its text from among those kept.
pub(super) fn kept<S: Formed>(
    mut statement: S,
    dialect: Dialect,
    operation: Operation,
    compile: fn(S, Dialect, Operation) -> Result<CompiledSql>,
) -> Result<CompiledSql> {
    match find(&mut statement, dialect) {
        Found::Text(Filled { sql, params, access, features, read }) => {
            Ok(CompiledSql { features, read, ..CompiledSql::new(sql, params, access, operation) })
        }
        Found::Nothing => compile(statement, dialect, operation),
        Found::Familiar(words) => {
            let probe = statement.clone();
            let sql = compile(statement, dialect, operation)?;
            let order = learn(&probe, &sql, dialect, compile);
            let text = order.map(|order| Text {
                sql: SqlText::kept(&sql.sql),
                order: Some(order).filter(|order| !order.is_sorted()),
                access: sql.access,
                features: sql.features,
                read: sql.read,
            });
            keep(words, text);
            Ok(sql)
        }
    }
}

enum Found {
    /// Its text, with its values.
    Text(Filled),
    /// It has to be compiled.
    Nothing,
    /// It has to be compiled, and it is worth keeping: it was asked for before.
    Familiar(Box<[u64]>),
}

/// What is at a place.
enum Kept {
    Nothing,
    /// A form with this hash was asked for once.
    Seen(u64),
    /// A form with its text; without one where its text is not to be kept.
    Form(Box<[u64]>, Option<Text>),
}

struct Text {
    sql: SqlText,
    /// For each parameter which of the values it is, unless they are in their order.
    order: Option<Box<[u8]>>,
    access: Access,
    features: Features,
    read: Option<Read>,
}

/// What a text and a statement's values make.
struct Filled {
    sql: SqlText,
    params: Vec<Value>,
    access: Access,
    features: Features,
    read: Option<Read>,
}

struct Cache {
    /// Made when it is first needed.
    places: Vec<Kept>,
    words: Vec<u64>,
}

thread_local! {
    static CACHE: RefCell<Cache> = const { RefCell::new(Cache { places: Vec::new(), words: Vec::new() }) };
}

/// Runs something with the thread's cache, unless the thread is ending: then it is `otherwise`.
fn with_cache<T>(otherwise: T, run: impl FnOnce(&mut Cache) -> T) -> T {
    let mut result = otherwise;
    // Without a cache nothing is kept, which is all that there is to know about it.
    let _ = CACHE.try_with(|cache| {
        if let Ok(mut cache) = cache.try_borrow_mut() {
            result = run(&mut cache);
        }
    });
    result
}

fn find<S: Formed>(statement: &mut S, dialect: Dialect) -> Found {
    with_cache(Found::Nothing, |cache| cache.find(statement, dialect))
}

fn keep(words: Box<[u64]>, text: Option<Text>) {
    with_cache((), |cache| {
        let hash = hash(&words);
        if let Some(place) = cache.places.get_mut(place_of(hash)) {
            *place = Kept::Form(words, text);
        }
    });
}

impl Cache {
    fn find<S: Formed>(&mut self, statement: &mut S, dialect: Dialect) -> Found {
        let Cache { places, words } = self;
        let mut form = Form::new(words, dialect as u64);
        if !statement.form(&mut form) {
            return Found::Nothing;
        }
        if places.is_empty() {
            places.resize_with(PLACES, || Kept::Nothing);
        }
        let hash = hash(form.words());
        let Some(place) = places.get_mut(place_of(hash)) else { return Found::Nothing };
        match place {
            Kept::Form(words, text) if **words == *form.words() => {
                let Some(text) = text.as_ref().filter(|_| can_be_bound(&mut form, dialect)) else {
                    return Found::Nothing;
                };
                let params = match &text.order {
                    None if S::IS_LIST => statement.take_list(),
                    order => taken(form.places(), order.as_deref()),
                };
                params.map_or(Found::Nothing, |params| Found::Text(text.with_values(params)))
            }
            Kept::Seen(seen) if *seen == hash => Found::Familiar(form.words().into()),
            place => {
                *place = Kept::Seen(hash);
                Found::Nothing
            }
        }
    }
}

impl Text {
    fn with_values(&self, params: Vec<Value>) -> Filled {
        let Text { sql, access, features, read, order: _ } = self;
        Filled { sql: sql.clone(), params, access: *access, features: *features, read: *read }
    }
}

/// Brings values into the shape of their fields; false where one cannot be bound, which compiling reports.
fn can_be_bound(form: &mut Form<'_, '_>, dialect: Dialect) -> bool {
    form.places().iter_mut().all(|place| {
        let Some(Place { value, stored_in }) = place else { return false };
        // These can be bound everywhere, and fit every field that has their kind.
        if matches!(value, Value::Bool(_) | Value::I16(_) | Value::I32(_) | Value::I64(_)) {
            return true;
        }
        stored_in.is_none_or(|field| fit(value, field).is_ok())
            && dialect.spelling().check_value((&**value).into()).is_ok()
    })
}

/// The values, taken out of the statement in their order or in this one.
fn taken(places: &mut [Option<Place<'_>>], order: Option<&[u8]>) -> Option<Vec<Value>> {
    let take = |place: &mut Option<Place<'_>>| {
        place.as_mut().map(|place| std::mem::replace(place.value, Value::Bool(false)))
    };
    let mut params = Vec::with_capacity(places.len());
    match order {
        None => {
            for place in places {
                params.push(take(place)?);
            }
        }
        Some(order) => {
            for at in order {
                params.push(take(places.get_mut(usize::from(*at))?)?);
            }
        }
    }
    Some(params)
}

/// Which of the statement's values each parameter of its text is; none when the text is not to be kept.
///
/// The statement is compiled with markers in place of its values, of which there are two for each kind: in each round
/// a value's marker is one digit of its number. In the last round all are the same.
fn learn<S: Formed>(
    statement: &S,
    sql: &CompiledSql,
    dialect: Dialect,
    compile: fn(S, Dialect, Operation) -> Result<CompiledSql>,
) -> Option<Box<[u8]>> {
    if sql.runs != 1
        || sql.copy.is_some()
        || sql.rows.is_some()
        || sql.weighs_values
        || sql.sql.len() > LONGEST
    {
        return None;
    }
    let count = sql.params.len();
    let rounds = count.checked_ilog2().map_or(0, |digits| digits + 1);
    let mut order = vec![0_usize; count];
    for round in 0..=rounds {
        let mut probe = statement.clone();
        let digit = |number: usize| round == rounds || number >> round & 1 == 1;
        if mark(&mut probe, dialect, digit)? != count {
            return None;
        }
        let probed = compile(probe, dialect, sql.operation).ok()?;
        if !is_same(&probed, sql) {
            return None;
        }
        for (at, param) in order.iter_mut().zip(&probed.params) {
            if *param == marker(param.kind(), true) {
                *at |= usize::from(round < rounds) << round;
            } else if round == rounds || *param != marker(param.kind(), false) {
                return None;
            }
        }
    }
    let each_once = (0..count).all(|number| order.contains(&number));
    let order: Option<Vec<u8>> = order.into_iter().map(|at| u8::try_from(at).ok()).collect();
    order.filter(|_| each_once).map(Vec::into_boxed_slice)
}

/// Puts markers in place of the values; their number.
fn mark<S: Formed>(statement: &mut S, dialect: Dialect, digit: impl Fn(usize) -> bool) -> Option<usize> {
    let mut words = Vec::new();
    let mut form = Form::new(&mut words, dialect as u64);
    if !statement.form(&mut form) {
        return None;
    }
    for (number, place) in form.places().iter_mut().enumerate() {
        let place = place.as_mut()?;
        *place.value = marker(place.value.kind(), digit(number));
    }
    Some(form.places().len())
}

/// All but the values, and what it was made for, is the same.
fn is_same(probed: &CompiledSql, sql: &CompiledSql) -> bool {
    let CompiledSql {
        sql: text,
        params,
        access,
        operation: _,
        features,
        read,
        copy,
        rows,
        runs,
        weighs_values,
    } = probed;
    *text == sql.sql
        && params.len() == sql.params.len()
        && params.iter().zip(&sql.params).all(|(left, right)| left.kind() == right.kind())
        && *access == sql.access
        && *features == sql.features
        && *read == sql.read
        && copy.is_none()
        && rows.is_none()
        && *runs == 1
        && !*weighs_values
}

/// One of two values of a kind, which fit every field of that kind that takes more than one.
fn marker(kind: ValueKind, one: bool) -> Value {
    let number = u8::from(one);
    match kind {
        ValueKind::Bool => Value::Bool(one),
        ValueKind::I16 => Value::I16(number.into()),
        ValueKind::I32 => Value::I32(number.into()),
        ValueKind::I64 => Value::I64(number.into()),
        ValueKind::U32 => Value::U32(number.into()),
        ValueKind::U64 => Value::U64(number.into()),
        ValueKind::F32 => Value::F32(number.into()),
        ValueKind::F64 => Value::F64(number.into()),
        ValueKind::Text => Value::Text(if one { "1" } else { "" }.into()),
        ValueKind::Bytes => Value::Bytes(vec![number]),
        ValueKind::Decimal => Value::Decimal(Decimal::from(number)),
        ValueKind::Uuid => Value::Uuid(Uuid::from_u128(number.into())),
        ValueKind::Json => Value::Json(if one { "1" } else { "0" }.into()),
        ValueKind::Date => Value::Date(day(one)),
        ValueKind::Time => {
            Value::Time(NaiveTime::from_num_seconds_from_midnight_opt(number.into(), 0).unwrap_or_default())
        }
        ValueKind::DateTime => Value::DateTime(day(one).and_time(NaiveTime::default())),
        ValueKind::Timestamp => {
            Value::Timestamp(DateTime::from_timestamp(number.into(), 0).unwrap_or_default())
        }
        ValueKind::Duration => Value::Duration(number.into()),
    }
}

fn day(one: bool) -> NaiveDate {
    NaiveDate::from_ymd_opt(2000, 1, if one { 2 } else { 1 }).unwrap_or_default()
}

/// A quick hash: forms are made by the program, and compared in full.
fn hash(words: &[u64]) -> u64 {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    words.iter().fold(FACTOR, |hash, word| (hash.rotate_left(23) ^ word).wrapping_mul(FACTOR))
}

fn place_of(hash: u64) -> usize {
    usize::try_from(hash >> 32).unwrap_or(0) % PLACES
}
