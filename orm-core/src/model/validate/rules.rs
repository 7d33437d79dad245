//! The rules of `#[field(validate(…))]`, each with its code and its words.

use std::sync::OnceLock;

use regex_lite::Regex;
use rust_decimal::Decimal;

use super::step::Stepped;
use super::{text, url};
use crate::error::{ValidationError, ValidationErrors, Words};
use crate::model::{Column, TypeOf};
use crate::schema::FieldMeta;
use crate::value::{FieldType, SqlType, Value, ValueKind};

/// A field with its value, which is not NULL.
pub struct CheckedField<'a> {
    pub(super) field: &'static FieldMeta,
    pub(super) value: Value,
    pub(super) errors: &'a mut ValidationErrors,
}

impl CheckedField<'_> {
    fn text(&self) -> &str {
        match &self.value {
            Value::Text(text) => text,
            _ => "",
        }
    }

    fn refuse(&mut self, (code, message): Words, error: ValidationError) {
        self.errors.add(self.field.name, error.worded(code, message));
    }

    fn require(&mut self, valid: bool, words: Words, what: &'static str) {
        if !valid {
            self.refuse(words, ValidationError::new("invalid", what));
        }
    }

    /// An email address, with a domain that has a dot.
    pub fn email(&mut self, words: Words) {
        self.require(text::is_email(self.text()), words, "must be an email address");
    }

    /// An absolute URL of `http`, `https`, `ftp` or `ftps`.
    pub fn url(&mut self, words: Words) {
        self.require(url::is_url(self.text()), words, "must be a URL, such as https://example.org");
    }

    /// The name of a domain, with a dot.
    pub fn domain(&mut self, words: Words) {
        self.require(url::is_domain(self.text()), words, "must be a domain, such as example.org");
    }

    /// Letters and digits of ASCII, `-` and `_`.
    pub fn slug(&mut self, words: Words) {
        let valid = text::is_slug(self.text(), |character| character.is_ascii_alphanumeric());
        self.require(valid, words, "must consist of letters, digits, hyphens and underscores");
    }

    /// Letters and digits of any script, `-` and `_`.
    pub fn unicode_slug(&mut self, words: Words) {
        let valid = text::is_slug(self.text(), char::is_alphanumeric);
        self.require(valid, words, "must consist of letters, digits, hyphens and underscores");
    }

    /// An IPv4 or IPv6 address.
    pub fn ip(&mut self, words: Words) {
        self.require(self.text().parse::<std::net::IpAddr>().is_ok(), words, "must be an IP address");
    }

    /// An IPv4 address.
    pub fn ipv4(&mut self, words: Words) {
        self.require(self.text().parse::<std::net::Ipv4Addr>().is_ok(), words, "must be an IPv4 address");
    }

    /// An IPv6 address.
    pub fn ipv6(&mut self, words: Words) {
        self.require(self.text().parse::<std::net::Ipv6Addr>().is_ok(), words, "must be an IPv6 address");
    }

    /// Digits, perhaps behind a minus.
    pub fn integer(&mut self, words: Words) {
        self.require(text::is_integer(self.text()), words, "must be a whole number");
    }

    /// Whole numbers with commas between them.
    pub fn integer_list(&mut self, words: Words) {
        let valid = self.text().split(',').all(text::is_integer);
        self.require(valid, words, "must be whole numbers with commas between them");
    }

    /// Something other than white space.
    pub fn not_blank(&mut self, words: Words) {
        if self.text().trim().is_empty() {
            self.refuse(words, ValidationError::new("blank", "must not be blank"));
        }
    }

    /// No control characters but tabs and ends of lines.
    pub fn printable(&mut self, words: Words) {
        let valid = !self.text().chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r'));
        self.require(valid, words, "must not contain control characters");
    }

    /// A number of characters.
    pub fn length(&mut self, min: Option<usize>, max: Option<usize>, words: Words) {
        let length = self.text().chars().count();
        if let Some(min) = min.filter(|min| length < *min) {
            let message = format!("must have at least {min} characters, and has {length}");
            let error = ValidationError::new("min_length", message).with("min", min).with("length", length);
            self.refuse(words, error);
        }
        if let Some(max) = max.filter(|max| length > *max) {
            let message = format!("must have at most {max} characters, and has {length}");
            let error = ValidationError::new("max_length", message).with("max", max).with("length", length);
            self.refuse(words, error);
        }
    }

    /// A regular expression that matches somewhere: `^…$` for the whole.
    pub fn regex(&mut self, pattern: &'static Pattern, words: Words) {
        self.require(pattern.is_match(self.text()), words, "does not have the right form");
    }

    /// A least and a greatest value.
    pub fn range<T: FieldType + PartialOrd>(
        &mut self,
        value: &T,
        min: Option<T>,
        max: Option<T>,
        words: Words,
    ) {
        // Not with the opposite operator: what cannot be compared is in no range.
        if let Some(min) = min.filter(|min| !matches!(value.partial_cmp(min), Some(order) if order.is_ge())) {
            let error = ValidationError::new("min_value", format!("must be at least {min:?}"));
            self.refuse(words, error.with("min", format_args!("{min:?}")));
        }
        if let Some(max) = max.filter(|max| !matches!(value.partial_cmp(max), Some(order) if order.is_le())) {
            let error = ValidationError::new("max_value", format!("must be at most {max:?}"));
            self.refuse(words, error.with("max", format_args!("{max:?}")));
        }
    }

    /// A multiple of a number, counted from another one.
    pub fn step<T: Stepped>(&mut self, value: &T, step: Option<T>, offset: Option<T>, words: Words) {
        let Some(step) = step else { return };
        if value.is_step(&step, offset.as_ref()) {
            return;
        }
        let error = match offset {
            None => ValidationError::new("step_size", format!("must be a multiple of {step:?}")),
            Some(offset) => {
                let message = format!("must be a multiple of {step:?}, counted from {offset:?}");
                ValidationError::new("step_size", message).with("offset", format_args!("{offset:?}"))
            }
        };
        self.refuse(words, error.with("step", format_args!("{step:?}")));
    }

    /// A name of a file that ends in one of these, whatever its case.
    pub fn file_extension(&mut self, allowed: &[&'static str], words: Words) {
        let extension = text::extension(self.text()).map(str::to_lowercase);
        if extension.is_none_or(|extension| !allowed.contains(&extension.as_str())) {
            let message = match allowed {
                [one] => format!("must be the name of a .{one} file"),
                [rest @ .., last] => {
                    let rest: Vec<_> = rest.iter().map(|extension| format!(".{extension}")).collect();
                    format!("must be the name of a file that ends in {} or .{last}", rest.join(", "))
                }
                [] => "cannot be the name of any file".to_owned(),
            };
            let error = ValidationError::new("invalid_extension", message);
            self.refuse(words, error.with("allowed", allowed.join(", ")));
        }
    }

    /// What a function of the user's own says.
    pub fn custom(&mut self, result: Result<(), ValidationError>, words: Words) {
        if let Err(error) = result {
            self.refuse(words, error);
        }
    }
}

/// A regular expression, compiled when it is first used. The derive has looked whether it is one.
pub struct Pattern {
    text: &'static str,
    regex: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// A pattern.
    pub const fn new(text: &'static str) -> Self {
        Pattern { text, regex: OnceLock::new() }
    }

    fn is_match(&self, text: &str) -> bool {
        let regex = self.regex.get_or_init(|| Regex::new(self.text).ok());
        regex.as_ref().is_some_and(|regex| regex.is_match(text))
    }
}

/// A bound that was written as a number beside a decimal. The derive has looked whether it is one.
pub fn decimal_bound(text: &str) -> Option<Decimal> {
    text.parse().ok()
}

/// Rules for text are on fields that are stored as text.
///
/// # Panics
/// While compiling, when the field is not.
pub const fn needs_text<C: Column>() {
    let kind = <<TypeOf<C> as SqlType>::Base as FieldType>::KIND;
    assert!(matches!(kind, ValueKind::Text), "this rule is for text, and the field is not stored as text");
}
