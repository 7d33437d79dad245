//! `#[derive(Model)]`: the struct and its `#[model(…)]` attributes.

use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Data, DeriveInput, Error, Expr, ExprClosure, Fields, Ident, LitStr, Result, Token, Type,
    Visibility, bracketed, parenthesized,
};

use super::attribute::{self, Given, inside, items, set};
use super::field::{self, FieldOptions};
use super::relations::{RelationInput, relations};
use super::types::argument_of;
use crate::diagnostics::Diagnostics;

/// The struct as written.
pub(crate) struct Input {
    pub(crate) visibility: Visibility,
    pub(crate) ident: Ident,
    pub(crate) options: ModelOptions,
    pub(crate) fields: Vec<FieldInput>,
}

/// A field as written.
pub(crate) struct FieldInput {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    /// Whether the type stands in a `Deferred`, which is not part of it.
    pub(crate) deferred: bool,
    pub(crate) docs: Vec<Attribute>,
    pub(crate) options: FieldOptions,
}

/// What `#[model(…)]` says.
#[derive(Default)]
pub(crate) struct ModelOptions {
    pub(crate) table: Option<Given<LitStr>>,
    pub(crate) fields_mod: Option<Given<Ident>>,
    pub(crate) ordering: Option<Given<Vec<Term>>>,
    pub(crate) primary_key: Option<Given<Vec<Ident>>>,
    pub(crate) indexes: Vec<IndexOption>,
    pub(crate) checks: Vec<CheckOption>,
    pub(crate) validate: Option<Given<Expr>>,
    pub(crate) validate_new: Option<Given<Expr>>,
    pub(crate) relations: Vec<RelationInput>,
    pub(crate) soft_delete: Option<Given<Ident>>,
}

/// `title` or `-created_at`.
pub(crate) struct Term {
    pub(crate) descending: bool,
    pub(crate) field: Ident,
}

/// `index(…)` or `unique(…)`.
pub(crate) struct IndexOption {
    pub(crate) unique: bool,
    pub(crate) name: Option<LitStr>,
    pub(crate) terms: Vec<Term>,
    /// Which rows a unique constraint is about.
    pub(crate) condition: Option<Given<ExprClosure>>,
    pub(crate) words: WordsOption,
}

/// `check(name = "…", |row| …)`.
pub(crate) struct CheckOption {
    pub(crate) name: LitStr,
    pub(crate) condition: ExprClosure,
    pub(crate) words: WordsOption,
}

/// What validation says where a constraint is violated: `code = "…"`, `message = "…"`.
#[derive(Clone, Default)]
pub(crate) struct WordsOption {
    pub(crate) code: Option<LitStr>,
    pub(crate) message: Option<LitStr>,
}

impl WordsOption {
    /// Takes the value of a part, if the part is one of these.
    fn take(&mut self, part: &Ident, input: ParseStream<'_>) -> Result<bool> {
        if part == "code" {
            self.code = Some(attribute::text(part, input, "overdrawn")?);
        } else if part == "message" {
            self.message = Some(attribute::text(part, input, "is more than there is")?);
        } else {
            return Ok(false);
        }
        Ok(true)
    }
}

const OPTIONS: &[&str] = &[
    "table",
    "ordering",
    "primary_key",
    "index",
    "unique",
    "check",
    "validate",
    "validate_new",
    "fields_mod",
    "has_many",
    "has_one",
    "many_to_many",
    "foreign_key",
    "soft_delete",
];

/// Reads the struct, or notes why it cannot be a model at all.
pub(crate) fn parse(input: &DeriveInput, diagnostics: &mut Diagnostics) -> Option<Input> {
    let fields = named_fields(input, diagnostics);
    if !input.generics.params.is_empty() {
        diagnostics.push(
            &input.generics,
            "a model cannot have type parameters or lifetimes, because it is one table; write the fields' types out",
        );
        return None;
    }
    let options = options(&input.attrs, diagnostics);
    let fields = fields?
        .iter()
        .filter_map(|field| {
            let (ty, deferred) = match argument_of(&field.ty, "Deferred") {
                Some(inner) => (inner, true),
                None => (&field.ty, false),
            };
            Some(FieldInput {
                ident: field.ident.clone()?,
                ty: ty.clone(),
                deferred,
                docs: attribute::docs(&field.attrs),
                options: field::options(&field.attrs, diagnostics),
            })
        })
        .collect();
    Some(Input { visibility: input.vis.clone(), ident: input.ident.clone(), options, fields })
}

fn named_fields<'a>(
    input: &'a DeriveInput,
    diagnostics: &mut Diagnostics,
) -> Option<&'a Punctuated<syn::Field, Token![,]>> {
    let ident = &input.ident;
    let message = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) if !fields.named.is_empty() => return Some(&fields.named),
            Fields::Named(_) | Fields::Unit => {
                "a model needs fields, at least a primary key: `#[field(primary_key)] id: i64`".to_owned()
            }
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => format!(
                "a model is a struct with named fields; if `{ident}` is a field's type, derive `FieldType` instead"
            ),
            Fields::Unnamed(_) => {
                format!(
                    "a model's fields have names, which its columns get: write `struct {ident} {{ id: i64, … }}`"
                )
            }
        },
        Data::Enum(_) => {
            format!(
                "a model is a struct with named fields; if `{ident}` is a field's type, derive `Choices` instead"
            )
        }
        Data::Union(_) => "a model is a struct with named fields".to_owned(),
    };
    diagnostics.push(ident, message);
    None
}

fn options(attributes: &[Attribute], diagnostics: &mut Diagnostics) -> ModelOptions {
    let mut options = ModelOptions::default();
    items(attributes, "model", diagnostics, |key, input, diagnostics| match key.to_string().as_str() {
        "table" => set(&mut options.table, key, attribute::text(key, input, "blog_post")?),
        "fields_mod" => set(&mut options.fields_mod, key, attribute::value(key, input, "post_fields")?),
        "soft_delete" => set(&mut options.soft_delete, key, attribute::value(key, input, "deleted_at")?),
        "ordering" => set(&mut options.ordering, key, ordering(key, input)?),
        "primary_key" => set(&mut options.primary_key, key, primary_key(key, input)?),
        "index" | "unique" => {
            options.indexes.push(index(key, input, diagnostics)?);
            Ok(())
        }
        "check" => {
            options.checks.push(check(key, input)?);
            Ok(())
        }
        "validate" => set(&mut options.validate, key, attribute::value(key, input, "check_dates")?),
        "validate_new" => set(&mut options.validate_new, key, attribute::value(key, input, "check_new")?),
        "has_many" | "has_one" | "many_to_many" | "foreign_key" => {
            options.relations.extend(relations(key, input)?);
            Ok(())
        }
        _ => Err(attribute::unknown(key, OPTIONS)),
    });
    options
}

fn ordering(key: &Ident, input: ParseStream<'_>) -> Result<Vec<Term>> {
    const EXAMPLE: &str = "`ordering = [-created_at, title]`";
    if !input.peek(Token![=]) {
        return Err(Error::new(key.span(), format_args!("write {EXAMPLE}")));
    }
    input.parse::<Token![=]>()?;
    if !input.peek(syn::token::Bracket) {
        return Err(input.error(format_args!("the fields stand in brackets: {EXAMPLE}")));
    }
    let content;
    bracketed!(content in input);
    inside(&content, terms)
}

fn terms(input: ParseStream<'_>) -> Result<Vec<Term>> {
    Ok(input.parse_terminated(term, Token![,])?.into_iter().collect())
}

fn term(input: ParseStream<'_>) -> Result<Term> {
    let descending = input.parse::<Option<Token![-]>>()?.is_some();
    let field = input.parse().map_err(|error| {
        Error::new(error.span(), "expected a field's name, or `-name` for the descending order")
    })?;
    Ok(Term { descending, field })
}

fn primary_key(key: &Ident, input: ParseStream<'_>) -> Result<Vec<Ident>> {
    if !input.peek(syn::token::Paren) {
        return Err(Error::new(
            key.span(),
            "name the fields: `primary_key(order, product)`; for one field write `#[field(primary_key)]` on it instead",
        ));
    }
    let content;
    parenthesized!(content in input);
    inside(&content, |names| {
        Ok(names.parse_terminated(<Ident as syn::parse::Parse>::parse, Token![,])?.into_iter().collect())
    })
}

fn index(key: &Ident, input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> Result<IndexOption> {
    if !input.peek(syn::token::Paren) {
        return Err(Error::new(
            key.span(),
            format_args!(
                "name the fields: `{key}(author, title)`; for one field write `#[field({key})]` on it instead"
            ),
        ));
    }
    let content;
    parenthesized!(content in input);
    let unique = key == "unique";
    let mut option =
        IndexOption { unique, name: None, terms: Vec::new(), condition: None, words: WordsOption::default() };
    inside(&content, |parts| index_parts(parts, &mut option))?;
    if let (Some(condition), None) = (&option.condition, &option.name) {
        diagnostics.push(
            &condition.key,
            "what has a condition needs a name: `unique(name = \"…\", fields(room), condition = |b| b.active.eq(true))`",
        );
    }
    if option.terms.is_empty() {
        diagnostics.push(
            key,
            format_args!(
                "name the fields: `{key}(author, title)`, or `{key}(name = \"…\", fields(author, title))`"
            ),
        );
    }
    Ok(option)
}

fn index_parts(input: ParseStream<'_>, option: &mut IndexOption) -> Result<()> {
    if !input.peek2(Token![=]) && !input.peek2(syn::token::Paren) {
        option.terms = terms(input)?;
        return Ok(());
    }
    while !input.is_empty() {
        let part = input.call(Ident::parse_any)?;
        if part == "name" {
            option.name = Some(attribute::text(&part, input, "post_by_author")?);
        } else if part == "fields" {
            let fields;
            parenthesized!(fields in input);
            option.terms = inside(&fields, terms)?;
        } else if option.unique && part == "condition" {
            let condition = attribute::closure(&part, input, "|row| row.active.eq(true)")?;
            set(&mut option.condition, &part, condition)?;
        } else if !(option.unique && option.words.take(&part, input)?) {
            let own: &[&str] = if option.unique {
                &["name", "fields", "condition", "code", "message"]
            } else {
                &["name", "fields"]
            };
            return Err(attribute::unknown(&part, own));
        }
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(())
}

const CHECK: &str = "write `check(name = \"views_positive\", |row| row.views.ge(0))`";

fn check(key: &Ident, input: ParseStream<'_>) -> Result<CheckOption> {
    if !input.peek(syn::token::Paren) {
        return Err(Error::new(key.span(), CHECK));
    }
    let content;
    parenthesized!(content in input);
    inside(&content, check_parts)
}

fn check_parts(input: ParseStream<'_>) -> Result<CheckOption> {
    let wrong = |error: Error| Error::new(error.span(), CHECK);
    let part: Ident = input.parse().map_err(wrong)?;
    if part != "name" {
        return Err(Error::new(part.span(), CHECK));
    }
    let name = attribute::text(&part, input, "views_positive")?;
    input.parse::<Token![,]>().map_err(wrong)?;
    let mut words = WordsOption::default();
    while input.peek(syn::Ident) && input.peek2(Token![=]) {
        let part: Ident = input.parse()?;
        if !words.take(&part, input)? {
            return Err(attribute::unknown(&part, &["name", "code", "message"]));
        }
        input.parse::<Token![,]>().map_err(wrong)?;
    }
    let condition = input.parse().map_err(wrong)?;
    input.parse::<Option<Token![,]>>()?;
    if !input.is_empty() {
        return Err(input.error(CHECK));
    }
    Ok(CheckOption { name, condition, words })
}
