//! `prefetch`: related rows for rows that are there already.

use std::future::Future;
use std::panic::Location;

use super::prefetch::all;
use crate::backend::Executor;
use crate::error::Result;
use crate::model::{Cons, Fields, Loaded, LoadedRow, Model, Root, RowParts};
use crate::queryset::load::Prefetches;
use crate::queryset::{IntoPrefetched, Load, Prefetchable, Selecting};

type Row<T, X> = <<T as LoadedRow>::Model as Model>::With<Loads<T, X>>;
type Loads<T, X> = Cons<
    <LoadOf<T, X> as Load<<T as LoadedRow>::Model>>::Name,
    <LoadOf<T, X> as Load<<T as LoadedRow>::Model>>::Out,
    <T as LoadedRow>::Loaded,
>;
type LoadOf<T, X> = <X as IntoPrefetched<Root<<T as LoadedRow>::Model>>>::Load;

/// Loads related rows for rows that are there already, with one query: what `prefetch_related` does for those of a query.
/// Several relations take several calls. The rows come back in their order.
///
/// ```
/// # use orm_doc_models::blog::*;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// let posts = Post::objects().filter(|p| p.views.gt(50)).all(&db).await?;
/// let posts = orm::prefetch(&db, posts, |p| p.author).await?;
/// assert_eq!(posts[0].author().as_ref().map(|user| user.username.as_str()), Some("ann"));
/// # Ok(()) }) }
/// ```
///
/// # Errors
/// The database fails.
#[track_caller]
pub fn prefetch<E, T, X>(
    db: &E,
    rows: Vec<T>,
    relation: impl FnOnce(<T::Model as Model>::Fields<Root<T::Model>>) -> X,
) -> impl Future<Output = Result<Vec<Row<T, X>>>> + Send
where
    E: Executor,
    T: LoadedRow,
    X: IntoPrefetched<Root<T::Model>>,
{
    let from = Location::caller();
    let relation = relation(<<T::Model as Model>::Fields<Root<T::Model>> as Fields>::NEW);
    let mut selecting = Selecting::behind(0);
    let load = relation.into_prefetched(&mut selecting);
    let with = |row: T| {
        let (row, loaded) = row.into_parts();
        T::Model::with(Loaded::new(row, Cons::new(load.empty(), loaded)))
    };
    let mut rows: Vec<Row<T, X>> = rows.into_iter().map(with).collect();
    async move {
        selecting.check()?;
        if !rows.is_empty() {
            let mut prefetches = Prefetches::new(db.dialect());
            let places = rows.iter_mut().map(|row| {
                let (row, loaded) = row.parts_mut();
                (row, loaded.parts_mut().0)
            });
            load.prefetches(places.collect(), &mut prefetches);
            all(db, prefetches, Some(from)).await?;
        }
        Ok(rows)
    }
}
