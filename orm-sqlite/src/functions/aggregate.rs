//! Aggregates that SQLite lacks; all of them also over a window, where rows leave again.

use rusqlite::functions::{Aggregate, Context, WindowAggregate};
use rusqlite::{Connection, Result};
use rust_decimal::Decimal;

use super::math::double;
use super::{FLAGS, number, overflow, refused};
use crate::decimal;

pub(super) fn register(connection: &Connection) -> Result<()> {
    connection.create_window_function(c"orm_dec_sum", 1, FLAGS, Total { mean: false })?;
    connection.create_window_function(c"orm_dec_avg", 1, FLAGS, Total { mean: true })?;
    for (name, root, sample) in [
        (c"orm_var_pop", false, false),
        (c"orm_var_samp", false, true),
        (c"orm_stddev_pop", true, false),
        (c"orm_stddev_samp", true, true),
    ] {
        connection.create_window_function(name, 1, FLAGS, Spread { root, sample })?;
    }
    for (name, bits) in [(c"orm_bit_and", Bits::And), (c"orm_bit_or", Bits::Or), (c"orm_bit_xor", Bits::Xor)]
    {
        connection.create_window_function(name, 1, FLAGS, bits)?;
    }
    connection.create_aggregate_function(c"orm_string_agg", 1, FLAGS, Joined)
}

/// The sum of what is not NULL, or its mean.
struct Total {
    mean: bool,
}

/// A sum, and of how many.
type Sum = Option<(Decimal, u64)>;

impl Total {
    fn result(&self, total: Sum) -> Result<Option<String>> {
        let Some((sum, count)) = total.filter(|(_, count)| *count > 0) else { return Ok(None) };
        let result =
            if self.mean { decimal::divide(sum, Decimal::from(count)).ok_or_else(overflow)? } else { sum };
        Ok(Some(result.to_string()))
    }
}

impl Aggregate<Sum, Option<String>> for Total {
    fn init(&self, _: &mut Context<'_>) -> Result<Sum> {
        Ok(None)
    }

    fn step(&self, context: &mut Context<'_>, total: &mut Sum) -> Result<()> {
        let Some(value) = number(context, 0)? else { return Ok(()) };
        let (sum, count) = total.unwrap_or_default();
        *total = Some((decimal::add(sum, value).ok_or_else(overflow)?, count.saturating_add(1)));
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, total: Option<Sum>) -> Result<Option<String>> {
        self.result(total.flatten())
    }
}

impl WindowAggregate<Sum, Option<String>> for Total {
    fn value(&self, total: Option<&mut Sum>) -> Result<Option<String>> {
        self.result(total.and_then(|total| *total))
    }

    fn inverse(&self, context: &mut Context<'_>, total: &mut Sum) -> Result<()> {
        let Some(value) = number(context, 0)? else { return Ok(()) };
        let (sum, count) = total.unwrap_or_default();
        *total = Some((decimal::subtract(sum, value).ok_or_else(overflow)?, count.saturating_sub(1)));
        Ok(())
    }
}

/// The variance of what is not NULL, or its root.
struct Spread {
    root: bool,
    sample: bool,
}

/// How many numbers, their sum and the sum of their squares, with twice the digits of a double: so a number that leaves
/// a window leaves nothing behind, and little is lost in the difference of the two.
#[derive(Clone, Copy, Default)]
struct Moments {
    count: u32,
    sum: Wide,
    squares: Wide,
}

impl Spread {
    fn result(&self, moments: Option<&Moments>) -> Option<f64> {
        let moments = moments?;
        let count = f64::from(moments.count);
        let divisor = if self.sample { count - 1.0 } else { count };
        if moments.count == 0 || divisor < 1.0 {
            return None;
        }
        let spread = moments.squares.times(Wide::from(count)).plus(moments.sum.times(moments.sum).negative());
        let variance = (spread.high / count / divisor).max(0.0);
        Some(if self.root { variance.sqrt() } else { variance })
    }
}

impl Aggregate<Moments, Option<f64>> for Spread {
    fn init(&self, _: &mut Context<'_>) -> Result<Moments> {
        Ok(Moments::default())
    }

    fn step(&self, context: &mut Context<'_>, moments: &mut Moments) -> Result<()> {
        let Some(value) = double(context, 0)? else { return Ok(()) };
        moments.count = moments.count.saturating_add(1);
        moments.sum = moments.sum.plus(value.into());
        moments.squares = moments.squares.plus(Wide::product(value, value));
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, moments: Option<Moments>) -> Result<Option<f64>> {
        Ok(self.result(moments.as_ref()))
    }
}

impl WindowAggregate<Moments, Option<f64>> for Spread {
    fn value(&self, moments: Option<&mut Moments>) -> Result<Option<f64>> {
        Ok(self.result(moments.as_deref()))
    }

    fn inverse(&self, context: &mut Context<'_>, moments: &mut Moments) -> Result<()> {
        let Some(value) = double(context, 0)? else { return Ok(()) };
        moments.count = moments.count.saturating_sub(1);
        moments.sum = moments.sum.plus((-value).into());
        moments.squares = moments.squares.plus(Wide::product(value, -value));
        Ok(())
    }
}

/// A number as the sum of two doubles.
#[derive(Clone, Copy, Default)]
struct Wide {
    high: f64,
    low: f64,
}

impl From<f64> for Wide {
    fn from(high: f64) -> Self {
        Wide { high, low: 0.0 }
    }
}

impl Wide {
    /// The exact product of two doubles.
    fn product(left: f64, right: f64) -> Self {
        let high = left * right;
        Wide { high, low: left.mul_add(right, -high) }
    }

    fn plus(self, other: Self) -> Self {
        let high = self.high + other.high;
        let part = high - self.high;
        let lost = (self.high - (high - part)) + (other.high - part);
        Self::normal(high, lost + self.low + other.low)
    }

    fn times(self, other: Self) -> Self {
        let exact = Self::product(self.high, other.high);
        Self::normal(exact.high, exact.low + self.high * other.low + self.low * other.high)
    }

    fn normal(high: f64, low: f64) -> Self {
        let sum = high + low;
        Wide { high: sum, low: low - (sum - high) }
    }

    fn negative(self) -> Self {
        Wide { high: -self.high, low: -self.low }
    }
}

/// The bits of all that is not NULL.
#[derive(Clone, Copy)]
enum Bits {
    And,
    Or,
    Xor,
}

/// How many numbers have each bit, and how many numbers there are.
#[derive(Clone)]
struct BitCounts {
    rows: u64,
    bits: [u64; 64],
}

impl Bits {
    fn result(self, counts: &BitCounts) -> Option<i64> {
        if counts.rows == 0 {
            return None;
        }
        let set = |count: u64| match self {
            Bits::And => count == counts.rows,
            Bits::Or => count > 0,
            Bits::Xor => count % 2 == 1,
        };
        let bits = counts.bits.iter().rev().fold(0_u64, |bits, count| bits << 1 | u64::from(set(*count)));
        Some(bits.cast_signed())
    }
}

fn count_bits(context: &Context<'_>, counts: &mut BitCounts, change: fn(u64, u64) -> u64) -> Result<()> {
    let Some(value) = context.get::<Option<i64>>(0)? else { return Ok(()) };
    counts.rows = change(counts.rows, 1);
    let value = value.cast_unsigned();
    for (at, count) in counts.bits.iter_mut().enumerate() {
        *count = change(*count, value >> at & 1);
    }
    Ok(())
}

impl Aggregate<BitCounts, Option<i64>> for Bits {
    fn init(&self, _: &mut Context<'_>) -> Result<BitCounts> {
        Ok(BitCounts { rows: 0, bits: [0; 64] })
    }

    fn step(&self, context: &mut Context<'_>, counts: &mut BitCounts) -> Result<()> {
        count_bits(context, counts, u64::saturating_add)
    }

    fn finalize(&self, _: &mut Context<'_>, counts: Option<BitCounts>) -> Result<Option<i64>> {
        Ok(counts.and_then(|counts| self.result(&counts)))
    }
}

impl WindowAggregate<BitCounts, Option<i64>> for Bits {
    fn value(&self, counts: Option<&mut BitCounts>) -> Result<Option<i64>> {
        Ok(counts.and_then(|counts| self.result(counts)))
    }

    fn inverse(&self, context: &mut Context<'_>, counts: &mut BitCounts) -> Result<()> {
        count_bits(context, counts, u64::saturating_sub)
    }
}

/// Texts put together. A DISTINCT aggregate has one argument here, so each text brings the separator along:
/// its length in bytes, a colon, the separator, the text.
struct Joined;

impl Aggregate<Option<String>, Option<String>> for Joined {
    fn init(&self, _: &mut Context<'_>) -> Result<Option<String>> {
        Ok(None)
    }

    fn step(&self, context: &mut Context<'_>, joined: &mut Option<String>) -> Result<()> {
        let Some(argument) = super::text(context, 0)? else { return Ok(()) };
        let parts = argument.split_once(':').and_then(|(length, rest)| {
            let length = length.parse().ok()?;
            Some((rest.get(..length)?, rest.get(length..)?))
        });
        let (separator, text) = parts.ok_or_else(|| refused("string_agg: a text without its separator"))?;
        match joined {
            None => *joined = Some(text.to_owned()),
            Some(joined) => {
                joined.push_str(separator);
                joined.push_str(text);
            }
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, joined: Option<Option<String>>) -> Result<Option<String>> {
        Ok(joined.flatten())
    }
}
