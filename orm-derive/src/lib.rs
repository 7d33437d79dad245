//! Derive macros of orm.
//!
//! Each derive goes one way: `parse` reads attributes into options, `ir` checks them and answers every question,
//! `expand` writes code from the answers. Mistakes are collected on the way and reported together.
#![warn(missing_docs, unreachable_pub)]

mod diagnostics;
mod expand;
mod ir;
mod parse;
mod raw;

use proc_macro::TokenStream;
use syn::{DeriveInput, ItemFn, parse_macro_input};

use diagnostics::Diagnostics;

#[doc = include_str!("../docs/model.md")]
#[proc_macro_derive(Model, attributes(model, field))]
pub fn model(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let mut diagnostics = Diagnostics::default();
    let code = match parse::model::parse(&input, &mut diagnostics) {
        Some(parsed) => expand::model(&ir::model::check(parsed, &mut diagnostics)),
        None => expand::stub::model(&input),
    };
    diagnostics.beside(&code).into()
}

#[doc = include_str!("../docs/choices.md")]
#[proc_macro_derive(Choices, attributes(choices, choice))]
pub fn choices(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let mut diagnostics = Diagnostics::default();
    let code = match parse::choices::parse(&input, &mut diagnostics) {
        Some(parsed) => expand::choices::expand(&ir::choices::check(parsed, &mut diagnostics)),
        None => expand::stub::field_type(&input),
    };
    diagnostics.beside(&code).into()
}

#[doc = include_str!("../docs/field_type.md")]
#[proc_macro_derive(FieldType)]
pub fn field_type(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let mut diagnostics = Diagnostics::default();
    let code = match parse::newtype::parse(&input, &mut diagnostics) {
        Some(parsed) => expand::newtype::expand(&parsed),
        None => expand::stub::field_type(&input),
    };
    diagnostics.beside(&code).into()
}

#[doc = include_str!("../docs/projection.md")]
#[proc_macro_derive(Projection, attributes(projection))]
pub fn projection(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let mut diagnostics = Diagnostics::default();
    let code = match parse::projection::parse(&input, &mut diagnostics) {
        Some(parsed) => expand::projection::expand(&parsed, diagnostics.is_empty()),
        None => proc_macro2::TokenStream::new(),
    };
    diagnostics.beside(&code).into()
}

#[doc = include_str!("../docs/factory.md")]
#[proc_macro_derive(Factory, attributes(factory))]
pub fn factory(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let mut diagnostics = Diagnostics::default();
    let code = match parse::factory::parse(&input, &mut diagnostics) {
        Some(parsed) if diagnostics.is_empty() => expand::factory::expand(&parsed),
        _ => proc_macro2::TokenStream::new(),
    };
    diagnostics.beside(&code).into()
}

#[doc = include_str!("../docs/test.md")]
#[proc_macro_attribute]
pub fn test(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let item = parse_macro_input!(item as ItemFn);
    let mut diagnostics = Diagnostics::default();
    let code = match parse::test::parse(arguments.into(), &item, &mut diagnostics) {
        Some(parsed) if diagnostics.is_empty() => expand::test::expand(&parsed, &item),
        _ => expand::stub::test(&item),
    };
    diagnostics.beside(&code).into()
}

#[doc = include_str!("../docs/raw.md")]
#[proc_macro]
pub fn raw(input: TokenStream) -> TokenStream {
    let statement = parse_macro_input!(input as raw::Statement);
    raw::statement(&statement).into()
}

#[doc = include_str!("../docs/sql.md")]
#[proc_macro]
pub fn sql(input: TokenStream) -> TokenStream {
    let expression = parse_macro_input!(input as raw::Expression);
    raw::expression(&expression).into()
}
