//! The builder, whose type says which required fields it was given.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::Names;
use super::new::given;
use super::tree::{Way, tree};
use crate::ir::field::{Field, Supply};
use crate::ir::model::Model;
use crate::ir::relations::RelationKind;
use crate::ir::tokens::Held;

/// `PostDraft`, `NewPost` and `PostOnly`.
pub(crate) fn types(model: &Model, names: &Names) -> TokenStream {
    let Model { visibility, name, module, .. } = model;
    let Names { draft, new, only, .. } = names;
    let fields: Vec<_> = required(model).collect();
    let missing = tree(fields.len(), &mut |at, tokens| {
        let made = fields[at].made();
        tokens.extend(quote!(::orm::private::Missing<#module::#made>));
    });
    let values = given(model).map(|field| Held { ty: &field.ty, is_option: is_option(field) });
    let draft_doc = format!(
        "Builds a new `{name}`, field by field. Complete when every field was given that has no default, \
         is not nullable and is not automatic."
    );
    let new_doc = format!(
        "The values of a `{name}` that is not in the database yet. Where a field has a default, `None` takes it."
    );
    let only_doc = format!(
        "A `{name}` of which only the fields in `L` are loaded: a row of `{name}::objects().only(…)`, with a method for each field."
    );
    let made = given(model).map(Field::made);
    let docs = given(model).map(|field| &field.docs);
    let types = given(model).map(held);
    quote! {
        ::orm::private::types! {
            #visibility, #draft #draft_doc #missing, #(#values,)*;
            #new #new_doc #([#(#docs)*] #made #types,)*;
            #only #only_doc
        }
    }
}

/// Its beginning, its setters, its end.
pub(crate) fn impls(model: &Model, names: &Names) -> TokenStream {
    let (draft, new) = (&names.draft, &names.new);
    let setters = setters(model, names);
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
    let complete = complete(model, names);
    let presets = presets(model, names);
    quote! {
        impl<__S: __orm::RequiredFields> #draft<__S> {
            #setters
            #(#refused)*
            #build
        }
        #complete
        #presets
    }
}

/// The setters of required fields, of those that may be left to others, and of those that may be NULL.
fn setters(model: &Model, names: &Names) -> TokenStream {
    let draft = &names.draft;
    let of = |wanted: fn(&Field) -> bool| {
        let fields: Vec<_> = given(model).enumerate().filter(move |(_, field)| wanted(field)).collect();
        let made: Vec<_> = fields.iter().map(|(_, field)| field.made()).collect();
        let at: Vec<_> = fields.iter().map(|(at, _)| Literal::usize_unsuffixed(*at)).collect();
        let docs: Vec<_> = fields.iter().map(|(_, field)| &field.docs).collect();
        let types: Vec<_> = fields.iter().map(|(_, field)| &field.ty).collect();
        (made, at, docs, types)
    };
    let (required_made, required_at, required_docs, required_types) = of(is_required);
    let ways = (0..required_made.len()).map(|at| Way::to(at, required_made.len()));
    let (wrapped_made, wrapped_at, wrapped_docs, wrapped_types) = of(|field| field.supply.is_wrapped());
    let (made, at, docs, types) = of(|field| !is_option(field));
    quote! {
        __orm::setters! {
            #draft
            #([#(#required_docs)*] #required_made #required_at #required_types, __orm::#ways,)*;
            #([#(#wrapped_docs)*] #wrapped_made #wrapped_at #wrapped_types,)*;
            #([#(#docs)*] #made #at #types,)*
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
fn presets(model: &Model, names: &Names) -> TokenStream {
    let (draft, module) = (&names.draft, &model.module);
    let preset = |marker: Ident, fields: &[&Field], keys: &[TokenStream]| {
        let ways = fields.iter().filter_map(|field| way_to(field, model));
        let out =
            ways.fold(quote!(__S), |out, way| quote!(<#out as __orm::RequiredFields>::Give<__orm::#way>));
        let setters = fields.iter().map(|field| field.made());
        quote! {
            #[automatically_derived]
            impl<__S: __orm::RequiredFields> __orm::Preset<#module::#marker> for #draft<__S> {
                type Out = #draft<#out>;
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

fn complete(model: &Model, names: &Names) -> TokenStream {
    let Names { draft, new, .. } = names;
    let made = given(model).map(Field::made);
    let (required, rest): (Vec<_>, Vec<_>) = given(model).partition(|field| is_required(field));
    let required = required.into_iter().map(Field::made);
    let rest = rest.into_iter().map(Field::made);
    quote!(__orm::complete! { #draft #new: #(#made)*; #(#required)*; #(#rest)* })
}

/// The type of a field's value among the values of a new row.
fn held(field: &Field) -> Held<'_> {
    Held { ty: &field.ty, is_option: field.supply.is_wrapped() }
}

fn is_required(field: &Field) -> bool {
    matches!(field.supply, Supply::Required)
}

/// Whether the builder has an option of the field's type.
fn is_option(field: &Field) -> bool {
    is_required(field) || field.supply.is_wrapped()
}

fn required(model: &Model) -> impl Iterator<Item = &Field> {
    model.fields.iter().filter(|field| is_required(field))
}

/// The way to the field in the tree of required fields.
fn way_to(field: &Field, model: &Model) -> Option<Way> {
    let at = required(model).position(|other| std::ptr::eq(other, field))?;
    Some(Way::to(at, required(model).count()))
}
