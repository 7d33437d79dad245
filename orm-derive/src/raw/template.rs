//! The text: what is SQL, and what is an expression between braces.

use proc_macro2::Span;
use syn::{Error, Expr, ExprLit, Lit, LitStr, Result};

/// Text with expressions between its pieces.
pub(super) struct Template {
    /// The text before the first expression.
    pub(super) first: String,
    /// Each expression, and the text behind it.
    pub(super) pieces: Vec<(Piece, String)>,
}

/// What stood between braces.
pub(super) enum Piece {
    /// `{value}`
    One(Expr),
    /// `{list...}`
    List(Expr),
}

impl Template {
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.first.as_str()).chain(self.pieces.iter().map(|(_, text)| text.as_str()))
    }

    /// The text with a placeholder for each expression.
    pub(super) fn plain(&self) -> String {
        self.texts().collect::<Vec<_>>().join(" ? ")
    }
}

/// Takes the text of a literal apart.
pub(super) fn parse(literal: &LitStr) -> Result<Template> {
    let (whole, span) = (literal.value(), literal.span());
    let mut template = Template { first: String::new(), pieces: Vec::new() };
    let mut text = String::new();
    let mut rest = whole.as_str();
    while let Some(at) = rest.find(['{', '}']) {
        let (before, brace) = rest.split_at(at);
        text.push_str(before);
        if let Some(after) = brace.strip_prefix("{{") {
            text.push('{');
            rest = after;
        } else if let Some(after) = brace.strip_prefix("}}") {
            text.push('}');
            rest = after;
        } else if let Some(inside) = brace.strip_prefix('{') {
            let Some(end) = closing(inside) else {
                return Err(Error::new(
                    span,
                    "`{` has no `}`; a brace that belongs to the text is written `{{`",
                ));
            };
            let (written, after) = inside.split_at(end);
            template.end(std::mem::take(&mut text));
            template.pieces.push((piece(written, span)?, String::new()));
            rest = after.strip_prefix('}').unwrap_or(after);
        } else {
            return Err(Error::new(span, "`}` has no `{`; a brace that belongs to the text is written `}}`"));
        }
    }
    text.push_str(rest);
    template.end(text);
    Ok(template)
}

impl Template {
    fn end(&mut self, text: String) {
        match self.pieces.last_mut() {
            Some((_, behind)) => *behind = text,
            None => self.first = text,
        }
    }
}

/// Where the brace is that closes an expression. Braces in it come in pairs, or stand in text.
fn closing(inside: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut characters = inside.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => return Some(at),
            '}' => depth -= 1,
            '"' => loop {
                match characters.next()?.1 {
                    '\\' => drop(characters.next()),
                    '"' => break,
                    _ => {}
                }
            },
            // A character, and not a lifetime.
            '\'' => {
                let mut ahead = inside.get(at + 1..)?.chars();
                let (first, second) = (ahead.next(), ahead.next());
                if first == Some('\\') {
                    characters.nth(1);
                    while characters.next()?.1 != '\'' {}
                } else if second == Some('\'') {
                    characters.nth(1);
                }
            }
            _ => {}
        }
    }
    None
}

fn piece(written: &str, span: Span) -> Result<Piece> {
    let fail = |message: String| Err(Error::new(span, message));
    let trimmed = written.trim();
    if trimmed.is_empty() {
        return fail("there is nothing between `{` and `}`: write the value there, `{value}`".to_owned());
    }
    let (code, is_list) = match trimmed.strip_suffix("...") {
        Some(list) => (list.trim_end(), true),
        None => (trimmed, false),
    };
    let expr = match LitStr::new(code, span).parse::<Expr>() {
        Ok(Expr::Lit(ExprLit { lit: Lit::Int(number), .. })) if number.suffix().is_empty() => {
            return fail(format!(
                "`{{{trimmed}}}` would be an argument by position, of which there are none: write the value or its \
                 variable, `{{value}}`; a number that is always the same belongs in the text"
            ));
        }
        Ok(expr) => expr,
        Err(_) if has_format(code) => {
            return fail(format!(
                "`{{{trimmed}}}`: values are bound as parameters, so there is nothing to format; names of tables and \
                 columns cannot be interpolated at all, for they would become part of the statement"
            ));
        }
        Err(error) => return fail(format!("`{{{trimmed}}}` is not an expression: {error}")),
    };
    Ok(if is_list { Piece::List(expr) } else { Piece::One(expr) })
}

/// Whether what was written looks like `value:format`.
fn has_format(code: &str) -> bool {
    let Some((before, after)) = code.split_once(':') else { return false };
    !after.starts_with(':') && syn::parse_str::<Expr>(before).is_ok()
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;

    use super::*;

    fn shown(text: &str) -> Result<String> {
        let template = parse(&LitStr::new(text, Span::call_site()))?;
        let mut shown = template.first.clone();
        for (piece, text) in &template.pieces {
            let (open, expr) = match piece {
                Piece::One(expr) => ("<", expr),
                Piece::List(expr) => ("<<", expr),
            };
            let expr = expr.to_token_stream().to_string().replace(' ', "");
            shown = format!("{shown}{open}{expr}>{text}");
        }
        Ok(shown)
    }

    #[test]
    fn expressions_stand_between_the_texts() {
        assert_eq!(shown("a = {x} AND b IN ({list...})").unwrap(), "a = <x> AND b IN (<<list>)");
        assert_eq!(shown("{a}{b}").unwrap(), "<a><b>");
        assert_eq!(shown("{{{x}}}").unwrap(), "{<x>}");
        assert_eq!(shown("'{{\"a\": 1}}'").unwrap(), "'{\"a\": 1}'");
        assert_eq!(shown("{ m[\"}\"].f('}', '\\'') + { 1 } }").unwrap(), "<m[\"}\"].f('}','\\'')+{1}>");
        assert_eq!(shown("{f::<i64>(x)} {p.author.name}").unwrap(), "<f::<i64>(x)> <p.author.name>");
        assert_eq!(shown("{1_i64}").unwrap(), "<1_i64>");
        assert_eq!(shown("{f::<&'a str>(x)}").unwrap(), "<f::<&'astr>(x)>");
    }

    #[test]
    fn mistakes_are_explained() {
        let said = |text: &str| shown(text).unwrap_err().to_string();
        assert!(said("{}").contains("nothing between"));
        assert!(said("{0}").contains("by position"));
        assert!(said("{x:?}").contains("cannot be interpolated"));
        assert!(said("{table:ident}").contains("cannot be interpolated"));
        assert!(said("{x").contains("`{{`"));
        assert!(said("x}").contains("`}}`"));
        assert!(said("{a b}").contains("not an expression"));
    }
}
