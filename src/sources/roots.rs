//! Where a walk starts: the paths the user named, checked, each place once.

use std::collections::{HashMap, HashSet, hash_map};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::select::Selection;
use super::source::Source;
use crate::model::{Error, Result};

/// The starts of a walk, and what it must leave to others.
pub(super) struct Roots {
    /// The paths to start from.
    pub(super) paths: Vec<PathBuf>,
    /// Paths as the walk will meet them that it leaves alone: other roots, walked on their own because an outer walk
    /// might filter what the user named, and exceptions.
    pub(super) elsewhere: HashSet<PathBuf>,
    /// Whether there is anything to walk, or only files to open.
    pub(super) has_directory: bool,
}

impl Roots {
    /// Looks at every path of `source`; all that are missing are known before anything is walked.
    pub(super) fn new(source: &Source, selection: &Selection) -> Result<Self> {
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

/// Whether an error says that nothing is there.
pub(super) fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}
