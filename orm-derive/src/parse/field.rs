//! `#[field(…)]` on a field of a model.

use syn::parse::ParseStream;
use syn::{Attribute, Error, Expr, ExprClosure, Ident, Lit, LitBool, LitStr, Result, Token, parenthesized};

use super::attribute::{self, Given, flag, inside, items, set};
use super::validate::{RuleOption, rules};
use crate::diagnostics::{Diagnostics, did_you_mean};

/// What `#[field(…)]` says.
#[derive(Default)]
pub(crate) struct FieldOptions {
    pub(crate) primary_key: Option<Given<()>>,
    pub(crate) identity: Option<Given<bool>>,
    pub(crate) max_length: Option<Given<u32>>,
    pub(crate) max_digits: Option<Given<u32>>,
    pub(crate) decimal_places: Option<Given<u32>>,
    pub(crate) unique: Option<Given<()>>,
    pub(crate) index: Option<Given<()>>,
    pub(crate) default: Option<Given<Option<Expr>>>,
    pub(crate) db_default: Option<Given<DbDefault>>,
    pub(crate) auto_now_add: Option<Given<()>>,
    pub(crate) auto_now: Option<Given<()>>,
    pub(crate) version: Option<Given<()>>,
    pub(crate) generated: Option<Given<ExprClosure>>,
    pub(crate) is_virtual: Option<Given<()>>,
    pub(crate) column: Option<Given<LitStr>>,
    pub(crate) rules: Vec<RuleOption>,
    pub(crate) on_delete: Option<Given<OnDelete>>,
}

/// A default of the database.
#[derive(Clone)]
pub(crate) enum DbDefault {
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    Now,
    Sql(String),
}

/// What happens when the target of a relation is deleted.
#[derive(Clone)]
pub(crate) enum OnDelete {
    NoAction,
    Protect,
    Restrict,
    Cascade,
    SetNull,
    SetDefault,
    /// To this expression.
    Set(Box<Expr>),
}

const OPTIONS: &[&str] = &[
    "primary_key",
    "identity",
    "max_length",
    "max_digits",
    "decimal_places",
    "unique",
    "index",
    "default",
    "db_default",
    "auto_now_add",
    "auto_now",
    "version",
    "validate",
    "generated",
    "virtual",
    "column",
    "on_delete",
];

/// Reads the attributes of one field.
pub(crate) fn options(attributes: &[Attribute], diagnostics: &mut Diagnostics) -> FieldOptions {
    let mut options = FieldOptions::default();
    items(attributes, "field", diagnostics, |key, input, _| {
        let o = &mut options;
        match key.to_string().as_str() {
            "primary_key" => flag(key, input).and_then(|()| set(&mut o.primary_key, key, ())),
            "identity" => identity(key, input).and_then(|on| set(&mut o.identity, key, on)),
            "max_length" => set(&mut o.max_length, key, attribute::number(key, input, 200)?),
            "max_digits" => set(&mut o.max_digits, key, attribute::number(key, input, 10)?),
            "decimal_places" => set(&mut o.decimal_places, key, attribute::number(key, input, 2)?),
            "unique" => flag(key, input).and_then(|()| set(&mut o.unique, key, ())),
            "index" => flag(key, input).and_then(|()| set(&mut o.index, key, ())),
            "default" => set(&mut o.default, key, default(input)?),
            "db_default" => set(&mut o.db_default, key, db_default(key, input)?),
            "auto_now_add" => flag(key, input).and_then(|()| set(&mut o.auto_now_add, key, ())),
            "auto_now" => flag(key, input).and_then(|()| set(&mut o.auto_now, key, ())),
            "version" => flag(key, input).and_then(|()| set(&mut o.version, key, ())),
            "validate" => {
                o.rules.extend(rules(key, input)?);
                Ok(())
            }
            "generated" => {
                set(&mut o.generated, key, attribute::closure(key, input, "|row| row.price * row.pieces")?)
            }
            "virtual" => flag(key, input).and_then(|()| set(&mut o.is_virtual, key, ())),
            "column" => set(&mut o.column, key, attribute::text(key, input, "author_id")?),
            "on_delete" => set(&mut o.on_delete, key, on_delete(key, input)?),
            other => Err(attribute::unknown_or(key, elsewhere(other), OPTIONS)),
        }
    });
    options
}

/// What to write for words that one knows from elsewhere.
fn elsewhere(key: &str) -> Option<&'static str> {
    Some(match key {
        "null" | "nullable" => "a field that may be NULL is an `Option`; remove this option",
        "blank" | "required" => {
            "a field is required unless it has a default or is an `Option`; remove this option"
        }
        "db_column" | "rename" | "name" => "write `column = \"…\"`",
        "db_index" => "write `index`",
        "pk" => "write `primary_key`",
        "auto" | "auto_increment" | "autoincrement" => {
            "an integer primary key is counted by the database unless it has `identity = false`"
        }
        "one_to_one" => "a one-to-one relation is a field of type `OneToOne<Model>`",
        "foreign_key" | "references" => "a relation is a field of type `ForeignKey<Model>`",
        "choices" => "the choices are an enum with `#[derive(Choices)]`, which is the field's type",
        "min_length" | "min" | "max" | "email" | "url" | "slug" | "regex" | "range" | "length"
        | "validators" => {
            "rules for values stand in `validate(…)`, such as `validate(length(min = 3), slug)`"
        }
        "transparent" => "put `#[derive(FieldType)]` on the newtype, and nothing on the field",
        _ => return None,
    })
}

fn identity(key: &Ident, input: ParseStream<'_>) -> Result<bool> {
    if !input.peek(Token![=]) {
        return Ok(true);
    }
    attribute::value::<LitBool>(key, input, "false").map(|literal| literal.value)
}

fn default(input: ParseStream<'_>) -> Result<Option<Expr>> {
    if input.parse::<Option<Token![=]>>()?.is_none() {
        return Ok(None);
    }
    input.parse().map(Some)
}

const DB_DEFAULT: &str =
    "write `db_default = …` with a number, `true`, `false`, a text, `now` or `sql(\"…\")`";

fn db_default(key: &Ident, input: ParseStream<'_>) -> Result<DbDefault> {
    if input.parse::<Option<Token![=]>>()?.is_none() {
        return Err(Error::new(key.span(), DB_DEFAULT));
    }
    let at = input.span();
    db_default_value(input).map_err(|_| Error::new(at, DB_DEFAULT))
}

fn db_default_value(input: ParseStream<'_>) -> Result<DbDefault> {
    if input.peek(Ident) {
        let word: Ident = input.parse()?;
        return match word.to_string().as_str() {
            "now" => Ok(DbDefault::Now),
            "sql" => {
                let content;
                parenthesized!(content in input);
                inside(&content, |text| Ok(DbDefault::Sql(text.parse::<LitStr>()?.value())))
            }
            _ => Err(input.error("unknown word")),
        };
    }
    let negative = input.parse::<Option<Token![-]>>()?.is_some();
    let sign = if negative { "-" } else { "" };
    match input.parse()? {
        Lit::Int(number) => format!("{sign}{}", number.base10_digits())
            .parse()
            .map(DbDefault::Integer)
            .map_err(|error| Error::new(number.span(), error)),
        Lit::Float(number) => {
            let value: f64 = number.base10_parse()?;
            Ok(DbDefault::Float(if negative { -value } else { value }))
        }
        Lit::Str(text) if !negative => Ok(DbDefault::Text(text.value())),
        Lit::Bool(value) if !negative => Ok(DbDefault::Bool(value.value)),
        other => Err(Error::new(other.span(), "not a literal of a database")),
    }
}

const ON_DELETE: [&str; 8] =
    ["cascade", "protect", "restrict", "set_null", "set_default", "set", "no_action", "do_nothing"];

const SET: &str = "give the value in parentheses: `on_delete = set(ForeignKey::new(1))`";

pub(super) fn on_delete(key: &Ident, input: ParseStream<'_>) -> Result<OnDelete> {
    let word: Ident = attribute::value(key, input, "cascade")?;
    let written = word.to_string();
    Ok(match written.as_str() {
        "cascade" => OnDelete::Cascade,
        "protect" => OnDelete::Protect,
        "restrict" => OnDelete::Restrict,
        "set_null" => OnDelete::SetNull,
        "set_default" => OnDelete::SetDefault,
        "no_action" | "do_nothing" => OnDelete::NoAction,
        "set" => {
            if !input.peek(syn::token::Paren) {
                return Err(Error::new(word.span(), SET));
            }
            let content;
            parenthesized!(content in input);
            let value = inside(&content, |content| {
                let value = content.parse()?;
                if content.is_empty() { Ok(value) } else { Err(content.error(SET)) }
            });
            OnDelete::Set(Box::new(value.map_err(|error| Error::new(error.span(), SET))?))
        }
        other => {
            let hint = match did_you_mean(&other.to_lowercase(), ON_DELETE) {
                hint if hint.is_empty() => format!("; there are {}", crate::diagnostics::list(ON_DELETE)),
                hint => hint,
            };
            return Err(Error::new(word.span(), format_args!("unknown `on_delete`{hint}")));
        }
    })
}
