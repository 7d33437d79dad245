//! What a factory's struct gets: new values, setters, and the row that they become.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use crate::parse::factory::{Factory, Field, Source};

/// `impl Factory for PostFactory`, and its setters.
pub(crate) fn expand(factory: &Factory) -> TokenStream {
    let Factory { ident, visibility, model, fields } = factory;
    let members = fields.iter().map(|field| {
        let (name, value) = (&field.ident, first(field));
        quote!(#name: #value,)
    });
    let setters = fields.iter().map(|field| setter(field, visibility));
    let keys = fields.iter().filter(|field| field.related.is_some()).map(|field| {
        let name = &field.ident;
        quote_spanned!(field.ty.span()=> let #name = ::orm::private::testing::RelatedField::key(self.#name, db).await?;)
    });
    let sets = fields.iter().map(|field| {
        let name = &field.ident;
        if field.related.is_some() { quote!(.#name(#name)) } else { quote!(.#name(self.#name)) }
    });
    quote! {
        #[automatically_derived]
        impl ::orm::private::testing::Factory for #ident {
            type Model = #model;
            fn new() -> Self {
                static __COUNT: ::orm::private::testing::Sequence = ::orm::private::testing::Sequence::new();
                #[allow(unused_variables)]
                let __number: u64 = __COUNT.next();
                #ident { #(#members)* }
            }
            #[allow(unused_variables)]
            async fn into_new<__E: ::orm::private::testing::Executor>(
                self,
                db: &__E,
            ) -> ::orm::private::Result<<#model as ::orm::private::Model>::New> {
                #(#keys)*
                ::core::result::Result::Ok(::orm::private::Complete::complete(
                    <#model as ::orm::private::Model>::empty_draft() #(#sets)*
                ))
            }
        }
        #[automatically_derived]
        #[allow(dead_code)]
        impl #ident {
            #(#setters)*
        }
    }
}

fn first(field: &Field) -> TokenStream {
    let ty = &field.ty;
    match &field.source {
        Source::Default(value) => quote_spanned! {value.span()=>
            ::orm::private::IntoField::<#ty>::into_field(#value)
        },
        Source::Sequence(function) => quote_spanned! {function.span()=>
            ::orm::private::IntoField::<#ty>::into_field(::orm::private::testing::numbered(#function, __number))
        },
        Source::Made => quote_spanned!(ty.span()=> ::orm::private::testing::RelatedField::made()),
        Source::Null => quote!(::core::option::Option::None),
    }
}

fn setter(field: &Field, visibility: &syn::Visibility) -> TokenStream {
    let (name, ty) = (&field.ident, &field.ty);
    let doc = format!("Sets `{name}`.");
    let Some((factory, optional)) = &field.related else {
        return quote! {
            #[doc = #doc]
            #[must_use]
            #visibility fn #name(mut self, value: impl ::orm::private::IntoField<#ty>) -> Self {
                self.#name = ::orm::private::IntoField::into_field(value);
                self
            }
        };
    };
    let with = format_ident!("{name}_with");
    let (doc, doc_with) = (
        format!("Points `{name}` at a row."),
        format!("Makes the row that `{name}` points at in another way."),
    );
    let wrapped =
        |value: TokenStream| if *optional { quote!(::core::option::Option::Some(#value)) } else { value };
    let given = wrapped(quote!(::orm::private::testing::Related::to(row)));
    let made = wrapped(quote!(::orm::private::testing::Related::by(
        change(<#factory as ::orm::private::testing::Factory>::new())
    )));
    quote! {
        #[doc = #doc]
        #[must_use]
        #visibility fn #name(mut self, row: &<#factory as ::orm::private::testing::Factory>::Model) -> Self {
            self.#name = #given;
            self
        }
        #[doc = #doc_with]
        #[must_use]
        #visibility fn #with(mut self, change: impl ::core::ops::FnOnce(#factory) -> #factory) -> Self {
            self.#name = #made;
            self
        }
    }
}
