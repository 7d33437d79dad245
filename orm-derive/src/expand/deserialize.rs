//! `Deserialize` for the values of a new row.

use proc_macro2::{Ident, TokenStream};
use quote::quote_spanned;

use super::new::given;
use super::tree::tree;
use crate::ir::field::{Field, Supply};
use crate::ir::model::Model;

/// The values as they are read, in a tree of pairs: its type, and the pattern that takes it apart. Fields that have a default, may be
/// NULL or are given by the database need not be there.
pub(super) fn values(model: &Model) -> (TokenStream, TokenStream) {
    let fields: Vec<_> = given(model).collect();
    let types = tree(fields.len(), &mut |at, tokens| {
        let field = fields[at];
        let (leaf, ty) = (leaf(field), &field.ty);
        // At the field's type, where the compiler has said already what is wrong with it.
        tokens.extend(quote_spanned!(field.type_span()=> #leaf<#ty>));
    });
    let values = tree(fields.len(), &mut |at, tokens| {
        let field = fields[at];
        let (leaf, made) = (leaf(field), field.made());
        tokens.extend(quote_spanned!(field.type_span()=> #leaf(#made)));
    });
    (types, values)
}

/// How a value is read.
fn leaf(field: &Field) -> Ident {
    let leaf = match field.supply {
        Supply::Required => "__ReadValue",
        Supply::Nullable => "__ReadOrNull",
        _ if field.nullable => "__ReadOrDefault",
        // Where a value may be left to others, a null is that, unless it is a value.
        _ => "__ReadOrLeft",
    };
    Ident::new(leaf, field.type_span())
}
