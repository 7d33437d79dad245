//! `defer`: the model without some of its fields.

use std::marker::PhantomData;
use std::sync::Arc;

use super::QuerySet;
use super::field::Field;
use super::shape::{ModelShape, Shape, Whole, repeatable};
use crate::backend::Decode;
use crate::error::Result;
use crate::model::{Column, Declaration, DeferredColumn, Model, Root, TypeOf};
use crate::schema::FieldMeta;
use crate::value::{FromColumns, Row};

/// One [`Deferred`](crate::value::Deferred) field of `S` itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a deferred field of `{S}`",
    label = "expected a field of `{S}` itself whose type is `Deferred<…>`"
)]
pub trait DeferredField<S> {
    /// The field's type-level name.
    type Column: DeferredColumn<Is: Declaration<Model = S>>;
}

// Without `do_not_recommend`, so that the compiler says what the field lacks, and not what the list does.
impl<M: Model, C: DeferredColumn<Is: Declaration<Model = M>>> DeferredField<M> for Field<Root<M>, C> {
    type Column = C;
}

/// One [`Deferred`](crate::value::Deferred) field of `S`, or a tuple of up to 8.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of deferred fields of `{S}`",
    label = "expected a field, or a tuple of up to 8 fields, of `{S}` itself whose types are `Deferred<…>`",
    note = "to read few fields, use `.only(…)` or `.values(…)`"
)]
pub trait DeferredList<S> {
    /// The values in order.
    type Values: FromColumns;

    /// The fields in order.
    fn deferred(&self) -> Vec<&'static FieldMeta>;

    /// Puts values in their places in a row.
    fn put(row: &mut S, values: Self::Values);
}

impl<M: Model, C: DeferredColumn<Is: Declaration<Model = M>>> DeferredList<M> for Field<Root<M>, C> {
    type Values = TypeOf<C>;

    fn deferred(&self) -> Vec<&'static FieldMeta> {
        vec![C::META]
    }

    fn put(row: &mut M, values: TypeOf<C>) {
        *C::slot(row) = values.into();
    }
}

macro_rules! tuples {
    ($(($($name:ident $at:tt),+))+) => {$(
                impl<S, $($name: DeferredField<S>),+> DeferredList<S> for ($($name,)+) {
            type Values = ($(TypeOf<$name::Column>,)+);

            fn deferred(&self) -> Vec<&'static FieldMeta> {
                vec![$(<$name::Column as Column>::META),+]
            }

            fn put(row: &mut S, values: Self::Values) {
                $(*<$name::Column as DeferredColumn>::slot(row) = values.$at.into();)+
            }
        }
    )+};
}

tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
}

/// The model without the fields that were deferred.
pub struct Deferring<M> {
    left_out: Arc<[&'static FieldMeta]>,
    marker: PhantomData<fn() -> M>,
}

impl<M> Clone for Deferring<M> {
    fn clone(&self) -> Self {
        Deferring { left_out: Arc::clone(&self.left_out), marker: PhantomData }
    }
}

impl<M: Model> Decode for Deferring<M> {
    type Out = M;

    #[inline]
    fn decode<R: Row + ?Sized>(&self, row: &mut R) -> Result<M> {
        self.read(row, 0)
    }
}

impl<M: Model> Shape for Deferring<M> {
    type Model = M;

    fn width(&self) -> usize {
        M::META.fields.len() - self.left_out.len()
    }

    #[inline]
    fn read<R: Row + ?Sized>(&self, row: &mut R, at: usize) -> Result<M> {
        M::from_row_without(row, at, &self.left_out)
    }
}

repeatable! {
    [M] Deferring<M>;
}

impl<M: Model> ModelShape for Deferring<M> {}

/// The model itself, with or without its deferred fields.
pub trait WholeShape: ModelShape<Out = <Self as Shape>::Model> {}

impl<M: Model> WholeShape for Whole<M> {}
impl<M: Model> WholeShape for Deferring<M> {}

impl<M: Model, S: WholeShape<Model = M>> QuerySet<M, S> {
    /// Rows without the values of these [`Deferred`](crate::value::Deferred) fields; `load` reads them later.
    ///
    /// ```
    /// # use orm::prelude::*;
    /// #[derive(Model, Debug)]
    /// struct Page {
    ///     #[field(primary_key)]
    ///     id: i64,
    ///     #[field(max_length = 200)]
    ///     title: String,
    ///     body: Deferred<String>,
    /// }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> orm::Result<()> {
    /// # let db = orm::sqlite::connect("sqlite::memory:").await?;
    /// # db.create_tables(models![Page]).await?;
    /// # Page::objects().create(&db, |p| p.title("Tea").body("A long text")).await?;
    /// let pages = Page::objects().defer(|p| p.body);
    /// assert_eq!(pages.clone().sql(Dialect::Sqlite)?, r#"SELECT "id", "title" FROM "page""#);
    /// assert_eq!(pages.get(&db).await?.body.get(), None);
    /// # Ok(()) }
    /// ```
    pub fn defer<D: DeferredList<M>>(
        mut self,
        fields: impl FnOnce(M::Fields<Root<M>>) -> D,
    ) -> QuerySet<M, Deferring<M>> {
        let left_out = self.query.leave_out(&fields(Self::fields()).deferred());
        QuerySet { query: self.query, shape: Deferring { left_out: left_out.into(), marker: PhantomData } }
    }
}
