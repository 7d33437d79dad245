//! The items of an attribute: `name`, `name = value` and `name(…)`, separated by commas.

use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseBuffer, ParseStream, Parser};
use syn::{Attribute, Error, Ident, LitInt, LitStr, Result, Token};

use crate::diagnostics::{Diagnostics, did_you_mean, list};

/// Hands the name of each item of all attributes called `name` to `item`, which reads the rest of it.
/// After a mistake the next item is read, so that one does not hide another.
pub(crate) fn items(
    attributes: &[Attribute],
    name: &str,
    diagnostics: &mut Diagnostics,
    mut item: impl FnMut(&Ident, ParseStream<'_>, &mut Diagnostics) -> Result<()>,
) {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(name)) {
        if attribute.meta.require_list().is_err() {
            diagnostics.push(attribute, format_args!("write the options in parentheses: `#[{name}(…)]`"));
            continue;
        }
        let read = attribute.parse_args_with(|input: ParseStream<'_>| each(input, diagnostics, &mut item));
        if let Err(error) = read {
            diagnostics.error(error);
        }
    }
}

/// As [`items`], for what stands in the parentheses of an attribute that is a macro itself.
pub(crate) fn items_of(
    arguments: TokenStream,
    diagnostics: &mut Diagnostics,
    mut item: impl FnMut(&Ident, ParseStream<'_>, &mut Diagnostics) -> Result<()>,
) {
    let read = |input: ParseStream<'_>| each(input, diagnostics, &mut item);
    if let Err(error) = read.parse2(arguments) {
        diagnostics.error(error);
    }
}

fn each(
    input: ParseStream<'_>,
    diagnostics: &mut Diagnostics,
    item: &mut impl FnMut(&Ident, ParseStream<'_>, &mut Diagnostics) -> Result<()>,
) -> Result<()> {
    while !input.is_empty() {
        let result = input
            .call(Ident::parse_any)
            .map_err(|error| Error::new(error.span(), "expected the name of an option"))
            .and_then(|key| item(&key, input, diagnostics))
            .and_then(|()| end_of_item(input));
        if let Err(error) = result {
            diagnostics.error(error);
            skip_item(input)?;
        }
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(())
}

fn end_of_item(input: ParseStream<'_>) -> Result<()> {
    if input.is_empty() || input.peek(Token![,]) { Ok(()) } else { Err(input.error("expected `,`")) }
}

fn skip_item(input: ParseStream<'_>) -> Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

/// What `read` makes of the tokens in brackets. After a mistake the rest of them is skipped, of which the parser would
/// complain as well.
pub(crate) fn inside<T>(
    content: &ParseBuffer<'_>,
    read: impl FnOnce(ParseStream<'_>) -> Result<T>,
) -> Result<T> {
    let result = read(content);
    if result.is_err() {
        content.parse::<TokenStream>()?;
    }
    result
}

/// An option with the place where it was written.
pub(crate) struct Given<T> {
    pub(crate) key: Ident,
    pub(crate) value: T,
}

/// Keeps the value of an option, which may be written once.
pub(crate) fn set<T>(slot: &mut Option<Given<T>>, key: &Ident, value: T) -> Result<()> {
    if slot.is_some() {
        return Err(Error::new(key.span(), format_args!("`{key}` is given twice; remove one")));
    }
    *slot = Some(Given { key: key.clone(), value });
    Ok(())
}

/// The value after `name =`.
pub(crate) fn value<T: Parse>(key: &Ident, input: ParseStream<'_>, example: &str) -> Result<T> {
    if !input.peek(Token![=]) {
        return Err(Error::new(key.span(), format_args!("`{key}` needs a value: `{key} = {example}`")));
    }
    input.parse::<Token![=]>()?;
    let at = input.span();
    T::parse(input).map_err(|_| {
        Error::new(at, format_args!("this is not what `{key}` needs: write `{key} = {example}`"))
    })
}

/// The text after `name =`.
pub(crate) fn text(key: &Ident, input: ParseStream<'_>, example: &str) -> Result<LitStr> {
    value(key, input, &format!("{example:?}"))
}

/// The closure of one argument after `name =`.
pub(crate) fn closure(key: &Ident, input: ParseStream<'_>, example: &str) -> Result<syn::ExprClosure> {
    let closure: syn::ExprClosure = value(key, input, example)?;
    if closure.inputs.len() == 1 {
        return Ok(closure);
    }
    Err(Error::new_spanned(&closure, format_args!("the closure gets the fields: write `{key} = {example}`")))
}

/// The number after `name =`.
pub(crate) fn number(key: &Ident, input: ParseStream<'_>, example: u32) -> Result<u32> {
    let literal: LitInt = value(key, input, &example.to_string())?;
    literal.base10_parse().map_err(|_| {
        Error::new(literal.span(), format_args!("`{key}` is a whole number from 0 to {}", u32::MAX))
    })
}

/// A name that stands alone.
pub(crate) fn flag(key: &Ident, input: ParseStream<'_>) -> Result<()> {
    if input.peek(Token![=]) || input.peek(syn::token::Paren) {
        return Err(Error::new(
            key.span(),
            format_args!("`{key}` has no value: write `{key}` alone, or leave it out"),
        ));
    }
    Ok(())
}

/// An option that does not exist.
pub(crate) fn unknown(key: &Ident, known: &[&str]) -> Error {
    let written = key.unraw().to_string();
    let message = match did_you_mean(&written, known.iter().copied()) {
        hint if hint.is_empty() => {
            format!("unknown option `{written}`; there are {}", list(known.iter().copied()))
        }
        hint => format!("unknown option `{written}`{hint}"),
    };
    Error::new(key.span(), message)
}

/// An option that does not exist; `instead` is what to write where its word is known from elsewhere.
pub(crate) fn unknown_or(key: &Ident, instead: Option<&'static str>, known: &[&str]) -> Error {
    instead.map_or_else(|| unknown(key, known), |instead| Error::new(key.span(), instead))
}

/// The doc comments among the attributes.
pub(crate) fn docs(attributes: &[Attribute]) -> Vec<Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("doc")).cloned().collect()
}
