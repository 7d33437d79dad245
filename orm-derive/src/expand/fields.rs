//! The fields as zero-sized types, and the struct of accessors that closures get.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::Names;
use super::relations::{is_many, made};
use crate::ir::field::Field;
use crate::ir::model::Model;
use crate::ir::relations::OtherRelation;
use crate::ir::visibility;

/// `mod post { pub struct title {} … }` and `PostFields`.
pub(crate) fn types(model: &Model, names: &Names) -> TokenStream {
    let Model { visibility, module, ident, name, fields, .. } = model;
    let Names { fields: accessors, path, .. } = names;
    let module_doc = format!("The fields of `{name}` as types.");
    let doc = format!("The fields of `{name}`, as closures get them.");
    let deeper = visibility::one_deeper(visibility);
    let made = fields.iter().map(Field::made);
    let accessors_of = fields.iter().map(accessor);
    let docs = fields.iter().map(|field| &field.docs);
    let others = model.relations.iter().map(self::made);
    let other_accessors = model.relations.iter().map(relation_accessor);
    let other_docs = model.relations.iter().map(|relation| format!("`{}` of [`{name}`].", relation.name));
    quote! {
        ::orm::private::fields! {
            #visibility, #deeper, #ident #module #accessors #path #module_doc #doc:
            #([#(#docs)*] #accessors_of #made)*
            #([#[doc = #other_docs]] #other_accessors #others)*
        }
    }
}

/// What the accessors implement.
pub(crate) fn impls(model: &Model, names: &Names) -> TokenStream {
    let Names { fields: accessors, path, .. } = names;
    let made = model.fields.iter().map(Field::made);
    let accessors_of = model.fields.iter().map(accessor);
    let others = model.relations.iter().map(self::made);
    let other_accessors = model.relations.iter().map(relation_accessor);
    quote! {
        __orm::accessors! { #accessors #path: #(#accessors_of #made)* #(#other_accessors #others)* }
    }
}

fn accessor(field: &Field) -> Ident {
    if field.relation.is_some() { format_ident!("One") } else { format_ident!("Field") }
}

fn relation_accessor(relation: &OtherRelation) -> Ident {
    if is_many(relation) { format_ident!("Many") } else { format_ident!("One") }
}
