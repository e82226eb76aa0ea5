//! The walk: finds files in parallel and hands each to the worker of the thread that found it.

use std::collections::{HashMap, HashSet, hash_map};
use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::path::{Component, Path, PathBuf};

use ignore::{DirEntry, WalkBuilder, WalkState};

use super::select::Selection;
use super::source::{Found, Source};
use crate::fence::skip_reason;
use crate::model::{Error, Result, SkipReason};

/// Walks all paths of `source` with `threads` threads. Each thread makes itself a worker when it finds something, and calls
/// it with all it finds, in no order. A worker that breaks ends the walk for all.
pub(crate) fn walk<W>(source: &Source, threads: usize, worker: impl Fn() -> W + Sync) -> Result<()>
where
    W: FnMut(Found) -> ControlFlow<()> + Send,
{
    let base = env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
    let selection = Selection::new(&source.globs, &base)?;
    let roots = Roots::new(source, &selection)?;
    if roots.paths.is_empty() {
        return Ok(());
    }
    let threads = if roots.has_directory { threads } else { threads.min(roots.paths.len()) };
    let mut builder = WalkBuilder::from_iter(&roots.paths);
    builder
        .standard_filters(source.ignore_files)
        .hidden(!source.hidden)
        .follow_links(source.follow)
        .overrides(selection.overrides())
        .skip_stdout(true) // `tightlip scan . > report` must not wait for its own report to stop growing
        .threads(threads.max(1))
        .filter_entry(move |entry| !is_git_directory(entry) && !roots.elsewhere.contains(entry.path()));
    let (worker, base) = (&worker, &base);
    builder.build_parallel().run(|| {
        // Made on the first find: the walk asks for more visitors than it uses, and a worker may hold large buffers.
        let mut own = None;
        Box::new(move |entry| {
            let Some(found) = found(entry, base) else { return WalkState::Continue };
            match own.get_or_insert_with(worker)(found) {
                ControlFlow::Continue(()) => WalkState::Continue,
                ControlFlow::Break(()) => WalkState::Quit,
            }
        })
    });
    Ok(())
}

/// Where the walk starts, each place once.
struct Roots {
    paths: Vec<PathBuf>,
    /// Paths as the walk will meet them which are no business of its: other roots, walked on their own (an outer walk might
    /// filter what the user named), and exceptions.
    elsewhere: HashSet<PathBuf>,
    has_directory: bool,
}

impl Roots {
    fn new(source: &Source, selection: &Selection) -> Result<Self> {
        let mut missing = Vec::new();
        let mut named = Vec::with_capacity(source.paths.len());
        for path in &source.paths {
            match fs::metadata(path) {
                Ok(metadata) => named.push((path, metadata.is_dir())),
                Err(error) if is_missing(&error) => missing.push(path),
                Err(_) => named.push((path, false)), // it is there; the walk will say what is wrong with it
            }
        }
        if let Some(&path) = missing.first() {
            return Err(Error::MissingPath { path: path.clone(), more: missing.len() - 1 });
        }
        named.retain(|(path, is_dir)| selection.admits(path, *is_dir));

        let mut paths = Vec::with_capacity(named.len());
        let mut places = Vec::with_capacity(named.len());
        let mut by_place = HashMap::with_capacity(named.len());
        let mut has_directory = false;
        for (path, is_dir) in named {
            // The walk takes `-` for standard input.
            let path = if path == Path::new("-") { PathBuf::from("./-") } else { path.clone() };
            let place = fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
            if let hash_map::Entry::Vacant(vacant) = by_place.entry(place.clone()) {
                vacant.insert(paths.len());
                has_directory |= is_dir;
                paths.push(path);
                places.push(place);
            }
        }
        places.extend(source.except.iter().filter_map(|path| fs::canonicalize(path).ok()));
        let mut elsewhere = HashSet::new();
        for place in &places {
            for above in place.ancestors().skip(1) {
                if let (Some(&root), Ok(below)) = (by_place.get(above), place.strip_prefix(above)) {
                    elsewhere.insert(paths[root].join(below));
                }
            }
        }
        Ok(Self { paths, elsewhere, has_directory })
    }
}

fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// A `.git` file, as worktrees and submodules have it, is an ordinary file.
fn is_git_directory(entry: &DirEntry) -> bool {
    entry.file_name() == OsStr::new(".git") && entry.file_type().is_some_and(|kind| kind.is_dir())
}

/// What an entry of the walk is to us: nothing, if it is a directory or a link that is not followed.
fn found(entry: Result<DirEntry, ignore::Error>, base: &Path) -> Option<Found> {
    let entry = match entry {
        Ok(entry) => entry,
        Err(error) => return skipped(&error, base),
    };
    let kind = entry.file_type()?;
    let named = entry.depth() == 0;
    let shown = shown(entry.path(), base);
    if kind.is_file() {
        Some(Found::File { path: entry.into_path(), shown, named })
    } else if kind.is_dir() || kind.is_symlink() {
        None
    } else {
        let reason = if named { SkipReason::NotAFile } else { SkipReason::Special };
        Some(Found::Skipped { shown, reason })
    }
}

/// What an error of the walk is to us: nothing, if it is a bad line in an ignore file, for then more is read, not less.
fn skipped(error: &ignore::Error, base: &Path) -> Option<Found> {
    let mut path = Path::new(".");
    let mut inner = error;
    let reason = loop {
        match inner {
            ignore::Error::WithPath { path: place, err } => (path, inner) = (place, err),
            ignore::Error::WithDepth { err, .. } => inner = err,
            ignore::Error::Loop { child, .. } => {
                path = child;
                break SkipReason::Loop;
            }
            ignore::Error::Io(error)
                if is_missing(error) && fs::symlink_metadata(path).is_ok_and(|it| it.is_symlink()) =>
            {
                break SkipReason::Unreadable { message: "a link that leads nowhere".into() };
            }
            ignore::Error::Io(error) => break skip_reason(error),
            _ => return None,
        }
    };
    Some(Found::Skipped { shown: shown(path, base), reason })
}

/// A path as reports show it; `base` is the current directory.
fn shown(path: &Path, base: &Path) -> Vec<u8> {
    let path = path.strip_prefix(base).unwrap_or(path);
    let mut shown = Vec::with_capacity(path.as_os_str().len());
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::RootDir => shown.push(b'/'),
            Component::Prefix(_) | Component::ParentDir | Component::Normal(_) => {
                if shown.last().is_some_and(|&last| last != b'/') {
                    shown.push(b'/');
                }
                shown.extend_from_slice(component.as_os_str().as_encoded_bytes());
            }
        }
    }
    if shown.is_empty() { vec![b'.'] } else { shown }
}
