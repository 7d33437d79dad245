//! What every request can reach.

use orm::AnyDatabase;

/// A clone is another handle to the same database.
#[derive(Clone)]
pub struct Shop {
    pub db: AnyDatabase,
}
