//! `Deserialize` for the values of a new row.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::Names;
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
            // Where a value may be left to others, a null is that, unless it is a value.
            let or_null = field.supply.is_wrapped() && !field.nullable;
            let slot = if or_null { quote!(SlotOrNull) } else { quote!(Slot) };
            // At the field's type, where the compiler has said already what is wrong with it.
            quote_spanned!(field.type_span()=> ::orm::private::#slot<#module::#made, #ty>)
        })
        .collect();
    let members = fields.iter().zip(&slots).map(|(field, slot)| {
        let (made, name) = (field.at_type(), &field.name);
        let value = match field.supply {
            Supply::Required => quote!(::orm::private::required(#slot, #name)?),
            Supply::Nullable => quote!(::orm::private::nullable(#slot)),
            _ if field.nullable => quote!(::orm::private::given(#slot)),
            _ => quote!(::orm::private::given_or_null(#slot)),
        };
        quote_spanned!(field.type_span()=> #made: #value,)
    });
    let (types, slots) = (tree(&types), tree(&slots));
    // With a lifetime in it, a bound that does not hold is no mistake until somebody needs it.
    quote! {
        type __Slots = #types;
        #[automatically_derived]
        impl<'de> ::orm::private::Deserialize<'de> for #new
        where
            __Slots: ::orm::private::Slots<'de>,
        {
            fn deserialize<D: ::orm::private::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                let #slots = ::orm::private::deserialize::<__Slots, D>(
                    deserializer,
                    #new_name,
                    &[#(#field_names),*],
                )?;
                ::core::result::Result::Ok(#new { #(#members)* })
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
