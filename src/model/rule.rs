//! What a rule is called and how much its word weighs.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The name of a rule, such as `github-pat-classic`. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct RuleId(Arc<str>);

impl RuleId {
    /// A rule id from its text.
    pub fn new(id: &str) -> Self {
        Self(Arc::from(id))
    }

    /// The text of the id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What kind of thing was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A credential found by its shape or by the key it is assigned to.
    #[default]
    Secret,
    /// A value the user named as known.
    KnownValue,
    /// A mention of a Target Repository.
    Target,
    /// A decision record that says what it must not.
    Record,
}

/// How bad it is when the finding is real.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Test-mode keys, hashes.
    Low,
    /// Narrow or short-lived access.
    Medium,
    /// Access to one service.
    #[default]
    High,
    /// Access to accounts, money, code or infrastructure.
    Critical,
}

/// How sure tightlip is that this is a real secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Below the default threshold; still redacted.
    Low,
    /// Shape and surroundings agree.
    #[default]
    Medium,
    /// A distinctive shape, or a passed proof.
    High,
}

/// What offline proof said of a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Proof {
    /// An offline checksum passed.
    Checksum,
    /// Decoded, and well-formed inside.
    Structure,
    /// No proof exists for this kind.
    #[default]
    None,
    /// The right shape, but the checksum of a proven kind fails: not a live token.
    Failed,
}

/// How a value was wrapped where it stands; several, outermost first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// Backslash escapes of JSON and its relatives.
    Json,
    /// Base64 or base64url.
    Base64,
    /// `%41`.
    Percent,
    /// Pairs of hex digits.
    Hex,
    /// `&quot;`, `&#65;`.
    Html,
    /// UTF-16, either byte order.
    #[serde(rename = "utf-16")]
    Utf16,
    /// Colours of a terminal, and line breaks at its right edge.
    Terminal,
    /// Quotes and escapes of shells, and doubled quotes.
    Quoted,
}

/// What reports and the `rules` command may know of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleInfo {
    /// The rule's name.
    pub id: RuleId,
    /// One line: what it finds.
    pub title: String,
    /// Who issues this kind of credential, or `generic`.
    pub vendor: String,
    /// What kind of thing it finds.
    pub kind: Kind,
    /// How bad a real one is.
    pub severity: Severity,
    /// What a match is worth before any proof.
    pub confidence: Confidence,
    /// What to do when it is found: how to revoke, where to rotate.
    pub help: String,
}
