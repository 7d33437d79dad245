//! What can be a hook: an async closure, an `async fn`, or a type of the program's own.

use std::future::Future;
use std::pin::Pin;

use super::RowChange;
use crate::backend::Backend;
use crate::error::Result;
use crate::exec::Transaction;

/// A hook that is a type, because it needs something at hand; registered with [`Hooks::attach`](super::Hooks::attach). A type can
/// be a hook for several events.
///
/// ```
/// # use orm_doc_models::blog::*;
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use orm::backend::Backend;
/// use orm::hooks::{AfterSave, Hook};
///
/// struct Count(Arc<AtomicU64>);
///
/// impl<B: Backend> Hook<B, AfterSave<Post>> for Count {
///     async fn call(&self, _: &Transaction<B>, _: &mut AfterSave<Post>) -> orm::Result<()> {
///         self.0.fetch_add(1, Ordering::Relaxed);
///         Ok(())
///     }
/// }
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// let saved = Arc::new(AtomicU64::new(0));
/// let db = db.with_hooks(|hooks| hooks.attach(Count(Arc::clone(&saved))));
/// Post::objects().pk(1).get(&db).await?.save(&db).await?;
/// assert_eq!(saved.load(Ordering::Relaxed), 1);
/// # Ok(()) }) }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a hook for `{E}`",
    label = "expected a type that implements `Hook`",
    note = "a function or an async closure is registered with `before_save`, `after_save`, `before_delete`, `after_delete`, …"
)]
pub trait Hook<B: Backend, E>: Send + Sync + 'static {
    /// Runs it, in the transaction of the write. An error stops the write and undoes it; see also
    /// [`Error::hook`](crate::Error::hook).
    fn call(&self, tx: &Transaction<B>, event: &mut E) -> impl Future<Output = Result<()>> + Send;
}

/// A function that is a hook: an `async fn`, or an async closure that says both types and captures nothing but what is
/// `Copy`. What needs more is a type: see [`Hook`].
///
/// ```
/// # use orm_doc_models::blog::*;
/// use orm::backend::Backend;
/// use orm::hooks::{AfterSave, BeforeSave};
///
/// async fn no_stars<B: Backend>(_: &Transaction<B>, post: &mut BeforeSave<Post>) -> orm::Result<()> {
///     post.set(|p| p.stars, None)
/// }
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// let db = db.with_hooks(|hooks| {
///     hooks.before_save(no_stars).after_save(async |tx: &Transaction<_>, post: &mut AfterSave<Post>| {
///         Post::objects().exclude(|p| p.id.eq(post.row.id)).update(tx, |p| p.views.set(0)).await.map(drop)
///     })
/// });
/// Post::objects().pk(1).get(&db).await?.save(&db).await?;
/// assert_eq!(Post::objects().order_by(|p| p.id).values(|p| p.views).all(&db).await?, [120, 0, 0]);
/// # Ok(()) }) }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a hook for `{E}`",
    label = "expected a hook for `{E}`",
    note = "write `async |tx: &Transaction<_>, event: &mut {E}| {{ …; Ok(()) }}` with both types, or an `async fn` of this form; a hook that needs something at hand is a type that implements `Hook`, and is registered with `attach`"
)]
pub trait HookFn<'a, B: Backend, E: 'a>: Send + Sync {
    /// What it gives.
    type Running: Future<Output = Result<()>> + Send + 'a;

    /// Starts it.
    fn start(&self, tx: &'a Transaction<B>, event: &'a mut E) -> Self::Running;
}

impl<'a, B, E, F, Fut> HookFn<'a, B, E> for F
where
    B: Backend,
    E: 'a,
    F: Fn(&'a Transaction<B>, &'a mut E) -> Fut + Send + Sync,
    Fut: Future<Output = Result<()>> + Send + 'a,
{
    type Running = Fut;

    fn start(&self, tx: &'a Transaction<B>, event: &'a mut E) -> Fut {
        self(tx, event)
    }
}

/// A function in the place of a type.
pub(super) struct Function<F>(pub(super) F);

impl<B, E, F> Hook<B, E> for Function<F>
where
    B: Backend,
    E: Send + 'static,
    F: for<'a> HookFn<'a, B, E> + 'static,
{
    async fn call(&self, tx: &Transaction<B>, event: &mut E) -> Result<()> {
        self.0.start(tx, event).await
    }
}

/// What a hook gives, boxed: hooks call hooks, and the types of their futures would be without end.
pub(super) type Running<'a> = Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// A hook for rows, of whatever model.
pub(super) trait ErasedHook<B: Backend>: Send + Sync {
    /// Runs it.
    fn run<'a>(&'a self, tx: &'a Transaction<B>, change: &'a mut RowChange) -> Running<'a>;
}
