//! `Deserialize` for the values of a new row.

use proc_macro2::{Ident, TokenStream};
use quote::{TokenStreamExt, format_ident, quote, quote_spanned};

use super::Names;
use super::new::given;
use super::tree::tree;
use crate::ir::field::Supply;
use crate::ir::model::Model;

/// Fields that have a default, may be NULL or are given by the database need not be there.
pub(crate) fn impls(model: &Model, names: &Names) -> TokenStream {
    let (new, module, new_name) = (&names.new, &model.module, names.new.to_string());
    let fields: Vec<_> = given(model).collect();
    let field_names = fields.iter().map(|field| &field.name);
    let made: Vec<_> = fields.iter().map(|field| field.made()).collect();
    let types = tree(fields.len(), &mut |at, tokens| {
        let (field, made) = (fields[at], &made[at]);
        let ty = &field.ty;
        let slot = match field.supply {
            Supply::Required => "Slot",
            Supply::Nullable => "SlotNullable",
            _ if field.nullable => "SlotOrDefault",
            // Where a value may be left to others, a null is that, unless it is a value.
            _ => "SlotOrNull",
        };
        let slot = Ident::new(slot, field.type_span());
        // At the field's type, where the compiler has said already what is wrong with it.
        tokens.extend(quote_spanned!(field.type_span()=> __orm::#slot<#module::#made, #ty>));
    });
    let slots: Vec<_> = (0..fields.len()).map(|at| format_ident!("__slot{at}")).collect();
    let values = tree(fields.len(), &mut |at, tokens| tokens.append(slots[at].clone()));
    quote! {
        type __Slots = #types;
        __orm::deserialize_new! { #new #new_name #values: #(#made #slots #field_names)* }
    }
}
