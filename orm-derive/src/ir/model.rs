//! A checked model.

use proc_macro2::{Ident, TokenStream};
use syn::Visibility;
use syn::ext::IdentExt;

use super::field::{self, Field, Supply};
use super::kind::Kind;
use super::{check, names};
use crate::diagnostics::{Diagnostics, did_you_mean, list};
use crate::parse::attribute::Given;
use crate::parse::model::{IndexOption, Input, Term};

/// A model.
pub(crate) struct Model {
    pub(crate) visibility: Visibility,
    /// The struct's name, as written.
    pub(crate) ident: Ident,
    /// The struct's name without `r#`.
    pub(crate) name: String,
    pub(crate) table: String,
    /// The module with the types of the fields.
    pub(crate) module: Ident,
    pub(crate) fields: Vec<Field>,
    /// Positions of the primary key's fields; empty only after a mistake.
    pub(crate) key: Vec<usize>,
    pub(crate) ordering: Vec<Position>,
    pub(crate) indexes: Vec<Index>,
    pub(crate) checks: Vec<(String, TokenStream)>,
    /// Whether there was a mistake, so that assertions about types would only repeat it.
    pub(crate) is_broken: bool,
}

/// A field in an order or an index.
#[derive(Clone, Copy)]
pub(crate) struct Position {
    pub(crate) field: usize,
    pub(crate) descending: bool,
}

/// An index or a unique constraint over several fields.
pub(crate) struct Index {
    pub(crate) name: Option<String>,
    pub(crate) unique: bool,
    pub(crate) fields: Vec<Position>,
}

/// Checks the whole model. What is wrong is noted and left out, so that the rest can be written.
pub(crate) fn check(input: Input, diagnostics: &mut Diagnostics) -> Model {
    let name = input.ident.unraw().to_string();
    let table = table(&input, &name, diagnostics);
    let key = key(&input, diagnostics);
    let finder =
        Finder { fields: input.fields.iter().map(|field| field.ident.unraw().to_string()).collect() };
    let ordering = input
        .options
        .ordering
        .as_ref()
        .map_or_else(Vec::new, |given| finder.positions(&given.value, diagnostics));
    let indexes = indexes(&input.options.indexes, &finder, diagnostics);
    let checks = check::constraints(&input.options.checks, diagnostics);

    let identity = identity(&input, &key, diagnostics);
    let mut fields: Vec<Field> =
        input.fields.into_iter().map(|field| field::check(field, &input.ident, diagnostics)).collect();
    for &at in &key {
        if let Some(field) = fields.get_mut(at) {
            field.primary_key = true;
            field.indexed = true;
            if Some(at) == identity {
                field.supply = Supply::Identity;
            }
        }
    }
    for position in indexes.iter().flat_map(|index| &index.fields) {
        if let Some(field) = fields.get_mut(position.field) {
            field.indexed = true;
        }
    }
    check::fields(&fields, diagnostics);
    Model {
        visibility: input.visibility,
        module: input.options.fields_mod.map_or_else(|| names::module(&input.ident), |given| given.value),
        ident: input.ident,
        name,
        table,
        fields,
        key,
        ordering,
        indexes,
        checks,
        is_broken: !diagnostics.is_empty(),
    }
}

fn table(input: &Input, name: &str, diagnostics: &mut Diagnostics) -> String {
    if let Some(given) = &input.options.table {
        let table = given.value.value();
        names::check(&table, "the table", &given.value, diagnostics);
        return table;
    }
    let table = names::snake_case(name);
    names::check(&table, "the table", &input.ident, diagnostics);
    table
}

const NO_KEY: &str = "a model needs a primary key: put `#[field(primary_key)]` on the field that is, or add one: `#[field(primary_key)] id: i64`";

fn key(input: &Input, diagnostics: &mut Diagnostics) -> Vec<usize> {
    let marked: Vec<(usize, &Ident)> = input
        .fields
        .iter()
        .enumerate()
        .filter_map(|(at, field)| field.options.primary_key.as_ref().map(|given| (at, &given.key)))
        .collect();
    let key = match (&input.options.primary_key, marked.as_slice()) {
        (Some(given), marked) => {
            for (_, at) in marked {
                diagnostics.push(at, "the struct's `primary_key(…)` names all its fields; remove this one");
            }
            composite_key(given, input, diagnostics)
        }
        (None, []) => {
            diagnostics.push(&input.ident, NO_KEY);
            Vec::new()
        }
        (None, [(at, _)]) => vec![*at],
        (None, [(first, _), rest @ ..]) => {
            let names = marked
                .iter()
                .filter_map(|(at, _)| input.fields.get(*at))
                .map(|field| field.ident.to_string());
            let names = names.collect::<Vec<_>>().join(", ");
            for (_, key) in rest {
                diagnostics.push(
                    key,
                    format_args!(
                        "two primary keys: if both make one key together, write `#[model(primary_key({names}))]` on the struct instead; if not, remove one"
                    ),
                );
            }
            vec![*first]
        }
    };
    for field in key.iter().filter_map(|&at| input.fields.get(at)) {
        if super::kind::argument_of(&field.ty, "Option").is_some() {
            diagnostics.push(&field.ty, "a primary key is never NULL: remove the `Option`");
        }
        for given in [&field.options.unique, &field.options.index].into_iter().flatten() {
            if key.len() == 1 {
                let word = &given.key;
                diagnostics
                    .push(word, format_args!("a primary key is unique and has an index; remove `{word}`"));
            }
        }
    }
    key
}

fn composite_key(given: &Given<Vec<Ident>>, input: &Input, diagnostics: &mut Diagnostics) -> Vec<usize> {
    let finder =
        Finder { fields: input.fields.iter().map(|field| field.ident.unraw().to_string()).collect() };
    let mut key = Vec::new();
    for ident in &given.value {
        if let Some(at) = finder.find(ident, diagnostics) {
            if key.contains(&at) {
                diagnostics.push(ident, format_args!("`{ident}` is named twice; remove one"));
            } else {
                key.push(at);
            }
        }
    }
    if given.value.is_empty() {
        diagnostics.push(&given.key, "name the fields: `primary_key(order, product)`");
    } else if given.value.len() > 6 {
        diagnostics.push(
            &given.key,
            "a primary key has at most six fields; use a key of one field, and `unique(…)`",
        );
    }
    key.truncate(6);
    key
}

/// The key that the database counts, if there is one.
fn identity(input: &Input, key: &[usize], diagnostics: &mut Diagnostics) -> Option<usize> {
    for (at, field) in input.fields.iter().enumerate() {
        if let Some(given) = field.options.identity.as_ref().filter(|_| key != [at].as_slice()) {
            let message = if key.contains(&at) {
                "`identity` is for a primary key of one field; remove it"
            } else {
                "`identity` is for the primary key: write `#[field(primary_key, identity)]`, or remove it"
            };
            diagnostics.push(&given.key, message);
        }
    }
    let &[at] = key else { return None };
    let field = input.fields.get(at)?;
    let kind = super::kind::of(&field.ty);
    match (&field.options.identity, kind) {
        (Some(given), Some(kind)) if kind != Kind::Integer => {
            if given.value {
                diagnostics
                    .push(&given.key, "`identity` is for integers, and this field is not one; remove it");
            }
            return None;
        }
        (Some(given), _) if !given.value => return None,
        (Some(_), _) | (None, Some(Kind::Integer)) => {}
        (None, _) => return None,
    }
    if let Some(default) = &field.options.default {
        conflict(&default.key, diagnostics);
    }
    if let Some(default) = &field.options.db_default {
        conflict(&default.key, diagnostics);
    }
    Some(at)
}

fn conflict(key: &Ident, diagnostics: &mut Diagnostics) {
    diagnostics.push(
        key,
        format_args!(
            "the database counts this key, so it has no `{key}`; remove it, or write `#[field(primary_key, identity = false, …)]`"
        ),
    );
}

fn indexes(options: &[IndexOption], finder: &Finder, diagnostics: &mut Diagnostics) -> Vec<Index> {
    let mut indexes = Vec::new();
    for option in options {
        let name = option.name.as_ref().map(|literal| {
            let name = literal.value();
            names::check(&name, "the index", literal, diagnostics);
            if indexes.iter().any(|index: &Index| index.name.as_ref() == Some(&name)) {
                diagnostics.push(literal, format_args!("two indexes are named \"{name}\"; rename one"));
            }
            name
        });
        if option.unique {
            for term in option.terms.iter().filter(|term| term.descending) {
                diagnostics.push(&term.field, "a unique constraint has no direction; remove the `-`");
            }
        }
        let fields = finder.positions(&option.terms, diagnostics);
        if !fields.is_empty() {
            indexes.push(Index { name, unique: option.unique, fields });
        }
    }
    indexes
}

/// Finds fields by name.
struct Finder {
    fields: Vec<String>,
}

impl Finder {
    fn find(&self, ident: &Ident, diagnostics: &mut Diagnostics) -> Option<usize> {
        let name = ident.unraw().to_string();
        let found = self.fields.iter().position(|field| *field == name);
        if found.is_none() {
            let fields = || self.fields.iter().map(String::as_str);
            let hint = match did_you_mean(&name, fields()) {
                hint if hint.is_empty() => format!("; there are {}", list(fields())),
                hint => hint,
            };
            diagnostics.push(ident, format_args!("no field is named `{name}`{hint}"));
        }
        found
    }

    /// The positions of several fields, each once.
    fn positions(&self, terms: &[Term], diagnostics: &mut Diagnostics) -> Vec<Position> {
        let mut positions: Vec<Position> = Vec::new();
        for term in terms {
            let Some(field) = self.find(&term.field, diagnostics) else { continue };
            if positions.iter().any(|position| position.field == field) {
                diagnostics.push(&term.field, format_args!("`{}` is named twice; remove one", term.field));
            } else {
                positions.push(Position { field, descending: term.descending });
            }
        }
        positions
    }
}
