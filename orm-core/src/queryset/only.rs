//! `only`: rows of which some fields are loaded, known to the compiler.

use std::marker::PhantomData;

use super::QuerySet;
use super::assign::FieldList;
use super::expression::own_field;
use super::field::{Field, One};
use super::shape::{ModelShape, Shape, repeatable};
use crate::backend::Decode;
use crate::error::{Error, Result};
use crate::model::{
    Column, Cons, Declaration, LoadedFields, Model, Nil, PartialRow, RelationField, Root, TypeOf,
};
use crate::value::Row;

/// One field of `S` itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a field of `{S}`",
    label = "expected a field of `{S}` itself",
    note = "for fields of related rows, and for expressions, use `values` or a projection"
)]
pub trait OwnField<S> {
    /// The field's type-level name.
    type Column: Column<Is: Declaration<Model = S>>;
}

#[diagnostic::do_not_recommend]
impl<M: Model, C: Column<Is: Declaration<Model = M>>> OwnField<M> for Field<Root<M>, C> {
    type Column = C;
}

#[diagnostic::do_not_recommend]
impl<M: Model, R: RelationField<From = M>> OwnField<M> for One<Root<M>, R> {
    type Column = R;
}

/// One field of `S`, or a tuple of up to 16, as a list of types.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of fields of `{S}`",
    label = "expected a field, or a tuple of up to 16 fields, of `{S}` itself",
    note = "write `|row| (row.name, row.views)`; for fields of related rows, and for expressions, use `values` or a projection"
)]
pub trait LoadList<S> {
    /// What is loaded.
    type Loaded: LoadedFields;

    /// The fields in order.
    fn loaded(&self) -> Vec<&'static crate::schema::FieldMeta>;
}

macro_rules! list {
    () => { Nil };
    ($first:ident $($rest:ident)*) => {
        Cons<$first::Column, TypeOf<$first::Column>, list!($($rest)*)>
    };
}

#[diagnostic::do_not_recommend]
impl<M: Model, C: Column<Is: Declaration<Model = M>>> LoadList<M> for Field<Root<M>, C> {
    type Loaded = Cons<C, TypeOf<C>, Nil>;

    fn loaded(&self) -> Vec<&'static crate::schema::FieldMeta> {
        self.fields()
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model, R: RelationField<From = M>> LoadList<M> for One<Root<M>, R> {
    type Loaded = Cons<R, TypeOf<R>, Nil>;

    fn loaded(&self) -> Vec<&'static crate::schema::FieldMeta> {
        self.fields()
    }
}

macro_rules! tuples {
    ($(($($name:ident)+))+) => {$(
        impl<S: 'static, $($name: OwnField<S>),+> LoadList<S> for ($($name,)+) {
            type Loaded = list!($($name)+);

            fn loaded(&self) -> Vec<&'static crate::schema::FieldMeta> {
                vec![$(<$name::Column as Column>::META),+]
            }
        }
    )+};
}

tuples! {
    (A)
    (A B)
    (A B C)
    (A B C D)
    (A B C D E)
    (A B C D E F)
    (A B C D E F G)
    (A B C D E F G H)
    (A B C D E F G H I)
    (A B C D E F G H I J)
    (A B C D E F G H I J K)
    (A B C D E F G H I J K L)
    (A B C D E F G H I J K L M)
    (A B C D E F G H I J K L M N)
    (A B C D E F G H I J K L M N O)
    (A B C D E F G H I J K L M N O P)
}

/// Rows of `M` of which the fields in `L` are loaded.
pub struct Only<M, L>(PhantomData<fn() -> (M, L)>);

impl<M, L> Only<M, L> {
    pub(crate) const fn new() -> Self {
        Only(PhantomData)
    }
}

impl<M, L> Clone for Only<M, L> {
    fn clone(&self) -> Self {
        Only(PhantomData)
    }
}

impl<M: Model, L: LoadedFields> Decode for Only<M, L> {
    type Out = PartialRow<M, L>;

    #[inline]
    fn decode<R: Row + ?Sized>(&self, row: &mut R) -> Result<Self::Out> {
        self.read(row, 0)
    }
}

impl<M: Model, L: LoadedFields> Shape for Only<M, L> {
    type Model = M;

    fn width(&self) -> usize {
        L::WIDTH
    }

    #[inline]
    fn read<R: Row + ?Sized>(&self, row: &mut R, at: usize) -> Result<Self::Out> {
        PartialRow::read(row, at)
    }
}

repeatable! {
    [M, L] Only<M, L>;
}

impl<M: Model, S: ModelShape<Model = M>> QuerySet<M, S> {
    /// Rows of which only these fields are loaded. They have a method for each field, and that of a field that was not
    /// loaded does not compile.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let posts = Post::objects().order_by(|p| p.id).only(|p| (p.id, p.title)).all(&db).await?;
    /// assert_eq!((*posts[0].id(), posts[0].title().as_str()), (1, "Hello"));
    /// assert_eq!(format!("{:?}", posts[0]), r#"Post { id: 1, title: "Hello", .. }"#);
    /// # Ok(()) }) }
    /// ```
    ///
    /// ```compile_fail
    /// # use orm_doc_models::blog::*;
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let post = Post::objects().pk(1).only(|p| (p.id, p.title)).get(&db).await?;
    /// post.views();   // field `views` was not loaded by this query; add it to `.only(…)`
    /// # Ok(()) }) }
    /// ```
    pub fn only<F: LoadList<M>>(
        mut self,
        fields: impl FnOnce(M::Fields<Root<M>>) -> F,
    ) -> QuerySet<M, Only<M, F::Loaded>> {
        let fields = fields(Self::fields()).loaded();
        if let Err(error) = named_once(&fields) {
            self.query.fail(error);
        }
        self.query.values(fields.into_iter().map(own_field).collect());
        QuerySet { query: self.query, shape: Only::new() }
    }
}

/// No field is named twice.
pub(super) fn named_once(fields: &[&'static crate::schema::FieldMeta]) -> Result<()> {
    for (at, field) in fields.iter().enumerate() {
        if fields.iter().take(at).any(|other| std::ptr::eq(*other, *field)) {
            return Err(Error::InvalidQuery(
                format!("`{}.{}` is named twice in `only`", field.model, field.name).into(),
            ));
        }
    }
    Ok(())
}
