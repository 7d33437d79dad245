//! PostgreSQL driver of orm.
