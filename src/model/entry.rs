//! An entry of a baseline: a finding that was accepted, named without its value and without its line number.

use serde::{Deserialize, Serialize};

use super::{Date, Fingerprint};

/// A finding that was accepted. Its first field sorts entries evenly over a file, so that branches seldom add neighbours.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Entry {
    /// The finding's fingerprint, as reports show it.
    pub fingerprint: Fingerprint,
    /// The rule that found it.
    pub rule: String,
    /// Its path from the root of the project, as reports show it.
    pub path: String,
    /// A digest of rule and masked line, by which the finding is known again when its file is renamed.
    pub site: Fingerprint,
    /// The value's fingerprint under the project's key, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Fingerprint>,
    /// Which key that was: 16 hex digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Why it is accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The last day it holds; without one it holds for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

impl Entry {
    /// Whether it still holds on that day.
    pub fn holds(&self, today: Date) -> bool {
        self.until.is_none_or(|until| today <= until)
    }
}
