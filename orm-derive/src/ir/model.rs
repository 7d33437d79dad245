//! A checked model.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Expr, Visibility};

use super::field::{self, Field, Supply};
use super::kind::Kind;
use super::relations::{self, Around, OtherRelation};
use super::tokens::without_self;
use super::{check, names};
use crate::diagnostics::{Diagnostics, did_you_mean, list};
use crate::parse::attribute::Given;
use crate::parse::model::{FieldInput, IndexOption, Input, Term};

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
    pub(crate) checks: Vec<check::Constraint>,
    /// The functions that validate a whole row, and the values of a new one.
    pub(crate) validate: Option<TokenStream>,
    pub(crate) validate_new: Option<TokenStream>,
    /// Relations that are no field.
    pub(crate) relations: Vec<OtherRelation>,
    /// The field that says when a row was deleted, of a model whose rows stay then.
    pub(crate) soft_delete: Option<usize>,
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
    /// Which rows a unique constraint is about, where it is not about all.
    pub(crate) condition: Option<TokenStream>,
    pub(crate) words: check::Words,
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

    let soft_delete = soft_delete(&input, &finder, diagnostics);
    let function =
        |given: &Option<Given<Expr>>| given.as_ref().map(|given| without_self(&given.value, &input.ident));
    let (validate, validate_new) = (function(&input.options.validate), function(&input.options.validate_new));

    let identity = identity(&input, &key, diagnostics);
    one_version(&input, diagnostics);
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
    let around = Around { model: &input.ident, table: &table, fields: &fields, key: &key, indexes: &indexes };
    let relations = relations::check(input.options.relations, &around, diagnostics);
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
        validate,
        validate_new,
        relations,
        soft_delete,
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
    if key
        .iter()
        .filter_map(|&at| input.fields.get(at))
        .all(|field| can_be_key(field, key.len() == 1, diagnostics))
    {
        key
    } else {
        Vec::new()
    }
}

fn can_be_key(field: &FieldInput, alone: bool, diagnostics: &mut Diagnostics) -> bool {
    for given in [&field.options.unique, &field.options.index].into_iter().flatten().filter(|_| alone) {
        let word = &given.key;
        diagnostics.push(word, format_args!("a primary key is unique and has an index; remove `{word}`"));
    }
    if field.deferred {
        diagnostics.push(&field.ty, "a primary key is always loaded; remove the `Deferred`");
        return false;
    }
    if super::kind::argument_of(&field.ty, "Option").is_some() {
        diagnostics.push(&field.ty, "a primary key is never NULL: remove the `Option`");
        return false;
    }
    if super::kind::of(&field.ty) == Some(Kind::Float) {
        diagnostics.push(
            &field.ty,
            "a float cannot be a primary key, because equal keys may not compare equal; use an integer, text or `Uuid`",
        );
        return false;
    }
    true
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

/// The field that says when a row was deleted.
fn soft_delete(input: &Input, finder: &Finder, diagnostics: &mut Diagnostics) -> Option<usize> {
    let name = &input.options.soft_delete.as_ref()?.value;
    let at = finder.find(name, diagnostics)?;
    let field = input.fields.get(at)?;
    let wanted = format!("make it `{name}: Option<DateTime<Utc>>`");
    let Some(inner) = super::kind::argument_of(&field.ty, "Option").filter(|_| !field.deferred) else {
        diagnostics.push(
            &field.ty,
            format_args!(
                "`soft_delete` writes here when a row was deleted, and NULL says that it is not; {wanted}"
            ),
        );
        return None;
    };
    if !super::kind::is_moment(inner) {
        diagnostics.push(inner, format_args!("`soft_delete` writes here when a row was deleted; {wanted}"));
        return None;
    }
    for given in [&field.options.auto_now, &field.options.auto_now_add].into_iter().flatten() {
        let word = &given.key;
        diagnostics.push(
            word,
            format_args!(
                "a row that is saved is not deleted, as `soft_delete` would have it; remove `{word}`"
            ),
        );
    }
    Some(at)
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

fn one_version(input: &Input, diagnostics: &mut Diagnostics) {
    let mut versions =
        input.fields.iter().filter_map(|field| Some((&field.ident, &field.options.version.as_ref()?.key)));
    let Some((first, _)) = versions.next() else { return };
    for (_, key) in versions {
        diagnostics
            .push(key, format_args!("a row has one version, and `{first}` is it already; remove this one"));
    }
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
            let words = (&option.words).into();
            let condition = option.condition.as_ref().map(|given| given.value.to_token_stream());
            indexes.push(Index { name, unique: option.unique, fields, condition, words });
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;

    fn read(text: &str) -> (Model, Vec<String>) {
        let input = syn::parse_str(text).unwrap();
        let mut diagnostics = Diagnostics::default();
        let parsed = parse::model::parse(&input, &mut diagnostics).unwrap();
        let model = check(parsed, &mut diagnostics);
        (model, diagnostics.messages())
    }

    fn clean(text: &str) -> Model {
        let (model, messages) = read(text);
        assert!(messages.is_empty(), "{messages:?}");
        model
    }

    #[track_caller]
    fn refused(text: &str, expected: &[&str]) {
        let (_, messages) = read(text);
        assert_eq!(messages.len(), expected.len(), "{messages:#?}");
        for (message, expected) in messages.iter().zip(expected) {
            assert!(message.contains(expected), "{message:?} lacks {expected:?}");
        }
    }

    #[test]
    fn names_have_defaults() {
        let model =
            clean("struct BlogPost { #[field(primary_key)] id: i64, r#type: i32, author: ForeignKey<User> }");
        assert_eq!((model.table.as_str(), model.module.to_string().as_str()), ("blog_post", "blog_post"));
        let columns: Vec<&str> = model.fields.iter().map(|field| field.column.as_str()).collect();
        assert_eq!(columns, ["id", "type", "author_id"]);
    }

    #[test]
    fn who_gives_a_value_follows_from_type_and_options() {
        let model = clean(
            "struct A {
                #[field(primary_key)] id: i64,
                a: bool,
                b: Option<bool>,
                #[field(default = true)] c: bool,
                #[field(db_default = true)] d: bool,
                #[field(auto_now)] e: DateTime<Utc>,
                #[field(default = 1, db_default = 2)] f: i16,
                #[field(version)] g: i32,
                #[field(generated = |a| a.f + 1)] h: i32,
            }",
        );
        let supplies: Vec<&str> = model
            .fields
            .iter()
            .map(|field| match &field.supply {
                Supply::Required => "required",
                Supply::Nullable => "nullable",
                Supply::Default(_) => "default",
                Supply::Now { each_save: true } => "each save",
                Supply::Now { each_save: false } => "creation",
                Supply::Identity => "identity",
                Supply::Database => "database",
                Supply::Version => "version",
                Supply::Computed { .. } => "computed",
            })
            .collect();
        assert_eq!(
            supplies,
            [
                "identity",
                "required",
                "nullable",
                "default",
                "database",
                "each save",
                "default",
                "version",
                "computed"
            ]
        );
    }

    #[test]
    fn a_version_counts() {
        refused(
            "struct A {
                #[field(primary_key, version)] id: u64,
                #[field(version, auto_now)] a: i64,
                #[field(version)] b: Option<i64>,
            }",
            &[
                "and `id` is it already",
                "and `id` is it already",
                "`i32` or `i64`",
                "cannot be the primary key",
                "`auto_now` is for dates",
                "remove `auto_now`",
                "`i32` or `i64`",
            ],
        );
    }

    #[test]
    fn only_integers_are_counted_unless_said_otherwise() {
        let is_identity = |field: &str| {
            let model = clean(&format!("struct A {{ {field} }}"));
            matches!(model.fields.first().unwrap().supply, Supply::Identity)
        };
        assert!(is_identity("#[field(primary_key)] id: u64"));
        assert!(is_identity("#[field(primary_key, identity)] id: UserId"));
        assert!(!is_identity("#[field(primary_key)] id: UserId"));
        assert!(!is_identity("#[field(primary_key)] id: Uuid"));
        assert!(!is_identity("#[field(primary_key, identity = false)] id: i64"));
        assert!(!is_identity("#[field(primary_key)] id: ForeignKey<User>"));
    }

    #[test]
    fn what_says_when_a_row_was_deleted_is_a_time_or_null() {
        let with = |field: &str| {
            format!("#[model(soft_delete = a)] struct A {{ #[field(primary_key)] id: i64, {field} }}")
        };
        assert_eq!(clean(&with("a: Option<DateTime<Utc>>")).soft_delete, Some(1));
        assert_eq!(clean(&with("a: Option<Moment>")).soft_delete, Some(1), "a type of another name is asked");
        refused(&with("b: bool"), &["no field is named `a`"]);
        refused(&with("a: DateTime<Utc>"), &["NULL says that it is not; make it `a: Option<DateTime<Utc>>`"]);
        refused(&with("a: Deferred<Option<DateTime<Utc>>>"), &["NULL says that it is not"]);
        refused(&with("a: Option<i64>"), &["make it `a: Option<DateTime<Utc>>`"]);
        refused(&with("#[field(auto_now)] a: Option<NaiveDate>"), &["make it `a: Option<DateTime<Utc>>`"]);
        refused(&with("#[field(auto_now)] a: Option<DateTime<Utc>>"), &["remove `auto_now`"]);
    }

    #[test]
    fn a_composite_key_is_not_counted() {
        let model = clean("#[model(primary_key(b, a))] struct A { a: i64, b: i64, c: bool }");
        assert_eq!(model.key, [1, 0]);
        assert!(model.fields.iter().all(|field| matches!(field.supply, Supply::Required)));
        refused(
            "#[model(primary_key(a, d, a))] struct A { #[field(primary_key, identity)] a: i64, b: i64 }",
            &["names all its fields", "no field is named `d`", "`a` is named twice"],
        );
        refused(
            "#[model(primary_key(a, b))] struct A { #[field(identity)] a: i64, b: i64 }",
            &["`identity` is for a primary key of one field"],
        );
    }

    #[test]
    fn indexes_are_by_position() {
        let model = clean(
            "#[model(index(a, -b), unique(name = \"u\", fields(b)), ordering = [-id, a])]
             #[model(index(b))]
             struct A { #[field(primary_key)] id: i64, a: i64, b: i64 }",
        );
        let all: Vec<_> = model
            .indexes
            .iter()
            .map(|index| {
                let fields: Vec<_> = index.fields.iter().map(|at| (at.field, at.descending)).collect();
                (index.name.as_deref(), index.unique, fields)
            })
            .collect();
        assert_eq!(
            all,
            [
                (None, false, vec![(1, false), (2, true)]),
                (Some("u"), true, vec![(2, false)]),
                (None, false, vec![(2, false)])
            ]
        );
        assert_eq!(
            model.ordering.iter().map(|at| (at.field, at.descending)).collect::<Vec<_>>(),
            [(0, true), (1, false)]
        );
    }

    #[test]
    fn sizes_belong_to_types() {
        refused(
            "struct A {
                #[field(primary_key)] id: i64,
                #[field(max_length = 3)] a: bool,
                #[field(max_digits = 3, decimal_places = 1)] b: i64,
                #[field(max_digits = 3)] c: Decimal,
                #[field(max_length = 3)] d: ForeignKey<User>,
                #[field(max_length = 0)] e: String,
                #[field(max_digits = 29, decimal_places = 1)] f: Decimal,
            }",
            &[
                "this field is a boolean",
                "`max_digits` is for decimals",
                "`decimal_places` is for decimals",
                "needs `decimal_places`",
                "remove `max_length`",
                "at least 1",
                "at most 28",
            ],
        );
        // A type that is not known by its name is asked while it compiles.
        clean("struct A { #[field(primary_key, identity)] id: Id, #[field(max_length = 3)] a: Mine }");
    }

    #[test]
    fn a_newtype_may_have_any_default_of_the_database() {
        clean("struct A { #[field(primary_key)] id: i64, #[field(db_default = 3)] a: Mine }");
        clean(
            "struct A { #[field(primary_key)] id: i64, #[field(db_default = -3)] a: Decimal, }"
                .replace("db_default = -3", "db_default = -3, max_digits = 3, decimal_places = 0")
                .as_str(),
        );
        refused(
            "struct A { #[field(primary_key)] id: i64, #[field(db_default = now)] a: i64, #[field(db_default = 3)] b: Uuid }",
            &["the field is an integer", "sql("],
        );
    }

    #[test]
    fn columns_differ_without_regard_to_case() {
        refused(
            "struct A { #[field(primary_key)] id: i64, #[field(column = \"ID\")] a: i64 }",
            &["belongs to `id` already"],
        );
        refused(
            "struct A { #[field(primary_key)] id: i64, user_id: i64, user: ForeignKey<User> }",
            &["belongs to `user_id` already"],
        );
    }

    #[test]
    fn one_mistake_does_not_hide_another() {
        refused(
            "#[model(tabel = \"a\", index(c), 3)]
             struct A {
                #[field(max_lenght = 3, unique, unique)] a: Option<Option<i64>>,
                #[field(on_delete = cascade, default =)] b: i64,
             }",
            &[
                "unknown option `tabel`; did you mean `table`?",
                "expected the name of an option",
                "unknown option `max_lenght`; did you mean `max_length`?",
                "given twice",
                "expected an expression",
                "a model needs a primary key",
                "no field is named `c`",
                "a single `Option`",
                "`on_delete` is for relations",
            ],
        );
    }
}
