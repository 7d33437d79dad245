//! Models whose rows stay when they are deleted.

use super::Model;

/// A model with `#[model(soft_delete = deleted_at)]`: to delete a row is to write down when, and querysets leave such rows
/// out unless they are asked for them. Implemented by `#[derive(Model)]`.
#[diagnostic::on_unimplemented(
    message = "rows of `{Self}` do not stay when they are deleted",
    label = "`{Self}` has no `soft_delete`",
    note = "add `#[model(soft_delete = deleted_at)]` to `{Self}`, with a field `deleted_at: Option<DateTime<Utc>>`; or use `delete`"
)]
pub trait SoftDelete: Model {}
