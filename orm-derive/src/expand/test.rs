//! The function that the test runner calls, around the one that was written.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ItemFn;
use syn::spanned::Spanned;

use crate::parse::test::{Models, Test};

/// The code of a test.
pub(crate) fn expand(test: &Test, item: &ItemFn) -> TokenStream {
    let ItemFn { attrs, vis, sig, block } = item;
    let name = &sig.ident;
    let ty = &test.database;
    let testing = quote!(::orm::private::testing);
    let argument = quote_spanned!(ty.span()=> <#ty as #testing::Argument>);
    let lend = if test.lent { quote!(#argument::lend(&__db)) } else { quote!(#argument::give(&__db)) };
    let models = match &test.models {
        None => quote!(&[]),
        Some(Models::Listed(listed)) => quote!(&[#(::orm::private::ModelEntry::of::<#listed>()),*]),
        Some(Models::Given(list)) => quote_spanned!(list.span()=> #testing::entries(&(#list))),
    };
    let setup = match &test.setup {
        None => quote!(#testing::no_setup::<#argument::Backend>()),
        Some(setup) => quote!(::core::option::Option::Some(#setup)),
    };
    let isolated = test.isolated;
    let threads = test.worker_threads as usize;
    quote! {
        #(#attrs)*
        #[::core::prelude::v1::test]
        #vis fn #name() {
            #sig #block
            #testing::run::<#argument::Backend, _, _, _, _>(
                #testing::Options { isolated: #isolated, worker_threads: #threads }, #models, #setup, async |__db| {
                #name(#lend).await
            });
        }
    }
}
