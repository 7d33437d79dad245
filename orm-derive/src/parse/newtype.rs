//! `#[derive(FieldType)]`: a struct around one value.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Fields, Ident, Type};

use crate::diagnostics::Diagnostics;

/// The newtype as written.
pub(crate) struct Newtype {
    pub(crate) ident: Ident,
    /// The type inside.
    pub(crate) inner: Type,
    /// The field's name, or `0`.
    pub(crate) member: TokenStream,
}

/// Reads the struct, or notes why it cannot be a field's type.
pub(crate) fn parse(input: &DeriveInput, diagnostics: &mut Diagnostics) -> Option<Newtype> {
    let ident = &input.ident;
    let message = match &input.data {
        Data::Struct(data) => match (&data.fields, data.fields.iter().next(), data.fields.len()) {
            (_, Some(field), 1) => {
                if !input.generics.params.is_empty() {
                    diagnostics.push(
                        &input.generics,
                        "a field's type cannot have type parameters or lifetimes; write the inner type out",
                    );
                    return None;
                }
                let member = field.ident.as_ref().map_or_else(|| quote!(0), |name| quote!(#name));
                return Some(Newtype { ident: ident.clone(), inner: field.ty.clone(), member });
            }
            (Fields::Named(_), _, count) if count > 1 => format!(
                "`FieldType` is for a struct around one value; store several as one JSON document: a field of type `Json<{ident}>`"
            ),
            _ => format!("`FieldType` is for a struct around one value: `struct {ident}(i64);`"),
        },
        Data::Enum(_) => "for an enum derive `Choices` instead".to_owned(),
        Data::Union(_) => format!("`FieldType` is for a struct around one value: `struct {ident}(i64);`"),
    };
    diagnostics.push(ident, message);
    None
}
