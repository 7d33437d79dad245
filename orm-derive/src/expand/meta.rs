//! The model as data: statics, and what each field's type says about them.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};

use syn::spanned::Spanned;

use crate::ir::field::{Field, OwnIndex, Supply};
use crate::ir::model::{Model, Position};
use crate::ir::relation::Relation;
use crate::parse::field::{DbDefault, OnDelete};

/// The statics, `Column` for each field, `Relation` for each foreign key.
pub(crate) fn expand(model: &Model) -> TokenStream {
    let Model { module, ident, .. } = model;
    let count = model.fields.len();
    let mut relations = Vec::new();
    let metas: Vec<TokenStream> = model
        .fields
        .iter()
        .enumerate()
        .map(|(at, field)| {
            let mut meta = field_meta(field, model);
            if let Some(relation) = &field.relation {
                let number = Literal::usize_unsuffixed(relations.len());
                meta.extend(quote!(.relation(&__ORM_RELATIONS[#number])));
                relations.push(relation_meta(at, field, relation, model));
            }
            let mut meta = checked(meta, field, model);
            if model.soft_delete == Some(at) {
                meta.extend(quote_spanned!(field.type_span()=> .says_when_deleted()));
            }
            meta
        })
        .collect();
    let relation_statics = (!relations.is_empty()).then(|| {
        let count = relations.len();
        quote!(static __ORM_RELATIONS: [__orm::RelationMeta; #count] = [#(#relations),*];)
    });
    let mut relation_at = 0;
    let rest = model.fields.iter().enumerate().filter(|(_, field)| !is_in_template(field));
    let columns = rest.map(|(at, field)| {
        let (made, ty, at) = (field.made(), &field.ty, position(at));
        let relation = field.relation.as_ref().map(|relation| {
            let (to, null) = (&relation.to, if field.nullable { quote!(Optional) } else { quote!(Required) });
            let user = &field.ident;
            let key = if field.deferred {
                // A mistake, which is noted.
                quote!(__orm::None)
            } else if field.nullable {
                quote!(row.#user.as_ref())
            } else {
                quote!(__orm::Some(&row.#user))
            };
            let unique = is_one_to_one(field, model).then(|| {
                quote! {
                    #[automatically_derived]
                    impl __orm::Unique for #module::#made {}
                }
            });
            let at = Literal::usize_unsuffixed(relation_at);
            relation_at += 1;
            quote! {
                #[automatically_derived]
                impl __orm::ForeignKeyField for #module::#made {
                    type From = #ident;
                    type To = #to;
                    type Optional = __orm::#null;
                    const META: &'static __orm::RelationMeta = &__ORM_RELATIONS[#at];
                    #[inline]
                    fn foreign_key(row: &#ident) -> ::core::option::Option<&__orm::ForeignKey<#to>> {
                        #key
                    }
                }
                #unique
            }
        });
        let deferred = deferred_column(field, model);
        let written = written(field);
        // Through the trait, which says what the type inside the `Option` lacks, not the `Option`.
        let span = field.type_span();
        let is = quote_spanned!(span=> type Is = __orm::In<#ident, #at, #ty #written>;);
        quote! {
            impl __orm::Column for #module::#made {
                #is
            }
            #relation
            #deferred
        }
    });
    let all_relations = (0..relations.len()).map(|at| {
        let at = Literal::usize_unsuffixed(at);
        quote!(&__ORM_RELATIONS[#at])
    });
    let all_relations = all_relations.chain(super::relations::references(model));
    let model_meta = model_meta(model, &quote!(#(#all_relations),*));
    quote! {
        static __ORM: __orm::Metas<[__orm::FieldMeta; #count]> =
            __orm::Metas { model: #model_meta, fields: [#(#metas),*] };
        impl __orm::Described for #ident {
            const METAS: &'static __orm::Metas = &__ORM;
        }
        #relation_statics
        #(#columns)*
    }
}

/// How the place of a field that may be left out is reached.
fn deferred_column(field: &Field, model: &Model) -> Option<TokenStream> {
    let (Model { module, ident, .. }, made, user) = (model, field.made(), &field.ident);
    field.deferred.then(|| {
        quote! {
            #[automatically_derived]
            impl __orm::DeferredColumn for #module::#made {
                #[inline]
                fn slot(row: &mut #ident) -> &mut __orm::Deferred<__orm::TypeOf<Self>> {
                    &mut row.#user
                }
            }
        }
    })
}

/// Whether the template says what its column is: the derive knows its type by name, and the program writes it.
pub(super) fn is_in_template(field: &Field) -> bool {
    field.is_plain && written(field).is_none()
}

/// A position as a type: one that has a name already, or one that is made for it.
pub(super) fn position(at: usize) -> TokenStream {
    if at < 32 {
        return format_ident!("__N{at}").into_token_stream();
    }
    let at = Literal::usize_unsuffixed(at);
    quote!(__orm::At<#at>)
}

/// Who writes the field, if it is not the program.
fn written(field: &Field) -> Option<TokenStream> {
    match field.supply {
        Supply::Version => Some(quote!(, __orm::ByEachChange)),
        Supply::Computed { .. } => Some(quote!(, __orm::ByDatabase)),
        Supply::Required
        | Supply::Nullable
        | Supply::Default(_)
        | Supply::Now { .. }
        | Supply::Identity
        | Supply::Database => None,
    }
}

fn field_meta(field: &Field, model: &Model) -> TokenStream {
    let (module, made, name, column, model_name) =
        (&model.module, field.made(), &field.name, &field.column, &model.name);
    // Words and numbers that a field has or not: in one piece, because to put a stream into another takes calls of the compiler.
    let flag = |given: bool, name: &str| given.then(|| format_ident!("{name}"));
    let flags = [
        flag(field.primary_key, "primary_key"),
        flag(field.own_index == Some(OwnIndex::Unique), "unique"),
        flag(field.own_index == Some(OwnIndex::Plain), "index"),
        flag(matches!(field.supply, Supply::Default(_)), "with_default"),
    ];
    let flags = flags.into_iter().flatten();
    let lengths = field.max_length.into_iter();
    let (digits, places): (Vec<_>, Vec<_>) = field.digits.into_iter().unzip();
    let ty = &field.ty;
    let of = if field.is_plain { quote!(__field_of::<#ty>) } else { quote!(__orm::field::<#module::#made>) };
    let mut meta = quote_spanned! {field.type_span()=>
        #of(#model_name, #name, #column)
            #(.#flags())* #(.max_length(#lengths))* #(.digits(#digits, #places))*
    };
    let generated = match field.supply {
        Supply::Identity => Some(quote!(Identity)),
        Supply::Now { each_save: true } => Some(quote!(AutoNow)),
        Supply::Now { each_save: false } => Some(quote!(AutoNowAdd)),
        Supply::Version => Some(quote!(Version)),
        Supply::Computed { stored, .. } => Some(quote!(Computed { stored: #stored })),
        Supply::Required | Supply::Nullable | Supply::Default(_) | Supply::Database => None,
    };
    if let Some(generated) = generated {
        meta.extend(quote!(.generated(__orm::Generated::#generated)));
    }
    if let Some(default) = &field.db_default {
        let default = db_default(default);
        meta.extend(quote!(.db_default(__orm::DbDefault::#default)));
    }
    meta
}

/// Where the type's name said nothing, the constants of its trait are checked while compiling.
fn checked(meta: TokenStream, field: &Field, model: &Model) -> TokenStream {
    if model.is_broken || field.kind.is_some() {
        return meta;
    }
    let indexed = field.indexed;
    quote_spanned!(field.type_span()=> __orm::checked(#meta, #indexed))
}

fn db_default(default: &DbDefault) -> TokenStream {
    match default {
        DbDefault::Bool(value) => quote!(Bool(#value)),
        DbDefault::Integer(value) => quote!(Integer(#value)),
        DbDefault::Float(value) => quote!(Float(#value)),
        DbDefault::Text(value) => quote!(Text(#value)),
        DbDefault::Now => quote!(Now),
        DbDefault::Sql(sql) => quote!(Sql(#sql)),
    }
}

/// Whether at most one row points at each target: a foreign key that alone is the primary key is that as well.
fn is_one_to_one(field: &Field, model: &Model) -> bool {
    field.own_index == Some(OwnIndex::Unique) || field.primary_key && model.key.len() == 1
}

fn relation_meta(at: usize, field: &Field, relation: &Relation, model: &Model) -> TokenStream {
    let (name, made, nullable) = (&field.name, field.made(), field.nullable);
    let Model { ident, module, .. } = model;
    let at = Literal::usize_unsuffixed(at);
    let unique = is_one_to_one(field, model).then(|| quote!(.unique()));
    let on_delete = on_delete(&relation.on_delete, &quote!(set_field::<#module::#made>));
    quote! {
        __orm::RelationMeta::stored(
            #name,
            __orm::meta_of::<#ident>,
            __orm::target_of::<#module::#made>,
            &[&__ORM.fields[#at]],
        ).nullable(#nullable)#unique.on_delete(__orm::OnDelete::#on_delete)
    }
}

/// A variant of `OnDelete`; `values` makes values of what the field is set to.
pub(super) fn on_delete(action: &OnDelete, values: &TokenStream) -> TokenStream {
    match action {
        OnDelete::NoAction => quote!(NoAction),
        OnDelete::Protect => quote!(Protect),
        OnDelete::Restrict => quote!(Restrict),
        OnDelete::Cascade => quote!(Cascade),
        OnDelete::SetNull => quote!(SetNull),
        OnDelete::SetDefault => quote!(SetDefault),
        OnDelete::Set(value) => quote_spanned! {value.span()=>
            Set(__orm::SetValue(|| __orm::#values(__orm::IntoField::into_field(#value))))
        },
    }
}

fn model_meta(model: &Model, relations: &TokenStream) -> TokenStream {
    let Model { name, table, key, .. } = model;
    let mut meta = quote!(__orm::ModelMeta::new(#name, #table, &__ORM.fields, &[#(#key),*]));
    if !model.ordering.is_empty() {
        let terms = positions(&model.ordering, &quote!(OrderMeta));
        meta.extend(quote!(.ordering(&[#terms])));
    }
    if let Some(at) = model.soft_delete {
        let at = Literal::usize_unsuffixed(at);
        meta.extend(quote!(.soft_delete(#at)));
    }
    if !model.indexes.is_empty() {
        let indexes = model.indexes.iter().map(|index| {
            let name =
                index.name.as_ref().map_or_else(|| quote!(__orm::None), |name| quote!(__orm::Some(#name)));
            let (unique, fields) = (index.unique, positions(&index.fields, &quote!(IndexField)));
            let words = &index.words;
            let conditional = index.condition.is_some();
            quote!(__orm::IndexMeta {
                name: #name, fields: &[#fields], unique: #unique, conditional: #conditional, words: #words,
            })
        });
        meta.extend(quote!(.indexes(&[#(#indexes),*])));
    }
    if !relations.is_empty() {
        meta.extend(quote!(.relations(&[#relations])));
    }
    let between = super::relations::between(model);
    if !between.is_empty() {
        meta.extend(quote!(.between(&[#(#between),*])));
    }
    meta
}

fn positions(positions: &[Position], ty: &TokenStream) -> TokenStream {
    positions
        .iter()
        .map(|Position { field, descending }| quote!(__orm::#ty { field: #field, descending: #descending },))
        .collect()
}
