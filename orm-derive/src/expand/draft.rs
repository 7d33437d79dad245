//! The builder, with a type parameter for each required field.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::fields::docs;
use super::{LINTS, Names};
use crate::ir::field::{Field, Supply};
use crate::ir::model::Model;
use crate::ir::relations::RelationKind;

/// `PostDraft`: the required fields in one tuple, the others in another, so that a setter moves two things.
pub(crate) fn types(model: &Model, names: &Names) -> TokenStream {
    let Model { visibility, name, module, .. } = model;
    let (draft, parts) = (&names.draft, Parts::of(model));
    let parameters = &parts.parameters;
    let markers = parts.required.iter().map(|field| field.made());
    let rest = parts.rest.iter().map(|field| held(field));
    let doc = format!(
        "Builds a new `{name}`, field by field. Complete when every field was given that has no default, \
         is not nullable and is not automatic."
    );
    quote! {
        #[doc = #doc]
        #[must_use = "a builder does nothing until `create` or `build` gets it"]
        #[allow(#LINTS)]
        #visibility struct #draft<#(#parameters = ::orm::private::Missing<#module::#markers>),*> {
            given: (#(#parameters,)*),
            rest: (#(#rest,)*),
        }
    }
}

/// Its beginning, its setters, its end.
pub(crate) fn impls(model: &Model, names: &Names) -> TokenStream {
    let (draft, new, parts) = (&names.draft, &names.new, Parts::of(model));
    let parameters = &parts.parameters;
    // Each spanned at the field's type, so that what the type lacks is said there, and once.
    let missing = parts
        .required
        .iter()
        .map(|field| quote_spanned!(field.type_span()=> ::core::default::Default::default()));
    let none = parts.rest.iter().map(|field| quote_spanned!(field.type_span()=> __orm::None));
    let setters = parts
        .required
        .iter()
        .enumerate()
        .map(|(at, field)| required_setter(at, field, model, names, &parts))
        .chain(parts.rest.iter().enumerate().map(|(at, field)| setter(at, field, model)));
    // A model with a field of this name has its setter; `NewPost::from(builder)` does the same.
    let build = (!model.fields.iter().any(|field| field.name == "build")).then(|| {
        quote! {
            /// The values, once every required field was given.
            #[inline]
            pub fn build(self) -> #new
            where
                Self: __orm::Complete<New = #new>,
            {
                __orm::Complete::complete(self)
            }
        }
    });
    let refused = model.fields.iter().filter(|field| !field.supply.is_given()).map(refused_setter);
    let complete = complete(model, names, &parts);
    let presets = presets(model, names, &parts);
    quote! {
        #[automatically_derived]
        impl ::core::default::Default for #draft {
            #[inline]
            fn default() -> Self {
                #draft { given: (#(#missing,)*), rest: (#(#none,)*) }
            }
        }
        #[automatically_derived]
        impl<#(#parameters),*> #draft<#(#parameters),*> {
            #(#setters)*
            #(#refused)*
            #build
        }
        #complete
        #presets
        #[automatically_derived]
        impl<#(#parameters),*> ::core::convert::From<#draft<#(#parameters),*>> for #new
        where
            #draft<#(#parameters),*>: __orm::Complete<New = #new>,
        {
            fn from(draft: #draft<#(#parameters),*>) -> Self {
                __orm::Complete::complete(draft)
            }
        }
    }
}

fn required_setter(at: usize, field: &Field, model: &Model, names: &Names, parts: &Parts<'_>) -> TokenStream {
    let (draft, made, ty, docs) = (&names.draft, field.made(), &field.ty, docs(field, &model.name));
    let given =
        parts.parameters.iter().enumerate().map(|(other, parameter)| {
            if other == at { quote!(__orm::Given<#ty>) } else { quote!(#parameter) }
        });
    let values = (0..parts.parameters.len()).map(|other| {
        let position = Literal::usize_unsuffixed(other);
        if other == at { quote!(__orm::Given(value)) } else { quote!(self.given.#position) }
    });
    let value = quote_spanned!(field.type_span()=> __orm::IntoField::into_field(value));
    // First of all, so that nothing has been taken out of the builder should it panic: else each part is dropped by itself.
    quote! {
        #docs
        pub fn #made(self, value: impl __orm::IntoField<#ty>) -> #draft<#(#given),*> {
            let value = #value;
            #draft { given: (#(#values,)*), rest: self.rest }
        }
    }
}

fn setter(at: usize, field: &Field, model: &Model) -> TokenStream {
    let (made, ty, docs, at) =
        (field.made(), &field.ty, docs(field, &model.name), Literal::usize_unsuffixed(at));
    let value = quote_spanned!(field.type_span()=> __orm::IntoField::<#ty>::into_field(value));
    let value = if field.supply.is_wrapped() { quote!(__orm::Some(#value)) } else { value };
    quote! {
        #docs
        pub fn #made(mut self, value: impl __orm::IntoField<#ty>) -> Self {
            self.rest.#at = #value;
            self
        }
    }
}

/// A setter that says why there is none: nothing implements its argument's trait.
fn refused_setter(field: &Field) -> TokenStream {
    let made = field.made();
    let is_computed = matches!(field.supply, Supply::Computed { .. });
    let nothing = if is_computed { quote!(GivenComputed) } else { quote!(GivenVersion) };
    quote! {
        #[doc(hidden)]
        pub fn #made(self, _value: impl __orm::#nothing) -> Self {
            self
        }
    }
}

/// What gives the builder a relation's key: for rows that are created from the other side.
fn presets(model: &Model, names: &Names, parts: &Parts<'_>) -> TokenStream {
    let (draft, module, parameters) = (&names.draft, &model.module, &parts.parameters);
    let preset = |marker: Ident, fields: &[&Field], keys: &[TokenStream]| {
        let out = parts.required.iter().zip(parameters).map(|(field, parameter)| {
            let ty = &field.ty;
            let given = fields.iter().any(|given| std::ptr::eq(*given, *field));
            if given { quote!(__orm::Given<#ty>) } else { quote!(#parameter) }
        });
        let setters = fields.iter().map(|field| field.made());
        quote! {
            #[automatically_derived]
            impl<#(#parameters),*> __orm::Preset<#module::#marker> for #draft<#(#parameters),*> {
                type Out = #draft<#(#out),*>;
                fn preset(self, key: <#module::#marker as __orm::Relation>::Key) -> Self::Out {
                    self #(.#setters(#keys))*
                }
            }
        }
    };
    let fields = model.fields.iter().filter(|field| field.relation.is_some()).map(|field| {
        let made = field.made();
        let key = quote!(__orm::ForeignKey::<<#module::#made as __orm::Relation>::To>::new(key));
        preset(made, &[field], &[key])
    });
    let others = model.relations.iter().filter_map(|relation| {
        let RelationKind::ForeignKey(key) = &relation.kind else { return None };
        let fields: Vec<_> = key.fields.iter().filter_map(|at| model.fields.get(*at)).collect();
        let keys: Vec<_> = match fields.len() {
            1 => vec![quote!(key)],
            count => (0..count).map(Literal::usize_unsuffixed).map(|at| quote!(key.#at)).collect(),
        };
        Some(preset(super::relations::made(relation), &fields, &keys))
    });
    fields.chain(others).collect()
}

fn complete(model: &Model, names: &Names, parts: &Parts<'_>) -> TokenStream {
    let (new, module, parameters) = (&names.new, &model.module, &parts.parameters);
    let span = model.ident.span();
    let mut draft = names.draft.clone();
    draft.set_span(span);
    let bounds = parts.required.iter().zip(parameters).map(|(field, parameter)| {
        let (made, ty) = (field.made(), &field.ty);
        quote_spanned!(span=> #parameter: __orm::Provided<#module::#made, Value = #ty>)
    });
    let given = parts.required.iter().enumerate().map(|(at, field)| {
        let (made, at) = (field.at_type(), Literal::usize_unsuffixed(at));
        quote_spanned!(field.type_span()=> #made: __orm::Provided::take(self.given.#at),)
    });
    let rest = parts.rest.iter().enumerate().map(|(at, field)| {
        let (made, at) = (field.at_type(), Literal::usize_unsuffixed(at));
        quote_spanned!(field.type_span()=> #made: self.rest.#at,)
    });
    // At the struct's name, where the compiler takes it for no derive of its own and advises nothing about bounds.
    quote_spanned! {span=>
        #[automatically_derived]
        impl<#(#bounds),*> __orm::Complete for #draft<#(#parameters),*> {
            type New = #new;
            fn complete(self) -> #new {
                #new { #(#given)* #(#rest)* }
            }
        }
    }
}

/// The type of a field's value in the builder and among the values of a new row.
pub(crate) fn held(field: &Field) -> TokenStream {
    let ty = &field.ty;
    if field.supply.is_wrapped() { quote!(::core::option::Option<#ty>) } else { ty.clone() }
}

/// The fields in the builder's two tuples.
struct Parts<'a> {
    required: Vec<&'a Field>,
    rest: Vec<&'a Field>,
    parameters: Vec<Ident>,
}

impl<'a> Parts<'a> {
    fn of(model: &'a Model) -> Self {
        let (required, rest): (Vec<_>, Vec<_>) = model
            .fields
            .iter()
            .filter(|field| field.supply.is_given())
            .partition(|field| matches!(field.supply, Supply::Required));
        let parameters = (0..required.len()).map(|at| format_ident!("__T{at}")).collect();
        Parts { required, rest, parameters }
    }
}
