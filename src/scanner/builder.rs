//! How a scanner is made: one options struct, filled by the command, the configuration or a library user.

use std::num::NonZero;

use super::Scanner;
use crate::checks::Checks;
use crate::fence::{Fence, home};
use crate::model::{Confidence, Result};
use crate::policy::{AllowEntry, AllowList, Foreign, Policy};
use crate::ruleset::RuleSet;

/// Options of a [`Scanner`].
#[derive(Clone, Debug)]
pub struct ScannerBuilder {
    rules: RuleSet,
    min_confidence: Confidence,
    threads: usize,
    max_findings: usize,
    mmap: bool,
    suppressions: bool,
    honor_foreign: bool,
    allow: Vec<AllowEntry>,
    fence: Fence,
}

impl Default for ScannerBuilder {
    fn default() -> Self {
        Self {
            rules: RuleSet::builtin(),
            min_confidence: Confidence::Medium,
            threads: 0,
            max_findings: 10_000,
            mmap: false,
            suppressions: true,
            honor_foreign: false,
            allow: Vec::new(),
            fence: Fence::default(),
        }
    }
}

impl ScannerBuilder {
    /// The rules to search by; default: the built-in ones.
    #[must_use]
    pub fn rules(mut self, rules: RuleSet) -> Self {
        self.rules = rules;
        self
    }

    /// Findings below this confidence are not reported; default: medium.
    #[must_use]
    pub fn min_confidence(mut self, confidence: Confidence) -> Self {
        self.min_confidence = confidence;
        self
    }

    /// How many threads search; 0, the default, is one for each core.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// How many findings of one file are listed; the others are counted. Default: 10,000.
    #[must_use]
    pub fn max_findings(mut self, most: usize) -> Self {
        self.max_findings = most;
        self
    }

    /// Map big files into memory instead of reading them: about a tenth faster, but a file that is cut short meanwhile kills the
    /// process. Only for files that nobody writes to.
    #[must_use]
    pub fn mmap(mut self, yes: bool) -> Self {
        self.mmap = yes;
        self
    }

    /// Whether comments and allow entries may suppress findings; default: yes.
    #[must_use]
    pub fn suppressions(mut self, yes: bool) -> Self {
        self.suppressions = yes;
        self
    }

    /// Whether the allow comments of other scanners count too; default: no.
    #[must_use]
    pub fn honor_foreign(mut self, yes: bool) -> Self {
        self.honor_foreign = yes;
        self
    }

    /// What the configuration accepts.
    #[must_use]
    pub fn allow(mut self, entries: Vec<AllowEntry>) -> Self {
        self.allow = entries;
        self
    }

    /// The targets to keep away from, and to look for mentions of; default: none.
    #[must_use]
    pub fn fence(mut self, fence: Fence) -> Self {
        self.fence = fence;
        self
    }

    /// Makes the scanner.
    ///
    /// # Errors
    /// [`crate::Error::Rule`] where a rule of the user's cannot work, [`crate::Error::Config`] where a glob of an allow entry is none.
    pub fn build(self) -> Result<Scanner> {
        let foreign = if self.honor_foreign { Foreign::Honoured } else { Foreign::Ignored };
        let allow = if self.suppressions { self.allow } else { Vec::new() };
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        Ok(Scanner {
            checks: Checks::new(self.rules)?.with_targets(self.fence.targets(), home().as_deref())?,
            policy: Policy {
                min_confidence: self.min_confidence,
                inline: self.suppressions.then_some(foreign),
                allow: AllowList::new(allow)?,
            },
            fence: self.fence,
            threads: if self.threads == 0 { cores } else { self.threads },
            max_findings: self.max_findings,
            mmap: self.mmap,
        })
    }
}
