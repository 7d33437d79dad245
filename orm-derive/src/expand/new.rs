//! The plain values of a row that does not exist yet.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::draft::held;
use super::{Names, TYPE_LINTS};
use crate::ir::field::{Field, Supply};
use crate::ir::model::Model;

/// `NewPost`.
pub(crate) fn types(model: &Model, names: &Names) -> TokenStream {
    let Model { visibility, name, .. } = model;
    let new = &names.new;
    let doc = format!(
        "The values of a `{name}` that is not in the database yet. Where a field has a default, `None` takes it."
    );
    let made = given(model).map(Field::made);
    let docs = given(model).map(|field| &field.docs);
    let types = given(model).map(held);
    quote! {
        #[doc = #doc]
        #[allow(#TYPE_LINTS)]
        #visibility struct #new { #(#(#docs)* pub #made: #types,)* }
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
    let made: Vec<_> = given(model).map(Field::made).collect();
    let of = |plain: &str, wrapped: &str| {
        let name =
            |field: &Field| format_ident!("{}", if field.supply.is_wrapped() { wrapped } else { plain });
        given(model).map(name).collect::<Vec<_>>()
    };
    let copy = of("copy_of", "copy_of_option");
    let visit = of("visit", "visit_optional");
    let values = values(model);
    let validate = super::validate::of_new(model);
    let count = model.fields.len();
    let defaults = model.fields.iter().filter_map(default_function);
    quote! {
        #(#defaults)*
        #[automatically_derived]
        impl ::core::clone::Clone for #new {
            #[inline]
            fn clone(&self) -> Self {
                let Self { #(#made),* } = self;
                #new { #(#made: __orm::#copy::<#module::#made>(#made),)* }
            }
        }
        #[automatically_derived]
        impl ::core::fmt::Debug for #new {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                __orm::debug_new(self, #new_name, f)
            }
        }
        #[automatically_derived]
        impl __orm::NewModel for #new {
            type Model = #ident;
            fn visit<V: __orm::NewVisitor>(&self, __visitor: &mut V) {
                let Self { #(#made),* } = self;
                #(__orm::#visit::<#module::#made, V>(__visitor, #made);)*
            }
            #validate
            #[allow(unused_variables, unreachable_code)]
            #[inline]
            fn put_values(
                self,
                __now: __orm::DateTime<__orm::Utc>,
                __row: &mut __orm::NewValues,
            ) {
                let Self { #(#made),* } = self;
                __row.begin(#count);
                #values
            }
        }
    }
}

/// What gives the values of the fields in the model's order.
fn values(model: &Model) -> TokenStream {
    let module = &model.module;
    let mut tokens = TokenStream::new();
    let mut fields = model.fields.iter().peekable();
    while let Some(field) = fields.next() {
        let (made, ty, span) = (field.made(), &field.ty, field.type_span());
        let or = |value: &TokenStream| {
            quote! {
                match #made {
                    __orm::Some(value) => value,
                    __orm::None => #value,
                }
            }
        };
        let value = match &field.supply {
            Supply::Required | Supply::Nullable => {
                // Many at once: most fields of most models are like this.
                let mut made = vec![made];
                while let Some(next) =
                    fields.next_if(|field| matches!(field.supply, Supply::Required | Supply::Nullable))
                {
                    made.push(next.made());
                }
                tokens.extend(quote!(#(__orm::put_value::<#module::#made>(__row, #made);)*));
                continue;
            }
            Supply::Default(_) => or(&default_value(field)),
            Supply::Now { .. } => or(&quote_spanned!(span=> <#ty as __orm::FromNow>::from_now(__now))),
            Supply::Computed { .. } => {
                tokens.extend(quote!(__row.leave();));
                continue;
            }
            Supply::Version => quote!(1),
            Supply::Identity | Supply::Database => {
                tokens.extend(quote!(__orm::put_value_or_database::<#module::#made>(__row, #made);));
                continue;
            }
        };
        tokens.extend(quote_spanned!(span=> __orm::put_value::<#module::#made>(__row, #value);));
    }
    tokens
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
