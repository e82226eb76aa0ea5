//! What the configuration accepts: entries by path, rule and fingerprint.

use crate::model::{Date, Error, Fingerprint, Giver, Lapse, LapseState, PathText, Result};

/// An entry of the configuration that accepts findings. Of `path`, `rule` and `fingerprint` all that are given must hold.
#[derive(Clone, Debug)]
pub struct AllowEntry {
    /// A glob over the path from the root of the project.
    pub path: Option<String>,
    /// A glob over rule ids.
    pub rule: Option<String>,
    /// The fingerprint.
    pub fingerprint: Option<Fingerprint>,
    /// Why it is accepted.
    pub reason: String,
    /// The last day it holds.
    pub until: Option<Date>,
    /// The configuration file that says so.
    pub file: String,
    /// The line it says so on.
    pub line: usize,
}

/// Entries, with their globs compiled.
#[derive(Clone, Debug, Default)]
pub(crate) struct AllowList(Vec<Accepted>);

#[derive(Clone, Debug)]
struct Accepted {
    path: Option<globset::GlobMatcher>,
    rule: Option<globset::GlobMatcher>,
    entry: AllowEntry,
}

impl AllowList {
    pub(crate) fn new(entries: Vec<AllowEntry>) -> Result<Self> {
        let glob = |text: &Option<String>, entry: &AllowEntry| {
            text.as_deref().map(|text| globset::Glob::new(text).map(|glob| glob.compile_matcher())).transpose().map_err(
                |error| Error::Config { file: entry.file.clone(), line: entry.line, message: error.to_string() },
            )
        };
        entries
            .into_iter()
            .map(|entry| Ok(Accepted { path: glob(&entry.path, &entry)?, rule: glob(&entry.rule, &entry)?, entry }))
            .collect::<Result<_>>()
            .map(Self)
    }

    /// The number of the first entry that accepts a finding and holds today, if any; else that of the first that held.
    pub(super) fn find(&self, path: &str, rule: &str, fingerprint: Fingerprint, today: Date) -> Option<usize> {
        let fits = |accepted: &Accepted| {
            accepted.path.as_ref().is_none_or(|glob| glob.is_match(path))
                && accepted.rule.as_ref().is_none_or(|glob| glob.is_match(rule))
                && accepted.entry.fingerprint.is_none_or(|of| of == fingerprint)
        };
        let fitting = || self.0.iter().enumerate().filter(|(_, accepted)| fits(accepted)).map(|(number, _)| number);
        fitting().find(|&number| self.0[number].entry.holds(today)).or_else(|| fitting().next())
    }

    pub(super) fn entry(&self, number: usize) -> &AllowEntry {
        &self.0[number].entry
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = &AllowEntry> {
        self.0.iter().map(|accepted| &accepted.entry)
    }
}

impl AllowEntry {
    pub(super) fn holds(&self, today: Date) -> bool {
        self.until.is_none_or(|until| today <= until)
    }

    pub(super) fn giver(&self) -> Giver {
        let file = format!("{}:{}", self.file, self.line);
        Giver::Config { file, reason: self.reason.clone(), until: self.until }
    }

    pub(super) fn lapse(&self, state: LapseState) -> Lapse {
        Lapse { file: PathText::new(self.file.as_bytes()), line: self.line as u64, state }
    }
}
