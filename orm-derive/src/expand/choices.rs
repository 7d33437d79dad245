//! What an enum needs to be a field's type.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::LINTS;
use crate::ir::choices::{Choices, Stored, Variant};
use crate::parse::choices::Storage;

/// Everything that `#[derive(Choices)]` writes.
pub(crate) fn expand(choices: &Choices) -> TokenStream {
    let Choices { visibility, ident, storage, variants } = choices;
    let Parts { kind, stored, given, to_value, from_row } = Parts::of(*storage);
    let name = ident.to_string();
    let list = variants.iter().map(choice);
    let idents: Vec<_> = variants.iter().map(|variant| &variant.ident).collect();
    let labels = variants.iter().map(|variant| &variant.label);
    let values: Vec<_> = variants.iter().map(|variant| literal(&variant.value)).collect();
    let unknown = format!("the value is none of the choices of `{name}`");
    let value_doc = format!("What is stored for this `{name}`.");
    let label_doc = format!("What people read for this `{name}`.");
    quote! {
        #[automatically_derived]
        impl ::orm::private::FieldType for #ident {
            const KIND: ::orm::private::ValueKind = ::orm::private::ValueKind::#kind;
            const CHOICES: &'static [::orm::private::Choice] = &[#(#list),*];
            #[inline]
            fn to_value(&self) -> ::core::result::Result<::orm::private::Value, ::orm::private::ValueError> {
                ::core::result::Result::Ok(#to_value)
            }
            fn from_row<R: ::orm::private::Row + ?::core::marker::Sized>(
                row: &mut R,
                at: usize,
            ) -> ::core::result::Result<::core::option::Option<Self>, ::orm::private::ValueError> {
                match #from_row {
                    ::core::option::Option::None => ::core::result::Result::Ok(::core::option::Option::None),
                    ::core::option::Option::Some(value) => {
                        ::core::convert::TryFrom::try_from(value).map(::core::option::Option::Some)
                    }
                }
            }
        }
        ::orm::private::field_values!(#ident);
        #[allow(#LINTS)]
        const _: () = {
            #[automatically_derived]
            impl ::orm::private::Comparable for #ident {}
            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl ::orm::private::Equatable for #ident {}
            #[automatically_derived]
            impl ::core::convert::TryFrom<#given> for #ident {
                type Error = ::orm::private::ValueError;
                #[inline]
                fn try_from(value: #given) -> ::core::result::Result<Self, ::orm::private::ValueError> {
                    match value {
                        #(#values => ::core::result::Result::Ok(#ident::#idents),)*
                        _ => ::core::result::Result::Err(::orm::private::ValueError::Invalid(
                            ::std::borrow::Cow::Borrowed(#unknown),
                        )),
                    }
                }
            }
            #[automatically_derived]
            impl #ident {
                /// All choices, in the order of the enum.
                #visibility const ALL: &'static [#ident] = &[#(#ident::#idents),*];
                #[doc = #value_doc]
                #[inline]
                #visibility const fn value(&self) -> #stored {
                    match self { #(#ident::#idents => #values,)* }
                }
                #[doc = #label_doc]
                #[inline]
                #visibility const fn label(&self) -> &'static str {
                    match self { #(#ident::#idents => #labels,)* }
                }
            }
        };
    }
}

/// What differs by how choices are stored.
struct Parts {
    kind: TokenStream,
    /// What `value` gives.
    stored: TokenStream,
    /// What is converted back.
    given: TokenStream,
    to_value: TokenStream,
    from_row: TokenStream,
}

impl Parts {
    fn of(storage: Storage) -> Self {
        let integer = |kind: TokenStream, stored: TokenStream| Parts {
            to_value: quote!(::orm::private::Value::#kind(self.value())),
            from_row: quote!(<#stored as ::orm::private::FieldType>::from_row(row, at)?),
            kind,
            given: stored.clone(),
            stored,
        };
        match storage {
            Storage::Text => Parts {
                kind: quote!(Text),
                stored: quote!(&'static str),
                given: quote!(&str),
                to_value: quote!(::orm::private::Value::Text(::std::borrow::ToOwned::to_owned(self.value()))),
                from_row: quote!(row.str(at)?),
            },
            Storage::I16 => integer(quote!(I16), quote!(i16)),
            Storage::I32 => integer(quote!(I32), quote!(i32)),
            Storage::I64 => integer(quote!(I64), quote!(i64)),
        }
    }
}

fn choice(variant: &Variant) -> TokenStream {
    let (name, label) = (&variant.name, &variant.label);
    let (kind, value) = match &variant.value {
        Stored::Text(_) => (quote!(Text), literal(&variant.value)),
        Stored::Integer(_) => (quote!(Integer), literal(&variant.value)),
    };
    quote! {
        ::orm::private::Choice { name: #name, value: ::orm::private::ChoiceValue::#kind(#value), label: #label }
    }
}

fn literal(value: &Stored) -> TokenStream {
    match value {
        Stored::Text(text) => quote!(#text),
        Stored::Integer(number) => {
            let number = Literal::i64_unsuffixed(*number);
            quote!(#number)
        }
    }
}
