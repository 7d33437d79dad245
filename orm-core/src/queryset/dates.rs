//! The dates, or times, of which there are rows: Django's `dates` and `datetimes`.

use super::QuerySet;
use super::expression::{Base, Expr, Expression};
use super::functions::{
    DateFunctions, DateKind, DateTimeKind, HasDate, HasDateAndTime, IsInstant, ZoneFunctions, trunc_date,
};
use super::scope::Within;
use super::shape::{ModelShape, Values};
use crate::ast::{Node, Nulls, OrderBy, OrderKey};
use crate::model::{Model, Root};
use crate::value::{IntoZone, SqlType};

/// Types that are a date and nothing else.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a date",
    label = "expected a date",
    note = "of a date with a time take `.date()`, or use `datetimes`"
)]
pub trait IsDate: HasDate {}

impl IsDate for chrono::NaiveDate {}
#[cfg(feature = "time")]
impl IsDate for time::Date {}
#[cfg(feature = "jiff")]
impl IsDate for jiff::civil::Date {}

impl<M: Model, S: ModelShape<Model = M>> QuerySet<M, S> {
    /// The years, months, … of which there are rows: each once, by its first date, in order. NULLs are left out.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let years: Vec<NaiveDate> = Post::objects().dates(|p| p.changed_at.date(), DateKind::Year).all(&db).await?;
    /// assert_eq!(years.len(), 1);
    ///
    /// let newest_first = Post::objects().dates(|p| p.changed_at.date(), DateKind::Month).reverse();
    /// assert!(newest_first.sql(Dialect::Sqlite)?.ends_with("DESC"));
    /// # Ok(()) }) }
    /// ```
    pub fn dates<E>(
        self,
        of: impl FnOnce(M::Fields<Root<M>>) -> E,
        kind: DateKind,
    ) -> QuerySet<M, Values<M, Base<E>>>
    where
        E: Expression<Scope: Within<M>>,
        Base<E>: IsDate,
    {
        let of = of(Self::fields()).into_node();
        self.moments(of, |of| trunc_date::<Expr<M, Base<E>>>(of, kind))
    }

    /// The years, days, hours, … of which there are rows: each once, by its first moment, in order. NULLs are left out.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let days: Vec<DateTime<Utc>> =
    ///     Post::objects().datetimes(|p| p.changed_at, DateTimeKind::Year).all(&db).await?;
    /// assert_eq!(days.len(), 1);
    /// # Ok(()) }) }
    /// ```
    pub fn datetimes<E>(
        self,
        of: impl FnOnce(M::Fields<Root<M>>) -> E,
        kind: DateTimeKind,
    ) -> QuerySet<M, Values<M, Base<E>>>
    where
        E: Expression<Scope: Within<M>>,
        Base<E>: HasDateAndTime,
    {
        let of = of(Self::fields()).into_node();
        self.moments(of, |of: Expr<M, Base<E>>| of.trunc(kind))
    }

    /// As [`datetimes`](QuerySet::datetimes), by the clocks of a time zone.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let days = Post::objects().datetimes_in(|p| p.changed_at, DateTimeKind::Day, "Asia/Kolkata").all(&db).await?;
    /// assert!(days.iter().all(|day| day.time().to_string() == "18:30:00"));   // midnight there
    /// # Ok(()) }) }
    /// ```
    pub fn datetimes_in<E>(
        self,
        of: impl FnOnce(M::Fields<Root<M>>) -> E,
        kind: DateTimeKind,
        zone: impl IntoZone,
    ) -> QuerySet<M, Values<M, Base<E>>>
    where
        E: Expression<Scope: Within<M>>,
        Base<E>: IsInstant,
    {
        let of = of(Self::fields()).into_node();
        self.moments(of, |of: Expr<M, Base<E>>| of.trunc_in(kind, zone))
    }

    fn moments<T: SqlType>(
        mut self,
        of: Node,
        trunc: impl FnOnce(Expr<M, T>) -> Expr<M, T>,
    ) -> QuerySet<M, Values<M, T>> {
        self.query.filter(of.clone().is_null().negate());
        let moment = trunc(Expr::new(of)).node;
        let key = OrderKey::Expr(moment.expr.clone());
        self.query.order_by(vec![OrderBy { key, descending: false, nulls: Nulls::Largest }]);
        let nodes = vec![moment];
        let shape = Values::new(&nodes);
        self.query.values(nodes);
        self.query.distinct();
        QuerySet { query: self.query, shape }
    }
}
