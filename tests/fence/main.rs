//! Target Repositories stay closed: whatever leads to one, nothing of it is opened, and the system itself is the witness.
#![cfg(target_os = "linux")]
#![expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test sets its own scene")]

mod git;
mod modes;
mod requests;
mod scene;
mod spellings;
mod walls;
mod ways;
mod words;
