//! Positions as types.

/// A position in a list.
pub trait Position: 'static {
    /// It as a number, from 0.
    const AT: usize;
}

/// Any position.
pub struct At<const N: usize>;

impl<const N: usize> Position for At<N> {
    const AT: usize = N;
}

macro_rules! named {
    ($($name:ident = $at:literal),*) => {
        $(#[doc = concat!("Position ", $at, ".")] pub type $name = At<$at>;)*
    };
}

// Written once, so that the compiler does not evaluate them for each field of each model.
named!(
    N0 = 0,
    N1 = 1,
    N2 = 2,
    N3 = 3,
    N4 = 4,
    N5 = 5,
    N6 = 6,
    N7 = 7,
    N8 = 8,
    N9 = 9,
    N10 = 10,
    N11 = 11,
    N12 = 12,
    N13 = 13,
    N14 = 14,
    N15 = 15,
    N16 = 16,
    N17 = 17,
    N18 = 18,
    N19 = 19,
    N20 = 20,
    N21 = 21,
    N22 = 22,
    N23 = 23,
    N24 = 24,
    N25 = 25,
    N26 = 26,
    N27 = 27,
    N28 = 28,
    N29 = 29,
    N30 = 30,
    N31 = 31
);
