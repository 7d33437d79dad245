//! A checked field.

use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, ExprLit, ExprUnary, Type};

use super::kind::{self, Kind, argument_of};
use super::names;
use super::relation::{self, Relation};
use super::tokens::{Tokens, without_self};
use super::validate;
use crate::diagnostics::Diagnostics;
use crate::parse::attribute::Given;
use crate::parse::field::{DbDefault, FieldOptions};
use crate::parse::model::FieldInput;

/// A field of a model.
pub(crate) struct Field {
    /// The name in Rust, as written.
    pub(crate) ident: Ident,
    /// The name in Rust without `r#`.
    pub(crate) name: String,
    /// The type as written, with `Self` spelt out.
    pub(crate) ty: Tokens,
    /// Where calls about the field's type stand, so that what the type lacks is said at one place, and once: of a nullable field
    /// that is no relation, at the type inside the `Option`.
    type_span: Span,
    /// The user's words about it.
    pub(crate) docs: Vec<Attribute>,
    /// The column's name.
    pub(crate) column: String,
    /// Whether a query may leave it out: its type stands in a `Deferred`, which `ty` is without.
    pub(crate) deferred: bool,
    /// Whether it is an `Option`.
    pub(crate) nullable: bool,
    /// What it is stored as, where the type's name says so.
    pub(crate) kind: Option<Kind>,
    /// Whether its type is known by its name to be one that databases have.
    pub(crate) is_plain: bool,
    /// Where it points, for a foreign key.
    pub(crate) relation: Option<Relation>,
    /// Part of the primary key; set by the model.
    pub(crate) primary_key: bool,
    /// In the primary key, an index or a unique constraint; set by the model.
    pub(crate) indexed: bool,
    /// An index on this column alone.
    pub(crate) own_index: Option<OwnIndex>,
    pub(crate) max_length: Option<u32>,
    pub(crate) digits: Option<(u32, u32)>,
    pub(crate) db_default: Option<DbDefault>,
    /// Who gives the value of a new row.
    pub(crate) supply: Supply,
    /// What validation asks of its values.
    pub(crate) rules: Vec<validate::Checked>,
    /// The type, for messages about it.
    pub(crate) written: Type,
}

/// An index on one column.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum OwnIndex {
    Plain,
    Unique,
}

/// Who gives the value of a new row when the program does not.
pub(crate) enum Supply {
    /// Nobody: the program must.
    Required,
    /// It is NULL then.
    Nullable,
    /// An expression in Rust.
    Default(TokenStream),
    /// The time of creation, and of each save if so.
    Now { each_save: bool },
    /// The database counts.
    Identity,
    /// The database has a default.
    Database,
    /// It counts how often the row was saved.
    Version,
    /// The database calculates it by this closure over the fields.
    Computed { closure: TokenStream, stored: bool },
}

impl Supply {
    /// Whether the values of a new row wrap the type in an `Option`, where `None` leaves the value to another.
    pub(crate) fn is_wrapped(&self) -> bool {
        !matches!(self, Supply::Required | Supply::Nullable)
    }

    /// Whether the program may give it: it is a setter of the builder, and a field of the values of a new row.
    pub(crate) fn is_given(&self) -> bool {
        !matches!(self, Supply::Version | Supply::Computed { .. })
    }
}

/// Checks a field on its own. Whether it is the primary key, the model will say.
pub(crate) fn check(input: FieldInput, model: &Ident, diagnostics: &mut Diagnostics) -> Field {
    let name = input.ident.unraw().to_string();
    let (base, nullable) = match argument_of(&input.ty, "Option") {
        Some(inner) => (inner, true),
        None => (&input.ty, false),
    };
    if nullable && argument_of(base, "Option").is_some() {
        diagnostics.push(&input.ty, "a column has one NULL: write a single `Option`");
    }
    if nullable && argument_of(base, "Deferred").is_some() {
        diagnostics
            .push(&input.ty, "write `Deferred<Option<…>>`: the value is an `Option`, and may be left out");
    }
    if input.deferred {
        check_deferred(&input, base, diagnostics);
    }
    let relation = relation::check(&input, base, nullable, model, diagnostics);
    let kind = if relation.is_some() { Some(Kind::Other) } else { kind::of(base) };
    let column = column(&input, &name, relation.is_some(), diagnostics);
    let options = &input.options;
    match &relation {
        Some(_) => only_the_key_has_these(options, diagnostics),
        None => check_size(&input, base, kind, diagnostics),
    }
    check_automatic(options, kind, diagnostics);
    check_version(&input, diagnostics);
    check_generated(&input, relation.is_some(), diagnostics);
    check_db_default(options, kind, relation.is_some(), diagnostics);
    let mut own_index = own_index(options, relation.is_some(), diagnostics);
    if relation.as_ref().is_some_and(|relation| relation.one_to_one) {
        if let Some(unique) = &options.unique {
            diagnostics.push(&unique.key, "a `OneToOne` is unique already; remove `unique`");
        }
        own_index = options.primary_key.is_none().then_some(OwnIndex::Unique);
    }
    let ty = without_self(&input.ty, model);
    let type_span = if relation.is_none() { base.span() } else { input.ty.span() };
    let generated =
        options.generated.as_ref().filter(|_| options.primary_key.is_none() && relation.is_none());
    let supply = match &options.version {
        // A mistake, which is noted; the builder shall not ask for the field as well.
        Some(_) if nullable || !kind::is_counter(&input.ty) => {
            Supply::Default(quote::quote!(::core::unreachable!()))
        }
        Some(_) => Supply::Version,
        None => match generated {
            Some(given) => Supply::Computed {
                closure: without_self(&given.value, model),
                stored: options.is_virtual.is_none(),
            },
            None => supply(options, kind, &ty, nullable, model),
        },
    };
    Field {
        name,
        column,
        deferred: input.deferred,
        nullable,
        kind,
        is_plain: relation.is_none() && !input.deferred && kind::is_plain(base),
        primary_key: false,
        indexed: own_index.is_some(),
        own_index,
        max_length: value(options.max_length.as_ref()),
        digits: value(options.max_digits.as_ref()).zip(value(options.decimal_places.as_ref())),
        db_default: options.db_default.as_ref().map(|given| given.value.clone()),
        rules: validate::check(&options.rules, kind, relation.is_some(), model, diagnostics),
        relation,
        supply,
        ty: Tokens::of(ty),
        type_span,
        ident: input.ident,
        docs: input.docs,
        written: input.ty,
    }
}

fn check_deferred(input: &FieldInput, base: &Type, diagnostics: &mut Diagnostics) {
    if argument_of(base, "ForeignKey").or_else(|| argument_of(base, "OneToOne")).is_some() {
        diagnostics.push(&input.ty, "a relation's key is small and always loaded; remove the `Deferred`");
    }
}

fn value(given: Option<&Given<u32>>) -> Option<u32> {
    given.map(|given| given.value)
}

fn column(input: &FieldInput, name: &str, is_relation: bool, diagnostics: &mut Diagnostics) -> String {
    if let Some(given) = &input.options.column {
        let column = given.value.value();
        names::check(&column, "the column", &given.value, diagnostics);
        return column;
    }
    let column = if is_relation { format!("{name}_id") } else { name.to_owned() };
    names::check(&column, "the column", &input.ident, diagnostics);
    column
}

fn own_index(options: &FieldOptions, is_relation: bool, diagnostics: &mut Diagnostics) -> Option<OwnIndex> {
    match (&options.unique, &options.index) {
        (Some(_), Some(index)) => {
            diagnostics.push(&index.key, "`unique` has an index already; remove `index`");
            Some(OwnIndex::Unique)
        }
        (Some(_), None) => Some(OwnIndex::Unique),
        (None, Some(index)) => {
            if is_relation {
                diagnostics.push(&index.key, "a relation has an index already; remove `index`");
            }
            Some(OwnIndex::Plain)
        }
        (None, None) => None,
    }
}

fn only_the_key_has_these(options: &FieldOptions, diagnostics: &mut Diagnostics) {
    for given in [&options.max_length, &options.max_digits, &options.decimal_places].into_iter().flatten() {
        let key = &given.key;
        diagnostics
            .push(key, format_args!("a relation's column is like the key it points at; remove `{key}`"));
    }
}

fn check_size(input: &FieldInput, base: &Type, kind: Option<Kind>, diagnostics: &mut Diagnostics) {
    let options = &input.options;
    if let Some(given) = &options.max_length {
        if let Some(kind) = kind.filter(|kind| *kind != Kind::Text) {
            let name = kind.name();
            diagnostics.push(
                &given.key,
                format_args!("`max_length` is for text, and this field is {name}; remove it"),
            );
        } else if given.value == 0 {
            diagnostics.push(&given.key, "`max_length` is at least 1");
        }
    }
    match (&options.max_digits, &options.decimal_places) {
        (Some(digits), Some(places)) => {
            if places.value > digits.value {
                diagnostics.push(
                    &places.key,
                    "`decimal_places` counts among `max_digits`, so it is at most as large",
                );
            }
            if digits.value == 0 {
                diagnostics.push(&digits.key, "`max_digits` is at least 1");
            } else if digits.value > 28 {
                // rust_decimal holds 28 digits of any value.
                diagnostics.push(&digits.key, "`max_digits` is at most 28, which is what `Decimal` holds");
            }
        }
        (Some(given), None) => diagnostics.push(&given.key, "`max_digits` needs `decimal_places` beside it"),
        (None, Some(given)) => diagnostics.push(&given.key, "`decimal_places` needs `max_digits` beside it"),
        (None, None) if kind == Some(Kind::Decimal) => diagnostics.push(
            base,
            "a decimal field needs its size: add `#[field(max_digits = 10, decimal_places = 2)]`",
        ),
        (None, None) => {}
    }
    for given in [&options.max_digits, &options.decimal_places].into_iter().flatten() {
        if let Some(kind) = kind.filter(|kind| *kind != Kind::Decimal) {
            let (key, name) = (&given.key, kind.name());
            diagnostics
                .push(key, format_args!("`{key}` is for decimals, and this field is {name}; remove it"));
        }
    }
}

fn check_automatic(options: &FieldOptions, kind: Option<Kind>, diagnostics: &mut Diagnostics) {
    for given in [&options.auto_now, &options.auto_now_add].into_iter().flatten() {
        let key = &given.key;
        if let Some(kind) = kind.filter(|kind| *kind != Kind::Temporal) {
            let what = if kind == Kind::Other { "something else" } else { kind.name() };
            diagnostics.push(
                key,
                format_args!("`{key}` is for dates and times such as `DateTime<Utc>`, and this field is {what}; remove it"),
            );
        }
        if let Some(default) = &options.default {
            diagnostics.push(&default.key, format_args!("`{key}` gives the value already; remove `default`"));
        }
    }
    if let (Some(now), Some(_)) = (&options.auto_now, &options.auto_now_add) {
        diagnostics.push(&now.key, "`auto_now` also sets the time of creation; remove `auto_now_add`");
    }
}

fn check_version(input: &FieldInput, diagnostics: &mut Diagnostics) {
    let options = &input.options;
    let Some(version) = &options.version else { return };
    if input.deferred || !kind::is_counter(&input.ty) {
        diagnostics
            .push(&input.ty, "a version counts how often the row was saved: its type is `i32` or `i64`");
    }
    if let Some(key) = &options.primary_key {
        diagnostics.push(&key.key, "a version changes with each save, so it cannot be the primary key");
    }
    let others = [&options.auto_now, &options.auto_now_add].into_iter().flatten().map(|given| &given.key);
    let others = others.chain(options.default.as_ref().map(|given| &given.key));
    for other in others {
        let key = &version.key;
        diagnostics
            .push(other, format_args!("`{key}` gives the value already: it starts at 1; remove `{other}`"));
    }
}

fn check_generated(input: &FieldInput, is_relation: bool, diagnostics: &mut Diagnostics) {
    let options = &input.options;
    let Some(generated) = &options.generated else {
        if let Some(given) = &options.is_virtual {
            diagnostics
                .push(&given.key, "`virtual` is for generated columns: `generated = |row| …, virtual`");
        }
        return;
    };
    if let Some(key) = &options.primary_key {
        diagnostics.push(&key.key, "a generated column cannot be the primary key");
    }
    if is_relation {
        diagnostics.push(&generated.key, "a relation's column cannot be generated");
    }
    let flags = [&options.auto_now, &options.auto_now_add, &options.version].into_iter().flatten();
    let others = flags.map(|given| &given.key);
    let others = others.chain(options.default.as_ref().map(|given| &given.key));
    for other in others.chain(options.db_default.as_ref().map(|given| &given.key)) {
        diagnostics.push(other, format_args!("the database calculates this field; remove `{other}`"));
    }
}

fn check_db_default(
    options: &FieldOptions,
    kind: Option<Kind>,
    is_relation: bool,
    diagnostics: &mut Diagnostics,
) {
    let (Some(default), Some(kind)) = (&options.db_default, kind) else { return };
    let fits = match &default.value {
        DbDefault::Bool(_) => kind == Kind::Bool,
        DbDefault::Integer(_) => matches!(kind, Kind::Integer | Kind::Float | Kind::Decimal),
        DbDefault::Float(_) => matches!(kind, Kind::Float | Kind::Decimal),
        DbDefault::Text(_) => matches!(kind, Kind::Text),
        DbDefault::Now => kind == Kind::Temporal,
        DbDefault::Sql(_) => true,
    };
    if is_relation || fits {
        return;
    }
    let what = match kind {
        Kind::Other => "for this type write it as SQL: `db_default = sql(\"…\")`".to_owned(),
        known => format!("the field is {}; write a value of that type", known.name()),
    };
    diagnostics.push(&default.key, format_args!("this `db_default` does not fit: {what}"));
}

fn supply(
    options: &FieldOptions,
    kind: Option<Kind>,
    ty: &TokenStream,
    nullable: bool,
    model: &Ident,
) -> Supply {
    if options.auto_now.is_some() || options.auto_now_add.is_some() {
        if kind.is_some_and(|kind| kind != Kind::Temporal) {
            // A mistake, which is noted; the builder shall not ask for the field as well.
            return Supply::Default(quote::quote!(::core::unreachable!()));
        }
        return Supply::Now { each_save: options.auto_now.is_some() };
    }
    if let Some(default) = &options.default {
        return Supply::Default(default_value(default, ty, model));
    }
    if options.db_default.is_some() {
        return Supply::Database;
    }
    if nullable { Supply::Nullable } else { Supply::Required }
}

/// The expression of a default. A literal is converted as a setter would; anything else has the field's type.
fn default_value(given: &Given<Option<Expr>>, ty: &TokenStream, model: &Ident) -> TokenStream {
    match &given.value {
        None => {
            // Spanned on the type, which may lack a default.
            quote::quote!(<#ty as ::core::default::Default>::default())
        }
        Some(expression) => {
            let value = without_self(expression, model);
            if is_literal(expression) {
                quote::quote!(::orm::private::IntoField::<#ty>::into_field(#value))
            } else {
                value
            }
        }
    }
}

fn is_literal(expression: &Expr) -> bool {
    match expression {
        Expr::Lit(ExprLit { .. }) => true,
        Expr::Unary(ExprUnary { expr, .. }) => is_literal(expr),
        _ => false,
    }
}

impl Field {
    /// Where calls about the field's type stand.
    pub(crate) fn type_span(&self) -> Span {
        self.type_span
    }

    /// The name where the type is, for code whose type the compiler checks there.
    pub(crate) fn at_type(&self) -> Ident {
        let mut ident = self.ident.clone();
        ident.set_span(self.type_span());
        ident
    }

    /// The name for what is made from the field, at the field's place but not the user's own token, so that lints
    /// about names say nothing twice.
    pub(crate) fn made(&self) -> Ident {
        let mut ident = self.ident.clone();
        ident.set_span(self.ident.span().resolved_at(Span::call_site()));
        ident
    }
}
