//! Deleting rows that stay: the time of it is written, with a way back, and a way to delete them for good.

use std::future::Future;

use chrono::{DateTime, SubsecRound, Utc};

use super::delete::{BATCH, delete_for_good, read_locked, with_values};
use super::hooks::{
    Around, AroundDeletion, HookedUpdate, HookedWork, SAVING, hooked, watches, watches_deletion_of,
};
use super::stale::this_row;
use super::write::update_rows;
use crate::ast::{Assignment, DeletedRows, Expr};
use crate::backend::{Backend, Executor};
use crate::compile::Operation;
use crate::error::{Error, Result};
use crate::model::SoftDelete;
use crate::queryset::{Query, QuerySet, Shape};
use crate::schema::{FieldMeta, ModelMeta};
use crate::value::{Value, ValueKind};

impl<M: SoftDelete, S: Shape<Model = M>> QuerySet<M, S> {
    /// Deletes all rows for good, and gives their number: what [`delete`](QuerySet::delete) does to rows that do not stay,
    /// with all that its words say about rows that point at them, and about hooks.
    ///
    /// Rows that are deleted already are among them only where the queryset has them:
    ///
    /// ```
    /// # use orm_doc_models::guide::soft_delete::*;
    /// # fn main() -> orm::Result<()> { notebook(async |db| {
    /// Note::objects().filter(|n| n.text.eq("Milk")).delete(&db).await?;
    /// let month = Utc::now() - TimeDelta::days(30);
    /// assert_eq!(Note::objects().filter(|n| n.deleted_at.lt(month)).only_deleted().hard_delete(&db).await?, 0);
    /// assert_eq!(Note::objects().only_deleted().hard_delete(&db).await?, 1);
    /// assert_eq!(Note::objects().with_deleted().count(&db).await?, 2);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`QuerySet::delete`] of a model whose rows do not stay.
    #[track_caller]
    pub fn hard_delete<'e, E: Executor>(
        self,
        db: &'e E,
    ) -> impl Future<Output = Result<u64>> + Send + use<'e, E, M, S> {
        delete_for_good(db, self.query, Operation::called(M::META.name, "hard_delete"))
    }

    /// Takes the deletion back, in one statement, of those rows of the queryset that are deleted; gives how many there were.
    /// It need not be said that they are asked for.
    ///
    /// [Hooks](crate::exec::hooks) for saving are called only when [`with_hooks`](QuerySet::with_hooks) says so.
    ///
    /// ```
    /// # use orm_doc_models::guide::soft_delete::*;
    /// # fn main() -> orm::Result<()> { notebook(async |db| {
    /// Note::objects().delete(&db).await?;
    /// assert_eq!(Note::objects().filter(|n| n.text.startswith("M")).restore(&db).await?, 1);
    /// assert_eq!(Note::objects().get(&db).await?.text, "Milk");
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// The queryset is sliced and not [`only_deleted`](QuerySet::only_deleted), a constraint is violated, or the database
    /// fails.
    #[track_caller]
    pub fn restore<'e, E: Executor>(
        self,
        db: &'e E,
    ) -> impl Future<Output = Result<u64>> + Send + use<'e, E, M, S> {
        restore(db, self.query, Operation::called(M::META.name, "restore"))
    }
}

/// What a row can do that stays when it is deleted. Every model with `soft_delete` has it.
pub trait SoftDeleteInstance: SoftDelete {
    /// Deletes the row for good, whether or not it is deleted already; `false` when it was gone. See
    /// [`QuerySet::hard_delete`].
    ///
    /// ```
    /// # use orm_doc_models::guide::soft_delete::*;
    /// # fn main() -> orm::Result<()> { notebook(async |db| {
    /// let milk = Note::objects().filter(|n| n.text.eq("Milk")).get(&db).await?;
    /// milk.delete(&db).await?;
    /// assert!(milk.hard_delete(&db).await?);
    /// assert_eq!(Note::objects().with_deleted().count(&db).await?, 2);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`QuerySet::hard_delete`].
    #[track_caller]
    fn hard_delete<E: Executor>(&self, db: &E) -> impl Future<Output = Result<bool>> + Send {
        let operation = Operation::called(Self::META.name, "hard_delete");
        let query = this_row(self);
        async move { Ok(delete_for_good(db, query?, operation).await? > 0) }
    }

    /// Takes the deletion of the row back; `false` when it was not deleted, or is gone. The value in memory is as it was.
    ///
    /// ```
    /// # use orm_doc_models::guide::soft_delete::*;
    /// # fn main() -> orm::Result<()> { notebook(async |db| {
    /// let milk = Note::objects().filter(|n| n.text.eq("Milk")).get(&db).await?;
    /// assert!(milk.delete(&db).await?);
    /// assert!(milk.restore(&db).await?);
    /// assert!(!milk.restore(&db).await?);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`QuerySet::restore`].
    #[track_caller]
    fn restore<E: Executor>(&self, db: &E) -> impl Future<Output = Result<bool>> + Send {
        let operation = Operation::called(Self::META.name, "restore");
        let query = this_row(self);
        async move { Ok(restore(db, query?, operation).await? > 0) }
    }
}

impl<M: SoftDelete> SoftDeleteInstance for M {}

/// Writes the time into the rows of a query that are not deleted yet; gives their number.
pub(super) async fn delete_softly<E: Executor>(
    db: &E,
    mut query: Query,
    operation: Operation,
) -> Result<u64> {
    let field = deleted_at(query.model)?;
    if !keep_deletable(&mut query)? {
        return Ok(0);
    }
    query.apply_order_of_slice();
    query.forget_left_out();
    let assignment = Assignment { field, value: Expr::Value(time(field, db.now())) };
    if query.hooks.unless_left() && watches_deletion_of(db, query.model) {
        return hooked(db, operation, SoftDeletion { query, assignment, operation }).await;
    }
    update_rows(db, query, vec![assignment], operation).await
}

/// Makes a query one of rows that are left to be deleted; false where none can be.
pub(super) fn keep_deletable(query: &mut Query) -> Result<bool> {
    let wanted = query.select.deleted != DeletedRows::Only;
    if wanted {
        let what = "`delete` of a slice leaves out what is deleted: remove `with_deleted`";
        choose(query, DeletedRows::Hidden, what)?;
    }
    Ok(wanted)
}

async fn restore<E: Executor>(db: &E, mut query: Query, operation: Operation) -> Result<u64> {
    query.check()?;
    if query.is_empty() {
        return Ok(0);
    }
    choose(&mut query, DeletedRows::Only, "to restore rows of a slice, say `only_deleted` before")?;
    query.apply_order_of_slice();
    query.forget_left_out();
    let field = deleted_at(query.model)?;
    let assignments = vec![Assignment { field, value: Expr::Value(Value::Null(field.kind)) }];
    if query.hooks.if_called() && watches(db, query.model, SAVING) {
        return hooked(db, operation, HookedUpdate { query, assignments, operation }).await;
    }
    update_rows(db, query, assignments, operation).await
}

/// Makes a query one of rows that are deleted or not. Of a slice it has to be one already: other rows would be in it.
fn choose(query: &mut Query, deleted: DeletedRows, sliced: &'static str) -> Result<()> {
    if query.select.deleted != deleted && query.select.is_sliced() {
        return Err(Error::InvalidQuery(sliced.into()));
    }
    query.select.deleted = deleted;
    Ok(())
}

fn deleted_at(model: &'static ModelMeta) -> Result<&'static FieldMeta> {
    model.deleted_at().ok_or_else(|| {
        Error::InvalidQuery(format!("rows of `{}` do not stay when they are deleted", model.name).into())
    })
}

/// The time as the field stores it.
fn time(field: &FieldMeta, now: DateTime<Utc>) -> Value {
    let now = now.trunc_subsecs(6);
    match field.kind {
        ValueKind::DateTime => Value::DateTime(now.naive_utc()),
        _ => Value::Timestamp(now),
    }
}

/// A deletion with hooks around each row.
struct SoftDeletion {
    query: Query,
    assignment: Assignment,
    operation: Operation,
}

impl<B: Backend> HookedWork<B> for SoftDeletion {
    type Out = u64;

    async fn run<E: Executor<Backend = B>>(self, db: &E, around: &Around<'_, B>) -> Result<u64> {
        let SoftDeletion { query, assignment, operation } = self;
        let model = query.model;
        let key: Vec<_> = model.key_fields().collect();
        let keys = read_locked(db, query, &key, operation).await?;
        let mut hooks =
            AroundDeletion::read(db, around, vec![(model, keys.clone())], operation).await?.softly();
        hooks.before(around).await?;
        let mut deleted = 0;
        for batch in keys.chunks(BATCH) {
            let mut these = with_values(model, &key, batch.to_vec());
            // A hook may have deleted one itself.
            these.select.deleted = DeletedRows::Hidden;
            deleted += update_rows(db, these, vec![assignment.clone()], operation).await?;
        }
        hooks.after(around).await?;
        Ok(deleted)
    }
}
