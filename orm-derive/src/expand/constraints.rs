//! The check constraints.

use proc_macro2::TokenStream;
use quote::quote;

use crate::ir::model::Model;

/// `fn checks()`, where there are any.
pub(crate) fn expand(model: &Model) -> Option<TokenStream> {
    let ident = &model.ident;
    let checks = model
        .checks
        .iter()
        .map(|(name, condition)| quote!(::orm::private::check::<#ident, _>(#name, #condition)));
    (!model.checks.is_empty()).then(|| {
        quote! {
            fn checks() -> ::std::vec::Vec<::orm::private::Check> {
                #[allow(unused_imports)]
                use ::orm::private::{
                    CompareLookups as _, ConcatFunctions as _, HashFunctions as _, NullLookups as _,
                    TextFunctions as _, TextLookups as _,
                };
                ::std::vec![#(#checks),*]
            }
        }
    })
}
