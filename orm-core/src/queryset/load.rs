//! What is loaded with a row: related rows, as a list of types, so that the compiler knows it.

mod joined;
mod kept;
mod lists;
mod named;
mod prefetched;
mod query;

pub use joined::{IntoJoined, Joined, JoinedList, OnlyOne, RelatedOne, Wanted, WantedList};
pub use kept::Kept;
pub use named::{Named, NamedLoad};
pub(super) use prefetched::Rows;
pub use prefetched::{IntoPrefetched, Prefetchable, PrefetchedList, PrefetchedMany, PrefetchedOne};
pub(crate) use query::stays_between;

use super::QuerySet;
use super::shape::{ModelShape, Shape, repeatable};
use super::{Deferring, Query, Whole, WholeShape};
use crate::ast::{Expr, FieldRef, Node};
use crate::backend::{Backend, BoxSink, Decode};
use crate::compile::Dialect;
use crate::error::{Error, Result};
use crate::model::{Cons, Loaded, LoadedRow, Model, Nil, RelationName, Root, RowParts};
use crate::schema::{ModelMeta, PathNode};
use crate::value::Row;

/// One thing that is loaded with rows of `M`.
pub trait Load<M>: Clone + Send + Sync + 'static {
    /// The name under which a row has it.
    type Name: RelationName;
    /// What a row has.
    type Out: Send + 'static;
    /// Whether it takes further queries.
    const INCOMPLETE: bool;

    /// Reads it from a row whose columns begin at `at`.
    ///
    /// # Errors
    /// A column does not hold what is read.
    fn read<R: Row + ?Sized>(&self, row: &mut R, at: usize) -> Result<Self::Out>;

    /// The queries that complete it.
    fn prefetches<'a, B: Backend>(
        &'a self,
        rows: Vec<(&'a M, &'a mut Self::Out)>,
        into: &mut Prefetches<'a, B>,
    );
}

/// The names under which rows have what is loaded, as a list of constants.
pub struct LoadNames {
    name: &'static str,
    rest: Option<&'static LoadNames>,
}

/// Whether no name is there twice. The compiler runs it.
const fn are_distinct(names: Option<&'static LoadNames>) -> bool {
    let mut names = names;
    while let Some(LoadNames { name, rest }) = names {
        let mut others = *rest;
        while let Some(other) = others {
            if is_equal(name.as_bytes(), other.name.as_bytes()) {
                return false;
            }
            others = other.rest;
        }
        names = *rest;
    }
    true
}

/// `==`, which constants cannot call yet.
const fn is_equal(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut at = 0;
    while at < left.len() {
        if left[at] != right[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// All that is loaded with rows of `M`.
pub trait Loads<M>: Clone + Send + Sync + 'static {
    /// The names, the last one loaded first.
    const NAMES: Option<&'static LoadNames>;
    /// What a row has.
    type Out: Send + 'static;
    /// Whether it takes further queries.
    const INCOMPLETE: bool;

    /// Reads it from a row whose columns begin at `at`.
    ///
    /// # Errors
    /// A column does not hold what is read.
    fn read<R: Row + ?Sized>(&self, row: &mut R, at: usize) -> Result<Self::Out>;

    /// The queries that complete it.
    fn prefetches<'a, B: Backend>(
        &'a self,
        rows: Vec<(&'a M, &'a mut Self::Out)>,
        into: &mut Prefetches<'a, B>,
    );
}

impl<M> Loads<M> for Nil {
    const NAMES: Option<&'static LoadNames> = None;
    type Out = Nil;
    const INCOMPLETE: bool = false;

    #[inline]
    fn read<R: Row + ?Sized>(&self, _row: &mut R, _at: usize) -> Result<Nil> {
        Ok(Nil)
    }

    fn prefetches<'a, B: Backend>(&'a self, _rows: Vec<(&'a M, &'a mut Nil)>, _into: &mut Prefetches<'a, B>) {
    }
}

/// One more thing to load, before others.
#[derive(Clone)]
pub struct Plan<X, L> {
    load: X,
    rest: L,
}

impl<X, L> Plan<X, L> {
    pub(crate) fn new(load: X, rest: L) -> Self {
        Plan { load, rest }
    }
}

impl<M: Model, X: Load<M>, L: Loads<M>> Loads<M> for Plan<X, L> {
    const NAMES: Option<&'static LoadNames> = Some(&LoadNames { name: X::Name::NAME, rest: L::NAMES });
    type Out = Cons<X::Name, X::Out, L::Out>;
    const INCOMPLETE: bool = X::INCOMPLETE || L::INCOMPLETE;

    #[inline]
    fn read<R: Row + ?Sized>(&self, row: &mut R, at: usize) -> Result<Self::Out> {
        let rest = self.rest.read(row, at)?;
        Ok(Cons::new(self.load.read(row, at)?, rest))
    }

    fn prefetches<'a, B: Backend>(
        &'a self,
        rows: Vec<(&'a M, &'a mut Self::Out)>,
        into: &mut Prefetches<'a, B>,
    ) {
        match (X::INCOMPLETE, L::INCOMPLETE) {
            (false, false) => {}
            (true, false) => {
                let own = rows.into_iter().map(|(row, out)| (row, out.parts_mut().0)).collect();
                self.load.prefetches(own, into);
            }
            (false, true) => {
                let rest = rows.into_iter().map(|(row, out)| (row, out.parts_mut().1)).collect();
                self.rest.prefetches(rest, into);
            }
            (true, true) => {
                let (own, rest) = rows
                    .into_iter()
                    .map(|(row, out)| {
                        let (own, rest) = out.parts_mut();
                        ((row, own), (row, rest))
                    })
                    .unzip();
                self.rest.prefetches(rest, into);
                self.load.prefetches(own, into);
            }
        }
    }
}

/// Queries that complete rows which are there already.
pub struct Prefetches<'a, B: Backend> {
    dialect: Dialect,
    all: Vec<Box<dyn Prefetch<'a, B> + 'a>>,
}

impl<'a, B: Backend> Prefetches<'a, B> {
    pub(crate) const fn new(dialect: Dialect) -> Self {
        Prefetches { dialect, all: Vec::new() }
    }

    fn push(&mut self, prefetch: impl Prefetch<'a, B> + 'a) {
        self.all.push(Box::new(prefetch));
    }

    pub(crate) fn into_vec(self) -> Vec<Box<dyn Prefetch<'a, B> + 'a>> {
        self.all
    }
}

/// A query that completes rows: it knows their types, so that whoever runs it need not.
pub(crate) trait Prefetch<'a, B: Backend>: Send {
    /// The relation that it follows.
    fn relation(&self) -> &'static crate::schema::RelationMeta;

    /// The query, and where its rows go; none when no row needs it.
    fn ask(&mut self) -> Result<Option<(Query, BoxSink<B>)>>;

    /// Puts the rows in their places; gives the queries that complete these.
    fn take(self: Box<Self>, sink: BoxSink<B>) -> Result<Prefetches<'a, B>>;
}

/// Columns that are selected behind those of a shape.
pub struct Selecting {
    next: usize,
    nodes: Vec<Node>,
    /// The first mistake in a query for further rows, so that it is known also where no row needs that query.
    mistake: Option<Error>,
}

impl Selecting {
    pub(crate) fn behind(width: usize) -> Self {
        Selecting { next: width, nodes: Vec::new(), mistake: None }
    }

    /// The first mistake that was noted.
    pub(crate) fn check(self) -> Result<()> {
        self.mistake.map_or(Ok(()), Err)
    }

    /// Notes a mistake.
    fn note(&mut self, result: Result<()>) {
        if let Err(error) = result {
            self.mistake.get_or_insert(error);
        }
    }

    /// Selects an expression; gives its position.
    fn push(&mut self, node: Node) -> usize {
        let at = self.next;
        self.next += 1;
        self.nodes.push(node);
        at
    }

    /// Selects all fields of the model at the end of a path; gives the position of the first.
    fn model(&mut self, path: Option<&'static PathNode>, model: &'static ModelMeta) -> usize {
        let at = self.next;
        self.next += model.fields.len();
        let fields = model.fields.iter().map(|field| Node::leaf(Expr::Joined(FieldRef { path, field })));
        self.nodes.extend(fields);
        at
    }
}

/// A shape that relations can be loaded with.
#[diagnostic::on_unimplemented(
    message = "relations cannot be loaded with rows of this shape",
    label = "expected rows of the model itself",
    note = "call `.select_related(…)` and `.prefetch_related(…)` before `annotate`"
)]
pub trait LoadShape: ModelShape {
    /// How the row itself is read.
    type Base: WholeShape<Model = Self::Model>;
    /// What is loaded with it.
    type Loads: Loads<Self::Model>;

    /// Both.
    fn into_parts(self) -> (Self::Base, Self::Loads);

    /// The row in what it gives.
    fn row(out: &Self::Out) -> &Self::Model;
}

impl<M: Model> LoadShape for Whole<M> {
    type Base = Self;
    type Loads = Nil;

    fn into_parts(self) -> (Self, Nil) {
        (self, Nil)
    }

    fn row(out: &M) -> &M {
        out
    }
}

impl<M: Model> LoadShape for Deferring<M> {
    type Base = Self;
    type Loads = Nil;

    fn into_parts(self) -> (Self, Nil) {
        (self, Nil)
    }

    fn row(out: &M) -> &M {
        out
    }
}

/// The model, with related rows.
#[derive(Clone)]
pub struct Loading<S, L> {
    base: S,
    loads: L,
    width: usize,
}

impl<S: WholeShape, L: Loads<S::Model>> Decode for Loading<S, L> {
    type Out = <S::Model as Model>::With<L::Out>;

    #[inline]
    fn decode<R: Row + ?Sized>(&self, row: &mut R) -> Result<Self::Out> {
        self.read(row, 0)
    }
}

impl<S: WholeShape, L: Loads<S::Model>> Shape for Loading<S, L> {
    type Model = S::Model;
    const INCOMPLETE: bool = L::INCOMPLETE;

    fn width(&self) -> usize {
        self.width
    }

    #[inline]
    fn read<R: Row + ?Sized>(&self, row: &mut R, at: usize) -> Result<Self::Out> {
        let base = self.base.read(row, at)?;
        Ok(S::Model::with(Loaded::new(base, self.loads.read(row, at)?)))
    }

    fn prefetches<'a, B: Backend>(
        &'a self,
        rows: Vec<&'a mut Self::Out>,
        _kept: Kept,
        into: &mut Prefetches<'a, B>,
    ) {
        self.loads.prefetches(rows.into_iter().map(RowParts::parts_mut).collect(), into);
    }
}

impl<S: WholeShape, L: Loads<S::Model>> ModelShape for Loading<S, L> {}

repeatable! {
    [S, L] Loading<S, L>;
}

impl<S: WholeShape, L: Loads<S::Model>> LoadShape for Loading<S, L> {
    type Base = S;
    type Loads = L;

    fn into_parts(self) -> (S, L) {
        (self.base, self.loads)
    }

    fn row(out: &Self::Out) -> &S::Model {
        LoadedRow::row(out)
    }
}

impl<M: Model, S: LoadShape<Model = M>> QuerySet<M, S> {
    /// Loads related rows with each row, in the same statement: one JOIN for each relation to one row.
    ///
    /// What was loaded is part of the row's type: `post.author()` compiles only with `select_related(|p| p.author)`, and
    /// otherwise the compiler says which call to add. A relation that may have no row gives an `Option`. Several relations
    /// are a tuple; those of a related row are asked of the relation: `p.author.select_related(|a| a.company)`.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let posts = Post::objects().select_related(|p| p.author).order_by(|p| p.id).all(&db).await?;
    /// assert_eq!(posts[0].title, "Hello");
    /// assert_eq!(posts[0].author().username, "ann");
    /// # Ok(()) }) }
    /// ```
    pub fn select_related<X: JoinedList<Root<M>>>(
        self,
        relations: impl FnOnce(M::Fields<Root<M>>) -> X,
    ) -> QuerySet<M, Loading<S::Base, X::Plan<S::Loads>>> {
        let wanted = relations(Self::fields());
        self.load(|selecting, loads| wanted.plan(selecting, loads))
    }

    /// Loads related rows with further queries: one for each relation, however many rows there are.
    ///
    /// For relations to many rows, which get a `Vec`; also for relations to one, which get an `Option`. The related rows
    /// can be filtered, ordered, limited (for each row), and have relations of their own loaded.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let users = User::objects()
    ///     .prefetch_related(|u| u.posts.order_by(|p| p.views.desc()).limit(1).prefetch_related(|p| p.tags))
    ///     .order_by(|u| u.id)
    ///     .all(&db)
    ///     .await?;
    /// assert_eq!(users[0].posts()[0].title, "Hello");
    /// assert_eq!(users[0].posts()[0].tags()[0].name, "news");
    /// # Ok(()) }) }
    /// ```
    pub fn prefetch_related<X: PrefetchedList<Root<M>>>(
        self,
        relations: impl FnOnce(M::Fields<Root<M>>) -> X,
    ) -> QuerySet<M, Loading<S::Base, X::Plan<S::Loads>>> {
        let wanted = relations(Self::fields());
        self.load(|selecting, loads| wanted.plan(selecting, loads))
    }

    fn load<L: Loads<M>>(
        self,
        plan: impl FnOnce(&mut Selecting, S::Loads) -> L,
    ) -> QuerySet<M, Loading<S::Base, L>> {
        const {
            assert!(
                are_distinct(L::NAMES),
                "the same relation is loaded twice, so its accessor could mean either; ask for all that is loaded with its row at \
                 once: `p.author.select_related(|a| (a.company, a.profile))`, or give lists names of your own: `.named(…)`"
            );
        }
        let QuerySet { mut query, shape } = self;
        let mut selecting = Selecting::behind(shape.width());
        let (base, loads) = shape.into_parts();
        let loads = plan(&mut selecting, loads);
        if let Some(mistake) = selecting.mistake.take() {
            query.fail(mistake);
        }
        if !selecting.nodes.is_empty() {
            query.annotate(selecting.nodes);
        }
        QuerySet { query, shape: Loading { base, loads, width: selecting.next } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn named(name: &'static str, rest: Option<&'static LoadNames>) -> LoadNames {
        LoadNames { name, rest }
    }

    #[test]
    fn names_are_compared_whole() {
        static ONE: LoadNames = named("author", None);
        static TWO: LoadNames = named("authors", Some(&ONE));
        static AGAIN: LoadNames = named("author", Some(&TWO));
        assert!(are_distinct(None) && are_distinct(Some(&TWO)));
        assert!(!are_distinct(Some(&AGAIN)));
    }
}
