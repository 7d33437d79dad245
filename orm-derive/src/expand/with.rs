//! A row with related rows, and the accessors of relations.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;

use super::relations::{is_many, made};
use super::{Names, TYPE_LINTS};
use crate::ir::model::Model;
use crate::ir::names::camel_case;
use crate::ir::relations::{ForeignKey, RelationKind, Through};

/// `PostWith`.
pub(crate) fn types(model: &Model, names: &Names) -> TokenStream {
    let Model { visibility, ident, name, .. } = model;
    let with = &names.with;
    // A model may have the name that the list has in the documentation.
    let list = format_ident!("{}", if name == "L" { "__L" } else { "L" });
    if !has_relations(model) {
        // Nothing to have a method for.
        let doc = format!("A [`{name}`] with what a query loaded with it.");
        return quote! {
            #[doc = #doc]
            #[allow(#TYPE_LINTS)]
            #visibility type #with<#list> = ::orm::private::Loaded<#ident, #list>;
        };
    }
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

/// What it implements. All accessors do is the library's work, so that little is compiled for each model.
pub(crate) fn impls(model: &Model, names: &Names) -> TokenStream {
    let Model { ident, .. } = model;
    if !has_relations(model) {
        return TokenStream::new();
    }
    let with = &names.with;
    let (loaded, unloaded) = accessors(model);
    let unloaded = (!unloaded.is_empty()).then(|| {
        quote! {
            #[automatically_derived]
            impl #ident { #unloaded }
        }
    });
    let foreign_keys = foreign_keys(model, names);
    let traits = traits(model, names);
    quote! {
        #[automatically_derived]
        impl<__L> #with<__L> { #loaded }
        #unloaded
        #[automatically_derived]
        impl<__L> ::core::ops::Deref for #with<__L> {
            type Target = #ident;
            fn deref(&self) -> &#ident { self.0.row() }
        }
        #[automatically_derived]
        impl<__L> ::core::ops::DerefMut for #with<__L> {
            fn deref_mut(&mut self) -> &mut #ident { self.0.row_mut() }
        }
        #traits
        #[automatically_derived]
        impl<__L: ::core::marker::Send + 'static> __orm::LoadedRow for #with<__L> {
            type Model = #ident;
            type Loaded = __L;
            fn into_parts(self) -> (#ident, __L) { self.0.into_parts() }
            fn row(&self) -> &#ident { self.0.row() }
        }
        #[automatically_derived]
        impl<__L: ::core::marker::Send + 'static> __orm::RowParts for #with<__L> {
            fn parts_mut(&mut self) -> (&#ident, &mut __L) { self.0.parts_mut() }
        }
        #[automatically_derived]
        impl<__L, __N, __I, __D> __orm::HasNamed<__N, __I, __D> for #with<__L>
        where
            __L: __orm::HasMany<__N, __I, __D>,
        {
            fn named(&self) -> &__D { self.0.loaded().related() }
        }
        #foreign_keys
    }
}

/// A row with relations stands for the row, wherever a key is wanted.
fn foreign_keys(model: &Model, names: &Names) -> TokenStream {
    let (ident, with) = (&model.ident, &names.with);
    let compared = (model.key.len() == 1).then(|| {
        quote! {
            #[automatically_derived]
            #[diagnostic::do_not_recommend]
            impl<__L, __S> __orm::IntoExpr<__orm::ForeignKey<#ident>, __S> for &#with<__L> {
                type Null = __orm::Required;
                type Scope = __S;
                #[inline]
                fn into_operand(self) -> __orm::Node {
                    __orm::operand(__orm::ForeignKey::to(self.0.row()))
                }
            }
        }
    });
    quote! {
        #compared
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl<__L> __orm::IntoField<__orm::ForeignKey<#ident>> for &#with<__L> {
            #[inline]
            fn into_field(self) -> __orm::ForeignKey<#ident> {
                __orm::ForeignKey::to(self.0.row())
            }
        }
        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl<__L> __orm::IntoField<::core::option::Option<__orm::ForeignKey<#ident>>>
            for &#with<__L>
        {
            #[inline]
            fn into_field(self) -> ::core::option::Option<__orm::ForeignKey<#ident>> {
                __orm::Some(__orm::ForeignKey::to(self.0.row()))
            }
        }
    }
}

/// It compares, prints and serializes, if what is in it does.
fn traits(model: &Model, names: &Names) -> TokenStream {
    let (ident, with) = (&model.ident, &names.with);
    quote! {
        #[automatically_derived]
        impl<__L> ::core::clone::Clone for #with<__L>
        where
            __orm::Loaded<#ident, __L>: ::core::clone::Clone,
        {
            fn clone(&self) -> Self { #with(self.0.clone()) }
        }
        #[automatically_derived]
        impl<__L> ::core::cmp::PartialEq for #with<__L>
        where
            __orm::Loaded<#ident, __L>: ::core::cmp::PartialEq,
        {
            fn eq(&self, other: &Self) -> bool { self.0 == other.0 }
        }
        #[automatically_derived]
        impl<__L> ::core::cmp::Eq for #with<__L>
        where
            __orm::Loaded<#ident, __L>: ::core::cmp::Eq,
        {}
        #[automatically_derived]
        impl<__L> ::core::hash::Hash for #with<__L>
        where
            __orm::Loaded<#ident, __L>: ::core::hash::Hash,
        {
            fn hash<H: ::core::hash::Hasher>(&self, state: &mut H) { self.0.hash(state) }
        }
        #[automatically_derived]
        impl<__L> ::core::fmt::Debug for #with<__L>
        where
            __orm::Loaded<#ident, __L>: ::core::fmt::Debug,
        {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(&self.0, f)
            }
        }
        #[automatically_derived]
        impl<__L> __orm::Serialize for #with<__L>
        where
            __orm::Loaded<#ident, __L>: __orm::Serialize,
        {
            fn serialize<S: __orm::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                __orm::Serialize::serialize(&self.0, serializer)
            }
        }
    }
}

/// The methods of a row with relations, and those of a row without, which compile nowhere: their error says which call is
/// missing.
fn accessors(model: &Model) -> (TokenStream, TokenStream) {
    let Model { module, fields, name, .. } = model;
    let stored = fields.iter().filter(|field| field.relation.is_some()).map(|field| {
        let docs = &field.docs;
        (field.made(), quote!(#(#docs)*), quote!(HasOne))
    });
    let others = model.relations.iter().map(|relation| {
        let doc = format!("`{}` of [`{name}`].", relation.name);
        let has = if is_many(relation) { quote!(HasMany) } else { quote!(HasOne) };
        (made(relation), quote!(#[doc = #doc]), has)
    });
    let mut loaded = TokenStream::new();
    let mut unloaded = TokenStream::new();
    for (made, docs, has) in stored.chain(others) {
        loaded.extend(quote! {
            #docs
            pub fn #made<I, D>(&self) -> &D
            where
                __L: __orm::#has<#module::#made, I, D>,
            {
                self.0.loaded().related()
            }
        });
        unloaded.extend(quote! {
            #docs
            pub fn #made<I, D>(&self) -> &D
            where
                __orm::Nil: __orm::#has<#module::#made, I, D>,
            {
                __orm::#has::<#module::#made, I, D>::related(&__orm::Nil)
            }
        });
    }
    (loaded, unloaded)
}
