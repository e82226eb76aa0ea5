//! The manifest: an in-toto Statement v1 about the copies of a run. It holds nothing of what was taken out of them.

use serde::{Deserialize, Serialize};

use super::key::hex;
use super::window::Counts;
use crate::model::{SkipReason, Walls};

const STATEMENT: &str = "https://in-toto.io/Statement/v1";
const PREDICATE: &str = "https://github.com/tightlip/tightlip/redaction/v1";

/// What a run has made of its inputs. Serialises to an in-toto Statement.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<Subject>,
    #[serde(rename = "predicateType")]
    predicate_type: String,
    predicate: Predicate,
}

/// A copy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Subject {
    pub(crate) name: String,
    pub(crate) digest: Digest,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Digest {
    pub(crate) sha256: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Predicate {
    tool: Tool,
    ruleset: String,
    configuration: String,
    key: String,
    #[serde(skip_serializing_if = "Walls::is_none", default)]
    walls: Walls,
    counts: OutcomeCounts,
    inputs: Vec<Input>,
    placeholders: Vec<PlaceholderCount>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Tool {
    name: String,
    version: String,
}

/// How many inputs came out how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeCounts {
    /// With edits.
    pub copied: u64,
    /// As they were: nothing was found.
    pub unchanged: u64,
    /// Not copied: no copy could be made that is clean and what it was.
    pub refused: u64,
    /// Not read.
    pub skipped: u64,
    /// Places that hold a placeholder.
    pub placeholders: u64,
}

/// What became of one input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Its path, as it is shown.
    pub path: String,
    /// What became of it.
    pub outcome: Outcome,
    /// The name of its copy, where there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub copy: Option<String>,
    /// Why it was refused or skipped, or not copied whole.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// HMAC-SHA256 under the run's key of the SHA-256 of what was read.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub original: Option<Keyed>,
    /// Places of its copy that hold a placeholder.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub placeholders: u64,
    /// Whether all of what was asked for is in the copy.
    #[serde(skip)]
    pub(crate) is_complete: bool,
}

/// A digest that tells nothing to those without the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keyed {
    /// HMAC-SHA256, in hexadecimal.
    #[serde(rename = "hmac-sha256")]
    pub hmac_sha256: String,
}

/// What became of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Copied with edits.
    Copied,
    /// Copied as it was.
    Unchanged,
    /// Not copied, because no copy could be made that is clean and what it was.
    Refused,
    /// Not read.
    Skipped,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct PlaceholderCount {
    rule: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    tag: Option<String>,
    count: u64,
}

/// Who has made the copies, by which rules, behind which walls.
#[derive(Clone, Debug)]
pub(crate) struct Maker {
    pub(crate) ruleset: String,
    pub(crate) configuration: String,
    pub(crate) key: String,
    pub(crate) walls: Walls,
}

impl Manifest {
    /// Its name in the directory of the copies.
    pub const NAME: &str = "tightlip-manifest.json";
    /// The name of its signature.
    pub const SIGNATURE: &str = "tightlip-manifest.json.sig";

    pub(crate) fn new(maker: Maker, mut subject: Vec<Subject>, mut inputs: Vec<Input>, counted: &Counts) -> Self {
        subject.sort();
        inputs.sort_by(|a, b| a.path.cmp(&b.path));
        let of = |outcome| inputs.iter().filter(|input| input.outcome == outcome).count() as u64;
        let counts = OutcomeCounts {
            copied: of(Outcome::Copied),
            unchanged: of(Outcome::Unchanged),
            refused: of(Outcome::Refused),
            skipped: of(Outcome::Skipped),
            placeholders: counted.values().sum(),
        };
        let placeholders = counted.iter().map(|(placeholder, &count)| PlaceholderCount {
            rule: placeholder.rule.to_string(),
            tag: placeholder.tag.clone(),
            count,
        });
        let Maker { ruleset, configuration, key, walls } = maker;
        let tool = Tool { name: "tightlip".into(), version: env!("CARGO_PKG_VERSION").into() };
        let placeholders = placeholders.collect();
        let predicate = Predicate { tool, ruleset, configuration, key, walls, counts, inputs, placeholders };
        Self { kind: STATEMENT.into(), subject, predicate_type: PREDICATE.into(), predicate }
    }

    /// Reads a manifest.
    ///
    /// # Errors
    /// In words, where the text is no manifest of copies.
    pub fn from_json(text: &str) -> Result<Self, String> {
        // What the parser says would quote the text, and that may be anything.
        let manifest: Self = serde_json::from_str(text).map_err(|error| {
            format!("line {}, column {}: not what a manifest has there", error.line(), error.column())
        })?;
        if manifest.kind != STATEMENT || manifest.predicate_type != PREDICATE {
            return Err(format!("not an in-toto statement about {PREDICATE}"));
        }
        Ok(manifest)
    }

    /// The manifest as JSON, the same for the same run.
    ///
    /// # Panics
    /// It does not: all of it can be written as JSON.
    pub fn to_json(&self) -> String {
        let json = serde_json::to_string_pretty(self).expect("strings and numbers are JSON");
        json + "\n"
    }

    /// What became of each input, in path order.
    pub fn inputs(&self) -> &[Input] {
        &self.predicate.inputs
    }

    /// How many inputs came out how.
    pub fn counts(&self) -> OutcomeCounts {
        self.predicate.counts
    }

    /// What kept the run away from Target Repositories, and from all that it had no need of.
    pub fn walls(&self) -> &Walls {
        &self.predicate.walls
    }

    /// The exit code of the contract: 4 where a copy was refused, 3 where something was not read whole, 0 where all is copied.
    pub fn exit_code(&self) -> u8 {
        if self.predicate.counts.refused > 0 {
            4
        } else if self.predicate.inputs.iter().all(|input| input.is_complete) {
            0
        } else {
            3
        }
    }

    pub(crate) fn subjects(&self) -> &[Subject] {
        &self.subject
    }

    pub(crate) fn key(&self) -> &str {
        &self.predicate.key
    }
}

impl Input {
    /// One that could not be read.
    pub(crate) fn skipped(path: String, reason: &SkipReason) -> Self {
        Self {
            is_complete: !reason.is_incomplete(),
            reason: Some(reason.describe()),
            ..Self::new(path, Outcome::Skipped)
        }
    }

    pub(crate) fn new(path: String, outcome: Outcome) -> Self {
        Self { path, outcome, copy: None, reason: None, original: None, placeholders: 0, is_complete: true }
    }
}

impl Digest {
    pub(crate) fn of(sha256: &[u8; 32]) -> Self {
        Self { sha256: hex(sha256) }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}
