//! Conversion of a value to another type.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use rust_decimal::Decimal;

use crate::queryset::expression::{Base, Expr, Expression, result_of};
use crate::queryset::mistake;
use crate::value::{FieldType, Nullability, SqlType};

/// Types that become a `T` with the same meaning on every database.
#[diagnostic::on_unimplemented(
    message = "databases do not agree on what `{Self}` is as `{T}`",
    label = "cannot be converted to `{T}`",
    note = "numbers, booleans and text convert to integers; numbers and text to `f64`; integers to `bool`; integers, decimals and dates to `String`; text and points in time to dates",
    note = "a `Decimal` needs to know its digits: `.cast_decimal(max_digits, decimal_places)`"
)]
pub trait CastTo<T> {}

/// Types that become a `Decimal` of so many digits with the same meaning on every database.
#[diagnostic::on_unimplemented(
    message = "databases do not agree on what `{Self}` is as a `Decimal`",
    label = "cannot be converted to a `Decimal`",
    note = "integers, floats, decimals and text convert to a `Decimal`"
)]
pub trait CastToDecimal {}

macro_rules! casts {
    ($($($from:ty),+ => $($to:ty),+;)*) => { $(casts!(@each [$($from),+] [$($to),+]);)* };
    (@each [$($from:ty),+] $to:tt) => { $(casts!(@one $from, $to);)+ };
    (@one $from:ty, [$($to:ty),+]) => { $(
        #[diagnostic::do_not_recommend]
        impl CastTo<$to> for $from {}
    )+ };
}

casts! {
    i16, i32, i64, u32, u64 => i16, i32, i64, u32, u64, f64, Decimal, String, bool;
    f32, f64 => i16, i32, i64, u32, u64, f64;
    Decimal => i16, i32, i64, u32, u64, f64, Decimal, String;
    String => i16, i32, i64, u32, u64, f64, String, NaiveDate, NaiveDateTime;
    bool => i16, i32, i64, u32, u64;
    NaiveDate => String, NaiveDate, NaiveDateTime;
    NaiveDateTime => NaiveDate;
    DateTime<Utc> => NaiveDate;
}

macro_rules! decimals {
    ($($from:ty)*) => {$( impl CastToDecimal for $from {} )*};
}

decimals!(i16 i32 i64 u32 u64 f32 f64 Decimal String);

/// Conversions: Django's `Cast`.
pub trait Casts: Expression {
    /// The value as a `T`, NULL as NULL.
    ///
    /// The meaning is the same on every database. Numbers become integers by rounding, half away from zero. Text that is
    /// no number, or no date in the form `2000-12-31`, is an error; so is a number that the result cannot hold, at the
    /// latest when it is read. A decimal field becomes text with the field's places, a computed decimal without zeros at
    /// the end. An instant becomes the date that it has in UTC.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let views: Vec<String> = Post::objects().order_by(|p| p.id).values(|p| p.views.cast::<String>()).all(&db).await?;
    /// assert_eq!(views, ["120", "7", "55"]);
    /// # Ok(()) }) }
    /// ```
    fn cast<T: FieldType + SqlType>(
        self,
    ) -> Expr<Self::Scope, <<Self::Type as SqlType>::Null as Nullability>::Apply<T>>
    where
        Base<Self>: CastTo<T>,
    {
        let result = result_of::<<<Self::Type as SqlType>::Null as Nullability>::Apply<T>>();
        Expr::new(self.into_node().cast(result, None))
    }

    /// The value as a decimal of so many digits, of which so many stand behind the point: rounded half away from zero,
    /// and an error when it is too large.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let share = Post::objects()
    ///     .filter(|p| p.views.eq(7))
    ///     .values(|p| (p.views.cast::<f64>() / 3.0).cast_decimal(5, 2))
    ///     .get(&db)
    ///     .await?;
    /// assert_eq!(share.map(|share| share.to_string()).as_deref(), Some("2.33"));
    /// # Ok(()) }) }
    /// ```
    fn cast_decimal(
        self,
        max_digits: u32,
        decimal_places: u32,
    ) -> Expr<Self::Scope, <<Self::Type as SqlType>::Null as Nullability>::Apply<Decimal>>
    where
        Base<Self>: CastToDecimal,
    {
        if !(1..=28).contains(&max_digits) || decimal_places > max_digits {
            return Expr::new(mistake("a decimal has 1 to 28 digits, and not more places than digits"));
        }
        let result = result_of::<<<Self::Type as SqlType>::Null as Nullability>::Apply<Decimal>>();
        Expr::new(self.into_node().cast(result, Some((max_digits, decimal_places))))
    }
}

impl<E: Expression> Casts for E {}
