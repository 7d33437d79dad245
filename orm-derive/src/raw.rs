//! `raw!` and `sql!`: text with values between braces, which are bound and never become part of it.

mod access;
mod template;

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Error, Expr, LitStr, Token, Type};

use access::only_reads;
use template::{Piece, Template, parse};

/// A statement: the text alone.
pub(crate) struct Statement(LitStr);

impl Parse for Statement {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let text = literal(input, "raw!")?;
        no_more(input, "raw!")?;
        Ok(Statement(text))
    }
}

/// An expression: its type, and the text.
pub(crate) struct Expression(Type, LitStr);

impl Parse for Expression {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(LitStr) {
            return Err(input.error("`sql!` needs the type of the value first: `sql!(bool, \"…\")`"));
        }
        let ty = input.parse()?;
        input.parse::<Token![,]>()?;
        let text = literal(input, "sql!")?;
        no_more(input, "sql!")?;
        Ok(Expression(ty, text))
    }
}

fn literal(input: ParseStream<'_>, of: &str) -> syn::Result<LitStr> {
    if input.peek(LitStr) {
        return input.parse();
    }
    let found: TokenStream = input.parse()?;
    let message = format!(
        "`{of}` takes its text as a string literal: one made at run time could contain what a user typed, which the \
         database would run; values are bound with `{{value}}`"
    );
    // An empty stream has no place of its own.
    if found.is_empty() { Err(input.error(message)) } else { Err(Error::new_spanned(found, message)) }
}

fn no_more(input: ParseStream<'_>, of: &str) -> syn::Result<()> {
    let _ = input.parse::<Option<Token![,]>>()?;
    if input.is_empty() {
        return Ok(());
    }
    let rest: TokenStream = input.parse()?;
    Err(Error::new_spanned(
        rest,
        format!(
            "`{of}` takes no arguments behind its text: write the expression between the braces, `{{value}}`"
        ),
    ))
}

/// The code for `raw!`.
pub(crate) fn statement(Statement(text): &Statement) -> TokenStream {
    let template = match parse(text) {
        Ok(template) => template,
        Err(error) => return error.to_compile_error(),
    };
    if template.texts().all(|text| text.trim().is_empty()) {
        return Error::new(text.span(), "a statement cannot be empty").to_compile_error();
    }
    let access = if only_reads(&template.plain()) { quote!(Read) } else { quote!(Write) };
    let Template { first, pieces } = &template;
    let with = pieces.iter().map(|(piece, text)| {
        let bound = bound(piece);
        quote!(let __query = ::orm::private::RawQuery::with(__query, #bound, #text);)
    });
    let traits = traits(pieces);
    quote! {{
        #traits
        let __query = ::orm::private::RawQuery::new(#first, ::orm::private::Access::#access);
        #(#with)*
        __query
    }}
}

/// The code for `sql!`.
pub(crate) fn expression(Expression(ty, text): &Expression) -> TokenStream {
    let Template { first, pieces } = match parse(text) {
        Ok(template) => template,
        Err(error) => return error.to_compile_error(),
    };
    let with = pieces.iter().map(|(piece, text)| {
        let bound = bound(piece);
        quote!(let __sql = ::orm::private::RawExpr::with(__sql, #bound, #text);)
    });
    let traits = traits(&pieces);
    let expressions = (!pieces.is_empty()).then(|| {
        quote! {
            #[allow(unused_imports)]
            use ::orm::private::BindExpression as _;
        }
    });
    quote! {{
        #traits
        #expressions
        let __sql = ::orm::private::RawExpr::new(#first);
        #(#with)*
        ::orm::private::RawExpr::finish::<#ty>(__sql)
    }}
}

fn traits(pieces: &[(Piece, String)]) -> Option<TokenStream> {
    (!pieces.is_empty()).then(|| {
        quote! {
            #[allow(unused_imports)]
            use ::orm::private::{BindBorrowed as _, BindOther as _, BindReference as _, BindValue as _};
        }
    })
}

fn bound(piece: &Piece) -> TokenStream {
    let lent = |expr: &Expr| quote!(&(#expr));
    match piece {
        Piece::One(expr) => {
            let lent = lent(expr);
            quote!((&&&&::orm::private::Arg(#lent)).orm_bound())
        }
        Piece::List(expr) => {
            let lent = lent(expr);
            quote!(::orm::private::bound_list(#lent))
        }
    }
}
