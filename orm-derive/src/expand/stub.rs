//! Just enough after a mistake in the shape of the type that no other error follows from a missing `impl`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, ItemFn};

/// A `Model` without fields.
pub(crate) fn model(input: &DeriveInput) -> TokenStream {
    if !input.generics.params.is_empty() {
        return TokenStream::new();
    }
    let ident = &input.ident;
    quote! {
        const _: () = {
            #[derive(Clone, Copy)]
            pub struct Fields;
            impl ::orm::private::Fields for Fields {
                const REF: &'static Self = &Fields;
            }
            pub struct New;
            impl ::orm::private::NewModel for New {
                type Model = #ident;
                type Read = ();
                fn from_read((): ()) -> Self {
                    ::core::unreachable!()
                }
                fn visit(&self, _: &mut dyn ::orm::private::NewVisitor) {}
                fn put_values(
                    self,
                    _: ::orm::private::DateTime<::orm::private::Utc>,
                    _: &mut ::orm::private::NewValues,
                ) {
                    ::core::unreachable!()
                }
            }
            pub struct Only<L>(L);
            pub struct With<L>(::orm::private::Loaded<#ident, L>);
            impl<L: ::core::marker::Send + 'static> ::orm::private::LoadedRow for With<L> {
                type Model = #ident;
                type Loaded = L;
                fn into_parts(self) -> (#ident, L) { self.0.into_parts() }
                fn row(&self) -> &#ident { self.0.row() }
            }
            impl<L: ::core::marker::Send + 'static> ::orm::private::RowParts for With<L> {
                fn parts_mut(&mut self) -> (&#ident, &mut L) { self.0.parts_mut() }
            }
            impl ::orm::private::Described for #ident {
                const METAS: &'static ::orm::private::Metas = {
                    static METAS: ::orm::private::Metas<[::orm::private::FieldMeta; 0]> = ::orm::private::Metas {
                        model: ::orm::private::ModelMeta::new("", "", &[], &[]),
                        fields: [],
                    };
                    &METAS
                };
            }
            impl ::orm::private::Model for #ident {
                type Key = i64;
                type Fields<P: ::orm::private::Path<Target = Self>> = Fields;
                type Draft = ();
                fn empty_draft() {}
                type New = New;
                type Only<L: ::orm::private::LoadedFields> = Only<L>;
                type With<L: ::core::marker::Send + 'static> = With<L>;
                fn with<L: ::core::marker::Send + 'static>(row: ::orm::private::Loaded<Self, L>) -> With<L> {
                    With(row)
                }
                fn only<L: ::orm::private::LoadedFields>(fields: L) -> Only<L> {
                    Only(fields)
                }
                fn only_fields<L: ::orm::private::LoadedFields>(row: &Only<L>) -> &L {
                    &row.0
                }
                fn from_row<R: ::orm::private::Row + ?::core::marker::Sized>(
                    _: &mut R,
                    _: usize,
                ) -> ::orm::private::Result<Self> {
                    ::core::unreachable!()
                }
                fn key(&self) -> i64 {
                    ::core::unreachable!()
                }
                fn value(
                    &self,
                    _: usize,
                ) -> ::core::result::Result<::orm::private::Value, ::orm::private::ValueError> {
                    ::core::unreachable!()
                }
            }
        };
    }
}

/// A `FieldType` stored as text.
pub(crate) fn field_type(input: &DeriveInput) -> TokenStream {
    if !input.generics.params.is_empty() {
        return TokenStream::new();
    }
    let ident = &input.ident;
    quote! {
        impl ::orm::private::FieldType for #ident {
            const KIND: ::orm::private::ValueKind = ::orm::private::ValueKind::Text;
            fn to_value(&self) -> ::core::result::Result<::orm::private::Value, ::orm::private::ValueError> {
                ::core::unreachable!()
            }
            fn from_row<R: ::orm::private::Row + ?::core::marker::Sized>(
                _: &mut R,
                _: usize,
            ) -> ::core::result::Result<::core::option::Option<Self>, ::orm::private::ValueError> {
                ::core::unreachable!()
            }
        }
        ::orm::private::field_values!(#ident);
    }
}

/// A test that nobody runs.
pub(crate) fn test(item: &ItemFn) -> TokenStream {
    let ItemFn { attrs: _, vis, sig, block } = item;
    quote!(#[allow(dead_code, unused)] #vis #sig #block)
}
