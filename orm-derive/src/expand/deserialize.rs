//! `Deserialize` for the values of a new row.

use proc_macro2::TokenStream;
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
        let need = match field.supply {
            Supply::Required => Some(quote!(Needed)),
            Supply::Nullable => Some(quote!(OrNull)),
            _ if field.nullable => Some(quote!(OrDefault)),
            // Where a value may be left to others, a null is that, unless it is a value.
            _ => None,
        };
        // At the field's type, where the compiler has said already what is wrong with it.
        tokens.extend(if let Some(need) = need {
            quote_spanned!(field.type_span()=> __orm::Slot<#module::#made, #ty, __orm::#need>)
        } else {
            quote_spanned!(field.type_span()=> __orm::SlotOrNull<#module::#made, #ty>)
        });
    });
    let slots: Vec<_> = (0..fields.len()).map(|at| format_ident!("__slot{at}")).collect();
    let values = tree(fields.len(), &mut |at, tokens| tokens.append(slots[at].clone()));
    // With a lifetime in it, a bound that does not hold is no mistake until somebody needs it.
    quote! {
        type __Slots = #types;
        #[automatically_derived]
        impl<'de> __orm::Deserialize<'de> for #new
        where
            __Slots: __orm::Slots<'de>,
        {
            fn deserialize<D: __orm::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                match __orm::deserialize::<__Slots, D>(deserializer, #new_name, &[#(#field_names),*]) {
                    __orm::Ok(#values) => __orm::Ok(#new { #(#made: #slots,)* }),
                    __orm::Err(error) => __orm::Err(error),
                }
            }
        }
    }
}
