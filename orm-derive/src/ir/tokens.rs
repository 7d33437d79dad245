//! `Self` written out: the user's types and expressions are copied to places where it would mean something else.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::ToTokens;

/// The tokens with `Self` replaced by the struct's name.
pub(crate) fn without_self(tokens: impl ToTokens, ident: &Ident) -> TokenStream {
    replace(tokens.into_token_stream(), ident)
}

fn replace(tokens: TokenStream, ident: &Ident) -> TokenStream {
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Ident(word) if word == "Self" => {
                let mut ident = ident.clone();
                ident.set_span(word.span());
                TokenTree::Ident(ident)
            }
            TokenTree::Group(group) => {
                let mut replaced = Group::new(group.delimiter(), replace(group.stream(), ident));
                replaced.set_span(group.span());
                TokenTree::Group(replaced)
            }
            other => other,
        })
        .collect()
}
