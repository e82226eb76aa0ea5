//! tightlip finds secret values wherever text piles up, and never shows one.

mod checks;
mod fence;
#[cfg(fuzzing)]
pub mod fuzzing;
mod model;
#[cfg(test)]
mod planted;
mod policy;
mod raw;
pub mod report;
mod ruleset;
mod scanner;
mod selftest;
mod sources;

pub use model::{
    Confidence, Encoding, Error, Excerpt, Finding, Fingerprint, Giver, Kind, Origin, OriginKind, PathText, Place,
    Proof, Result, RuleId, RuleInfo, Severity, SkipReason, Skipped, Span, Status, Summary,
};
pub use policy::AllowEntry;
pub use ruleset::RuleSet;
pub use scanner::{Scanner, ScannerBuilder, Watch};
pub use selftest::{Failure, selftest};
pub use sources::Source;
