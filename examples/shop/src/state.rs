//! What every request can reach.

use std::sync::Arc;

use orm::AnyDatabase;

use crate::limiter::Limiter;

/// A clone is another handle to the same database and limiter.
#[derive(Clone)]
pub struct Shop {
    pub db: AnyDatabase,
    pub limiter: Option<Arc<Limiter>>,
}

impl Shop {
    /// One without a limiter.
    pub fn new(db: AnyDatabase) -> Self {
        Shop { db, limiter: None }
    }

    /// With a limiter, if there is one.
    #[must_use]
    pub fn limited_by(mut self, limiter: Option<Limiter>) -> Self {
        self.limiter = limiter.map(Arc::new);
        self
    }
}
