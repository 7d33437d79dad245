//! `#[derive(Choices)]`: the enum with its `#[choices(…)]` and `#[choice(…)]` attributes.

use syn::parse::ParseStream;
use syn::{
    Attribute, Data, DeriveInput, Error, Expr, ExprLit, ExprUnary, Ident, Lit, LitStr, Result, Token, UnOp,
    Visibility,
};

use super::attribute::{self, Given, flag, items, set};
use crate::diagnostics::Diagnostics;

/// The enum as written.
pub(crate) struct Input {
    pub(crate) visibility: Visibility,
    pub(crate) ident: Ident,
    pub(crate) storage: Option<Given<Storage>>,
    pub(crate) variants: Vec<VariantInput>,
}

/// A variant as written.
pub(crate) struct VariantInput {
    pub(crate) ident: Ident,
    pub(crate) value: Option<Given<StoredInput>>,
    pub(crate) label: Option<Given<LitStr>>,
    pub(crate) discriminant: Option<Expr>,
}

/// What the variants are stored as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Storage {
    Text,
    I16,
    I32,
    I64,
}

/// The value of `#[choice(value = …)]`.
pub(crate) enum StoredInput {
    Text(LitStr),
    Integer(i64),
}

/// Reads the enum, or notes why its variants cannot be stored.
pub(crate) fn parse(input: &DeriveInput, diagnostics: &mut Diagnostics) -> Option<Input> {
    let ident = &input.ident;
    let Data::Enum(data) = &input.data else {
        diagnostics.push(ident, "`Choices` is for an enum; for a newtype derive `FieldType` instead");
        return None;
    };
    if !input.generics.params.is_empty() {
        diagnostics.push(
            &input.generics,
            "choices have no values inside, so they need no type parameters; remove them",
        );
        return None;
    }
    if data.variants.is_empty() {
        diagnostics.push(ident, "there is nothing to choose from: add variants");
        return None;
    }
    let mut fieldless = true;
    for variant in data.variants.iter().filter(|variant| !variant.fields.is_empty()) {
        fieldless = false;
        diagnostics.push(
            variant,
            format_args!("a choice has no values inside; to store values make the field a `Json<{ident}>` instead of deriving `Choices`"),
        );
    }
    if !fieldless {
        return None;
    }
    let storage = storage(&input.attrs, diagnostics);
    let variants = data
        .variants
        .iter()
        .map(|variant| {
            let (value, label) = choice(&variant.attrs, diagnostics);
            let discriminant = variant.discriminant.as_ref().map(|(_, value)| value.clone());
            VariantInput { ident: variant.ident.clone(), value, label, discriminant }
        })
        .collect();
    Some(Input { visibility: input.vis.clone(), ident: ident.clone(), storage, variants })
}

fn storage(attributes: &[Attribute], diagnostics: &mut Diagnostics) -> Option<Given<Storage>> {
    let mut storage = None;
    items(attributes, "choices", diagnostics, |key, input, _| {
        let chosen = match key.to_string().as_str() {
            "text" => Storage::Text,
            "integer" | "i32" => Storage::I32,
            "i16" => Storage::I16,
            "i64" => Storage::I64,
            _ => return Err(attribute::unknown(key, &["text", "integer", "i16", "i32", "i64"])),
        };
        flag(key, input)?;
        if storage.is_some() {
            return Err(Error::new(key.span(), "choices are stored in one way; remove this"));
        }
        set(&mut storage, key, chosen)
    });
    storage
}

type Choice = (Option<Given<StoredInput>>, Option<Given<LitStr>>);

fn choice(attributes: &[Attribute], diagnostics: &mut Diagnostics) -> Choice {
    let (mut value, mut label) = (None, None);
    items(attributes, "choice", diagnostics, |key, input, _| match key.to_string().as_str() {
        "value" => set(&mut value, key, stored(key, input)?),
        "label" => set(&mut label, key, attribute::text(key, input, "In review")?),
        _ => Err(attribute::unknown(key, &["value", "label"])),
    });
    (value, label)
}

fn stored(key: &Ident, input: ParseStream<'_>) -> Result<StoredInput> {
    const EXAMPLE: &str = "write `value = \"…\"`, or `value = 3` in an enum with `#[choices(integer)]`";
    if input.parse::<Option<Token![=]>>()?.is_none() {
        return Err(Error::new(key.span(), EXAMPLE));
    }
    let expression: Expr = input.parse()?;
    match &expression {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Ok(StoredInput::Text(text.clone())),
        _ => integer(&expression)
            .map(StoredInput::Integer)
            .ok_or_else(|| Error::new_spanned(&expression, EXAMPLE)),
    }
}

/// The value of an integer literal with or without a sign.
pub(crate) fn integer(expression: &Expr) -> Option<i64> {
    let literal = |expression: &Expr, sign: &str| match expression {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => {
            format!("{sign}{}", number.base10_digits()).parse().ok()
        }
        _ => None,
    };
    match expression {
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => literal(expr, "-"),
        other => literal(other, ""),
    }
}
