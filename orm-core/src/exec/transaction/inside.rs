//! Which blocks' code is running right now, to tell a statement that waits for a block next to it (and gets its turn)
//! from one within that block (which would wait for itself).

use std::cell::RefCell;
use std::future::poll_fn;
use std::ops::DerefMut;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};

use tracing::Span;

thread_local! {
    /// The blocks whose code this thread is polling, the outermost first.
    static AROUND: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// A number for a new block.
pub(super) fn new_number() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed)
}

/// Runs a block's code, in the block's span. It is pinned where it is made: a future in an argument is stored twice, and
/// blocks nest.
pub(super) fn inside<T>(
    block: u64,
    span: Option<&Span>,
    mut work: Pin<impl DerefMut<Target: Future<Output = T>>>,
) -> impl Future<Output = T> {
    poll_fn(move |context| {
        let _entered = Entered::new(block);
        let _within = span.map(Span::enter);
        work.as_mut().poll(context)
    })
}

/// True when the caller is part of the block's code. What it has spawned is not seen.
pub(super) fn is_inside(block: u64) -> bool {
    AROUND.try_with(|around| around.borrow().contains(&block)).unwrap_or(false)
}

struct Entered;

impl Entered {
    fn new(block: u64) -> Self {
        let _ = AROUND.try_with(|around| around.borrow_mut().push(block));
        Entered
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let _ = AROUND.try_with(|around| around.borrow_mut().pop());
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use super::*;

    #[tokio::test]
    async fn only_the_code_of_a_block_is_inside() {
        let (outer, inner) = (new_number(), new_number());
        let work = pin!(async {
            assert!(is_inside(outer) && !is_inside(inner));
            tokio::task::yield_now().await;
            inside(inner, None, pin!(async { assert!(is_inside(outer) && is_inside(inner)) })).await;
            assert!(is_inside(outer) && !is_inside(inner));
            let work = pin!(async {
                tokio::task::yield_now().await;
                is_inside(inner)
            });
            let (here, there) = tokio::join!(async { is_inside(inner) }, inside(inner, None, work));
            assert!(!here && there);
        });
        inside(outer, None, work).await;
        assert!(!is_inside(outer));
    }

    #[test]
    fn a_panic_leaves() {
        let block = new_number();
        let caught = std::panic::catch_unwind(|| {
            let _entered = Entered::new(block);
            panic!("in the block");
        });
        assert!(caught.is_err() && !is_inside(block));
    }
}
