//! Lookups that are chosen at run time.

use std::str::FromStr;

use super::fit::{NamedValue, fitted, flag, items, pair, text};
use super::path::{close, list, node, wrong_name};
use crate::ast::{CompareOp, FieldRef, Node, TextMatchKind};
use crate::error::{Error, LookupError, Result};
use crate::schema::FieldMeta;
use crate::value::ValueKind;

/// A lookup that is chosen at run time; parses from Django's names (`"gte".parse()`) and from this library's (`"ge"`).
///
/// ```
/// use orm::prelude::*;
///
/// assert_eq!("icontains".parse::<Lookup>()?, Lookup::IContains);
/// assert_eq!("gte".parse::<Lookup>()?, Lookup::Ge);
/// assert_eq!(
///     "contians".parse::<Lookup>().unwrap_err().to_string(),
///     "Lookup has no `contians`; did you mean `contains`?"
/// );
/// # Ok::<_, orm::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lookup {
    /// Equal.
    Eq,
    /// Different.
    Ne,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// In a list.
    In,
    /// In a closed range: a list of two values.
    Between,
    /// NULL if the value is true, not NULL if it is false.
    IsNull,
    /// Contains text.
    Contains,
    /// Contains text, in any case.
    IContains,
    /// Starts with text.
    StartsWith,
    /// Starts with text, in any case.
    IStartsWith,
    /// Ends with text.
    EndsWith,
    /// Ends with text, in any case.
    IEndsWith,
    /// Equals text, in any case.
    IExact,
    /// Matches a regular expression.
    Regex,
    /// Matches a regular expression, in any case.
    IRegex,
}

const NAMES: [(&str, Lookup); 23] = [
    ("eq", Lookup::Eq),
    ("ne", Lookup::Ne),
    ("gt", Lookup::Gt),
    ("ge", Lookup::Ge),
    ("lt", Lookup::Lt),
    ("le", Lookup::Le),
    ("in", Lookup::In),
    ("between", Lookup::Between),
    ("is_null", Lookup::IsNull),
    ("contains", Lookup::Contains),
    ("icontains", Lookup::IContains),
    ("startswith", Lookup::StartsWith),
    ("istartswith", Lookup::IStartsWith),
    ("endswith", Lookup::EndsWith),
    ("iendswith", Lookup::IEndsWith),
    ("iexact", Lookup::IExact),
    ("regex", Lookup::Regex),
    ("iregex", Lookup::IRegex),
    // Django's other names.
    ("exact", Lookup::Eq),
    ("gte", Lookup::Ge),
    ("lte", Lookup::Le),
    ("range", Lookup::Between),
    ("isnull", Lookup::IsNull),
];

impl FromStr for Lookup {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        if let Some((_, lookup)) = NAMES.iter().find(|(known, _)| *known == name) {
            return Ok(*lookup);
        }
        let names = NAMES.iter().map(|(name, _)| *name);
        let help = match close(name, names.clone()) {
            Some(close) => format!("; did you mean `{close}`?"),
            None => format!("; there are {}", list(names)),
        };
        Err(wrong_name("Lookup", name, help))
    }
}

impl Lookup {
    /// Its name.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(_, lookup)| *lookup == self).map_or("", |(name, _)| name)
    }

    /// The condition, if lookup and value fit the field.
    pub(super) fn apply(self, reference: FieldRef, value: NamedValue) -> Result<Node> {
        let field = reference.field;
        let left = node(reference);
        let compare =
            |op, value| Ok(left.clone().compare(op, Node::value(Ok(fitted(self.comparing(field)?, value)?))));
        let search = |kind, ignore_case, value| {
            Ok(left.clone().text_match(kind, ignore_case, text(self.searching(field)?, value)?))
        };
        match self {
            Lookup::Eq => compare(CompareOp::Eq, value),
            Lookup::Ne => compare(CompareOp::Ne, value),
            Lookup::Gt => compare(CompareOp::Gt, value),
            Lookup::Ge => compare(CompareOp::Ge, value),
            Lookup::Lt => compare(CompareOp::Lt, value),
            Lookup::Le => compare(CompareOp::Le, value),
            Lookup::In => Ok(left.in_list(Ok(items(self.comparing(field)?, value)?))),
            Lookup::Between => {
                let (low, high) = pair(self.comparing(field)?, value)?;
                Ok(left.between(Node::value(Ok(low)), Node::value(Ok(high))))
            }
            Lookup::IsNull => {
                let is_null = left.is_null();
                Ok(if flag(field, &value)? { is_null } else { is_null.negate() })
            }
            Lookup::Contains => search(TextMatchKind::Contains, false, value),
            Lookup::IContains => search(TextMatchKind::Contains, true, value),
            Lookup::StartsWith => search(TextMatchKind::StartsWith, false, value),
            Lookup::IStartsWith => search(TextMatchKind::StartsWith, true, value),
            Lookup::EndsWith => search(TextMatchKind::EndsWith, false, value),
            Lookup::IEndsWith => search(TextMatchKind::EndsWith, true, value),
            Lookup::IExact => search(TextMatchKind::Exact, true, value),
            Lookup::Regex => Ok(left.regex(text(self.searching(field)?, value)?, false)),
            Lookup::IRegex => Ok(left.regex(text(self.searching(field)?, value)?, true)),
        }
    }

    fn comparing(self, field: &'static FieldMeta) -> Result<&'static FieldMeta> {
        if is_document(field) { Err(self.unfit(field)) } else { Ok(field) }
    }

    fn searching(self, field: &'static FieldMeta) -> Result<&'static FieldMeta> {
        if field.kind == ValueKind::Text { Ok(field) } else { Err(self.unfit(field)) }
    }

    fn unfit(self, field: &'static FieldMeta) -> Error {
        unfit(self.name(), field)
    }
}

/// A lookup that the field's type does not have.
#[cold]
pub(super) fn unfit(lookup: &'static str, field: &'static FieldMeta) -> Error {
    let (model, kind) = (field.model, field.kind.name());
    Error::UnfitLookup(Box::new(LookupError { model, field: field.name, lookup, kind }))
}

/// Documents have no order that databases agree on, nor equality.
pub(super) fn is_document(field: &FieldMeta) -> bool {
    field.kind == ValueKind::Json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_there_and_back() {
        for (name, lookup) in NAMES {
            assert_eq!(name.parse::<Lookup>().unwrap(), lookup);
            assert_eq!(lookup.name().parse::<Lookup>().unwrap(), lookup);
        }
    }
}
