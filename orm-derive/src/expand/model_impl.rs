//! What `impl Model` has of this model alone.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::constraints;
use super::new::{default_value, unknown_column};
use crate::ir::field::{Field, Supply};
use crate::ir::model::Model;

/// What is in `impl Model for Post` and not in every model's.
pub(super) fn methods(model: &Model) -> TokenStream {
    let parts = [
        Some(key(model)),
        Some(reading(model)),
        defaults(model),
        touch(model),
        count_up(model),
        constraints::computed(model),
        constraints::expand(model),
        constraints::conditions(model),
        super::validate::of_row(model),
    ];
    parts.into_iter().flatten().collect()
}

/// `SoftDelete` for a model that has it.
pub(super) fn soft_delete(model: &Model) -> Option<TokenStream> {
    let ident = &model.ident;
    model.soft_delete.map(|_| {
        quote! {
            #[automatically_derived]
            impl __orm::SoftDelete for #ident {}
        }
    })
}

/// How a row is read: a field at each column, unless fields can be left out.
fn reading(model: &Model) -> TokenStream {
    let module = &model.module;
    let deferred = model.fields.iter().any(|field| field.deferred);
    let user: Vec<_> = model.fields.iter().map(|field| &field.ident).collect();
    let made: Vec<_> = model.fields.iter().map(Field::made).collect();
    let at = (0..model.fields.len()).map(Literal::usize_unsuffixed);
    if !deferred {
        let column = model.fields.iter().map(|field| unknown_column(field, model));
        let name = |plain: &'static str, any: &'static str| {
            model
                .fields
                .iter()
                .map(move |field| Ident::new(if field.is_plain { plain } else { any }, Span::call_site()))
        };
        let (read, to_value) = (name("__next", "__read"), name("__value_of", "__to_value"));
        return quote!(__orm::read_and_value! { #(#at #user #read #to_value #column)* });
    }
    let to_value = model
        .fields
        .iter()
        .map(|field| format_ident!("{}", if field.deferred { "deferred_to_value" } else { "to_value" }));
    let read = model
        .fields
        .iter()
        .map(|field| format_ident!("{}", if field.deferred { "read_deferred" } else { "read" }));
    let left_out = model
        .fields
        .iter()
        .map(|field| field.deferred.then(|| format_ident!("left_out")).into_iter().collect::<Vec<_>>());
    let loaded = model.fields.iter().enumerate().filter(|(_, field)| field.deferred).map(|(at, field)| {
        let (user, at) = (&field.ident, Literal::usize_unsuffixed(at));
        quote!(#at => self.#user.is_loaded(),)
    });
    quote! {
        fn from_row<R: __orm::Row + ?::core::marker::Sized>(
            row: &mut R,
            at: usize,
        ) -> __orm::Result<Self> {
            Self::from_row_without(row, at, &[])
        }
        fn from_row_without<R: __orm::Row + ?::core::marker::Sized>(
            row: &mut R,
            at: usize,
            left_out: &[&'static __orm::FieldMeta],
        ) -> __orm::Result<Self> {
            let mut reader = __orm::Reader::new(row, at);
            'read: {
                return __orm::Ok(Self {
                    #(
                        #user: match __orm::#read::<#module::#made, _>(&mut reader #(, #left_out)*) {
                            __orm::Some(value) => value,
                            __orm::None => break 'read,
                        },
                    )*
                });
            }
            __orm::Err(reader.into_error(<Self as __orm::Described>::FIELDS))
        }
        #[inline]
        fn value(&self, at: usize) -> ::core::result::Result<__orm::Value, __orm::ValueError> {
            match at {
                #(#at => __orm::#to_value::<#module::#made>(&self.#user),)*
                _ => __orm::Err(__orm::no_such_field()),
            }
        }
        #[inline]
        fn is_loaded(&self, field: usize) -> bool {
            match field {
                #(#loaded)*
                _ => true,
            }
        }
    }
}

fn key(model: &Model) -> TokenStream {
    let (types, names): (Vec<_>, Vec<_>) = model
        .key
        .iter()
        .filter_map(|&at| model.fields.get(at))
        .map(|field| (&field.ty, &field.ident))
        .unzip();
    let (key_type, key) = match names.as_slice() {
        // Only after a mistake, beside which this is never run.
        [] => (quote!(i64), quote!(::core::unreachable!())),
        [name] => (quote!(#(#types)*), quote!(__orm::Clone::clone(&self.#name))),
        _ => (quote!((#(#types),*)), quote!((#(__orm::Clone::clone(&self.#names)),*))),
    };
    quote! {
        type Key = #key_type;
        #[inline]
        fn key(&self) -> Self::Key { #key }
    }
}

fn count_up(model: &Model) -> Option<TokenStream> {
    let field = model.fields.iter().find(|field| matches!(field.supply, Supply::Version))?;
    let user = &field.ident;
    Some(quote! {
        #[inline]
        fn count_up(&mut self) {
            self.#user = self.#user.saturating_add(1);
        }
    })
}

/// The defaults by position, for rows of which only the names of the fields are known.
fn defaults(model: &Model) -> Option<TokenStream> {
    let module = &model.module;
    let defaults: Vec<_> = model
        .fields
        .iter()
        .enumerate()
        .filter_map(|(at, field)| {
            let Supply::Default(_) = &field.supply else { return None };
            let value = default_value(field);
            let (made, at) = (field.made(), Literal::usize_unsuffixed(at));
            let value = quote_spanned!(field.type_span()=> {
                __orm::to_value::<#module::#made>(&#value)
            });
            Some(quote!(#at => #value.map(__orm::Some),))
        })
        .collect();
    (!defaults.is_empty()).then(|| {
        quote! {
            #[inline]
            fn default_of(
                field: usize,
            ) -> ::core::result::Result<
                ::core::option::Option<__orm::Value>,
                __orm::ValueError,
            > {
                match field {
                    #(#defaults)*
                    _ => __orm::Ok(__orm::None),
                }
            }
        }
    })
}

fn touch(model: &Model) -> Option<TokenStream> {
    let sets: Vec<_> = model
        .fields
        .iter()
        .filter(|field| matches!(field.supply, Supply::Now { each_save: true }))
        .map(|field| {
            let (user, ty) = (&field.ident, &field.ty);
            let value = quote_spanned!(field.type_span()=> <#ty as __orm::FromNow>::from_now(now));
            let value = if field.deferred { quote!(::core::convert::From::from(#value)) } else { value };
            quote!(self.#user = #value;)
        })
        .collect();
    (!sets.is_empty()).then(|| {
        quote! {
            #[inline]
            fn touch(&mut self, now: __orm::DateTime<__orm::Utc>) {
                #(#sets)*
            }
        }
    })
}
