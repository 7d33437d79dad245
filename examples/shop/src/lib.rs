//! The service as a library, so that its tests can call it without a socket. Begin with `routes`, where requests arrive.

pub mod error;
pub mod extract;
pub mod limiter;
pub mod models;
pub mod place;
pub mod routes;
pub mod seed;
pub mod serve;
pub mod settings;
pub mod state;
