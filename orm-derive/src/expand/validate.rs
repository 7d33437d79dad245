//! `Validate` for the row and for the values of a new one.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use crate::ir::field::{Field, Supply};
use crate::ir::model::Model;
use crate::ir::validate::{Check, Checked};

/// A function for each field that has rules.
pub(crate) fn impls(model: &Model) -> TokenStream {
    let functions =
        model.fields.iter().filter(|field| !field.rules.is_empty()).map(|field| function(field, model));
    functions.collect()
}

/// How a row is validated, if not as all are.
pub(super) fn of_row(model: &Model) -> Option<TokenStream> {
    if is_plain(model) && model.validate.is_none() {
        return None;
    }
    let fields = model.fields.iter().filter(|field| !is_left_out(field)).map(|field| {
        let user = &field.ident;
        let value = if field.deferred { quote!(value) } else { quote!(&self.#user) };
        let call = call(field, model, &value);
        if field.deferred { quote!(if let __orm::Some(value) = self.#user.get() { #call }) } else { call }
    });
    let fields = if is_plain(model) { quote!(found.row(self);) } else { quote!(#(#fields)*) };
    Some(validate_into(&fields, model.validate.as_ref()))
}

/// How the values of a new row are validated, if not as all are.
pub(super) fn of_new(model: &Model) -> Option<TokenStream> {
    if is_plain(model) && model.validate_new.is_none() {
        return None;
    }
    let fields = model.fields.iter().filter(|field| !is_left_out(field)).map(|field| {
        let made = field.at_type();
        let value = if field.supply.is_wrapped() { quote!(value) } else { quote!(&self.#made) };
        let call = call(field, model, &value);
        if field.supply.is_wrapped() {
            quote!(if let __orm::Some(value) = &self.#made { #call })
        } else {
            call
        }
    });
    let fields = if is_plain(model) { quote!(found.new_row(self);) } else { quote!(#(#fields)*) };
    Some(validate_into(&fields, model.validate_new.as_ref()))
}

/// Without rules there is nothing in which fields differ but their descriptions.
fn is_plain(model: &Model) -> bool {
    model.fields.iter().all(|field| field.rules.is_empty())
}

fn validate_into(fields: &TokenStream, function: Option<&TokenStream>) -> TokenStream {
    let whole = function.map(|path| quote!(found.model(#path(self));));
    quote! {
        #[inline]
        fn validate_into(&self, found: &mut __orm::Validation) {
            #fields
            #whole
        }
    }
}

/// What the program does not give needs no validation.
fn is_left_out(field: &Field) -> bool {
    matches!(field.supply, Supply::Version | Supply::Computed { .. })
}

fn function_name(field: &Field) -> Ident {
    format_ident!("__orm_validate_{}", field.name)
}

fn call(field: &Field, model: &Model, value: &TokenStream) -> TokenStream {
    let (module, made) = (&model.module, field.made());
    if field.rules.is_empty() {
        return quote_spanned!(field.type_span()=> found.field::<#module::#made>(#value););
    }
    let function = function_name(field);
    quote_spanned!(field.type_span()=> #function(found, #value);)
}

fn function(field: &Field, model: &Model) -> TokenStream {
    let (module, made, function) = (&model.module, field.made(), function_name(field));
    let (of_text, typed): (Vec<_>, Vec<_>) = field.rules.iter().partition(|rule| is_of_text(&rule.rule));
    let is_text = (!of_text.is_empty() && field.kind.is_none() && !model.is_broken)
        .then(|| quote_spanned!(field.type_span()=> const _: () = __orm::needs_text::<#module::#made>();));
    let (of_text, typed) = (of_text.into_iter().map(rule), typed.into_iter().map(rule));
    let inner = (field.nullable).then(|| quote!(let __orm::Some(value) = value else { return };));
    quote! {
        #is_text
        #[allow(unused_variables)]
        #[inline]
        fn #function(
            found: &mut __orm::Validation,
            value: &__orm::TypeOf<#module::#made>,
        ) {
            let __orm::Some(mut field) = found.field::<#module::#made>(value) else { return };
            #(#of_text)*
            #inner
            #(#typed)*
        }
    }
}

fn is_of_text(rule: &Check) -> bool {
    match rule {
        Check::Form | Check::Length { .. } | Check::Regex(_) | Check::FileExtension(_) => true,
        Check::Range { .. } | Check::Step { .. } | Check::Custom(_) => false,
    }
}

fn rule(checked: &Checked) -> TokenStream {
    let Checked { key, rule, code, message } = checked;
    let option = |text: &Option<String>| optional(text.as_ref());
    let number = |number: &Option<usize>| optional(number.as_ref());
    let (code, message) = (option(code), option(message));
    let words = quote!((#code, #message));
    match rule {
        Check::Form => {
            let method = format_ident!("{key}");
            quote!(field.#method(#words);)
        }
        Check::Length { min, max } => {
            let (min, max) = (number(min), number(max));
            quote!(field.length(#min, #max, #words);)
        }
        Check::Range { min, max } => quote_spanned!(key.span()=> field.range(value, #min, #max, #words);),
        Check::Regex(pattern) => quote! {{
            static PATTERN: __orm::Pattern = __orm::Pattern::new(#pattern);
            field.regex(&PATTERN, #words);
        }},
        Check::Custom(path) => quote_spanned!(path.span()=> field.custom(#path(value), #words);),
        Check::Step { by, offset } => {
            quote_spanned!(key.span()=> field.step(value, #by, #offset, #words);)
        }
        Check::FileExtension(allowed) => quote!(field.file_extension(&[#(#allowed),*], #words);),
    }
}

fn optional(value: Option<&impl ToTokens>) -> TokenStream {
    value.map_or_else(|| quote!(__orm::None), |value| quote!(__orm::Some(#value)))
}
