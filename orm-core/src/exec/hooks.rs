//! Hooks: code of the program's own that runs before and after rows are written, in the same transaction.
//!
//! They are registered on a [`Database`] with [`Database::with_hooks`], which gives a handle that has them; there is no
//! global state. Each gets the transaction of the write, and what happens: [`BeforeSave`], [`AfterSave`], [`BeforeDelete`],
//! [`AfterDelete`] of one model, [`RowChange`] of any model, [`LinkChange`] of one many-to-many relation, [`RelationChange`]
//! of any.
//!
//! - **They are part of the write.** Outside of a transaction one is opened around hooks and write; in a transaction they
//!   run in it. A hook that fails undoes the write, and its error is what the caller gets. In a transaction that means what
//!   a failed statement means: the block is broken, and ends with a rollback; what may fail alone belongs in a block of its
//!   own.
//! - **They cost nothing where there are none.** A write of a model without hooks is the same statement as ever.
//! - **They may write rows**, also of the same model, whose hooks are called then. Hooks within more than
//!   [`DEEPEST`] others are [`Error::HooksTooDeep`](crate::Error::HooksTooDeep).
//! - **They run in the order in which they were registered**, those of one model and those of all alike.

mod change;
mod create;
mod delete;
mod depth;
mod events;
mod hook;
mod link;
mod run;
mod save;
mod update;

use std::sync::Arc;

pub use change::{Moment, RowChange};
pub use depth::DEEPEST;
pub use events::{AfterDelete, AfterSave, BeforeDelete, BeforeSave, Event};
pub use hook::{Hook, HookFn};
pub use link::{LinkChange, LinkMoment, RelationChange};

pub(in crate::exec) use create::{SAVING, after_all, before_all, created};
pub(in crate::exec) use delete::{AroundDeletion, watches_deletion, watches_deletion_of};
pub(in crate::exec) use events::row_of;
pub(in crate::exec) use link::Links;
pub(in crate::exec) use run::{Around, HookedWork, hooked, watches, watches_links};
pub(in crate::exec) use save::Save;
pub(in crate::exec) use update::{HookedUpdate, HookedUpdateEach, WriteEach};

use super::Database;
use crate::backend::Backend;
use crate::model::{Fields, ManyToMany, Model, Root};
use crate::queryset::Many;
use crate::schema::ModelMeta;
use events::Typed;
use hook::{ErasedHook, Function};
use link::ErasedLink;

/// What is called around writes; see [`Database::with_hooks`].
///
/// A function that registers hooks can be kept apart from the database, and used for several:
///
/// ```
/// # use orm_doc_models::blog::*;
/// use orm::backend::Backend;
/// use orm::hooks::{BeforeSave, Hooks};
///
/// async fn trim<B: Backend>(_: &Transaction<B>, user: &mut BeforeSave<User>) -> orm::Result<()> {
///     match user.get(|u| u.username)? {
///         Some(name) => user.set(|u| u.username, name.trim()),
///         None => Ok(()),
///     }
/// }
///
/// fn hooks<B: Backend>(hooks: Hooks<B>) -> Hooks<B> {
///     hooks.before_save(trim)
/// }
/// # fn main() -> orm::Result<()> { blog(async |db| {
/// let db = db.with_hooks(hooks);
/// assert_eq!(User::objects().create(&db, |u| u.username(" eve ")).await?.username, "eve");
/// # Ok(()) }) }
/// ```
#[must_use = "hooks are called once `Database::with_hooks` has given them to a database"]
pub struct Hooks<B: Backend> {
    rows: Vec<Registered<dyn ErasedHook<B>>>,
    links: Vec<Registered<dyn ErasedLink<B>>>,
}

/// A hook, when it is called, and for which model: any, without one. Of links the model is the one between.
struct Registered<H: ?Sized> {
    moment: Option<Moment>,
    model: Option<&'static ModelMeta>,
    hook: Arc<H>,
}

impl<H: ?Sized> Clone for Registered<H> {
    fn clone(&self) -> Self {
        Registered { moment: self.moment, model: self.model, hook: Arc::clone(&self.hook) }
    }
}

impl<H: ?Sized> Registered<H> {
    fn is_for(&self, model: &'static ModelMeta) -> bool {
        self.model.is_none_or(|own| own == model)
    }
}

impl<B: Backend> Hooks<B> {
    /// Calls the hook before a row is inserted or updated. It can change the values, and stop the write.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// use orm::hooks::BeforeSave;
    ///
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let db = db.with_hooks(|hooks| {
    ///     hooks.before_save(async |_: &Transaction<_>, post: &mut BeforeSave<Post>| {
    ///         match post.get(|p| p.views)? {
    ///             Some(views) if views < 0 => Err(orm::Error::hook("nobody un-reads a post")),
    ///             _ => post.set(|p| p.stars, Some(1)),
    ///         }
    ///     })
    /// });
    /// let mut post = Post::objects().pk(1).get(&db).await?;
    /// post.save(&db).await?;
    /// assert_eq!(post.stars, Some(1));
    /// post.views = -1;
    /// assert!(post.save(&db).await.is_err());
    /// # Ok(()) }) }
    /// ```
    pub fn before_save<M: Model>(self, hook: impl for<'a> HookFn<'a, B, BeforeSave<M>> + 'static) -> Self {
        self.attach::<BeforeSave<M>>(Function(hook))
    }

    /// Calls the hook when a row was inserted or updated, with the row as the database has it.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// use orm::hooks::AfterSave;
    ///
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let db = db.with_hooks(|hooks| {
    ///     hooks.after_save(async |tx: &Transaction<_>, user: &mut AfterSave<User>| {
    ///         if user.is_new() {
    ///             Post::objects().create(tx, |p| p.author(&user.row).title("My first post")).await?;
    ///         }
    ///         Ok(())
    ///     })
    /// });
    /// let eve = User::objects().create(&db, |u| u.username("eve")).await?;
    /// assert_eq!(Post::objects().filter(|p| p.author.eq(&eve)).count(&db).await?, 1);
    /// # Ok(()) }) }
    /// ```
    pub fn after_save<M: Model>(self, hook: impl for<'a> HookFn<'a, B, AfterSave<M>> + 'static) -> Self {
        self.attach::<AfterSave<M>>(Function(hook))
    }

    /// Calls the hook before a row is deleted, also with another that it cascades from.
    ///
    /// Deletion then finds the rows first: see [`delete_collected`](crate::queryset::QuerySet::delete_collected), whose
    /// words about which relations count hold here.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// use orm::hooks::BeforeDelete;
    ///
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let db = db.with_hooks(|hooks| {
    ///     hooks.before_delete(async |_: &Transaction<_>, post: &mut BeforeDelete<Post>| {
    ///         if post.row.views > 100 { Err(orm::Error::hook("people read it")) } else { Ok(()) }
    ///     })
    /// });
    /// assert!(Post::objects().delete(&db).await.is_err());
    /// assert_eq!(Post::objects().count(&db).await?, 3);
    /// # Ok(()) }) }
    /// ```
    pub fn before_delete<M: Model>(
        self,
        hook: impl for<'a> HookFn<'a, B, BeforeDelete<M>> + 'static,
    ) -> Self {
        self.attach::<BeforeDelete<M>>(Function(hook))
    }

    /// Calls the hook when a row was deleted, and all that were deleted with it.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// use orm::hooks::AfterDelete;
    ///
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let db = db.with_hooks(|hooks| {
    ///     hooks.after_delete(async |tx: &Transaction<_>, post: &mut AfterDelete<Post>| {
    ///         let author = User::objects().pk(*post.row.author.key());
    ///         author.update(tx, |u| u.email.set(None::<String>)).await.map(drop)
    ///     })
    /// });
    /// Post::objects().pk(1).delete(&db).await?;
    /// assert_eq!(User::objects().pk(1).get(&db).await?.email, None);
    /// # Ok(()) }) }
    /// ```
    pub fn after_delete<M: Model>(self, hook: impl for<'a> HookFn<'a, B, AfterDelete<M>> + 'static) -> Self {
        self.attach::<AfterDelete<M>>(Function(hook))
    }

    /// Calls the hook at this moment for rows of all models.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// use orm::hooks::{Moment, RowChange};
    ///
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let db = db.with_hooks(|hooks| {
    ///     hooks.every_model(Moment::BeforeDelete, async |_: &Transaction<_>, row: &mut RowChange| {
    ///         Err(orm::Error::hook(format!("no {} is deleted here", row.model().name)))
    ///     })
    /// });
    /// let error = User::objects().pk(1).delete(&db).await.unwrap_err();
    /// assert_eq!(error.to_string(), "a hook failed: no User is deleted here");
    /// # Ok(()) }) }
    /// ```
    pub fn every_model(self, moment: Moment, hook: impl for<'a> HookFn<'a, B, RowChange> + 'static) -> Self {
        let hook: Arc<dyn ErasedHook<B>> = Arc::new(Typed::<RowChange, _>::new(Function(hook)));
        self.with(&[moment], None, &hook)
    }

    /// Calls the hook before and after rows are related by a many-to-many relation, or are no longer, from whichever side.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// use orm::hooks::{LinkChange, LinkMoment};
    ///
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let db = db.with_hooks(|hooks| {
    ///     hooks.many_to_many_changed(
    ///         |p: PostFields<_>| p.tags,
    ///         async |_: &Transaction<_>, change: &mut LinkChange<_>| match change.moment {
    ///             LinkMoment::BeforeAdd if change.pairs.len() > 1 => Err(orm::Error::hook("one tag after another")),
    ///             _ => Ok(()),
    ///         },
    ///     )
    /// });
    /// let post = Post::objects().pk(2).get(&db).await?;
    /// let tags = Tag::objects().all(&db).await?;
    /// assert!(post.related(|p| p.tags).add(&db, &tags[..2]).await.is_err());
    /// # Ok(()) }) }
    /// ```
    pub fn many_to_many_changed<R>(
        self,
        relation: impl FnOnce(<R::From as Model>::Fields<Root<R::From>>) -> Many<Root<R::From>, R>,
        hook: impl for<'a> HookFn<'a, B, LinkChange<R>> + 'static,
    ) -> Self
    where
        R: ManyToMany<From: Model>,
    {
        relation(<<R::From as Model>::Fields<Root<R::From>> as Fields>::NEW);
        self.attach::<LinkChange<R>>(Function(hook))
    }

    /// Calls the hook before and after any many-to-many relation changes.
    ///
    /// ```
    /// # use orm_doc_models::guide::relations::*;
    /// use orm::hooks::RelationChange;
    ///
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let db = db.with_hooks(|hooks| {
    ///     hooks.every_many_to_many(async |_: &Transaction<_>, change: &mut RelationChange| {
    ///         Err(orm::Error::hook(format!("{} stay as they are", change.relation().name)))
    ///     })
    /// });
    /// let post = Post::objects().pk(1).get(&db).await?;
    /// let error = post.related(|p| p.tags).clear(&db).await.unwrap_err();
    /// assert_eq!(error.to_string(), "a hook failed: tags stay as they are");
    /// # Ok(()) }) }
    /// ```
    pub fn every_many_to_many(self, hook: impl for<'a> HookFn<'a, B, RelationChange> + 'static) -> Self {
        self.attach::<RelationChange>(Function(hook))
    }

    /// Calls a hook that is a type, for the event for which it is one; where it is one for several, each is registered with
    /// its name: `.attach::<AfterSave<Post>>(hook)`. For [`RowChange`] it is called at every moment.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// use orm::backend::Backend;
    /// use orm::hooks::{Hook, RowChange};
    ///
    /// struct ReadOnly {
    ///     why: String,
    /// }
    ///
    /// impl<B: Backend> Hook<B, RowChange> for ReadOnly {
    ///     async fn call(&self, _: &Transaction<B>, _: &mut RowChange) -> orm::Result<()> {
    ///         Err(orm::Error::hook(self.why.as_str()))
    ///     }
    /// }
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let db = db.with_hooks(|hooks| hooks.attach(ReadOnly { why: "we are moving".into() }));
    /// assert!(User::objects().create(&db, |u| u.username("eve")).await.is_err());
    /// assert!(Post::objects().delete(&db).await.is_err());
    /// # Ok(()) }) }
    /// ```
    pub fn attach<E: Event>(self, hook: impl Hook<B, E>) -> Self {
        E::register(self, hook)
    }

    fn with(
        mut self,
        moments: &[Moment],
        model: Option<&'static ModelMeta>,
        hook: &Arc<dyn ErasedHook<B>>,
    ) -> Self {
        for moment in moments {
            self.rows.push(Registered { moment: Some(*moment), model, hook: Arc::clone(hook) });
        }
        self
    }

    fn with_link(mut self, between: Option<&'static ModelMeta>, hook: Arc<dyn ErasedLink<B>>) -> Self {
        self.links.push(Registered { moment: None, model: between, hook });
        self
    }

    fn none() -> Self {
        Hooks { rows: Vec::new(), links: Vec::new() }
    }

    fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.links.is_empty()
    }
}

impl<B: Backend> Clone for Hooks<B> {
    fn clone(&self) -> Self {
        Hooks { rows: self.rows.clone(), links: self.links.clone() }
    }
}

impl<B: Backend> Database<B> {
    /// A handle to the same pool whose writes call hooks: those that this one has, and then those that are registered
    /// here. Which operations call them is said at each; see also [`hooks`](self).
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// use orm::hooks::{AfterSave, BeforeSave};
    ///
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let db = db.with_hooks(|hooks| {
    ///     hooks
    ///         .before_save(async |_: &Transaction<_>, post: &mut BeforeSave<Post>| post.set(|p| p.views, 0))
    ///         .after_save(async |tx: &Transaction<_>, post: &mut AfterSave<Post>| {
    ///             assert!(Post::objects().pk(post.row.id).exists(tx).await?);
    ///             Ok(())
    ///         })
    /// });
    /// let ann = User::objects().pk(1).get(&db).await?;
    /// assert_eq!(Post::objects().create(&db, |p| p.author(&ann).title("Cups").views(9)).await?.views, 0);
    /// # Ok(()) }) }
    /// ```
    #[must_use = "only writes of the handle that it gives call the hooks"]
    pub fn with_hooks(&self, register: impl FnOnce(Hooks<B>) -> Hooks<B>) -> Self {
        let hooks = register(self.hooks.as_deref().map_or_else(Hooks::none, Hooks::clone));
        let mut handle = self.clone();
        handle.hooks = if hooks.is_empty() { None } else { Some(Arc::new(hooks)) };
        handle
    }

    /// A handle to the same pool whose writes call no hooks.
    ///
    /// ```
    /// # use orm_doc_models::blog::*;
    /// use orm::hooks::BeforeSave;
    ///
    /// # fn main() -> orm::Result<()> { blog(async |db| {
    /// let db = db.with_hooks(|hooks| {
    ///     hooks.before_save(async |_: &Transaction<_>, _: &mut BeforeSave<Post>| Err(orm::Error::hook("read only")))
    /// });
    /// let mut post = Post::objects().pk(1).get(&db).await?;
    /// assert!(post.save(&db).await.is_err());
    /// post.save(&db.without_hooks()).await?;
    /// # Ok(()) }) }
    /// ```
    #[must_use]
    pub fn without_hooks(&self) -> Self {
        let mut handle = self.clone();
        handle.hooks = None;
        handle
    }
}
