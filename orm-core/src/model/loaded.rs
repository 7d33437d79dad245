//! What a row has loaded, as a type: a list of columns with their values.

use std::fmt;
use std::marker::PhantomData;

use serde::ser::{Serialize, SerializeMap};

use super::{Column, read_field};
use crate::error::Result;
use crate::value::{Row, SqlType};

/// The end of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Nil;

/// A column of which a value of type `D` was loaded, before others.
pub struct Cons<C, D, L> {
    value: D,
    rest: L,
    column: PhantomData<fn() -> C>,
}

impl<C, D, L> Cons<C, D, L> {
    /// A value before others.
    pub const fn new(value: D, rest: L) -> Self {
        Cons { value, rest, column: PhantomData }
    }

    /// The first value.
    pub const fn value(&self) -> &D {
        &self.value
    }

    /// The others.
    pub const fn rest(&self) -> &L {
        &self.rest
    }

    /// The first value, and the others, to change them.
    pub const fn parts_mut(&mut self) -> (&mut D, &mut L) {
        (&mut self.value, &mut self.rest)
    }
}

impl<C, D: Clone, L: Clone> Clone for Cons<C, D, L> {
    fn clone(&self) -> Self {
        Cons { value: self.value.clone(), rest: self.rest.clone(), column: PhantomData }
    }
}

impl<C, D: PartialEq, L: PartialEq> PartialEq for Cons<C, D, L> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value && self.rest == other.rest
    }
}

/// The type of what a row has loaded, in the order in which the query loads it: for signatures.
///
/// ```
/// # use orm_doc_models::blog::*;
/// # use orm::loaded;
/// type PostRow = PostWith<loaded![post::author: User]>;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// let rows: Vec<PostRow> = Post::objects().select_related(|p| p.author).all(&db).await?;
/// assert_eq!(rows[0].author().username, "ann");
/// # Ok(()) }) }
/// ```
#[macro_export]
macro_rules! loaded {
    () => { $crate::model::Nil };
    (@ [$($reversed:tt)*]) => { $crate::loaded!(@list $($reversed)*) };
    (@ [$($reversed:tt)*] $relation:path: $type:ty $(, $($rest:tt)*)?) => {
        $crate::loaded!(@ [($relation, $type) $($reversed)*] $($($rest)*)?)
    };
    (@list) => { $crate::model::Nil };
    (@list ($relation:path, $type:ty) $($rest:tt)*) => {
        $crate::model::Cons<$relation, $type, $crate::loaded!(@list $($rest)*)>
    };
    ($($loads:tt)+) => { $crate::loaded!(@ [] $($loads)+) };
}

/// The field is the first of the list.
pub struct Here(());

/// The field is in the rest of the list, at `I`.
pub struct There<I>(PhantomData<fn() -> I>);

/// The list has the field `C`, of type `D`, at `I`, which the compiler finds.
///
/// What an accessor returns has to be the method's own parameter `D`: of a type behind a trait the compiler would not
/// say these words.
#[diagnostic::on_unimplemented(
    message = "field `{C}` was not loaded by this query; add it to `.only(…)`",
    label = "`{C}` was not loaded"
)]
pub trait HasField<C, I, D> {
    /// The value.
    fn field(&self) -> &D;
}

#[diagnostic::do_not_recommend]
impl<C, D, L> HasField<C, Here, D> for Cons<C, D, L> {
    fn field(&self) -> &D {
        &self.value
    }
}

#[diagnostic::do_not_recommend]
impl<C, D, I, Other, O, L: HasField<C, I, D>> HasField<C, There<I>, D> for Cons<Other, O, L> {
    fn field(&self) -> &D {
        self.rest.field()
    }
}

/// The value of a field; called by derived code.
#[inline]
pub fn loaded_field<C, I, D, L: HasField<C, I, D>>(list: &L) -> &D {
    list.field()
}

/// Columns that are read together.
pub trait LoadedFields: Sized + Send + 'static {
    /// How many.
    const WIDTH: usize;

    /// Reads them from position `at` on.
    ///
    /// # Errors
    /// A column does not hold what its field reads.
    fn read<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Self>;

    /// Adds them to what people see who debug.
    fn debug_fields(&self, out: &mut fmt::DebugStruct<'_, '_>);
}

impl LoadedFields for Nil {
    const WIDTH: usize = 0;

    #[inline]
    fn read<R: Row + ?Sized>(_row: &mut R, _at: usize) -> Result<Self> {
        Ok(Nil)
    }

    fn debug_fields(&self, _out: &mut fmt::DebugStruct<'_, '_>) {}
}

impl<C: Column, D: SqlType, L: LoadedFields> LoadedFields for Cons<C, D, L> {
    const WIDTH: usize = 1 + L::WIDTH;

    #[inline]
    fn read<R: Row + ?Sized>(row: &mut R, at: usize) -> Result<Self> {
        let value = read_field(row, at, C::META)?;
        Ok(Cons { value, rest: L::read(row, at + 1)?, column: PhantomData })
    }

    fn debug_fields(&self, out: &mut fmt::DebugStruct<'_, '_>) {
        out.field(C::META.name, &self.value);
        self.rest.debug_fields(out);
    }
}

/// Columns whose values serde can write.
pub trait SerializeFields {
    /// How many.
    const COUNT: usize;

    /// Adds them to a map.
    ///
    /// # Errors
    /// The serializer fails.
    fn serialize_fields<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error>;
}

impl SerializeFields for Nil {
    const COUNT: usize = 0;

    fn serialize_fields<M: SerializeMap>(&self, _map: &mut M) -> Result<(), M::Error> {
        Ok(())
    }
}

impl<C: Column, D: Serialize, L: SerializeFields> SerializeFields for Cons<C, D, L> {
    const COUNT: usize = 1 + L::COUNT;

    fn serialize_fields<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry(C::META.name, &self.value)?;
        self.rest.serialize_fields(map)
    }
}
