//! What a row of a queryset is: the model, or later something that the query loads beside or instead of it.

use std::marker::PhantomData;

use crate::backend::Decode;
use crate::error::Result;
use crate::model::Model;
use crate::value::Row;

/// The shape of a queryset's rows.
pub trait Shape: Decode + Clone + Sync {
    /// The model that is queried.
    type Model: Model;
}

/// The model itself.
pub struct Whole<M>(PhantomData<fn() -> M>);

impl<M> Whole<M> {
    pub(crate) const fn new() -> Self {
        Whole(PhantomData)
    }
}

impl<M> Clone for Whole<M> {
    fn clone(&self) -> Self {
        Whole(PhantomData)
    }
}

impl<M: Model> Decode for Whole<M> {
    type Out = M;

    #[inline]
    fn decode<R: Row + ?Sized>(&self, row: &mut R) -> Result<M> {
        M::from_row(row, 0)
    }
}

impl<M: Model> Shape for Whole<M> {
    type Model = M;
}
