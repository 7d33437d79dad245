//! What rows an expression is about, as a type: so that an aggregate in `filter` does not compile.

use std::marker::PhantomData;

use crate::model::Model;

/// Computed from groups of rows of `S`: what `values` and `having` take, and `filter` does not.
pub struct Grouped<S>(PhantomData<fn() -> S>);

/// Computed from the rows of `S` around each row: what `values`, `annotate` and `qualify` take, and `filter` does not.
pub struct Windowed<S>(PhantomData<fn() -> S>);

/// About no rows: literals, and subqueries, which bring their own. It can stand anywhere.
pub struct Free(());

/// Computed from groups of any rows: the number of rows.
pub struct AnyGroup(());

/// Computed from the place of a row among others, whatever it is a row of.
pub struct AnyWindow(());

/// The rows that a query of other columns gives, when a further query reads them.
pub struct RowsOf<T>(PhantomData<fn() -> T>);

/// Rows themselves: a model, or what a query gives.
pub trait BaseScope: 'static {}

impl<M: Model> BaseScope for M {}
impl<T: 'static> BaseScope for RowsOf<T> {}

/// An expression of this scope can be used where one of `S` is expected.
#[diagnostic::on_unimplemented(
    message = "an expression on `{Self}` cannot be used in a query for `{S}`",
    label = "the query is about `{S}`"
)]
pub trait Within<S> {}

/// An expression of this scope can stand beside one of `S`; together they are one of `Joined`.
#[diagnostic::on_unimplemented(
    message = "an expression on `{Self}` cannot stand beside one on `{S}`",
    label = "both must be about the same rows"
)]
pub trait Beside<S> {
    /// The scope of both together.
    type Joined;
}

/// A scope whose expressions have a value for each row: of rows themselves, of windows, and of nothing in particular; or a
/// tuple of such scopes.
#[diagnostic::on_unimplemented(
    message = "an aggregate has one value for several rows, and cannot stand beside each of them",
    label = "`annotate` takes values of each row",
    note = "for a value of each group write `.values(|row| (row.name, row.id.count()))`, which groups by the plain columns",
    note = "for a value of all rows write `.aggregate(&db, |row| row.id.count())`",
    note = "for a value of all rows beside each of them write `row.id.count().over()`, a window"
)]
pub trait EachRow {}

#[diagnostic::do_not_recommend]
impl<S: BaseScope> EachRow for S {}
#[diagnostic::do_not_recommend]
impl<S> EachRow for Windowed<S> {}
#[diagnostic::do_not_recommend]
impl EachRow for AnyWindow {}
#[diagnostic::do_not_recommend]
impl EachRow for Free {}

macro_rules! each_row {
    ($(($($name:ident)+))+) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: EachRow),+> EachRow for ($($name,)+) {}
    )+};
}

each_row! {
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

macro_rules! within {
    ($([$($generics:tt)*] $from:ty => $to:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> Within<$to> for $from {}
    )*};
}

within! {
    [S: BaseScope] S => S;
    [S: BaseScope] S => Grouped<S>;
    [S: BaseScope] S => Windowed<S>;
    [S: BaseScope] Grouped<S> => Grouped<S>;
    [S: BaseScope] Grouped<S> => Windowed<S>;
    [S: BaseScope] Windowed<S> => Windowed<S>;
    [S] Free => S;
    [S: BaseScope] AnyGroup => Grouped<S>;
    [S: BaseScope] AnyGroup => Windowed<S>;
    [S: BaseScope] AnyWindow => Windowed<S>;
}

macro_rules! beside {
    ($([$($generics:tt)*] $left:ty, $right:ty => $joined:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> Beside<$right> for $left {
            type Joined = $joined;
        }
    )*};
}

beside! {
    [S] Free, S => S;
    [S: BaseScope] S, Free => S;
    [S: BaseScope] S, S => S;
    [S: BaseScope] S, Grouped<S> => Grouped<S>;
    [S: BaseScope] S, Windowed<S> => Windowed<S>;
    [S: BaseScope] S, AnyGroup => Grouped<S>;
    [S: BaseScope] S, AnyWindow => Windowed<S>;
    [S: BaseScope] Grouped<S>, Free => Grouped<S>;
    [S: BaseScope] Grouped<S>, S => Grouped<S>;
    [S: BaseScope] Grouped<S>, Grouped<S> => Grouped<S>;
    [S: BaseScope] Grouped<S>, Windowed<S> => Windowed<S>;
    [S: BaseScope] Grouped<S>, AnyGroup => Grouped<S>;
    [S: BaseScope] Grouped<S>, AnyWindow => Windowed<S>;
    [S: BaseScope] Windowed<S>, Free => Windowed<S>;
    [S: BaseScope] Windowed<S>, S => Windowed<S>;
    [S: BaseScope] Windowed<S>, Grouped<S> => Windowed<S>;
    [S: BaseScope] Windowed<S>, Windowed<S> => Windowed<S>;
    [S: BaseScope] Windowed<S>, AnyGroup => Windowed<S>;
    [S: BaseScope] Windowed<S>, AnyWindow => Windowed<S>;
    [] AnyGroup, Free => AnyGroup;
    [S: BaseScope] AnyGroup, S => Grouped<S>;
    [S: BaseScope] AnyGroup, Grouped<S> => Grouped<S>;
    [S: BaseScope] AnyGroup, Windowed<S> => Windowed<S>;
    [] AnyGroup, AnyGroup => AnyGroup;
    [] AnyGroup, AnyWindow => AnyWindow;
    [] AnyWindow, Free => AnyWindow;
    [S: BaseScope] AnyWindow, S => Windowed<S>;
    [S: BaseScope] AnyWindow, Grouped<S> => Windowed<S>;
    [S: BaseScope] AnyWindow, Windowed<S> => Windowed<S>;
    [] AnyWindow, AnyGroup => AnyWindow;
    [] AnyWindow, AnyWindow => AnyWindow;
}
