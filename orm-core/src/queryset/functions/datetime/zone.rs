//! Instants as clocks show them in a time zone.

use super::{DateTimeKind, IsInstant, Like, call};
use crate::ast::{DateFunction, Node};
use crate::queryset::expression::{Base, Expr, Expression};
use crate::value::{IntoZone, Value};

fn zone_node(zone: impl IntoZone) -> Node {
    Node::value(zone.into_zone().map(|zone| Value::Text(zone.name().to_owned())))
}

/// Functions of instants in a time zone.
///
/// ```
/// # use orm_doc_models::blog::*;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// # let new_year = "2023-12-31T23:30:00Z".parse::<DateTime<Utc>>().unwrap();
/// # Post::objects().pk(1).update(&db, |p| p.changed_at.set(new_year)).await?;
/// // The post of half an hour before midnight on New Year's Eve 2023, in UTC.
/// assert_eq!(Post::objects().filter(|p| p.changed_at.year().eq(2023)).count(&db).await?, 1);
/// let berlin = Post::objects().filter(|p| p.changed_at.in_zone("Europe/Berlin").year().eq(2024));
/// assert_eq!(berlin.count(&db).await?, 1);
/// # Ok(()) }) }
/// ```
pub trait ZoneFunctions: Expression {
    // Written out, not by a macro, which the compiler's messages would show.

    /// What clocks show in a time zone: a name of the IANA database, `UTC`, an offset such as `+02:00`, or a
    /// [`Zone`](crate::value::Zone). A name that there is not is an error before anything is sent.
    ///
    /// Rules of zones are those that are compiled in; PostgreSQL uses its own. On MySQL and MariaDB they are written
    /// into the statement up to the year 2100, and later instants of a zone whose clocks change are an error.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// # let at = "2024-05-09T15:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
    /// # Post::objects().update(&db, |p| p.changed_at.set(at)).await?;
    /// // Changed on Thursday, 9 May 2024, at 15:04:05.678 UTC.
    /// let one = Post::objects().limit(1);
    /// assert_eq!(one.values(|p| p.changed_at.in_zone("Asia/Kolkata")).get(&db).await?.to_string(), "2024-05-09 20:34:05.678");
    /// # Ok(()) }) }
    /// ```
    fn in_zone(self, zone: impl IntoZone) -> Expr<Self::Scope, Like<Self, <Base<Self> as IsInstant>::Wall>>
    where
        Base<Self>: IsInstant,
    {
        call(DateFunction::InZone, vec![self.into_node(), zone_node(zone)])
    }

    /// The instant at which a unit began in a time zone: Django's `Trunc` with `tzinfo`.
    ///
    /// Where clocks skip the beginning of a day, it is the instant of the skip; where a midnight comes twice, it is the
    /// first. Of two hours of one name each begins by itself. In what clocks show (`in_zone(zone).trunc_hour()`) they
    /// are one.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// # let at = "2024-05-09T15:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
    /// # Post::objects().update(&db, |p| p.changed_at.set(at)).await?;
    /// // Changed on Thursday, 9 May 2024, at 15:04:05.678 UTC.
    /// let one = Post::objects().limit(1);
    /// assert_eq!(one.values(|p| p.changed_at.trunc_in(DateTimeKind::Day, "Asia/Kolkata")).get(&db).await?.to_string(), "2024-05-08 18:30:00 UTC");
    /// # Ok(()) }) }
    /// ```
    fn trunc_in(self, kind: DateTimeKind, zone: impl IntoZone) -> Expr<Self::Scope, Self::Type>
    where
        Base<Self>: IsInstant,
    {
        call(DateFunction::TruncIn(kind.unit()), vec![self.into_node(), zone_node(zone)])
    }

    /// The first of January before in a time zone: [`trunc_in`](ZoneFunctions::trunc_in).
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// # let at = "2024-05-09T15:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
    /// # Post::objects().update(&db, |p| p.changed_at.set(at)).await?;
    /// // Changed on Thursday, 9 May 2024, at 15:04:05.678 UTC.
    /// let one = Post::objects().limit(1);
    /// assert_eq!(one.values(|p| p.changed_at.trunc_year_in("Asia/Kolkata")).get(&db).await?.to_string(), "2023-12-31 18:30:00 UTC");
    /// # Ok(()) }) }
    /// ```
    fn trunc_year_in(self, zone: impl IntoZone) -> Expr<Self::Scope, Self::Type>
    where
        Base<Self>: IsInstant,
    {
        self.trunc_in(DateTimeKind::Year, zone)
    }

    /// The first day of the quarter before in a time zone: [`trunc_in`](ZoneFunctions::trunc_in).
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// # let at = "2024-05-09T15:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
    /// # Post::objects().update(&db, |p| p.changed_at.set(at)).await?;
    /// // Changed on Thursday, 9 May 2024, at 15:04:05.678 UTC.
    /// let one = Post::objects().limit(1);
    /// assert_eq!(one.values(|p| p.changed_at.trunc_quarter_in("Asia/Kolkata")).get(&db).await?.to_string(), "2024-03-31 18:30:00 UTC");
    /// # Ok(()) }) }
    /// ```
    fn trunc_quarter_in(self, zone: impl IntoZone) -> Expr<Self::Scope, Self::Type>
    where
        Base<Self>: IsInstant,
    {
        self.trunc_in(DateTimeKind::Quarter, zone)
    }

    /// The first of the month before in a time zone: [`trunc_in`](ZoneFunctions::trunc_in).
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// # let at = "2024-05-09T15:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
    /// # Post::objects().update(&db, |p| p.changed_at.set(at)).await?;
    /// // Changed on Thursday, 9 May 2024, at 15:04:05.678 UTC.
    /// let one = Post::objects().limit(1);
    /// assert_eq!(one.values(|p| p.changed_at.trunc_month_in("Asia/Kolkata")).get(&db).await?.to_string(), "2024-04-30 18:30:00 UTC");
    /// # Ok(()) }) }
    /// ```
    fn trunc_month_in(self, zone: impl IntoZone) -> Expr<Self::Scope, Self::Type>
    where
        Base<Self>: IsInstant,
    {
        self.trunc_in(DateTimeKind::Month, zone)
    }

    /// The Monday before in a time zone: [`trunc_in`](ZoneFunctions::trunc_in).
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// # let at = "2024-05-09T15:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
    /// # Post::objects().update(&db, |p| p.changed_at.set(at)).await?;
    /// // Changed on Thursday, 9 May 2024, at 15:04:05.678 UTC.
    /// let one = Post::objects().limit(1);
    /// assert_eq!(one.values(|p| p.changed_at.trunc_week_in("Asia/Kolkata")).get(&db).await?.to_string(), "2024-05-05 18:30:00 UTC");
    /// # Ok(()) }) }
    /// ```
    fn trunc_week_in(self, zone: impl IntoZone) -> Expr<Self::Scope, Self::Type>
    where
        Base<Self>: IsInstant,
    {
        self.trunc_in(DateTimeKind::Week, zone)
    }

    /// The midnight before in a time zone: [`trunc_in`](ZoneFunctions::trunc_in).
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// # let at = "2024-05-09T15:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
    /// # Post::objects().update(&db, |p| p.changed_at.set(at)).await?;
    /// // Changed on Thursday, 9 May 2024, at 15:04:05.678 UTC.
    /// let one = Post::objects().limit(1);
    /// assert_eq!(one.values(|p| p.changed_at.trunc_day_in("Asia/Kolkata")).get(&db).await?.to_string(), "2024-05-08 18:30:00 UTC");
    /// # Ok(()) }) }
    /// ```
    fn trunc_day_in(self, zone: impl IntoZone) -> Expr<Self::Scope, Self::Type>
    where
        Base<Self>: IsInstant,
    {
        self.trunc_in(DateTimeKind::Day, zone)
    }

    /// The full hour before in a time zone: [`trunc_in`](ZoneFunctions::trunc_in).
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// # let at = "2024-05-09T15:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
    /// # Post::objects().update(&db, |p| p.changed_at.set(at)).await?;
    /// // Changed on Thursday, 9 May 2024, at 15:04:05.678 UTC.
    /// let one = Post::objects().limit(1);
    /// assert_eq!(one.values(|p| p.changed_at.trunc_hour_in("Asia/Kolkata")).get(&db).await?.to_string(), "2024-05-09 14:30:00 UTC");
    /// # Ok(()) }) }
    /// ```
    fn trunc_hour_in(self, zone: impl IntoZone) -> Expr<Self::Scope, Self::Type>
    where
        Base<Self>: IsInstant,
    {
        self.trunc_in(DateTimeKind::Hour, zone)
    }

    /// The full minute before in a time zone: [`trunc_in`](ZoneFunctions::trunc_in).
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// # let at = "2024-05-09T15:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
    /// # Post::objects().update(&db, |p| p.changed_at.set(at)).await?;
    /// // Changed on Thursday, 9 May 2024, at 15:04:05.678 UTC.
    /// let one = Post::objects().limit(1);
    /// assert_eq!(one.values(|p| p.changed_at.trunc_minute_in("Asia/Kolkata")).get(&db).await?.to_string(), "2024-05-09 15:04:00 UTC");
    /// # Ok(()) }) }
    /// ```
    fn trunc_minute_in(self, zone: impl IntoZone) -> Expr<Self::Scope, Self::Type>
    where
        Base<Self>: IsInstant,
    {
        self.trunc_in(DateTimeKind::Minute, zone)
    }

    /// The full second before in a time zone: [`trunc_in`](ZoneFunctions::trunc_in).
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// # let at = "2024-05-09T15:04:05.678Z".parse::<DateTime<Utc>>().unwrap();
    /// # Post::objects().update(&db, |p| p.changed_at.set(at)).await?;
    /// // Changed on Thursday, 9 May 2024, at 15:04:05.678 UTC.
    /// let one = Post::objects().limit(1);
    /// assert_eq!(one.values(|p| p.changed_at.trunc_second_in("Asia/Kolkata")).get(&db).await?.to_string(), "2024-05-09 15:04:05 UTC");
    /// # Ok(()) }) }
    /// ```
    fn trunc_second_in(self, zone: impl IntoZone) -> Expr<Self::Scope, Self::Type>
    where
        Base<Self>: IsInstant,
    {
        self.trunc_in(DateTimeKind::Second, zone)
    }
}

impl<E: Expression> ZoneFunctions for E {}
