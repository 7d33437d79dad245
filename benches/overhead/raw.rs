//! The other side: what a good engineer writes by hand for each driver.

#[cfg(feature = "mysql")]
pub mod mysql;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(feature = "sqlite")]
pub mod sqlite;

/// The columns in the order in which they are read.
macro_rules! columns {
    () => {
        "id, name, active, price, created_at, note, stock"
    };
}
pub(crate) use columns;
