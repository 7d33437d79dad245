//! What a field's type is stored as, where its name says so. Other types are asked through their trait.

use syn::Type;

pub(crate) use crate::parse::types::argument_of;
use crate::parse::types::ungrouped;

/// What a type is stored as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Bool,
    Integer,
    Float,
    Decimal,
    Text,
    /// A date, a time of day, or both.
    Temporal,
    /// Something that none of the options depends on.
    Other,
}

impl Kind {
    /// What people call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Bool => "a boolean",
            Kind::Integer => "an integer",
            Kind::Float => "a float",
            Kind::Decimal => "a decimal",
            Kind::Text => "text",
            Kind::Temporal => "a date or time",
            Kind::Other => "another type",
        }
    }
}

/// The kind of a type that is known by its name. Names that several crates use for different things are not.
pub(crate) fn of(ty: &Type) -> Option<Kind> {
    let Type::Path(path) = ungrouped(ty) else { return None };
    let last = path.path.segments.last()?;
    Some(match last.ident.to_string().as_str() {
        "bool" => Kind::Bool,
        "i16" | "i32" | "i64" | "u32" | "u64" => Kind::Integer,
        "f32" | "f64" => Kind::Float,
        "Decimal" => Kind::Decimal,
        "String" => Kind::Text,
        "DateTime" | "NaiveDate" | "NaiveTime" | "NaiveDateTime" | "OffsetDateTime" | "PrimitiveDateTime" => {
            Kind::Temporal
        }
        "Uuid" | "Json" | "Vec" | "Bytes" => Kind::Other,
        _ => return None,
    })
}

/// Whether its name says that it is a type that databases have; of one with arguments these can say otherwise.
pub(crate) fn is_plain(ty: &Type) -> bool {
    let Type::Path(path) = ungrouped(ty) else { return false };
    let Some(last) = path.path.segments.last() else { return false };
    let name = last.ident.to_string();
    match name.as_str() {
        "DateTime" => argument_of(ty, "DateTime")
            .is_some_and(|zone| matches!(zone, Type::Path(path) if path.path.is_ident("Utc"))),
        "bool" | "i16" | "i32" | "i64" | "u32" | "u64" | "f32" | "f64" | "String" | "Decimal" | "Uuid"
        | "NaiveDate" | "NaiveTime" | "NaiveDateTime" => last.arguments.is_none(),
        _ => false,
    }
}

/// Whether it may be a date with a time of day: not a type that is known to be something else.
pub(crate) fn is_moment(ty: &Type) -> bool {
    let is_part = |ty: &Type| {
        let Type::Path(path) = ungrouped(ty) else { return false };
        path.path.segments.last().is_some_and(|last| last.ident == "NaiveDate" || last.ident == "NaiveTime")
    };
    matches!(of(ty), None | Some(Kind::Temporal)) && !is_part(ty)
}

/// Whether it is `i32` or `i64`.
pub(crate) fn is_counter(ty: &Type) -> bool {
    let Type::Path(path) = ungrouped(ty) else { return false };
    path.path.segments.last().is_some_and(|last| last.ident == "i32" || last.ident == "i64")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Type {
        syn::parse_str(text).unwrap()
    }

    #[test]
    fn paths_do_not_matter_but_names_do() {
        assert_eq!(of(&parsed("rust_decimal::Decimal")), Some(Kind::Decimal));
        assert_eq!(of(&parsed("DateTime<Utc>")), Some(Kind::Temporal));
        assert_eq!(of(&parsed("Status")), None);
        assert_eq!(of(&parsed("time::Time")), None);
        assert_eq!(of(&parsed("[u8; 4]")), None);
    }

    #[test]
    fn groups_of_macros_are_seen_through() {
        use proc_macro2::{Delimiter, Group, TokenTree};
        let grouped = |inner: proc_macro2::TokenStream| {
            let group = TokenTree::from(Group::new(Delimiter::None, inner));
            syn::parse2::<Type>(group.into()).unwrap()
        };
        assert_eq!(of(&grouped(quote::quote!(i64))), Some(Kind::Integer));
        assert!(argument_of(&grouped(quote::quote!(Option<i64>)), "Option").is_some());
    }

    #[test]
    fn options_are_seen_through_any_path() {
        let nullable = parsed("::core::option::Option<ForeignKey<User>>");
        let inner = argument_of(&nullable, "Option").unwrap();
        assert!(argument_of(inner, "ForeignKey").is_some());
        assert!(argument_of(inner, "Option").is_none());
    }
}
