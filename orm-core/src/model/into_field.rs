//! What a setter of a field accepts.

use super::{ForeignKey, Model};

/// Converts to a field's type: the type itself, `&str` for `String`, a value for an `Option`, `&User` for a `ForeignKey<User>`.
#[diagnostic::on_unimplemented(
    message = "the field is a `{T}`, which cannot be made from `{Self}`",
    label = "expected `{T}`"
)]
pub trait IntoField<T> {
    /// The field's value.
    fn into_field(self) -> T;
}

#[diagnostic::do_not_recommend]
impl<M: Model> IntoField<ForeignKey<M>> for &M {
    fn into_field(self) -> ForeignKey<M> {
        ForeignKey::to(self)
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model> IntoField<Option<ForeignKey<M>>> for &M {
    fn into_field(self) -> Option<ForeignKey<M>> {
        Some(ForeignKey::to(self))
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model> IntoField<ForeignKey<M>> for ForeignKey<M> {
    fn into_field(self) -> ForeignKey<M> {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model> IntoField<Option<ForeignKey<M>>> for ForeignKey<M> {
    fn into_field(self) -> Option<ForeignKey<M>> {
        Some(self)
    }
}

// Here for all types at once: no crate may implement it for an `Option` of its own type.
#[diagnostic::do_not_recommend]
impl<T> IntoField<Option<T>> for Option<T> {
    fn into_field(self) -> Option<T> {
        self
    }
}

#[diagnostic::do_not_recommend]
impl IntoField<String> for &str {
    fn into_field(self) -> String {
        self.to_owned()
    }
}

#[diagnostic::do_not_recommend]
impl IntoField<Option<String>> for &str {
    fn into_field(self) -> Option<String> {
        Some(self.to_owned())
    }
}

#[diagnostic::do_not_recommend]
impl IntoField<String> for &String {
    fn into_field(self) -> String {
        self.clone()
    }
}

#[diagnostic::do_not_recommend]
impl IntoField<Vec<u8>> for &[u8] {
    fn into_field(self) -> Vec<u8> {
        self.to_vec()
    }
}

#[diagnostic::do_not_recommend]
impl<const N: usize> IntoField<Vec<u8>> for &[u8; N] {
    fn into_field(self) -> Vec<u8> {
        self.to_vec()
    }
}

macro_rules! tuples {
    ($(($($from:ident $to:ident $at:tt),+))+) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($to, $from: IntoField<$to>),+> IntoField<($($to,)+)> for ($($from,)+) {
            fn into_field(self) -> ($($to,)+) {
                ($(self.$at.into_field(),)+)
            }
        }
    )+};
}

// Composite keys.
tuples! {
    (A B 0, C D 1)
    (A B 0, C D 1, E F 2)
    (A B 0, C D 1, E F 2, G H 3)
    (A B 0, C D 1, E F 2, G H 3, I J 4)
    (A B 0, C D 1, E F 2, G H 3, I J 4, K L 5)
}
