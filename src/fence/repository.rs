//! Where a directory's repository keeps its parts: the `.git` file of a worktree or submodule, its common directory, borrowed objects.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::guard::Fence;
use super::paths;

/// Repositories borrow from repositories that borrow; git goes no deeper than this.
const DEEPEST: usize = 5;

/// What a directory's `.git` leads to: the git directory, and the one it shares with others. None, where it has no `.git`.
pub(super) fn git_directories(fence: &Fence, directory: &Path) -> io::Result<Vec<PathBuf>> {
    let dot_git = directory.join(".git");
    let kind = match fs::symlink_metadata(&dot_git) {
        Ok(metadata) => metadata.file_type(),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        Err(error) => return Err(error),
    };
    let git = if kind.is_file() {
        let pointer = fence.read_pointer(&dot_git)?;
        let Some(place) = pointer.as_deref().and_then(|text| text.strip_prefix("gitdir:")) else {
            return Ok(Vec::new());
        };
        directory.join(place.trim())
    } else {
        dot_git
    };
    with_common(fence, paths::real(&git)?)
}

/// A git directory, and the one that `commondir` in it names.
fn with_common(fence: &Fence, git: PathBuf) -> io::Result<Vec<PathBuf>> {
    let common = fence.read_pointer(&git.join("commondir"))?;
    let common = common.map(|place| paths::real(&git.join(place.trim()))).transpose()?;
    Ok([Some(git), common].into_iter().flatten().collect())
}

/// Every directory that git would read objects from.
pub(super) fn object_stores(fence: &Fence, repository: &Path) -> io::Result<Vec<PathBuf>> {
    let mut git = git_directories(fence, repository)?;
    if git.is_empty() {
        git = with_common(fence, paths::real(repository)?)?;
    }
    let from_environment = ["GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"];
    let named = from_environment.iter().filter_map(std::env::var_os);
    let mut stores: Vec<PathBuf> = git.into_iter().map(|git| git.join("objects")).collect();
    stores.extend(named.flat_map(|list| std::env::split_paths(&list).collect::<Vec<_>>()));
    let mut from = 0;
    for _ in 0..DEEPEST {
        let mut borrowed = Vec::new();
        for store in &stores[from..] {
            let alternates = fence.read_pointer(&store.join("info/alternates"))?.unwrap_or_default();
            let places = alternates.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
            borrowed.extend(places.map(|place| store.join(place.trim_matches('"'))));
        }
        from = stores.len();
        stores.extend(borrowed);
    }
    Ok(stores)
}
