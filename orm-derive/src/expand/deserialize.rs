//! `Deserialize` for the values of a new row.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::Names;
use super::draft::held;
use super::new::given;
use crate::ir::field::Supply;
use crate::ir::model::Model;

/// Fields that have a default, may be NULL or are given by the database need not be there.
pub(crate) fn impls(model: &Model, names: &Names) -> TokenStream {
    let (new, module, new_name) = (&names.new, &model.module, names.new.to_string());
    let fields: Vec<_> = given(model).collect();
    let field_names = fields.iter().map(|field| &field.name);
    let slots: Vec<_> = fields
        .iter()
        .enumerate()
        .map(|(at, field)| {
            format_ident!("__slot{at}", span = field.type_span().resolved_at(Span::call_site()))
        })
        .collect();
    let types: Vec<_> = fields
        .iter()
        .map(|field| {
            let (made, ty) = (field.made(), &field.ty);
            let need = match field.supply {
                Supply::Required => Some(quote!(Needed)),
                Supply::Nullable => Some(quote!(OrNull)),
                _ if field.nullable => Some(quote!(OrDefault)),
                // Where a value may be left to others, a null is that, unless it is a value.
                _ => None,
            };
            // At the field's type, where the compiler has said already what is wrong with it.
            if let Some(need) = need {
                quote_spanned!(field.type_span()=> __orm::Slot<#module::#made, #ty, __orm::#need>)
            } else {
                quote_spanned!(field.type_span()=> __orm::SlotOrNull<#module::#made, #ty>)
            }
        })
        .collect();
    let values: Vec<_> = fields.iter().map(|field| held(field)).collect();
    let members = fields.iter().zip(&slots).map(|(field, slot)| {
        let made = field.at_type();
        quote_spanned!(field.type_span()=> #made: #slot,)
    });
    let (types, values, slots) = (tree(&types), tree(&values), tree(&slots));
    // With a lifetime in it, a bound that does not hold is no mistake until somebody needs it.
    quote! {
        type __Slots = #types;
        #[automatically_derived]
        impl<'de> __orm::Deserialize<'de> for #new
        where
            __Slots: __orm::Slots<'de, Values = #values>,
        {
            fn deserialize<D: __orm::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                match __orm::deserialize::<__Slots, D>(deserializer, #new_name, &[#(#field_names),*]) {
                    __orm::Ok(#slots) => __orm::Ok(#new { #(#members)* }),
                    __orm::Err(error) => __orm::Err(error),
                }
            }
        }
    }
}

/// Pairs of pairs, as deep as they must be.
fn tree<T: quote::ToTokens>(leaves: &[T]) -> TokenStream {
    match leaves {
        [] => quote!(()),
        [leaf] => quote!(#leaf),
        _ => {
            let (left, right) = leaves.split_at(leaves.len() / 2);
            let (left, right) = (tree(left), tree(right));
            quote!((#left, #right))
        }
    }
}
