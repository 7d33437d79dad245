//! Which required fields a builder was given, as a type: a tree of pairs with [`Missing`] or [`Given`] for each.
//!
//! One type parameter for all of them, and a tree instead of a list, so that a setter says no more than the way to its field,
//! and the compiler goes down few levels.

use std::marker::PhantomData;

/// The required field `C` was not given yet.
pub struct Missing<C>(PhantomData<fn() -> C>);

/// The required field `C` was given.
pub struct Given<C>(PhantomData<fn() -> C>);

/// Required fields: which were given, and which were not.
pub trait RequiredFields {
    /// The same after the one at `P` was given.
    type Give<P: Way>: RequiredFields;
}

impl RequiredFields for () {
    type Give<P: Way> = ();
}

impl<C> RequiredFields for Missing<C> {
    type Give<P: Way> = Given<C>;
}

impl<C> RequiredFields for Given<C> {
    type Give<P: Way> = Given<C>;
}

impl<L: RequiredFields, R: RequiredFields> RequiredFields for (L, R) {
    type Give<P: Way> = P::In<L, R>;
}

/// The way to a field of the tree.
pub trait Way {
    /// The pair after the field at the end of the way was given.
    type In<L: RequiredFields, R: RequiredFields>: RequiredFields;
}

/// The way ends.
pub struct Here(());

/// The field is on the left, at `P`.
pub struct Left<P>(PhantomData<fn() -> P>);

/// The field is on the right, at `P`.
pub struct Right<P>(PhantomData<fn() -> P>);

impl Way for Here {
    type In<L: RequiredFields, R: RequiredFields> = (L, R);
}

impl<P: Way> Way for Left<P> {
    type In<L: RequiredFields, R: RequiredFields> = (L::Give<P>, R);
}

impl<P: Way> Way for Right<P> {
    type In<L: RequiredFields, R: RequiredFields> = (L, R::Give<P>);
}

macro_rules! ways {
    ($($name:ident = $left_or_right:ident $(<$next:ident>)?),*) => {
        $(
            #[doc = concat!("The way ", stringify!($name), ", then `P`.")]
            pub type $name<P = Here> = $left_or_right<ways!(@then $($next)?)>;
        )*
    };
    (@then) => { P };
    (@then $next:ident) => { $next<P> };
}

// Short, because each token of derived code costs the user's compiler a little.
ways!(
    L = Left,
    R = Right,
    LL = Left<L>,
    LR = Left<R>,
    RL = Right<L>,
    RR = Right<R>,
    LLL = Left<LL>,
    LLR = Left<LR>,
    LRL = Left<RL>,
    LRR = Left<RR>,
    RLL = Right<LL>,
    RLR = Right<LR>,
    RRL = Right<RL>,
    RRR = Right<RR>
);

/// A required field that was given. One bound for each, so that the compiler names the missing one.
#[diagnostic::on_unimplemented(
    message = "required field `{C}` was not given",
    label = "`{C}` has no default and is not nullable",
    note = "call its setter in the closure: `|row| row.{C}(…)`"
)]
pub trait Provided<C> {}

#[diagnostic::do_not_recommend]
impl<C> Provided<C> for Given<C> {}

/// All of the required fields were given.
pub trait AllGiven {}

impl AllGiven for () {}

impl<C> AllGiven for Given<C> {}

impl<C> AllGiven for Missing<C> where Missing<C>: Provided<C> {}

impl<L: AllGiven, R: AllGiven> AllGiven for (L, R) {}
