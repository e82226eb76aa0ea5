//! The flags that choose a part of a git repository, and the source they make.

use std::path::PathBuf;

use clap::{ArgGroup, Args, ValueHint};
use tightlip::{Git, Result};

const GIT: &str = "What to read of git";

/// One part of the repository around the current directory, instead of files.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("part").args(["staged", "range", "history", "message_file"]).conflicts_with("paths"))]
#[expect(clippy::struct_excessive_bools, reason = "a flag is a bool")]
pub(crate) struct GitArgs {
    /// Scan what is staged: lines that the next commit would add or change
    ///
    /// Reads the index, not the files. Whole files are searched, and findings that touch a new line are kept.
    #[arg(long, help_heading = GIT)]
    staged: bool,

    /// With --staged: all lines of the files that the next commit would change
    #[arg(long, requires = "staged", help_heading = GIT)]
    whole: bool,

    /// Scan the commits of a range, such as `main..HEAD`: the lines each of them brought, and their messages
    #[arg(long, value_name = "A..B", help_heading = GIT)]
    range: Option<String>,

    /// Scan all that any ref can reach: every blob once, and all messages
    #[arg(long, help_heading = GIT)]
    history: bool,

    /// With --history: only commits after a date, such as `2026-01-31` or `90 days ago`
    #[arg(long, value_name = "DATE", requires = "history", help_heading = GIT)]
    since: Option<String>,

    /// With --history: only what this revision can reach (repeatable)
    #[arg(long = "ref", value_name = "REV", requires = "history", help_heading = GIT)]
    refs: Vec<String>,

    /// Scan a commit's message, as git hands it to a `commit-msg` hook
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = GIT)]
    pub(crate) message_file: Option<PathBuf>,

    /// Exit with 3 in a shallow clone, and where content is kept elsewhere (Git LFS)
    #[arg(long, requires = "part", help_heading = GIT)]
    require_full: bool,
}

impl GitArgs {
    /// The part of the repository, if one was asked for.
    pub(crate) fn part(&self) -> Result<Option<Git>> {
        let git = if self.staged {
            if self.whole { Git::staged_whole() } else { Git::staged() }
        } else if let Some(range) = &self.range {
            Git::range(range)
        } else if self.history {
            let history = Git::history();
            let history = self.since.iter().try_fold(history, |history, date| history.since(date))?;
            history.refs(&self.refs)?
        } else {
            return Ok(None);
        };
        Ok(Some(git.require_full(self.require_full)))
    }

    /// Whether files are to be read after all.
    pub(crate) fn is_empty(&self) -> bool {
        !self.staged && !self.history && self.range.is_none() && self.message_file.is_none()
    }
}
