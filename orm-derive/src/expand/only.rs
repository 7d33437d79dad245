//! A row of which some fields are loaded.

use proc_macro2::TokenStream;
use quote::quote;

use super::Names;
use crate::ir::field::Field;
use crate::ir::model::Model;

/// `PostOnly`.
pub(crate) fn types(model: &Model, names: &Names) -> TokenStream {
    let Model { visibility, name, .. } = model;
    let only = &names.only;
    let doc = format!(
        "A `{name}` of which only the fields in `L` are loaded: a row of `{name}::objects().only(…)`, with a method for each field."
    );
    quote! {
        #[doc = #doc]
        #visibility struct #only<L>(L);
    }
}

/// Its accessors. All they do is the library's work, so that little is compiled for each model.
pub(crate) fn impls(model: &Model, names: &Names) -> TokenStream {
    let Model { module, name, fields, .. } = model;
    let only = &names.only;
    let made: Vec<_> = fields.iter().map(Field::made).collect();
    let types: Vec<_> = fields.iter().map(|field| &field.ty).collect();
    let docs = fields.iter().map(|field| &field.docs);
    quote! {
        #[automatically_derived]
        impl<__L> #only<__L> {
            #(
                #(#docs)*
                pub fn #made<I>(&self) -> &#types
                where
                    __L: __orm::HasField<#module::#made, I, #types>,
                {
                    __orm::loaded_field(&self.0)
                }
            )*
        }
        #[automatically_derived]
        impl<__L: ::core::clone::Clone> ::core::clone::Clone for #only<__L> {
            fn clone(&self) -> Self { #only(self.0.clone()) }
        }
        #[automatically_derived]
        impl<__L: ::core::cmp::PartialEq> ::core::cmp::PartialEq for #only<__L> {
            fn eq(&self, other: &Self) -> bool { self.0 == other.0 }
        }
        #[automatically_derived]
        impl<__L: __orm::LoadedFields> ::core::fmt::Debug for #only<__L> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                __orm::debug_loaded(#name, &self.0, f)
            }
        }
        #[automatically_derived]
        impl<__L: __orm::SerializeFields> __orm::Serialize for #only<__L> {
            fn serialize<S: __orm::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                __orm::serialize_loaded(&self.0, serializer)
            }
        }
    }
}
