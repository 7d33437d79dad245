//! Related rows whose keys are in a table between.

use std::collections::HashSet;
use std::future::Future;
use std::marker::PhantomData;
use std::panic::Location;
use std::pin::Pin;

use super::super::create::insert;
use super::super::delete::{BATCH, read_locked};
use super::super::hooks::{Around, HookedWork, Links, hooked, watches_links};
use super::super::run::{execute, rows};
use super::super::transaction::{Work, together};
use super::{RelatedSet, rows_where};
use crate::ast::{CompareOp, Delete, Expr, Node};
use crate::backend::{Backend, Decode, Executor, collect, into_collected};
use crate::compile::{Operation, compile_delete};
use crate::error::{Error, Result};
use crate::model::{
    ByTable, Complete, FarKey, Key, ManyToMany, Model, NearKey, Preset, Relation, Stored, ToMany,
};
use crate::queryset::{HookChoice, QuerySet, own_field, stays_between};
use crate::schema::{ModelMeta, RelationMeta};
use crate::value::{Row, Value};

pub(super) type Between<R> = <R as ManyToMany>::Through;
pub(super) type Draft<R> =
    <<<Between<R> as Model>::Draft as Preset<<R as ManyToMany>::Near>>::Out as Preset<
        <R as ManyToMany>::Far,
    >>::Out;

impl<R> RelatedSet<R, ByTable>
where
    R: ManyToMany + ToMany + Relation<Key = NearKey<R>>,
    <Between<R> as Model>::Draft: Preset<R::Near, Out: Preset<R::Far>>,
{
    /// Relates these rows to this one; those that are related already stay so, and there are no doubles, whoever else does
    /// the same at the same time.
    ///
    /// A table between of your own needs a unique constraint over both keys for that; without one only those are left out
    /// that are seen to be there.
    ///
    /// Calls [hooks](crate::exec::hooks) of the relation, not those of the rows between.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let post = Post::objects().pk(1).get(&db).await?;
    /// let tags = Tag::objects().order_by(|t| t.id).all(&db).await?;
    /// post.related(|p| p.tags).add(&db, &tags).await?;   // one was there already
    /// assert_eq!(post.related(|p| p.tags).count(&db).await?, 2);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// The row between needs more values (see [`add_with`](RelatedSet::add_with)), a constraint is violated, or the database
    /// fails.
    #[track_caller]
    pub fn add<'r, E: Executor>(
        &self,
        db: &E,
        rows: impl IntoIterator<Item = &'r R::To>,
    ) -> impl Future<Output = Result<()>> + Send
    where
        Draft<R>: Complete<New = <Between<R> as Model>::New>,
    {
        let operation = Self::operation("add").at(Location::caller());
        let add = self.added(rows, |draft| draft);
        async move { add?.run_together(db, operation).await }
    }

    /// Relates these rows to this one, with values of the row between: the closure gets its builder, which has both keys, once
    /// for each row. Rows that are related already keep the values that they have.
    ///
    /// Calls [hooks](crate::exec::hooks) of the relation, not those of the rows between.
    ///
    /// ```
    /// # use orm::prelude::*;
    /// #[derive(Model, Debug)]
    /// #[model(many_to_many(groups: Group, through = Membership(person, group)))]
    /// struct Person {
    ///     #[field(primary_key)]
    ///     id: i64,
    /// }
    ///
    /// #[derive(Model, Debug)]
    /// struct Group {
    ///     #[field(primary_key)]
    ///     id: i64,
    /// }
    ///
    /// #[derive(Model, Debug)]
    /// #[model(primary_key(person, group))]
    /// struct Membership {
    ///     person: ForeignKey<Person>,
    ///     group: ForeignKey<Group>,
    ///     #[field(max_length = 20)]
    ///     role: String,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let db = orm::sqlite::connect("sqlite::memory:").await?;
    /// # db.create_tables(models![Person, Group, Membership]).await?;
    /// let person = Person::objects().create(&db, |p| p).await?;
    /// let group = Group::objects().create(&db, |g| g).await?;
    /// person.related(|p| p.groups).add_with(&db, [&group], |m| m.role("cook")).await?;
    /// assert_eq!(Membership::objects().get(&db).await?.role, "cook");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`add`](RelatedSet::add).
    #[track_caller]
    pub fn add_with<'r, E, C>(
        &self,
        db: &E,
        rows: impl IntoIterator<Item = &'r R::To>,
        build: impl Fn(Draft<R>) -> C,
    ) -> impl Future<Output = Result<()>> + Send
    where
        E: Executor,
        C: Complete<New = <Between<R> as Model>::New>,
    {
        let operation = Self::operation("add_with").at(Location::caller());
        let add = self.added(rows, build);
        async move { add?.run_together(db, operation).await }
    }

    /// Takes these rows out of the relation: deletes the rows between. Gives how many of those there were.
    ///
    /// Calls [hooks](crate::exec::hooks) of the relation, not those of the rows between.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let post = Post::objects().pk(1).get(&db).await?;
    /// let tags = Tag::objects().order_by(|t| t.id).all(&db).await?;
    /// assert_eq!(post.related(|p| p.tags).remove(&db, &tags).await?, 1);
    /// assert_eq!(tags[0].related(|t| t.posts).count(&db).await?, 1);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// The database fails.
    #[track_caller]
    pub fn remove<'r, E: Executor>(
        &self,
        db: &E,
        rows: impl IntoIterator<Item = &'r R::To>,
    ) -> impl Future<Output = Result<u64>> + Send {
        let operation = Self::operation("remove").at(Location::caller());
        let condition = self.between(Some((&far_keys::<R>(rows), true)));
        let hooks = self.hooks;
        async move { delete::<R, E>(db, condition?, operation, hooks).await }
    }

    /// Takes all rows out of the relation; gives how many there were.
    ///
    /// Calls [hooks](crate::exec::hooks) of the relation, not those of the rows between.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let tags = Tag::objects().order_by(|t| t.id).all(&db).await?;
    /// assert_eq!(tags[0].related(|t| t.posts).clear(&db).await?, 2);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// The database fails.
    #[track_caller]
    pub fn clear<E: Executor>(&self, db: &E) -> impl Future<Output = Result<u64>> + Send {
        let operation = Self::operation("clear").at(Location::caller());
        let condition = self.between(None);
        let hooks = self.hooks;
        async move { delete::<R, E>(db, condition?, operation, hooks).await }
    }

    /// Relates these rows and no others: takes out those that are too many, and adds those that are missing. Rows that
    /// stay keep the values of their row between.
    ///
    /// Calls [hooks](crate::exec::hooks) of the relation, not those of the rows between.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let post = Post::objects().pk(1).get(&db).await?;
    /// let tags = Tag::objects().order_by(|t| t.id).all(&db).await?;
    /// post.related(|p| p.tags).set(&db, &tags[1..]).await?;
    /// assert_eq!(post.related(|p| p.tags).all(&db).await?, tags[1..]);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`add`](RelatedSet::add); then everything is as it was.
    #[track_caller]
    pub fn set<'r, E: Executor>(
        &self,
        db: &E,
        rows: impl IntoIterator<Item = &'r R::To>,
    ) -> impl Future<Output = Result<()>> + Send
    where
        Draft<R>: Complete<New = <Between<R> as Model>::New>,
    {
        let operation = Self::operation("set").at(Location::caller());
        let rows: Vec<&R::To> = rows.into_iter().collect();
        let others = self.between(Some((&far_keys::<R>(rows.iter().copied()), false)));
        let add = self.added(rows, |draft| draft);
        async move {
            let set = Setting::<R> { others: others?, add: add?, operation };
            together(db, operation, set).await
        }
    }

    /// Inserts a row and relates it to this one. Calls [hooks](crate::exec::hooks) of the row, and of the relation.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let post = Post::objects().pk(1).get(&db).await?;
    /// let tag = post.related(|p| p.tags).create(&db, |t| t.name("hot")).await?;
    /// assert!(post.related(|p| p.tags).contains(&db, &tag).await?);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`QuerySet::create`] and [`add`](RelatedSet::add); then there is neither.
    #[track_caller]
    pub fn create<'e, E, C>(
        &self,
        db: &'e E,
        build: impl FnOnce(<R::To as Model>::Draft) -> C,
    ) -> Pin<Box<dyn Future<Output = Result<R::To>> + Send + 'e>>
    where
        E: Executor,
        C: Complete<New = <R::To as Model>::New>,
        Draft<R>: Complete<New = <Between<R> as Model>::New>,
    {
        let operation = Self::operation("create").at(Location::caller());
        let new = build(<R::To as Model>::empty_draft()).complete();
        let key = self.required_key();
        let hooks = self.hooks;
        // Boxed: in an opaque type the compiler would repeat a missing field at every use of the future.
        Box::pin(
            async move { together(db, operation, Creating::<R> { new, key: key?, operation, hooks }).await },
        )
    }

    pub(super) fn operation(name: &'static str) -> Operation {
        Operation::new(<R::To as Model>::META.name, name).following(R::META)
    }

    /// The rows between to insert.
    fn added<'r, C>(
        &self,
        rows: impl IntoIterator<Item = &'r R::To>,
        build: impl Fn(Draft<R>) -> C,
    ) -> Result<Adding<R>>
    where
        C: Complete<New = <Between<R> as Model>::New>,
    {
        stays_between(<Between<R> as Model>::META)?;
        let near = self.required_key()?;
        let mut adding = Adding { new: Vec::new(), keys: Vec::new(), hooks: self.hooks };
        for row in rows {
            let far = R::Far::target_key(row);
            if let Some((near, far)) = R::swapped(&near, &far) {
                adding.push(near, far, &build);
            }
            adding.push(near.clone(), far, &build);
        }
        Ok(adding)
    }

    /// Which rows between: those of this row, with the given others or without them.
    fn between(&self, others: Option<(&Result<Vec<Vec<Value>>>, bool)>) -> Result<Node> {
        stays_between(<Between<R> as Model>::META)?;
        let key = self.required_key()?.to_values()?;
        let (near, far) = (<R::Near as Relation>::META, <R::Far as Relation>::META);
        let from = |near, far| -> Result<Node> {
            let this = equal(near, &key);
            Ok(match others {
                None => this,
                Some((Err(error), _)) => return Err(error.clone()),
                Some((Ok(keys), among)) => {
                    let listed = Node::in_tuples(columns(far), keys.clone());
                    this.and(if among { listed } else { listed.negate() })
                }
            })
        };
        let condition = from(near, far)?;
        Ok(if R::META.symmetrical { condition.or(from(far, near)?) } else { condition })
    }
}

fn columns(relation: &'static RelationMeta) -> Vec<Node> {
    relation.pairs().map(|(field, _)| own_field(field)).collect()
}

fn equal(relation: &'static RelationMeta, key: &[Value]) -> Node {
    let parts = columns(relation).into_iter().zip(key);
    parts
        .map(|(column, value)| column.compare(CompareOp::Eq, Node::leaf(Expr::Value(value.clone()))))
        .reduce(Node::and)
        .unwrap_or_else(|| Node::leaf(Expr::Constant(false)))
}

fn far_keys<'r, R: ManyToMany>(rows: impl IntoIterator<Item = &'r R::To>) -> Result<Vec<Vec<Value>>> {
    rows.into_iter().map(|row| Ok(R::Far::target_key(row).to_values()?)).collect()
}

async fn delete<R: ManyToMany, E: Executor>(
    db: &E,
    condition: Node,
    operation: Operation,
    hooks: HookChoice,
) -> Result<u64> {
    if hooks.unless_left() && watches_links(db, <Between<R> as Model>::META) {
        let remove = Removing::<R> { condition, operation, relation: PhantomData };
        return hooked(db, operation, remove).await;
    }
    delete_between::<R, E>(db, condition, operation).await
}

async fn delete_between<R: ManyToMany, E: Executor>(
    db: &E,
    condition: Node,
    operation: Operation,
) -> Result<u64> {
    let query = rows_where::<Between<R>>(condition);
    let delete = Delete { model: <Between<R> as Model>::META, rows: query.select };
    Ok(execute(db, compile_delete(delete, db.dialect(), operation)?).await?.rows_affected)
}

/// Deletes rows between, with hooks.
struct Removing<R> {
    condition: Node,
    operation: Operation,
    relation: PhantomData<fn() -> R>,
}

impl<R: ManyToMany, B: Backend> HookedWork<B> for Removing<R> {
    type Out = u64;

    async fn run<E: Executor<Backend = B>>(self, db: &E, around: &Around<'_, B>) -> Result<u64> {
        let (near, far) = (<R::Near as Relation>::META, <R::Far as Relation>::META);
        let columns: Vec<Node> = [columns(near), columns(far)].concat();
        let query = rows_where::<Between<R>>(self.condition);
        let fields: Vec<_> = near.pairs().chain(far.pairs()).map(|(field, _)| field).collect();
        let rows = read_locked(db, query, &fields, self.operation).await?;
        let width = near.pairs().count();
        let pairs = rows.iter().map(|row| row.split_at(width.min(row.len())));
        let pairs = pairs.map(|(near, far)| (near.to_vec(), far.to_vec())).collect();
        let mut links = Links::new::<R>(false, pairs);
        links.before(around).await?;
        let mut deleted = 0;
        for batch in rows.chunks(BATCH) {
            let these = Node::in_tuples(columns.clone(), batch.to_vec());
            deleted += delete_between::<R, E>(db, these, self.operation).await?;
        }
        links.after(around).await?;
        Ok(deleted)
    }
}

/// Relates rows to each of several rows at once, as [`RelatedSet::add`] does to one, within a block that comes to nothing as a
/// whole.
pub(in crate::exec) async fn link_each<'r, R, E>(
    db: &E,
    rows: impl IntoIterator<Item = (&'r R::From, &'r Vec<R::To>)>,
    operation: Operation,
    hooks: HookChoice,
) -> Result<()>
where
    E: Executor,
    R: ManyToMany + ToMany<Kind = ByTable> + Relation<Key = NearKey<R>>,
    <Between<R> as Model>::Draft: Preset<R::Near, Out: Preset<R::Far>>,
    Draft<R>: Complete<New = <Between<R> as Model>::New>,
{
    let mut all = Adding::<R> { new: Vec::new(), keys: Vec::new(), hooks };
    for (row, related) in rows {
        let mut adding = RelatedSet::<R, ByTable>::of(row).added(related, |draft| draft)?;
        all.new.append(&mut adding.new);
        all.keys.append(&mut adding.keys);
    }
    if all.is_watched(db) {
        return hooked(db, operation, all).await;
    }
    Work::run(all, db).await
}

/// Rows between to insert, with their keys.
struct Adding<R: ManyToMany> {
    new: Vec<<Between<R> as Model>::New>,
    keys: Vec<(NearKey<R>, FarKey<R>)>,
    hooks: HookChoice,
}

impl<R: ManyToMany> Adding<R>
where
    <Between<R> as Model>::Draft: Preset<R::Near, Out: Preset<R::Far>>,
{
    fn push<C: Complete<New = <Between<R> as Model>::New>>(
        &mut self,
        near: NearKey<R>,
        far: FarKey<R>,
        build: &impl Fn(Draft<R>) -> C,
    ) {
        self.keys.push((near.clone(), far.clone()));
        let draft = <Between<R> as Model>::empty_draft().preset(near).preset(far);
        self.new.push(build(draft).complete());
    }
}

impl<R: ManyToMany> Adding<R> {
    async fn run_together<E: Executor>(self, db: &E, operation: Operation) -> Result<()> {
        if self.is_watched(db) {
            return hooked(db, operation, self).await;
        }
        if is_unique::<R>() { self.insert(db).await } else { together(db, operation, self).await }
    }

    fn is_watched<E: Executor>(&self, db: &E) -> bool {
        self.hooks.unless_left() && watches_links(db, <Between<R> as Model>::META)
    }

    /// Keeps only those that are not there already, each once.
    async fn leave_out_known<E: Executor>(&mut self, db: &E) -> Result<()> {
        let (near, far) = (<R::Near as Relation>::META, <R::Far as Relation>::META);
        let keys = |(near, far): &(NearKey<R>, FarKey<R>)| -> Result<Vec<Value>> {
            Ok([near.to_values()?, far.to_values()?].concat())
        };
        let keys = self.keys.iter().map(keys).collect::<Result<Vec<_>>>()?;
        let columns: Vec<Node> = [columns(near), columns(far)].concat();
        let mut query = rows_where::<Between<R>>(Node::in_tuples(columns.clone(), keys));
        query.values(columns);
        let operation = Operation::new(<Between<R> as Model>::META.name, "add").following(R::META);
        let sink = rows(db, query, collect::<E::Backend, Pair<R>>(Pair::new()), operation).await?;
        let mut known: HashSet<_> = into_collected::<E::Backend, Pair<R>>(sink)?.1.into_iter().collect();
        let is_new: Vec<bool> = self.keys.iter().map(|keys| known.insert(keys.clone())).collect();
        let mut each = is_new.iter();
        self.new.retain(|_| each.next().is_some_and(|is_new| *is_new));
        let mut each = is_new.iter();
        self.keys.retain(|_| each.next().is_some_and(|is_new| *is_new));
        Ok(())
    }

    async fn insert<E: Executor>(self, db: &E) -> Result<()> {
        if self.new.is_empty() {
            return Ok(());
        }
        QuerySet::<Between<R>>::new().bulk_create(db, self.new).ignore_conflicts().await?;
        Ok(())
    }
}

impl<R: ManyToMany, B: Backend> Work<B> for Adding<R> {
    type Out = ();

    async fn run<E: Executor<Backend = B>>(mut self, db: &E) -> Result<()> {
        if !is_unique::<R>() {
            // Nothing in the database refuses a double, so those that are there are looked for.
            self.leave_out_known(db).await?;
        }
        self.insert(db).await
    }
}

impl<R: ManyToMany, B: Backend> HookedWork<B> for Adding<R> {
    type Out = ();

    async fn run<E: Executor<Backend = B>>(mut self, db: &E, around: &Around<'_, B>) -> Result<()> {
        self.leave_out_known(db).await?;
        let pairs = self.keys.iter().map(|(near, far)| Ok((near.to_values()?, far.to_values()?)));
        let mut links = Links::new::<R>(true, pairs.collect::<Result<_>>()?);
        links.before(around).await?;
        self.insert(db).await?;
        links.after(around).await
    }
}

/// Whether the table between keeps pairs from being there twice.
fn is_unique<R: ManyToMany>() -> bool {
    let meta: &'static ModelMeta = <Between<R> as Model>::META;
    let fields: Vec<_> = [<R::Near as Relation>::META, <R::Far as Relation>::META]
        .into_iter()
        .flat_map(|relation| relation.pairs().map(|(field, _)| field))
        .collect();
    let among = |at: usize| meta.fields.get(at).is_some_and(|field| fields.contains(&field));
    let mut unique = meta.indexes.iter().filter(|index| index.is_unique_for_all());
    meta.primary_key.iter().all(|&at| among(at))
        || unique.any(|index| index.fields.iter().all(|at| among(at.field)))
        || fields.iter().any(|field| field.unique)
}

/// Reads both keys.
struct Pair<R>(PhantomData<fn() -> R>);

impl<R> Pair<R> {
    fn new() -> Self {
        Pair(PhantomData)
    }
}

impl<R: ManyToMany> Decode for Pair<R> {
    type Out = (NearKey<R>, FarKey<R>);

    fn decode<D: Row + ?Sized>(&self, row: &mut D) -> Result<Self::Out> {
        use crate::value::FromColumns;
        let misread = |(_, error): (usize, crate::error::ValueError)| Error::from(error);
        let near = NearKey::<R>::from_columns(row, 0).map_err(misread)?;
        let far = FarKey::<R>::from_columns(row, NearKey::<R>::WIDTH).map_err(misread)?;
        Ok((near, far))
    }
}

/// What `set` does.
struct Setting<R: ManyToMany> {
    others: Node,
    add: Adding<R>,
    operation: Operation,
}

impl<R: ManyToMany, B: Backend> Work<B> for Setting<R> {
    type Out = ();

    async fn run<E: Executor<Backend = B>>(self, db: &E) -> Result<()> {
        delete::<R, E>(db, self.others, self.operation, self.add.hooks).await?;
        if self.add.is_watched(db) {
            return hooked(db, self.operation, self.add).await;
        }
        Work::run(self.add, db).await
    }
}

/// What `create` does.
struct Creating<R: ManyToMany> {
    new: <R::To as Model>::New,
    key: NearKey<R>,
    operation: Operation,
    hooks: HookChoice,
}

impl<R, B: Backend> Work<B> for Creating<R>
where
    R: ManyToMany + ToMany + Relation<Key = NearKey<R>>,
    <Between<R> as Model>::Draft: Preset<R::Near, Out: Preset<R::Far>>,
    Draft<R>: Complete<New = <Between<R> as Model>::New>,
{
    type Out = R::To;

    async fn run<E: Executor<Backend = B>>(self, db: &E) -> Result<R::To> {
        let row = insert::<R::To, E>(db, self.new, self.operation, self.hooks).await?;
        link_new::<R, E>(db, self.key, &row, self.operation, self.hooks).await?;
        Ok(row)
    }
}

/// Relates a row to the one with this key, within the block that made it.
pub(super) async fn link_new<R, E>(
    db: &E,
    key: NearKey<R>,
    row: &R::To,
    operation: Operation,
    hooks: HookChoice,
) -> Result<()>
where
    E: Executor,
    R: ManyToMany + ToMany + Relation<Key = NearKey<R>>,
    <Between<R> as Model>::Draft: Preset<R::Near, Out: Preset<R::Far>>,
    Draft<R>: Complete<New = <Between<R> as Model>::New>,
{
    let add = RelatedSet::<R, ByTable>::with_key(key, hooks).added([row], |draft| draft)?;
    if add.is_watched(db) {
        return hooked(db, operation, add).await;
    }
    Work::run(add, db).await
}
