//! Functions of the database that the user declares, typed.

use std::marker::PhantomData;

use crate::ast::{Function, Node, OwnFunction};
use crate::compile::Dialect;
use crate::queryset::expression::{Expr, result_of};
use crate::queryset::into_expr::IntoExpr;
use crate::queryset::scope::Free;
use crate::value::{FieldType, Nullability, SqlType};

/// A function of the database, with the types of its arguments and of its result: for what this library does not know.
///
/// Name it for each database that has it; on others a query that uses it is `Unsupported` before anything is sent. A
/// spelling is a function's name, or a text with `{0}`, `{1}` … where the arguments stand. The result is an `Option`
/// where an argument is; one that can be NULL by itself is declared as `Option<T>`.
///
/// ```
/// # use orm_doc_models::blog::*;
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// const REPEATED: SqlFunction<(String, i32), String> = SqlFunction::new("repeated")
///     .on(Dialect::Postgres, "repeat")
///     .on(Dialect::Sqlite, "replace(printf('%.*c', {1}, 'x'), 'x', {0})");
///
/// let ahs: Vec<String> = Post::objects().pk(1).values(|_| REPEATED.call(("ha", 3))).all(&db).await?;
/// assert_eq!(ahs, ["hahaha"]);
///
/// let mysql = Post::objects().filter(|p| REPEATED.call((p.title, 2)).eq("x")).sql(Dialect::MySql);
/// assert_eq!(mysql.unwrap_err().to_string(), "MySQL does not support the function `repeated`");
/// # Ok(()) }) }
/// ```
pub struct SqlFunction<A, T> {
    name: &'static str,
    spellings: [Option<&'static str>; 4],
    marker: PhantomData<fn(A) -> T>,
}

impl<A, T> Clone for SqlFunction<A, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A, T> Copy for SqlFunction<A, T> {}

impl<A, T> SqlFunction<A, T> {
    /// A function that no database is known to have yet; `name` is for messages.
    pub const fn new(name: &'static str) -> Self {
        SqlFunction { name, spellings: [None; 4], marker: PhantomData }
    }

    /// How this database spells a call: the function's name, or a text with `{0}`, `{1}` … for the arguments.
    #[must_use]
    pub const fn on(mut self, dialect: Dialect, spelling: &'static str) -> Self {
        self.spellings[dialect as usize] = Some(spelling);
        self
    }

    /// The same spelling on every database.
    #[must_use]
    pub const fn everywhere(mut self, spelling: &'static str) -> Self {
        self.spellings = [Some(spelling); 4];
        self
    }

    /// A call; arguments are fields, expressions or values of the declared types, always as a tuple.
    pub fn call<V: SqlArguments<A>>(self, arguments: V) -> Expr<V::Scope, <V::Null as Nullability>::Apply<T>>
    where
        T: SqlType,
    {
        let args = arguments.into_nodes();
        let function = OwnFunction { name: self.name, arity: args.len(), spellings: self.spellings };
        let result = result_of::<<V::Null as Nullability>::Apply<T>>();
        Expr::new(Node::function(Function::Own(function), args, result))
    }
}

/// Arguments of a [`SqlFunction`] that takes `A`: a tuple of up to six.
#[diagnostic::on_unimplemented(
    message = "`{Self}` are not the arguments of a function that takes `{A}`",
    label = "expected a tuple of fields, expressions or values of these types",
    note = "a single argument is a tuple too: `call((field,))`"
)]
pub trait SqlArguments<A> {
    /// The scope of all of them.
    type Scope;
    /// Whether one of them can be NULL.
    type Null: Nullability;

    /// The untyped trees.
    fn into_nodes(self) -> Vec<Node>;
}

/// NULL is possible where it is in `A` or in `B`.
pub struct EitherNull<A, B>(PhantomData<fn() -> (A, B)>);

impl<A: Nullability, B: Nullability> Nullability for EitherNull<A, B> {
    type Apply<T: SqlType> = A::Apply<B::Apply<T>>;
    type Either<T: SqlType> = A::Apply<B::Either<T>>;
}

macro_rules! nulls {
    ($only:ident) => { $only::Null };
    ($first:ident $($rest:ident)+) => { EitherNull<$first::Null, nulls!($($rest)+)> };
}

macro_rules! arguments {
    ($(($($value:ident: $type:ident in $scope:ty, $at:tt);+))+) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($type: FieldType, $value: IntoExpr<$type, $scope>),+> SqlArguments<($($type,)+)> for ($($value,)+) {
            type Scope = arguments!(@last $($value)+);
            type Null = nulls!($($value)+);

            fn into_nodes(self) -> Vec<Node> {
                vec![$(self.$at.into_operand()),+]
            }
        }
    )+};
    (@last $only:ident) => { $only::Scope };
    (@last $first:ident $($rest:ident)+) => { arguments!(@last $($rest)+) };
}

// Each argument is asked to stand beside those before it, so that the last knows the scope of all.
arguments! {
    (V1: A1 in Free, 0)
    (V1: A1 in Free, 0; V2: A2 in V1::Scope, 1)
    (V1: A1 in Free, 0; V2: A2 in V1::Scope, 1; V3: A3 in V2::Scope, 2)
    (V1: A1 in Free, 0; V2: A2 in V1::Scope, 1; V3: A3 in V2::Scope, 2; V4: A4 in V3::Scope, 3)
    (V1: A1 in Free, 0; V2: A2 in V1::Scope, 1; V3: A3 in V2::Scope, 2; V4: A4 in V3::Scope, 3; V5: A5 in V4::Scope, 4)
    (V1: A1 in Free, 0; V2: A2 in V1::Scope, 1; V3: A3 in V2::Scope, 2; V4: A4 in V3::Scope, 3; V5: A5 in V4::Scope, 4; V6: A6 in V5::Scope, 5)
}
