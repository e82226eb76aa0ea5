//! Redaction: from leaks to edits, from edits to copies, and the proof of each copy.

mod document;
mod edit;
mod key;
mod manifest;
mod place;
mod plan;
mod record;
mod refusal;
mod shape;
mod splice;
mod stream;
mod whole;
mod window;

pub(crate) use edit::Edit;
pub(crate) use manifest::{Digest, Maker, Subject};
pub use manifest::{Input, Keyed, Manifest, Outcome, OutcomeCounts};
pub(crate) use plan::{Find, Plan};
pub(crate) use record::RECORD;
pub(crate) use refusal::Refusal;
#[cfg(test)]
pub(crate) use splice::Utf16;
pub use stream::{Writer, Written};
pub(crate) use whole::{Kind, are_lines};
pub(crate) use window::{Counts, Emission};
