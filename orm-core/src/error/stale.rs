//! Rows that were changed by somebody else since they were read.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// Rows were not written, because their version is not the one that was read any more: somebody else has changed them.
/// Nothing was written.
#[derive(Clone)]
pub struct StaleObject {
    model: &'static str,
    keys: Arc<dyn Any + Send + Sync>,
}

impl StaleObject {
    pub(crate) fn new(model: &'static str, keys: Arc<dyn Any + Send + Sync>) -> Self {
        StaleObject { model, keys }
    }

    /// The model of the rows.
    pub fn model(&self) -> &'static str {
        self.model
    }

    /// The keys, as whoever made this keeps them.
    pub(crate) fn held_keys(&self) -> &(dyn Any + Send + Sync) {
        self.keys.as_ref()
    }
}

impl fmt::Display for StaleObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this `{}` was changed by somebody else since it was read", self.model)
    }
}

impl fmt::Debug for StaleObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StaleObject({self})")
    }
}

impl std::error::Error for StaleObject {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    #[test]
    fn it_may_succeed_when_the_row_is_read_again() {
        let error = Error::StaleObject(Box::new(StaleObject::new("Post", Arc::new(()))));
        assert_eq!(error.to_string(), "this `Post` was changed by somebody else since it was read");
        assert!(error.is_retryable() && error.is_stale_object() && !error.is_does_not_exist());
    }
}
