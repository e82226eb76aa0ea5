//! Git's hooks: put in place beside what is there, taken away without a trace, and proven to refuse.

mod doctor;
mod script;

use std::path::{Path, PathBuf};

pub use doctor::Health;

use crate::fence::{Fence, programs};
use crate::model::{Error, Result};
use crate::sources::git::{answer, git, git_with_hooks};

/// When a hook is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Before a commit is made, on what is staged.
    PreCommit,
    /// Before a commit is made, on its message.
    CommitMsg,
    /// Before commits are sent elsewhere, on what they brought.
    PrePush,
}

impl Stage {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::PreCommit, Self::CommitMsg, Self::PrePush];

    /// What git calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::CommitMsg => "commit-msg",
            Self::PrePush => "pre-push",
        }
    }

    /// What it can refuse.
    pub fn act(self) -> &'static str {
        if self == Self::PrePush { "push" } else { "commit" }
    }
}

/// What became of a hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is there now.
    Installed,
    /// It is there now, and runs what was there before.
    Chained,
    /// It was there, and is.
    Kept,
    /// It is gone.
    Removed,
    /// It is gone, and what was there before is back.
    Restored,
    /// It was not there.
    Absent,
}

/// The hooks of the repository around a directory.
#[derive(Debug)]
pub struct Hooks {
    /// The top of the work tree, where git runs hooks.
    top: PathBuf,
    /// Where they stand.
    folder: PathBuf,
    /// Whether husky runs them.
    is_husky: bool,
    /// Keeps targets closed: a repository may say that its hooks stand anywhere.
    fence: Fence,
}

impl Hooks {
    /// Finds them as git does: `core.hooksPath`, worktrees. Husky's own hooks run those of the user's, one folder above.
    ///
    /// # Errors
    /// [`Error::Git`] where there is no work tree; [`Error::Setting`] where the hooks are those of all repositories; [`Error::Target`]
    /// where the repository or its hooks belong to a target.
    pub fn around(directory: &Path, fence: &Fence) -> Result<Self> {
        fence.admit_repository(directory)?;
        let top = answer(&mut git(directory, ["rev-parse", "--show-toplevel"]))?;
        let top = path(&top);
        let folder = top.join(path(&answer(&mut git_with_hooks(&top, ["rev-parse", "--git-path", "hooks"]))?));
        let scope = answer(&mut git_with_hooks(&top, ["config", "--show-scope", "--get", "core.hooksPath"]));
        if let Some(scope @ ("global" | "system")) = scope.as_deref().ok().and_then(first_word) {
            return Err(Error::Setting(format!(
                "core.hooksPath of the {scope} configuration leads to {}, which other repositories share; \
                 add this line to its hooks: tightlip hook run pre-commit \"$@\" || exit",
                folder.display()
            )));
        }
        let is_husky = folder.ends_with(".husky/_");
        let folder = if is_husky { folder.parent().unwrap_or(&folder).to_path_buf() } else { folder };
        fence.refuse_named(&folder, "the hooks stand in it")?;
        Ok(Self { top, folder, is_husky, fence: fence.clone() })
    }

    /// Where they stand.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Puts a hook in place. `program` is where tightlip itself stands.
    ///
    /// # Errors
    /// [`Error::File`] where that cannot be done, and where two hooks would have to be kept.
    pub fn install(&self, stage: Stage, program: Option<&Path>) -> Result<Change> {
        let (hook, aside) = self.paths(stage);
        let text = script::script(stage, program.filter(|_| !self.is_husky), self.is_husky);
        let change = match programs::read(&hook, &self.fence)? {
            Some(old) if old == text.as_bytes() => return Ok(Change::Kept),
            Some(old) if script::is_ours(&old) => Change::Installed,
            None if !programs::is_there(&hook) => Change::Installed,
            _ => {
                programs::rename(&hook, &aside, &self.fence)?;
                Change::Chained
            }
        };
        programs::put(&hook, text.as_bytes(), &self.fence)?;
        Ok(change)
    }

    /// Takes a hook away, and puts back what was there before. Another's hook stays.
    pub fn uninstall(&self, stage: Stage) -> Result<Change> {
        let (hook, aside) = self.paths(stage);
        if !programs::read(&hook, &self.fence)?.is_some_and(|text| script::is_ours(&text)) {
            return Ok(Change::Absent);
        }
        programs::remove(&hook, &self.fence)?;
        if !programs::is_there(&aside) {
            return Ok(Change::Removed);
        }
        programs::rename(&aside, &hook, &self.fence)?;
        Ok(Change::Restored)
    }

    /// The hook, and where another's is kept.
    fn paths(&self, stage: Stage) -> (PathBuf, PathBuf) {
        (self.folder.join(stage.name()), self.folder.join(format!("{}{}", stage.name(), script::ASIDE)))
    }
}

/// A path that git says.
fn path(answer: &[u8]) -> PathBuf {
    let bytes = answer.strip_suffix(b"\n").unwrap_or(answer);
    #[cfg(unix)]
    return PathBuf::from(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(bytes));
    #[cfg(not(unix))]
    return PathBuf::from(String::from_utf8_lossy(bytes).into_owned());
}

fn first_word(answer: &[u8]) -> Option<&str> {
    std::str::from_utf8(answer).ok()?.split_ascii_whitespace().next()
}
