//! Why a hook stopped a write.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use super::Error;

/// A hook's own error, of whatever type it is.
#[derive(Clone, Debug)]
pub struct HookError(Arc<dyn StdError + Send + Sync>);

impl HookError {
    /// The error, if it is of this type.
    pub fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        self.0.downcast_ref()
    }
}

impl fmt::Display for HookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a hook failed: {}", self.0)
    }
}

impl StdError for HookError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.0)
    }
}

impl Error {
    /// An error of the program's own, for a hook to stop a write with: a text, or any error.
    pub fn hook(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Error::Hook(HookError(error.into().into()))
    }

    /// The error that a hook made with [`Error::hook`], if it is one of this type.
    pub fn as_hook<E: StdError + 'static>(&self) -> Option<&E> {
        match self {
            Error::Hook(error) => error.downcast_ref(),
            _ => None,
        }
    }
}
