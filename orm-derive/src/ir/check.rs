//! Rules across fields.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::LitStr;

use super::field::{Field, OwnIndex};
use super::kind::Kind;
use super::names;
use crate::diagnostics::Diagnostics;
use crate::parse::model::{CheckOption, WordsOption};

/// Columns are different, and text in an index has a limit.
pub(crate) fn fields(fields: &[Field], diagnostics: &mut Diagnostics) {
    for (at, field) in fields.iter().enumerate() {
        // Without regard to case, as MySQL and SQLite see columns.
        let column = field.column.to_lowercase();
        if let Some(other) = fields.iter().take(at).find(|other| other.column.to_lowercase() == column) {
            diagnostics.push(
                &field.ident,
                format_args!(
                    "column \"{}\" belongs to `{}` already; give one of them another name with `#[field(column = \"…\")]`",
                    field.column, other.name
                ),
            );
        }
        if field.kind == Some(Kind::Text) && field.indexed && field.max_length.is_none() {
            diagnostics.push(
                &field.written,
                format_args!(
                    "`{}` is text in {}, and MySQL cannot index text without a limit: add `max_length = 200`",
                    field.name,
                    place(field)
                ),
            );
        }
    }
}

fn place(field: &Field) -> &'static str {
    if field.primary_key {
        "the primary key"
    } else if field.own_index == Some(OwnIndex::Unique) {
        "a unique constraint"
    } else {
        "an index"
    }
}

/// A check constraint.
pub(crate) struct Constraint {
    pub(crate) name: String,
    pub(crate) condition: TokenStream,
    pub(crate) words: Words,
}

/// What validation says where a constraint is violated: its code, and its message.
#[derive(Default)]
pub(crate) struct Words(Option<String>, Option<String>);

impl From<&WordsOption> for Words {
    fn from(option: &WordsOption) -> Self {
        Words(option.code.as_ref().map(LitStr::value), option.message.as_ref().map(LitStr::value))
    }
}

impl ToTokens for Words {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let part = |part: &Option<String>| match part {
            None => quote!(::core::option::Option::None),
            Some(text) => quote!(::core::option::Option::Some(#text)),
        };
        let (code, message) = (part(&self.0), part(&self.1));
        tokens.extend(quote!((#code, #message)));
    }
}

/// The check constraints.
pub(crate) fn constraints(options: &[CheckOption], diagnostics: &mut Diagnostics) -> Vec<Constraint> {
    let mut checks: Vec<Constraint> = Vec::new();
    for option in options {
        let name = option.name.value();
        names::check(&name, "the check", &option.name, diagnostics);
        if checks.iter().any(|other| other.name == name) {
            diagnostics.push(&option.name, format_args!("two checks are named \"{name}\"; rename one"));
        }
        if option.condition.inputs.len() != 1 {
            diagnostics.push(&option.condition, "the closure gets the fields: `|row| row.views.ge(0)`");
            continue;
        }
        let (condition, words) = (option.condition.to_token_stream(), (&option.words).into());
        checks.push(Constraint { name, condition, words });
    }
    checks
}
