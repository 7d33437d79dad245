//! The user's own tokens, and `Self` in them written out: types and expressions are copied to places where it would mean
//! something else.

use proc_macro2::{Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt};

/// Tokens that are written several times. One by one, because to put a stream into another takes three calls of the compiler.
#[derive(Clone)]
pub(crate) struct Tokens(Vec<TokenTree>);

impl Tokens {
    /// These tokens.
    pub(crate) fn of(tokens: impl ToTokens) -> Self {
        Tokens(tokens.into_token_stream().into_iter().collect())
    }
}

impl ToTokens for Tokens {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.0.iter().cloned());
    }
}

/// A type, or an option of it.
pub(crate) struct Held<'a> {
    pub(crate) ty: &'a Tokens,
    pub(crate) is_option: bool,
}

impl ToTokens for Held<'_> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        if !self.is_option {
            return self.ty.to_tokens(tokens);
        }
        for part in ["core", "option", "Option"] {
            tokens.append(Punct::new(':', Spacing::Joint));
            tokens.append(Punct::new(':', Spacing::Alone));
            tokens.append(Ident::new(part, Span::call_site()));
        }
        tokens.append(Punct::new('<', Spacing::Alone));
        self.ty.to_tokens(tokens);
        tokens.append(Punct::new('>', Spacing::Alone));
    }
}

/// The tokens with `Self` replaced by the struct's name.
pub(crate) fn without_self(tokens: impl ToTokens, ident: &Ident) -> TokenStream {
    replace(tokens.into_token_stream(), ident)
}

fn replace(tokens: TokenStream, ident: &Ident) -> TokenStream {
    let replaced = tokens.into_iter().map(|token| match token {
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
    });
    replaced.collect()
}
