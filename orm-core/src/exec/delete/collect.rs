//! Finds the rows that are deleted together, level by level, and what else is to be done; nothing is changed yet.

use super::graph::{is_leaf, leading_to};
use super::protected::{Blocking, MOST_KEYS};
use super::rows::Rows;
use crate::ast::{Expr, Lock, LockStrength, Node, OrderBy, Select, Source};
use crate::backend::{Decode, Executor};
use crate::compile::{Operation, Reading};
use crate::error::{Error, Result};
use crate::exec::count::count;
use crate::exec::run::fetch;
use crate::queryset::{Query, own_field};
use crate::schema::{FieldMeta, ModelMeta, OnDelete, RelationMeta};
use crate::value::{Row, Value, ValueKind};

/// Most keys in one statement: few enough for every database, also composite ones.
pub(in crate::exec) const BATCH: usize = 1_000;

/// What is to be done.
pub(super) struct Plan {
    /// The rows to delete. Those that were asked for are the first of the first model.
    pub(super) models: Vec<Rows>,
    /// How many were asked for.
    pub(super) asked: usize,
    /// Rows to delete to which nothing leads, so that nobody has looked at them.
    pub(super) leaves: Vec<Pointing>,
    /// Rows whose key is to change.
    pub(super) updates: Vec<Pointing>,
}

/// The rows at the start of a relation that hold one of these keys.
pub(super) struct Pointing {
    pub(super) relation: &'static RelationMeta,
    pub(super) keys: Vec<Vec<Value>>,
}

/// Finds all rows that are deleted with these; also those that nothing leads to, of models that are to be looked at.
pub(super) async fn collect<X: Executor>(
    tx: &X,
    asked: Query,
    looked_at: &(dyn Fn(&'static ModelMeta) -> bool + Send + Sync),
    operation: Operation,
) -> Result<Plan> {
    let mut root = Rows::new(asked.model);
    read_asked(tx, asked, &mut root, operation).await?;
    let asked = root.found.len();
    let mut plan = Plan { models: vec![root], asked, leaves: Vec::new(), updates: Vec::new() };
    let mut restricting = Vec::new();
    let mut blocking = Blocking::default();
    loop {
        let level: Vec<Pointing> = plan.models.iter_mut().flat_map(next_level).collect();
        if level.is_empty() {
            break;
        }
        for pointing in level {
            let from = (pointing.relation.from)();
            match pointing.relation.on_delete {
                OnDelete::NoAction => {}
                OnDelete::Protect => block(tx, &pointing, &mut blocking, operation).await?,
                OnDelete::Restrict => restricting.push(pointing),
                OnDelete::SetNull | OnDelete::SetDefault | OnDelete::Set(_) => plan.updates.push(pointing),
                OnDelete::Cascade if is_leaf(from) && !looked_at(from) => plan.leaves.push(pointing),
                OnDelete::Cascade => add(tx, &mut plan.models, &pointing, operation).await?,
            }
        }
    }
    // Only now is it known what else is deleted.
    for pointing in restricting {
        let from = (pointing.relation.from)();
        match plan.models.iter().find(|rows| rows.model == from) {
            Some(rows) => restrict(tx, &pointing, rows, &mut blocking, operation).await?,
            None => block(tx, &pointing, &mut blocking, operation).await?,
        }
    }
    match plan.models.first().and_then(|root| blocking.into_error(root.model)) {
        Some(error) => Err(Error::Protected(Box::new(error))),
        None => Ok(plan),
    }
}

/// Adds the rows that were asked for.
async fn read_asked<X: Executor>(tx: &X, asked: Query, rows: &mut Rows, operation: Operation) -> Result<()> {
    let found = read_locked(tx, asked, &rows.fields, operation).await?;
    rows.extend(found);
    Ok(())
}

/// Reads these fields of the rows of any query, and locks the rows.
pub(in crate::exec) async fn read_locked<X: Executor>(
    tx: &X,
    asked: Query,
    fields: &[&'static FieldMeta],
    operation: Operation,
) -> Result<Vec<Vec<Value>>> {
    let model = asked.model;
    let asked = of_these(asked, fields);
    if is_plain(&asked.select) {
        return read(tx, locked(asked), fields, operation).await;
    }
    // Rows that were found by grouping or numbering can be locked only when they are known; those of a slice and beside
    // other tables on some databases only.
    let keys: Vec<_> = model.key_fields().collect();
    let found = read(tx, of_these(asked, &keys), &keys, operation).await?;
    lock_found(tx, model, &found, fields, operation).await
}

/// Reads these fields of the rows with these keys, and locks the rows.
async fn lock_found<X: Executor>(
    tx: &X,
    model: &'static ModelMeta,
    found: &[Vec<Value>],
    fields: &[&'static FieldMeta],
    operation: Operation,
) -> Result<Vec<Vec<Value>>> {
    let keys: Vec<_> = model.key_fields().collect();
    let mut rows = Vec::with_capacity(found.len());
    for batch in found.chunks(BATCH) {
        let query = of_these(with_values(model, &keys, batch.to_vec()), fields);
        rows.extend(read(tx, locked(query), fields, operation).await?);
    }
    Ok(rows)
}

/// Reads these fields of the rows of a query.
pub(in crate::exec) async fn read_values<X: Executor>(
    tx: &X,
    query: Query,
    fields: &[&'static FieldMeta],
    operation: Operation,
) -> Result<Vec<Vec<Value>>> {
    // A plain SELECT may see rows as they were before they were locked.
    let mut sql = of_these(query, fields).compiled(tx.dialect(), operation)?;
    sql.sql.push_str(tx.dialect().reading(Reading::Latest));
    fetch(tx, sql, Values(fields.iter().map(|field| field.kind).collect())).await
}

/// Whether a query has a row; it is locked then.
pub(in crate::exec) async fn is_there_locked<X: Executor>(
    tx: &X,
    query: Query,
    operation: Operation,
) -> Result<bool> {
    let keys: Vec<_> = query.model.key_fields().collect();
    Ok(!read(tx, locked(of_these(query, &keys)), &keys, operation).await?.is_empty())
}

/// The keys of the rows that were asked for, which nobody else can change from then on.
pub(in crate::exec) async fn lock_keys<X: Executor>(
    tx: &X,
    asked: Query,
    operation: Operation,
) -> Result<Vec<Vec<Value>>> {
    let model = asked.model;
    let keys: Vec<_> = model.key_fields().collect();
    let asked = of_these(asked, &keys);
    if is_plain(&asked.select) {
        return read(tx, locked(asked), &keys, operation).await;
    }
    // As in `read_locked`, and as they are now: what is changed by a subquery's rows is so, too.
    let found = read_values(tx, asked, &keys, operation).await?;
    lock_found(tx, model, &found, &keys, operation).await
}

/// Whether a query reads single rows of one table.
fn is_plain(select: &Select) -> bool {
    let is_path = |expr: &Expr| matches!(expr, Expr::Field(field) if field.path.is_some());
    select.clauses.is_none()
        && !select.is_sliced()
        && matches!(select.source, Source::Model(_))
        && !select.filter.iter().any(|condition| condition.any(&is_path))
}

/// What leads to those of the rows that are new, relation by relation.
fn next_level(rows: &mut Rows) -> Vec<Pointing> {
    let new = rows.followed..rows.found.len();
    rows.followed = new.end;
    if new.is_empty() {
        return Vec::new();
    }
    leading_to(rows.model)
        .into_iter()
        .map(|relation| {
            let targets: Vec<_> = relation.pairs().map(|(_, target)| target).collect();
            let keys = new.clone().filter_map(|row| rows.values(row, &targets)).collect();
            Pointing { relation, keys }
        })
        .collect()
}

/// Adds the rows at the start of a relation to those that are deleted.
async fn add<X: Executor>(
    tx: &X,
    models: &mut Vec<Rows>,
    pointing: &Pointing,
    operation: Operation,
) -> Result<()> {
    let model = (pointing.relation.from)();
    let at = models.iter().position(|rows| rows.model == model).unwrap_or(models.len());
    if at == models.len() {
        models.push(Rows::new(model));
    }
    let Some(rows) = models.get_mut(at) else { return Ok(()) };
    for query in pointing.queries() {
        let found = read(tx, locked(of_these(query, &rows.fields)), &rows.fields, operation).await?;
        rows.extend(found);
    }
    Ok(())
}

/// All rows at the start of the relation are in the way.
async fn block<X: Executor>(
    tx: &X,
    pointing: &Pointing,
    blocking: &mut Blocking,
    operation: Operation,
) -> Result<()> {
    for query in pointing.queries() {
        let keys: Vec<_> = query.model.key_fields().collect();
        let mut some = of_these(query.clone(), &keys);
        some.order_by(keys.iter().map(|field| OrderBy::field(field, false)).collect());
        some.limit(MOST_KEYS as u64);
        let some = read(tx, some, &keys, operation).await?;
        let total =
            if some.len() < MOST_KEYS { some.len() as u64 } else { count(tx, query, operation).await? };
        blocking.add(pointing.relation, total, some);
    }
    Ok(())
}

/// Those at the start of the relation are in the way that are not deleted themselves.
async fn restrict<X: Executor>(
    tx: &X,
    pointing: &Pointing,
    deleted: &Rows,
    blocking: &mut Blocking,
    operation: Operation,
) -> Result<()> {
    for query in pointing.queries() {
        let keys: Vec<_> = query.model.key_fields().collect();
        let mut found = read(tx, of_these(query, &keys), &keys, operation).await?;
        found.retain(|key| !deleted.contains(key));
        blocking.add(pointing.relation, found.len() as u64, found);
    }
    Ok(())
}

impl Pointing {
    /// Queries for these rows, a batch each.
    pub(super) fn queries(&self) -> impl Iterator<Item = Query> + Send + use<'_> {
        let fields: Vec<_> = self.relation.pairs().map(|(field, _)| field).collect();
        let model = (self.relation.from)();
        self.keys.chunks(BATCH).map(move |keys| with_values(model, &fields, keys.to_vec()))
    }
}

/// A query for the rows that have one of these rows of values in these fields.
pub(in crate::exec) fn with_values(
    model: &'static ModelMeta,
    fields: &[&'static FieldMeta],
    values: Vec<Vec<Value>>,
) -> Query {
    let mut query = Query::new(model);
    query.keep_unordered();
    query.filter(Node::in_tuples(fields.iter().map(|field| own_field(field)).collect(), values));
    query
}

/// The query for these fields instead of whatever it read.
fn of_these(mut query: Query, fields: &[&'static FieldMeta]) -> Query {
    query.apply_order_of_slice();
    query.values(fields.iter().map(|field| own_field(field)).collect());
    // Rows of a model differ by their key, and an order does not decide which there are.
    query.select.distinct = false;
    if !query.select.is_sliced() && query.select.clauses.is_none() {
        query.select.order_by.clear();
    }
    query
}

/// Reads rows that nobody else may change any more, or come to point at.
fn locked(mut query: Query) -> Query {
    query.select.clauses_mut().lock = Some(Lock::new(LockStrength::Update));
    query
}

async fn read<X: Executor>(
    tx: &X,
    query: Query,
    fields: &[&'static FieldMeta],
    operation: Operation,
) -> Result<Vec<Vec<Value>>> {
    let kinds = fields.iter().map(|field| field.kind).collect();
    fetch(tx, query.compiled(tx.dialect(), operation)?, Values(kinds)).await
}

/// Reads values of these kinds.
struct Values(Vec<ValueKind>);

impl Decode for Values {
    type Out = Vec<Value>;

    fn decode<R: Row + ?Sized>(&self, row: &mut R) -> Result<Vec<Value>> {
        let values = self.0.iter().enumerate().map(|(at, kind)| Value::from_row(row, at, *kind));
        Ok(values.collect::<Result<_, _>>()?)
    }
}
