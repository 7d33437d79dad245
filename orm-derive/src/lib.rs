//! Derive macros of orm.

use proc_macro::TokenStream;

/// Derives `Model`.
#[proc_macro_derive(Model, attributes(model, field))]
pub fn model(_: TokenStream) -> TokenStream { TokenStream::new() }
/// Derives `Choices`.
#[proc_macro_derive(Choices, attributes(choices, choice))]
pub fn choices(_: TokenStream) -> TokenStream { TokenStream::new() }
/// Derives `FieldType`.
#[proc_macro_derive(FieldType)]
pub fn field_type(_: TokenStream) -> TokenStream { TokenStream::new() }
