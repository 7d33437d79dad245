//! `bulk_create`: any number of new rows, and the rows as the database has them.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use super::arrange::{InPlaces, Known, integer};
use super::chunk::{Chunk, Limits, chunks};
use super::conflict::{BulkConflict, BulkIgnore};
use super::draft::{Groups, groups};
use super::together::{Work, together};
use crate::ast::{CompareOp, ConflictAction, Expr, Insert, Node, OnConflict, Returning};
use crate::backend::Executor;
use crate::compile::{CompiledSql, Operation, compile_counting_step, compile_insert};
use crate::error::{Error, Result};
use crate::exec::create::{counted, misplaced, untold, vanished};
use crate::exec::hooks::{Around, HookedWork, SAVING, after_all, before_all, hooked, watches};
use crate::exec::run::{Integer, execute, fetch, fetch_one};
use crate::model::{Fields, Model, NewModel, Root};
use crate::queryset::{FieldList, HookChoice, Query, QuerySet, Whole, own_field};
use crate::schema::FieldMeta;

impl<M: Model> QuerySet<M> {
    /// Inserts any number of rows, all or none, and gives them back in their order as the database has them, with generated
    /// keys and defaults.
    ///
    /// A row is a value such as `NewPost`, or a complete builder: `Post::draft()`. What is to happen where a unique value is
    /// taken already is said behind it: [`ignore_conflicts`](BulkCreate::ignore_conflicts),
    /// [`on_conflict`](BulkCreate::on_conflict).
    ///
    /// PostgreSQL gets one array for each column, so that the statement's text is the same for any number of rows. Other
    /// databases get several rows in a statement, and as many statements as their limits want.
    ///
    /// [Hooks](crate::exec::hooks) are called only when [`with_hooks`](QuerySet::with_hooks) says so: before the first row is
    /// inserted those of all rows, and when the last one is, again those of all.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let drafts = ["eve", "joe"].map(|name| User::draft().username(name));
    /// let users = User::objects().bulk_create(&db, drafts).await?;
    /// assert_eq!(users.iter().map(|user| user.id).collect::<Vec<_>>(), [3, 4]);
    ///
    /// let many = (0..10_000).map(|n| NewUser { id: None, username: format!("user {n}"), email: None });
    /// assert_eq!(User::objects().bulk_create(&db, many).await?.len(), 10_000);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// A value does not fit its field, a constraint is violated, or the database fails; then there is none of the rows.
    #[track_caller]
    pub fn bulk_create<E: Executor, N: Into<M::New>>(
        self,
        db: &E,
        rows: impl IntoIterator<Item = N>,
    ) -> BulkCreate<'_, M, E> {
        let operation = Operation::called(M::META.name, "bulk_create");
        let drafts = rows.into_iter().map(Into::into).collect();
        BulkCreate { db, drafts, batch_size: None, operation, hooks: self.query.hooks, is_part: false }
    }
}

/// New rows to be inserted; made by [`QuerySet::bulk_create`]. Awaited it gives the rows in their order.
#[must_use = "nothing is inserted until it is awaited"]
pub struct BulkCreate<'e, M: Model, E> {
    pub(super) db: &'e E,
    drafts: Vec<M::New>,
    batch_size: Option<usize>,
    pub(in crate::exec) operation: Operation,
    pub(super) hooks: HookChoice,
    /// Whether it is part of a block that comes to nothing as a whole, so that it needs none of its own.
    pub(in crate::exec) is_part: bool,
}

impl<'e, M: Model, E: Executor> BulkCreate<'e, M, E> {
    /// At most this many rows in a statement. They are inserted all or none all the same.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let drafts = ["eve", "joe", "ida"].map(|name| User::draft().username(name));
    /// assert_eq!(User::objects().bulk_create(&db, drafts).batch_size(2).await?.len(), 3);
    /// # Ok(()) }) }
    /// ```
    pub fn batch_size(mut self, rows: usize) -> Self {
        self.batch_size = Some(rows);
        self
    }

    /// Leaves out rows of which any unique value is taken already, by a row that was there or by one before it.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let drafts = ["ann", "eve"].map(|name| User::draft().username(name));
    /// User::objects().bulk_create(&db, drafts).ignore_conflicts().await?;
    /// assert_eq!(User::objects().count(&db).await?, 3);
    /// # Ok(()) }) }
    /// ```
    pub fn ignore_conflicts(self) -> BulkIgnore<'e, M, E> {
        let conflict = OnConflict { target: Vec::new(), action: ConflictAction::Nothing };
        BulkIgnore::new(self, conflict)
    }

    /// Begins to say what happens where these values are taken already: the primary key, or the fields of a unique
    /// constraint. Conflicts of other constraints remain errors.
    ///
    /// MySQL and MariaDB do not tell one constraint from another, so there the model may have no other whose values could be
    /// taken (a key that the database counts never is).
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let drafts = ["ann", "eve"].map(|name| User::draft().username(name).email("new@example.org"));
    /// let users = User::objects().bulk_create(&db, drafts).on_conflict(|u| u.username).update(|u| u.email).await?;
    /// assert_eq!(users[0].id, 1);   // Ann, who was there, with her new address
    /// assert_eq!(users[0].email.as_deref(), Some("new@example.org"));
    /// # Ok(()) }) }
    /// ```
    pub fn on_conflict<L: FieldList<M>>(
        self,
        target: impl FnOnce(M::Fields<Root<M>>) -> L,
    ) -> BulkConflict<'e, M, E> {
        let target = target(<M::Fields<Root<M>> as Fields>::NEW).fields();
        BulkConflict { rows: self, target }
    }

    /// The rows in pieces that one statement takes.
    pub(super) fn chunks(self, conflict: Option<&OnConflict>) -> Result<Vec<Chunk>> {
        let limits = Limits::of_runs(self.db.dialect().capability(), self.batch_size);
        Ok(chunks(groups::<M>(self.drafts, conflict, self.db.now(), limits)?, limits))
    }

    /// Inserts the rows, with something to do about conflicts, and reads them back unless they are to be ignored.
    pub(super) async fn insert(self, conflict: Option<OnConflict>) -> Result<Vec<M>> {
        let (db, operation) = (self.db, self.operation);
        let ignores =
            conflict.as_ref().is_some_and(|conflict| matches!(conflict.action, ConflictAction::Nothing));
        if self.hooks.if_called() {
            if conflict.is_some() {
                let what = "hooks cannot be called where rows may be there already: only the database knows which are new";
                return Err(Error::InvalidQuery(what.into()));
            }
            if watches(db, M::META, SAVING) {
                let BulkCreate { drafts, batch_size, .. } = self;
                return hooked(db, operation, HookedInserts::<M> { drafts, batch_size, operation }).await;
            }
        }
        let is_part = self.is_part;
        let chunks = self.chunks(conflict.as_ref())?;
        let alone = is_part || chunks.len() <= 1 && (ignores || db.dialect().capability().insert_returning);
        let inserts = Inserts { chunks, conflict, ignores, operation, row: Whole::<M>::NEW };
        if alone { inserts.run(db).await } else { together(db, operation, inserts).await }
    }
}

impl<'e, M: Model, E: Executor> IntoFuture for BulkCreate<'e, M, E> {
    type Output = Result<Vec<M>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'e>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.insert(None))
    }
}

/// Rows with what is called around each.
struct HookedInserts<M: Model> {
    drafts: Vec<M::New>,
    batch_size: Option<usize>,
    operation: Operation,
}

impl<M: Model> HookedWork for HookedInserts<M> {
    type Out = Vec<M>;

    async fn run<E: Executor>(self, db: &E, around: &Around<'_, E::Backend>) -> Result<Vec<M>> {
        let now = db.now();
        let values = self.drafts.into_iter().map(|draft| draft.into_values(now));
        let drafts =
            values.collect::<Result<Vec<_>, _>>().map_err(|(at, error)| misplaced::<M>(at, error))?;
        let (mut drafts, written) = before_all(around, M::META, drafts).await?;
        let limits = Limits::of_runs(db.dialect().capability(), self.batch_size);
        let mut groups = Groups::new(M::META, None, limits, drafts.len());
        drafts.iter_mut().try_for_each(|values| groups.push(values))?;
        let chunks = chunks(groups.all, limits);
        let row = Whole::<M>::NEW;
        let inserts = Inserts { chunks, conflict: None, ignores: false, operation: self.operation, row };
        let rows = inserts.run(db).await?;
        after_all(around, written, &rows).await?;
        Ok(rows)
    }
}

/// The statements of one call.
struct Inserts<M> {
    chunks: Vec<Chunk>,
    conflict: Option<OnConflict>,
    /// Rows may be left out, so none are given back.
    ignores: bool,
    operation: Operation,
    row: Whole<M>,
}

impl<M: Model> Work for Inserts<M> {
    type Out = Vec<M>;

    async fn run<E: Executor>(self, db: &E) -> Result<Vec<M>> {
        let Inserts { chunks, conflict, ignores, operation, row } = self;
        let mut given = InPlaces::default();
        let mut insert = InsertRows { db, operation, row, step: None };
        for mut chunk in chunks {
            let conflict = conflict.clone().filter(|_| chunk.conflicts);
            if ignores {
                insert.blindly(chunk, conflict).await?;
                continue;
            }
            let places = std::mem::take(&mut chunk.places);
            let rows = insert.read_back(chunk, conflict).await?;
            if rows.len() != places.len() {
                return Err(vanished::<M>());
            }
            given.push(places, rows);
        }
        Ok(given.in_order())
    }
}

/// One statement after another on the same executor.
struct InsertRows<'e, M, E> {
    db: &'e E,
    operation: Operation,
    row: Whole<M>,
    /// By how much the database counts its keys up, once that is known.
    step: Option<i64>,
}

impl<M: Model, E: Executor> InsertRows<'_, M, E> {
    /// Inserts rows of which some may be left out.
    async fn blindly(&self, chunk: Chunk, conflict: Option<OnConflict>) -> Result<()> {
        let sql = self.compiled(chunk, conflict, Returning::Nothing)?;
        execute(self.db, sql).await.map(drop)
    }

    /// Inserts rows and gives them back in their order: by the statement, or by another that reads them.
    async fn read_back(&mut self, chunk: Chunk, conflict: Option<OnConflict>) -> Result<Vec<M>> {
        let target = conflict.as_ref().map_or(&[][..], |conflict| &conflict.target);
        let known = Known::of::<M>(target, &chunk.fields, &chunk.rows);
        if self.db.dialect().capability().insert_returning {
            let sql = self.compiled(chunk, conflict, Returning::Model)?;
            return known.arrange(fetch(self.db, sql, self.row.clone()).await?);
        }
        if matches!(known, Known::Unknown) {
            return Err(M::META.key_fields().next().map_or_else(vanished::<M>, untold));
        }
        let count = chunk.rows.len();
        let executed = execute(self.db, self.compiled(chunk, conflict, Returning::Nothing)?).await?;
        let rows = match &known {
            Known::Values(fields, values) => {
                let nodes = fields.iter().map(|field| own_field(field)).collect();
                self.read(Node::in_tuples(nodes, values.clone())).await?
            }
            Known::Counted(field) => self.counted_rows(field, executed.last_insert_id, count).await?,
            Known::Unknown => Vec::new(),
        };
        known.arrange(rows)
    }

    /// The rows whose keys a statement has counted from `first` on. One whose number of rows is known beforehand gets its
    /// keys in one piece, in each of the engine's modes of counting.
    async fn counted_rows(
        &mut self,
        field: &'static FieldMeta,
        first: Option<u64>,
        count: usize,
    ) -> Result<Vec<M>> {
        let step = match self.step {
            Some(step) => step,
            None if count == 1 => 1,
            None => *self.step.insert(counting_step(self.db, self.operation).await?),
        };
        let (condition, start) = counted_keys(field, first, count, step)?;
        let mut rows = self.read(condition).await?;
        if step > 1 {
            // Keys between belong to other servers of a cluster.
            let at = M::META.position(field).unwrap_or_default();
            rows.retain(|row| row.value(at).is_ok_and(|key| (integer(&key) - start) % i128::from(step) == 0));
        }
        Ok(rows)
    }

    async fn read(&self, condition: Node) -> Result<Vec<M>> {
        let mut query = Query::new(M::META);
        query.filter(condition);
        let sql = query.compiled(self.db.dialect(), self.operation)?;
        fetch(self.db, sql, self.row.clone()).await
    }

    fn compiled(
        &self,
        chunk: Chunk,
        conflict: Option<OnConflict>,
        returning: Returning,
    ) -> Result<CompiledSql> {
        let (fields, rows, on_conflict) = (chunk.fields, chunk.rows.into(), conflict.map(Box::new));
        let insert = Insert { model: M::META, fields, rows, on_conflict, returning };
        compile_insert(insert, self.db.dialect(), self.operation)
    }
}

/// The condition for so many keys that were counted from `first` on, and the first of them.
fn counted_keys(
    field: &'static FieldMeta,
    first: Option<u64>,
    count: usize,
    step: i64,
) -> Result<(Node, i128)> {
    let behind = step.unsigned_abs().saturating_mul(count.saturating_sub(1) as u64);
    let last = counted(field, first.map(|first| first.saturating_add(behind)))?;
    let first = counted(field, first)?;
    let start = integer(&first);
    let bound = |op, value| own_field(field).compare(op, Node::leaf(Expr::Value(value)));
    Ok((bound(CompareOp::Ge, first).and(bound(CompareOp::Le, last)), start))
}

/// By how much the database counts its keys up.
pub(super) async fn counting_step<E: Executor>(db: &E, operation: Operation) -> Result<i64> {
    match compile_counting_step(db.dialect(), operation) {
        Some(sql) => Ok(fetch_one(db, sql, Integer).await?.unwrap_or(1).max(1)),
        None => Ok(1),
    }
}
