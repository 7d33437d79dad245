//! `impl Model`, and what the struct itself gets.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::new::default_value;
use super::{Names, constraints};
use crate::ir::field::{Field, Supply};
use crate::ir::model::Model;

/// `impl Model for Post` and `Post::objects()`.
pub(crate) fn expand(model: &Model, names: &Names) -> TokenStream {
    let Model { ident, module, visibility, name, .. } = model;
    let Names { fields: accessors, draft, new, only, with, path } = names;
    let reading = reading(model);
    let made = model.fields.iter().map(Field::made);
    let user: Vec<_> = model.fields.iter().map(|field| &field.ident).collect();
    let at = (0..model.fields.len()).map(Literal::usize_unsuffixed);
    let to_value = model
        .fields
        .iter()
        .map(|field| format_ident!("{}", if field.deferred { "deferred_to_value" } else { "to_value" }));
    let loaded = if super::with::has_relations(model) { quote!(#with(row)) } else { quote!(row) };
    let (key_type, key) = key(model);
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
            const META: &'static __orm::ModelMeta = &__ORM_MODEL;
            type Key = #key_type;
            type Fields<#path: __orm::Path<Target = Self>> = #accessors<#path>;
            type Draft = #draft;
            type New = #new;
            type Only<L: __orm::LoadedFields> = #only<L>;
            type With<L: ::core::marker::Send + 'static> = #with<L>;
            fn with<L: ::core::marker::Send + 'static>(row: __orm::Loaded<Self, L>) -> #with<L> {
                #loaded
            }
            #reading
            fn only<L: __orm::LoadedFields>(fields: L) -> #only<L> { #only(fields) }
            #[inline]
            fn key(&self) -> Self::Key { #key }
            #[inline]
            fn value(
                &self,
                __field: usize,
            ) -> ::core::result::Result<__orm::Value, __orm::ValueError> {
                let Self { #(#user),* } = self;
                match __field {
                    #(#at => __orm::#to_value::<#module::#made>(#user),)*
                    _ => __orm::Err(__orm::no_such_field()),
                }
            }
            #defaults
            #touch
            #count_up
            #computed
            #checks
            #conditions
            #validate
        }
        #soft_delete
        impl __orm::FromRaw for #ident {
            type Decode = __orm::ByColumnName<Self>;
        }
        #[automatically_derived]
        impl #ident {
            #[doc = #objects_doc]
            #[inline]
            #visibility fn objects() -> __orm::QuerySet<#ident> {
                __orm::QuerySet::new()
            }
            #[doc = #fields_doc]
            #[inline]
            #visibility fn fields() -> #accessors {
                <#accessors as __orm::Fields>::NEW
            }
            #[doc = #draft_doc]
            #[inline]
            #visibility fn draft() -> #draft {
                ::core::default::Default::default()
            }
        }
    }
}

/// How a row is read: a field at each column, unless fields can be left out.
fn reading(model: &Model) -> TokenStream {
    let module = &model.module;
    let deferred = model.fields.iter().any(|field| field.deferred);
    let user = model.fields.iter().map(|field| &field.ident);
    let made = model.fields.iter().map(Field::made);
    let read = model
        .fields
        .iter()
        .map(|field| format_ident!("{}", if field.deferred { "read_deferred" } else { "read" }));
    let left_out = model
        .fields
        .iter()
        .map(|field| field.deferred.then(|| format_ident!("left_out")).into_iter().collect::<Vec<_>>());
    let body = quote! {
        {
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
            __orm::Err(reader.into_error())
        }
    };
    if !deferred {
        return quote! {
            fn from_row<R: __orm::Row + ?::core::marker::Sized>(
                row: &mut R,
                at: usize,
            ) -> __orm::Result<Self> #body
        };
    }
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
        ) -> __orm::Result<Self> #body
        #[inline]
        fn is_loaded(&self, field: usize) -> bool {
            match field {
                #(#loaded)*
                _ => true,
            }
        }
    }
}

fn key(model: &Model) -> (TokenStream, TokenStream) {
    let fields: Vec<_> = model.key.iter().filter_map(|&at| model.fields.get(at)).collect();
    let types = fields.iter().map(|field| &field.ty);
    let clones = fields.iter().map(|field| {
        let user = &field.ident;
        quote!(__orm::Clone::clone(&self.#user))
    });
    match fields.as_slice() {
        // Only after a mistake, beside which this is never run.
        [] => (quote!(i64), quote!(::core::unreachable!())),
        [_] => (quote!(#(#types)*), quote!(#(#clones)*)),
        _ => (quote!((#(#types),*)), quote!((#(#clones),*))),
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
