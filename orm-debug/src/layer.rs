//! The layer: what is recorded, and where it is shown.

use std::fmt;
use std::sync::Arc;

use orm_core::backend::Backend;
use orm_core::exec::Database;
use tower_layer::Layer;

use crate::databases::Databases;
use crate::exchange::Exchanges;
use crate::service::DebugService;

/// Records the requests of a development server, and shows them as pages.
///
/// ```
/// # async fn app() -> orm::Result<()> {
/// # let db = orm::sqlite::connect("sqlite::memory:").await?;
/// use orm::debug::DebugLayer;
///
/// let layer = DebugLayer::new().database(&db).path("/__orm").keep(200).show_values(true);
/// # Ok(()) }
/// ```
///
/// Clones share what is recorded.
#[derive(Clone)]
#[must_use = "a layer does nothing until it is added: `Router::layer(DebugLayer::new())`"]
pub struct DebugLayer {
    options: Options,
    exchanges: Arc<Exchanges>,
}

/// What a layer was told.
#[derive(Clone)]
pub(crate) struct Options {
    pub(crate) path: Arc<str>,
    pub(crate) show_values: bool,
    pub(crate) databases: Databases,
    allowed_in_release: bool,
    is_release: bool,
}

/// Requests that are kept where nothing else is said.
const KEPT: usize = 100;

impl DebugLayer {
    /// A layer whose page is at `/__orm` and keeps the last 100 requests.
    pub fn new() -> Self {
        DebugLayer {
            options: Options {
                path: "/__orm".into(),
                show_values: false,
                databases: Databases::default(),
                allowed_in_release: false,
                is_release: !cfg!(debug_assertions),
            },
            exchanges: Arc::new(Exchanges::new(KEPT)),
        }
    }

    /// A database whose queries the page can explain. A program with several adds each; which one a query ran on is found
    /// by its kind and name.
    pub fn database<B: Backend>(mut self, db: &Database<B>) -> Self {
        self.options.databases.add(db.clone());
        self
    }

    /// Where the page is, instead of `/__orm`.
    ///
    /// ```
    /// # use orm::debug::DebugLayer;
    /// let layer = DebugLayer::new().path("/internal/queries");
    /// ```
    pub fn path(mut self, path: &str) -> Self {
        let path = path.trim_matches('/');
        self.options.path = format!("/{path}").into();
        self
    }

    /// How many requests are kept, at least one; what was kept so far is forgotten.
    ///
    /// ```
    /// # use orm::debug::DebugLayer;
    /// let layer = DebugLayer::new().keep(1_000);
    /// ```
    pub fn keep(mut self, requests: usize) -> Self {
        self.exchanges = Arc::new(Exchanges::new(requests.max(1)));
        self
    }

    /// Whether the page shows the statements' values, the queries of URLs and the conditions in plans. By default it does
    /// not.
    ///
    /// ```
    /// # use orm::debug::DebugLayer;
    /// let layer = DebugLayer::new().show_values(true);
    /// ```
    pub fn show_values(mut self, show: bool) -> Self {
        self.options.show_values = show;
        self
    }

    /// Records and shows in release builds too. **Whoever reaches the server then sees the program's SQL**: put it behind
    /// something that asks who is there.
    ///
    /// ```
    /// # use orm::debug::DebugLayer;
    /// let layer = DebugLayer::new().allow_in_release();
    /// ```
    pub fn allow_in_release(mut self) -> Self {
        self.options.allowed_in_release = true;
        self
    }

    #[cfg(test)]
    pub(crate) fn in_release(mut self) -> Self {
        self.options.is_release = true;
        self
    }
}

impl Options {
    pub(crate) fn is_active(&self) -> bool {
        !self.is_release || self.allowed_in_release
    }

    /// Says what is to be known about the layer, where programs say such things.
    fn announce(&self) {
        let path = &*self.path;
        if !self.is_release {
            tracing::info!(target: "orm::debug", path, "the debug page records requests");
        } else if self.allowed_in_release {
            tracing::warn!(
                target: "orm::debug",
                path,
                "THE DEBUG PAGE IS OPEN IN A RELEASE BUILD: whoever reaches the server sees the program's SQL"
            );
        } else {
            tracing::warn!(
                target: "orm::debug",
                path,
                "the debug page is off, because this is a release build; `DebugLayer::allow_in_release` turns it on"
            );
        }
    }
}

impl Default for DebugLayer {
    fn default() -> Self {
        DebugLayer::new()
    }
}

impl fmt::Debug for DebugLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DebugLayer")
            .field("path", &self.options.path)
            .field("show_values", &self.options.show_values)
            .field("is_active", &self.options.is_active())
            .finish_non_exhaustive()
    }
}

impl<S> Layer<S> for DebugLayer {
    type Service = DebugService<S>;

    fn layer(&self, inner: S) -> DebugService<S> {
        // A router adds it to each of its routes.
        if self.exchanges.is_first_use() {
            self.options.announce();
        }
        DebugService::new(inner, self.options.clone(), Arc::clone(&self.exchanges))
    }
}
