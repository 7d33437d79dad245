//! A page that shows what the requests of a development server ask the database: their statements with times, what
//! repeats, what would need fewer queries, and plans on demand.
//!
//! [`DebugLayer`] is a tower layer, for axum and everything else that takes one:
//!
//! ```
//! # async fn app() -> orm::Result<()> {
//! use axum::{Router, routing::get};
//! use orm::debug::DebugLayer;
//!
//! let db = orm::sqlite::connect("sqlite::memory:").await?;
//! let app: Router = Router::new()
//!     .route("/", get(|| async { "hello" }))
//!     .layer(DebugLayer::new().database(&db));
//! # Ok(()) }
//! ```
//!
//! Then `/__orm` on the same server lists the last requests, and has a page for each.
//!
//! **It is meant for development.** It shows how the program works to whoever can reach the server. A release build
//! neither records nor answers, unless [`DebugLayer::allow_in_release`] says so; it says that loudly. Values are shown only
//! where [`DebugLayer::show_values`] asks for them; without it queries of URLs and conditions of plans are left out too.
//!
//! Recorded is what a request's future and its body run, and not what they spawn: to include that, hand on
//! [`Recorder::current`](orm_core::exec::recorder::Recorder::current).
#![warn(missing_docs, unreachable_pub)]

mod body;
mod databases;
mod exchange;
mod layer;
mod page;
mod service;
mod sql;

pub use body::DebugBody;
pub use layer::DebugLayer;
pub use service::DebugService;
