//! `Validate` for the row and for the values of a new one.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use super::Names;
use crate::ir::field::{Field, Supply};
use crate::ir::model::Model;
use crate::ir::validate::{Check, Checked};

/// A function for each field that has rules, and the two impls.
pub(crate) fn impls(model: &Model, names: &Names) -> TokenStream {
    let (ident, new) = (&model.ident, &names.new);
    let functions =
        model.fields.iter().filter(|field| !field.rules.is_empty()).map(|field| function(field, model));
    // Without rules there is nothing in which fields differ but their descriptions.
    let plain = model.fields.iter().all(|field| field.rules.is_empty()).then(|| quote!(found.row(self);));
    let plain_new = plain.is_some().then(|| quote!(__orm::VisitNew::visit(self, &mut found);));
    let ruled = plain.is_none();
    let of_row = model.fields.iter().filter(|field| ruled && !is_left_out(field)).map(|field| {
        let user = &field.ident;
        let value = if field.deferred { quote!(value) } else { quote!(&self.#user) };
        let call = call(field, model, &value);
        if field.deferred { quote!(if let __orm::Some(value) = self.#user.get() { #call }) } else { call }
    });
    let of_new = model.fields.iter().filter(|field| ruled && !is_left_out(field)).map(|field| {
        let made = field.at_type();
        let value = if field.supply.is_wrapped() { quote!(value) } else { quote!(&self.#made) };
        let call = call(field, model, &value);
        if field.supply.is_wrapped() {
            quote!(if let __orm::Some(value) = &self.#made { #call })
        } else {
            call
        }
    });
    let whole = |path: &Option<TokenStream>| path.as_ref().map(|path| quote!(found.model(#path(self));));
    let (row_function, new_function) = (whole(&model.validate), whole(&model.validate_new));
    let result = quote!(::core::result::Result<(), __orm::ValidationErrors>);
    quote! {
        #(#functions)*
        #[automatically_derived]
        impl __orm::Validate for #new {
            type Model = #ident;
            type Of = __orm::OfNew;
            #[inline]
            fn validate(&self) -> #result {
                let mut found = __orm::Validation::new();
                #plain_new
                #(#of_new)*
                #new_function
                found.finish()
            }
        }
        #[automatically_derived]
        impl __orm::Validate for #ident {
            type Model = #ident;
            type Of = __orm::OfRow;
            #[inline]
            fn validate(&self) -> #result {
                let mut found = __orm::Validation::new();
                #plain
                #(#of_row)*
                #row_function
                found.finish()
            }
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
    quote_spanned!(field.type_span()=> #function(&mut found, #value);)
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
            value: &<#module::#made as __orm::Column>::Type,
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
