//! The plain values of a row that does not exist yet.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use crate::ir::field::{Field, Supply};
use crate::ir::model::Model;

/// The fields that a new row may be given.
pub(super) fn given(model: &Model) -> impl Iterator<Item = &Field> {
    model.fields.iter().filter(|field| field.supply.is_given())
}

/// What gives a new row a field's value: a function, the column, the value.
pub(super) fn value(field: &Field, model: &Model, now: &Ident) -> TokenStream {
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
        Supply::Required | Supply::Nullable => ("__put", "__put_value", quote!(#made)),
        Supply::Identity | Supply::Database => ("__put_or_leave", "__put_value_or_database", quote!(#made)),
        Supply::Default(_) => ("__put", "__put_value", or(&default_value(field))),
        Supply::Now { .. } => {
            ("__put", "__put_value", or(&quote_spanned!(span=> <#ty as __orm::FromNow>::from_now(#now))))
        }
        // Of the column's type, which a number does not say.
        Supply::Version => ("__put_value", "__put_value", quote!(1)),
        Supply::Computed { .. } => ("__leave", "__leave", quote!(())),
    };
    // What leaves a field alone has no value whose type could be wrong.
    let by_type = match field.supply {
        Supply::Version => false,
        Supply::Computed { .. } => true,
        _ => field.is_plain,
    };
    let put = Ident::new(if by_type { plain } else { any }, Span::call_site());
    let module = &model.module;
    let column = (!by_type).then(|| quote!(@ #module::#made,));
    quote!(#put #column #value)
}

/// A field's column, unless its type is known. Where the derive cannot know that the type is one that databases have, all that is
/// called for it names the column and not the type, so that a wrong type is reported once.
pub(super) fn unknown_column(field: &Field, model: &Model) -> Option<TokenStream> {
    let (module, made) = (&model.module, field.made());
    (!field.is_plain).then(|| quote!([#module::#made]))
}

/// The defaults, as functions.
pub(super) fn defaults(model: &Model) -> TokenStream {
    model.fields.iter().filter_map(default_function).collect()
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
