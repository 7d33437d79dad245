//! A row of which some fields are loaded.

use std::fmt;
use std::ops::Deref;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Model;
use super::loaded::{LoadedFields, SerializeFields};
use crate::error::Result;
use crate::value::Row;

/// A row of `M` of which only the fields in `L` are loaded: what [`only`](crate::queryset::QuerySet::only) gives. It has a method
/// for each field, which compiles where the field is loaded: those of `PostOnly`, which it dereferences to. It compares, prints and
/// serializes, if the fields do. A field named like a method of these, such as `clone`, is `(*row).clone()`.
///
/// Here and not in each model's derived code, but for the methods: users' compilers would check it for each.
pub struct PartialRow<M: Model, L: LoadedFields>(M::Only<L>);

impl<M: Model, L: LoadedFields> PartialRow<M, L> {
    /// Reads the fields from position `at` on.
    #[inline]
    pub(crate) fn read<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Self> {
        Ok(PartialRow(M::only(L::read(row, at)?)))
    }

    fn fields(&self) -> &L {
        M::only_fields(&self.0)
    }
}

impl<M: Model, L: LoadedFields> Deref for PartialRow<M, L> {
    type Target = M::Only<L>;

    fn deref(&self) -> &M::Only<L> {
        &self.0
    }
}

impl<M: Model, L: LoadedFields + Clone> Clone for PartialRow<M, L> {
    fn clone(&self) -> Self {
        PartialRow(M::only(self.fields().clone()))
    }
}

impl<M: Model, L: LoadedFields + PartialEq> PartialEq for PartialRow<M, L> {
    fn eq(&self, other: &Self) -> bool {
        self.fields() == other.fields()
    }
}

impl<M: Model, L: LoadedFields> fmt::Debug for PartialRow<M, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct(M::META.name);
        self.fields().debug_fields(&mut out);
        out.finish_non_exhaustive()
    }
}

impl<M: Model, L: LoadedFields + SerializeFields> Serialize for PartialRow<M, L> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(L::COUNT))?;
        self.fields().serialize_fields(&mut map)?;
        map.end()
    }
}
