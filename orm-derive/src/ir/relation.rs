//! A foreign key: where it points, and what happens when the target goes.

use syn::Type;

use super::kind::argument_of;
use super::tokens::without_self;
use crate::diagnostics::Diagnostics;
use crate::parse::field::OnDelete;
use crate::parse::model::FieldInput;
use proc_macro2::{Ident, TokenStream};

/// A field that is a `ForeignKey`.
pub(crate) struct Relation {
    /// The model pointed at.
    pub(crate) to: TokenStream,
    /// Whether at most one row points at each.
    pub(crate) one_to_one: bool,
    /// What happens when the target is deleted.
    pub(crate) on_delete: OnDelete,
}

/// The relation that a field of this type, without its `Option`, is.
pub(crate) fn check(
    input: &FieldInput,
    base: &Type,
    nullable: bool,
    model: &Ident,
    diagnostics: &mut Diagnostics,
) -> Option<Relation> {
    let on_delete = input.options.on_delete.as_ref();
    let one_to_one = argument_of(base, "OneToOne");
    let Some(to) = one_to_one.or_else(|| argument_of(base, "ForeignKey")) else {
        if let Some(on_delete) = on_delete {
            diagnostics.push(
                &on_delete.key,
                "`on_delete` is for relations: make the field a `ForeignKey<Model>`, or remove it",
            );
        }
        return None;
    };
    if let Some(on_delete) = on_delete {
        if matches!(on_delete.value, OnDelete::SetNull) && !nullable {
            diagnostics.push(
                base,
                "`on_delete = set_null` needs a field that may be NULL: write `Option<ForeignKey<…>>`, or another `on_delete`",
            );
        }
        if matches!(on_delete.value, OnDelete::SetDefault) && input.options.db_default.is_none() {
            diagnostics.push(
                &on_delete.key,
                "`on_delete = set_default` needs a default of the database: add `db_default = …` with a key",
            );
        }
    }
    Some(Relation {
        to: without_self(to, model),
        one_to_one: one_to_one.is_some(),
        on_delete: on_delete.map_or(OnDelete::NoAction, |given| given.value.clone()),
    })
}
