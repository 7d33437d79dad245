//! Writing the rows of a queryset: update.

use std::future::Future;

use super::hooks::{HookedUpdate, SAVING, hooked, watches};
use super::run::execute;
use crate::ast::{Assignment, Update};
use crate::backend::Executor;
use crate::compile::{CompiledSql, Operation, compile_update};
use crate::error::{Error, Result};
use crate::model::{Model, Root};
use crate::queryset::{Assignments, Query, QuerySet, Shape};

impl<M: Model, S: Shape<Model = M>> QuerySet<M, S> {
    /// Changes all rows in one statement and gives the number of rows that matched, whether or not their values changed.
    ///
    /// Expressions see the row as it was. `auto_now` fields are not touched: only what the closure says is.
    ///
    /// [Hooks](crate::exec::hooks) are called only when [`with_hooks`](QuerySet::with_hooks) says so. Then the rows are read and
    /// locked first, hooks are called for each, and the rows are written by their keys.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let popular = Post::objects().filter(|p| p.views.gt(50));
    /// let changed = popular.update(&db, |p| (p.views.set(p.views * 2), p.title.set("Popular"))).await?;
    /// assert_eq!(changed, 2);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// A value does not fit its field, a constraint is violated, or the database fails.
    #[track_caller]
    pub fn update<E: Executor, A: Assignments<M>>(
        self,
        db: &E,
        values: impl FnOnce(M::Fields<Root<M>>) -> A,
    ) -> impl Future<Output = Result<u64>> + Send {
        let operation = Operation::called(M::META.name, "update");
        let assignments = values(Self::fields()).into_assignments();
        updated(db, Way::of(db, self.query, assignments, operation), operation)
    }
}

/// Updates rows; gives their number.
async fn updated<E: Executor>(db: &E, way: Result<Way>, operation: Operation) -> Result<u64> {
    match way? {
        Way::Nothing => Ok(0),
        Way::Statement(sql) => Ok(execute(db, sql).await?.rows_affected),
        Way::Hooked(update) => hooked(db, operation, *update).await,
    }
}

/// How rows are updated: known at once, and smaller than what it is made from.
enum Way {
    /// There are none.
    Nothing,
    Statement(CompiledSql),
    Hooked(Box<HookedUpdate>),
}

impl Way {
    fn of<E: Executor>(
        db: &E,
        mut query: Query,
        assignments: Vec<Assignment>,
        operation: Operation,
    ) -> Result<Self> {
        query.check()?;
        if assignments.is_empty() {
            return Err(Error::InvalidQuery("`update` was given nothing to set".into()));
        }
        query.apply_order_of_slice();
        query.forget_left_out();
        if query.hooks.if_called() && !query.is_empty() && watches(db, query.model, SAVING) {
            return Ok(Way::Hooked(Box::new(HookedUpdate { query, assignments, operation })));
        }
        let empty = query.is_empty();
        let update = Update { model: query.model, assignments, rows: query.select };
        let sql = compile_update(update, db.dialect(), operation)?;
        // Only now: a mistake is reported although no row would change.
        Ok(if empty { Way::Nothing } else { Way::Statement(sql) })
    }
}

/// Writes the same to all rows of a query; gives their number.
pub(super) async fn update_rows<E: Executor>(
    db: &E,
    query: Query,
    assignments: Vec<Assignment>,
    operation: Operation,
) -> Result<u64> {
    let update = Update { model: query.model, assignments, rows: query.select };
    Ok(execute(db, compile_update(update, db.dialect(), operation)?).await?.rows_affected)
}
