//! The driver against a real server, named by `ORM_TEST_POSTGRES_URL`; without it the tests say that they were skipped.

mod cancellation;
mod connecting;
mod copy;
mod cursors;
mod database_errors;
mod hostile;
mod session;
mod statements;
mod support;
mod tls;
mod transactions;
mod values;
