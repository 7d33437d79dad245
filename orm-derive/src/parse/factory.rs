//! `#[derive(Factory)]`: the struct and its `#[factory(…)]` attributes.

use syn::parse::ParseStream;
use syn::{Data, DeriveInput, Error, Expr, Fields, Ident, Token, Type, Visibility};

use super::attribute::{self, Given, items, set};
use super::types::argument_of;
use crate::diagnostics::Diagnostics;

/// The struct as written.
pub(crate) struct Factory {
    pub(crate) ident: Ident,
    pub(crate) visibility: Visibility,
    /// The model whose rows it makes.
    pub(crate) model: Type,
    pub(crate) fields: Vec<Field>,
}

/// A field as written, with what it is made from.
pub(crate) struct Field {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    /// The factory of what it points at, and whether there may be none.
    pub(crate) related: Option<(Type, bool)>,
    pub(crate) source: Source,
}

/// Where the value of a new factory comes from.
pub(crate) enum Source {
    /// An expression, for each row.
    Default(Expr),
    /// A function of the number of the row.
    Sequence(Expr),
    /// A row that is made when it is needed.
    Made,
    Null,
}

#[derive(Default)]
struct Options {
    default: Option<Given<Expr>>,
    sequence: Option<Given<Expr>>,
    made: Option<Given<()>>,
}

const OPTIONS: &[&str] = &["default", "sequence", "made"];

const MODEL: &str = "say whose rows these are: `#[factory(Post)]` on the struct, with the model's name";

/// Reads the struct, or notes why it cannot be a factory at all.
pub(crate) fn parse(input: &DeriveInput, diagnostics: &mut Diagnostics) -> Option<Factory> {
    let ident = &input.ident;
    let model = model(input, diagnostics);
    if !input.generics.params.is_empty() {
        diagnostics
            .push(&input.generics, "a factory makes rows of one model, and cannot have type parameters");
        return None;
    }
    let fields = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => &fields.named,
            Fields::Unnamed(_) | Fields::Unit => {
                diagnostics.push(ident, "a factory is a struct with fields, named like the model's");
                return None;
            }
        },
        Data::Enum(_) | Data::Union(_) => {
            diagnostics.push(ident, "a factory is a struct with fields, named like the model's");
            return None;
        }
    };
    let fields: Vec<Field> = fields.iter().filter_map(|field| read(field, diagnostics)).collect();
    Some(Factory { ident: ident.clone(), visibility: input.vis.clone(), model: model?, fields })
}

fn model(input: &DeriveInput, diagnostics: &mut Diagnostics) -> Option<Type> {
    let mut given = input.attrs.iter().filter(|attribute| attribute.path().is_ident("factory"));
    let Some(attribute) = given.next() else {
        diagnostics.push(&input.ident, MODEL);
        return None;
    };
    for second in given {
        diagnostics.push(second, "a factory has one model; remove this");
    }
    let read = attribute.meta.require_list().and_then(|_| {
        attribute.parse_args_with(|input: ParseStream<'_>| {
            if input.peek(syn::Ident) && input.peek2(Token![=]) {
                return Err(input.error(MODEL));
            }
            input.parse()
        })
    });
    read.map_err(|error| diagnostics.error(Error::new(error.span(), MODEL))).ok()
}

fn read(field: &syn::Field, diagnostics: &mut Diagnostics) -> Option<Field> {
    let ident = field.ident.clone()?;
    let mut options = Options::default();
    items(&field.attrs, "factory", diagnostics, |key, input, _| match key.to_string().as_str() {
        "default" => set(&mut options.default, key, attribute::value(key, input, "18")?),
        "sequence" => {
            set(&mut options.sequence, key, attribute::value(key, input, "|n| format!(\"Post {n}\")")?)
        }
        "made" => attribute::flag(key, input).and_then(|()| set(&mut options.made, key, ())),
        other => Err(attribute::unknown_or(key, elsewhere(other), OPTIONS)),
    });
    let optional = argument_of(&field.ty, "Option");
    let related = argument_of(optional.unwrap_or(&field.ty), "Related")
        .map(|factory| (factory.clone(), optional.is_some()));
    if let (Some(default), Some(sequence)) = (&options.default, &options.sequence) {
        let _ = default;
        diagnostics.push(&sequence.key, "a field has a `default` or is counted by a `sequence`; remove one");
    }
    if let (Some(made), None) = (&options.made, &related) {
        diagnostics
            .push(&made.key, "`made` is for a relation: a field of type `Option<Related<UserFactory>>`");
    }
    let source = match (options.default, options.sequence) {
        (Some(default), _) => Source::Default(default.value),
        (None, Some(sequence)) => Source::Sequence(sequence.value),
        (None, None) if options.made.is_some() => Source::Made,
        (None, None) if optional.is_some() => Source::Null,
        (None, None) if related.is_some() => Source::Made,
        (None, None) => {
            diagnostics.push(
                &ident,
                format_args!(
                    "say how `{ident}` is made: `#[factory(default = …)]` with an expression, which may call a function of \
                     your own, or `#[factory(sequence = |n| …)]` with one of the number of the row"
                ),
            );
            Source::Null
        }
    };
    Some(Field { ident, ty: field.ty.clone(), related, source })
}

/// What to write for words that one knows from elsewhere.
fn elsewhere(key: &str) -> Option<&'static str> {
    Some(match key {
        "faker" | "lazy" | "with" | "lazy_attribute" => {
            "write `default = …` with a call of your function; it runs for each row"
        }
        "sub_factory" | "subfactory" | "factory" | "related" => {
            "the field's type says so: `author: Related<UserFactory>` makes a user when none is given"
        }
        "traits" | "trait" | "variation" => {
            "a variation is a method of your own: `impl PostFactory { fn popular(self) -> Self { self.views(1_000) } }`"
        }
        _ => return None,
    })
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
        let text = "#[factory(Post)] struct F {
            #[factory(sequence = |n| n)] a: u64,
            #[factory(default = faker())] b: String,
            c: Related<UserFactory>,
            d: Option<Related<UserFactory>>,
            #[factory(made)] e: Option<Related<UserFactory>>,
            f: Option<i32>,
        }";
        let factory = parse(&syn::parse_str(text).unwrap(), &mut diagnostics).unwrap();
        assert!(diagnostics.is_empty(), "{:?}", diagnostics.messages());
        let kinds = factory.fields.iter().map(|field| match field.source {
            Source::Sequence(_) => "sequence",
            Source::Default(_) => "default",
            Source::Made => "made",
            Source::Null => "null",
        });
        assert_eq!(kinds.collect::<Vec<_>>(), ["sequence", "default", "made", "null", "made", "null"]);
    }

    #[test]
    fn mistakes_are_named() {
        refused("struct F { #[factory(default = 1)] a: i32 }", &["say whose rows these are"]);
        refused("#[factory(Post)] struct F { a: i32 }", &["say how `a` is made"]);
        refused(
            "#[factory(Post)] struct F { #[factory(sequense = |n| n)] a: Option<u64> }",
            &["did you mean `sequence`?"],
        );
        refused(
            "#[factory(Post)] struct F { #[factory(made)] a: Option<u64> }",
            &["`made` is for a relation"],
        );
        refused(
            "#[factory(Post)] struct F { #[factory(faker = \"name\")] a: Option<u64> }",
            &["call of your function"],
        );
        refused("#[factory(Post)] enum F {}", &["a factory is a struct"]);
    }
}
