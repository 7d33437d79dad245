//! `#[derive(Projection)]`: the struct and its `#[projection(…)]` attributes.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Data, DeriveInput, Error, Expr, Fields, Ident, Result, Token, Type};

use super::attribute::{self, Given, items, set};
use super::types::argument_of;
use crate::diagnostics::Diagnostics;

/// The struct as written.
pub(crate) struct Projection {
    pub(crate) ident: Ident,
    /// The model whose rows it is made of.
    pub(crate) model: Type,
    pub(crate) fields: Vec<Field>,
}

/// A field as written, with what it is read from.
pub(crate) struct Field {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    pub(crate) source: Source,
}

/// What a field is read from.
pub(crate) enum Source {
    /// The model's field of the same name.
    Same,
    /// A field reached through relations: `author.username`.
    Path(FieldPath),
    /// What a function makes of the model's fields.
    Expr(Expr),
}

/// Names with dots between them.
pub(crate) struct FieldPath(pub(crate) TokenStream);

impl Parse for FieldPath {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut path = TokenStream::new();
        loop {
            let name: Ident = input.parse()?;
            path.extend(quote!(.#name));
            if input.parse::<Option<Token![.]>>()?.is_none() {
                return Ok(FieldPath(path));
            }
        }
    }
}

#[derive(Default)]
struct Options {
    path: Option<Given<FieldPath>>,
    expr: Option<Given<Expr>>,
}

const OPTIONS: &[&str] = &["path", "expr"];

/// Reads the struct, or notes why it cannot be a projection at all.
pub(crate) fn parse(input: &DeriveInput, diagnostics: &mut Diagnostics) -> Option<Projection> {
    let ident = &input.ident;
    let model = model(input, diagnostics);
    if !input.generics.params.is_empty() {
        diagnostics.push(
            &input.generics,
            "a projection cannot have type parameters or lifetimes, because it says which columns are read; write the fields' types out",
        );
        return None;
    }
    let fields = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) if !fields.named.is_empty() => &fields.named,
            Fields::Named(_) | Fields::Unit => {
                diagnostics.push(ident, "a projection needs fields, which say what is read");
                return None;
            }
            Fields::Unnamed(_) => {
                diagnostics.push(
                    ident,
                    "a projection's fields are named like the model's; for a tuple use `.values(|row| (row.id, …))`",
                );
                return None;
            }
        },
        Data::Enum(_) | Data::Union(_) => {
            diagnostics.push(ident, "a projection is a struct with named fields");
            return None;
        }
    };
    let fields = fields
        .iter()
        .filter_map(|field| {
            let source = source(options(&field.attrs, diagnostics), diagnostics);
            if argument_of(&field.ty, "Vec").is_some_and(|of| is_name(of, "Self") || is_name(of, &ident.to_string()))
            {
                diagnostics.push(
                    &field.ty,
                    "a projection cannot contain a list of itself, which would have no end; write one struct for each level",
                );
            }
            if argument_of(&field.ty, "Deferred").is_some() {
                diagnostics
                    .push(&field.ty, "a projection reads what it names; write the type without `Deferred`");
            }
            Some(Field { ident: field.ident.clone()?, ty: field.ty.clone(), source })
        })
        .collect();
    Some(Projection { ident: ident.clone(), model: model?, fields })
}

fn is_name(ty: &Type, name: &str) -> bool {
    matches!(ty, Type::Path(path) if path.path.is_ident(name))
}

const MODEL: &str = "say whose rows these are: `#[projection(Post)]` on the struct, with the model's name";

fn model(input: &DeriveInput, diagnostics: &mut Diagnostics) -> Option<Type> {
    let mut given = input.attrs.iter().filter(|attribute| attribute.path().is_ident("projection"));
    let Some(attribute) = given.next() else {
        diagnostics.push(&input.ident, MODEL);
        return None;
    };
    for second in given {
        diagnostics.push(second, "a projection has one model; remove this");
    }
    let read = attribute.meta.require_list().and_then(|_| {
        attribute.parse_args_with(|input: ParseStream<'_>| {
            if input.peek(syn::Ident) && input.peek2(Token![=]) {
                return Err(input.error(MODEL));
            }
            let model = input.parse()?;
            if input.is_empty() { Ok(model) } else { Err(input.error(MODEL)) }
        })
    });
    match read {
        Ok(model) => Some(model),
        Err(error) => {
            diagnostics.error(Error::new(error.span(), MODEL));
            None
        }
    }
}

fn options(attributes: &[Attribute], diagnostics: &mut Diagnostics) -> Options {
    let mut options = Options::default();
    items(attributes, "projection", diagnostics, |key, input, _| match key.to_string().as_str() {
        "path" => set(&mut options.path, key, attribute::value(key, input, "author.username")?),
        "expr" => set(&mut options.expr, key, attribute::value(key, input, "|row| row.views + 1")?),
        other => Err(attribute::unknown_or(key, elsewhere(other), OPTIONS)),
    });
    options
}

/// What to write for words that one knows from elsewhere.
fn elsewhere(key: &str) -> Option<&'static str> {
    Some(match key {
        "field" | "column" | "from" | "rename" | "name" => {
            "write `path = …` with the name of the model's field: `path = title`, `path = author.username`"
        }
        "with" | "value" | "annotate" => "write `expr = |row| …` with an expression on the model's fields",
        "skip" | "default" => "a projection reads all its fields; build the rest from it afterwards",
        _ => return None,
    })
}

fn source(options: Options, diagnostics: &mut Diagnostics) -> Source {
    match (options.path, options.expr) {
        (Some(path), Some(expr)) => {
            diagnostics.push(&expr.key, "a field is read from a `path` or from an `expr`; remove one");
            Source::Path(path.value)
        }
        (Some(path), None) => Source::Path(path.value),
        (None, Some(expr)) => Source::Expr(expr.value),
        (None, None) => Source::Same,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(text: &str, expected: &[&str]) {
        let mut diagnostics = Diagnostics::default();
        parse(&syn::parse_str(text).unwrap(), &mut diagnostics);
        diagnostics.assert_contain(expected);
    }

    #[test]
    fn fields_have_sources() {
        let mut diagnostics = Diagnostics::default();
        let projection = parse(
            &syn::parse_str(
                "#[projection(blog::Post)] struct Card {
                    id: i64,
                    #[projection(path = author.username)] author: String,
                    #[projection(expr = |p| p.views * 2,)] twice: i64,
                }",
            )
            .unwrap(),
            &mut diagnostics,
        )
        .unwrap();
        assert!(diagnostics.is_empty());
        let sources: Vec<String> = projection
            .fields
            .iter()
            .map(|field| match &field.source {
                Source::Same => "same".into(),
                Source::Path(path) => path.0.to_string(),
                Source::Expr(expr) => quote!(#expr).to_string(),
            })
            .collect();
        assert_eq!(sources, ["same", ". author . username", "| p | p . views * 2"]);
    }

    #[test]
    fn mistakes_are_named() {
        refused("struct Card { id: i64 }", &["say whose rows"]);
        refused("#[projection(model = Post)] struct Card { id: i64 }", &["say whose rows"]);
        refused("#[projection(Post)] struct Card<T> { id: T }", &["type parameters"]);
        refused("#[projection(Post)] struct Card(i64);", &[".values("]);
        refused("#[projection(Post)] enum Card { A }", &["a struct with named fields"]);
        refused(
            "#[projection(Post)] struct Card {
                #[projection(paht = title)] a: i64,
                #[projection(rename = title)] b: i64,
                #[projection(path = 3)] c: i64,
                #[projection(path = title, expr = |p| p.id)] d: i64,
                e: Deferred<String>,
                f: Vec<Self>,
                g: Vec<Card>,
            }",
            &[
                "did you mean `path`?",
                "write `path = …`",
                "not what `path` needs",
                "remove one",
                "without `Deferred`",
                "a list of itself",
                "a list of itself",
            ],
        );
    }
}
