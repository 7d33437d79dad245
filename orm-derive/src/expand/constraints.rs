//! Conditions and values that the database calculates: check constraints, generated columns.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use crate::ir::check::Constraint;
use crate::ir::field::Supply;
use crate::ir::model::Model;

/// `fn checks()`, where there are any.
pub(crate) fn expand(model: &Model) -> Option<TokenStream> {
    let ident = &model.ident;
    let checks = model.checks.iter().map(|Constraint { name, condition, words }| {
        quote_spanned!(condition.span()=> __orm::check::<#ident, _>(#name, #condition, #words))
    });
    (!model.checks.is_empty()).then(|| {
        let traits = traits();
        quote! {
            #[inline]
            fn checks() -> ::std::vec::Vec<__orm::Check> {
                #traits
                ::std::vec![#(#checks),*]
            }
        }
    })
}

/// `fn conditions()`, where a unique constraint has one.
pub(crate) fn conditions(model: &Model) -> Option<TokenStream> {
    let ident = &model.ident;
    let conditions: Vec<_> = model
        .indexes
        .iter()
        .filter_map(|index| {
            let (name, condition, words) = (index.name.as_ref()?, index.condition.as_ref()?, &index.words);
            Some(quote_spanned!(condition.span()=> __orm::check::<#ident, _>(#name, #condition, #words)))
        })
        .collect();
    (!conditions.is_empty()).then(|| {
        let traits = traits();
        quote! {
            #[inline]
            fn conditions() -> ::std::vec::Vec<__orm::Check> {
                #traits
                ::std::vec![#(#conditions),*]
            }
        }
    })
}

/// `fn computed()` and what a row takes of it, where there are any.
pub(crate) fn computed(model: &Model) -> Option<TokenStream> {
    let module = &model.module;
    let computed: Vec<_> = model
        .fields
        .iter()
        .filter_map(|field| match &field.supply {
            Supply::Computed { closure, .. } => Some((field, closure)),
            _ => None,
        })
        .collect();
    let values = computed.iter().map(|(field, closure)| {
        let made = field.made();
        quote_spanned!(closure.span()=> __orm::computed::<#module::#made, _, _>(#closure))
    });
    let takes = computed.iter().map(|(field, _)| {
        let user = &field.ident;
        quote!(self.#user = row.#user;)
    });
    (!computed.is_empty()).then(|| {
        let traits = traits();
        quote! {
            #[inline]
            fn take_computed(&mut self, row: Self) {
                #(#takes)*
            }
            #[inline]
            fn computed() -> ::std::vec::Vec<__orm::Assignment> {
                #traits
                ::std::vec![#(#values),*]
            }
        }
    })
}

/// What makes the methods of expressions known, wherever the model stands.
fn traits() -> TokenStream {
    quote! {
        #[allow(unused_imports)]
        use __orm::{
            Casts as _, ChoiceFunctions as _, CompareLookups as _, ConcatFunctions as _, DateFunctions as _,
            HashFunctions as _, JsonFunctions as _, MathFunctions as _, NullLookups as _, TextFunctions as _,
            TextLookups as _,
        };
    }
}
