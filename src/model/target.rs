//! A Target Repository: what must neither be read nor mentioned.

use std::path::PathBuf;

use super::{Confidence, Kind, RuleId, RuleInfo, Severity};

/// A repository that this work must not inspect, and whose whereabouts no output may hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Target {
    /// The only word reports use for it: letters, digits, `-`, `_` and `.`.
    pub name: String,
    /// Where it lies; a path that is not absolute is relative to the current directory, `~` is the home directory.
    pub paths: Vec<PathBuf>,
    /// Addresses it is cloned from, in any form that git takes.
    pub urls: Vec<String>,
    /// Other words that give it away, such as `acme/alpha`.
    pub words: Vec<String>,
}

impl Target {
    /// A target that has a name only.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// Adds a place where it lies.
    #[must_use]
    pub fn path(mut self, path: impl Into<PathBuf>) -> Self {
        self.paths.push(path.into());
        self
    }

    /// Adds an address.
    #[must_use]
    pub fn url(mut self, url: &str) -> Self {
        self.urls.push(url.to_owned());
        self
    }

    /// Adds a word that gives it away.
    #[must_use]
    pub fn word(mut self, word: &str) -> Self {
        self.words.push(word.to_owned());
        self
    }

    /// What reports say of a mention.
    pub(crate) fn info(&self) -> RuleInfo {
        RuleInfo {
            id: RuleId::new(&format!("target-{}", self.name)),
            title: format!("Mention of Target Repository {}", self.name),
            vendor: "target".into(),
            kind: Kind::Target,
            severity: Severity::High,
            confidence: Confidence::High,
            help: "Take the path or address out, or redact the file: no output may lead to this repository.".into(),
        }
    }
}
