//! Trees of pairs: what the compiler walks in fewer levels than a list.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, TokenStream};
use quote::{TokenStreamExt, format_ident};

/// Pairs of pairs, as deep as they must be, with these leaves.
pub(super) fn tree(leaves: usize, leaf: &mut impl FnMut(usize, &mut TokenStream)) -> TokenStream {
    let mut tokens = TokenStream::new();
    match leaves {
        0 => tokens.append(Group::new(Delimiter::Parenthesis, TokenStream::new())),
        _ => grow(&mut tokens, 0, leaves, leaf),
    }
    tokens
}

fn grow(
    tokens: &mut TokenStream,
    first: usize,
    leaves: usize,
    leaf: &mut impl FnMut(usize, &mut TokenStream),
) {
    if leaves == 1 {
        return leaf(first, tokens);
    }
    let left = leaves / 2;
    let mut pair = TokenStream::new();
    grow(&mut pair, first, left, leaf);
    pair.append(Punct::new(',', Spacing::Alone));
    grow(&mut pair, first + left, leaves - left, leaf);
    tokens.append(Group::new(Delimiter::Parenthesis, pair));
}

/// The way to the leaf at this position of such a tree, as a type: `__ToLRL` is left, right, left.
pub(super) struct Way(Vec<Ident>);

impl Way {
    pub(super) fn to(at: usize, leaves: usize) -> Self {
        let turns = turns(at, leaves);
        let parts =
            turns.as_bytes().chunks(3).map(|part| format_ident!("__To{}", String::from_utf8_lossy(part)));
        let mut parts: Vec<_> = parts.collect();
        if parts.is_empty() {
            // The only leaf is no pair, and any way leads to it.
            parts.push(format_ident!("__ToL"));
        }
        Way(parts)
    }
}

impl quote::ToTokens for Way {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Some((part, rest)) = self.0.split_first() else { return };
        tokens.append(part.clone());
        let closing = rest.len();
        for part in rest {
            tokens.append(Punct::new('<', Spacing::Alone));
            tokens.append(part.clone());
        }
        tokens.append_all((0..closing).map(|_| Punct::new('>', Spacing::Alone)));
    }
}

fn turns(at: usize, leaves: usize) -> String {
    let left = leaves / 2;
    match at.checked_sub(left) {
        _ if leaves < 2 => String::new(),
        None => format!("L{}", turns(at, left)),
        Some(at) => format!("R{}", turns(at, leaves - left)),
    }
}
