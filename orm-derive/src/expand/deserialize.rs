//! `Deserialize` for the values of a new row.

use proc_macro2::{Ident, TokenStream};
use quote::{TokenStreamExt, quote_spanned};

use super::new::given;
use super::tree::tree;
use crate::ir::field::Supply;
use crate::ir::model::Model;

/// Their types, and the values as they come, in trees of pairs. Fields that have a default, may be NULL or are given by the database
/// need not be there.
pub(super) fn values(model: &Model) -> (TokenStream, TokenStream) {
    let module = &model.module;
    let fields: Vec<_> = given(model).collect();
    let types = tree(fields.len(), &mut |at, tokens| {
        let field = fields[at];
        let (made, ty) = (field.made(), &field.ty);
        let slot = match field.supply {
            Supply::Required => "__Slot",
            Supply::Nullable => "__SlotNullable",
            _ if field.nullable => "__SlotOrDefault",
            // Where a value may be left to others, a null is that, unless it is a value.
            _ => "__SlotOrNull",
        };
        let slot = Ident::new(slot, field.type_span());
        // At the field's type, where the compiler has said already what is wrong with it.
        tokens.extend(quote_spanned!(field.type_span()=> #slot<#module::#made, #ty>));
    });
    let values = tree(fields.len(), &mut |at, tokens| tokens.append(fields[at].made()));
    (types, values)
}
