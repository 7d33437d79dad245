//! The plain values of a row that does not exist yet.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::Names;
use crate::ir::field::{Field, Supply};
use crate::ir::model::Model;

/// The fields that a new row may be given.
pub(super) fn given(model: &Model) -> impl Iterator<Item = &Field> {
    model.fields.iter().filter(|field| field.supply.is_given())
}

/// What it implements. The calls name columns, not types, so that a wrong type is not reported here again.
pub(crate) fn impls(model: &Model, names: &Names) -> TokenStream {
    let Model { ident, module, .. } = model;
    let new = &names.new;
    let new_name = new.to_string();
    let made = given(model).map(Field::made);
    let word = |word: &str| Ident::new(word, Span::call_site());
    let visit =
        given(model).map(|field| word(if field.supply.is_wrapped() { "visit_optional" } else { "visit" }));
    let copy = given(model).map(|field| match (field.is_plain, field.supply.is_wrapped()) {
        (true, _) => word("copy"),
        (false, true) => word("copy_of_option"),
        (false, false) => word("copy_of"),
    });
    let columns = given(model).map(|field| unknown_column(field, model));
    let now = format_ident!("__now");
    let values = values(model, &now);
    let validate = super::validate::of_new(model);
    let count = model.fields.len();
    let defaults = model.fields.iter().filter_map(default_function);
    quote! {
        #(#defaults)*
        __orm::new! {
            #new #new_name #ident #module: #(#visit #made #copy #columns,)*;
            #now #count #values; #validate
        }
    }
}

/// What gives the values of the fields in the model's order: a function, the column, the value.
fn values(model: &Model, now: &Ident) -> TokenStream {
    let mut tokens = TokenStream::new();
    for field in &model.fields {
        let (made, ty, span) = (field.made(), &field.ty, field.type_span());
        let or = |value: &TokenStream| {
            quote! {
                match #made {
                    __orm::Some(value) => value,
                    __orm::None => #value,
                }
            }
        };
        let (plain, any, value) = match &field.supply {
            Supply::Required | Supply::Nullable => ("put", "put_value", None),
            Supply::Identity | Supply::Database => ("put_or_leave", "put_value_or_database", None),
            Supply::Default(_) => ("put", "put_value", Some(or(&default_value(field)))),
            Supply::Now { .. } => (
                "put",
                "put_value",
                Some(or(&quote_spanned!(span=> <#ty as __orm::FromNow>::from_now(#now)))),
            ),
            // Of the column's type, which a number does not say.
            Supply::Version => ("put_value", "put_value", Some(quote!(1))),
            Supply::Computed { .. } => ("leave", "leave", Some(TokenStream::new())),
        };
        // What leaves a field alone has no value whose type could be wrong.
        let by_type = match field.supply {
            Supply::Version => false,
            Supply::Computed { .. } => true,
            _ => field.is_plain,
        };
        let put = Ident::new(if by_type { plain } else { any }, Span::call_site());
        let column = (!by_type).then(|| column(field, model));
        tokens.extend(match value {
            None => quote!(#put #column (#made)),
            Some(value) => quote!(#put #column (#value)),
        });
    }
    tokens
}

/// A column, for what names it. Where the derive cannot know that a field's type is one that databases have, all that is called for
/// it names the column and not the type, so that a wrong type is reported once.
pub(super) fn column(field: &Field, model: &Model) -> TokenStream {
    let (module, made) = (&model.module, field.made());
    quote!([#module::#made])
}

/// The same, unless the type is known.
pub(super) fn unknown_column(field: &Field, model: &Model) -> Option<TokenStream> {
    (!field.is_plain).then(|| column(field, model))
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
