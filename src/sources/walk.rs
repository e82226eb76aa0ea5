//! The walk: finds files in parallel and hands each to the worker of the thread that found it.
//!
//! Directories are opened through the fence, like files: a walk that looked at a name and then opened it could be led astray in between.

mod ignored;
mod queue;
#[cfg(test)]
mod tests;

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use ignored::Level;
use queue::Queue;

use super::roots::{Roots, is_missing};
use super::select::Selection;
use super::source::{Found, Source};
use crate::fence::{self, Entry, Fence, Identity, skip_reason};
use crate::model::{Result, SkipReason};

/// Walks all paths of `source` with `threads` threads. Each thread makes itself a worker when it finds something, and
/// calls it with all it finds, in no order. A worker that breaks ends the walk for all.
///
/// # Errors
/// [`crate::Error::Target`] where a path lies in a target, [`crate::Error::MissingPath`] where one is not there.
pub(crate) fn walk<W>(source: &Source, threads: usize, fence: &Fence, worker: impl Fn() -> W + Sync) -> Result<()>
where
    W: FnMut(Found) -> ControlFlow<()> + Send,
{
    let base = env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
    for path in &source.paths {
        fence.refuse_named(path, "a path to scan lies in it")?;
    }
    let selection = Selection::new(&source.globs, &base)?;
    let roots = Roots::new(source, &selection)?;
    if roots.paths.is_empty() {
        return Ok(());
    }
    let threads = if roots.has_directory { threads } else { threads.min(roots.paths.len()) };
    let jobs = roots.paths.iter().map(|path| Job { path: path.clone(), met: None, level: None }).collect();
    let queue = Queue::new(jobs);
    let walk = Walk { source, fence, selection, roots, base, own_output: fence::standard_output() };
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                // Made on the first find: a worker may hold large buffers.
                let mut own = None;
                while let Some(mut turn) = queue.next() {
                    let mut visit = |found| own.get_or_insert_with(&worker)(found);
                    if walk.at(&turn.job, &mut turn.more, &mut visit).is_break() {
                        queue.stop();
                    }
                }
            });
        }
    });
    Ok(())
}

/// Something to look at.
struct Job {
    path: PathBuf,
    /// How it was met; a root was not met but named.
    met: Option<Met>,
    /// The directory it was met in, where that matters.
    level: Option<Arc<Level>>,
}

/// What a directory's entry turned out to be.
#[derive(Clone, Copy)]
struct Met {
    kind: fs::FileType,
    /// Whether a link led there.
    by_link: bool,
}

/// What all threads of a walk share.
struct Walk<'a> {
    source: &'a Source,
    fence: &'a Fence,
    selection: Selection,
    roots: Roots,
    base: PathBuf,
    /// `tightlip scan . > report` must not wait for its own report to stop growing.
    own_output: Option<Identity>,
}

type Visit<'v> = &'v mut dyn FnMut(Found) -> ControlFlow<()>;

impl Walk<'_> {
    /// Looks at one thing: hands on a file, lists a directory.
    fn at(&self, job: &Job, more: &mut Vec<Job>, visit: Visit<'_>) -> ControlFlow<()> {
        let named = job.met.is_none();
        let kind = match job.met {
            Some(met) => met.kind,
            None => match fs::metadata(&job.path) {
                Ok(metadata) => metadata.file_type(),
                Err(error) => return self.skip(&job.path, unreadable(&error, &job.path), visit),
            },
        };
        if kind.is_dir() {
            self.directory(job, more, visit)
        } else if kind.is_file() {
            visit(Found::File { path: job.path.clone(), shown: shown(&job.path, &self.base), named })
        } else {
            self.skip(&job.path, if named { SkipReason::NotAFile } else { SkipReason::Special }, visit)
        }
    }

    fn directory(&self, job: &Job, more: &mut Vec<Job>, visit: Visit<'_>) -> ControlFlow<()> {
        let follow = job.met.is_none_or(|met| met.by_link);
        let listed = self.fence.admit(&job.path, follow).and_then(|admitted| fence::list(self.fence, admitted));
        let (entries, fault) = match listed {
            Ok(listed) => listed,
            Err(reason) => return self.skip(&job.path, reason, visit),
        };
        let level = self.level(job, &entries);
        for entry in entries {
            match self.met(&job.path, &entry, level.as_ref()) {
                Ok(Some((path, met))) => more.push(Job { path, met: Some(met), level: level.clone() }),
                Ok(None) => {}
                Err(reason) => self.skip(&job.path.join(&entry.name), reason, visit)?,
            }
        }
        fault.map_or(ControlFlow::Continue(()), |reason| self.skip(&job.path, reason, visit))
    }

    /// What is remembered of a directory: only where links are followed or ignore files obeyed.
    fn level(&self, job: &Job, entries: &[Entry]) -> Option<Arc<Level>> {
        if !self.source.follow && !self.source.ignore_files {
            return None;
        }
        let above = job.level.clone().or_else(|| {
            let above = fence::lexical(&job.path).ok()?.parent()?.to_path_buf();
            Level::above(&above, self.source.ignore_files, self.fence)
        });
        Some(Arc::new(Level::new(&job.path, above, entries, self.source.ignore_files, self.fence)))
    }

    /// What an entry is to the walk: nothing, if it is left out or a link that is not followed.
    fn met(
        &self,
        directory: &Path,
        entry: &Entry,
        level: Option<&Arc<Level>>,
    ) -> Result<Option<(PathBuf, Met)>, SkipReason> {
        let path = directory.join(&entry.name);
        if self.roots.elsewhere.contains(&path) {
            return Ok(None);
        }
        if entry.kind.is_symlink() && !self.source.follow {
            let is_told = self.source.links && !self.leaves_out(&path, false, &entry.name, level);
            return if is_told { Err(SkipReason::Link) } else { Ok(None) };
        }
        let mut met = Met { kind: entry.kind, by_link: entry.kind.is_symlink() };
        let leads = if met.by_link { fs::metadata(&path) } else { Err(std::io::ErrorKind::Other.into()) };
        let is_dir = leads.as_ref().map_or(met.kind, fs::Metadata::file_type).is_dir();
        // A `.git` file, as worktrees and submodules have it, is an ordinary file.
        if is_dir && entry.name == OsStr::new(".git") || self.leaves_out(&path, is_dir, &entry.name, level) {
            return Ok(None);
        }
        if met.by_link {
            met.kind = leads.map_err(|error| unreadable(&error, &path))?.file_type();
            if is_dir && level.is_some_and(|level| level.is_below(&path)) {
                return Err(SkipReason::Loop);
            }
        }
        let is_own = self
            .own_output
            .is_some_and(|own| entry.inode == own.1 && fence::identity(&path).is_ok_and(|found| found == Some(own)));
        Ok((!is_own).then_some((path, met)))
    }

    /// Globs speak first, then ignore files, then the rule about hidden files, which ignore files may overrule.
    fn leaves_out(&self, path: &Path, is_dir: bool, name: &OsStr, level: Option<&Arc<Level>>) -> bool {
        let said = self.selection.says(path, is_dir);
        if !said.is_none() {
            return said.is_ignore();
        }
        match level.map_or(ignored::Said::Nothing, |level| level.says(name, is_dir)) {
            ignored::Said::Ignore => true,
            ignored::Said::Keep => false,
            ignored::Said::Nothing => !self.source.hidden && name.as_encoded_bytes().starts_with(b"."),
        }
    }

    fn skip(&self, path: &Path, reason: SkipReason, visit: Visit<'_>) -> ControlFlow<()> {
        let shown = self.fence.stand_in(path, &reason).unwrap_or_else(|| shown(path, &self.base));
        visit(Found::Skipped { shown, reason })
    }
}

/// Why something that was met cannot be looked at.
fn unreadable(error: &std::io::Error, path: &Path) -> SkipReason {
    if is_missing(error) && fs::symlink_metadata(path).is_ok_and(|it| it.is_symlink()) {
        return SkipReason::Unreadable { message: "a link that leads nowhere".into() };
    }
    skip_reason(error)
}

/// A path as reports show it.
pub(crate) fn shown_path(path: &Path) -> Vec<u8> {
    shown(path, &env::current_dir().unwrap_or_else(|_| PathBuf::from(".")))
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
