//! The behaviour suite on `MariaDb`.

mod suite;
mod support;

use support::MariaDb as Backend;
