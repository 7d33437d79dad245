//! The plain values of a row that does not exist yet.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::draft::held;
use super::fields::docs;
use super::{LINTS, Names};
use crate::ir::field::Supply;
use crate::ir::model::Model;

/// `NewPost`.
pub(crate) fn types(model: &Model, names: &Names) -> TokenStream {
    let Model { visibility, name, .. } = model;
    let new = &names.new;
    let doc = format!(
        "The values of a `{name}` that is not in the database yet. Where a field has a default, `None` takes it."
    );
    let members = model.fields.iter().map(|field| {
        let (made, docs, ty) = (field.made(), docs(field, name), held(field));
        quote!(#docs pub #made: #ty,)
    });
    quote! {
        #[doc = #doc]
        #[allow(#LINTS)]
        #visibility struct #new { #(#members)* }
    }
}

/// What it implements. The calls name columns, not types, so that a wrong type is not reported here again.
pub(crate) fn impls(model: &Model, names: &Names) -> TokenStream {
    let Model { ident, module, .. } = model;
    let new = &names.new;
    let new_name = new.to_string();
    let clones = model.fields.iter().map(|field| {
        let made = field.made();
        let call = if field.supply.is_wrapped() { quote!(copy_of_option) } else { quote!(copy_of) };
        quote!(#made: ::orm::private::#call::<#module::#made>(&self.#made),)
    });
    let members = model.fields.iter().map(|field| {
        let (made, name) = (field.made(), &field.name);
        let call = if field.supply.is_wrapped() { quote!(debug_of_option) } else { quote!(debug_of) };
        quote!(.field(#name, ::orm::private::#call::<#module::#made>(&self.#made)))
    });
    let values = model.fields.iter().map(|field| {
        let (made, ty) = (field.made(), &field.ty);
        let or = |value: TokenStream| {
            quote! {
                row.push::<#module::#made>(match self.#made {
                    ::core::option::Option::Some(value) => value,
                    ::core::option::Option::None => #value,
                })?;
            }
        };
        match &field.supply {
            Supply::Required | Supply::Nullable => quote!(row.push::<#module::#made>(self.#made)?;),
            Supply::Default(value) => or(value.clone()),
            Supply::Now { .. } => {
                or(quote_spanned!(field.written.span()=> <#ty as ::orm::private::FromNow>::from_now(now)))
            }
            Supply::Identity | Supply::Database => {
                quote!(row.push_or_database::<#module::#made>(self.#made)?;)
            }
        }
    });
    let count = model.fields.len();
    quote! {
        #[automatically_derived]
        impl ::core::clone::Clone for #new {
            fn clone(&self) -> Self { #new { #(#clones)* } }
        }
        #[automatically_derived]
        impl ::core::fmt::Debug for #new {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_struct(#new_name)#(#members)*.finish()
            }
        }
        #[automatically_derived]
        impl ::orm::private::NewModel for #new {
            type Model = #ident;
            #[allow(unused_variables)]
            fn into_values(
                self,
                now: ::orm::private::DateTime<::orm::private::Utc>,
            ) -> ::core::result::Result<
                ::std::vec::Vec<::core::option::Option<::orm::private::Value>>,
                (usize, ::orm::private::ValueError),
            > {
                let mut row = ::orm::private::Values::with_capacity(#count);
                #(#values)*
                ::core::result::Result::Ok(row.finish())
            }
        }
    }
}
