//! Checked choices.

use std::collections::HashMap;

use proc_macro2::Ident;
use syn::Visibility;
use syn::ext::IdentExt;

use super::names;
use crate::diagnostics::Diagnostics;
use crate::parse::choices::{Input, Storage, StoredInput, VariantInput, integer};

/// An enum whose variants can be stored.
pub(crate) struct Choices {
    pub(crate) visibility: Visibility,
    pub(crate) ident: Ident,
    pub(crate) storage: Storage,
    pub(crate) variants: Vec<Variant>,
}

/// A variant.
pub(crate) struct Variant {
    pub(crate) ident: Ident,
    pub(crate) name: String,
    pub(crate) value: Stored,
    pub(crate) label: String,
}

/// What a variant is stored as.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum Stored {
    Text(String),
    Integer(i64),
}

/// Checks that each variant has a value of its own, of the right type.
pub(crate) fn check(input: Input, diagnostics: &mut Diagnostics) -> Choices {
    let storage = input.storage.map_or(Storage::Text, |given| given.value);
    let mut seen: HashMap<Stored, String> = HashMap::new();
    let mut variants = Vec::with_capacity(input.variants.len());
    for (variant, position) in input.variants.into_iter().zip(0..) {
        let name = variant.ident.unraw().to_string();
        let (value, otherwise) = match storage {
            Storage::Text => (text(&variant, &name, diagnostics), Stored::Text(names::snake_case(&name))),
            integer => (number(&variant, integer, diagnostics), Stored::Integer(position)),
        };
        if let Some(value) = &value
            && let Some(other) = seen.insert(value.clone(), name.clone())
        {
            diagnostics.push(
                &variant.ident,
                format_args!("`{other}` is stored as the same value; give one of them another with `#[choice(value = …)]`"),
            );
        }
        let label = variant.label.map_or_else(|| names::words(&name), |given| given.value.value());
        // What a mistake left open is filled in, so that the rest can be written.
        variants.push(Variant { ident: variant.ident, name, value: value.unwrap_or(otherwise), label });
    }
    Choices { visibility: input.visibility, ident: input.ident, storage, variants }
}

fn text(variant: &VariantInput, name: &str, diagnostics: &mut Diagnostics) -> Option<Stored> {
    let Some(given) = &variant.value else { return Some(Stored::Text(names::snake_case(name))) };
    match &given.value {
        StoredInput::Text(literal) => {
            let value = literal.value();
            if value.chars().any(char::is_control) {
                diagnostics.push(literal, "a stored choice contains a control character; remove it");
            }
            Some(Stored::Text(value))
        }
        StoredInput::Integer(_) => {
            diagnostics.push(
                &given.key,
                "these choices are stored as text: write `value = \"…\"`, or add `#[choices(integer)]` to the enum",
            );
            None
        }
    }
}

fn number(variant: &VariantInput, storage: Storage, diagnostics: &mut Diagnostics) -> Option<Stored> {
    let ident = &variant.ident;
    let value = match (&variant.value, &variant.discriminant) {
        (Some(given), _) => match &given.value {
            StoredInput::Integer(value) => Some(*value),
            StoredInput::Text(literal) => {
                diagnostics.push(literal, "these choices are stored as integers: write a number");
                return None;
            }
        },
        (None, Some(discriminant)) => integer(discriminant),
        (None, None) => None,
    };
    let Some(value) = value else {
        diagnostics.push(
            ident,
            format_args!(
                "what is stored must not change when variants move: write the number, `{ident} = 1` or `#[choice(value = 1)]`"
            ),
        );
        return None;
    };
    let fits = match storage {
        Storage::I16 => i16::try_from(value).is_ok(),
        Storage::I32 => i32::try_from(value).is_ok(),
        Storage::I64 | Storage::Text => true,
    };
    if !fits {
        diagnostics.push(
            ident,
            format_args!("{value} needs more room: write `#[choices(i64)]` on the enum, or a smaller number"),
        );
        return None;
    }
    Some(Stored::Integer(value))
}
