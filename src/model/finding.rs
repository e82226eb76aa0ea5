//! A finding: everything about a leak except the secret itself.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;
use std::sync::Arc;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Confidence, Date, Encoding, Entry, Origin, PathText, Place, Proof, RuleInfo, Span};

/// The masked surroundings of a secret: each secret in it is replaced by its rule's name in brackets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// Part of the line, masked; unescaped: each report escapes it for its own medium.
    pub text: String,
    /// The bytes of `text` that stand for this finding's secret (a caret goes under them).
    pub mark: Range<usize>,
}

/// Identifies the site of a finding without its value (rule, path, masked line, ordinal), or, under a key, its value: 32 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub(crate) [u8; 16]);

impl Fingerprint {
    /// Of a value, by what names it under a key.
    pub(crate) fn of_value(name: [u8; 32]) -> Self {
        let mut first = [0; 16];
        first.copy_from_slice(&name[..16]);
        Self(first)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Fingerprint {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; 16];
        if text.len() == 32 && HEXLOWER.decode_mut(text.as_bytes(), &mut bytes).is_ok() {
            Ok(Self(bytes))
        } else {
            Err("a fingerprint is 32 hex digits in lower case, as reports show it")
        }
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<str>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Tells equal values of one run from others, and nothing else: the value's name under a key that nobody has.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Tie(pub(crate) [u8; 32]);

/// It differs from run to run.
impl fmt::Debug for Tie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tie")
    }
}

/// Who said that a finding is accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "by")]
pub enum Giver {
    /// A `tightlip:allow` comment on the line or the line before.
    Inline {
        /// The reason that was given, if any.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// The last day it holds.
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
    },
    /// An entry of the baseline.
    Baseline {
        /// The baseline and the line.
        file: String,
        /// The entry's fingerprint: not the finding's where that has moved.
        entry: Fingerprint,
        /// The reason that was given, if any.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// Who answers for it.
        #[serde(skip_serializing_if = "Option::is_none")]
        owner: Option<String>,
        /// The last day it holds.
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
    },
    /// An entry of the configuration.
    Config {
        /// The configuration file.
        file: String,
        /// The reason that was given there.
        reason: String,
        /// The last day it holds.
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
    },
}

/// Whether a finding counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// It counts.
    Open,
    /// It was accepted by somebody; still reported, still redacted.
    Suppressed(Giver),
}

/// What `policy` knows of a finding before its file has been read whole.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    /// The rule.
    pub(crate) rule: Arc<RuleInfo>,
    /// How sure.
    pub(crate) confidence: Confidence,
    /// What offline proof said.
    pub(crate) proof: Proof,
    /// The secret's bytes as stored.
    pub(crate) span: Span,
    /// Where it starts.
    pub(crate) start: Place,
    /// Where it ends (the place just past it).
    pub(crate) end: Place,
    /// How it is wrapped, outermost first.
    pub(crate) encoding: Vec<Encoding>,
    /// Masked surroundings.
    pub(crate) excerpt: Excerpt,
    /// Open, or by whom suppressed.
    pub(crate) status: Status,
    /// A digest of rule and masked line; the fingerprint is made of it.
    pub(crate) site: [u8; 16],
    /// How many findings of the same site stand before it in the file.
    pub(crate) ordinal: u32,
    /// The value's fingerprint under the project's key, where there is one.
    pub(crate) value: Option<Fingerprint>,
    /// The same for equal values.
    pub(crate) tie: Tie,
    /// What the value tells of itself without being shown (`AWS account 0296…`).
    pub(crate) detail: Option<String>,
}

/// A leak that was found. Holds no byte of the secret.
#[derive(Clone, Debug)]
pub struct Finding {
    draft: Draft,
    origin: Arc<Origin>,
    fingerprint: Fingerprint,
}

impl Finding {
    /// Completes a draft once its file and its fingerprint are known.
    pub(crate) fn new(draft: Draft, origin: Arc<Origin>, fingerprint: Fingerprint) -> Self {
        Self { draft, origin, fingerprint }
    }

    /// The rule that found it.
    pub fn rule(&self) -> &RuleInfo {
        &self.draft.rule
    }

    /// How sure tightlip is.
    pub fn confidence(&self) -> Confidence {
        self.draft.confidence
    }

    /// What offline proof said.
    pub fn proof(&self) -> Proof {
        self.draft.proof
    }

    /// Where the text came from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The bytes of the secret in the file as stored (of its encoded form, where it is encoded).
    pub fn span(&self) -> Span {
        self.draft.span
    }

    /// Line and column of its first character.
    pub fn start(&self) -> Place {
        self.draft.start
    }

    /// Line and column just past its last character.
    pub fn end(&self) -> Place {
        self.draft.end
    }

    /// How it is wrapped, outermost first.
    pub fn encoding(&self) -> &[Encoding] {
        &self.draft.encoding
    }

    /// The masked surroundings.
    pub fn excerpt(&self) -> &Excerpt {
        &self.draft.excerpt
    }

    /// The site's fingerprint.
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// An entry that accepts it, under the path that acceptances know it by.
    pub(crate) fn entry(&self, path: &[u8]) -> Entry {
        Entry {
            fingerprint: self.fingerprint,
            rule: self.draft.rule.id.to_string(),
            path: PathText::new(path).to_string(),
            site: Fingerprint(self.draft.site),
            value: self.draft.value,
            key: None,
            reason: None,
            owner: None,
            until: None,
        }
    }

    /// The value's fingerprint under the project's key (HMAC-SHA256), where there is a key.
    pub fn value_fingerprint(&self) -> Option<Fingerprint> {
        self.draft.value
    }

    /// Open, or by whom suppressed.
    pub fn status(&self) -> &Status {
        &self.draft.status
    }

    /// Whether it counts.
    pub fn is_open(&self) -> bool {
        self.draft.status == Status::Open
    }

    /// The same for findings of equal values, in one run.
    pub(crate) fn tie(&self) -> Tie {
        self.draft.tie
    }

    /// What the value tells of itself without being shown, such as the account it belongs to.
    pub fn detail(&self) -> Option<&str> {
        self.draft.detail.as_deref()
    }
}
