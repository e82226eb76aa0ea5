//! Git as a source: what is staged, a range of commits, all of history, and the messages of commits.
//!
//! Objects are read through git's own plumbing, which knows every kind of repository; texts are compared here, so that git is never
//! asked to run a diff or conversion program.

mod changes;
mod command;
mod lines;
mod message;
mod objects;
mod refs;
mod repository;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

pub(crate) use changes::{Change, Changes, Event};

pub(crate) use command::{Running, answer, git, git_with_hooks};
pub(crate) use lines::{Added, Comparer};
pub(crate) use message::{kept, skip_headers};
pub(crate) use objects::{AT_ONCE, Body, Objects};
pub(crate) use refs::{Named, named_otherwise};
pub(crate) use repository::{Oid, Repository};

use crate::model::{Error, Result};

/// What to read of the git repository around the current directory.
#[derive(Clone, Debug)]
pub struct Git {
    pub(crate) directory: PathBuf,
    pub(crate) asked: Asked,
    pub(crate) require_full: bool,
}

/// Which part of it.
#[derive(Clone, Debug)]
pub(crate) enum Asked {
    /// What the next commit will bring; `whole` files, or only their new lines.
    Staged { whole: bool },
    /// What commits brought, named by arguments of `git rev-list`.
    Commits(Vec<String>),
    /// What all commits brought, and all else that has a name.
    History(Vec<String>),
}

impl Git {
    fn new(asked: Asked) -> Self {
        Self { directory: PathBuf::from("."), asked, require_full: false }
    }

    /// The files in the index that differ from HEAD, on their added and changed lines.
    pub fn staged() -> Self {
        Self::new(Asked::Staged { whole: false })
    }

    /// The files in the index that differ from HEAD, on all their lines.
    pub fn staged_whole() -> Self {
        Self::new(Asked::Staged { whole: true })
    }

    /// The lines that the commits of a range brought, and their messages. The range is spelled as git spells it: `A..B`, `A...B`, or
    /// one revision for all it can reach.
    pub fn range(range: &str) -> Self {
        Self::new(Asked::Commits(["--end-of-options", range, "--"].map(Into::into).to_vec()))
    }

    /// The commits that `tips` can reach and `remote` does not have yet, as far as we know: neither `known` (those of them that are
    /// here), nor what its branches were when they were last seen.
    ///
    /// # Errors
    /// [`Error::Setting`] where a revision is spelled like an option.
    pub fn unpushed(tips: &[&str], known: &[&str], remote: &str) -> Result<Self> {
        let revisions: Vec<String> = tips.iter().chain(known).map(|&revision| revision.to_owned()).collect();
        check(&revisions)?;
        let (tips, known) = revisions.split_at(tips.len());
        // The order matters: a tip must be there.
        let mut args = [tips, &["--ignore-missing".to_owned(), "--not".to_owned()], known].concat();
        // What is no plain name would be a pattern to git, or is an address that has no branches here.
        if !remote.is_empty() && remote.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte)) {
            args.push(format!("--remotes={remote}"));
        }
        args.push("--".into());
        Ok(Self::new(Asked::Commits(args)))
    }

    /// Every blob that any ref can reach, each once, and the messages of all commits and tags.
    pub fn history() -> Self {
        Self::new(Asked::History(Vec::new()))
    }

    /// Only what these revisions can reach, instead of all refs; for [`Git::history`].
    ///
    /// # Errors
    /// [`Error::Setting`] where a revision is spelled like an option.
    pub fn refs(mut self, revisions: &[String]) -> Result<Self> {
        check(revisions)?;
        if let (Asked::History(args), false) = (&mut self.asked, revisions.is_empty()) {
            let since = std::mem::take(args);
            self.asked = Asked::Commits([&since, revisions, &["--".to_owned()]].concat());
        }
        Ok(self)
    }

    /// Only commits made after a date, such as `2026-01-31`, `2026-01-31T12:00:00Z` or `90 days ago`; for [`Git::history`], before
    /// [`Git::refs`].
    ///
    /// # Errors
    /// [`Error::Setting`] where it is no date: git itself would take any word for some date.
    pub fn since(mut self, date: &str) -> Result<Self> {
        static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
            let day = r"(19[7-9]\d|20\d\d)-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])";
            let time = r"[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?(Z| ?[+-]\d\d:?\d\d)?";
            let ago = r"\d{1,5}[ .](second|minute|hour|day|week|month|year)s?[ .]ago";
            Regex::new(&format!("^({day}({time})?|{ago})$")).ok()
        });
        if !DATE.as_ref().is_some_and(|form| form.is_match(date)) {
            let forms = "expected such as 2026-01-31, 2026-01-31T12:00:00Z or `90 days ago`";
            return Err(Error::Setting(format!("`{date}` is not a date; {forms}")));
        }
        // Of a day alone git would take the present time of day.
        let time = if date.len() == "2026-01-31".len() && date.contains('-') { "T00:00:00" } else { "" };
        if let Asked::History(args) = &mut self.asked {
            args.push(format!("--since={date}{time}"));
        }
        Ok(self)
    }

    /// Whether commits or contents that are not in the clone by design (shallow, Git LFS) make a run incomplete (default: no, they are
    /// listed).
    #[must_use]
    pub fn require_full(mut self, yes: bool) -> Self {
        self.require_full = yes;
        self
    }

    /// Another directory to look for the repository from.
    #[must_use]
    pub fn at(mut self, directory: impl AsRef<Path>) -> Self {
        self.directory = directory.as_ref().to_path_buf();
        self
    }
}

/// No revision may be taken for an option.
fn check(revisions: &[String]) -> Result<()> {
    match revisions.iter().find(|revision| revision.starts_with('-') || revision.is_empty()) {
        Some(wrong) => Err(Error::Setting(format!("`{wrong}` is not a revision"))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_revisions_are_checked_before_git_sees_them() {
        for (date, expected) in [
            ("2026-01-31", Some("--since=2026-01-31T00:00:00")),
            ("2026-01-31 10:00", Some("--since=2026-01-31 10:00")),
            ("2026-01-31T10:00:00+01:00", Some("--since=2026-01-31T10:00:00+01:00")),
            ("90 days ago", Some("--since=90 days ago")),
            ("2.weeks.ago", Some("--since=2.weeks.ago")),
            ("yesterday", None),
            ("2026-13-01", None),
            ("2100-01-01", None),
            ("31.1.2026", None),
            ("", None),
        ] {
            let args = match Git::history().since(date).map(|git| git.asked) {
                Ok(Asked::History(args)) => args.first().cloned(),
                _ => None,
            };
            assert_eq!(args.as_deref(), expected, "{date}");
        }
        assert!(Git::history().refs(&["--output=x".into()]).is_err());
        assert!(Git::unpushed(&["--all"], &[], "origin").is_err());
        let id = "ab".repeat(20);
        let Asked::Commits(args) = Git::unpushed(&[&id], &[], "https://example.org/*").unwrap().asked else { panic!() };
        assert_eq!(args, [&id, "--ignore-missing", "--not", "--"]);
    }
}
