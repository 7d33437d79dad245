//! Rules that fit the field that they are about.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote};
use syn::{Expr, ExprLit, ExprUnary, Ident, Lit, UnOp};

use super::kind::Kind;
use super::tokens::without_self;
use crate::diagnostics::Diagnostics;
use crate::parse::validate::{Rule, RuleOption};

/// A checked rule.
pub(crate) struct Checked {
    /// What the rule is called, where it was written.
    pub(crate) key: Ident,
    pub(crate) rule: Check,
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
}

/// What a rule asks for.
pub(crate) enum Check {
    Form,
    Length {
        min: Option<usize>,
        max: Option<usize>,
    },
    /// Each an `Option` of the field's type.
    Range {
        min: TokenStream,
        max: TokenStream,
    },
    Regex(String),
    Custom(TokenStream),
    /// Each an `Option` of the field's type.
    Step {
        by: TokenStream,
        offset: TokenStream,
    },
    /// In lower case.
    FileExtension(Vec<String>),
}

/// The rules of a field.
pub(crate) fn check(
    options: &[RuleOption],
    kind: Option<Kind>,
    is_relation: bool,
    model: &Ident,
    diagnostics: &mut Diagnostics,
) -> Vec<Checked> {
    let mut rules = Vec::new();
    for RuleOption { key, rule, code, message } in options {
        let check = match rule {
            Rule::Form | Rule::Length { .. } | Rule::Regex(_) | Rule::FileExtension(_)
                if is_relation || kind.is_some_and(|kind| kind != Kind::Text) =>
            {
                let what = match kind {
                    Some(kind) if !is_relation => kind.name(),
                    _ => "a relation",
                };
                diagnostics
                    .push(key, format_args!("`{key}` is for text, and this field is {what}; remove it"));
                continue;
            }
            Rule::Range { .. } if is_relation || matches!(kind, Some(Kind::Bool | Kind::Text)) => {
                let what = if is_relation { "a relation" } else { kind.map_or("", Kind::name) };
                let message = format_args!(
                    "`range` is for numbers, dates and times, and this field is {what}; remove it"
                );
                diagnostics.push(key, message);
                continue;
            }
            Rule::Step { .. }
                if is_relation
                    || matches!(kind, Some(Kind::Bool | Kind::Text | Kind::Temporal | Kind::Other)) =>
            {
                let what = if is_relation { "a relation" } else { kind.map_or("", Kind::name) };
                diagnostics
                    .push(key, format_args!("`step` is for numbers, and this field is {what}; remove it"));
                continue;
            }
            Rule::Form => Check::Form,
            Rule::Length { min, max } => {
                let number = |given: &Option<syn::LitInt>| given.as_ref().and_then(|n| n.base10_parse().ok());
                let (min, max): (Option<usize>, Option<usize>) = (number(min), number(max));
                if let (Some(least), Some(most)) = (min, max)
                    && least > most
                {
                    diagnostics.push(
                        key,
                        format_args!("no text has at least {least} and at most {most} characters"),
                    );
                }
                Check::Length { min, max }
            }
            Rule::Range { min, max } => {
                let mut bound = |given: &Option<Expr>| match given {
                    None => quote!(::core::option::Option::None),
                    Some(given) => bound(given, kind, model, diagnostics),
                };
                Check::Range { min: bound(min), max: bound(max) }
            }
            Rule::Regex(pattern) => {
                if let Err(error) = regex_lite::Regex::new(&pattern.value()) {
                    diagnostics.push(pattern, format_args!("this is no regular expression: {error}"));
                    continue;
                }
                Check::Regex(pattern.value())
            }
            Rule::Custom(path) => Check::Custom(without_self(path, model)),
            Rule::Step { by, offset } => {
                let is_positive = number(by)
                    .is_none_or(|by| !by.starts_with('-') && by.contains(|c| matches!(c, '1'..='9')));
                if !is_positive {
                    diagnostics.push(by, "a step is a number above 0");
                    continue;
                }
                let mut bound = |given: Option<&Expr>| match given {
                    None => quote!(::core::option::Option::None),
                    Some(given) => bound(given, kind, model, diagnostics),
                };
                Check::Step { by: bound(Some(by)), offset: bound(offset.as_ref()) }
            }
            Rule::FileExtension(allowed) => {
                Check::FileExtension(allowed.iter().map(|text| text.value().to_lowercase()).collect())
            }
        };
        let text = |given: &Option<syn::LitStr>| given.as_ref().map(syn::LitStr::value);
        rules.push(Checked { key: key.clone(), rule: check, code: text(code), message: text(message) });
    }
    rules
}

/// A bound as an `Option` of the field's type: numbers are converted where Rust would not.
fn bound(given: &Expr, kind: Option<Kind>, model: &Ident, diagnostics: &mut Diagnostics) -> TokenStream {
    let plain = || {
        let given = without_self(given, model);
        quote!(::core::option::Option::Some(#given))
    };
    let Some(number) = number(given) else { return plain() };
    match kind {
        Some(Kind::Decimal) => {
            if number.chars().filter(char::is_ascii_digit).count() > 28 || number.contains(['e', 'E']) {
                diagnostics.push(given, "a decimal has at most 28 digits and no exponent");
            }
            quote!(::orm::private::decimal_bound(#number))
        }
        Some(Kind::Float) => match number.parse::<f64>() {
            Ok(number) => {
                let number = Literal::f64_unsuffixed(number.abs());
                let sign = given.to_token_stream().to_string().starts_with('-').then(|| quote!(-));
                quote!(::core::option::Option::Some(#sign #number))
            }
            Err(_) => plain(),
        },
        _ => plain(),
    }
}

/// A number that was written as a literal, with its sign.
fn number(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) if number.suffix().is_empty() => {
            Some(number.base10_digits().to_owned())
        }
        Expr::Lit(ExprLit { lit: Lit::Float(number), .. }) if number.suffix().is_empty() => {
            Some(number.base10_digits().to_owned())
        }
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => Some(format!("-{}", number(expr)?)),
        _ => None,
    }
}
