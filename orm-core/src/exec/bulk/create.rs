//! `bulk_create`: any number of new rows, and the rows as the database has them.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use super::arrange::{Known, RowsInPlaces, integer};
use super::chunk::{Chunk, Limits, chunks};
use super::conflict::{BulkConflict, BulkIgnore};
use super::draft::{Groups, groups};
use crate::ast::{CompareOp, ConflictAction, Expr, Insert, Node, OnConflict, Returning};
use crate::backend::{Backend, Executor};
use crate::compile::{CompiledSql, Operation, compile_counting_step, compile_insert};
use crate::error::{Error, Result};
use crate::exec::any_row::{AnyRows, AsAny, fetch_any, pick, typed};
use crate::exec::create::{counted, misplaced, untold, vanished};
use crate::exec::hooks::{Around, HookedWork, SAVING, after_all, before_all, hooked, watches};
use crate::exec::run::{Integer, Running, execute, fetch_one};
use crate::exec::transaction::{Work, together};
use crate::model::{Fields, Model, NewModel, Root};
use crate::queryset::{FieldList, HookChoice, Query, QuerySet, own_field};
use crate::schema::{FieldMeta, ModelMeta};
use crate::value::Value;

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

    /// The rows as values, those of the fields that they give.
    fn values(self) -> Result<Vec<Vec<Option<Value>>>> {
        let now = self.db.now();
        let mut all = Vec::with_capacity(self.drafts.len());
        for draft in self.drafts {
            all.push(draft.into_values(now).map_err(|(at, error)| misplaced(M::META, at, error))?);
        }
        Ok(all)
    }

    /// Inserts the rows, with something to do about conflicts, and reads them back unless they are to be ignored.
    pub(super) async fn insert(self, conflict: Option<OnConflict>) -> Result<Vec<M>> {
        let (db, operation, read) = (self.db, self.operation, const { AsAny::of::<M>() });
        let inserted = if self.is_hooked(conflict.is_some())? {
            let batch_size = self.batch_size;
            let inserts =
                HookedInserts { model: M::META, drafts: self.values()?, batch_size, operation, read };
            hooked(db, operation, inserts).await?
        } else {
            let is_part = self.is_part;
            let chunks = self.chunks(conflict.as_ref())?;
            Inserts { model: M::META, chunks, conflict, operation, read }.all_or_none(db, is_part).await?
        };
        inserted.map_or(Ok(Vec::new()), typed::<M>)
    }

    /// Whether hooks are called.
    fn is_hooked(&self, conflicts: bool) -> Result<bool> {
        if !self.hooks.if_called() {
            return Ok(false);
        }
        if conflicts {
            let what = "hooks cannot be called where rows may be there already: only the database knows which are new";
            return Err(Error::InvalidQuery(what.into()));
        }
        Ok(watches(self.db, M::META, SAVING))
    }
}

impl<'e, M: Model, E: Executor> IntoFuture for BulkCreate<'e, M, E> {
    type Output = Result<Vec<M>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'e>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.insert(None))
    }
}

// What follows is compiled once for all models.

/// Rows with what is called around each.
struct HookedInserts<B: Backend> {
    model: &'static ModelMeta,
    drafts: Vec<Vec<Option<Value>>>,
    batch_size: Option<usize>,
    operation: Operation,
    read: AsAny<B>,
}

impl<B: Backend> HookedWork<B> for HookedInserts<B> {
    type Out = Option<Box<dyn AnyRows>>;

    async fn run<E: Executor<Backend = B>>(self, db: &E, around: &Around<'_, B>) -> Result<Self::Out> {
        let HookedInserts { model, drafts, batch_size, operation, read } = self;
        let (mut drafts, written) = before_all(around, model, drafts).await?;
        let limits = Limits::of_runs(db.dialect().capability(), batch_size);
        let mut groups = Groups::new(model, None, limits, drafts.len());
        drafts.iter_mut().try_for_each(|values| groups.push(values))?;
        let chunks = chunks(groups.all, limits);
        let rows = Inserts { model, chunks, conflict: None, operation, read }.run(db).await?;
        if let Some(rows) = &rows {
            after_all(around, model, written, &**rows).await?;
        }
        Ok(rows)
    }
}

/// The statements of one call.
struct Inserts<B: Backend> {
    model: &'static ModelMeta,
    chunks: Vec<Chunk>,
    conflict: Option<OnConflict>,
    operation: Operation,
    read: AsAny<B>,
}

impl<B: Backend> Inserts<B> {
    /// Whether rows may be left out, so that none are given back.
    fn ignores(&self) -> bool {
        let conflict = self.conflict.as_ref();
        conflict.is_some_and(|conflict| matches!(conflict.action, ConflictAction::Nothing))
    }

    /// Runs them, in a block of their own unless they are one, or part of one that comes to nothing as a whole.
    fn all_or_none<E: Executor<Backend = B>>(
        self,
        db: &E,
        is_part: bool,
    ) -> Running<'_, Option<Box<dyn AnyRows>>> {
        let is_one = || self.ignores() || db.dialect().capability().insert_returning;
        if is_part || self.chunks.len() <= 1 && is_one() {
            Box::pin(self.run(db))
        } else {
            together(db, self.operation, self)
        }
    }
}

impl<B: Backend> Work<B> for Inserts<B> {
    type Out = Option<Box<dyn AnyRows>>;

    async fn run<E: Executor<Backend = B>>(self, db: &E) -> Result<Self::Out> {
        let ignores = self.ignores();
        let Inserts { model, chunks, conflict, operation, read } = self;
        let mut given = RowsInPlaces::default();
        let mut insert = InsertRows { db, model, operation, read, step: None };
        for mut chunk in chunks {
            let conflict = conflict.clone().filter(|_| chunk.conflicts);
            if ignores {
                insert.blindly(chunk, conflict).await?;
                continue;
            }
            let places = std::mem::take(&mut chunk.places);
            let rows = insert.read_back(chunk, conflict).await?;
            if rows.count() != places.len() {
                return Err(vanished(model));
            }
            given.push(places, rows)?;
        }
        Ok(given.in_order())
    }
}

/// One statement after another on the same executor.
struct InsertRows<'e, E: Executor> {
    db: &'e E,
    model: &'static ModelMeta,
    operation: Operation,
    read: AsAny<E::Backend>,
    /// By how much the database counts its keys up, once that is known.
    step: Option<i64>,
}

impl<E: Executor> InsertRows<'_, E> {
    /// Inserts rows of which some may be left out.
    async fn blindly(&self, chunk: Chunk, conflict: Option<OnConflict>) -> Result<()> {
        let sql = self.compiled(chunk, conflict, Returning::Nothing)?;
        execute(self.db, sql).await.map(drop)
    }

    /// Inserts rows and gives them back in their order: by the statement, or by another that reads them.
    async fn read_back(&mut self, chunk: Chunk, conflict: Option<OnConflict>) -> Result<Box<dyn AnyRows>> {
        let target = conflict.as_ref().map_or(&[][..], |conflict| &conflict.target);
        let known = Known::of(self.model, target, &chunk.fields, &chunk.rows);
        let mut rows = if self.db.dialect().capability().insert_returning {
            let sql = self.compiled(chunk, conflict, Returning::Model)?;
            fetch_any(self.db, sql, self.read).await?
        } else {
            if matches!(known, Known::Unknown) {
                let key = self.model.key_fields().next();
                return Err(key.map_or_else(|| vanished(self.model), untold));
            }
            let count = chunk.rows.len();
            let sql = self.compiled(chunk, conflict, Returning::Nothing)?;
            let executed = execute(self.db, sql).await?;
            match &known {
                Known::Counted(field) => self.counted_rows(field, executed.last_insert_id, count).await?,
                Known::Values(fields, values) => {
                    let nodes = fields.iter().map(|field| own_field(field)).collect();
                    self.read(Node::in_tuples(nodes, values.clone())).await?
                }
                Known::Unknown => return Err(vanished(self.model)),
            }
        };
        known.arrange(self.model, &mut *rows)?;
        Ok(rows)
    }

    /// The rows whose keys a statement has counted from `first` on. One whose number of rows is known beforehand gets its
    /// keys in one piece, in each of the engine's modes of counting.
    async fn counted_rows(
        &mut self,
        field: &'static FieldMeta,
        first: Option<u64>,
        count: usize,
    ) -> Result<Box<dyn AnyRows>> {
        let step = match self.step {
            Some(step) => step,
            None if count == 1 => 1,
            None => *self.step.insert(counting_step(self.db, self.operation).await?),
        };
        let (condition, start) = counted_keys(field, first, count, step)?;
        let mut rows = self.read(condition).await?;
        if step > 1 {
            // Keys between belong to other servers of a cluster.
            let at = self.model.position(field).unwrap_or_default();
            let is_ours = |row: &usize| {
                let key = rows.row(*row).and_then(|row| row.value_at(at).ok());
                key.is_some_and(|key| (integer(&key) - start) % i128::from(step) == 0)
            };
            let ours: Vec<usize> = (0..rows.count()).filter(is_ours).collect();
            pick(&mut *rows, &ours);
        }
        Ok(rows)
    }

    async fn read(&self, condition: Node) -> Result<Box<dyn AnyRows>> {
        let mut query = Query::new(self.model);
        query.filter(condition);
        let sql = query.compiled(self.db.dialect(), self.operation)?;
        fetch_any(self.db, sql, self.read).await
    }

    fn compiled(
        &self,
        chunk: Chunk,
        conflict: Option<OnConflict>,
        returning: Returning,
    ) -> Result<CompiledSql> {
        let (fields, rows, on_conflict) = (chunk.fields, chunk.rows.into(), conflict.map(Box::new));
        let insert = Insert { model: self.model, fields, rows, on_conflict, returning };
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
