//! `validate(…)` on a field: the rules for its values.

use syn::parse::ParseStream;
use syn::{Error, Expr, Ident, LitInt, LitStr, Result, Token, parenthesized};

use super::attribute::{self, inside};

/// A rule as written.
#[derive(Clone)]
pub(crate) struct RuleOption {
    pub(crate) key: Ident,
    pub(crate) rule: Rule,
    pub(crate) code: Option<LitStr>,
    pub(crate) message: Option<LitStr>,
}

/// What a rule asks for.
#[derive(Clone)]
pub(crate) enum Rule {
    /// A form of text, which has a method of the same name.
    Form,
    /// A number of characters.
    Length { min: Option<LitInt>, max: Option<LitInt> },
    /// A least and a greatest value.
    Range { min: Option<Expr>, max: Option<Expr> },
    /// A regular expression.
    Regex(LitStr),
    /// A function of the user's own.
    Custom(Expr),
    /// Multiples of a number, counted from another one.
    Step { by: Expr, offset: Option<Expr> },
    /// What a file's name may end in.
    FileExtension(Vec<LitStr>),
}

const FORMS: [&str; 12] = [
    "email",
    "url",
    "domain",
    "slug",
    "unicode_slug",
    "ip",
    "ipv4",
    "ipv6",
    "integer",
    "integer_list",
    "not_blank",
    "printable",
];

const OTHERS: [&str; 6] = ["length", "range", "step", "regex", "file_extension", "custom"];

/// How the endings of files are written.
const EXTENSIONS: &str = "[\"pdf\", \"txt\"]";

/// The rules in the parentheses behind `validate`.
pub(super) fn rules(key: &Ident, input: ParseStream<'_>) -> Result<Vec<RuleOption>> {
    if !input.peek(syn::token::Paren) {
        return Err(Error::new(
            key.span(),
            "name the rules: `validate(email)`, `validate(length(min = 3), slug)`, `validate(custom = path)`",
        ));
    }
    let content;
    parenthesized!(content in input);
    inside(&content, |rules| Ok(rules.parse_terminated(rule, Token![,])?.into_iter().collect()))
}

/// What stands in the parentheses of a rule.
#[derive(Default)]
struct Parts {
    min: Option<Expr>,
    max: Option<Expr>,
    pattern: Option<Expr>,
    with: Option<Expr>,
    by: Option<Expr>,
    offset: Option<Expr>,
    allowed: Option<Expr>,
    code: Option<LitStr>,
    message: Option<LitStr>,
}

fn rule(input: ParseStream<'_>) -> Result<RuleOption> {
    let key: Ident =
        input.parse().map_err(|error| Error::new(error.span(), "expected the name of a rule"))?;
    let name = key.to_string();
    let mut parts = Parts::default();
    if input.peek(Token![=]) {
        match name.as_str() {
            "regex" => parts.pattern = Some(attribute::value(&key, input, "\"^[0-9]+$\"")?),
            "custom" => parts.with = Some(attribute::value(&key, input, "is_even")?),
            "step" => parts.by = Some(attribute::value(&key, input, "5")?),
            "file_extension" => parts.allowed = Some(attribute::value(&key, input, EXTENSIONS)?),
            known if FORMS.contains(&known) || OTHERS.contains(&known) => {
                return Err(Error::new(key.span(), form_of(&name)));
            }
            _ => return Err(unknown(&key)),
        }
    } else if input.peek(syn::token::Paren) {
        let content;
        parenthesized!(content in input);
        inside(&content, |content| parts_of(&key, content, &mut parts))?;
    }
    let rule = match name.as_str() {
        form if FORMS.contains(&form) => Rule::Form,
        "length" => Rule::Length { min: number(parts.min)?, max: number(parts.max)? },
        "range" => Rule::Range { min: parts.min, max: parts.max },
        "regex" => match parts.pattern {
            Some(pattern) => Rule::Regex(text(&pattern)?),
            None => return Err(Error::new(key.span(), form_of(&name))),
        },
        "custom" => match parts.with {
            Some(path) => Rule::Custom(path),
            None => return Err(Error::new(key.span(), form_of(&name))),
        },
        "step" => match parts.by {
            Some(by) => Rule::Step { by, offset: parts.offset },
            None => return Err(Error::new(key.span(), form_of(&name))),
        },
        "file_extension" => match parts.allowed {
            Some(allowed) => Rule::FileExtension(extensions(&allowed)?),
            None => return Err(Error::new(key.span(), form_of(&name))),
        },
        _ => return Err(unknown(&key)),
    };
    match &rule {
        Rule::Length { min: None, max: None } | Rule::Range { min: None, max: None } => {
            Err(Error::new(key.span(), form_of(&name)))
        }
        _ => Ok(RuleOption { key, rule, code: parts.code, message: parts.message }),
    }
}

fn parts_of(key: &Ident, input: ParseStream<'_>, parts: &mut Parts) -> Result<()> {
    let name = key.to_string();
    let own: &[&str] = match name.as_str() {
        "length" | "range" => &["min", "max", "code", "message"],
        "regex" => &["pattern", "code", "message"],
        "custom" => &["with", "code", "message"],
        "step" => &["by", "offset", "code", "message"],
        "file_extension" => &["allowed", "code", "message"],
        form if FORMS.contains(&form) => &["code", "message"],
        _ => return Err(unknown(key)),
    };
    while !input.is_empty() {
        let part: Ident = input.parse().map_err(|error| Error::new(error.span(), form_of(&name)))?;
        let written = part.to_string();
        if !own.contains(&written.as_str()) {
            return Err(attribute::unknown(&part, own));
        }
        match written.as_str() {
            "code" => parts.code = Some(attribute::text(&part, input, "phone")?),
            "message" => parts.message = Some(attribute::text(&part, input, "must be a telephone number")?),
            "min" => parts.min = Some(attribute::value(&part, input, "3")?),
            "max" => parts.max = Some(attribute::value(&part, input, "20")?),
            "pattern" => parts.pattern = Some(attribute::value(&part, input, "\"^[0-9]+$\"")?),
            "by" => parts.by = Some(attribute::value(&part, input, "5")?),
            "offset" => parts.offset = Some(attribute::value(&part, input, "1")?),
            "allowed" => parts.allowed = Some(attribute::value(&part, input, EXTENSIONS)?),
            _ => parts.with = Some(attribute::value(&part, input, "is_even")?),
        }
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(())
}

/// What to write for a rule.
fn form_of(name: &str) -> String {
    match name {
        "length" => "write `length(min = 3)`, `length(max = 20)` or both".to_owned(),
        "range" => "write `range(min = 0)`, `range(max = 100)` or both".to_owned(),
        "regex" => "write `regex = \"^[0-9]+$\"`, or `regex(pattern = \"…\", message = \"…\")`".to_owned(),
        "custom" => {
            "name a function: `custom = is_even`, or `custom(with = is_even, message = \"…\")`".to_owned()
        }
        "step" => "write `step = 5`, or `step(by = 5, offset = 1)`".to_owned(),
        "file_extension" => {
            format!(
                "write `file_extension = {EXTENSIONS}`, or `file_extension(allowed = [\"pdf\"], message = \"…\")`"
            )
        }
        _ => format!("write `{name}` alone, or `{name}(code = \"…\", message = \"…\")`"),
    }
}

fn unknown(key: &Ident) -> Error {
    let instead = match key.to_string().as_str() {
        "min" | "max" | "min_value" | "max_value" => "the rule for numbers is `range(min = 0, max = 100)`",
        "min_length" | "max_length" => "the rule for text is `length(min = 3, max = 20)`",
        "multiple_of" | "step_size" | "steps" => "the rule for multiples is `step = 5`",
        "extension" | "extensions" | "file_extensions" => {
            "the rule for names of files is `file_extension = [\"pdf\", \"txt\"]`"
        }
        "function" | "with" | "validator" => "a function of your own is `custom = path`",
        "required" | "blank" => "the rule for text that must not be blank is `not_blank`",
        "unique" => {
            "write `unique` outside of `validate(…)`: `full_clean` asks the database whether a value is taken"
        }
        _ => return attribute::unknown(key, &[&FORMS[..], &OTHERS].concat()),
    };
    Error::new(key.span(), instead)
}

fn number(given: Option<Expr>) -> Result<Option<LitInt>> {
    let Some(given) = given else { return Ok(None) };
    match &given {
        Expr::Lit(syn::ExprLit { lit: syn::Lit::Int(number), .. }) => {
            number.base10_parse::<u32>().map(|_| Some(number.clone()))
        }
        other => Err(Error::new_spanned(other, "a length is a whole number")),
    }
}

fn text(given: &Expr) -> Result<LitStr> {
    match given {
        Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Ok(text.clone()),
        other => Err(Error::new_spanned(other, "a pattern is a text: `regex = \"^[0-9]+$\"`")),
    }
}

/// The endings of files, without their dots.
fn extensions(given: &Expr) -> Result<Vec<LitStr>> {
    let Expr::Array(list) = given else {
        return Err(Error::new_spanned(given, format_args!("this is a list of texts: `{EXTENSIONS}`")));
    };
    if list.elems.is_empty() {
        return Err(Error::new_spanned(list, "no file has one of no extensions: name some"));
    }
    let each = |expr: &Expr| match expr {
        Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => {
            let written = text.value();
            if written.is_empty() || written.contains(['.', '/', '\\']) {
                let what =
                    "an extension is what stands behind the last dot of a name, without the dot: `\"gz\"`";
                return Err(Error::new_spanned(text, what));
            }
            Ok(text.clone())
        }
        other => Err(Error::new_spanned(other, format_args!("this is a list of texts: `{EXTENSIONS}`"))),
    };
    list.elems.iter().map(each).collect()
}
