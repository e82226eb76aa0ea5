//! Where a directory's repository keeps its parts: the `.git` file of a worktree or submodule, its common directory, borrowed objects.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::guard::Fence;
use super::{gitconfig, paths};

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

/// A repository as git finds it from a directory: the top of its working tree, or the bare repository, and its git directories.
struct Repository {
    top: PathBuf,
    git: Vec<PathBuf>,
}

impl Repository {
    fn around(fence: &Fence, directory: &Path) -> io::Result<Self> {
        let directory = paths::real(directory)?;
        if let Some(git) = from_environment("GIT_DIR").into_iter().next() {
            let git = with_common(fence, paths::real(&directory.join(git))?)?;
            return Ok(Self { top: directory, git });
        }
        for above in directory.ancestors() {
            let mut git = git_directories(fence, above)?;
            if git.is_empty() && is_git_directory(above) {
                git = with_common(fence, above.to_path_buf())?;
            }
            if !git.is_empty() {
                return Ok(Self { top: above.to_path_buf(), git });
            }
        }
        Ok(Self { top: directory, git: Vec::new() })
    }
}

/// Whether it looks like one to git.
fn is_git_directory(directory: &Path) -> bool {
    let has = |name: &str| fs::symlink_metadata(directory.join(name)).is_ok();
    has("HEAD") && (has("objects") || has("commondir"))
}

/// The paths that a variable of git's lists.
fn from_environment(name: &str) -> Vec<PathBuf> {
    std::env::var_os(name).map(|list| std::env::split_paths(&list).collect()).unwrap_or_default()
}

/// What git would read for the repository around a directory, each with what it is to that: directories, and files that may be missing.
pub(super) fn places(fence: &Fence, directory: &Path) -> io::Result<Vec<(PathBuf, &'static str)>> {
    const PARTS: [&str; 11] = [
        "HEAD",
        "config",
        "index",
        "info",
        "logs",
        "objects",
        "objects/info",
        "objects/pack",
        "packed-refs",
        "refs",
        "shallow",
    ];
    const NAMED: [&str; 4] = ["GIT_COMMON_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_SHALLOW_FILE"];
    let Repository { top, mut git } = Repository::around(fence, directory)?;
    let named: Vec<PathBuf> = NAMED.into_iter().flat_map(from_environment).map(|place| top.join(place)).collect();
    git.extend(named);
    let stores = object_stores(fence, &top, &git)?;
    let configuration = gitconfig::files(fence, &git);
    let parts = git.iter().flat_map(|git| PARTS.map(|part| git.join(part)));
    let mut places: Vec<_> = parts.map(|part| (part, "a part of the repository lies in it")).collect();
    places.extend(stores.into_iter().map(|store| (store, "the repository borrows objects from it")));
    places.extend(configuration.into_iter().map(|file| (file, "git's configuration includes a file of it")));
    places.extend(git.into_iter().chain([top]).map(|place| (place, "the repository is part of it")));
    Ok(places)
}

/// Every directory that git would read objects from.
fn object_stores(fence: &Fence, top: &Path, git: &[PathBuf]) -> io::Result<Vec<PathBuf>> {
    let mut stores: Vec<PathBuf> = git.iter().map(|git| git.join("objects")).collect();
    let named = ["GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"].into_iter().flat_map(from_environment);
    stores.extend(named.map(|store| top.join(store)));
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
