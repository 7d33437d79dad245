//! Relations that are no field.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::Type;
use syn::ext::IdentExt;

use super::field::{Field, OwnIndex};
use super::model::{Index, Position};
use super::names;
use super::tokens::without_self;
use crate::diagnostics::{Diagnostics, did_you_mean, list};
use crate::parse::field::OnDelete;
use crate::parse::relations::{ForeignKeyInput, KindInput, RelationInput, ThroughInput};
use crate::parse::types::ungrouped;

/// A relation that is no field.
pub(crate) struct OtherRelation {
    pub(crate) ident: Ident,
    pub(crate) name: String,
    pub(crate) kind: RelationKind,
}

/// What kind of relation.
pub(crate) enum RelationKind {
    /// The other side of the relation `name` of the model `of`.
    Reverse { many: bool, of: TokenStream, name: Ident },
    /// By rows of a model between.
    Through(Through),
    /// By fields that hold the key.
    ForeignKey(ForeignKey),
}

/// A many-to-many relation.
pub(crate) struct Through {
    pub(crate) to: TokenStream,
    /// The model between, and its two relations.
    pub(crate) model: TokenStream,
    pub(crate) near: Ident,
    pub(crate) far: Ident,
    pub(crate) symmetrical: bool,
    /// The table of the model between, where it is made here.
    pub(crate) made: Option<(Ident, String)>,
}

/// A relation by fields.
pub(crate) struct ForeignKey {
    /// Positions of the fields.
    pub(crate) fields: Vec<usize>,
    /// Where they are named.
    pub(crate) named: Vec<Span>,
    pub(crate) nullable: bool,
    pub(crate) unique: bool,
    pub(crate) to: TokenStream,
    pub(crate) target: Option<Ident>,
    pub(crate) on_delete: OnDelete,
}

/// What a relation is checked against.
pub(crate) struct Around<'a> {
    pub(crate) model: &'a Ident,
    pub(crate) table: &'a str,
    pub(crate) fields: &'a [Field],
    pub(crate) key: &'a [usize],
    pub(crate) indexes: &'a [Index],
}

/// Checks all relations. What is wrong is noted and left out.
pub(crate) fn check(
    inputs: Vec<RelationInput>,
    around: &Around<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<OtherRelation> {
    let mut relations: Vec<OtherRelation> = Vec::new();
    for RelationInput { ident, kind } in inputs {
        let name = ident.unraw().to_string();
        let taken = around.fields.iter().any(|field| field.name == name)
            || relations.iter().any(|relation| relation.name == name);
        if taken {
            diagnostics
                .push(&ident, format_args!("`{name}` is taken already; give the relation another name"));
            continue;
        }
        let kind = match kind {
            KindInput::Reverse { many, of, name } => {
                Some(RelationKind::Reverse { many, of: without_self(of, around.model), name })
            }
            KindInput::Through(input) => {
                through(*input, &name, around, diagnostics).map(RelationKind::Through)
            }
            KindInput::ForeignKey(input) => {
                foreign_key(*input, around, diagnostics).map(RelationKind::ForeignKey)
            }
        };
        relations.extend(kind.map(|kind| OtherRelation { ident, name, kind }));
    }
    relations
}

fn through(
    input: ThroughInput,
    name: &str,
    around: &Around<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Through> {
    let to = without_self(&input.to, around.model);
    let Some(last) = last_name(&input.to) else {
        diagnostics.push(&input.to, "expected the name of a model");
        return None;
    };
    let itself = last == "Self" || last == *around.model;
    if let Some(symmetrical) = input.symmetrical.as_ref().filter(|_| !itself) {
        diagnostics.push(&symmetrical.key, "`symmetrical` is for relations of a model to itself; remove it");
    }
    let symmetrical = input.symmetrical.is_some();
    if let Some(given) = input.through {
        let (model, near, far) = given.value;
        if let Some(table) = &input.table {
            diagnostics.push(&table.key, "the model between has its own table; remove `table`");
        }
        let model = without_self(model, around.model);
        return Some(Through { to, model, near, far, symmetrical, made: None });
    }
    let table = match &input.table {
        Some(given) => given.value.value(),
        None => format!("{}_{name}", around.table),
    };
    match &input.table {
        Some(given) => names::check(&table, "the table between", &given.value, diagnostics),
        None => names::check(&table, "the table between", &input.to, diagnostics),
    }
    let model = around.model.unraw();
    let made = format_ident!("{model}{}", names::camel_case(name), span = Span::call_site());
    let (near, far) = if itself {
        let snake = names::snake_case(&model.to_string());
        (format_ident!("from_{snake}"), format_ident!("to_{snake}"))
    } else {
        (names::module(around.model), names::module(&last))
    };
    Some(Through { to, model: quote!(#made), near, far, symmetrical, made: Some((made, table)) })
}

fn last_name(ty: &Type) -> Option<Ident> {
    let Type::Path(path) = ungrouped(ty) else { return None };
    path.path.segments.last().map(|segment| segment.ident.clone())
}

fn foreign_key(
    input: ForeignKeyInput,
    around: &Around<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<ForeignKey> {
    let mut fields = Vec::new();
    for ident in &input.fields {
        let name = ident.unraw().to_string();
        let known = || around.fields.iter().map(|field| field.name.as_str());
        match around.fields.iter().position(|field| field.name == name) {
            Some(at) if fields.contains(&at) => {
                diagnostics.push(ident, format_args!("`{name}` is named twice; remove one"));
            }
            Some(at) => {
                if around.fields.get(at).is_some_and(|field| field.deferred) {
                    diagnostics.push(ident, "a relation's key is always loaded; remove the `Deferred`");
                }
                fields.push(at);
            }
            None => {
                let hint = match did_you_mean(&name, known()) {
                    hint if hint.is_empty() => format!("; there are {}", list(known())),
                    hint => hint,
                };
                diagnostics.push(ident, format_args!("no field is named `{name}`{hint}"));
            }
        }
    }
    if fields.len() != input.fields.len() {
        return None;
    }
    let field = |at: &usize| around.fields.get(*at);
    let nullable = fields.iter().filter_map(field).any(|field| field.nullable);
    let on_delete = input.on_delete.as_ref().map_or(OnDelete::NoAction, |given| given.value.clone());
    if let Some(given) = &input.on_delete {
        if matches!(on_delete, OnDelete::SetNull)
            && !fields.iter().filter_map(field).all(|field| field.nullable)
        {
            diagnostics
                .push(&given.key, "`on_delete = set_null` needs fields that may be NULL, each an `Option`");
        }
        let defaults = fields.iter().filter_map(field).all(|field| field.db_default.is_some());
        if matches!(on_delete, OnDelete::SetDefault) && !defaults {
            diagnostics.push(
                &given.key,
                "`on_delete = set_default` needs a default of the database for each field: add `db_default = …`",
            );
        }
    }
    Some(ForeignKey {
        unique: is_unique(&fields, around),
        fields,
        named: input.fields.iter().map(Ident::span).collect(),
        nullable,
        to: without_self(&input.to, around.model),
        target: input.target,
        on_delete,
    })
}

/// Whether no two rows have the same values in these fields.
fn is_unique(fields: &[usize], around: &Around<'_>) -> bool {
    let all = |positions: &[usize]| positions.iter().all(|at| fields.contains(at));
    let unique = |index: &&Index| index.unique && index.condition.is_none();
    let of = |index: &Index| index.fields.iter().map(|Position { field, .. }| *field).collect::<Vec<_>>();
    !around.key.is_empty() && all(around.key)
        || around.indexes.iter().filter(unique).any(|index| all(&of(index)))
        || fields
            .iter()
            .filter_map(|at| around.fields.get(*at))
            .any(|field| field.own_index == Some(OwnIndex::Unique))
}

/// A number made from a name, by which other models speak of a relation: 64-bit FNV-1a.
pub(crate) fn number_of(name: &Ident) -> u64 {
    name.unraw().to_string().bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The type that the relation `name` of `model` has.
pub(crate) fn marker(model: &impl ToTokens, name: &Ident) -> TokenStream {
    let number = number_of(name);
    at(name.span(), quote::quote!(<#model as ::orm::private::Named<#number>>::Marker))
}

/// The same tokens in another place: what the compiler says of them is said there, and once.
pub(crate) fn at(span: Span, tokens: TokenStream) -> TokenStream {
    let moved = tokens.into_iter().map(|mut token| {
        let here = token.span().located_at(span);
        if let TokenTree::Group(group) = &token {
            token = Group::new(group.delimiter(), at(span, group.stream())).into();
        }
        token.set_span(here);
        token
    });
    moved.collect()
}
