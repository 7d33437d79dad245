//! The service as a library, so that its tests can call it without a socket.

pub mod error;
pub mod models;
pub mod routes;
pub mod seed;
pub mod state;
