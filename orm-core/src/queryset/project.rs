//! `project`: rows as a struct of the user's own.

use std::marker::PhantomData;

use super::QuerySet;
use super::selection::SelectableOne;
use super::shape::{ModelShape, Names, Shape};
use crate::ast::Node;
use crate::backend::Decode;
use crate::error::{Error, FieldError, Result, ValueError};
use crate::model::{Fields, Model, Root};
use crate::value::{FieldType, Row, SqlType};

/// A struct that says what is selected. Implemented by `#[derive(Projection)]`.
///
/// The two functions go over the struct's fields in the same order. What they are given is opaque to derived code, which
/// is what lets a field become more than a column without a change of this trait: a projection of a related row
/// (`author: AuthorCard`) selects with a [`Selected`] that stands at the relation, so that its columns are joined and
/// follow in their place, and reads from the same [`Columns`], which an `Option<AuthorCard>` asks whether the related
/// key is NULL; a list (`tags: Vec<TagName>`) selects the key that its rows are found by, notes the second query in the
/// [`Selected`], and reads as an empty list with the row's number noted in the [`Columns`], where the second query's
/// rows are put.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a projection",
    label = "not a projection",
    note = "add `#[derive(Projection)]` and `#[projection(Model)]` to `{Self}`"
)]
pub trait Projection: Sized + Send + 'static {
    /// The model whose rows it is made of.
    type Model: Model;

    /// Selects what is read, field by field.
    fn select(selected: &mut Selected<Self::Model>);

    /// Reads a row, field by field.
    ///
    /// # Errors
    /// A column does not hold what is read; the error names the model's field.
    fn read<R: Row + ?Sized>(row: &mut R, columns: &mut Columns<'_>) -> Result<Self>;
}

/// A projection of `M`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a projection of `{M}`",
    label = "expected a struct with `#[derive(Projection)]` and `#[projection({M})]`"
)]
pub trait ProjectionOf<M>: Projection {}

/// What a projection selects.
pub struct Selected<M> {
    nodes: Vec<Node>,
    marker: PhantomData<fn() -> M>,
}

impl<M: Model> Selected<M> {
    /// Selects what a field of type `T` is read from.
    pub fn add<T, E>(&mut self, expression: impl FnOnce(M::Fields<Root<M>>) -> E)
    where
        E: SelectableOne<M, Type: ReadInto<T>>,
    {
        self.nodes.push(expression(<M::Fields<Root<M>> as Fields>::NEW).into_selected());
    }
}

/// Where reading is in a projection's columns.
pub struct Columns<'a> {
    at: usize,
    first: usize,
    names: ColumnNames<'a>,
}

/// How an error names a column.
#[derive(Clone, Copy)]
enum ColumnNames<'a> {
    /// By the model's field that it is.
    Fields(&'a Names),
    /// By the projection and its field: rows of the user's own SQL.
    Own(&'static str, &'static [&'static str]),
}

impl ColumnNames<'_> {
    #[cold]
    fn misread(self, at: usize, error: ValueError) -> Error {
        match self {
            ColumnNames::Fields(names) => names.misread((at, error)),
            ColumnNames::Own(projection, fields) => match fields.get(at) {
                Some(field) => FieldError::new(projection, field, error).into(),
                None => error.into(),
            },
        }
    }
}

/// Reads a projection from columns that are called like its fields and stand in their order; called by derived code.
///
/// # Errors
/// A column does not hold what is read; the error names projection and field.
#[doc(hidden)]
pub fn read_named<P: Projection, R: Row + ?Sized>(
    row: &mut R,
    projection: &'static str,
    fields: &'static [&'static str],
) -> Result<P> {
    P::read(row, &mut Columns { at: 0, first: 0, names: ColumnNames::Own(projection, fields) })
}

impl Columns<'_> {
    /// Reads the next column.
    ///
    /// # Errors
    /// It does not hold a `T`.
    #[inline]
    pub fn next<T: Readable, R: Row + ?Sized>(&mut self, row: &mut R) -> Result<T> {
        let at = self.at;
        self.at += 1;
        T::from_row(row, at).map_err(|error| self.names.misread(at - self.first, error))
    }
}

/// A type that a projection's field can have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a column",
    label = "expected a field's type, or an `Option` of one",
    note = "a projection's fields have the types of the columns they are read from"
)]
pub trait Readable: SqlType {}

#[diagnostic::do_not_recommend]
impl<T: SqlType> Readable for T {}

/// A column of this type can be read into a field of type `T`: the same, or an `Option` of it.
#[diagnostic::on_unimplemented(
    message = "the column is a `{Self}`, the projection's field is a `{T}`",
    label = "expected `{Self}`",
    note = "a field has the type of its column, or is an `Option` of it; one that may be NULL is an `Option`"
)]
pub trait ReadInto<T> {}

#[diagnostic::do_not_recommend]
impl<T: FieldType> ReadInto<T> for T {}
#[diagnostic::do_not_recommend]
impl<T: FieldType> ReadInto<Option<T>> for T {}
#[diagnostic::do_not_recommend]
impl<T: FieldType> ReadInto<Option<T>> for Option<T> {}

/// Rows as a projection.
pub struct Projected<M, P> {
    names: Names,
    width: usize,
    marker: PhantomData<fn() -> (M, P)>,
}

impl<M, P> Clone for Projected<M, P> {
    fn clone(&self) -> Self {
        Projected { names: self.names.clone(), width: self.width, marker: PhantomData }
    }
}

impl<M: Model, P: ProjectionOf<M>> Decode for Projected<M, P> {
    type Out = P;

    #[inline]
    fn decode<R: Row + ?Sized>(&self, row: &mut R) -> Result<P> {
        self.read(row, 0)
    }
}

impl<M: Model, P: ProjectionOf<M>> Shape for Projected<M, P> {
    type Model = M;

    fn width(&self) -> usize {
        self.width
    }

    #[inline]
    fn read<R: Row + ?Sized>(&self, row: &mut R, at: usize) -> Result<P> {
        P::read(row, &mut Columns { at, first: at, names: ColumnNames::Fields(&self.names) })
    }
}

impl<M: Model, S: ModelShape<Model = M>> QuerySet<M, S> {
    /// Rows as a struct of your own, which says what is selected: columns, also of related rows, and expressions.
    ///
    /// Beside aggregates, plain columns are what rows of a group have in common, as in [`QuerySet::values`].
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// #[derive(Projection, Debug, PartialEq)]
    /// #[projection(Post)]
    /// struct PostCard {
    ///     id: i64,
    ///     title: String,
    ///     #[projection(path = author.username)]
    ///     author: String,
    ///     #[projection(expr = |p| p.views * 2)]
    ///     twice: i64,
    /// }
    ///
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let card = Post::objects().order_by(|p| p.id).project::<PostCard>().first(&db).await?;
    /// let expected = PostCard { id: 1, title: "Hello".into(), author: "ann".into(), twice: 240 };
    /// assert_eq!(card, Some(expected));
    /// # Ok(()) }) }
    /// ```
    pub fn project<P: ProjectionOf<M>>(mut self) -> QuerySet<M, Projected<M, P>> {
        let mut selected = Selected { nodes: Vec::new(), marker: PhantomData };
        P::select(&mut selected);
        let shape =
            Projected { names: Names::of(&selected.nodes), width: selected.nodes.len(), marker: PhantomData };
        self.query.values(selected.nodes);
        QuerySet { query: self.query, shape }
    }
}
