//! `impl Model`, and what the struct itself gets.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::new::{default_value, given, unknown_column};
use super::{Names, constraints};
use crate::ir::field::{Field, Supply};
use crate::ir::model::Model;

/// `impl Model for Post` and `Post::objects()`.
pub(crate) fn expand(model: &Model, names: &Names) -> TokenStream {
    let Model { ident, visibility, name, .. } = model;
    let Names { fields: accessors, draft, new, only, with, path } = names;
    let reading = reading(model);
    let wrap = super::with::has_relations(model).then_some(with);
    let none = given(model).map(|_| format_ident!("None"));
    let key = model.key.iter().filter_map(|&at| model.fields.get(at)).map(|field| &field.ident);
    let key_type = key_type(model);
    let touch = touch(model);
    let defaults = defaults(model);
    let count_up = count_up(model);
    let computed = constraints::computed(model);
    let soft_delete = model.soft_delete.map(|_| {
        quote! {
            #[automatically_derived]
            impl __orm::SoftDelete for #ident {}
        }
    });
    let (checks, conditions) = (constraints::expand(model), constraints::conditions(model));
    let validate = super::validate::of_row(model);
    let objects_doc = format!("All rows of `{name}`, as a query to refine.");
    let fields_doc = format!("The fields of `{name}`, where a closure does not fit.");
    let draft_doc = format!("A builder of a new `{name}`.");
    quote! {
        #[automatically_derived]
        impl __orm::Model for #ident {
            __orm::model! {
                #path #accessors #draft (#(#none)*) #new #only #with (#wrap) (#key_type) (#(#key)*)
            }
            #reading
            #defaults
            #touch
            #count_up
            #computed
            #checks
            #conditions
            #validate
        }
        #soft_delete
        __orm::entry! { #visibility #ident #accessors #draft #objects_doc #fields_doc #draft_doc }
    }
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
        let (read, to_value) = (name("next", "read"), name("value_of", "to_value"));
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
            __orm::Err(reader.into_error(<Self as __orm::FieldMetas>::FIELDS))
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

fn key_type(model: &Model) -> TokenStream {
    let types: Vec<_> =
        model.key.iter().filter_map(|&at| model.fields.get(at)).map(|field| &field.ty).collect();
    match types.as_slice() {
        // Only after a mistake.
        [] => quote!(i64),
        [only] => quote!(#only),
        _ => quote!((#(#types),*)),
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
