//! The nouns that reports may hold: no type in this room can hold a secret byte.
//!
//! `raw` holds what may be secret; `policy` turns a raw hit into a [`Finding`], and from there on only masked text exists.

mod date;
mod entry;
mod error;
mod finding;
mod lapse;
mod origin;
mod placeholder;
mod rule;
mod span;
mod summary;
mod target;
mod words;

pub use date::Date;
pub use entry::Entry;
pub use error::{Error, Result};
pub(crate) use finding::{Draft, Tie};
pub use finding::{Excerpt, Finding, Fingerprint, Giver, Status};
pub use lapse::{Lapse, LapseState};
pub use origin::{Commit, Origin, OriginKind, PathText};
pub(crate) use placeholder::Placeholder;
pub use rule::{Confidence, Encoding, Kind, Proof, RuleId, RuleInfo, Severity};
pub use span::{Place, Span};
pub use summary::{SkipReason, Skipped, Summary, Walls};
pub use target::Target;
pub(crate) use words::{nearest, plain};
