//! How deep hooks run within hooks.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::Pin;

use crate::error::{Error, Result};
use crate::schema::ModelMeta;

/// Most hooks that run within each other.
pub const DEEPEST: u32 = 16;

thread_local! {
    /// Within how many hooks is the code that this thread is polling?
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// Runs a hook of a model within those that this is part of.
pub(super) async fn deeper(
    model: &'static ModelMeta,
    mut hook: Pin<Box<dyn Future<Output = Result<()>> + Send + '_>>,
) -> Result<()> {
    if DEPTH.get() >= DEEPEST {
        return Err(Error::HooksTooDeep { model: model.name, limit: DEEPEST });
    }
    poll_fn(|context| {
        let _entered = Entered::new();
        hook.as_mut().poll(context)
    })
    .await
}

struct Entered;

impl Entered {
    fn new() -> Self {
        DEPTH.set(DEPTH.get() + 1);
        Entered
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
    }
}
