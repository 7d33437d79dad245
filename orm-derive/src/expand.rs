//! Writes code from the checked model. Nothing is decided here.
//!
//! All names come from `::orm::private`, which is `__orm` in the block with everything but the types, and no path starts with
//! `super` or `crate`, so that the code stands in any scope, also in a function's body.
//!
//! Functions without type parameters are `#[inline]`: the compiler generates code for such a one only where it is called, and
//! most models never use most of what is derived for them.

pub(crate) mod choices;
mod constraints;
mod derived;
mod deserialize;
mod draft;
pub(crate) mod factory;
mod meta;
mod model_impl;
mod new;
pub(crate) mod newtype;
pub(crate) mod projection;
mod relations;
pub(crate) mod stub;
pub(crate) mod test;
mod tree;
mod validate;
mod with;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use crate::ir::model::Model;

/// Everything that `#[derive(Model)]` writes.
pub(crate) fn model(model: &Model) -> TokenStream {
    let names = Names::of(model);
    let derived = derived::expand(model, &names);
    let types = [with::types(model, &names), relations::types(model)];
    [derived].into_iter().chain(types).collect()
}

/// Lints that are about style, in code that nobody wrote. Of models the template has the same lists.
const LINTS: Lints = Lints::Code;

/// Those of them that speak of a type's declaration although it comes from a derive: about words, and about the user's types in
/// it. All others are silent there, and each token costs the user's compiler a little.
const TYPE_LINTS: Lints = Lints::Type;

#[derive(Clone, Copy)]
enum Lints {
    Code,
    Type,
}

impl quote::ToTokens for Lints {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(match self {
            Lints::Code => quote! {
                dead_code, missing_copy_implementations, missing_debug_implementations, missing_docs, non_camel_case_types,
                non_snake_case, non_upper_case_globals, private_interfaces, unnameable_types, unreachable_code,
                unreachable_pub, unreachable_patterns, unused_qualifications, clippy::all, clippy::pedantic, clippy::nursery
            },
            Lints::Type => quote! {
                missing_docs, private_interfaces, unused_qualifications, clippy::all, clippy::pedantic, clippy::nursery
            },
        });
    }
}

/// Names of what is made for a model.
pub(crate) struct Names {
    /// `PostFields`.
    pub(crate) fields: Ident,
    /// `PostDraft`.
    pub(crate) draft: Ident,
    /// `NewPost`.
    pub(crate) new: Ident,
    /// `PostOnly`.
    pub(crate) only: Ident,
    /// `PostWith`.
    pub(crate) with: Ident,
    /// The path's parameter of `PostFields`.
    pub(crate) path: Ident,
}

impl Names {
    pub(crate) fn of(model: &Model) -> Self {
        let name = &model.name;
        Names {
            fields: format_ident!("{name}Fields"),
            draft: format_ident!("{name}Draft"),
            new: format_ident!("New{name}"),
            only: format_ident!("{name}Only"),
            with: format_ident!("{name}With"),
            path: if name == "P" { format_ident!("Q") } else { format_ident!("P") },
        }
    }
}
