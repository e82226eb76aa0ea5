//! Redaction: from leaks to edits, from edits to copies, and the proof of each copy.

mod key;
mod place;
mod plan;
mod record;
mod refusal;
mod shape;
mod splice;
mod whole;

pub use key::Key;
pub(crate) use plan::{Find, Plan};
pub(crate) use refusal::Refusal;
pub(crate) use whole::{Kind, Redacted};
