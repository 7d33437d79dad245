//! The plain values of a row that does not exist yet.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::draft::held;
use super::fields::docs;
use super::{LINTS, Names};
use crate::ir::field::{Field, Supply};
use crate::ir::model::Model;

/// `NewPost`.
pub(crate) fn types(model: &Model, names: &Names) -> TokenStream {
    let Model { visibility, name, .. } = model;
    let new = &names.new;
    let doc = format!(
        "The values of a `{name}` that is not in the database yet. Where a field has a default, `None` takes it."
    );
    let members = given(model).map(|field| {
        let (made, docs, ty) = (field.made(), docs(field, name), held(field));
        quote!(#docs pub #made: #ty,)
    });
    quote! {
        #[doc = #doc]
        #[allow(#LINTS)]
        #visibility struct #new { #(#members)* }
    }
}

/// The fields that a new row may be given.
pub(super) fn given(model: &Model) -> impl Iterator<Item = &Field> {
    model.fields.iter().filter(|field| field.supply.is_given())
}

/// What it implements. The calls name columns, not types, so that a wrong type is not reported here again.
pub(crate) fn impls(model: &Model, names: &Names) -> TokenStream {
    let Model { ident, module, .. } = model;
    let new = &names.new;
    let new_name = new.to_string();
    let clones = given(model).map(|field| {
        let made = field.at_type();
        let call = if field.supply.is_wrapped() { quote!(copy_of_option) } else { quote!(copy_of) };
        let copy = quote_spanned!(field.type_span()=> __orm::#call::<#module::#made>(&self.#made));
        quote_spanned!(field.type_span()=> #made: #copy,)
    });
    let shown = given(model).map(|field| {
        let made = field.at_type();
        let span = field.type_span();
        // The compiler speaks of a method's call at its name.
        let call = Ident::new(if field.supply.is_wrapped() { "optional" } else { "field" }, span);
        quote_spanned!(span=> visitor.#call::<#module::#made>(&self.#made);)
    });
    let values = model.fields.iter().map(|field| {
        let (made, ty, span) = (field.at_type(), &field.ty, field.type_span());
        let or = |value: &TokenStream| {
            quote! {
                match self.#made {
                    __orm::Some(value) => value,
                    __orm::None => #value,
                }
            }
        };
        let value = match &field.supply {
            Supply::Required | Supply::Nullable => quote!(self.#made),
            Supply::Default(_) => or(&default_value(field)),
            Supply::Now { .. } => or(&quote_spanned!(span=> <#ty as __orm::FromNow>::from_now(now))),
            Supply::Computed { .. } => return quote!(row.leave();),
            Supply::Version => quote!(1),
            Supply::Identity | Supply::Database => {
                return quote_spanned!(span=> __orm::put_value_or_database::<#module::#made>(row, self.#made););
            }
        };
        quote_spanned!(span=> __orm::put_value::<#module::#made>(row, #value);)
    });
    let count = model.fields.len();
    let defaults = model.fields.iter().filter_map(default_function);
    quote! {
        #(#defaults)*
        #[automatically_derived]
        impl ::core::clone::Clone for #new {
            #[inline]
            fn clone(&self) -> Self { #new { #(#clones)* } }
        }
        #[automatically_derived]
        impl ::core::fmt::Debug for #new {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                __orm::debug_new(self, #new_name, f)
            }
        }
        #[automatically_derived]
        impl __orm::VisitNew for #new {
            fn visit<V: __orm::NewVisitor>(&self, visitor: &mut V) {
                #(#shown)*
            }
        }
        #[automatically_derived]
        impl __orm::NewModel for #new {
            type Model = #ident;
            #[allow(unused_variables, unreachable_code)]
            #[inline]
            fn put_values(
                self,
                now: __orm::DateTime<__orm::Utc>,
                row: &mut __orm::NewValues,
            ) {
                row.begin(#count);
                #(#values)*
            }
        }
    }
}

/// What gives a field's default, each time anew. A function of its own, so that a default that does not compile is said once.
fn default_function(field: &Field) -> Option<TokenStream> {
    let Supply::Default(value) = &field.supply else { return None };
    let (function, ty) = (default_name(field), &field.ty);
    Some(quote_spanned!(field.type_span()=> #[inline] fn #function() -> #ty { #value }))
}

/// A field's default.
pub(super) fn default_value(field: &Field) -> TokenStream {
    let function = default_name(field);
    quote!(#function())
}

fn default_name(field: &Field) -> Ident {
    format_ident!("__orm_default_{}", field.name)
}
