//! Related rows that come with the row itself: a JOIN for each relation.

use std::marker::PhantomData;

use super::super::expression::IntoPredicate;
use super::super::field::One;
use super::super::only::{LoadList, Only, named_once};
use super::super::shape::{ModelShape, Shape, Whole};
use super::lists::load_lists;
use super::prefetched::PrefetchedList;
use super::{Kept, Load, Loading, Loads, Plan, Prefetches, Selecting};
use crate::ast::{Expr, FieldRef, Node};
use crate::backend::Backend;
use crate::error::Result;
use crate::model::{Fields, Model, Nil, Path, Relation, RelationName, Root, ToOne, Via};
use crate::value::{Optional, Row, RowNullability};

/// A related row that was joined, of shape `S`; `N` says whether there may be none.
pub struct Joined<R, S, N> {
    /// Where its columns begin, behind the first of the row.
    at: usize,
    /// The column that is NULL when there is no row, or false.
    presence: Presence,
    shape: S,
    marker: PhantomData<fn() -> (R, N)>,
}

#[derive(Clone, Copy)]
enum Presence {
    /// NULL when there is none.
    Key(usize),
    /// True when there is one.
    Flag(usize),
}

impl<R, S: Clone, N> Clone for Joined<R, S, N> {
    fn clone(&self) -> Self {
        Joined { at: self.at, presence: self.presence, shape: self.shape.clone(), marker: PhantomData }
    }
}

impl<M, R, S, N> Load<M> for Joined<R, S, N>
where
    M: Model,
    R: Relation<From = M> + RelationName,
    S: Shape<Model = R::To>,
    N: RowNullability,
{
    type Name = R;
    type Out = N::Maybe<S::Out>;
    const INCOMPLETE: bool = S::INCOMPLETE;

    #[inline]
    fn read<D: Row + ?Sized>(&self, row: &mut D, at: usize) -> Result<Self::Out> {
        N::maybe(
            row,
            |row| {
                Ok(match self.presence {
                    Presence::Key(key) => !row.is_null(at + key)?,
                    Presence::Flag(flag) => row.bool(at + flag)?.unwrap_or(false),
                })
            },
            |row| self.shape.read(row, at + self.at),
        )
    }

    fn prefetches<'a, B: Backend>(
        &'a self,
        rows: Vec<(&'a M, &'a mut Self::Out)>,
        into: &mut Prefetches<'a, B>,
    ) {
        let there = rows.into_iter().filter_map(|(_, out)| N::as_mut(out)).collect();
        self.shape.prefetches(there, Kept::default(), into);
    }
}

/// A relation to one row, from the end of the path `P`, that can be joined.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a relation to one row of this model",
    label = "expected a foreign key, or the other side of a one-to-one relation",
    note = "a relation to many rows is loaded by `.prefetch_related(…)`"
)]
pub trait IntoJoined<P: Path> {
    /// How it is read.
    type Load: Load<P::Target>;

    /// Selects its columns.
    fn into_joined(self, selecting: &mut Selecting) -> Self::Load;
}

impl<P: Path, R: ToOne<From = P::Target>> IntoJoined<P> for One<P, R> {
    type Load = Joined<R, Whole<R::To>, R::Optional>;

    fn into_joined(self, selecting: &mut Selecting) -> Self::Load {
        let (at, key) = columns::<P, R>(selecting);
        Joined { at, presence: Presence::Key(key), shape: Whole::NEW, marker: PhantomData }
    }
}

/// Selects the related model's columns; gives the first one's position, and that of a part of the key.
fn columns<P: Path, R: ToOne<From = P::Target>>(selecting: &mut Selecting) -> (usize, usize) {
    let meta = <R::To as Model>::META;
    let at = selecting.model(Via::<P, R>::NODE, meta);
    (at, at + meta.primary_key.first().copied().unwrap_or(0))
}

// `p.author.company`: the company with the author that it is of. A path of up to 6 relations loads every row on it.
macro_rules! paths {
    ($(($first:ident $($step:ident)*; $path:ty; $last:ident))+) => {$(
        impl<P, $first, $($step,)* $last> IntoJoined<P> for One<$path, $last>
        where
            P: Path,
            $first: ToOne<From = P::Target>,
            Self: IntoJoined<Via<P, $first>>,
        {
            type Load = Joined<
                $first,
                Loading<Whole<$first::To>, Plan<<Self as IntoJoined<Via<P, $first>>>::Load, Nil>>,
                $first::Optional,
            >;

            fn into_joined(self, selecting: &mut Selecting) -> Self::Load {
                One::<P, $first>::NEW.select_related(|_| self).into_joined(selecting)
            }
        }
    )+};
}

paths! {
    (A; Via<P, A>; B)
    (A B; Via<Via<P, A>, B>; C)
    (A B C; Via<Via<Via<P, A>, B>, C>; D)
    (A B C D; Via<Via<Via<Via<P, A>, B>, C>, D>; E)
    (A B C D E; Via<Via<Via<Via<Via<P, A>, B>, C>, D>, E>; F)
}

/// One relation to one row, or a tuple of up to 8.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a relation to one row of this model",
    label = "expected a foreign key, or the other side of a one-to-one relation, or a tuple of up to 8 of these",
    note = "a relation to many rows is loaded by `.prefetch_related(…)`"
)]
pub trait JoinedList<P: Path> {
    /// All that is loaded then.
    type Plan<L: Loads<P::Target>>: Loads<P::Target>;

    /// Selects the columns.
    fn plan<L: Loads<P::Target>>(self, selecting: &mut Selecting, rest: L) -> Self::Plan<L>;
}

load_lists! {
    JoinedList IntoJoined into_joined;
    [P, R] One<P, R>;
    [P, R, N, W] RelatedOne<P, R, N, W>;
    [P, R, F] OnlyOne<P, R, F>;
}

/// A relation to one row, with what is to be loaded with that row. Made by the methods of [`One`].
pub struct RelatedOne<P, R, N, W> {
    wanted: W,
    condition: Option<Node>,
    marker: PhantomData<fn() -> (P, R, N)>,
}

/// One more list of relations that a related row is to have, after others.
pub struct Wanted<X, W> {
    list: X,
    before: W,
}

/// What a related row is to have.
pub trait WantedList<P: Path> {
    /// What is loaded.
    type Loads: Loads<P::Target>;
    /// How the row is read: alone when nothing is loaded with it.
    type Shape: ModelShape<Model = P::Target>;

    /// Selects the columns.
    fn plan_all(self, selecting: &mut Selecting) -> Self::Loads;

    /// The row with these, in so many columns.
    fn shape(loads: Self::Loads, width: usize) -> Self::Shape;
}

impl<P: Path<Target: Model>> WantedList<P> for Nil {
    type Loads = Nil;
    type Shape = Whole<P::Target>;

    fn plan_all(self, _selecting: &mut Selecting) -> Nil {
        Nil
    }

    fn shape(_loads: Nil, _width: usize) -> Self::Shape {
        Whole::NEW
    }
}

/// Joined to the related row.
pub struct ByJoin<X>(X);
/// Read by further queries.
pub struct ByQuery<X>(X);

impl<P: Path<Target: Model>, X: JoinedList<P>, W: WantedList<P>> WantedList<P> for Wanted<ByJoin<X>, W> {
    type Loads = X::Plan<W::Loads>;
    type Shape = Loading<Whole<P::Target>, Self::Loads>;

    fn plan_all(self, selecting: &mut Selecting) -> Self::Loads {
        let before = self.before.plan_all(selecting);
        self.list.0.plan(selecting, before)
    }

    fn shape(loads: Self::Loads, width: usize) -> Self::Shape {
        Loading { base: Whole::NEW, loads, width }
    }
}

impl<P: Path<Target: Model>, X: PrefetchedList<P>, W: WantedList<P>> WantedList<P> for Wanted<ByQuery<X>, W> {
    type Loads = X::Plan<W::Loads>;
    type Shape = Loading<Whole<P::Target>, Self::Loads>;

    fn plan_all(self, selecting: &mut Selecting) -> Self::Loads {
        let before = self.before.plan_all(selecting);
        self.list.0.plan(selecting, before)
    }

    fn shape(loads: Self::Loads, width: usize) -> Self::Shape {
        Loading { base: Whole::NEW, loads, width }
    }
}

impl<P, R, N, W> IntoJoined<P> for RelatedOne<P, R, N, W>
where
    P: Path,
    R: ToOne<From = P::Target>,
    N: RowNullability,
    W: WantedList<Via<P, R>>,
{
    type Load = Joined<R, W::Shape, N>;

    fn into_joined(self, selecting: &mut Selecting) -> Self::Load {
        let flag = self.condition.map(|condition| {
            let key = <R::To as Model>::META.key_fields().next();
            let there =
                key.map(|field| Node::leaf(Expr::Joined(FieldRef { path: Via::<P, R>::NODE, field })));
            let there = there.map(|key| key.is_null().negate());
            let condition = there.into_iter().fold(condition, |condition, there| there.and(condition));
            selecting.push(condition.is_true())
        });
        let (at, key) = columns::<P, R>(selecting);
        let presence = flag.map_or(Presence::Key(key), Presence::Flag);
        // What is loaded with it reads on from its own first column.
        selecting.next -= at;
        let loads = self.wanted.plan_all(selecting);
        let width = selecting.next;
        selecting.next += at;
        Joined { at, presence, shape: W::shape(loads, width), marker: PhantomData }
    }
}

/// A relation to one row, of which some fields are read. Made by [`One::only`].
pub struct OnlyOne<P, R, F> {
    fields: F,
    marker: PhantomData<fn() -> (P, R)>,
}

impl<P, R, F> IntoJoined<P> for OnlyOne<P, R, F>
where
    P: Path,
    R: ToOne<From = P::Target>,
    F: LoadList<R::To>,
{
    type Load = Joined<R, Only<R::To, F::Loaded>, R::Optional>;

    fn into_joined(self, selecting: &mut Selecting) -> Self::Load {
        let node = |field| Node::leaf(Expr::Joined(FieldRef { path: Via::<P, R>::NODE, field }));
        let fields = self.fields.loaded();
        selecting.note(named_once(&fields));
        // The key says whether there is a row, whatever is read of it.
        let key = <R::To as Model>::META.key_fields().next();
        let there = key.map_or_else(|| Node::leaf(Expr::Constant(true)), |key| node(key).is_null().negate());
        let flag = selecting.push(there);
        let at = selecting.next;
        for field in fields {
            selecting.push(node(field));
        }
        Joined { at, presence: Presence::Flag(flag), shape: Only::new(), marker: PhantomData }
    }
}

type To<R> = <R as Relation>::To;
type FieldsOf<P, R> = <To<R> as Model>::Fields<Via<P, R>>;

impl<P: Path, R: ToOne<From = P::Target>> One<P, R> {
    fn related() -> RelatedOne<P, R, R::Optional, Nil> {
        RelatedOne { wanted: Nil, condition: None, marker: PhantomData }
    }

    /// The related row, with relations of its own joined.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let posts = Post::objects().select_related(|p| p.author.select_related(|a| a.team)).order_by(|p| p.id).all(&db).await?;
    /// assert_eq!(posts[0].author().team().as_ref().map(|team| team.name.as_str()), Some("Kitchen"));
    /// # Ok(()) }) }
    /// ```
    pub fn select_related<X: JoinedList<Via<P, R>>>(
        self,
        relations: impl FnOnce(FieldsOf<P, R>) -> X,
    ) -> RelatedOne<P, R, R::Optional, Wanted<ByJoin<X>, Nil>> {
        Self::related().select_related(relations)
    }

    /// The related row, with relations of its own read by further queries.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let posts = Post::objects().select_related(|p| p.author.prefetch_related(|a| a.posts)).order_by(|p| p.id).all(&db).await?;
    /// assert_eq!(posts[0].author().posts().len(), 2);
    /// # Ok(()) }) }
    /// ```
    pub fn prefetch_related<X: PrefetchedList<Via<P, R>>>(
        self,
        relations: impl FnOnce(FieldsOf<P, R>) -> X,
    ) -> RelatedOne<P, R, R::Optional, Wanted<ByQuery<X>, Nil>> {
        Self::related().prefetch_related(relations)
    }

    /// The related row with these of its fields only, which it has methods for.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let posts = Post::objects().select_related(|p| p.author.only(|a| a.username)).order_by(|p| p.id).all(&db).await?;
    /// assert_eq!(posts[0].author().username(), "ann");
    /// # Ok(()) }) }
    /// ```
    pub fn only<F: LoadList<R::To>>(
        self,
        fields: impl FnOnce(<To<R> as Model>::Fields<Root<To<R>>>) -> F,
    ) -> OnlyOne<P, R, F> {
        let fields = fields(<<To<R> as Model>::Fields<Root<To<R>>> as Fields>::NEW);
        OnlyOne { fields, marker: PhantomData }
    }

    /// The related row only where the condition is true: an `Option`. Django's `FilteredRelation`.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let posts = Post::objects().select_related(|p| p.author.filter(|a| a.team.is_not_null())).order_by(|p| p.id).all(&db).await?;
    /// assert_eq!(posts.iter().map(|post| post.author().is_some()).collect::<Vec<_>>(), [true, false, true]);
    /// # Ok(()) }) }
    /// ```
    pub fn filter<C: IntoPredicate<P::Root>>(
        self,
        condition: impl FnOnce(FieldsOf<P, R>) -> C,
    ) -> RelatedOne<P, R, Optional, Nil> {
        Self::related().filter(condition)
    }
}

impl<P: Path, R: ToOne<From = P::Target>, N: RowNullability, W> RelatedOne<P, R, N, W> {
    fn fields() -> FieldsOf<P, R> {
        <FieldsOf<P, R> as Fields>::NEW
    }

    /// With relations of its own joined.
    pub fn select_related<X: JoinedList<Via<P, R>>>(
        self,
        relations: impl FnOnce(FieldsOf<P, R>) -> X,
    ) -> RelatedOne<P, R, N, Wanted<ByJoin<X>, W>> {
        let wanted = Wanted { list: ByJoin(relations(Self::fields())), before: self.wanted };
        RelatedOne { wanted, condition: self.condition, marker: PhantomData }
    }

    /// With relations of its own read by further queries.
    pub fn prefetch_related<X: PrefetchedList<Via<P, R>>>(
        self,
        relations: impl FnOnce(FieldsOf<P, R>) -> X,
    ) -> RelatedOne<P, R, N, Wanted<ByQuery<X>, W>> {
        let wanted = Wanted { list: ByQuery(relations(Self::fields())), before: self.wanted };
        RelatedOne { wanted, condition: self.condition, marker: PhantomData }
    }

    /// Only where the condition is true.
    pub fn filter<C: IntoPredicate<P::Root>>(
        self,
        condition: impl FnOnce(FieldsOf<P, R>) -> C,
    ) -> RelatedOne<P, R, Optional, W> {
        let condition = condition(Self::fields()).into_condition();
        let condition = match self.condition {
            Some(before) => before.and(condition),
            None => condition,
        };
        RelatedOne { wanted: self.wanted, condition: Some(condition), marker: PhantomData }
    }
}
