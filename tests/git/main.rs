//! Git as a source and as the host of hooks, with the real git on real repositories.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "the door is tightlip's, not the tests'")]

#[path = "../acme/mod.rs"]
mod acme;
mod history;
mod hooks;
mod repo;
mod sources;
