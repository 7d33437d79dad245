//! Rows that cannot be deleted, because others point at them.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// Rows were not deleted, because others point at them by a relation with `on_delete = protect` or `restrict`. Nothing
/// was changed.
#[derive(Clone)]
pub struct ProtectedError {
    model: &'static str,
    blocking: Vec<BlockingRows>,
}

/// Rows of one relation that keep others from being deleted.
#[derive(Clone)]
pub struct BlockingRows {
    model: &'static str,
    relation: &'static str,
    target: &'static str,
    total: u64,
    keys: Arc<dyn Any + Send + Sync>,
}

impl ProtectedError {
    pub(crate) fn new(model: &'static str, blocking: Vec<BlockingRows>) -> Self {
        ProtectedError { model, blocking }
    }

    /// The model whose rows were to be deleted.
    pub fn model(&self) -> &'static str {
        self.model
    }

    /// What kept them, relation by relation; never empty.
    pub fn blocking(&self) -> &[BlockingRows] {
        &self.blocking
    }

    /// How many rows kept them.
    pub fn total(&self) -> u64 {
        self.blocking.iter().map(BlockingRows::total).sum()
    }
}

impl BlockingRows {
    pub(crate) fn new(
        model: &'static str,
        relation: &'static str,
        target: &'static str,
        total: u64,
        keys: Arc<dyn Any + Send + Sync>,
    ) -> Self {
        BlockingRows { model, relation, target, total, keys }
    }

    /// The model of these rows.
    pub fn model(&self) -> &'static str {
        self.model
    }

    /// The relation by which they point.
    pub fn relation(&self) -> &'static str {
        self.relation
    }

    /// The model that they point at: the one whose rows were to be deleted, or one whose rows would have been deleted
    /// with them.
    pub fn target(&self) -> &'static str {
        self.target
    }

    /// How many they are.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The keys, as whoever made this keeps them.
    pub(crate) fn held_keys(&self) -> &(dyn Any + Send + Sync) {
        self.keys.as_ref()
    }
}

impl fmt::Display for ProtectedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` cannot be deleted: ", self.model)?;
        for (at, rows) in self.blocking.iter().enumerate() {
            write!(f, "{}{rows}", if at == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

impl fmt::Display for BlockingRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let BlockingRows { model, relation, target, total, .. } = self;
        match total {
            1 => write!(f, "1 row of `{model}` points at `{target}` by `{relation}`"),
            _ => write!(f, "{total} rows of `{model}` point at `{target}` by `{relation}`"),
        }
    }
}

impl fmt::Debug for ProtectedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProtectedError({self})")
    }
}

impl fmt::Debug for BlockingRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlockingRows({self})")
    }
}

impl std::error::Error for ProtectedError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_is_a_sentence_without_keys() {
        let rows = |model, total| BlockingRows::new(model, "author", "User", total, Arc::new(()));
        let error = ProtectedError::new("Team", vec![rows("Post", 2), rows("Note", 1)]);
        assert_eq!(
            error.to_string(),
            "`Team` cannot be deleted: 2 rows of `Post` point at `User` by `author`, 1 row of `Note` points at `User` by `author`"
        );
        assert_eq!(error.total(), 3);
    }
}
