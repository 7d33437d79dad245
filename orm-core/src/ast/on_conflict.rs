//! What an INSERT does with a row whose unique values are taken.

use super::Assignment;
use crate::schema::FieldMeta;

/// What an INSERT does with a row whose unique values are taken.
#[derive(Clone, Debug)]
pub struct OnConflict {
    /// The fields of the primary key or of a unique constraint; none stands for any of them.
    pub target: Vec<&'static FieldMeta>,
    /// What is done.
    pub action: ConflictAction,
}

/// What is done about a row that is there already.
#[derive(Clone, Debug)]
pub enum ConflictAction {
    /// It stays, and the new one is left out.
    Nothing,
    /// It is changed.
    Update {
        /// These fields take the new row's values.
        incoming: Vec<&'static FieldMeta>,
        /// These are set; expressions see the row as it was.
        assignments: Vec<Assignment>,
    },
}
