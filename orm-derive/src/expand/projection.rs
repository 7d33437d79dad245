//! What a struct needs to be a projection.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::LINTS;
use crate::ir::tokens::without_self;
use crate::parse::projection::{Projection, Source};

/// Everything that `#[derive(Projection)]` writes.
pub(crate) fn expand(projection: &Projection, is_sound: bool) -> TokenStream {
    let Projection { ident, model, fields } = projection;
    let selects = fields.iter().map(|field| {
        let ty = without_self(&field.ty, ident);
        let name = &field.ident;
        let expression = match &field.source {
            Source::Same => quote_spanned!(name.span()=> |__row| __row.#name),
            Source::Path(path) => {
                let path = &path.0;
                quote!(|__row| __row #path)
            }
            Source::Expr(expr) => expr.to_token_stream(),
        };
        // At the field's type, so that the compiler says there what does not fit.
        quote_spanned!(field.ty.span()=> __selected.add::<#ty, _>(#expression);)
    });
    let reads = fields.iter().map(|field| {
        let name = &field.ident;
        let read = quote_spanned!(field.ty.span()=> __columns.next(__row)?);
        quote!(#name: #read,)
    });
    // After a mistake nothing is checked that would only repeat it.
    let (selects, read) = if is_sound {
        (quote!(#(#selects)*), quote!(::core::result::Result::Ok(Self { #(#reads)* })))
    } else {
        (TokenStream::new(), quote!(::core::unreachable!()))
    };
    let name = ident.unraw().to_string();
    let columns: Vec<String> = fields.iter().map(|field| field.ident.unraw().to_string()).collect();
    quote! {
        #[automatically_derived]
        impl ::orm::private::FromRaw for #ident {
            type Decode = ::orm::private::ByColumnName<Self>;
        }
        #[automatically_derived]
        impl ::orm::private::NamedRow for #ident {
            fn name() -> &'static str { #name }
            fn columns() -> impl ::core::iter::Iterator<Item = &'static str> {
                ::core::iter::Iterator::copied(<[&str]>::iter(&[#(#columns),*]))
            }
            fn read<__R: ::orm::private::Row + ?::core::marker::Sized>(
                __row: &mut __R,
            ) -> ::orm::private::Result<Self> {
                ::orm::private::read_named(__row, #name, &[#(#columns),*])
            }
        }
        #[automatically_derived]
        impl ::orm::private::ProjectionOf<#model> for #ident {}
        #[automatically_derived]
        #[allow(#LINTS)]
        impl ::orm::private::Projection for #ident {
            type Model = #model;
            fn select(__selected: &mut ::orm::private::Selected<#model>) {
                #selects
            }
            fn read<__R: ::orm::private::Row + ?::core::marker::Sized>(
                __row: &mut __R,
                __columns: &mut ::orm::private::Columns<'_>,
            ) -> ::orm::private::Result<Self> {
                #read
            }
        }
    }
}
