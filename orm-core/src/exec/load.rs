//! `load`: the fields of a row that its query left out.

use std::future::Future;

use super::run::fetch_one;
use super::stale::this_row;
use crate::backend::Executor;
use crate::compile::{Operation, compile_select};
use crate::error::{Error, Result};
use crate::model::{Fields, Model, Root};
use crate::queryset::{DeferredList, Values, own_field};

/// Reads the given fields of one row and puts them in their places.
#[track_caller]
pub(super) fn load<M: Model, E: Executor, D: DeferredList<M>>(
    row: &mut M,
    db: &E,
    fields: impl FnOnce(M::Fields<Root<M>>) -> D,
) -> impl Future<Output = Result<()>> + Send {
    let operation = Operation::called(M::META.name, "load");
    let fields = fields(<M::Fields<Root<M>> as Fields>::NEW).deferred();
    async move {
        let mut query = this_row(row)?;
        let nodes: Vec<_> = fields.into_iter().map(own_field).collect();
        let shape = Values::<M, D::Values>::new(&nodes);
        query.values(nodes);
        let sql = compile_select(query.select, db.dialect(), operation)?;
        let values = fetch_one(db, sql, shape).await?;
        D::put(row, values.ok_or(Error::DoesNotExist { model: M::META.name })?);
        Ok(())
    }
}
