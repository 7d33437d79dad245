//! `#[orm::test]`: the function and the attribute's options.

use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::token::Bracket;
use syn::{Expr, FnArg, ItemFn, Result, Token, Type, bracketed};

use super::attribute::{self, Given, items_of, set};
use crate::diagnostics::Diagnostics;

/// A test as written.
pub(crate) struct Test {
    /// What it takes, and whether that is lent.
    pub(crate) database: Type,
    pub(crate) lent: bool,
    pub(crate) isolated: bool,
    pub(crate) models: Option<Models>,
    pub(crate) setup: Option<Expr>,
    pub(crate) worker_threads: u32,
}

/// The models whose tables there are.
pub(crate) enum Models {
    Listed(Vec<Type>),
    /// An expression that gives a list.
    Given(Expr),
}

impl Parse for Models {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if !input.peek(Bracket) {
            return Ok(Models::Given(input.parse()?));
        }
        let listed;
        bracketed!(listed in input);
        let listed = attribute::inside(&listed, Punctuated::<Type, Token![,]>::parse_terminated)?;
        Ok(Models::Listed(listed.into_iter().collect()))
    }
}

#[derive(Default)]
struct Options {
    isolated: Option<Given<()>>,
    models: Option<Given<Models>>,
    setup: Option<Given<Expr>>,
    worker_threads: Option<Given<u32>>,
}

const OPTIONS: &[&str] = &["models", "setup", "isolated", "worker_threads"];

/// What to take, in messages.
const TAKES: &str = "`db: orm::testing::TestDatabase`";

/// Reads a test, or notes why it is none.
pub(crate) fn parse(arguments: TokenStream, item: &ItemFn, diagnostics: &mut Diagnostics) -> Option<Test> {
    let options = options(arguments, diagnostics);
    let signature = &item.sig;
    if signature.asyncness.is_none() {
        diagnostics.push(
            signature.fn_token,
            format_args!("a test of `orm` awaits its queries: write `async fn {}`", signature.ident),
        );
    }
    if !signature.generics.params.is_empty() {
        diagnostics.push(
            &signature.generics,
            format_args!("a test is called by the test runner, which knows no types for these; take {TAKES}"),
        );
    }
    let (database, lent) = database(item, diagnostics)?;
    let worker_threads = match options.worker_threads {
        Some(Given { key, value: 0 }) => {
            diagnostics.push(key, "`worker_threads` is at least 1; leave it out for a runtime of one thread");
            0
        }
        Some(Given { value, .. }) => value,
        None => 0,
    };
    Some(Test {
        database,
        lent,
        isolated: options.isolated.is_some(),
        models: options.models.map(|given| given.value),
        setup: options.setup.map(|given| given.value),
        worker_threads,
    })
}

fn options(arguments: TokenStream, diagnostics: &mut Diagnostics) -> Options {
    let mut options = Options::default();
    items_of(arguments, diagnostics, |key, input, _| match key.to_string().as_str() {
        "isolated" => attribute::flag(key, input).and_then(|()| set(&mut options.isolated, key, ())),
        "models" => set(&mut options.models, key, attribute::value(key, input, "[User, Post]")?),
        "setup" => set(&mut options.setup, key, attribute::value(key, input, "fill")?),
        "worker_threads" => set(&mut options.worker_threads, key, attribute::number(key, input, 2)?),
        other => Err(attribute::unknown_or(key, elsewhere(other), OPTIONS)),
    });
    options
}

/// What to write for words that one knows from elsewhere.
fn elsewhere(key: &str) -> Option<&'static str> {
    Some(match key {
        "transaction" | "transactional" | "commit" | "serial" => {
            "tests are rolled back unless they are `isolated`, which commits for real"
        }
        "flavor" => "a test has one thread unless it says `worker_threads = 2`",
        "fixtures" | "fixture" => {
            "load fixtures in a function that fills the database, and name it: `setup = fill`"
        }
        "url" | "database" => {
            "the environment says where tests run: `ORM_TEST_URL`; without it, on SQLite in memory"
        }
        _ => return None,
    })
}

fn database(item: &ItemFn, diagnostics: &mut Diagnostics) -> Option<(Type, bool)> {
    let signature = &item.sig;
    let mut inputs = signature.inputs.iter();
    let first = match inputs.next() {
        None => {
            diagnostics.push(
                &signature.ident,
                format_args!(
                    "a test takes its database: `async fn {}(db: orm::testing::TestDatabase)`",
                    signature.ident
                ),
            );
            return None;
        }
        Some(FnArg::Receiver(receiver)) => {
            diagnostics.push(receiver, format_args!("a test is no method; take {TAKES}"));
            return None;
        }
        Some(FnArg::Typed(typed)) => &*typed.ty,
    };
    if let Some(second) = inputs.next() {
        diagnostics.push(second, "a test takes its database and nothing else; make the rest from it");
    }
    let (database, lent) = match first {
        Type::Reference(reference) => {
            if let Some(mutability) = &reference.mutability {
                diagnostics.push(mutability, "a database is shared; take it by `&` or by value");
            }
            (&*reference.elem, true)
        }
        owned => (owned, false),
    };
    if matches!(database, Type::ImplTrait(_) | Type::Infer(_)) {
        diagnostics.push(
            database,
            format_args!(
                "a test is called by the test runner, which does not know the type here; take {TAKES}"
            ),
        );
        return None;
    }
    Some((database.clone(), lent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(arguments: &str, item: &str, expected: &[&str]) {
        let mut diagnostics = Diagnostics::default();
        parse(arguments.parse().unwrap(), &syn::parse_str(item).unwrap(), &mut diagnostics);
        diagnostics.assert_contain(expected);
    }

    #[test]
    fn options_are_read() {
        let mut diagnostics = Diagnostics::default();
        let item = syn::parse_str("async fn t(db: &Database<Sqlite>) {}").unwrap();
        let arguments = "models = [User, blog::Post,], isolated, setup = fill, worker_threads = 3";
        let test = parse(arguments.parse().unwrap(), &item, &mut diagnostics).unwrap();
        assert!(diagnostics.is_empty(), "{:?}", diagnostics.messages());
        assert!(test.lent && test.isolated && test.worker_threads == 3);
        assert!(matches!(test.models, Some(Models::Listed(listed)) if listed.len() == 2));
    }

    #[test]
    fn mistakes_are_named() {
        let good = "async fn t(db: TestDatabase) {}";
        refused("model = [User]", good, &["unknown option `model`; did you mean `models`?"]);
        refused("isolated = true, url = \"x\"", good, &["`isolated` has no value", "ORM_TEST_URL"]);
        refused("worker_threads = 0", good, &["at least 1"]);
        refused("models", good, &["`models` needs a value: `models = [User, Post]`"]);
        refused("", "fn t(db: TestDatabase) {}", &["write `async fn t`"]);
        refused("", "async fn t() {}", &["`async fn t(db: orm::testing::TestDatabase)`"]);
        refused("", "async fn t(db: TestDatabase, n: i32) {}", &["nothing else"]);
        refused("", "async fn t(db: &mut TestDatabase) {}", &["shared"]);
        refused("", "async fn t(db: &impl Executor) {}", &["does not know the type"]);
        refused("", "async fn t<B: Backend>(db: &Database<B>) {}", &["knows no types"]);
    }
}
