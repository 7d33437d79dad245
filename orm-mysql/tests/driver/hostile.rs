//! A server that wants more than it should have.
