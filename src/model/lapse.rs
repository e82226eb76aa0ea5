//! What was accepted and does not fit any more: nothing is open because of it, but somebody should look.

use serde::Serialize;

use super::{Date, PathText, RuleId};

/// An acceptance that needs a look, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Lapse {
    /// The file that says it: the one with the comment, the baseline or the configuration.
    pub file: PathText,
    /// Its line there, from 1.
    pub line: u64,
    /// What became of it.
    #[serde(flatten)]
    pub state: LapseState,
}

/// What became of an acceptance.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum LapseState {
    /// A baseline entry whose finding is not there any more.
    Stale {
        /// The entry's rule.
        rule: RuleId,
        /// The entry's path.
        path: PathText,
    },
    /// A baseline entry that was taken to hold for a finding elsewhere, because its own file is gone.
    Moved {
        /// The entry's rule.
        rule: RuleId,
        /// The entry's path.
        path: PathText,
        /// Where the finding stands now.
        to: PathText,
    },
    /// A comment or an entry of the configuration that accepts nothing.
    Unused,
    /// It held until a day that is past; what it covered is open again.
    Expired {
        /// The last day it held.
        until: Date,
    },
}
