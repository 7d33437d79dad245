//! What a struct needs to be a projection.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Expr;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::LINTS;
use crate::ir::tokens::without_self;
use crate::parse::projection::{Field, Projection, Source};

/// Everything that `#[derive(Projection)]` writes.
pub(crate) fn expand(projection: &Projection, is_sound: bool) -> TokenStream {
    let Projection { ident, model, fields } = projection;
    let types: Vec<_> = fields.iter().map(|field| without_self(&field.ty, ident)).collect();
    let parts: Vec<_> = (0..fields.len()).map(|at| format_ident!("__part{at}")).collect();
    // After a mistake nothing is checked that would only repeat it.
    let (made, work) = if is_sound {
        let made = fields.iter().zip(&types).zip(&parts).map(|((field, ty), part)| {
            let from = expression(field);
            // At the field's type, so that the compiler says there what does not fit.
            quote_spanned! {field.ty.span()=>
                const fn #part() -> impl ::orm::private::FieldPart<#model, #ty> {
                    ::orm::private::part::<#model, #ty, _, _>(#from)
                }
            }
        });
        (quote!(#(#made)*), functions(projection, &types, &parts))
    } else {
        (TokenStream::new(), nothing())
    };
    let name = ident.unraw().to_string();
    let columns: Vec<String> = fields.iter().map(|field| field.ident.unraw().to_string()).collect();
    let all = types.iter().rev().fold(quote!(()), |behind, ty| quote!((#ty, #behind)));
    quote! {
        #[allow(#LINTS)]
        const _: () = {
            #made
            #[automatically_derived]
            impl ::orm::private::FromRaw for #ident {
                type Decode = ::orm::private::ByColumnName<Self>;
            }
            #[automatically_derived]
            impl ::orm::private::NamedRow for #ident {
                type Fields = #all;
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
            impl ::orm::private::Projection for #ident {
                type Model = #model;
                #work
            }
        };
    }
}

/// What a field is read from, as a function of the model's fields.
fn expression(field: &Field) -> TokenStream {
    match &field.source {
        Source::Same => {
            let name = &field.ident;
            quote_spanned!(name.span()=> |__row| __row.#name)
        }
        Source::Path(path) => {
            let path = &path.0;
            quote!(|__row| __row #path)
        }
        Source::Expr(expr @ Expr::Closure(_)) => expr.to_token_stream(),
        // Called only where it is used, so that anything can be written that gives a function.
        Source::Expr(expr) => quote!(|__row| (#expr)(__row)),
    }
}

/// What goes over the fields.
fn functions(Projection { fields, .. }: &Projection, types: &[TokenStream], parts: &[Ident]) -> TokenStream {
    let names: Vec<_> = fields.iter().map(|field| &field.ident).collect();
    let variables: Vec<_> = (0..fields.len()).map(|at| format_ident!("__field{at}")).collect();
    let lists: Vec<_> = (0..fields.len()).map(|at| format_ident!("__rows{at}")).collect();
    quote! {
        const SIZE: ::orm::private::Size = ::orm::private::Size::ZERO #(.and::<_, #types, _>(&#parts()))*;
        fn select(__selected: &mut ::orm::private::Selected) {
            #(__selected.add(#parts());)*
        }
        fn read<__R: ::orm::private::Row + ?::core::marker::Sized>(
            __row: &mut __R,
            __columns: &mut ::orm::private::Columns<'_>,
        ) -> ::orm::private::Result<Self> {
            ::core::result::Result::Ok(Self { #(#names: __columns.read(#parts(), __row)?,)* })
        }
        fn lists<'__a, __B: ::orm::private::Backend>(
            __all: ::std::vec::Vec<(usize, &'__a mut Self)>,
            __lists: &mut ::orm::private::Lists<'__a, '_, __B>,
        ) {
            #(let mut #lists = ::std::vec::Vec::new();)*
            for (__number, __row) in __all {
                let Self { #(#names: #variables,)* } = __row;
                #(::orm::private::gather_part(#parts(), __number, #variables, &mut #lists);)*
            }
            #(__lists.add(#parts(), #lists);)*
        }
        fn copy(&self) -> Self {
            Self { #(#names: ::orm::private::copy_part(#parts(), &self.#names),)* }
        }
    }
}

/// What stands in for that after a mistake.
fn nothing() -> TokenStream {
    quote! {
        const SIZE: ::orm::private::Size = ::orm::private::Size::ZERO;
        fn select(_: &mut ::orm::private::Selected) {}
        fn read<__R: ::orm::private::Row + ?::core::marker::Sized>(
            _: &mut __R,
            _: &mut ::orm::private::Columns<'_>,
        ) -> ::orm::private::Result<Self> {
            ::core::unreachable!()
        }
        fn lists<'__a, __B: ::orm::private::Backend>(
            _: ::std::vec::Vec<(usize, &'__a mut Self)>,
            _: &mut ::orm::private::Lists<'__a, '_, __B>,
        ) {
        }
        fn copy(&self) -> Self {
            ::core::unreachable!()
        }
    }
}
