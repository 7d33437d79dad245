//! Relations that are no field: their types, what these implement, and the models between.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::meta::on_delete;
use crate::ir::field::Field;
use crate::ir::model::Model;
use crate::ir::relations::{ForeignKey, OtherRelation, RelationKind, Through, at, marker, number_of};

/// The static that describes a relation.
fn description(relation: &OtherRelation) -> Ident {
    format_ident!("__ORM_RELATION_{}", relation.name)
}

/// References to the descriptions of all of them.
pub(super) fn references(model: &Model) -> impl Iterator<Item = TokenStream> {
    model.relations.iter().map(|relation| {
        let description = description(relation);
        quote!(&#description)
    })
}

/// The models that exist only for a relation, as functions.
pub(super) fn between(model: &Model) -> Vec<TokenStream> {
    let made = model.relations.iter().filter_map(|relation| match &relation.kind {
        RelationKind::Through(Through { made: Some((made, _)), .. }) => Some(made),
        RelationKind::Through(_) | RelationKind::Reverse { .. } | RelationKind::ForeignKey(_) => None,
    });
    made.map(|made| quote!(__orm::meta_of::<#made>)).collect()
}

/// Whether a relation leads to many rows.
pub(super) fn is_many(relation: &OtherRelation) -> bool {
    match &relation.kind {
        RelationKind::Reverse { many, .. } => *many,
        RelationKind::Through(_) => true,
        RelationKind::ForeignKey(_) => false,
    }
}

/// The models between.
pub(super) fn types(model: &Model) -> TokenStream {
    let Model { ident, visibility, name, .. } = model;
    let models = model.relations.iter().filter_map(|relation| {
        let RelationKind::Through(through) = &relation.kind else { return None };
        let (made, table) = through.made.as_ref()?;
        let Through { to, near, far, .. } = through;
        let doc = format!("A row of the table between `{name}` and what `{}` leads to.", relation.name);
        Some(quote! {
            #[doc = #doc]
            #[derive(::orm::private::derive::Model, ::core::clone::Clone, ::core::fmt::Debug, ::core::cmp::PartialEq)]
            #[model(table = #table, primary_key(#near, #far))]
            #visibility struct #made {
                #[field(on_delete = cascade)]
                pub #near: ::orm::private::ForeignKey<#ident>,
                #[field(on_delete = cascade)]
                pub #far: ::orm::private::ForeignKey<#to>,
            }
        })
    });
    quote!(#(#models)*)
}

/// What their types implement.
pub(super) fn impls(model: &Model) -> TokenStream {
    let relations = model.relations.iter().map(|relation| match &relation.kind {
        RelationKind::Reverse { many, of, name } => reverse(model, relation, *many, of, name),
        RelationKind::Through(through) => many_to_many(model, relation, through),
        RelationKind::ForeignKey(key) => foreign_key(model, relation, key),
    });
    let names = named(model);
    quote!(#(#relations)* #names)
}

/// The numbers by which other models speak of relations and unique fields.
fn named(model: &Model) -> TokenStream {
    let Model { ident, module, .. } = model;
    let fields = model.fields.iter().filter(|field| field.relation.is_some() || is_target(field, model));
    let names = fields.map(Field::made).chain(model.relations.iter().map(made));
    let names = names.map(|made| {
        let number = number_of(&made);
        quote! {
            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl __orm::Named<#number> for #ident {
                type Marker = #module::#made;
            }
        }
    });
    let targets = model.fields.iter().filter(|field| is_target(field, model)).map(|field| {
        let (made, user) = (field.made(), &field.ident);
        quote! {
            #[automatically_derived]
            impl __orm::UniqueField for #module::#made {
                #[inline]
                fn of(row: &#ident) -> &__orm::TypeOf<Self> { &row.#user }
            }
        }
    });
    quote!(#(#names)* #(#targets)*)
}

/// Whether a relation can lead here by this field.
fn is_target(field: &Field, model: &Model) -> bool {
    let unique = field.own_index == Some(crate::ir::field::OwnIndex::Unique)
        || field.primary_key && model.key.len() == 1;
    unique && !field.nullable && !field.deferred
}

/// The name for what is made from a relation, not the user's own token.
pub(super) fn made(relation: &OtherRelation) -> Ident {
    let mut ident = relation.ident.clone();
    ident.set_span(relation.ident.span().resolved_at(Span::call_site()));
    ident
}

/// The words about what is made from a relation.
pub(super) fn doc(relation: &OtherRelation, model: &Model) -> String {
    format!("`{}` of [`{}`].", relation.name, model.name)
}

fn reverse(
    model: &Model,
    relation: &OtherRelation,
    many: bool,
    of: &TokenStream,
    name: &Ident,
) -> TokenStream {
    let Model { ident, module, .. } = model;
    let (made, description, own_name) = (made(relation), description(relation), &relation.name);
    let other = marker(of, name);
    let span = name.span().resolved_at(Span::call_site());
    let kind = if many {
        quote_spanned! {span=>
            #[automatically_derived]
            impl __orm::ToMany for #module::#made {
                type Kind = <#other as __orm::Reversible>::ReverseKind;
            }
        }
    } else {
        quote_spanned! {span=>
            #[automatically_derived]
            impl __orm::ToOne for #module::#made {
                type Optional = __orm::Optional;
            }
            const _: () = __orm::one_to_one::<#other>();
        }
    };
    quote_spanned! {span=>
        static #description: __orm::RelationMeta = __orm::RelationMeta::reverse(
            #own_name,
            __orm::meta_of::<#ident>,
            __orm::meta_of::<#of>,
            <#other as __orm::Relation>::META,
        );
        #[automatically_derived]
        impl __orm::Relation for #module::#made {
            type From = #ident;
            type To = #of;
            type Key = <#other as __orm::Reversible>::ReverseKey;
            const META: &'static __orm::RelationMeta = &#description;
            #[inline]
            fn key(row: &#ident) -> ::core::option::Option<Self::Key> {
                __orm::reverse_key::<#other, #ident>(row)
            }
        }
        #[automatically_derived]
        impl __orm::ReverseOf for #module::#made {
            type Of = #other;
        }
        #kind
    }
}

fn many_to_many(model: &Model, relation: &OtherRelation, through: &Through) -> TokenStream {
    let Model { ident, module, .. } = model;
    let Through { to, model: between, near, far, symmetrical, .. } = through;
    let (made, description, name) = (made(relation), description(relation), &relation.name);
    let (near_at, far_at) = (near.span(), far.span());
    let (near, far) = (marker(between, near), marker(between, far));
    let near_meta = at(near_at, quote!(<#near as __orm::Relation>::META));
    let far_meta = at(far_at, quote!(<#far as __orm::Relation>::META));
    let near_type = at(near_at, quote!(<#near as __orm::Relation>::Key));
    let far_type = at(far_at, quote!(<#far as __orm::Relation>::Key));
    let near_key = at(near_at, quote!(__orm::reverse_key::<#near, #ident>(row)));
    let far_key = at(far_at, quote!(__orm::reverse_key::<#far, #to>(row)));
    let swapped = symmetrical.then(|| {
        quote! {
            #[inline]
            fn swapped(
                near: &__orm::NearKey<Self>,
                far: &__orm::FarKey<Self>,
            ) -> ::core::option::Option<(__orm::NearKey<Self>, __orm::FarKey<Self>)> {
                __orm::Some((__orm::Clone::clone(far), __orm::Clone::clone(near)))
            }
        }
    });
    let symmetrical = symmetrical.then(|| quote!(.symmetrical()));
    quote! {
        static #description: __orm::RelationMeta = __orm::RelationMeta::through(
            #name,
            __orm::meta_of::<#ident>,
            __orm::meta_of::<#to>,
            #near_meta,
            #far_meta,
        )#symmetrical;
        #[automatically_derived]
        impl __orm::Relation for #module::#made {
            type From = #ident;
            type To = #to;
            type Key = #near_type;
            const META: &'static __orm::RelationMeta = &#description;
            #[inline]
            fn key(row: &#ident) -> ::core::option::Option<Self::Key> {
                #near_key
            }
        }
        #[automatically_derived]
        impl __orm::ToMany for #module::#made {
            type Kind = __orm::ByTable;
        }
        #[automatically_derived]
        impl __orm::ManyToMany for #module::#made {
            type Through = #between;
            type Near = #near;
            type Far = #far;
            #swapped
        }
        #[automatically_derived]
        impl __orm::Reversible for #module::#made {
            type ReverseKey = #far_type;
            type ReverseKind = __orm::ByTable;
            #[inline]
            fn reverse_key(row: &#to) -> ::core::option::Option<Self::ReverseKey> {
                #far_key
            }
        }
    }
}

fn foreign_key(model: &Model, relation: &OtherRelation, key: &ForeignKey) -> TokenStream {
    let Model { ident, module, .. } = model;
    let ForeignKey { fields, named, nullable, unique, to, target, on_delete: action } = key;
    let (made, description, name) = (made(relation), description(relation), &relation.name);
    let positions = fields.iter().map(|at| {
        let at = Literal::usize_unsuffixed(*at);
        quote!(&__ORM.fields[#at])
    });
    let fields: Vec<_> = fields.iter().filter_map(|at| model.fields.get(*at)).collect();
    let names: Vec<_> = (0..fields.len()).map(|at| format_ident!("key{at}")).collect();
    let parts = fields.iter().map(|field| {
        let user = &field.ident;
        let value = quote!(__orm::Clone::clone(&row.#user));
        if field.nullable { quote!(#value?) } else { value }
    });
    let values =
        names.iter().zip(named).map(|(name, &named)| at(named, quote!(__orm::IntoField::into_field(#name))));
    let whole = if names.len() == 1 { quote!(#(#values)*) } else { quote!((#(#values),*)) };
    let whole =
        at(relation.ident.span(), quote!(__orm::Some)).into_iter().chain([proc_macro2::TokenTree::from({
            let mut group = proc_macro2::Group::new(proc_macro2::Delimiter::Parenthesis, whole);
            group.set_span(relation.ident.span().resolved_at(Span::call_site()));
            group
        })]);
    let whole: TokenStream = whole.collect();
    let (key_type, target_key, target_meta) = match target {
        None => {
            (quote!(<#to as __orm::Model>::Key), quote!(<#to as __orm::Model>::key(row)), TokenStream::new())
        }
        Some(target) => {
            let span = target.span();
            let target = marker(to, target);
            (
                at(span, quote!(__orm::TypeOf<#target>)),
                at(span, quote!(__orm::Clone::clone(<#target as __orm::UniqueField>::of(row)))),
                at(span, quote!(.target(&[<#target as __orm::Column>::META]))),
            )
        }
    };
    let null = if *nullable { quote!(Optional) } else { quote!(Required) };
    let action = on_delete(action, &quote!(set_key::<#module::#made>));
    let unique_meta = unique.then(|| quote!(.unique()));
    let unique = unique.then(|| {
        quote! {
            #[automatically_derived]
            impl __orm::Unique for #module::#made {}
        }
    });
    quote! {
        static #description: __orm::RelationMeta = __orm::RelationMeta::stored(
            #name,
            __orm::meta_of::<#ident>,
            __orm::meta_of::<#to>,
            &[#(#positions),*],
        )#target_meta.nullable(#nullable)#unique_meta.on_delete(__orm::OnDelete::#action);
        #[automatically_derived]
        impl __orm::Relation for #module::#made {
            type From = #ident;
            type To = #to;
            type Key = #key_type;
            const META: &'static __orm::RelationMeta = &#description;
            #[inline]
            fn key(row: &#ident) -> ::core::option::Option<Self::Key> {
                #(let #names = #parts;)*
                #whole
            }
        }
        #[automatically_derived]
        impl __orm::ToOne for #module::#made {
            type Optional = __orm::#null;
        }
        #[automatically_derived]
        impl __orm::Stored for #module::#made {
            #[inline]
            fn target_key(row: &#to) -> Self::Key { #target_key }
        }
        #[automatically_derived]
        impl __orm::Reversible for #module::#made {
            type ReverseKey = <Self as __orm::Relation>::Key;
            type ReverseKind = __orm::ByKey;
            #[inline]
            fn reverse_key(row: &#to) -> ::core::option::Option<Self::ReverseKey> {
                __orm::Some(<Self as __orm::Stored>::target_key(row))
            }
        }
        #unique
    }
}
