//! A row with related rows, and the accessors of relations.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;

use super::relations::{doc, is_many, made};
use super::{Names, TYPE_LINTS};
use crate::ir::model::Model;
use crate::ir::names::camel_case;
use crate::ir::relations::{ForeignKey, RelationKind, Through};

/// `PostWith`.
pub(crate) fn types(model: &Model, names: &Names) -> TokenStream {
    let Model { visibility, ident, name, .. } = model;
    let with = &names.with;
    if !has_relations(model) {
        // Nothing to have a method for: an alias, which the template writes.
        return TokenStream::new();
    }
    let list = list(model);
    let aliases = aliases(model, names);
    let doc = format!(
        "A [`{name}`] with the related rows in `L`: a row of a query with `.select_related(…)` or `.prefetch_related(…)`, with a method for each relation."
    );
    quote! {
        #[doc = #doc]
        #[allow(#TYPE_LINTS)]
        #visibility struct #with<#list>(::orm::private::Loaded<#ident, #list>);
        #(#aliases)*
    }
}

/// The name of the list in the documentation, unless the model has it.
fn list(model: &Model) -> Ident {
    format_ident!("{}", if model.name == "L" { "__L" } else { "L" })
}

/// Where it is an alias: the words about it, and its parameter.
pub(super) fn alias_doc(model: &Model) -> Option<TokenStream> {
    (!has_relations(model)).then(|| {
        let (doc, list) = (format!("A [`{}`] with what a query loaded with it.", model.name), list(model));
        quote!(#doc #list)
    })
}

/// `PostWithAuthor`: the types of rows with one relation, for signatures.
fn aliases(model: &Model, names: &Names) -> Vec<TokenStream> {
    let Model { visibility, module, name, .. } = model;
    let with = &names.with;
    let alias = |made: &Ident, loaded: TokenStream| {
        let relation = made.unraw().to_string();
        let alias = format_ident!("{with}{}", camel_case(&relation));
        let doc = format!("A `{name}` with its `{relation}` loaded.");
        quote! {
            #[doc = #doc]
            #[allow(#TYPE_LINTS)]
            #visibility type #alias =
                #with<::orm::private::Cons<#module::#made, #loaded, ::orm::private::Nil>>;
        }
    };
    let stored = model.fields.iter().filter_map(|field| {
        let to = &field.relation.as_ref()?.to;
        let loaded = if field.nullable { quote!(::core::option::Option<#to>) } else { quote!(#to) };
        Some(alias(&field.made(), loaded))
    });
    let others = model.relations.iter().map(|relation| {
        let loaded = match &relation.kind {
            RelationKind::Reverse { many: true, of: to, .. } | RelationKind::Through(Through { to, .. }) => {
                quote!(::std::vec::Vec<#to>)
            }
            RelationKind::Reverse { many: false, of: to, .. } => quote!(::core::option::Option<#to>),
            RelationKind::ForeignKey(ForeignKey { to, nullable: true, .. }) => {
                quote!(::core::option::Option<#to>)
            }
            RelationKind::ForeignKey(ForeignKey { to, nullable: false, .. }) => quote!(#to),
        };
        alias(&made(relation), loaded)
    });
    stored.chain(others).collect()
}

/// Whether its rows with relations need a type of their own.
pub(super) fn has_relations(model: &Model) -> bool {
    !model.relations.is_empty() || model.fields.iter().any(|field| field.relation.is_some())
}

/// What it implements: of each relation the words about it, its name, and how it is had.
pub(super) fn impls(model: &Model, names: &Names) -> TokenStream {
    let Model { ident, module, fields, relations, .. } = model;
    if !has_relations(model) {
        return TokenStream::new();
    }
    let with = &names.with;
    // By its key a row is compared with a foreign key, which has one column.
    let compared = (model.key.len() == 1).then_some(with);
    let stored: Vec<_> = fields.iter().filter(|field| field.relation.is_some()).collect();
    let stored_docs = stored.iter().map(|field| &field.docs);
    let stored_made = stored.iter().map(|field| field.made());
    let docs = relations.iter().map(|relation| doc(relation, model));
    let made = relations.iter().map(made);
    let has = relations
        .iter()
        .map(|relation| format_ident!("{}", if is_many(relation) { "HasMany" } else { "HasOne" }));
    quote! {
        __orm::with_relations! {
            #ident #module #with (#compared)
            #([#(#stored_docs)*] #stored_made HasOne)*
            #([#[doc = #docs]] #made #has)*
        }
    }
}
