//! What can go wrong, in words that name the place and the mend. No message holds file content.

use std::io;
use std::path::PathBuf;

/// A result with tightlip's own error.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error that stops a run. What stops only one file is a [`super::Skipped`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A path named by the user is not there.
    #[error("{}: no such file or directory{}", path.display(), others(*more))]
    MissingPath {
        /// The first that is missing.
        path: PathBuf,
        /// How many others are missing too.
        more: usize,
    },
    /// A file the run needs (configuration, rules, output) could not be used.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A configuration file says something it may not.
    #[error("{file}:{line}: {message}")]
    Config {
        /// The file as the user knows it.
        file: String,
        /// Line, from 1.
        line: usize,
        /// What is wrong, and the mend.
        message: String,
    },
    /// A rule cannot be used.
    #[error("{file}:{line}: rule `{rule}`: {message}")]
    Rule {
        /// The rule file.
        file: String,
        /// Line of the rule, from 1.
        line: usize,
        /// The rule's id, or its number where it has none.
        rule: String,
        /// What is wrong, and the mend.
        message: String,
    },
    /// What was asked for would lead into a Target Repository.
    #[error("target `{target}` is not to be touched, and {what}")]
    Target {
        /// The name of the target; its place is told nowhere.
        target: String,
        /// What would lead there.
        what: &'static str,
    },
    /// A setting outside files (flag, environment variable, builder) is wrong.
    #[error("{0}")]
    Setting(String),
    /// git could not do what was asked, or there is no git; the text is its own.
    #[error("git: {0}")]
    Git(String),
    /// A text could not be redacted so that it is clean and what it was.
    #[error("{path}: {reason}")]
    Refused {
        /// The text, as it is shown.
        path: String,
        /// Why.
        reason: String,
    },
    /// The scan was asked to stop.
    #[error("interrupted")]
    Interrupted,
    /// Writing findings failed; a closed pipe is told apart by its kind.
    #[error("{0}")]
    Output(#[from] io::Error),
}

fn others(more: usize) -> String {
    if more == 0 { String::new() } else { format!(" ({more} more missing)") }
}
