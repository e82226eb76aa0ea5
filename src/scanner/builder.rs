//! How a scanner is made: one options struct, filled by the command, the configuration or a library user.

use std::num::NonZero;
use std::path::Path;
use std::sync::Arc;

use super::Scanner;
use crate::checks::Checks;
use crate::fence::{Fence, home};
use crate::model::{Confidence, Date, Result};
use crate::policy::{AllowEntry, AllowList, Baseline, Foreign, Policy, Root};
use crate::raw::{Key, KnownValues};
use crate::ruleset::RuleSet;

/// Options of a [`Scanner`].
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "switches of the user's, none of which depends on another")]
pub struct ScannerBuilder {
    rules: RuleSet,
    min_confidence: Confidence,
    threads: usize,
    max_findings: usize,
    max_depth_archive: usize,
    mmap: bool,
    suppressions: bool,
    honor_foreign: bool,
    allow: Vec<AllowEntry>,
    fence: Fence,
    known: KnownValues,
    baseline: Baseline,
    key: Option<Arc<Key>>,
    root: Root,
    today: Option<Date>,
    audit: bool,
}

impl Default for ScannerBuilder {
    fn default() -> Self {
        Self {
            rules: RuleSet::builtin(),
            min_confidence: Confidence::Medium,
            threads: 0,
            max_findings: 10_000,
            max_depth_archive: 4,
            mmap: false,
            suppressions: true,
            honor_foreign: false,
            allow: Vec::new(),
            fence: Fence::default(),
            known: KnownValues::default(),
            baseline: Baseline::default(),
            key: None,
            root: Root::default(),
            today: None,
            audit: true,
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

    /// How deep archives inside of archives are unpacked; default: 4. 0 unpacks nothing.
    #[must_use]
    pub fn max_depth_archive(mut self, most: usize) -> Self {
        self.max_depth_archive = most;
        self
    }

    /// Map big files into memory instead of reading them: about a tenth faster, but a file that is cut short meanwhile kills the
    /// process. Only for files that nobody writes to.
    #[must_use]
    pub fn mmap(mut self, yes: bool) -> Self {
        self.mmap = yes;
        self
    }

    /// Whether comments, allow entries and the baseline may suppress findings; default: yes.
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

    /// Values that are known to be secret, in addition to what the rules find; default: none.
    #[must_use]
    pub fn known(mut self, values: KnownValues) -> Self {
        self.known = values;
        self
    }

    /// What was found before, and accepted.
    #[must_use]
    pub fn baseline(mut self, baseline: Baseline) -> Self {
        self.baseline = baseline;
        self
    }

    /// The project's key: values get fingerprints, and an entry of the baseline does not cover a changed value.
    #[must_use]
    pub fn key(mut self, key: impl Into<Arc<Key>>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Where the project begins and where in it the scan starts, both absolute. Acceptances and fingerprints name paths from `root`;
    /// default: as they are shown.
    #[must_use]
    pub fn root(mut self, root: &Path, start: &Path) -> Self {
        self.root = Root::new(root, start);
        self
    }

    /// The day by which acceptances expire; default: today, in UTC.
    #[must_use]
    pub fn today(mut self, today: Date) -> Self {
        self.today = Some(today);
        self
    }

    /// Whether to look for comments and allow entries that accept nothing; default: yes. Of no use where only some of the rules are in
    /// force.
    #[must_use]
    pub fn audit(mut self, yes: bool) -> Self {
        self.audit = yes;
        self
    }

    /// Makes the scanner.
    ///
    /// # Errors
    /// [`crate::Error::Rule`] where a rule of the user's cannot work, [`crate::Error::Config`] where a glob of an allow entry is none or the
    /// baseline was written under another key, [`crate::Error::Setting`] where the system has no randomness.
    pub fn build(self) -> Result<Scanner> {
        let foreign = if self.honor_foreign { Foreign::Honoured } else { Foreign::Ignored };
        let (allow, baseline) = if self.suppressions { (self.allow, self.baseline) } else { Default::default() };
        if let Some(key) = &self.key {
            baseline.is_told_by(key)?;
        }
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        Ok(Scanner {
            checks: Checks::new(self.rules)?
                .with_targets(self.fence.targets(), home().as_deref())?
                .with_known(&self.known),
            warnings: self.known.warnings(),
            policy: Policy {
                min_confidence: self.min_confidence,
                inline: self.suppressions.then_some(foreign),
                allow: AllowList::new(allow)?,
                baseline,
                key: self.key,
                run: Key::random()?,
                root: self.root,
                today: self.today.unwrap_or_else(Date::today),
                audit: self.audit,
            },
            fence: self.fence,
            threads: if self.threads == 0 { cores } else { self.threads },
            max_findings: self.max_findings,
            max_depth_archive: self.max_depth_archive,
            mmap: self.mmap,
        })
    }
}
