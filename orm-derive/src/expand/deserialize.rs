//! `Deserialize` for the values of a new row.

use proc_macro2::{Ident, TokenStream};
use quote::quote_spanned;

use super::new::given;
use super::tree::tree;
use crate::ir::field::Field;
use crate::ir::model::Model;
use crate::ir::tokens::Held;

/// The values as they are read, in a tree of pairs: its type, and the pattern that takes it apart. Fields that have a default, may be
/// NULL or are given by the database need not be there.
pub(super) fn values(model: &Model) -> (TokenStream, TokenStream) {
    let fields: Vec<_> = given(model).collect();
    let types = tree(fields.len(), &mut |at, tokens| {
        let field = fields[at];
        let (word, has_default) = leaf(field);
        let ty = Held { ty: &field.ty, is_option: field.supply.is_wrapped() && !has_default };
        // At the field's type, where the compiler has said already what is wrong with it.
        tokens.extend(quote_spanned!(field.type_span()=> #word<#ty>));
    });
    let values = tree(fields.len(), &mut |at, tokens| {
        let field = fields[at];
        let ((word, _), made) = (leaf(field), field.made());
        tokens.extend(quote_spanned!(field.type_span()=> #word(#made)));
    });
    (types, values)
}

/// How a value is read, and whether it has a default beside a null that is one.
fn leaf(field: &Field) -> (Ident, bool) {
    let has_default = field.nullable && field.supply.is_wrapped();
    (Ident::new(if has_default { "__ValueOrDefault" } else { "__Value" }, field.type_span()), has_default)
}
