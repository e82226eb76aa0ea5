//! tightlip finds secrets wherever text piles up, and never shows one.
//!
//! ```
//! use tightlip::{Confidence, Origin, Scanner};
//!
//! # fn main() -> tightlip::Result<()> {
//! let scanner = Scanner::builder().build()?;
//!
//! // A made-up token: tightlip's own repository holds nothing that looks like one.
//! let log = format!("calling home with api_key={}\n", "q7Zt2LmX9w".repeat(1) + "Rk4Vb8Ns3Jd6Hf1G");
//! let findings = scanner.scan_bytes(log.as_bytes(), &Origin::named("agent.log"));
//!
//! assert_eq!(findings.len(), 1);
//! let finding = &findings[0];
//! assert_eq!(finding.rule().id.as_str(), "secret-assignment");
//! assert_eq!(finding.excerpt().text, "calling home with api_key=[secret-assignment]");
//! assert_eq!(finding.start().line, 1);
//! assert!(finding.confidence() >= Confidence::Medium);
//! # Ok(())
//! # }
//! ```
//!
//! Files and directories are searched in parallel and in bounded memory. Findings come in path order, then by offset; what could not be
//! read is in the summary, and makes the run incomplete:
//!
//! ```no_run
//! use tightlip::report::{Format, Style};
//! use tightlip::{Scanner, Source, Watch};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let scanner = Scanner::builder().threads(4).build()?;
//! let format = Format::named("jsonl").expect("a known format");
//! let mut report = format.open(Box::new(std::io::stdout()), Style::default());
//!
//! report.begin()?;
//! let summary = scanner.scan(&Source::walk(["logs"]), &Watch::default(), |finding| Ok(report.finding(finding)?))?;
//! report.end(&summary)?;
//! std::process::exit(summary.exit_code().into());
//! # }
//! ```
//!
//! What a [`Finding`] tells is all there is: the value itself stays behind the wall between `raw` and `model`, and no type of this API
//! holds it.

mod checks;
mod config;
mod fence;
mod formats;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
pub mod hooks;
mod import;
mod known;
mod model;
#[cfg(test)]
mod no_leak;
#[cfg(test)]
mod planted;
mod policy;
#[cfg(test)]
mod property;
mod raw;
mod redact;
mod redactor;
pub mod report;
mod ruleset;
mod scanner;
mod selftest;
mod sources;
#[cfg_attr(not(feature = "unpack"), allow(dead_code, reason = "without the feature nothing is unpacked"))]
mod unpack;

pub use config::{Allow, Color, Config, Described, Places, Settings};
pub use fence::{Admitted, Fence, OutputFile, Sandbox, Wish};
pub use import::{Claim, Import};
pub use model::{
    Commit, Confidence, Date, Encoding, Entry, Error, Excerpt, Finding, Fingerprint, Giver, Kind, Lapse, LapseState,
    Origin, OriginKind, PathText, Place, Proof, Result, RuleId, RuleInfo, Severity, SkipReason, Skipped, Span, Status,
    Summary, Target, Walls,
};
pub use policy::{AllowEntry, Baseline};
pub use raw::{Key, KnownValues};
pub use redact::{Input, Keyed, Manifest, Outcome, OutcomeCounts, Writer, Written};
pub use redactor::{Fault, FaultKind, Redactor, RedactorBuilder, Verdict};
pub use ruleset::RuleSet;
pub use scanner::{Scanner, ScannerBuilder, Watch};
pub use selftest::{Failure, selftest};
pub use sources::{Git, Source};
