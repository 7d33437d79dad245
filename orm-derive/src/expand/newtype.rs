//! What a newtype needs to be a field's type: all of it is the inner type's.

use proc_macro2::TokenStream;
use quote::quote;

use super::LINTS;
use crate::ir::kind::{self, Kind};
use crate::parse::newtype::Newtype;

/// Everything that `#[derive(FieldType)]` writes.
pub(crate) fn expand(newtype: &Newtype) -> TokenStream {
    let Newtype { ident, inner, member } = newtype;
    let conversions = conversions(newtype);
    quote! {
        #[automatically_derived]
        impl ::orm::private::Newtype for #ident {
            type Inner = #inner;
            #[inline]
            fn wrap(inner: #inner) -> Self {
                #ident { #member: inner }
            }
            #[inline]
            fn inner(&self) -> &#inner {
                &self.#member
            }
            #[inline]
            fn into_inner(self) -> #inner {
                self.#member
            }
        }
        #[automatically_derived]
        impl ::orm::private::FieldType for #ident {
            const KIND: ::orm::private::ValueKind = ::orm::private::newtype::kind::<Self>();
            const CHOICES: &'static [::orm::private::Choice] = ::orm::private::newtype::choices::<Self>();
            #[inline]
            fn to_value(&self) -> ::core::result::Result<::orm::private::Value, ::orm::private::ValueError> {
                ::orm::private::newtype::to_value(self)
            }
            #[inline]
            fn into_value(self) -> ::core::result::Result<::orm::private::Value, ::orm::private::ValueError> {
                ::orm::private::newtype::into_value(self)
            }
            #[inline]
            fn from_row<R: ::orm::private::Row + ?::core::marker::Sized>(
                row: &mut R,
                at: usize,
            ) -> ::core::result::Result<::core::option::Option<Self>, ::orm::private::ValueError> {
                ::orm::private::newtype::from_row(row, at)
            }
        }
        ::orm::private::field_values!(#ident);
        #[allow(#LINTS)]
        const _: () = {
            // The lifetime keeps the compiler from refusing a condition that is false for this inner type.
            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl ::orm::private::Comparable for #ident where for<'__a> #inner: ::orm::private::Comparable {}
            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl ::orm::private::Equatable for #ident where for<'__a> #inner: ::orm::private::Equatable {}
            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl ::orm::private::JsonType for #ident where for<'__a> #inner: ::orm::private::JsonType {}
            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl ::orm::private::TextType for #ident where for<'__a> #inner: ::orm::private::TextType {}
            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl ::orm::private::FromNow for #ident
            where
                for<'__a> #inner: ::orm::private::FromNow,
            {
                #[inline]
                fn from_now(now: ::orm::private::DateTime<::orm::private::Utc>) -> Self {
                    #ident { #member: ::orm::private::FromNow::from_now(now) }
                }
            }
            #[automatically_derived]
            impl ::core::convert::From<#inner> for #ident {
                #[inline]
                fn from(value: #inner) -> Self {
                    #ident { #member: value }
                }
            }
            #conversions
        };
    }
}

/// Lets the inner type's values, and `&str` for text, stand where the newtype is expected.
fn conversions(newtype: &Newtype) -> TokenStream {
    let inner = &newtype.inner;
    let mut conversions = conversion(newtype, &quote!(#inner), &quote!(value));
    if kind::of(inner) == Some(Kind::Text) {
        conversions.extend(conversion(newtype, &quote!(&str), &quote!(value.into())));
    }
    conversions
}

fn conversion(newtype: &Newtype, from: &TokenStream, convert: &TokenStream) -> TokenStream {
    let Newtype { ident, member, .. } = newtype;
    quote! {
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl ::orm::private::IntoField<#ident> for #from {
            #[inline]
            fn into_field(self) -> #ident {
                let value = self;
                #ident { #member: #convert }
            }
        }
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl<__S> ::orm::private::IntoExpr<#ident, __S> for #from {
            type Null = ::orm::private::Required;
            type Scope = __S;
            #[inline]
            fn into_operand(self) -> ::orm::private::Node {
                ::orm::private::operand(::orm::private::IntoField::<#ident>::into_field(self))
            }
        }
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl<__S> ::orm::private::Assign<#ident, __S> for #from {
            #[inline]
            fn into_assigned(self) -> ::orm::private::Node {
                ::orm::private::operand(::orm::private::IntoField::<#ident>::into_field(self))
            }
        }
    }
}
