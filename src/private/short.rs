//! Names that derived code uses for each field of a model, without a path before them: each part of a path costs the user's
//! compiler a little. No user's name begins so.

pub use std::marker::PhantomData as __PhantomData;
pub use std::option::Option::{None as __None, Some as __Some};
pub use std::result::Result::{Err as __Err, Ok as __Ok};

pub use orm_core::model::derived::{
    copy as __copy, copy_of as __copy_of, copy_of_option as __copy_of_option, field_of as __field_of,
    leave as __leave, put as __put, put_or_leave as __put_or_leave, put_value as __put_value,
    put_value_or_database as __put_value_or_database, to_value as __to_value, value_of as __value_of,
};
pub use orm_core::model::deserialize::{
    ReadOrDefault as __ReadOrDefault, ReadOrLeft as __ReadOrLeft, ReadOrNull as __ReadOrNull,
    ReadValue as __ReadValue,
};
pub use orm_core::model::draft::{
    L as __ToL, LL as __ToLL, LLL as __ToLLL, LLR as __ToLLR, LR as __ToLR, LRL as __ToLRL, LRR as __ToLRR,
    R as __ToR, RL as __ToRL, RLL as __ToRLL, RLR as __ToRLR, RR as __ToRR, RRL as __ToRRL, RRR as __ToRRR,
    give as __give, given as __given, kept as __kept, set as __set,
};
pub use orm_core::model::loaded::loaded_field as __loaded_field;
pub use orm_core::model::position::{
    N0 as __N0, N1 as __N1, N2 as __N2, N3 as __N3, N4 as __N4, N5 as __N5, N6 as __N6, N7 as __N7,
    N8 as __N8, N9 as __N9, N10 as __N10, N11 as __N11, N12 as __N12, N13 as __N13, N14 as __N14,
    N15 as __N15, N16 as __N16, N17 as __N17, N18 as __N18, N19 as __N19, N20 as __N20, N21 as __N21,
    N22 as __N22, N23 as __N23, N24 as __N24, N25 as __N25, N26 as __N26, N27 as __N27, N28 as __N28,
    N29 as __N29, N30 as __N30, N31 as __N31,
};
pub use orm_core::model::reader::{next as __next, read as __read};
pub use orm_core::model::visit::{
    visit as __visit, visit_of as __visit_of, visit_optional as __visit_optional,
    visit_optional_of as __visit_optional_of,
};
pub use orm_core::model::{Column as __Column, HasField as __HasField, In as __In, IntoField as __IntoField};
