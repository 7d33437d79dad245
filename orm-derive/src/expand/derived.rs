//! The call of the template that has everything which is the same for every model: what it is told of this one.

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream};
use quote::{ToTokens, TokenStreamExt, format_ident, quote};

use super::new::{unknown_column, value};
use super::relations::{doc, is_many, made};
use super::{Names, deserialize, draft, meta, model_impl, new, relations, validate, with};
use crate::ir::field::{Field, Supply};
use crate::ir::model::Model;
use crate::ir::relations::OtherRelation;
use crate::ir::tokens::Held;
use crate::ir::visibility;

/// `::orm::private::derived! { … }`.
pub(super) fn expand(model: &Model, names: &Names) -> TokenStream {
    let Model { visibility, ident, name, module, .. } = model;
    let Names { fields: accessors, draft: builder, new, only, with, path } = names;
    let deeper = visibility::one_deeper(visibility);
    let (new_name, count, now) = (new.to_string(), model.fields.len(), format_ident!("__now"));
    let docs = docs(name);
    let with_doc = with::alias_doc(model);
    let (missing, (values_type, values)) = (draft::missing(model), deserialize::values(model));
    let mut given_at = 0;
    let entries =
        model.fields.iter().enumerate().map(|(at, field)| entry(model, at, field, &mut given_at, &now));
    let entries: Vec<_> = entries.collect();
    let others = model.relations.iter().map(made);
    let other_accessors = model.relations.iter().map(relation_accessor);
    let other_docs = model.relations.iter().map(|relation| doc(relation, model));
    let wrap = with::has_relations(model).then_some(with);
    let in_new = validate::of_new(model);
    let in_draft = draft::methods(model, names);
    let in_model = model_impl::methods(model);
    let rest = [
        meta::expand(model),
        new::defaults(model),
        draft::presets(model, names),
        with::impls(model, names),
        relations::impls(model),
        model_impl::soft_delete(model).unwrap_or_default(),
        validate::impls(model),
    ];
    quote! {
        ::orm::private::derived! {
            #visibility, #deeper, #ident #module #path #now #count
            #accessors #builder #new #new_name #only #with
            [#(#docs)* #with_doc] (#missing) (#values_type) (#values)
            #(#entries)*;
            #([#[doc = #other_docs]] #other_accessors #others)*;
            (#wrap) { #in_new } { #in_draft } { #in_model } #(#rest)*
        }
    }
}

/// The words about what is made, in the order in which the template has them.
fn docs(name: &str) -> [String; 5] {
    [
        format!("The fields of `{name}` as types."),
        format!("The fields of `{name}`, as closures get them."),
        format!(
            "Builds a new `{name}`, field by field. Complete when every field was given that has no default, \
             is not nullable and is not automatic."
        ),
        format!(
            "The values of a `{name}` that is not in the database yet. Where a field has a default, `None` takes it."
        ),
        format!(
            "The methods of a row of `{name}::objects().only(…)`: one for each field, for those in `L`, which are loaded."
        ),
    ]
}

/// What it is told of a field. The calls name columns, not types, where a type may be wrong, so that it is not reported again.
fn entry(model: &Model, at: usize, field: &Field, given_at: &mut usize, now: &Ident) -> TokenStream {
    let (docs, made, ty) = (&field.docs, field.made(), &field.ty);
    let accessor = word(if field.relation.is_some() { "One" } else { "Field" });
    // What the template cannot say of all types is said beside it.
    let position = meta::is_in_template(field).then_some(At(at));
    let value = value(field, model, now);
    let given = field.supply.is_given().then(|| {
        let given = given(model, field, *given_at);
        *given_at += 1;
        Group::new(Delimiter::Brace, given)
    });
    quote!([#(#docs)*] #accessor #made #ty, #position #value; #given)
}

/// What it is told of a field that a new row may be given.
fn given(model: &Model, field: &Field, at: usize) -> TokenStream {
    let (name, made, docs) = (&field.name, field.made(), &field.docs);
    let wrapped = field.supply.is_wrapped();
    let at = Literal::usize_unsuffixed(at);
    let new_type = Held { ty: &field.ty, is_option: wrapped };
    let [held, give] = match field.supply {
        Supply::Nullable => ["__Same", "__set"],
        _ => ["__Held", "__give"],
    }
    .map(word);
    let way = draft::way_to(field, model);
    let state = way.iter().map(|way| quote!(::Give<#way>));
    let visit = word(match (field.is_plain, wrapped) {
        (true, true) => "__visit_optional",
        (true, false) => "__visit",
        (false, true) => "__visit_optional_of",
        (false, false) => "__visit_of",
    });
    let copy = word(match (field.is_plain, wrapped) {
        (true, _) => "__copy",
        (false, true) => "__copy_of_option",
        (false, false) => "__copy_of",
    });
    let column = unknown_column(field, model);
    let given = word(if matches!(field.supply, Supply::Required) { "__given" } else { "__kept" });
    quote!([#(#docs)*] #made #at #new_type, #held __None #give __S #(#state)*, #visit #copy #column #given #name)
}

/// A column's position in its model, for the template.
struct At(usize);

impl ToTokens for At {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append(Punct::new('@', Spacing::Alone));
        meta::position(self.0).to_tokens(tokens);
        tokens.append(Punct::new(';', Spacing::Alone));
    }
}

/// A name of the library's.
fn word(word: &str) -> Ident {
    Ident::new(word, Span::call_site())
}

fn relation_accessor(relation: &OtherRelation) -> Ident {
    word(if is_many(relation) { "Many" } else { "One" })
}
