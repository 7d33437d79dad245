//! The databases whose SQL is known.

/// A database's SQL. All are always compiled: the text for any of them can be shown anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// PostgreSQL 14 or later.
    Postgres,
    /// MySQL 8.0.19 or later.
    MySql,
    /// MariaDB 10.6 or later.
    MariaDb,
    /// SQLite 3.39 or later.
    Sqlite,
}

impl Dialect {
    /// The database's name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Dialect::Postgres => "PostgreSQL",
            Dialect::MySql => "MySQL",
            Dialect::MariaDb => "MariaDB",
            Dialect::Sqlite => "SQLite",
        }
    }
}
