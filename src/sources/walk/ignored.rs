//! What `.gitignore` and its relatives say of the files beside and below them.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::fence::{self, Entry, Fence};

/// A directory of the walk, or above its start: what must be known of it to judge what is below.
pub(super) struct Level {
    /// Absolute.
    directory: PathBuf,
    /// Where it really is, to see links that lead back.
    real: Option<PathBuf>,
    above: Option<Arc<Level>>,
    /// `.ignore`, which always holds.
    ignore: Option<Gitignore>,
    /// `.gitignore` and `.git/info/exclude`, which hold inside their repository.
    git: Vec<Gitignore>,
    is_repository: bool,
    /// Whether this or a directory above it is a repository.
    in_repository: bool,
    /// The user's own excludes, at the top.
    global: Option<Gitignore>,
}

/// What ignore files say of a path.
pub(super) enum Said {
    Ignore,
    Keep,
    Nothing,
}

impl Level {
    /// The directories from the root down to `directory`, which is above the start of a walk.
    pub(super) fn above(directory: &Path, obey: bool, fence: &Fence) -> Option<Arc<Self>> {
        let directories: Vec<&Path> = directory.ancestors().filter(|_| obey).collect();
        directories.into_iter().rev().fold(None, |above, directory| {
            let is_there = |name: &&str| std::path::Path::new(directory).join(name).exists();
            let names: Vec<&str> = FILES.into_iter().filter(is_there).collect();
            Some(Arc::new(Self::read(directory.to_path_buf(), above, &names, fence)))
        })
    }

    /// A directory of the walk.
    pub(super) fn new(path: &Path, above: Option<Arc<Self>>, entries: &[Entry], obey: bool, fence: &Fence) -> Self {
        let directory = fence::lexical(path).unwrap_or_else(|_| path.to_path_buf());
        let is_there = |name: &&str| entries.iter().any(|entry| entry.name == *name);
        let names: Vec<&str> = if obey { FILES.into_iter().filter(is_there).collect() } else { Vec::new() };
        let mut level = Self::read(directory, above, &names, fence);
        level.real = path.canonicalize().ok();
        level
    }

    fn read(directory: PathBuf, above: Option<Arc<Self>>, names: &[&str], fence: &Fence) -> Self {
        let read = |name: &str| names.contains(&name).then(|| rules(&directory, name, fence)).flatten();
        let is_repository = names.contains(&".git");
        let exclude = is_repository.then(|| rules(&directory, ".git/info/exclude", fence)).flatten();
        // What the user excludes everywhere is named in a file that the library opens by itself.
        let global = (above.is_none() && fence.is_empty()).then(|| Gitignore::global().0);
        Self {
            ignore: read(".ignore"),
            git: read(".gitignore").into_iter().chain(exclude).collect(),
            in_repository: is_repository || above.as_ref().is_some_and(|above| above.in_repository),
            is_repository,
            real: None,
            global,
            directory,
            above,
        }
    }

    /// What is said of an entry of this directory: the nearest file that says anything holds.
    pub(super) fn says(&self, name: &OsStr, is_dir: bool) -> Said {
        let path = self.directory.join(name);
        let levels = || std::iter::successors(Some(self), |level| level.above.as_deref());
        let by = |rules: &Gitignore| match rules.matched(&path, is_dir) {
            Match::Ignore(_) => Some(Said::Ignore),
            Match::Whitelist(_) => Some(Said::Keep),
            Match::None => None,
        };
        let ignore = levels().find_map(|level| level.ignore.as_ref().and_then(by));
        let git = || {
            let repository = levels().position(|level| level.is_repository)?;
            levels().take(repository + 1).flat_map(|level| &level.git).find_map(by)
        };
        let global = || levels().filter(|_| self.in_repository).find_map(|level| level.global.as_ref().and_then(by));
        ignore.or_else(git).or_else(global).unwrap_or(Said::Nothing)
    }

    /// Whether a link leads to this directory or one that it was reached through.
    pub(super) fn is_below(&self, link: &Path) -> bool {
        let Ok(real) = link.canonicalize() else { return false };
        std::iter::successors(Some(self), |level| level.above.as_deref())
            .any(|level| level.real.as_ref() == Some(&real))
    }
}

/// What is looked for in a directory.
const FILES: [&str; 3] = [".ignore", ".gitignore", ".git"];

/// The rules in one file. A line that cannot be understood, or a file that cannot be read, leaves nothing out.
fn rules(directory: &Path, name: &str, fence: &Fence) -> Option<Gitignore> {
    let file = directory.join(name);
    let text = fence::read_small(fence.admit(&file, true).ok()?, fence::LARGEST_SMALL).ok()?;
    let mut builder = GitignoreBuilder::new(directory);
    for line in text.lines() {
        let _ = builder.add_line(None, line);
    }
    builder.build().ok()
}
