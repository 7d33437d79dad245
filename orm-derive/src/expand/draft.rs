//! The builder, whose type says which required fields it was given.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::Names;
use super::tree::{Way, tree};
use crate::ir::field::{Field, Supply};
use crate::ir::model::Model;
use crate::ir::relations::RelationKind;

/// The builder's state before anything was given.
pub(super) fn missing(model: &Model) -> TokenStream {
    let module = &model.module;
    let fields: Vec<_> = required(model).collect();
    tree(fields.len(), &mut |at, tokens| {
        let made = fields[at].made();
        tokens.extend(quote!(::orm::private::Missing<#module::#made>));
    })
}

/// Its methods beside the setters.
pub(super) fn methods(model: &Model, names: &Names) -> TokenStream {
    let new = &names.new;
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
    quote!(#(#refused)* #build)
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
pub(super) fn presets(model: &Model, names: &Names) -> TokenStream {
    let (draft, module) = (&names.draft, &model.module);
    let preset = |marker: Ident, fields: &[&Field], keys: &[TokenStream]| {
        let ways = fields.iter().filter_map(|field| way_to(field, model));
        let out = ways.fold(quote!(__S), |out, way| quote!(<#out as __orm::RequiredFields>::Give<#way>));
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

fn required(model: &Model) -> impl Iterator<Item = &Field> {
    model.fields.iter().filter(|field| matches!(field.supply, Supply::Required))
}

/// The way to the field in the tree of required fields.
pub(super) fn way_to(field: &Field, model: &Model) -> Option<Way> {
    let at = required(model).position(|other| std::ptr::eq(other, field))?;
    Some(Way::to(at, required(model).count()))
}
