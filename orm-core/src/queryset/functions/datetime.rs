//! Parts, beginnings and differences of dates and times.

mod types;
mod unit;
mod zone;

pub use types::{HasDate, HasDateAndTime, HasDistance, HasTime, IsInstant};
pub use unit::{DateKind, DateTimeKind};
pub use zone::ZoneFunctions;

use chrono::{DateTime, Utc};

use crate::ast::{DateFunction, DatePart, DateUnit, Function, Node};
use crate::queryset::expression::{Base, Expr, Expression, result_of};
use crate::queryset::into_expr::IntoExpr;
use crate::queryset::scope::Free;
use crate::value::{Nullability, SqlType};

/// `T`, an `Option` where the expression is.
type Like<E, T> = <<<E as Expression>::Type as SqlType>::Null as Nullability>::Apply<T>;

/// The length of time between two, an `Option` where one of them is.
type Length<E, V> = <<V as IntoExpr<Base<E>, <E as Expression>::Scope>>::Null as Nullability>::Apply<
    Like<E, <Base<E> as HasDistance>::Length>,
>;

fn call<S, T: SqlType>(function: DateFunction, args: Vec<Node>) -> Expr<S, T> {
    Expr::new(Node::function(Function::Date(function), args, result_of::<T>()))
}

/// The beginning of a unit; for `dates`.
pub(crate) fn trunc_date<E: Expression>(expr: E, kind: DateKind) -> Expr<E::Scope, E::Type> {
    call(DateFunction::Trunc(kind.unit()), vec![expr.into_node()])
}

/// The time at which the statement runs, in UTC: Django's `Now`. The same in the whole statement.
///
/// To the microsecond, on SQLite to the millisecond.
///
/// ```
/// # use orm_doc_models::blog::*;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// let recent = Post::objects().filter(|p| p.changed_at.gt(now() - TimeDelta::hours(1)));
/// assert_eq!(recent.count(&db).await?, 3);
/// # Ok(()) }) }
/// ```
pub fn now() -> Expr<Free, DateTime<Utc>> {
    call(DateFunction::Now, Vec::new())
}

/// Functions of dates and times, under Django's names.
///
/// A `DateTime<Utc>` is taken as UTC; [`in_zone`](ZoneFunctions::in_zone) gives what clocks show elsewhere, of which
/// all others can be asked. Conditions on `year()` and `iso_year()` become a range of the field itself, so that an
/// index on it is used.
///
/// ```
/// # use orm_doc_models::blog::*;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// # let new_year = "2023-12-31T23:30:00Z".parse::<DateTime<Utc>>().unwrap();
/// # Post::objects().pk(1).update(&db, |p| p.changed_at.set(new_year)).await?;
/// // The post of half an hour before midnight on New Year's Eve 2023, in UTC.
/// assert_eq!(Post::objects().filter(|p| p.changed_at.year().eq(2023)).count(&db).await?, 1);
/// # Ok(()) }) }
/// ```
pub trait DateFunctions: Expression {
    // Written out, not by a macro, which the compiler's messages would show.

    /// The year. Compared with a number, it becomes a range of the field itself.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// # let at = "2024-05-09T15:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
    /// # Post::objects().update(&db, |p| p.changed_at.set(at)).await?;
    /// // Changed on Thursday, 9 May 2024, at 15:04:05.678 UTC.
    /// let one = Post::objects().limit(1);
    /// assert_eq!(one.values(|p| p.changed_at.year()).get(&db).await?, 2024);
    /// # Ok(()) }) }
    /// ```
    fn year(self) -> Expr<Self::Scope, Like<Self, i32>>
    where
        Base<Self>: HasDate,
    {
        call(DateFunction::Extract(DatePart::Year), vec![self.into_node()])
    }

    /// The year that the ISO week belongs to. Compared with a number, it becomes a range of the field itself.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// # let at = "2024-05-09T15:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
    /// # Post::objects().update(&db, |p| p.changed_at.set(at)).await?;
    /// // Changed on Thursday, 9 May 2024, at 15:04:05.678 UTC.
    /// let one = Post::objects().limit(1);
    /// assert_eq!(one.values(|p| p.changed_at.iso_year()).get(&db).await?, 2024);
    /// # Ok(()) }) }
    /// ```
    fn iso_year(self) -> Expr<Self::Scope, Like<Self, i32>>
    where
        Base<Self>: HasDate,
    {
        call(DateFunction::Extract(DatePart::IsoYear), vec![self.into_node()])
    }

    /// The quarter, 1 to 4.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// # let at = "2024-05-09T15:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
    /// # Post::objects().update(&db, |p| p.changed_at.set(at)).await?;
    /// // Changed on Thursday, 9 May 2024, at 15:04:05.678 UTC.
    /// let one = Post::objects().limit(1);
    /// assert_eq!(one.values(|p| p.changed_at.quarter()).get(&db).await?, 2);
    /// # Ok(()) }) }
    /// ```
    fn quarter(self) -> Expr<Self::Scope, Like<Self, i32>>
    where
        Base<Self>: HasDate,
    {
        call(DateFunction::Extract(DatePart::Quarter), vec![self.into_node()])
    }

    /// The month, 1 to 12.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// # let at = "2024-05-09T15:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
    /// # Post::objects().update(&db, |p| p.changed_at.set(at)).await?;
    /// // Changed on Thursday, 9 May 2024, at 15:04:05.678 UTC.
    /// let one = Post::objects().limit(1);
    /// assert_eq!(one.values(|p| p.changed_at.month()).get(&db).await?, 5);
    /// # Ok(()) }) }
    /// ```
    fn month(self) -> Expr<Self::Scope, Like<Self, i32>>
    where
        Base<Self>: HasDate,
    {
        call(DateFunction::Extract(DatePart::Month), vec![self.into_node()])
    }

    /// The ISO week, 1 to 53.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// # let at = "2024-05-09T15:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
    /// # Post::objects().update(&db, |p| p.changed_at.set(at)).await?;
    /// // Changed on Thursday, 9 May 2024, at 15:04:05.678 UTC.
    /// let one = Post::objects().limit(1);
    /// assert_eq!(one.values(|p| p.changed_at.week()).get(&db).await?, 19);
    /// # Ok(()) }) }
    /// ```
    fn week(self) -> Expr<Self::Scope, Like<Self, i32>>
    where
        Base<Self>: HasDate,
    {
        call(DateFunction::Extract(DatePart::Week), vec![self.into_node()])
    }

    /// The day of the week, where Sunday is 1 and Saturday 7.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// # let at = "2024-05-09T15:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
    /// # Post::objects().update(&db, |p| p.changed_at.set(at)).await?;
    /// // Changed on Thursday, 9 May 2024, at 15:04:05.678 UTC.
    /// let one = Post::objects().limit(1);
    /// assert_eq!(one.values(|p| p.changed_at.week_day()).get(&db).await?, 5);
    /// # Ok(()) }) }
    /// ```
    fn week_day(self) -> Expr<Self::Scope, Like<Self, i32>>
    where
        Base<Self>: HasDate,
    {
        call(DateFunction::Extract(DatePart::WeekDay), vec![self.into_node()])
    }

    /// The day of the week, where Monday is 1 and Sunday 7.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// # let at = "2024-05-09T15:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
    /// # Post::objects().update(&db, |p| p.changed_at.set(at)).await?;
    /// // Changed on Thursday, 9 May 2024, at 15:04:05.678 UTC.
    /// let one = Post::objects().limit(1);
    /// assert_eq!(one.values(|p| p.changed_at.iso_week_day()).get(&db).await?, 4);
    /// # Ok(()) }) }
    /// ```
    fn iso_week_day(self) -> Expr<Self::Scope, Like<Self, i32>>
    where
        Base<Self>: HasDate,
    {
        call(DateFunction::Extract(DatePart::IsoWeekDay), vec![self.into_node()])
    }

    /// The day of the month.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// # let at = "2024-05-09T15:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
    /// # Post::objects().update(&db, |p| p.changed_at.set(at)).await?;
    /// // Changed on Thursday, 9 May 2024, at 15:04:05.678 UTC.
    /// let one = Post::objects().limit(1);
    /// assert_eq!(one.values(|p| p.changed_at.day()).get(&db).await?, 9);
    /// # Ok(()) }) }
    /// ```
    fn day(self) -> Expr<Self::Scope, Like<Self, i32>>
    where
        Base<Self>: HasDate,
    {
        call(DateFunction::Extract(DatePart::Day), vec![self.into_node()])
    }

    /// The hour, 0 to 23.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// # let at = "2024-05-09T15:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
    /// # Post::objects().update(&db, |p| p.changed_at.set(at)).await?;
    /// // Changed on Thursday, 9 May 2024, at 15:04:05.678 UTC.
    /// let one = Post::objects().limit(1);
    /// assert_eq!(one.values(|p| p.changed_at.hour()).get(&db).await?, 15);
    /// # Ok(()) }) }
    /// ```
    fn hour(self) -> Expr<Self::Scope, Like<Self, i32>>
    where
        Base<Self>: HasTime,
    {
        call(DateFunction::Extract(DatePart::Hour), vec![self.into_node()])
    }

    /// The minute.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// # let at = "2024-05-09T15:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
    /// # Post::objects().update(&db, |p| p.changed_at.set(at)).await?;
    /// // Changed on Thursday, 9 May 2024, at 15:04:05.678 UTC.
    /// let one = Post::objects().limit(1);
    /// assert_eq!(one.values(|p| p.changed_at.minute()).get(&db).await?, 4);
    /// # Ok(()) }) }
    /// ```
    fn minute(self) -> Expr<Self::Scope, Like<Self, i32>>
    where
        Base<Self>: HasTime,
    {
        call(DateFunction::Extract(DatePart::Minute), vec![self.into_node()])
    }

    /// The second, without its fraction.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// # let at = "2024-05-09T15:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
    /// # Post::objects().update(&db, |p| p.changed_at.set(at)).await?;
    /// // Changed on Thursday, 9 May 2024, at 15:04:05.678 UTC.
    /// let one = Post::objects().limit(1);
    /// assert_eq!(one.values(|p| p.changed_at.second()).get(&db).await?, 5);
    /// # Ok(()) }) }
    /// ```
    fn second(self) -> Expr<Self::Scope, Like<Self, i32>>
    where
        Base<Self>: HasTime,
    {
        call(DateFunction::Extract(DatePart::Second), vec![self.into_node()])
    }

    /// The first of January before, of the same type: Django's `TruncYear`.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// # let at = "2024-05-09T15:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
    /// # Post::objects().update(&db, |p| p.changed_at.set(at)).await?;
    /// // Changed on Thursday, 9 May 2024, at 15:04:05.678 UTC.
    /// let one = Post::objects().limit(1);
    /// assert_eq!(one.values(|p| p.changed_at.trunc_year()).get(&db).await?.to_string(), "2024-01-01 00:00:00 UTC");
    /// # Ok(()) }) }
    /// ```
    fn trunc_year(self) -> Expr<Self::Scope, Self::Type>
    where
        Base<Self>: HasDate,
    {
        call(DateFunction::Trunc(DateUnit::Year), vec![self.into_node()])
    }

    /// The first day of the quarter before, of the same type: Django's `TruncQuarter`.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// # let at = "2024-05-09T15:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
    /// # Post::objects().update(&db, |p| p.changed_at.set(at)).await?;
    /// // Changed on Thursday, 9 May 2024, at 15:04:05.678 UTC.
    /// let one = Post::objects().limit(1);
    /// assert_eq!(one.values(|p| p.changed_at.trunc_quarter()).get(&db).await?.to_string(), "2024-04-01 00:00:00 UTC");
    /// # Ok(()) }) }
    /// ```
    fn trunc_quarter(self) -> Expr<Self::Scope, Self::Type>
    where
        Base<Self>: HasDate,
    {
        call(DateFunction::Trunc(DateUnit::Quarter), vec![self.into_node()])
    }

    /// The first of the month before, of the same type: Django's `TruncMonth`.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// # let at = "2024-05-09T15:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
    /// # Post::objects().update(&db, |p| p.changed_at.set(at)).await?;
    /// // Changed on Thursday, 9 May 2024, at 15:04:05.678 UTC.
    /// let one = Post::objects().limit(1);
    /// assert_eq!(one.values(|p| p.changed_at.trunc_month()).get(&db).await?.to_string(), "2024-05-01 00:00:00 UTC");
    /// # Ok(()) }) }
    /// ```
    fn trunc_month(self) -> Expr<Self::Scope, Self::Type>
    where
        Base<Self>: HasDate,
    {
        call(DateFunction::Trunc(DateUnit::Month), vec![self.into_node()])
    }

    /// The Monday before, of the same type: Django's `TruncWeek`.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// # let at = "2024-05-09T15:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
    /// # Post::objects().update(&db, |p| p.changed_at.set(at)).await?;
    /// // Changed on Thursday, 9 May 2024, at 15:04:05.678 UTC.
    /// let one = Post::objects().limit(1);
    /// assert_eq!(one.values(|p| p.changed_at.trunc_week()).get(&db).await?.to_string(), "2024-05-06 00:00:00 UTC");
    /// # Ok(()) }) }
    /// ```
    fn trunc_week(self) -> Expr<Self::Scope, Self::Type>
    where
        Base<Self>: HasDate,
    {
        call(DateFunction::Trunc(DateUnit::Week), vec![self.into_node()])
    }

    /// The midnight before, of the same type: Django's `TruncDay`.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// # let at = "2024-05-09T15:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
    /// # Post::objects().update(&db, |p| p.changed_at.set(at)).await?;
    /// // Changed on Thursday, 9 May 2024, at 15:04:05.678 UTC.
    /// let one = Post::objects().limit(1);
    /// assert_eq!(one.values(|p| p.changed_at.trunc_day()).get(&db).await?.to_string(), "2024-05-09 00:00:00 UTC");
    /// # Ok(()) }) }
    /// ```
    fn trunc_day(self) -> Expr<Self::Scope, Self::Type>
    where
        Base<Self>: HasDateAndTime,
    {
        call(DateFunction::Trunc(DateUnit::Day), vec![self.into_node()])
    }

    /// The full hour before, of the same type: Django's `TruncHour`.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// # let at = "2024-05-09T15:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
    /// # Post::objects().update(&db, |p| p.changed_at.set(at)).await?;
    /// // Changed on Thursday, 9 May 2024, at 15:04:05.678 UTC.
    /// let one = Post::objects().limit(1);
    /// assert_eq!(one.values(|p| p.changed_at.trunc_hour()).get(&db).await?.to_string(), "2024-05-09 15:00:00 UTC");
    /// # Ok(()) }) }
    /// ```
    fn trunc_hour(self) -> Expr<Self::Scope, Self::Type>
    where
        Base<Self>: HasTime,
    {
        call(DateFunction::Trunc(DateUnit::Hour), vec![self.into_node()])
    }

    /// The full minute before, of the same type: Django's `TruncMinute`.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// # let at = "2024-05-09T15:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
    /// # Post::objects().update(&db, |p| p.changed_at.set(at)).await?;
    /// // Changed on Thursday, 9 May 2024, at 15:04:05.678 UTC.
    /// let one = Post::objects().limit(1);
    /// assert_eq!(one.values(|p| p.changed_at.trunc_minute()).get(&db).await?.to_string(), "2024-05-09 15:04:00 UTC");
    /// # Ok(()) }) }
    /// ```
    fn trunc_minute(self) -> Expr<Self::Scope, Self::Type>
    where
        Base<Self>: HasTime,
    {
        call(DateFunction::Trunc(DateUnit::Minute), vec![self.into_node()])
    }

    /// The full second before, of the same type: Django's `TruncSecond`.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// # let at = "2024-05-09T15:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
    /// # Post::objects().update(&db, |p| p.changed_at.set(at)).await?;
    /// // Changed on Thursday, 9 May 2024, at 15:04:05.678 UTC.
    /// let one = Post::objects().limit(1);
    /// assert_eq!(one.values(|p| p.changed_at.trunc_second()).get(&db).await?.to_string(), "2024-05-09 15:04:05 UTC");
    /// # Ok(()) }) }
    /// ```
    fn trunc_second(self) -> Expr<Self::Scope, Self::Type>
    where
        Base<Self>: HasTime,
    {
        call(DateFunction::Trunc(DateUnit::Second), vec![self.into_node()])
    }

    /// The beginning of a unit that is chosen at run time: Django's `Trunc`.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// # let at = "2024-05-09T15:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
    /// # Post::objects().update(&db, |p| p.changed_at.set(at)).await?;
    /// // Changed on Thursday, 9 May 2024, at 15:04:05.678 UTC.
    /// let one = Post::objects().limit(1);
    /// assert_eq!(one.values(|p| p.changed_at.trunc(DateTimeKind::Hour)).get(&db).await?.to_string(), "2024-05-09 15:00:00 UTC");
    /// # Ok(()) }) }
    /// ```
    fn trunc(self, kind: DateTimeKind) -> Expr<Self::Scope, Self::Type>
    where
        Base<Self>: HasDateAndTime,
    {
        call(DateFunction::Trunc(kind.unit()), vec![self.into_node()])
    }

    /// The date: Django's `date` lookup and `TruncDate`.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// # let at = "2024-05-09T15:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
    /// # Post::objects().update(&db, |p| p.changed_at.set(at)).await?;
    /// // Changed on Thursday, 9 May 2024, at 15:04:05.678 UTC.
    /// let one = Post::objects().limit(1);
    /// assert_eq!(one.values(|p| p.changed_at.date()).get(&db).await?.to_string(), "2024-05-09");
    /// # Ok(()) }) }
    /// ```
    fn date(self) -> Expr<Self::Scope, Like<Self, <Base<Self> as HasDateAndTime>::Date>>
    where
        Base<Self>: HasDateAndTime,
    {
        call(DateFunction::Date, vec![self.into_node()])
    }

    /// The time of day: Django's `time` lookup and `TruncTime`.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// # let at = "2024-05-09T15:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
    /// # Post::objects().update(&db, |p| p.changed_at.set(at)).await?;
    /// // Changed on Thursday, 9 May 2024, at 15:04:05.678 UTC.
    /// let one = Post::objects().limit(1);
    /// assert_eq!(one.values(|p| p.changed_at.time()).get(&db).await?.to_string(), "15:04:05.678");
    /// # Ok(()) }) }
    /// ```
    fn time(self) -> Expr<Self::Scope, Like<Self, <Base<Self> as HasDateAndTime>::Time>>
    where
        Base<Self>: HasDateAndTime,
    {
        call(DateFunction::Time, vec![self.into_node()])
    }

    /// [`date`](DateFunctions::date) under the name of Django's function.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// # let at = "2024-05-09T15:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
    /// # Post::objects().update(&db, |p| p.changed_at.set(at)).await?;
    /// // Changed on Thursday, 9 May 2024, at 15:04:05.678 UTC.
    /// let one = Post::objects().limit(1);
    /// assert_eq!(one.values(|p| p.changed_at.trunc_date()).get(&db).await?.to_string(), "2024-05-09");
    /// # Ok(()) }) }
    /// ```
    fn trunc_date(self) -> Expr<Self::Scope, Like<Self, <Base<Self> as HasDateAndTime>::Date>>
    where
        Base<Self>: HasDateAndTime,
    {
        self.date()
    }

    /// [`time`](DateFunctions::time) under the name of Django's function.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// # let at = "2024-05-09T15:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
    /// # Post::objects().update(&db, |p| p.changed_at.set(at)).await?;
    /// // Changed on Thursday, 9 May 2024, at 15:04:05.678 UTC.
    /// let one = Post::objects().limit(1);
    /// assert_eq!(one.values(|p| p.changed_at.trunc_time()).get(&db).await?.to_string(), "15:04:05.678");
    /// # Ok(()) }) }
    /// ```
    fn trunc_time(self) -> Expr<Self::Scope, Like<Self, <Base<Self> as HasDateAndTime>::Time>>
    where
        Base<Self>: HasDateAndTime,
    {
        self.time()
    }

    /// The length of time from `earlier` to this, exact to the microsecond; negative if it is the other way round.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let ages = Post::objects().values(|p| (p.changed_at + TimeDelta::days(2)).since(p.changed_at)).all(&db).await?;
    /// assert_eq!(ages[0], TimeDelta::days(2));
    ///
    /// let old = Post::objects().filter(|p| now().since(p.changed_at).gt(TimeDelta::days(365)));
    /// assert_eq!(old.count(&db).await?, 0);
    /// # Ok(()) }) }
    /// ```
    fn since<V>(self, earlier: V) -> Expr<V::Scope, Length<Self, V>>
    where
        Base<Self>: HasDistance,
        V: IntoExpr<Base<Self>, Self::Scope>,
    {
        call(DateFunction::Since, vec![self.into_node(), earlier.into_operand()])
    }
}

impl<E: Expression> DateFunctions for E {}
