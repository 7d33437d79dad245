//! The fields as zero-sized types, and the struct of accessors that closures get.

use proc_macro2::TokenStream;
use quote::quote;

use super::relations::{is_many, made};
use super::{LINTS, Names};
use crate::ir::field::Field;
use crate::ir::model::Model;
use crate::ir::relations::OtherRelation;
use crate::ir::visibility;

/// `mod post { pub struct title; … }` and `PostFields`.
pub(crate) fn types(model: &Model, names: &Names) -> TokenStream {
    let Model { visibility, module, ident, name, fields, .. } = model;
    let Names { fields: accessors, path, .. } = names;
    let module_doc = format!("The fields of `{name}` as types.");
    let doc = format!("The fields of `{name}`, as closures get them.");
    let deeper = visibility::one_deeper(visibility);
    let markers = fields.iter().map(|field| {
        let (made, doc) = (field.made(), format!("The field `{}` of `{name}`.", field.name));
        quote!(#[doc = #doc] #deeper struct #made;)
    });
    let members = fields.iter().map(|field| {
        let (made, docs, accessor) = (field.made(), docs(field, name), accessor(field));
        quote!(#docs pub #made: ::orm::private::#accessor<#path, #module::#made>,)
    });
    let other_markers = model.relations.iter().map(|relation| {
        let (made, doc) = (made(relation), format!("The relation `{}` of `{name}`.", relation.name));
        quote!(#[doc = #doc] #deeper struct #made;)
    });
    let other_members = model.relations.iter().map(|relation| {
        let (made, doc) = (made(relation), format!("`{}` of [`{name}`].", relation.name));
        let accessor = relation_accessor(relation);
        quote!(#[doc = #doc] pub #made: ::orm::private::#accessor<#path, #module::#made>,)
    });
    quote! {
        #[doc = #module_doc]
        #[allow(#LINTS)]
        #visibility mod #module { #(#markers)* #(#other_markers)* }

        #[doc = #doc]
        #[allow(#LINTS)]
        #visibility struct #accessors<#path = ::orm::private::Root<#ident>> { #(#members)* #(#other_members)* }
    }
}

/// What the accessors implement.
pub(crate) fn impls(model: &Model, names: &Names) -> TokenStream {
    let Names { fields: accessors, path, .. } = names;
    let members = model.fields.iter().map(|field| {
        let (made, accessor) = (field.made(), accessor(field));
        quote!(#made: __orm::#accessor::NEW,)
    });
    let others = model.relations.iter().map(|relation| {
        let (made, accessor) = (made(relation), relation_accessor(relation));
        quote!(#made: __orm::#accessor::NEW,)
    });
    quote! {
        #[automatically_derived]
        impl<#path> ::core::clone::Clone for #accessors<#path> {
            #[inline]
            fn clone(&self) -> Self { *self }
        }
        #[automatically_derived]
        impl<#path> ::core::marker::Copy for #accessors<#path> {}
        #[automatically_derived]
        impl<#path: 'static> __orm::Fields for #accessors<#path> {
            const NEW: Self = #accessors { #(#members)* #(#others)* };
            const REF: &'static Self = &Self::NEW;
        }
    }
}

fn accessor(field: &Field) -> TokenStream {
    if field.relation.is_some() { quote!(One) } else { quote!(Field) }
}

fn relation_accessor(relation: &OtherRelation) -> TokenStream {
    if is_many(relation) { quote!(Many) } else { quote!(One) }
}

/// The user's words about a field, or some of ours.
pub(crate) fn docs(field: &Field, model: &str) -> TokenStream {
    if field.docs.is_empty() {
        let doc = format!("`{}` of [`{model}`].", field.name);
        quote!(#[doc = #doc])
    } else {
        let docs = &field.docs;
        quote!(#(#docs)*)
    }
}
