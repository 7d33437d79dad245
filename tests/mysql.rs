//! The behaviour suite on `MySql`.

mod suite;
mod support;

use support::MySql as Backend;
