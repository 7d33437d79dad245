//! A row of which some fields are loaded.

use proc_macro2::TokenStream;
use quote::quote;

use super::Names;
use crate::ir::field::Field;
use crate::ir::model::Model;

/// Its accessors. All they do is the library's work, so that little is compiled for each model.
pub(crate) fn impls(model: &Model, names: &Names) -> TokenStream {
    let Model { module, name, fields, .. } = model;
    let only = &names.only;
    let made = fields.iter().map(Field::made);
    let types = fields.iter().map(|field| &field.ty);
    let docs = fields.iter().map(|field| &field.docs);
    quote!(__orm::partial_row! { #only #name #module: #([#(#docs)*] #made #types,)* })
}
