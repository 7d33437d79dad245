//! The service as its clients see it. Where: on SQLite in memory, or wherever `ORM_TEST_URL` says.

mod client;
mod factory;
mod limiter;
mod orders;
mod placing;
mod posts;
mod process;
mod products;
mod readme;
mod reports;
mod seed;
mod unavailable;
mod users;
